"""A unit's sum, taken apart: held against torch, over all kinds, layers and outputs."""

import numpy as np
import pytest
import torch
from torch import nn

from rnnviz import ElmanRNN
from rnnviz.analysis.terms import moment, unit_terms
from rnnviz.networks import network_of
from rnnviz.traces.run import Run

MODULES = {
    "elman": lambda: ElmanRNN(5, 7, 3),
    "elman relu, tanh output": lambda: ElmanRNN(
        3, 9, 2, nonlinearity="relu", output_nonlinearity="tanh"
    ),
    "cell": lambda: nn.RNNCell(4, 6),
    "cell without bias": lambda: nn.RNNCell(4, 6, bias=False),
    "rnn": lambda: nn.RNN(4, 6, 3, nonlinearity="relu"),
    "rnn without bias": lambda: nn.RNN(4, 6, 2, bias=False),
}


def run_of(module, steps=5, batch=2):
    network = network_of(module)
    inputs = torch.randn(steps, batch, network.input_size)
    run = Run(network, inputs, torch.randn(network.num_layers, batch, network.hidden_size))
    run.compute_block()
    run.reveal(steps)
    return run


@pytest.fixture(params=MODULES.values(), ids=MODULES.keys())
def run(request):
    torch.manual_seed(3)
    return run_of(request.param())


def terms_at(run, t, layer, sequence, part, unit):
    now = moment(run.network, run.trace, t, layer, sequence)
    return now, unit_terms(run.network, layer, part, unit, now.x, now.h_prev, now.h, now.y)


def rounding(terms):
    """Return what float32 sums of these terms may differ by."""
    size = sum(float(np.abs(group.products).sum()) for group in terms.groups)
    size += sum(abs(bias) for bias in terms.biases.values())
    return 8 * np.finfo(np.float32).eps * max(size, 1e-30)


def parts_of(run, layer):
    yield "hidden", run.network.hidden_size
    if "W_ho" in run.network.parameters(layer):
        yield "output", run.network.output_size


def test_terms_add_up_to_the_networks_own_sum(run):
    for layer in range(run.network.num_layers):
        for part, units in parts_of(run, layer):
            for unit in range(units):
                _, terms = terms_at(run, 4, layer, 1, part, unit)
                added = sum(group.subtotal for group in terms.groups) + terms.bias
                assert abs(added - terms.a) <= rounding(terms)


def test_result_is_the_record(run):
    for layer in range(run.network.num_layers):
        for part, units in parts_of(run, layer):
            record = run.trace.hidden[3][layer, 1] if part == "hidden" else run.trace.outputs[2][1]
            results = [terms_at(run, 3, layer, 1, part, unit)[1].result for unit in range(units)]
            np.testing.assert_array_equal(np.float32(results), record)


def test_nonlinearity_of_the_sum_is_the_result(run):
    functions = {"tanh": torch.tanh, "relu": torch.relu, "linear": lambda a: a}
    for layer in range(run.network.num_layers):
        for part, _ in parts_of(run, layer):
            _, terms = terms_at(run, 2, layer, 0, part, 1)
            applied = functions[terms.nonlinearity](torch.tensor(terms.a))
            assert float(applied) == pytest.approx(terms.result, rel=1e-5, abs=1e-6)


def test_sum_is_what_pre_activations_says(run):
    for layer in range(run.network.num_layers):
        now, terms = terms_at(run, 4, layer, 0, "hidden", 2)
        a = run.network.pre_activations(torch.tensor(now.x), torch.tensor(now.h_prev), layer)
        np.testing.assert_array_equal(now.a, a.numpy())
        assert terms.a == float(a[2])


def test_products_are_weight_times_input(run):
    _, terms = terms_at(run, 1, 0, 0, "hidden", 3)
    parameters = run.network.parameters(0)
    for group, vector in zip(terms.groups, (run.inputs[0, 0], run.h0[0, 0]), strict=True):
        expected = parameters[group.matrix][3] * vector
        np.testing.assert_array_equal(group.products, expected.numpy())


def test_only_the_biases_that_exist():
    run = run_of(nn.RNNCell(4, 6, bias=False))
    _, terms = terms_at(run, 1, 0, 0, "hidden", 0)
    assert terms.biases == {} and terms.bias == 0
    run = run_of(nn.RNNCell(4, 6))
    assert set(terms_at(run, 1, 0, 0, "hidden", 0)[1].biases) == {"b_ih", "b_hh"}


def test_upper_layer_reads_the_layer_below():
    run = run_of(nn.RNN(4, 6, 3))
    now = moment(run.network, run.trace, 2, 2, 1)
    np.testing.assert_array_equal(now.x, run.trace.hidden[2][1, 1])
    np.testing.assert_array_equal(now.h_prev, run.trace.hidden[1][2, 1])


def test_nothing_but_the_state_at_the_start(run):
    now = moment(run.network, run.trace, 0, 0, 1)
    np.testing.assert_array_equal(now.h, run.h0[0, 1].numpy())
    assert now.x is None and now.h_prev is None and now.a is None and now.y is None


def test_largest_and_others_leave_nothing_out(run):
    _, terms = terms_at(run, 3, 0, 0, "hidden", 0)
    largest = terms.largest(4)
    sizes = [abs(product.product) for product in largest]
    assert sizes == sorted(sizes, reverse=True)
    count, total = terms.others(4)
    everything = np.concatenate([group.products for group in terms.groups])
    assert count == len(everything) - 4
    assert min(sizes) >= np.sort(np.abs(everything))[::-1][4]
    added = sum(product.product for product in largest) + total
    assert added == pytest.approx(float(everything.sum(dtype=np.float64)), abs=1e-5)


def test_a_product_names_its_weight(run):
    _, terms = terms_at(run, 3, 0, 0, "hidden", 1)
    now = moment(run.network, run.trace, 3, 0, 0)
    vectors = {"x": now.x, "h_prev": now.h_prev}
    for product in terms.largest(100):
        weight = run.network.parameters(0)[product.matrix][1, product.place]
        assert product.weight == float(weight)
        assert product.input == float(vectors[product.vector][product.place])


def test_what_is_not_finite_comes_first():
    network = network_of(nn.RNNCell(2, 2))
    zeros = np.zeros(2, np.float32)
    terms = unit_terms(network, 0, "hidden", 0, np.float32([0.5, np.nan]), zeros, zeros)
    assert terms.largest(1)[0].place == 1


def test_no_output_is_said():
    network = network_of(nn.RNNCell(2, 2))
    zeros = np.zeros(2, np.float32)
    with pytest.raises(ValueError, match="no output"):
        unit_terms(network, 0, "output", 0, zeros, zeros, zeros)
