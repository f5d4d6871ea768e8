"""Layers out of checkpoints; a torch module's own state_dict is the oracle."""

import os

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from safetensors.torch import save_file
from torch import nn

from rnnviz import ElmanRNN
from rnnviz.arrays import Stored
from rnnviz.formats import read_weights
from rnnviz.networks import NETWORKS
from rnnviz.networks.base import Interrupted
from rnnviz.settings import NetworkSettings

PREFIXES = ("", "module.", "encoder.rnn.", "_orig_mod.", "module.größe 1.rnn.", "layers.0.")
NESTINGS = ((), ("state_dict",), ("model",), ("model_state_dict",), ("a", "net", "weights"))
DTYPES = (torch.float32, torch.float64, torch.float16, torch.bfloat16)
sizes = st.integers(1, 7)


@st.composite
def modules(draw):
    """Draw a kind and a module of it."""
    kind = draw(st.sampled_from(sorted(NETWORKS)))
    i, h, bias = draw(sizes), draw(sizes), draw(st.booleans())
    if kind == "elman":
        return kind, ElmanRNN(i, h, draw(sizes))
    if kind == "rnn_cell":
        return kind, nn.RNNCell(i, h, bias)
    both = draw(st.booleans())
    return kind, nn.RNN(i, h, draw(st.integers(1, 4)), bias=bias, bidirectional=both)


def fields_of(kind, module):
    """Return the fields of the network settings that say how large a module is."""
    names = NETWORKS[kind].options & {"output_size", "num_layers", "bias", "bidirectional"}
    return {name: getattr(module, name) for name in ("input_size", "hidden_size", *names)}


def nested(state, keys):
    """Return `state` inside of dictionaries, with what else checkpoints hold."""
    for key in reversed(keys):
        state = {key: state, "epoch": 7, "loss": [0.1, 0.2], "name": "x"}
    return state


def saved(path, state, **options):
    torch.save(state, path, **options)
    return path


def assert_layer(found, kind, module):
    """Check a found layer against the module that was saved."""
    assert found.kind == kind
    assert found.sizes == fields_of(kind, module)
    assert list(found.tensors) == list(NetworkSettings(kind=kind, **found.sizes).shapes)
    wanted = {name: p.detach().float().numpy() for name, p in module.named_parameters()}
    assert found.tensors == {name: Stored(values) for name, values in wanted.items()}


@given(
    modules(), st.sampled_from(PREFIXES), st.sampled_from(NESTINGS), st.sampled_from(DTYPES),
    st.booleans(),
)  # fmt: skip
def test_a_state_dict_of_torch_save(tmp_path, drawn, prefix, nesting, dtype, new_format):
    kind, module = drawn
    module = module.to(dtype)
    state = {prefix + name: p for name, p in module.state_dict(keep_vars=True).items()}
    path = tmp_path / "ein Name – ü.pt"
    saved(path, nested(state, nesting), _use_new_zipfile_serialization=new_format)
    weights = read_weights(path)
    (layer,) = weights.layers
    assert_layer(layer, kind, module)
    assert (weights.path, layer.name) == (path, prefix.rstrip("."))
    assert weights.notices == weights.others == ()
    assert len(layer.notices) == (dtype != torch.float32)
    assert layer.unknown == tuple(
        name for name in ("nonlinearity", "output_nonlinearity")
        if name == "nonlinearity" or name in NETWORKS[kind].options
    )  # fmt: skip


@given(modules(), st.sampled_from(PREFIXES), st.sampled_from(DTYPES))
def test_a_file_of_safetensors(tmp_path, drawn, prefix, dtype):
    kind, module = drawn
    module = module.to(dtype)
    path = tmp_path / "ein Name – ü.safetensors"
    save_file({prefix + name: t for name, t in module.state_dict().items()}, path)
    (layer,) = read_weights(path).layers
    assert_layer(layer, kind, module)
    assert layer.name == prefix.rstrip(".")


