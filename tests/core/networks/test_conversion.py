"""Weights carried from one kind to another: torch itself says whether the states are the same."""

import warnings

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from oracles import build, hidden_sizes, input_sizes, nonlinearities, seeds
from torch import nn

import rnnviz
from rnnviz import ElmanRNN
from rnnviz.networks import NETWORKS, network_of
from rnnviz.networks.conversion import CORRESPONDENCE, carry, convert, why_not

KINDS = tuple(NETWORKS)
kinds = st.sampled_from(KINDS)
sizes = st.fixed_dictionaries(
    {
        "input_size": input_sizes,
        "hidden_size": hidden_sizes,
        "nonlinearity": nonlinearities,
        "bias": st.booleans(),
    }
)


def states(module, inputs, h0):
    """Return h_1 .. h_T, (T, B, H), from one state to the next."""
    if isinstance(module, nn.RNN):
        return module(inputs, h0.unsqueeze(0))[0]
    found = []
    for x in inputs:
        returned = module(x, h0)
        h0 = returned if isinstance(returned, torch.Tensor) else returned[1]
        found.append(h0)
    return torch.stack(found)


def gentle(module):
    """Return the module with weights under which rounding does not grow."""
    with torch.no_grad():
        for parameter in module.parameters():
            parameter.mul_(0.8 / max(1, parameter.shape[-1]))
    return module


def weights(module):
    return [parameter.detach().clone() for parameter in module.parameters()]


def quietly(module, kind):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)
        return convert(module, kind)


# The table


def test_the_table_in_three_notations():
    rows = [
        (r.symbol, r.wikipedia, r.written("rnn_cell"), r.written("rnn")) for r in CORRESPONDENCE
    ]
    assert rows == [
        ("W_ih", "W_h", "weight_ih", "weight_ih_l0"),
        ("W_hh", "U_h", "weight_hh", "weight_hh_l0"),
        ("b_ih", "b_h", "bias_ih + bias_hh", "bias_ih_l0 + bias_hh_l0"),
        ("W_ho", "W_y", "", ""),
        ("b_ho", "b_y", "", ""),
    ]


@pytest.mark.parametrize("kind", KINDS)
def test_the_table_has_every_parameter_once(kind):
    names = [name for row in CORRESPONDENCE for name in row.names(kind)]
    module = build(kind, {"input_size": 2, "hidden_size": 3}, 0)
    assert sorted(names) == sorted(dict(module.named_parameters()))


# What is the same


@given(kinds, kinds, sizes, seeds)
def test_the_states_are_the_same(own, kind, sizes, seed):
    module = gentle(build(own, sizes, seed))
    other = quietly(module, kind)
    inputs, h0 = torch.randn(20, 2, sizes["input_size"]), torch.randn(2, sizes["hidden_size"])
    assert network_of(other) is not None
    with torch.no_grad():
        found, wanted = states(other, inputs, h0), states(module, inputs, h0)
    torch.testing.assert_close(found, wanted, rtol=1e-5, atol=1e-6)


@given(kinds, kinds, sizes, seeds)
def test_weights_are_equal_and_the_modules_share_none(own, kind, sizes, seed):
    module = build(own, sizes, seed)
    before = weights(module)
    other = quietly(module, kind)
    for row in CORRESPONDENCE[:2]:
        (name,), (own_name,) = row.names(kind), row.names(own)
        assert torch.equal(getattr(other, name), getattr(module, own_name))
    with torch.no_grad():
        for parameter in other.parameters():
            assert parameter.requires_grad and parameter.is_leaf and parameter.grad is None
            parameter.add_(1)
    assert all(map(torch.equal, before, weights(module)))


@given(sizes, seeds)
def test_torchs_two_kinds_and_back_are_the_same_to_the_bit(sizes, seed):
    rnn = build("rnn", sizes, seed)
    cell = convert(rnn, "rnn_cell")
    assert [name + "_l0" for name, _ in cell.named_parameters()] == [
        name for name, _ in rnn.named_parameters()
    ]
    assert all(map(torch.equal, weights(cell), weights(rnn)))
    back = convert(cell, "rnn")
    assert repr(back) == repr(rnn)
    assert all(map(torch.equal, weights(back), weights(rnn)))


@given(st.sampled_from(("rnn_cell", "rnn")), sizes, seeds)
def test_one_bias_becomes_the_first_of_two(kind, sizes, seed):
    elman = build("elman", sizes, seed)
    other = network_of(quietly(elman, kind)).parameters(0)
    assert torch.equal(other["b_ih"], elman.b_ih)
    assert torch.equal(other["b_hh"], torch.zeros_like(elman.b_ih))


@given(st.sampled_from(("rnn_cell", "rnn")), sizes, seeds)
def test_two_biases_become_their_sum_and_the_output_is_the_state(own, sizes, seed):
    module = build(own, sizes, seed)
    p, elman = network_of(module).parameters(0), convert(module, "elman")
    hidden_size = sizes["hidden_size"]
    total = p["b_ih"] + p["b_hh"] if sizes["bias"] else torch.zeros(hidden_size)
    assert torch.equal(elman.b_ih, total)
    assert torch.equal(elman.W_ho, torch.eye(hidden_size))
    assert torch.equal(elman.b_ho, torch.zeros(hidden_size))
    assert (elman.output_size, elman.output_nonlinearity) == (hidden_size, "linear")
    output, hidden = elman(torch.randn(sizes["input_size"]), torch.randn(hidden_size))
    assert torch.equal(output, hidden)


