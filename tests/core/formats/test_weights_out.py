"""Weights into files and back, bit for bit."""

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from safetensors import safe_open
from torch import nn

from rnnviz import ElmanRNN, __version__
from rnnviz.arrays import Stored
from rnnviz.formats import read_weights, save_weights
from rnnviz.networks import NETWORKS, network_of
from rnnviz.settings import NetworkSettings

SUFFIXES = (".safetensors", ".pt", ".pth")
sizes = st.integers(1, 6)


@st.composite
def settings_of_networks(draw):
    """Draw what is said of a network of any kind."""
    return NetworkSettings(
        kind=draw(st.sampled_from(sorted(NETWORKS))),
        input_size=draw(sizes), hidden_size=draw(sizes), output_size=draw(sizes),
        num_layers=draw(st.integers(1, 3)), bias=draw(st.booleans()),
        bidirectional=draw(st.booleans()), nonlinearity=draw(st.sampled_from(("tanh", "relu"))),
        output_nonlinearity=draw(st.sampled_from(("linear", "tanh"))),
        dropout=0.5, training=draw(st.booleans()),
    )  # fmt: skip


def values_of(module):
    return {name: Stored(p.detach().float().numpy()) for name, p in module.named_parameters()}


@given(settings_of_networks(), st.sampled_from(SUFFIXES), st.booleans())
def test_there_and_back(tmp_path, settings, suffix, bare):
    network = settings.description.build(settings)
    path = tmp_path / f"ein Name – ü{suffix}"
    assert save_weights(path, network.module if bare else network) == ()
    weights = read_weights(path)
    (layer,) = weights.layers
    assert (layer.name, layer.kind, layer.notices) == ("", settings.kind, ())
    assert layer.tensors == values_of(network.module)
    assert weights.notices == weights.others == ()
    read = NetworkSettings(kind=layer.kind, **layer.sizes)
    assert read.shapes == settings.shapes
    if suffix == ".safetensors":
        assert layer.unknown == ()
        dropout = {name: getattr(settings, name) for name in ("dropout", "training")}
        assert read.model_copy(update=dropout).same_module(settings)
    else:
        assert "nonlinearity" in layer.unknown


@given(settings_of_networks(), st.sampled_from(SUFFIXES))
def test_torch_takes_what_is_saved(tmp_path, settings, suffix):
    module = settings.description.build(settings).module
    other = settings.description.build(settings).module
    path = tmp_path / f"a{suffix}"
    save_weights(path, module)
    other.load_state_dict(torch.load(path, weights_only=True), strict=True)
    assert values_of(other) == values_of(module)


@pytest.mark.parametrize("dtype", [torch.float64, torch.bfloat16])
@pytest.mark.parametrize("suffix", SUFFIXES)
def test_the_type_of_the_numbers_stays(tmp_path, dtype, suffix):
    module = nn.RNN(2, 3).to(dtype)
    save_weights(tmp_path / f"a{suffix}", module)
    found = torch.load(tmp_path / f"a{suffix}", weights_only=True)
    assert all(torch.equal(found[name], p) for name, p in module.named_parameters())


def test_the_metadata(tmp_path):
    module = ElmanRNN(2, 3, 4, nonlinearity="relu", output_nonlinearity="tanh")
    save_weights(tmp_path / "a.safetensors", module)
    with safe_open(tmp_path / "a.safetensors", framework="pt") as file:
        assert file.metadata() == {
            "format": "pt",
            "rnnviz_version": __version__,
            "kind": "elman",
            "nonlinearity": "relu",
            "output_nonlinearity": "tanh",
        }


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_the_exercises_network_under_torchs_names(tmp_path, suffix):
    module = ElmanRNN(2, 3, 4, nonlinearity="relu", output_nonlinearity="tanh")
    notices = save_weights(tmp_path / f"a{suffix}", module, names="torch")
    assert notices == (
        "W_ho and b_ho are those of an nn.Linear, linear, above the nn.RNN, rnn.",
        "The tanh of the output is not in the file.",
    )
    twin = nn.ModuleDict({"rnn": nn.RNN(2, 3, nonlinearity="relu"), "linear": nn.Linear(3, 4)})
    twin.load_state_dict(torch.load(tmp_path / f"a{suffix}", weights_only=True), strict=True)
    x, h = torch.randn(1, 2), torch.randn(1, 3)
    hidden, _ = twin["rnn"](x, h)
    y, h_1 = module(x[0], h[0])
    torch.testing.assert_close(hidden[0], h_1)
    torch.testing.assert_close(twin["linear"](hidden)[0].tanh(), y)
    (layer,) = read_weights(tmp_path / f"a{suffix}").layers
    assert layer.name == "rnn"
    assert layer.tensors["weight_hh_l0"] == Stored(module.W_hh.detach().numpy())
    assert layer.sizes.get("nonlinearity") == ("relu" if suffix == ".safetensors" else None)


