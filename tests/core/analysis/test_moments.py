"""Moments read one after the other are those that are read one by one."""

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import nn

from rnnviz.analysis import moments as module
from rnnviz.analysis.moments import Moments
from rnnviz.analysis.terms import moment
from rnnviz.networks import network_of
from rnnviz.networks.elman import ElmanRNN
from rnnviz.networks.whole import WholeRNNNetwork
from rnnviz.traces.run import Run

MODULES = {
    "elman": lambda: ElmanRNN(3, 5, 2),
    "rnn_cell": lambda: nn.RNNCell(3, 5, nonlinearity="relu"),
    "rnn": lambda: nn.RNN(3, 5, 2),
}


def run_of(kind, length=200, batch=2):
    torch.manual_seed(0)
    network = network_of(MODULES[kind]())
    h0 = torch.randn(network.num_layers, batch, 5)
    run = Run(network, torch.randn(length, batch, 3), h0)
    while run.computed < min(length, 130):
        run.compute_block()
    run.reveal(run.computed)
    return run


RUNS = {kind: run_of(kind) for kind in MODULES}
steps = st.lists(st.integers(0, 128), min_size=1, max_size=12)


@given(st.sampled_from(list(MODULES)), steps, st.integers(0, 1), st.integers(0, 1))
def test_in_any_order_they_are_those_read_one_by_one(kind, order, layer, sequence):
    run = RUNS[kind]
    layer = min(layer, run.network.num_layers - 1)
    moments = Moments(run)
    for t in order:
        now, alone = (
            moments.at(t, layer, sequence),
            moment(run.network, run.trace, t, layer, sequence),
        )
        for name in ("x", "h_prev", "h", "y"):
            one, other = getattr(now, name), getattr(alone, name)
            assert (one is None) == (other is None)
            np.testing.assert_array_equal(one, other)
        if t:
            # Sums of several steps at once differ in the last bits, as a whole nn.RNN's do.
            np.testing.assert_allclose(now.a, alone.a, rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("direction", [1, -1])
def test_neighbours_are_worked_out_together(monkeypatch, direction):
    run, calls = RUNS["elman"], []
    real = module.pre_activation
    monkeypatch.setattr(module, "pre_activation", lambda *a: calls.append(a) or real(*a))
    moments = Moments(run)
    for t in range(1, 129)[::direction]:
        moments.at(t, 0, 1)
    assert len(calls) <= 4


def test_a_large_network_is_read_step_by_step(monkeypatch):
    monkeypatch.setattr(module, "MOST_WORK", 40)  # one step of 5 x (5 + 3)
    moments = Moments(RUNS["elman"])
    moments.at(7, 0, 0)
    assert len(moments._stretch.x) == 1


def test_nothing_beyond_what_is_computed_is_read():
    run = run_of("rnn_cell")
    moments = Moments(run)
    last = run.computed
    np.testing.assert_array_equal(moments.at(last, 0, 0).h, run.trace.hidden[last][0, 0])
    run.compute_block()
    run.reveal(run.computed)
    np.testing.assert_array_equal(moments.at(last + 1, 0, 0).h, run.trace.hidden[last + 1][0, 0])


@given(st.integers(1, 3), st.integers(1, 9), st.booleans(), st.sampled_from((0.0, 0.5)), st.data())
def test_both_directions_and_dropout_hold_the_equation_at_every_move(
    layers, length, both, dropout, data
):
    torch.manual_seed(0)
    rnn = nn.RNN(3, 5, layers, dropout=dropout if layers > 1 else 0.0, bidirectional=both)
    network = WholeRNNNetwork(rnn, dropout_seed=7)
    run = Run(network, torch.randn(length, 2, 3), torch.randn(network.num_layers, 2, 5))
    run.compute_block()
    layer = data.draw(st.integers(0, network.num_layers - 1))
    states = run.sequence("hidden", 0, length + 1)[:, layer, 1]
    moments = Moments(run)
    for move in data.draw(st.lists(st.integers(0, run.moves), min_size=1)):
        now = moments.at(move, layer, 1)
        np.testing.assert_array_equal(now.h, states[now.t])
        if now.t == 0:
            assert now.x is None and run.walk.done(layer, move) == 0
            continue
        np.testing.assert_allclose(np.tanh(now.a), now.h, atol=1e-6)
        backward = both and layer % 2 == 1
        neighbour = (now.t + 1) % (length + 1) if backward else now.t - 1
        np.testing.assert_array_equal(now.h_prev, states[neighbour])
        if layer < network.num_directions:
            np.testing.assert_array_equal(now.x, run.inputs[now.t - 1, 1])
        elif not dropout:
            below = run.sequence("hidden", now.t, now.t + 1)[0, network.below(layer), 1]
            np.testing.assert_array_equal(now.x, below.reshape(-1))
