"""The ranges of colours: fixed, symmetric, nice."""

import math

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import nn

from rnnviz import ElmanRNN
from rnnviz.analysis.scales import (
    ROUNDING,
    hidden_limit,
    input_limit,
    largest_weight,
    nice_limit,
    output_limit,
    read_limit,
)
from rnnviz.networks import network_of
from rnnviz.networks.whole import WholeRNNNetwork
from rnnviz.traces.run import Run


def run_of(module, inputs=None):
    """Return a computed run from zeros."""
    network = network_of(module)
    inputs = torch.ones(200, 1, network.input_size) if inputs is None else inputs
    h0 = torch.zeros(network.num_layers, inputs.shape[1], network.hidden_size)
    return Run(network, inputs, h0)


@pytest.mark.parametrize(
    ("largest", "limit"),
    [
        (1.0, 1.0),
        (1.0000001, 1.0),  # 1 in float32
        (1.00001, 1.5),
        (2.0, 2.0),
        (3.0, 3.0),
        (5.0, 5.0),
        (7.0, 8.0),
        (0.1, 0.1),
        (0.3, 0.3),
        (999.0, 1000.0),
        (1000.0, 1000.0),
        (0.0, 1.0),
        (-3.0, 1.0),
        (math.inf, 1.0),
        (math.nan, 1.0),
    ],
)
def test_limits_are_round_numbers(largest, limit):
    assert nice_limit(largest) == pytest.approx(limit, rel=1e-12)


def test_no_limit_is_larger_than_float32_is():
    largest = float(torch.finfo(torch.float32).max)
    assert nice_limit(largest) == pytest.approx(largest)
    assert np.isfinite(np.float32(nice_limit(largest)))


@given(st.floats(1e-300, 3e38))
def test_a_limit_is_not_under_the_number_and_at_most_half_as_large_again(largest):
    limit = nice_limit(largest)
    assert largest * (1 - ROUNDING) <= limit <= largest * 1.5 * (1 + ROUNDING)
    assert nice_limit(limit) == pytest.approx(limit)


@given(st.floats(min_value=5e-324, max_value=1e-300) | st.floats(1e300, 1e307))
def test_the_smallest_and_the_largest_numbers_have_a_limit(largest):
    assert 0 < nice_limit(largest) < math.inf


def test_tanh_states_are_on_minus_1_to_1():
    run = run_of(nn.RNNCell(2, 3))
    assert hidden_limit(run) == 1.0
    run.compute_block()
    assert hidden_limit(run) == 1.0


def test_relu_states_follow_what_is_revealed():
    cell = nn.RNNCell(1, 1, bias=False, nonlinearity="relu")
    with torch.no_grad():
        cell.weight_ih.fill_(1.0)
        cell.weight_hh.fill_(1.0)
    run = run_of(cell)  # the state counts the steps
    assert hidden_limit(run) == 1.0
    run.compute_block()
    assert hidden_limit(run) == 1.0
    run.reveal(7)
    assert hidden_limit(run) == 8.0
    run.reveal(64)
    assert hidden_limit(run) == 80.0


def test_outputs_follow_what_is_revealed_unless_they_are_tanh():
    linear, squashed = ElmanRNN(1, 1, 1), ElmanRNN(1, 1, 1, output_nonlinearity="tanh")
    for rnn in (linear, squashed):
        with torch.no_grad():
            rnn.W_ho.zero_()
            rnn.b_ho.fill_(-33.0)
    runs = run_of(linear), run_of(squashed)
    assert [output_limit(run) for run in runs] == [1.0, 1.0]
    for run in runs:
        run.compute_block()
    assert [output_limit(run) for run in runs] == [1.0, 1.0]
    for run in runs:
        run.reveal(1)
    assert [output_limit(run) for run in runs] == [40.0, 1.0]


def test_inputs_are_known_from_the_start():
    inputs = torch.zeros(200, 1, 2)
    inputs[199, 0, 1] = -17.0
    assert input_limit(run_of(nn.RNNCell(2, 3), inputs)) == 20.0


def test_what_is_not_finite_sets_no_limit():
    inputs = torch.tensor([[[3.0, math.inf]], [[math.nan, -4.0]]])
    assert input_limit(run_of(nn.RNNCell(2, 3), inputs)) == 4.0


def test_the_largest_weight_is_that_of_all_parameters():
    cell = nn.RNNCell(2, 3)
    with torch.no_grad():
        for parameter in cell.parameters():
            parameter.fill_(0.1)
        cell.bias_hh[1] = -0.7
    run = run_of(cell)
    assert largest_weight(run) == pytest.approx(0.7)
    with torch.no_grad():
        cell.bias_hh[1] = 0.0
    assert largest_weight(run) == pytest.approx(0.1)


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
@pytest.mark.parametrize("name", ["weight_ih", "bias_hh"])
def test_a_weight_that_is_not_finite_is_found(name, value):
    cell = nn.RNNCell(2, 3)
    with torch.no_grad():
        cell.get_parameter(name).view(-1)[0] = value
    assert not math.isfinite(largest_weight(run_of(cell)))


def test_what_a_layer_reads_has_the_inputs_limit_below_and_that_of_dropped_states_above():
    torch.manual_seed(0)
    rnn = torch.nn.RNN(3, 8, 2, dropout=0.9, bidirectional=True)
    network = WholeRNNNetwork(rnn, dropout_seed=0)
    run = Run(network, 5 * torch.randn(6, 1, 3), torch.zeros(4, 1, 8))
    assert read_limit(run, 2) == 1.0
    run.compute_block()
    run.reveal(run.moves)
    assert [read_limit(run, layer) for layer in (0, 1)] == [input_limit(run)] * 2
    assert read_limit(run, 2) >= np.abs(run.sequence("read", 0, 6)).max()
