"""Norms of states are numpy's, and no state exceeds the limit."""

import math

import numpy as np
import pytest
import torch
from torch import nn

from rnnviz.analysis.norms import norm_limit, state_norms
from rnnviz.networks import network_of
from rnnviz.traces.run import Run


def run_of(module, steps=40, batch=3):
    """Return a computed and revealed run from drawn states."""
    network, generator = network_of(module), torch.Generator().manual_seed(1)
    inputs = torch.randn(steps, batch, network.input_size, generator=generator)
    shape = (network.num_layers, batch, network.hidden_size)
    run = Run(network, inputs, torch.randn(shape, generator=generator).tanh())
    while run.computed < run.moves:
        run.compute_block(steps)
    run.reveal(run.moves)
    return run


@pytest.mark.parametrize("bidirectional", [False, True])
def test_norms_are_those_of_what_torch_returns(bidirectional):
    module = nn.RNN(2, 7, num_layers=2, bidirectional=bidirectional)
    run = run_of(module)
    output, h_n = module(run.inputs, run.h0)
    for sequence in range(3):
        tops = output[-1, sequence].detach().numpy().reshape(-1, 7)
        found = state_norms(run, 40, sequence)
        np.testing.assert_allclose(found[-len(tops) :], np.linalg.norm(tops, axis=1), rtol=1e-6)
        start = np.linalg.norm(run.h0[:, sequence].numpy().astype(np.float64), axis=1)
        np.testing.assert_array_equal(state_norms(run, 0, sequence), start)
    forward = slice(None, None, 2 if bidirectional else 1)
    last = h_n[forward, 0].norm(dim=-1).detach().numpy()
    np.testing.assert_allclose(state_norms(run, 40, 0)[forward], last, rtol=1e-6)


@pytest.mark.parametrize("nonlinearity", ["tanh", "relu"])
def test_no_norm_exceeds_the_limit(nonlinearity):
    run = run_of(nn.RNN(2, 9, num_layers=2, nonlinearity=nonlinearity))
    norms = [state_norms(run, row, sequence) for row in range(41) for sequence in range(3)]
    assert np.max(norms) <= norm_limit(run)
    if nonlinearity == "tanh":
        assert norm_limit(run) == 3.0


def test_large_states_do_not_overflow_and_others_show_what_they_are():
    module = nn.RNN(1, 2, nonlinearity="relu", bias=False)
    with torch.no_grad():
        module.weight_ih_l0.fill_(1e30)
        module.weight_hh_l0.copy_(torch.eye(2) * 1e10)
    network = network_of(module)
    run = Run(network, torch.ones(3, 1, 1), torch.zeros(1, 1, 2))
    run.compute_block(3)
    assert state_norms(run, 1, 0)[0] == pytest.approx(math.sqrt(2) * 1e30)
    assert state_norms(run, 2, 0)[0] == math.inf
