"""A user's module, and chance, are as they were after a call."""

import random

import numpy as np
import pytest
import torch
from oracles import assert_same
from torch import nn
from torch.nn.utils import parametrizations

from rnnviz.networks.undisturbed import parameters_undisturbed, undisturbed


def chances():
    return random.random(), float(np.random.rand()), float(torch.rand(1))


def test_buffers_and_chance_are_put_back_also_after_an_error():
    norm = nn.BatchNorm1d(3)
    norm.register_buffer("absent", None)
    mean, count = norm.running_mean, norm.num_batches_tracked
    random.seed(1), np.random.seed(1), torch.manual_seed(1)
    with pytest.raises(KeyError), undisturbed(norm):
        drawn = chances()
        norm(torch.randn(4, 3))
        norm.running_mean = torch.ones(3)
        raise KeyError
    assert chances() == drawn
    assert norm.running_mean is mean and norm.num_batches_tracked is count
    assert_same(mean, torch.zeros(3))
    assert int(count) == 0


def test_what_did_not_change_is_not_written():
    norm = nn.BatchNorm1d(3)
    version = norm.running_mean._version
    with undisturbed(norm):
        pass
    assert norm.running_mean._version == version


def test_reading_a_parameter_that_is_computed_gives_what_the_next_call_has():
    torch.manual_seed(0)
    cell = parametrizations.spectral_norm(nn.RNNCell(2, 40), "weight_hh")
    with parameters_undisturbed(cell):
        read = cell.weight_hh.clone()
        assert not torch.equal(cell.weight_hh, read)  # it went on, in here
    assert_same(cell.weight_hh.detach(), read)
