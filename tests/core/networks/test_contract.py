"""What holds for every kind of network."""

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from oracles import hidden_sizes, input_sizes, layer_counts, nonlinearities
from torch import nn

from rnnviz import ElmanRNN
from rnnviz.networks import NETWORKS, network_of
from rnnviz.networks.base import Interrupted
from rnnviz.settings import NetworkSettings

kinds = st.sampled_from(sorted(NETWORKS))
network_settings = st.builds(
    NetworkSettings,
    kind=kinds,
    input_size=input_sizes,
    hidden_size=hidden_sizes,
    output_size=st.integers(1, 8),
    num_layers=layer_counts,
    nonlinearity=nonlinearities,
    bias=st.booleans(),
    bidirectional=st.booleans(),
    dropout=st.sampled_from((0.0, 0.5)),
    training=st.booleans(),
)


def test_the_index():
    assert list(NETWORKS) == ["elman", "rnn_cell", "rnn"]


@given(network_settings)
def test_shapes_said_without_torch_are_the_modules_own(settings):
    network = settings.description.build(settings)
    built = {name: tuple(p.shape) for name, p in network.module.named_parameters()}
    assert list(settings.shapes.items()) == list(built.items())
    assert settings.parameter_count == sum(p.numel() for p in network.module.parameters())
    assert network.num_layers == settings.layers
    assert (network.input_size, network.hidden_size) == (settings.input_size, settings.hidden_size)
    assert network.nonlinearity == settings.nonlinearity
    wanted = settings.output_size if settings.kind == "elman" else None
    assert network.output_size == wanted
    assert network.block_steps == settings.description.block_steps(settings)


@given(network_settings)
def test_symbols_name_the_first_layers_parameters(settings):
    symbols = settings.description.symbols
    names = settings.description.build(settings).parameter_names(0)
    assert {symbol: symbols[symbol] for symbol in names} == names


@given(network_settings)
def test_every_parameter_has_its_place_in_an_equation(settings):
    network = settings.description.build(settings)
    named = [
        name
        for layer in range(network.num_layers)
        for name in network.parameter_names(layer).values()
    ]
    assert sorted(named) == sorted(name for name, _ in network.module.named_parameters())


@pytest.mark.parametrize(
    ("both", "names"),
    [
        (False, ["layer 0", "layer 1"]),
        (True, ["layer 0 →", "layer 0 ←", "layer 1 →", "layer 1 ←"]),
    ],
)
def test_layers_and_directions_are_called_by_name(both, names):
    network = network_of(nn.RNN(2, 3, 2, bidirectional=both))
    assert [network.layer_name(layer) for layer in range(network.num_layers)] == names


def test_parameters_are_the_modules_own_memory():
    network = network_of(nn.RNN(3, 4, 2))
    weight = network.module.weight_hh_l1
    found = network.parameters(1)["W_hh"]
    assert found.data_ptr() == weight.data_ptr()
    assert not found.requires_grad


@given(network_settings, st.integers(1, 3), st.integers(0, 1000))
def test_the_nonlinearity_of_the_pre_activation_is_the_state(settings, batch, seed):
    torch.manual_seed(seed)
    network = settings.description.build(settings)
    x = torch.randn(1, batch, settings.input_size)
    h0 = torch.randn(network.num_layers, batch, settings.hidden_size)
    with torch.no_grad():
        tensors = network.run(x, network.initial_state(h0)).tensors
    hidden = tensors["hidden"][0]
    act = {"tanh": torch.tanh, "relu": torch.relu}[settings.nonlinearity]
    for layer in range(network.num_layers):
        below = network.below(layer)
        reads = torch.cat([hidden[entry] for entry in below], dim=-1) if below else x[0]
        if below and "read" in tensors:
            reads = tensors["read"][0, network.depth_of(layer) - 1]
        a = network.pre_activations(reads, h0[layer], layer)
        torch.testing.assert_close(act(a), hidden[layer], rtol=1e-5, atol=1e-5)


def test_the_pre_activation_in_numbers():
    module = ElmanRNN(2, 1, 1)
    values = {"W_ih": [[2.0, 3.0]], "W_hh": [[5.0]], "b_ih": [7.0]}
    with torch.no_grad():
        for name, value in values.items():
            module.get_parameter(name).copy_(torch.tensor(value))
    a = network_of(module).pre_activations(torch.tensor([10.0, 100.0]), torch.tensor([-1.0]), 0)
    assert a.tolist() == [2 * 10 + 3 * 100 - 5 + 7]


@pytest.mark.parametrize(
    ("module", "name"),
    [
        (ElmanRNN(1, 2, 3), "ElmanNetwork"),
        (nn.RNNCell(1, 2), "RNNCellNetwork"),
        (nn.RNN(1, 2), "RNNNetwork"),
    ],
)
def test_a_known_module_finds_its_contract(module, name):
    network = network_of(module)
    assert type(network).__name__ == name
    assert network.module is module


class Own(nn.Module):
    """A forward of one's own, to be mixed into a kind of network."""

    def forward(self, x, hidden):
        return x, hidden


@pytest.mark.parametrize("kind", [ElmanRNN, nn.RNNCell, nn.RNN])
def test_a_subclass_is_its_kind_unless_its_forward_is_its_own(kind):
    sizes = (2, 3, 1)[: 3 if kind is ElmanRNN else 2]
    same, other = type("Same", (kind,), {}), type("Other", (Own, kind), {})
    assert network_of(same(*sizes)).module.__class__ is same
    patched = kind(*sizes)
    patched.forward = lambda x, h: (x, h)
    for module in (other(*sizes), patched):
        if kind is nn.RNN:
            with pytest.raises(ValueError, match="forward of its own cannot be stepped"):
                network_of(module)
        else:
            assert network_of(module) is None


@given(network_settings, st.integers(0, 6))
def test_a_run_that_is_stopped_gives_up_and_can_be_done_again(settings, asked):
    network = settings.description.build(settings)
    x, h0 = (
        torch.randn(6, 2, settings.input_size),
        torch.randn(network.num_layers, 2, settings.hidden_size),
    )
    answers = iter([False] * asked)
    state = network.initial_state(h0)
    with torch.no_grad():
        wanted = network.run(x, network.initial_state(h0)).tensors["hidden"]
        try:
            found = network.run(x, state, lambda: next(answers, True))
        except Interrupted:
            assert asked < (network.num_layers if settings.kind == "rnn" else 6)
            found = network.run(x, state)
    assert torch.equal(found.tensors["hidden"], wanted)


@given(network_settings, st.integers(0, 1000))
def test_steps_may_come_each_for_itself(settings, seed):
    torch.manual_seed(seed)
    network = settings.description.build(settings)
    x = torch.randn(6, 2, settings.input_size)
    h0 = torch.randn(network.num_layers, 2, settings.hidden_size)
    with torch.no_grad():
        whole = network.run(x, network.initial_state(h0)).tensors["hidden"]
        steps = network.run(list(x), network.initial_state(h0)).tensors["hidden"]
    assert torch.equal(whole, steps)


@pytest.mark.parametrize("module", [nn.GRU(1, 2), nn.LSTMCell(1, 2), nn.Linear(1, 2)])
def test_other_modules_have_none(module):
    assert network_of(module) is None
