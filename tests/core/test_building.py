"""From settings to tensors, as a script would make them."""

import pytest
import torch
from oracles import assert_same
from torch import nn

from rnnviz import ElmanRNN
from rnnviz.building import build_inputs, build_network
from rnnviz.initialization import Eye
from rnnviz.networks import NETWORKS
from rnnviz.sequences import Text
from rnnviz.settings import InitializationSettings, NetworkSettings, SequenceSettings, Settings


def test_elman_is_what_the_exercise_draws():
    settings = Settings(initialization=InitializationSettings(seed=7))
    torch.manual_seed(7)
    script = ElmanRNN(5, 20, 10)
    built = build_network(settings).module
    for (name, found), wanted in zip(built.named_parameters(), script.parameters(), strict=True):
        assert torch.equal(found, wanted), name


@pytest.mark.parametrize(
    ("kind", "script"),
    [
        ("rnn_cell", lambda: nn.RNNCell(5, 20, nonlinearity="relu")),
        ("rnn", lambda: nn.RNN(5, 20, 3, nonlinearity="relu")),
    ],
)
def test_torchs_kinds_are_what_torch_draws(kind, script):
    network = NetworkSettings(kind=kind, num_layers=3, nonlinearity="relu")
    scheme = {"name": NETWORKS[kind].default_scheme}
    init = InitializationSettings.model_validate({"scheme": scheme, "seed": 7})
    built = build_network(Settings(network=network, initialization=init)).module
    torch.manual_seed(7)
    wanted = script()
    assert repr(built) == repr(wanted)
    for (name, found), parameter in zip(built.named_parameters(), wanted.parameters(), strict=True):
        assert torch.equal(found, parameter), name


def test_an_override_of_another_kind_waits():
    init = InitializationSettings(overrides={"W_hh": Eye(), "weight_hh_l0": Eye()})
    built = build_network(Settings(initialization=init)).module
    assert torch.equal(built.W_hh, torch.eye(20))


def test_inputs_and_start_state_are_a_scripts_draws():
    network = NetworkSettings(kind="rnn", num_layers=2, batch_size=3)
    settings = Settings(network=network, sequence=SequenceSettings(length=9, seed=11))
    inputs, state = build_inputs(settings)
    torch.manual_seed(11)
    assert torch.equal(inputs, torch.randn(9, 3, 5))
    assert torch.equal(state, torch.randn(2, 3, 20))
    assert settings.state_shape == (2, 3, 20)


def test_building_leaves_torchs_own_generator_alone():
    torch.manual_seed(0)
    before = torch.get_rng_state()
    build_network(Settings())
    build_inputs(Settings())
    assert torch.equal(torch.get_rng_state(), before)


def test_a_text_is_one_hot_and_its_own_length():
    source = Text(text="abca")
    inputs, _ = build_inputs(Settings(sequence=SequenceSettings(source=source, length=40)))
    assert_same(inputs[:, 0].argmax(-1), torch.tensor([0, 1, 2, 0]))
    assert inputs.shape == (4, 1, 5)


def test_parameters_can_be_changed_in_place():
    module = build_network(Settings()).module
    with torch.no_grad():
        module.W_hh[0, 0] = 3.0
    assert module.W_hh.requires_grad
    assert not module.W_hh.is_inference()
