"""A selection knows what there is to select."""

import pytest
import torch
from torch import nn

from rnnviz.networks import network_of
from rnnviz.networks.elman import ElmanRNN
from rnnviz.selection import Pin, Selection
from rnnviz.traces.run import Run


@pytest.fixture
def layers():
    """Return a run of two layers of five units, three sequences, without an output."""
    return Run(network_of(nn.RNN(2, 5, 2)), torch.zeros(4, 3, 2), torch.zeros(2, 3, 5))


@pytest.fixture
def elman():
    """Return a run of five hidden units and two outputs."""
    return Run(network_of(ElmanRNN(3, 5, 2)), torch.zeros(4, 1, 3), torch.zeros(1, 1, 5))


def test_what_there_is_stays(layers):
    chosen = Selection(2, 1, Pin("hidden", 4))
    chosen.check(layers)
    assert chosen.fitted(layers) == chosen


def test_what_another_run_lacks_is_fitted(elman):
    assert Selection(2, 1, Pin("hidden", 4)).fitted(elman) == Selection(0, 0, Pin("hidden", 4))
    assert Selection(pin=Pin("output", 2)).fitted(elman) == Selection()
    assert Selection(pin=Pin("hidden", -1)).fitted(elman) == Selection()


@pytest.mark.parametrize(
    ("chosen", "said"),
    [
        (Selection(sequence=3), "There is no sequence 3: the first is 0, the last 2."),
        (Selection(layer=-1), "There is no layer -1: the first is 0, the last 1."),
        (Selection(pin=Pin("hidden", 5)), "There is no hidden unit 5: the first is 0, the last 4."),
        (Selection(pin=Pin("output", 0)), "There is no output unit 0: there are none."),
    ],
)
def test_what_there_is_not_is_refused_with_the_limits(layers, chosen, said):
    with pytest.raises(ValueError, match=said):
        chosen.check(layers)
