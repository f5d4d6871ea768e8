"""The waterfall: every addend of a unit's sum, held against torch in double precision."""

import math
from itertools import pairwise

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from oracles import expanding, nonlinearities, seeds
from torch import nn

from rnnviz import ElmanRNN
from rnnviz.analysis.moments import Moments
from rnnviz.analysis.terms import unit_terms
from rnnviz.analysis.waterfall import MOST_BARS, exact_products, waterfall
from rnnviz.networks import network_of
from rnnviz.traces.run import Run

IN_DOUBLE = {"tanh": torch.tanh, "relu": torch.relu, "linear": lambda a: a}


def modules(input_size, hidden_size, output_size, layers, nonlinearity, output, bias):
    """Return one module of each kind."""
    return {
        "elman": ElmanRNN(
            input_size,
            hidden_size,
            output_size,
            nonlinearity=nonlinearity,
            output_nonlinearity=output,
        ),
        "rnn_cell": nn.RNNCell(input_size, hidden_size, bias, nonlinearity),
        "rnn": nn.RNN(input_size, hidden_size, layers, nonlinearity=nonlinearity, bias=bias),
        "both": nn.RNN(
            input_size,
            hidden_size,
            layers,
            nonlinearity=nonlinearity,
            bias=bias,
            bidirectional=True,
        ),
    }


@st.composite
def runs(draw):
    """Draw a run of any kind and size, computed, with weights and inputs of any magnitude."""
    torch.manual_seed(draw(seeds))
    sizes = [draw(st.integers(1, most)) for most in (50, 50, 5, 4)]
    output = draw(st.sampled_from(("linear", "tanh")))
    kinds = modules(*sizes, draw(nonlinearities), output, draw(st.booleans()))
    network = network_of(expanding(kinds[draw(st.sampled_from(sorted(kinds)))]))
    magnitude = draw(st.sampled_from((0.0, 1e-30, 1e-3, 1.0, 1e3, 1e18)))
    steps, batch = draw(st.integers(1, 8)), draw(st.integers(1, 3))
    inputs = magnitude * torch.randn(steps, batch, network.input_size)
    return finished(Run(network, inputs, torch.randn(network.num_layers, batch, sizes[1])))


def finished(run):
    """Return the run, computed and revealed."""
    while run.computed < run.moves:
        run.compute_block()
    run.reveal(run.moves)
    return run


@st.composite
def unit_sums(draw):
    """Draw a run, and any unit of it at any step: the run, where it is, and its terms."""
    run = draw(runs())
    network = run.network
    t, layer = draw(st.integers(1, run.length)), draw(st.integers(0, network.num_layers - 1))
    sequence = draw(st.integers(0, run.batch_size - 1))
    sizes = {"hidden": network.hidden_size}
    if "W_ho" in network.parameters(layer):
        sizes["output"] = network.output_size
    part = draw(st.sampled_from(sorted(sizes)))
    unit = draw(st.integers(0, sizes[part] - 1))
    now = Moments(run).at(run.walk.move_to(layer, t), layer, sequence)
    terms = unit_terms(network, layer, part, unit, now.x, now.h_prev, now.h, now.y)
    return run, (t, layer, sequence), terms


