"""What is no recurrent layer that can be shown is refused by name and reason."""

import os
import zipfile

import pytest
import torch
from safetensors.torch import save_file
from torch import nn

from rnnviz import ElmanRNN
from rnnviz.formats import UnreadableFile, read_weights
from rnnviz.formats.layers import SAVE_WHOLE


def refusal(tmp_path, state):
    """Return what is said of a file that holds `state`, without the file's name."""
    torch.save(state, tmp_path / "a.pt")
    return refusal_of(tmp_path / "a.pt")


def refusal_of(path):
    with pytest.raises(UnreadableFile) as caught:
        read_weights(path)
    assert str(caught.value) == f"{path.name}: {caught.value.reason}"
    assert "weights_only" not in str(caught.value)
    return caught.value.reason


def with_(module, **tensors):
    """Return a module's state dict with some entries put in place, or taken out (None)."""
    state = dict(module.state_dict()) | tensors
    return {name: value for name, value in state.items() if value is not None}


GATES = "Only the plain networks without gates are shown: nn.RNN, nn.RNNCell, ElmanRNN."


@pytest.mark.parametrize(
    ("module", "said"),
    [
        (nn.LSTM(3, 5), f"It is an LSTM: its weight_hh_l0 has 4 × 5 rows. {GATES}"),
        (nn.GRU(3, 5), f"It is a GRU: its weight_hh_l0 has 3 × 5 rows. {GATES}"),
        (nn.LSTMCell(3, 5), f"It is an LSTM: its weight_hh has 4 × 5 rows. {GATES}"),
        (nn.LSTM(3, 5, proj_size=2), f"It is an LSTM with projections (weight_hr). {GATES}"),
        (nn.RNN(3, 5, 9), "It has 9 layers; at most 8 are shown."),
        (
            nn.Linear(3, 5),
            "It holds 2 tensors, but no recurrent layer: weight, bias. "
            "Names such as weight_ih_l0, weight_ih or W_ih would be one.",
        ),
        (
            nn.Sequential(nn.Linear(3, 5), nn.Linear(5, 1)),
            "It holds 4 tensors, but no recurrent layer: 0.weight, 0.bias, 1.weight and 1 more. "
            "Names such as weight_ih_l0, weight_ih or W_ih would be one.",
        ),
    ],
)
def test_modules_of_another_sort(tmp_path, module, said):
    assert refusal(tmp_path, module.state_dict()) == said