def test_the_first_bytes_say_what_a_file_is(tmp_path):
    rnn = nn.RNN(2, 3)
    save_file(rnn.state_dict(), tmp_path / "model.bin")
    assert_layer(read_weights(tmp_path / "model.bin").layers[0], "rnn", rnn)


def test_what_is_read_hangs_on_the_file_no_more(tmp_path):
    rnn = nn.RNN(2, 3)
    for name in ("a.pt", "a.safetensors"):
        path = tmp_path / name
        save_file(rnn.state_dict(), path) if name.endswith("s") else saved(path, rnn.state_dict())
        (layer,) = read_weights(path).layers
        with path.open("r+b") as file:
            file.write(bytes(path.stat().st_size))
        assert_layer(layer, "rnn", rnn)


def test_a_file_that_may_only_be_read(tmp_path):
    path = saved(tmp_path / "a.pt", nn.RNN(2, 3).state_dict())
    path.chmod(0o444)
    assert read_weights(path).layers


def test_N7_other_types_are_converted_and_that_is_said(tmp_path):
    rnn = nn.RNN(2, 3)
    state = rnn.state_dict()
    state["weight_ih_l0"] = state["weight_ih_l0"].double()
    state["bias_ih_l0"] = state["bias_ih_l0"].bfloat16()
    (layer,) = read_weights(saved(tmp_path / "a.pt", state)).layers
    assert layer.notices == (
        "float64 was rounded to float32.",
        "bfloat16 was converted to float32, which has each of its numbers.",
    )


def test_numbers_that_are_none_are_said(tmp_path):
    state = nn.RNN(2, 3).state_dict()
    state["weight_hh_l0"][0, :2] = torch.tensor([float("nan"), float("inf")])
    state["bias_hh_l0"] = torch.tensor([1e300, 0.5, float("-inf")], dtype=torch.float64)
    (layer,) = read_weights(saved(tmp_path / "a.pt", state)).layers
    assert layer.notices[1:] == (
        "weight_hh_l0 holds 2 numbers that are not finite: NaN or infinite.",
        "bias_hh_l0 holds 1 number that is not finite: NaN or infinite.",
        "bias_hh_l0 holds 1 number that is too large for float32: now infinite.",
    )
    np.testing.assert_array_equal(layer.tensors["bias_hh_l0"].values, [np.inf, 0.5, -np.inf])


class Seq2Seq(nn.Module):
    """A larger module, with two recurrent layers of its own and one that is not shown."""

    def __init__(self):
        super().__init__()
        self.embedding = nn.Embedding(11, 4)
        self.encoder = nn.RNN(4, 5, bidirectional=True)
        self.cell = nn.RNNCell(4, 6)
        self.lstm = nn.LSTM(4, 6)
        self.head = nn.Linear(10, 3)


def test_a_larger_module(tmp_path):
    module = Seq2Seq()
    weights = read_weights(saved(tmp_path / "a.pt", module.state_dict()))
    encoder, cell = weights.layers
    assert_layer(encoder, "rnn", module.encoder)
    assert_layer(cell, "rnn_cell", module.cell)
    assert (encoder.name, cell.name) == ("encoder", "cell")
    assert weights.notices == (
        "lstm is an LSTM: its weight_hh_l0 has 4 × 6 rows. Only the plain networks without gates "
        "are shown: nn.RNN, nn.RNNCell, ElmanRNN. It is left out.",
        "head.weight (3 × 10) could be an output layer; nn.RNN has none, so it is left out.",
    )
    assert {"embedding.weight", "head.weight", "head.bias", "lstm.weight_hh_l0"} < set(
        weights.others
    )
    assert not any(name.startswith(("encoder", "cell")) for name in weights.others)


def test_a_checkpoint_of_training(tmp_path):
    module = nn.ModuleDict({"rnn": nn.RNN(3, 4)})
    optimizer = torch.optim.Adam(module.parameters())
    module["rnn"](torch.ones(2, 3))[0].sum().backward()
    optimizer.step()
    state = {
        "model_state_dict": module.state_dict(), "optimizer": optimizer.state_dict(), "epoch": 3,
        "rng": torch.get_rng_state(), "best": (0.5, 2), "dtype": torch.float32, "none": None,
    }  # fmt: skip
    weights = read_weights(saved(tmp_path / "last.ckpt", state))
    (layer,) = weights.layers
    assert_layer(layer, "rnn", module["rnn"])
    assert layer.name == "rnn"
    assert "optimizer.state.0.exp_avg" in weights.others