def sum_in_double(run, place, terms):
    """Return a unit's sum as torch has it in double precision, from the recorded vectors."""
    t, layer, sequence = place
    p = {name: value.double() for name, value in run.network.parameters(layer).items()}
    state = torch.tensor(np.asarray(run.trace.hidden)).double()  # (T + 1, L, B, H)
    both = getattr(run.network.module, "bidirectional", False)
    before = t - 1
    if both:
        lower = state[t, layer // 2 * 2 - 2 : layer // 2 * 2, sequence].flatten()
        x = lower if layer >= 2 else run.inputs[t - 1, sequence].double()
        before = (t + 1) % (run.length + 1) if layer % 2 else before
    else:
        x = state[t, layer - 1, sequence] if layer else run.inputs[t - 1, sequence].double()
    linear = nn.functional.linear
    if terms.part == "output":
        return linear(state[t, layer, sequence], p["W_ho"], p.get("b_ho"))[terms.unit]
    from_input = linear(x, p["W_ih"], p.get("b_ih"))
    return (from_input + linear(state[before, layer, sequence], p["W_hh"], p.get("b_hh")))[
        terms.unit
    ]


@given(unit_sums())
def test_the_terms_are_the_sum_but_for_rounding(drawn):
    run, place, terms = drawn
    made = waterfall(terms)
    oracle = sum_in_double(run, place, terms)
    sizes = math.fsum(abs(bar.value) for bar in waterfall(terms, count=10_000).bars)
    assert abs(made.total - float(oracle)) <= 1e-13 * sizes
    assert abs(made.total - terms.a) <= made.rounding
    addends = len(exact_products(terms)) + len(terms.biases)
    assert made.rounding <= addends * float(np.finfo(np.float32).eps) * sizes * (1 + 1e-9) + 1e-34


@given(unit_sums())
def test_the_nonlinearity_of_the_terms_is_the_record(drawn):
    run, place, terms = drawn
    t, layer, sequence = place
    made = waterfall(terms)
    record = run.trace.hidden[t][layer, sequence]
    if terms.part == "output":
        record = run.trace.outputs[t - 1][sequence]
    assert terms.result == float(record[terms.unit])
    oracle = IN_DOUBLE[terms.nonlinearity](sum_in_double(run, place, terms))
    assert made.applied == pytest.approx(float(oracle), rel=1e-9, abs=made.rounding)
    assert abs(made.applied - terms.result) <= made.result_rounding


@given(unit_sums(), st.integers(1, 60))
def test_nothing_is_left_out(drawn, count):
    _, _, terms = drawn
    bars = waterfall(terms, count).bars
    products = [bar for bar in bars if bar.product]
    rest = sum(bar.others for bar in bars)
    everything = exact_products(terms)
    assert len(products) == min(count, len(everything))
    assert len(products) + rest == len(everything)
    assert [bar.bias for bar in bars if bar.bias] == list(terms.biases)
    assert len(bars) == len(products) + bool(rest) + len(terms.biases)
    whole = math.fsum([*everything, *terms.biases.values()])
    assert bars[-1].end == pytest.approx(whole, rel=1e-12, abs=1e-13 * np.abs(everything).sum())
    places = {(bar.product.matrix, bar.product.place) for bar in products}
    assert len(places) == len(products)


@given(unit_sums())
def test_the_largest_come_first_and_each_starts_where_the_sum_stands(drawn):
    _, _, terms = drawn
    made = waterfall(terms)
    assert made.bars[0].start == 0
    assert all(one.end == other.start for one, other in pairwise(made.bars))
    sizes = [abs(bar.value) for bar in made.bars if bar.product]
    assert sizes == sorted(sizes, reverse=True)
    for bar in made.bars:
        if bar.product:
            assert bar.value == bar.product.weight * bar.product.input
            assert np.float32(bar.value) == np.float32(bar.product.product)


def every_unit(run, t, sequence):
    """Return the terms of every unit of every layer and output, with sums of several steps."""
    network, moments = run.network, Moments(run)
    for layer in range(network.num_layers):
        now = moments.at(t, layer, sequence)
        parts = {"hidden": len(now.h)} | ({} if now.y is None else {"output": len(now.y)})
        for part, units in parts.items():
            for unit in range(units):
                yield unit_terms(network, layer, part, unit, now.x, now.h_prev, now.h, now.y, now.a)


@pytest.mark.parametrize("kind", ["elman", "rnn_cell", "rnn"])
def test_every_unit_of_every_layer_and_output(kind):
    torch.manual_seed(5)
    network = network_of(modules(6, 30, 3, 3, "tanh", "tanh", bias=True)[kind])
    state = torch.randn(network.num_layers, 2, 30)
    run = finished(Run(network, torch.randn(4, 2, 6), state))
    units = list(every_unit(run, 3, 1))
    assert len(units) == {"elman": 33, "rnn_cell": 30, "rnn": 90}[kind]
    for terms in units:
        made = waterfall(terms)
        assert abs(made.total - terms.a) <= made.rounding < 1e-3
        assert abs(made.applied - terms.result) <= made.result_rounding


def sum_of(weights, inputs, result=0.0):
    """Return the terms of a cell of one unit, without state and biases."""
    cell = nn.RNNCell(len(weights), 1, bias=False)
    with torch.no_grad():
        cell.weight_ih.copy_(torch.tensor([weights]))
        cell.weight_hh.zero_()
    zero = np.zeros(1, np.float32)
    return unit_terms(
        network_of(cell), 0, "hidden", 0, np.float32(inputs), zero, np.float32([result])
    )


def test_twenty_bars_and_the_others_in_one():
    terms = sum_of(np.arange(1.0, 31).tolist(), [1.0] * 30)
    bars = waterfall(terms).bars
    assert [bar.value for bar in bars] == [*range(30, 10, -1), sum(range(11))]
    assert bars[-1].others == 30 + 1 - MOST_BARS and bars[-1].product is None
    assert bars[-1].end == sum(range(31))


def test_what_float32_cannot_hold_is_said():
    made = waterfall(sum_of([3e38, 3e38, -3e38], [1.0, 1.0, 1.0]))
    assert made.total == pytest.approx(3e38)
    assert made.overflows == (not math.isfinite(made.terms.a))
    made = waterfall(sum_of([3e38, 1.0], [3e38, 1.0]))
    assert made.total == pytest.approx(9e76) and made.terms.a == math.inf and made.overflows
    assert made.applied == 1.0


@pytest.mark.parametrize("odd", [math.nan, math.inf, -math.inf])
def test_what_is_not_finite_comes_first_and_stays(odd):
    made = waterfall(sum_of([1.0, 2.0, 3.0], [100.0, odd, 1.0]))
    assert made.bars[0].product.place == 1
    for bar in made.bars:
        np.testing.assert_equal(bar.end, odd)
    np.testing.assert_equal(made.terms.a, odd)
    np.testing.assert_equal(made.applied, {math.inf: 1.0, -math.inf: -1.0}.get(odd, math.nan))
    assert not made.overflows and not math.isfinite(made.rounding)


def test_infinity_less_infinity():
    made = waterfall(sum_of([1.0, 1.0], [math.inf, -math.inf]))
    assert math.isnan(made.total) and math.isnan(made.terms.a) and not made.overflows


def test_relu_keeps_nan():
    cell = nn.RNNCell(1, 1, nonlinearity="relu")
    x, zero = np.float32([math.nan]), np.zeros(1, np.float32)
    made = waterfall(unit_terms(network_of(cell), 0, "hidden", 0, x, zero, np.float32([math.nan])))
    assert math.isnan(made.applied)
