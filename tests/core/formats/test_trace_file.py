"""A record that was written reads back bit for bit, by the readers of others."""

import csv
import json
from pathlib import Path

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays as numpy_arrays
from safetensors import safe_open
from torch import nn

import rnnviz
from rnnviz.building import build
from rnnviz.formats.trace_file import SUFFIXES, save_trace
from rnnviz.memory import MemoryLimits
from rnnviz.networks.base import Interrupted
from rnnviz.settings import NetworkSettings, SequenceSettings, Settings
from rnnviz.traces.record import GrowingArray
from rnnviz.traces.trace import Trace

LIMITS = MemoryLimits(2**30, 2**30)
KINDS = {
    "elman": lambda: rnnviz.ElmanRNN(3, 5, 2),
    "cell": lambda: nn.RNNCell(3, 5),
    "layers": lambda: nn.RNN(3, 5, 2),
    "both": lambda: nn.RNN(3, 5, 2, bidirectional=True),
}
WITH_DROPOUT = NetworkSettings(
    kind="rnn",
    input_size=3,
    hidden_size=5,
    num_layers=2,
    batch_size=2,
    dropout=0.5,
    training=True,
)


def with_dropout() -> Trace:
    run = build(Settings(network=WITH_DROPOUT, sequence=SequenceSettings(length=7)), LIMITS).run
    run.compute_block(7)
    run.reveal(run.moves)
    return run.trace


def recorded(kind: str, steps: int = 7, batch: int = 2) -> Trace:
    if kind == "dropout":
        return with_dropout()
    return rnnviz.trace(KINDS[kind](), torch.randn(steps, batch, 3))


def same_bits(found: np.ndarray, expected: object) -> bool:
    whole = np.asarray(expected)
    return found.dtype == whole.dtype and found.tobytes() == whole.tobytes()


def read_csv(path: Path) -> tuple[list[str], list[list[str]]]:
    with path.open(newline="") as file:
        names, *rows = csv.reader(file)
    return names, rows


@pytest.mark.parametrize("kind", [*KINDS, "dropout"])
def test_npz_is_what_numpy_reads(tmp_path, kind):
    trace, path = recorded(kind), tmp_path / "Träger der Folge.npz"
    save_trace(path, trace)
    with np.load(path, allow_pickle=False) as found:
        assert same_bits(found["inputs"], trace.inputs)
        assert same_bits(found["hidden"], trace.hidden)
        assert ("outputs" in found) == (trace.outputs is not None)
        if trace.outputs is not None:
            assert same_bits(found["outputs"], trace.outputs)
        assert ("read" in found) == (kind == "dropout")
        if "read" in found:
            assert same_bits(found["read"], trace["read"])
        assert found["hidden"].shape == trace.hidden.shape
        assert json.loads(str(found["metadata"]))["rnnviz"] == rnnviz.__version__


@pytest.mark.parametrize("kind", [*KINDS, "dropout"])
def test_safetensors_is_what_its_library_reads(tmp_path, kind):
    trace, path = recorded(kind), tmp_path / "a b.safetensors"
    save_trace(path, trace)
    with safe_open(path, "numpy") as found:
        assert same_bits(found.get_tensor("hidden"), trace.hidden)
        assert same_bits(found.get_tensor("inputs"), trace.inputs)
        assert ("outputs" in found.keys()) == (trace.outputs is not None)  # noqa: SIM118
        axes = json.loads(found.metadata()["axes"])
        assert axes["hidden"] == ["time", "layer", "sequence", "unit"]
        assert len(axes["hidden"]) == found.get_tensor("hidden").ndim


@pytest.mark.parametrize("kind", [*KINDS, "dropout"])
def test_csv_has_a_line_for_each_step_and_sequence(tmp_path, kind):
    trace, path = recorded(kind), tmp_path / "record.csv"
    save_trace(path, trace)
    names, rows = read_csv(path)
    assert [row[:2] for row in rows[:3]] == [["0", "0"], ["0", "1"], ["1", "0"]]
    assert len(rows) == 8 * 2
    layers = trace.hidden.shape[1]
    for t, sequence, *row in rows:
        step, column = int(t), dict(zip(names[2:], row, strict=True))
        for layer in range(layers):
            for unit in range(5):
                name = f"h{unit}[{layer}]" if layers > 1 else f"h{unit}"
                state = trace.hidden[step][layer, int(sequence), unit]
                assert np.float32(column[name]) == state
        for unit in range(3):
            text = column[f"x{unit}"]
            assert text == "" if step == 0 else True
            if step:
                assert np.float32(text) == trace.inputs[step - 1, int(sequence), unit]
        if trace.outputs is not None and step:
            assert np.float32(column["y1"]) == trace.outputs[step - 1][int(sequence), 1]