def test_a_linear_output_loses_nothing(tmp_path):
    assert len(save_weights(tmp_path / "a.pt", ElmanRNN(2, 3, 4), names="torch")) == 1


@pytest.mark.parametrize("module", [nn.RNN(2, 3), nn.RNNCell(2, 3)])
def test_torchs_networks_under_the_exercises_names(tmp_path, module):
    suffix = "_l0" if isinstance(module, nn.RNN) else ""
    notices = save_weights(tmp_path / "a.safetensors", module, names="exercise")
    assert notices == (
        f"b_ih is bias_ih{suffix} + bias_hh{suffix}, rounded once.",
        "W_ho is the identity and b_ho zero, so that y_t = h_t.",
    )
    (layer,) = read_weights(tmp_path / "a.safetensors").layers
    assert (layer.kind, layer.unknown) == ("elman", ())
    read = ElmanRNN(2, 3, 3)
    read.load_state_dict({name: torch.tensor(t.values) for name, t in layer.tensors.items()})
    x, h = torch.randn(1, 2), torch.randn(1, 3)
    wanted = module(x, h)[0] if isinstance(module, nn.RNN) else module(x, h)
    y, h_1 = read(x, h)
    torch.testing.assert_close(h_1, wanted)
    assert torch.equal(y, h_1)


@pytest.mark.parametrize("without", ["bias", "bias_hh"])
def test_nothing_is_rounded_where_there_is_one_bias_or_none(tmp_path, without):
    module = nn.RNNCell(2, 3, bias=without != "bias")
    if without == "bias_hh":
        nn.init.zeros_(module.bias_hh)
    notices = save_weights(tmp_path / "a.pt", module, names="exercise")
    assert notices == ("W_ho is the identity and b_ho zero, so that y_t = h_t.",)


@pytest.mark.parametrize(
    ("module", "names", "said"),
    [
        (nn.RNN(2, 3, 2), "exercise", "An nn.RNN of 2 layers cannot become an Elman RNN, "),
        (nn.RNN(2, 3, bidirectional=True), "exercise", "A bidirectional nn.RNN cannot become"),
        (nn.LSTM(2, 3), "", "The weights of LSTM cannot be carried over: "),
        (nn.Linear(2, 3), "torch", "The weights of Linear cannot be carried over: "),
        (nn.RNN(2, 3), "keras", "names must be one of 'torch', 'exercise', not 'keras'"),
    ],
)
def test_what_has_no_such_names(tmp_path, module, names, said):
    (tmp_path / "a.pt").write_bytes(b"old")
    with pytest.raises(ValueError, match=said):
        save_weights(tmp_path / "a.pt", module, names=names)
    assert (tmp_path / "a.pt").read_bytes() == b"old"


def test_weights_that_are_computed(tmp_path):
    rnn = nn.utils.parametrizations.weight_norm(nn.RNN(2, 3), "weight_ih_l0")
    with pytest.raises(ValueError, match="computed anew at each call"):
        save_weights(tmp_path / "a.pt", rnn)


def test_another_suffix(tmp_path):
    with pytest.raises(ValueError, match=r"as .safetensors, .pt, .pth, not as “.txt”"):
        save_weights(tmp_path / "a.txt", nn.RNN(2, 3))
    assert not list(tmp_path.iterdir())


def test_a_network_is_saved_as_it_runs(tmp_path):
    rnn = nn.RNN(2, 3)
    network = network_of(rnn)
    save_weights(tmp_path / "a.pt", network)
    assert read_weights(tmp_path / "a.pt").layers[0].tensors == values_of(rnn)


def test_nothing_is_left_where_it_cannot_be_written(tmp_path, monkeypatch):
    def full(*_):
        raise OSError(28, "No space left on device")

    (tmp_path / "a.pt").write_bytes(b"old")
    monkeypatch.setattr("os.fsync", full)
    for suffix in SUFFIXES:
        with pytest.raises(OSError, match="No space"):
            save_weights(tmp_path / f"a{suffix}", nn.RNN(2, 3))
    assert [path.read_bytes() for path in tmp_path.iterdir()] == [b"old"]
