"""The first number of a run that is not finite: where it is, and when it is known."""

import math

import pytest
import torch
from torch import nn

from rnnviz import ElmanRNN
from rnnviz.analysis.not_finite import FirstNotFinite, NotFinite, weight_not_finite
from rnnviz.networks import network_of
from rnnviz.networks.whole import WholeRNNNetwork
from rnnviz.traces.replay import ReplayedRun
from rnnviz.traces.run import Run

NAN, INF = math.nan, math.inf


def filled(module, value):
    """Return `module` with all its parameters set to `value`."""
    with torch.no_grad():
        for parameter in module.parameters():
            parameter.fill_(value)
    return module


def doubling():
    """Return a ReLU unit that doubles its state: from 1 it is 2^t, and float32 ends at 2^128."""
    cell = filled(nn.RNNCell(1, 1, bias=False, nonlinearity="relu"), 0.0)
    with torch.no_grad():
        cell.weight_hh.fill_(2.0)
    return cell


def run_of(module, inputs, h0=None, both=False):
    network = WholeRNNNetwork(module) if both else network_of(module)
    shape = (network.num_layers, inputs.shape[1], network.hidden_size)
    return Run(network, inputs, torch.zeros(shape) if h0 is None else h0)


def computed(run):
    while run.computed < run.moves:
        run.compute_block()
    return run


def first_said(run):
    """Return at which move something is said first, and what; asked after every move."""
    first = FirstNotFinite(run)
    for move in range(run.moves + 1):
        run.reveal(move)
        if (found := first.shown()) is not None:
            return move, found
    return None


def test_N5_relu_overflows_at_step_128():
    run = computed(run_of(doubling(), torch.zeros(200, 1, 1), torch.ones(1, 1, 1)))
    assert run.sequence("hidden", 127, 129)[:, 0, 0, 0].tolist() == [2.0**127, INF]
    assert first_said(run) == (128, NotFinite("h", INF, step=128, move=128))


def test_N4_nan_in_input():
    inputs = torch.zeros(20, 2, 3)
    inputs[6, 1, 2] = NAN
    run = computed(run_of(filled(nn.RNNCell(3, 4), 0.1), inputs))
    move, found = first_said(run)
    assert (move, found.symbol, found.step, found.sequence, found.unit) == (7, "x", 7, 1, 2)
    assert math.isnan(found.value)
    states = run.sequence("hidden", 0, 21)
    assert not math.isnan(states[6].sum()) and math.isnan(states[7, 0, 1].sum())
    assert run.first_not_finite("hidden") == 7  # but the input of that step comes before


def test_N4_infinite_input_leaves_tanh_finite():
    inputs = torch.zeros(20, 1, 1)
    inputs[4] = -INF
    run = computed(run_of(filled(nn.RNNCell(1, 2), 0.5), inputs))
    assert run.first_not_finite("hidden") is None
    assert run.sequence("hidden", 5, 6)[0, 0, 0].tolist() == [-1.0, -1.0]
    assert first_said(run) == (5, NotFinite("x", -INF, step=5, move=5))


def test_the_start_state_is_said_at_once():
    h0 = torch.zeros(1, 2, 3)
    h0[0, 1, 2] = INF
    run = run_of(nn.RNNCell(1, 3), torch.zeros(5, 2, 1), h0)
    assert first_said(run) == (0, NotFinite("h", INF, sequence=1, unit=2))


def test_an_output_may_overflow_alone():
    module = filled(ElmanRNN(1, 1, 2, nonlinearity="relu"), 0.0)
    with torch.no_grad():
        module.W_ih.fill_(1.0)
        module.W_ho[1] = 3e38
    inputs = torch.ones(10, 1, 1)
    inputs[7] = 2.0
    run = computed(run_of(module, inputs))
    assert run.first_not_finite("hidden") is None
    assert first_said(run) == (8, NotFinite("y", INF, step=8, move=8, unit=1))