@given(
    states=numpy_arrays(
        np.float32, st.tuples(st.integers(1, 6), st.just(1), st.just(1), st.just(2))
    ),
    suffix=st.sampled_from(SUFFIXES),
)
def test_every_float32_comes_back(tmp_path_factory, states, suffix):
    path = tmp_path_factory.mktemp("law") / f"record{suffix}"
    hidden = GrowingArray(states.shape[1:], np.float32)
    hidden.append(states)
    trace = Trace(np.zeros((len(states) - 1, 1, 1), np.float32), {"hidden": hidden})
    trace._steps = len(states) - 1
    save_trace(path, trace)
    if suffix == ".npz":
        found = np.load(path)["hidden"]
    elif suffix == ".safetensors":
        with safe_open(path, "numpy") as file:
            found = file.get_tensor("hidden")
    else:
        texts = [row[-2:] for row in read_csv(path)[1]]
        found = np.array(texts).astype(np.float32).reshape(states.shape)
    np.testing.assert_array_equal(found, states)  # a NaN is a NaN
    assert (np.signbit(found) == np.signbit(states))[~np.isnan(states)].all()


def test_what_is_revealed_is_written_and_no_more(tmp_path):
    settings = Settings(
        network=NetworkSettings(kind="elman", input_size=4, hidden_size=6, output_size=4),
        sequence=SequenceSettings(length=200),
    )
    run = build(settings, LIMITS).run
    run.compute_block(128)
    run.reveal(12)
    save_trace(tmp_path / "a.npz", run.trace, settings)
    with np.load(tmp_path / "a.npz") as found:
        assert found["inputs"].shape == (12, 1, 4)
        assert found["hidden"].shape == (13, 1, 1, 6)
        assert found["outputs"].shape == (12, 1, 4)
        said = json.loads(str(found["metadata"]))
    assert said["kind"] == "elman"
    assert json.loads(said["network"])["hidden_size"] == 6


def test_nothing_revealed_is_the_start_state(tmp_path):
    run = build(Settings(), LIMITS).run
    for suffix in SUFFIXES:
        save_trace(tmp_path / f"a{suffix}", run.trace)
    names, rows = read_csv(tmp_path / "a.csv")
    assert [row[:2] for row in rows] == [["0", "0"]]
    assert len(rows[0]) == len(names)
    with safe_open(tmp_path / "a.safetensors", "numpy") as found:
        assert found.get_tensor("inputs").shape[0] == 0


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_progress_reaches_the_end_in_steps(tmp_path, suffix, monkeypatch):
    monkeypatch.setattr("rnnviz.traces.record.SLICE_BYTES", 4000)
    told: list[tuple[int, int]] = []
    save_trace(
        tmp_path / f"a{suffix}", recorded("elman", 500), progress=lambda *how: told.append(how)
    )
    done = [part for part, _ in told]
    assert done == sorted(done)
    assert len(done) > 3
    assert done[-1] == told[-1][1]


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_cancel_leaves_the_old_file_and_nothing_else(tmp_path, suffix, monkeypatch):
    monkeypatch.setattr("rnnviz.traces.record.SLICE_BYTES", 4000)
    path = tmp_path / f"a{suffix}"
    path.write_bytes(b"old")
    answers = iter([False, False, True])
    with pytest.raises(Interrupted):
        save_trace(path, recorded("elman", 500), stopped=lambda: next(answers))
    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]


def test_double_precision_stays_double(tmp_path):
    module = nn.RNNCell(3, 4).double()
    trace = rnnviz.trace(module, torch.randn(5, 3, dtype=torch.float64))
    for suffix in SUFFIXES:
        save_trace(tmp_path / f"a{suffix}", trace)
    assert np.load(tmp_path / "a.npz")["hidden"].dtype == np.float64
    with safe_open(tmp_path / "a.safetensors", "numpy") as found:
        assert same_bits(found.get_tensor("hidden"), trace.hidden)
    names, rows = read_csv(tmp_path / "a.csv")
    assert float(rows[-1][names.index("h3")]) == trace.hidden[5][0, 0, 3]


def test_numbers_that_a_format_does_not_know_are_refused_and_the_other_named(tmp_path):
    class Counting(nn.Module):
        def forward(self, x, hidden):
            return torch.ones(1, dtype=torch.int16), hidden + 1

    trace = rnnviz.trace(Counting(), torch.zeros(3, 2), torch.zeros(4))
    with pytest.raises(ValueError, match=r"A \.safetensors file of int16 .*; \.npz holds it"):
        save_trace(tmp_path / "a.safetensors", trace)
    assert not any(tmp_path.iterdir())
    save_trace(tmp_path / "a.npz", trace)
    with np.load(tmp_path / "a.npz") as found:
        assert same_bits(found["outputs"], trace.outputs)


def test_another_suffix_is_refused_by_name(tmp_path):
    with pytest.raises(ValueError, match=r"\.npz, \.csv, \.safetensors, not as \.txt"):
        save_trace(tmp_path / "a.txt", recorded("elman"))
    assert list(tmp_path.iterdir()) == []
