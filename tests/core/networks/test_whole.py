"""nn.RNN on a whole sequence: the same bits as one call, both directions, the same masks."""

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from oracles import expanding, hidden_sizes, input_sizes, layer_counts, nonlinearities, seeds
from torch import nn

import rnnviz
from rnnviz.networks import network_of
from rnnviz.networks.base import Interrupted
from rnnviz.networks.whole import WholeRNNNetwork
from rnnviz.traces.run import Run


def recorded(network, inputs, h0):
    run = Run(network, inputs, h0)
    while run.computed < run.moves:
        run.compute_block()
    return run


@given(
    input_sizes, hidden_sizes, layer_counts, st.integers(1, 3), st.integers(1, 140),
    nonlinearities, st.booleans(), seeds,
)  # fmt: skip
def test_both_directions_equal_one_whole_call_to_the_bit(
    input_size, hidden_size, layers, batch, length, nonlinearity, bias, seed
):
    torch.manual_seed(seed)
    rnn = nn.RNN(
        input_size, hidden_size, layers, nonlinearity=nonlinearity, bias=bias, bidirectional=True
    )
    if nonlinearity == "tanh":
        expanding(rnn)
    inputs, h0 = torch.randn(length, batch, input_size), torch.randn(2 * layers, batch, hidden_size)
    with torch.no_grad():
        output, h_n = rnn(inputs, h0)
    states = recorded(network_of(rnn), inputs, h0).sequence("hidden", 0, length + 1)
    assert np.array_equal(states[0], h0)
    top = np.concatenate([states[1:, -2], states[1:, -1]], axis=-1)
    assert np.array_equal(top, output)
    for entry in range(2 * layers):
        assert np.array_equal(states[1 if entry % 2 else length, entry], h_n[entry])


@given(
    hidden_sizes, st.integers(2, 4), st.integers(1, 3), st.integers(1, 140), st.booleans(), seeds
)
def test_dropout_drops_what_the_script_with_the_seed_drops(
    hidden_size, layers, batch, length, both, seed
):
    torch.manual_seed(seed)
    rnn = nn.RNN(3, hidden_size, layers, dropout=0.4, bidirectional=both)
    directions = 2 if both else 1
    inputs = torch.randn(length, batch, 3)
    h0 = torch.randn(directions * layers, batch, hidden_size)
    before = torch.random.get_rng_state()
    run = recorded(WholeRNNNetwork(rnn, seed), inputs, h0)
    assert torch.equal(torch.random.get_rng_state(), before)
    torch.manual_seed(seed)
    with torch.no_grad():
        output, _ = rnn(inputs, h0)
    states = run.sequence("hidden", 1, length + 1)
    top = np.concatenate([states[:, entry] for entry in range(-directions, 0)], axis=-1)
    assert np.array_equal(top, output)
    read = run.sequence("read", 0, length)
    below = [
        np.concatenate([states[:, d * directions + k] for k in range(directions)], axis=-1)
        for d in range(layers - 1)
    ]
    for layer, given_states in enumerate(below):
        kept = read[:, layer] != 0
        assert np.allclose(read[:, layer][kept], given_states[kept] / np.float32(0.6), rtol=1e-6)


def test_dropout_without_a_seed_is_refused():
    with pytest.raises(ValueError, match=r"call module.eval\(\) first"):
        network_of(nn.RNN(2, 3, 2, dropout=0.5, bidirectional=True))
    network_of(nn.RNN(2, 3, 2, dropout=0.5, bidirectional=True).eval())


def test_it_stops_between_two_layers():
    network = network_of(nn.RNN(2, 3, 3, bidirectional=True))
    asked = []

    def stopped():
        asked.append(None)
        return len(asked) == 2

    with pytest.raises(Interrupted):
        network.run(torch.randn(4, 1, 2), network.initial_state(torch.zeros(6, 1, 3)), stopped)


@pytest.mark.parametrize("shape", [(7, 3), (7, 2, 3)])
def test_trace_takes_both_directions(shape):
    torch.manual_seed(0)
    rnn = nn.RNN(3, 5, 2, bidirectional=True)
    inputs = torch.randn(shape)
    trace = rnnviz.trace(rnn, inputs)
    returned = rnn(inputs)
    output, h_n = (t.detach().numpy().reshape(len(t), -1, t.shape[-1]) for t in returned)
    assert trace.hidden.shape == (8, 4, h_n.shape[1], 5)
    states = np.array(trace.hidden)
    assert np.array_equal(np.concatenate([states[1:, 2], states[1:, 3]], axis=-1), output)
    for entry in range(4):
        assert np.array_equal(states[1 if entry % 2 else -1, entry], h_n[entry])


def test_trace_takes_both_directions_batch_first():
    torch.manual_seed(0)
    rnn = nn.RNN(3, 5, bidirectional=True, batch_first=True)
    inputs = torch.randn(2, 7, 3)
    trace = rnnviz.trace(rnn, inputs)
    output = rnn(inputs)[0].detach().numpy()
    assert np.array_equal(np.array(trace.hidden[1:, 1]).transpose(1, 0, 2), output[..., 5:])