@pytest.mark.parametrize("direction", ["", "_reverse"])
def test_both_directions_are_gone_through_as_they_are_read(direction):
    module = filled(nn.RNN(1, 1, 2, nonlinearity="relu", bidirectional=True, bias=False), 0.0)
    with torch.no_grad():
        getattr(module, f"weight_ih_l0{direction}").fill_(1.0)
        getattr(module, f"weight_hh_l0{direction}").fill_(2.0)
    run = computed(run_of(module, torch.ones(200, 1, 1), both=True))
    position = 73 if direction else 128
    layer = 1 if direction else 0
    assert first_said(run) == (128, NotFinite("h", INF, position, 128, layer))


def test_an_input_comes_before_what_either_end_makes_of_it():
    inputs = torch.zeros(9, 1, 1)
    inputs[2] = NAN
    module = filled(nn.RNN(1, 1, bidirectional=True), 1.0)
    move, found = first_said(computed(run_of(module, inputs, both=True)))
    assert (move, found.symbol, found.step) == (1, "x", 3)


def test_the_upper_layer_overflows_by_itself():
    module = filled(nn.RNN(1, 1, 2, nonlinearity="relu", bias=False), 0.0)
    with torch.no_grad():
        module.weight_ih_l0.fill_(1.0)
        module.weight_ih_l1.fill_(1.0)
        module.weight_hh_l1.fill_(2.0)
    run = computed(run_of(module, torch.ones(200, 1, 1)))
    assert first_said(run) == (128, NotFinite("h", INF, step=128, move=128, layer=1))


def test_a_finite_run_has_none():
    assert first_said(computed(run_of(nn.RNNCell(2, 3), torch.ones(70, 2, 2)))) is None


class Recorded:
    """Two states and an output that were not recorded, and one that overflowed."""

    def __init__(self, states, outputs):
        self.states, self.outputs = torch.tensor(states), torch.tensor(outputs)

    def hidden(self, first, last):
        return self.states[first:last].reshape(-1, 1, 1, 1).numpy()

    def output(self, first, last):
        return self.outputs[first:last].reshape(-1, 1, 1).numpy()


def test_what_was_not_recorded_is_no_fault():
    network, inputs = network_of(ElmanRNN(1, 1, 1)), torch.zeros(3, 1, 1)
    gap = ReplayedRun(network, inputs, Recorded([0.0, NAN, NAN, 1.0], [NAN] * 3))
    assert first_said(computed(gap)) is None
    overflow = ReplayedRun(network, inputs, Recorded([0.0, 1.0, INF, NAN], [NAN, INF, NAN]))
    assert first_said(computed(overflow)) == (2, NotFinite("h", INF, step=2, move=2))


@pytest.mark.parametrize("value", [NAN, INF, -INF])
@pytest.mark.parametrize(
    ("parameter", "place", "wanted"),
    [
        ("W_hh", (1, 2), NotFinite("W_hh", 0.0, unit=1, column=2)),
        ("W_ho", (0, 1), NotFinite("W_ho", 0.0, unit=0, column=1)),
        ("b_ih", (2,), NotFinite("b_ih", 0.0, unit=2)),
    ],
)
def test_a_weight_that_is_not_finite(parameter, place, value, wanted):
    module = ElmanRNN(2, 3, 2)
    assert weight_not_finite(network_of(module)) is None
    with torch.no_grad():
        getattr(module, parameter)[place] = value
    found = weight_not_finite(network_of(module))
    assert str(found.value) == str(value)
    assert (found.symbol, found.unit, found.column) == (wanted.symbol, wanted.unit, wanted.column)


def test_the_layer_of_a_weight_is_said():
    module = nn.RNN(2, 3, 2)
    with torch.no_grad():
        module.weight_hh_l1[0, 1] = INF
    assert weight_not_finite(network_of(module)) == NotFinite("W_hh", INF, layer=1, column=1)