def test_dictionaries_are_named_where_they_differ(tmp_path):
    state = {"model": nn.RNN(2, 3).state_dict(), "ema": [{"rnn": nn.RNN(2, 3).state_dict()}]}
    layers = read_weights(saved(tmp_path / "a.pt", state)).layers
    assert [layer.name for layer in layers] == ["model", "ema.0.rnn"]


def test_a_dictionary_that_lies_in_two_places_is_found_once(tmp_path):
    state = nn.RNN(2, 3).state_dict()
    weights = read_weights(saved(tmp_path / "a.pt", {"one": state, "other": state}))
    assert len(weights.layers) == 1


def test_shared_views_and_conjugates(tmp_path):
    square = torch.randn(4, 4)
    state = {
        "weight_ih": square, "weight_hh": square.T, "bias_ih": square[1],
        "bias_hh": torch.randn(4, dtype=torch.complex64).conj().imag,
    }  # fmt: skip
    assert state["bias_hh"].is_neg()
    (layer,) = read_weights(saved(tmp_path / "a.pt", state)).layers
    assert layer.tensors == {name: Stored(t.resolve_neg().numpy()) for name, t in state.items()}


def test_tensors_saved_on_a_gpu(tmp_path, monkeypatch):
    state = nn.RNN(2, 3).state_dict()
    monkeypatch.setattr(torch.serialization, "location_tag", lambda storage: "cuda:0")
    path = saved(tmp_path / "a.pt", state)
    assert b"cuda:0" in path.read_bytes()
    assert read_weights(path).layers[0].tensors["weight_ih_l0"].shape == (3, 2)


def test_metadata_of_others_is_not_believed(tmp_path):
    state = nn.RNN(2, 3).state_dict()
    for metadata in (
        {"nonlinearity": "relu"},
        {"rnnviz_version": "1", "kind": "elman", "nonlinearity": "relu"},
        {"rnnviz_version": "1", "kind": "rnn", "nonlinearity": "sine"},
    ):
        save_file(state, tmp_path / "a.safetensors", metadata)
        assert read_weights(tmp_path / "a.safetensors").layers[0].unknown == ("nonlinearity",)


@pytest.mark.parametrize("name", ["a.pt", "old.pt", "a.safetensors"])
def test_reading_can_be_given_up_at_any_time(tmp_path, name):
    path, asked = tmp_path / name, 0
    state = nn.RNN(2, 3).state_dict()
    if name.endswith("s"):
        save_file(state, path)
    else:
        saved(path, state, _use_new_zipfile_serialization=name != "old.pt")

    def counted():
        nonlocal asked
        asked += 1
        return False

    read_weights(path, stopped=counted)
    for k in range(asked):
        answers = iter([False] * k + [True])
        with pytest.raises(Interrupted):
            read_weights(path, stopped=lambda answers=answers: next(answers))


def test_the_limit_of_this_machine(tmp_path, monkeypatch):
    monkeypatch.setattr("rnnviz.memory.LEAST_BUDGET", 100_000)
    monkeypatch.setattr("rnnviz.memory.physical_memory", lambda: 200_000)
    shared = nn.RNN(30, 40).state_dict()
    state = {f"rnn{k}.{name}": tensor for k in range(10) for name, tensor in shared.items()}
    path = saved(tmp_path / "a.pt", state)
    with pytest.raises(ValueError, match=r"would take 115 kB; 100 kB are allowed"):
        read_weights(path)


def test_the_name_of_a_path_can_be_text(tmp_path):
    path = saved(tmp_path / "a.pt", nn.RNN(3, 4).state_dict())
    assert read_weights(os.fspath(path)).path == path