@pytest.mark.parametrize(
    ("state", "said"),
    [
        (
            with_(nn.RNN(3, 5, 2), weight_hh_l1=None, bias_ih_l0=None),
            f"It lacks bias_ih_l0, weight_hh_l1. {SAVE_WHOLE}",
        ),
        (
            {"weight_hh_l1": torch.ones(5, 5)},
            f"It lacks weight_ih_l0, weight_hh_l0, weight_ih_l1. {SAVE_WHOLE}",
        ),
        (
            with_(ElmanRNN(3, 5, 2), b_ho=None),
            f"It lacks b_ho. {SAVE_WHOLE}",
        ),
        (
            nn.utils.parametrizations.weight_norm(nn.RNN(3, 5), "weight_hh_l0").state_dict(),
            f"It lacks weight_hh_l0. {SAVE_WHOLE}",
        ),
        (
            with_(ElmanRNN(3, 5, 2), b_hh=torch.ones(5)),
            "It has a second bias, b_hh, which ElmanRNN does not have: add it to b_ih, and leave "
            "it out.",
        ),
        (
            with_(nn.RNN(3, 5, 2), weight_hh_l1=torch.ones(5, 6), bias_hh_l0=torch.ones(4)),
            "It does not fit together: bias_hh_l0 is 4, not 5, weight_hh_l1 is 5 × 6, not 5 × 5.",
        ),
        (
            with_(nn.RNNCell(3, 5), weight_ih=torch.tensor(1.0)),
            "It does not fit together: weight_ih is a single number.",
        ),
        (
            with_(nn.RNNCell(3, 5), weight_hh=torch.ones(5)),
            "It does not fit together: weight_hh is 5.",
        ),
        (
            {"weight_ih": torch.ones(0, 3), "weight_hh": torch.ones(0, 0)},
            "It has hidden_size 0; it can be 1 to 100,000.",
        ),
        (
            {"weight_ih": torch.ones(1, 100_001), "weight_hh": torch.ones(1, 1)},
            "It has input_size 100,001; it can be 1 to 100,000.",
        ),
        (
            with_(nn.RNN(3, 5), weight_hh_l0=torch.eye(5).to_sparse()),
            "It holds a sparse tensor (weight_hh_l0). Call .to_dense() on it before saving.",
        ),
        (
            nn.RNN(3, 5, device="meta").state_dict(),
            "It holds a meta tensor, which has no numbers (weight_ih_l0). "
            "Save the model after its weights are there.",
        ),
        (
            with_(nn.RNN(3, 5), weight_hh_l0=torch.eye(5, dtype=torch.complex64)),
            "It holds complex numbers, complex64 (weight_hh_l0). "
            "The networks here have real weights.",
        ),
        (
            with_(nn.RNN(3, 5), bias_hh_l0=torch.ones(5, dtype=torch.int64)),
            "It holds whole numbers, int64 (bias_hh_l0). "
            "Save the weights as they were trained, as float32 say.",
        ),
        (
            with_(nn.RNN(3, 5), weight_hh_l0=torch.eye(5).to(torch.float8_e4m3fn)),
            "It holds quantised numbers, float8_e4m3fn (weight_hh_l0). "
            "Save the weights from before they were quantised.",
        ),
        (
            {name: torch.ones(1).expand(900, 900) for name in ("weight_ih", "weight_hh")},
            "Its recurrent layers would take 6.5 MB, though the file has 1.5 kB: their numbers "
            "lie on top of each other. Save a copy of each, made by .clone().",
        ),
        (
            {"alone": torch.ones(3)},
            "It holds one tensor, but no recurrent layer: alone. "
            "Names such as weight_ih_l0, weight_ih or W_ih would be one.",
        ),
        (
            torch.ones(3),
            "It holds a single tensor without a name, not weights by name. "
            "Save the weights again, with torch.save(model.state_dict(), …).",
        ),
        (
            {"epoch": 3},
            "It holds no tensors. Save the weights again, with torch.save(model.state_dict(), …).",
        ),
        (
            {"weight_ih\nl0": torch.ones(3)},
            "A tensor has a name that cannot be shown: 'weight_ih\\nl0'.",
        ),
        (
            {"a" * 501: torch.ones(3)},
            "A tensor has a name of 501 characters; at most 500 are read.",
        ),
    ],
)
def test_N7_and_all_else_that_is_no_layer(tmp_path, state, said):
    assert refusal(tmp_path, state) == said


@pytest.mark.filterwarnings("ignore::UserWarning")  # torch's own: quantised tensors will go
def test_a_quantised_tensor(tmp_path):
    quantised = torch.quantize_per_tensor(torch.eye(5), 0.1, 0, torch.qint8)
    assert refusal(tmp_path, with_(nn.RNN(3, 5), weight_hh_l0=quantised)) == (
        "It holds quantised numbers, qint8 (weight_hh_l0). "
        "Save the weights from before they were quantised."
    )


def test_several_are_named(tmp_path):
    module = nn.ModuleDict({"a": nn.LSTM(3, 5), "b": nn.GRU(3, 5)})
    said = refusal(tmp_path, module.state_dict())
    assert said.startswith("a is an LSTM: ")
    assert " b is a GRU: " in said


def test_nested_too_deep(tmp_path):
    state = nn.RNN(2, 3).state_dict()
    for _ in range(17):
        state = {"deeper": state}
    said = "Its dictionaries lie more than 16 deep in each other, the limit."
    assert refusal(tmp_path, state) == said


def test_too_many_tensors(tmp_path, monkeypatch):
    monkeypatch.setattr("rnnviz.formats.checkpoint.MAX_TENSORS", 3)
    said = "It has more than 3 tensors, the limit."
    assert refusal(tmp_path, nn.RNN(2, 3).state_dict()) == said


def test_no_files(tmp_path):
    with pytest.raises(UnreadableFile):
        read_weights(tmp_path)
    assert refusal_of(tmp_path / "none.pt") == "There is no such file. Was it moved or renamed?"
    (tmp_path / "empty.pt").touch()
    assert refusal_of(tmp_path / "empty.pt") == "It is empty. Was it written to the end?"


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no named pipes")
def test_a_pipe_is_not_opened(tmp_path):
    os.mkfifo(tmp_path / "pipe.pt")
    with pytest.raises(UnreadableFile):
        read_weights(tmp_path / "pipe.pt")