@pytest.mark.parametrize("own", KINDS)
@pytest.mark.parametrize("kind", KINDS)
def test_nothing_is_drawn_and_mode_and_dtype_stay(own, kind):
    module = build(own, {"input_size": 2, "hidden_size": 3, "nonlinearity": "relu"}, 0)
    module = module.double().eval()
    generator = torch.get_rng_state()
    other = quietly(module, kind)
    assert torch.equal(generator, torch.get_rng_state())
    assert not other.training
    assert other.nonlinearity == "relu"
    assert {parameter.dtype for parameter in other.parameters()} == {torch.float64}


def test_a_copy_has_every_layer_direction_and_option():
    rnn = nn.RNN(2, 3, 2, "relu", batch_first=True, dropout=0.25, bidirectional=True)
    copy = carry(rnn, "rnn")
    assert repr(copy.module) == repr(rnn)
    assert copy.left_behind == ()
    assert copy.module.state_dict().keys() == rnn.state_dict().keys()
    assert all(map(torch.equal, weights(copy.module), weights(rnn)))
    x = torch.randn(4, 5, 2)
    assert torch.equal(copy.module.eval()(x)[0], rnn.eval()(x)[0])


def test_a_copy_of_an_elman_network_keeps_its_head():
    elman = ElmanRNN(2, 3, 4, nonlinearity="relu", output_nonlinearity="tanh")
    copy = carry(elman, "elman")
    assert copy.left_behind == ()
    assert repr(copy.module) == repr(elman)
    assert all(map(torch.equal, weights(copy.module), weights(elman)))


def test_a_network_is_carried_as_its_module():
    cell = nn.RNNCell(2, 3)
    assert torch.equal(carry(network_of(cell), "rnn").module.weight_hh_l0, cell.weight_hh)


def test_weights_that_are_computed_are_carried_as_they_are_now():
    rnn = nn.utils.parametrizations.weight_norm(nn.RNN(2, 3), "weight_hh_l0")
    cell = convert(rnn, "rnn_cell")
    assert isinstance(cell.weight_hh, nn.Parameter)
    assert torch.equal(cell.weight_hh, rnn.weight_hh_l0)


def test_what_is_carried_in_inference_mode_can_be_trained():
    cell = nn.RNNCell(2, 3)
    with torch.inference_mode():
        rnn = convert(cell, "rnn")
    rnn(torch.randn(4, 2))[0].sum().backward()
    assert rnn.weight_hh_l0.grad is not None


# What is said


@pytest.mark.parametrize("kind", ["rnn_cell", "rnn"])
def test_a_head_that_is_left_behind_is_warned_of(kind):
    title = NETWORKS[kind].title
    said = f"W_ho and b_ho are left behind: {title} has no output layer, an nn.Linear would be it."
    with pytest.warns(UserWarning) as warned:
        rnnviz.convert(ElmanRNN(2, 3, 4), kind)
    assert [str(warning.message) for warning in warned] == [said]
    assert warned[0].filename == __file__


def test_the_outputs_tanh_is_left_behind_too():
    with pytest.warns(UserWarning, match=r"^W_ho, b_ho and the tanh of the output are left behind"):
        convert(ElmanRNN(2, 3, 4, output_nonlinearity="tanh"), "rnn")


@pytest.mark.parametrize("kind", ["elman", "rnn_cell"])
def test_batch_first_means_nothing_to_a_step(kind):
    with pytest.warns(UserWarning, match=r"batch_first is left behind: .*RNN.* takes one step"):
        convert(nn.RNN(2, 3, batch_first=True), kind)


def test_between_torchs_kinds_nothing_is_warned_of():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        convert(convert(nn.RNN(2, 3, bias=False), "rnn_cell"), "rnn")
        convert(nn.RNNCell(2, 3), "elman")


def single(rnn):
    """Give an nn.RNN of one layer the dropout that torch itself warns of."""
    rnn.dropout = 0.5
    return rnn


def test_dropout_without_a_layer_to_drop_from_is_copied_in_silence():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert convert(single(nn.RNN(2, 3)), "rnn").dropout == 0.5


@pytest.mark.parametrize("kind", ["elman", "rnn_cell"])
def test_several_layers_and_both_directions_do_not_go_into_one(kind):
    title = NETWORKS[kind].title
    deep, both = nn.RNN(2, 3, 3), nn.RNN(2, 3, bidirectional=True)
    said = f"An nn.RNN of 3 layers cannot become an {title}, which is a single layer."
    assert why_not(deep, kind) == said
    with pytest.raises(ValueError, match="of 3 layers"):
        convert(deep, kind)
    assert why_not(both, kind).startswith(f"A bidirectional nn.RNN cannot become an {title}")
    with pytest.raises(ValueError, match="bidirectional"):
        convert(both, kind)
    assert why_not(deep, "rnn") == why_not(both, "rnn") == ""


class Shifted(nn.RNN):
    """An nn.RNN by name, which computes something else."""

    def forward(self, x, h0=None):
        return super().forward(x + 1, h0)


@pytest.mark.parametrize(
    "module", [nn.GRU(2, 3), nn.LSTMCell(2, 3), Shifted(2, 3), nn.Linear(2, 3)]
)
def test_other_modules_are_refused_by_name(module):
    with pytest.raises(ValueError, match=f"The weights of {type(module).__name__} cannot be"):
        convert(module, "elman")


def test_an_unknown_kind_is_told_the_three():
    with pytest.raises(ValueError, match="kind must be one of 'elman', 'rnn_cell', 'rnn', not 'gr"):
        convert(nn.RNN(2, 3), "gru")


def test_what_is_no_module_is_a_type_error():
    with pytest.raises(TypeError, match=r"A torch nn\.Module is needed, not dict"):
        convert({}, "rnn")
