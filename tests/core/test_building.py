"""From settings to tensors, as a script would make them."""

import numpy as np
import pytest
import torch
from oracles import assert_same
from torch import nn

from rnnviz import ElmanRNN
from rnnviz.building import build, build_inputs, build_network, rebuild
from rnnviz.changes import difference
from rnnviz.initialization import Eye, Orthogonal
from rnnviz.memory import MemoryLimits
from rnnviz.networks import NETWORKS
from rnnviz.sequences import Text
from rnnviz.settings import InitializationSettings, NetworkSettings, SequenceSettings, Settings
from rnnviz.traces.scratch import ScratchFile

IN_MEMORY, ON_DISK = MemoryLimits(2**30, 2**30), MemoryLimits(2**30, 0)


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


def recorded(settings):
    """Return the bytes of weights, inputs, states and outputs of a whole run."""
    run = build(settings, IN_MEMORY).run
    while run.computed < run.moves:
        run.compute_block()
    run.reveal(run.moves)
    trace = run.trace
    arrays = [*run.network.module.parameters(), trace.inputs, trace.hidden]
    arrays += [] if trace.outputs is None else [trace.outputs]
    return b"".join(np.asarray(a.detach() if hasattr(a, "detach") else a).tobytes() for a in arrays)


@pytest.mark.parametrize("kind", list(NETWORKS))
def test_N8_the_same_seeds_give_the_same_bits_on_one_thread_and_on_two(kind):
    settings = Settings(
        network=NetworkSettings(kind=kind, hidden_size=150, num_layers=2, batch_size=3),
        initialization=InitializationSettings(scheme=Orthogonal(gain=1.5), seed=5),
        sequence=SequenceSettings(length=100, seed=6, start_state="normal"),
    )
    first = recorded(settings)
    torch.manual_seed(1)  # what else draws in between changes nothing
    assert recorded(settings) == first
    torch.set_num_threads(2)
    try:
        assert recorded(settings) == first
        assert torch.get_num_threads() == 1  # P1: so are the steps that the window computes
    finally:
        torch.set_num_threads(1)


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


def rebuilt(old, limits=IN_MEMORY, **changes):
    """Build what changes of the sequence's fields, or of a whole part, need."""
    parts = {key: value for key, value in changes.items() if key in ("network", "initialization")}
    fields = {key: value for key, value in changes.items() if key not in parts}
    parts["sequence"] = old.settings.sequence.model_copy(update=fields)
    settings = old.settings.model_copy(update=parts)
    return rebuild(old, settings, difference(old.settings, settings), limits)


def test_only_what_differs_is_built_anew():
    old = build(Settings(), IN_MEMORY)
    longer = rebuilt(old, length=50)
    assert longer.network is old.network
    assert longer.run is not old.run
    assert longer.run.length == 50
    drawn = rebuilt(old, initialization=InitializationSettings(seed=1))
    assert drawn.network is not old.network
    assert drawn.run.inputs is old.run.inputs
    painted = rebuilt(old, initialization=InitializationSettings(weight_range=2.0))
    assert painted.run is old.run
    assert painted.settings.initialization.weight_range == 2.0


def test_a_state_is_carried_from_what_is_revealed():
    old = build(Settings(), IN_MEMORY)
    old.run.compute_block()
    old.run.reveal(7)
    carried = rebuilt(old, start_state="carry")
    assert_same(carried.run.h0, old.run.trace.hidden[7])
    normal = rebuilt(carried, start_state="normal")
    assert_same(normal.run.h0, build_inputs(normal.settings)[1])
    other = rebuilt(carried, network=NetworkSettings(hidden_size=7))
    assert not other.run.h0.any()
    assert other.run.h0.shape == (1, 1, 7)


def test_a_record_over_the_limit_goes_to_a_file(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.setenv("LOCALAPPDATA", str(tmp_path))
    opened, plain = [], ScratchFile.__init__
    monkeypatch.setattr(ScratchFile, "__init__", lambda room: opened.append(1) or plain(room))
    small = build(Settings(), IN_MEMORY)
    large = build(Settings(), ON_DISK)
    assert opened == [1]
    for run in (small.run, large.run):
        run.compute_block()
    assert_same(large.run.sequence("hidden", 0, 41), small.run.sequence("hidden", 0, 41))