def test_a_file_that_may_not_be_read(tmp_path, monkeypatch):
    (tmp_path / "a.pt").write_bytes(b"x")

    def forbidden(*_):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("pathlib.Path.open", forbidden)
    assert refusal_of(tmp_path / "a.pt") == "It cannot be read: Permission denied."
    monkeypatch.undo()
    (tmp_path / "a.safetensors").write_bytes(b"x" * 2000)
    monkeypatch.setattr("pathlib.Path.open", forbidden)
    assert refusal_of(tmp_path / "a.safetensors") == "It cannot be read: Permission denied."


@pytest.mark.parametrize("content", [b"x", b"PK\x03\x04", b"\x80\x02", b"a;b\n1;2\n", b"\x00" * 99])
def test_files_of_another_sort(tmp_path, content):
    (tmp_path / "a.pt").write_bytes(content)
    assert refusal_of(tmp_path / "a.pt") == (
        "It is damaged, or torch.save did not write it. Save it again, or copy it again."
    )


def test_other_zips(tmp_path):
    with zipfile.ZipFile(tmp_path / "a.pt", "w") as archive:
        archive.writestr("photo.png", b"x")
    assert refusal_of(tmp_path / "a.pt").startswith("This zip is not one of torch.save.")


def test_a_compressed_zip(tmp_path):
    torch.save(nn.RNN(2, 3).state_dict(), tmp_path / "a.pt")
    with (
        zipfile.ZipFile(tmp_path / "a.pt") as old,
        zipfile.ZipFile(tmp_path / "b.pt", "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for entry in old.namelist():
            new.writestr(entry, old.read(entry))
    assert refusal_of(tmp_path / "b.pt").startswith("It was compressed after torch.save,")


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_torchscript(tmp_path):
    program = torch.jit.trace(nn.Linear(2, 3), torch.ones(2))
    torch.jit.save(program, tmp_path / "a.pt")
    assert refusal_of(tmp_path / "a.pt").startswith("It is a TorchScript program,")


def test_another_protocol(tmp_path):
    torch.save(nn.RNN(2, 3).state_dict(), tmp_path / "a.pt", pickle_protocol=4)
    assert refusal_of(tmp_path / "a.pt").startswith("It has pickle protocol 4; weights are read")


def test_too_much_beside_the_numbers(tmp_path, monkeypatch):
    monkeypatch.setattr("rnnviz.formats.torch_file.MAX_PICKLE", 100)
    assert "at most 100 are read." in refusal(tmp_path, nn.RNN(2, 3).state_dict())


def test_too_many_parts(tmp_path, monkeypatch):
    monkeypatch.setattr("rnnviz.formats.torch_file.MAX_TORCH_ENTRIES", 5)
    assert refusal(tmp_path, nn.RNN(2, 3).state_dict()).endswith("at most 5 are read.")


def test_headers_of_safetensors(tmp_path, monkeypatch):
    path = tmp_path / "a.safetensors"
    path.write_bytes(b"something else")
    assert refusal_of(path) == "It does not begin as a file of safetensors does."
    path.write_bytes((10**15).to_bytes(8, "little") + b"{}")
    assert refusal_of(path) == (
        "Its header should have 1,000,000,000,000,000 bytes, but the file ends after 10: "
        "it is cut off. Copy it again."
    )
    save_file(nn.RNN(2, 3).state_dict(), path)
    path.write_bytes(path.read_bytes()[:-1])
    assert refusal_of(path) == (
        "Its header does not agree with what follows: it is cut off or damaged. "
        "Save it again, or copy it again."
    )
    monkeypatch.setattr("rnnviz.formats.safetensors_file.MAX_HEADER", 100)
    assert refusal_of(path).endswith("at most 100 are read.")


def test_more_in_a_header_of_safetensors_than_is_looked_at(tmp_path, monkeypatch):
    path = tmp_path / "a.safetensors"
    save_file({"a": torch.zeros(1, 1, 1), "b": torch.zeros(1), "c": torch.zeros(1)}, path)
    monkeypatch.setattr("rnnviz.formats.safetensors_file.MAX_AXES", 2)
    assert refusal_of(path) == "A tensor has 3 axes; at most 2 are read."
    monkeypatch.setattr("rnnviz.formats.safetensors_file.MAX_TENSORS", 2)
    assert refusal_of(path) == "It has 3 tensors; at most 2 are read."


def test_more_recurrent_layers_than_are_looked_at(tmp_path, monkeypatch):
    path = tmp_path / "a.safetensors"
    save_file(nn.ModuleList(nn.RNN(2, 3) for _ in range(3)).state_dict(), path)
    monkeypatch.setattr("rnnviz.formats.weights.MAX_FOUND", 2)
    assert refusal_of(path) == (
        "It has 3 recurrent layers; at most 2 are looked at. Save one of them alone."
    )
