"""Recordings are read lazily, while they grow, and never with trust."""

import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import torch
import zarr
from oracles import assert_same
from torch import nn

import rnnviz
from rnnviz.formats import UnreadableFile, read_recording
from rnnviz.networks.base import Interrupted

NETWORK = {"kind": "rnn", "input_size": 2, "hidden_size": 3, "num_layers": 1, "training": True}


def shapes_of(network):
    """Return the shapes of the parameters of an nn.RNN with one layer."""
    i, h = network["input_size"], network["hidden_size"]
    return {
        "weight_ih_l0": (h, i), "weight_hh_l0": (h, h), "bias_ih_l0": (h,), "bias_hh_l0": (h,),
    }  # fmt: skip


@pytest.fixture
def path(tmp_path):
    """Return the folder of a recording with three passes of four steps."""
    return recorded(tmp_path / "run.zarr")


def recorded(path, passes=3, rnn=None):
    torch.manual_seed(0)
    rnn = rnn or nn.RNN(2, 3)
    with rnnviz.record(rnn, path, every=1):
        for _ in range(passes):
            rnn(torch.randn(4, 2, 2))[0].sum().backward()
    return path


def written_by_hand(path, lengths, network=NETWORK, *, batch=2, finished=True, rows=None):
    """Write what docs/recording.md describes, with plain zarr; return the states' array."""
    rng = np.random.default_rng(0)
    shapes, h = shapes_of(network), network["hidden_size"]
    group = zarr.create_group(path)
    group.attrs.update(
        {
            "format": "rnnviz.recording", "version": 1, "layer": "rnn", "network": network,
            "parameters": list(shapes), "finished": finished,
        }
    )  # fmt: skip

    def array(name, shape, chunks, dtype="f4", fill=np.nan, values=None):
        made = group.create_array(
            name, shape=shape, chunks=chunks, dtype=dtype, fill_value=fill, compressors=None
        )
        for first in range(0, shape[0], chunks[0]):
            part = made[first : first + chunks[0]]
            drawn = rng.normal(size=part.shape) if values is None else values[first:]
            made[first : first + chunks[0]] = drawn[: len(part)]
        return made

    count, total = len(lengths), rows or sum(lengths) + len(lengths)
    array("inputs", (total, batch, 2), (max(3, total // 100), 1, 2))
    hidden = array("hidden", (total, 1, batch, h), (max(3, total // 500), 1, batch, 2 + h // 2))
    for name, shape in shapes.items():
        array(f"weights/{name}", (count, *shape), (1, *shape))
    array("gradient_norm", (count, len(shapes)), (2, len(shapes)))
    array("time", (count,), (2,), "f8", values=np.arange(count))
    offsets = np.cumsum([0, *(length + 1 for length in lengths)])[:-1]
    index = [(o, n, batch, 10 * k) for k, (o, n) in enumerate(zip(offsets, lengths, strict=True))]
    array("index", (count, 4), (2, 4), "i8", -1, np.array(index))
    return hidden


def said_of(path, **options):
    with pytest.raises(UnreadableFile) as raised:
        found = read_recording(path, **options)
        for k in range(len(found)):
            found.hidden(k, 0, found.length(k) + 1)
            found.inputs(k)
            found.weights(k)
    assert str(raised.value).startswith(Path(path).name)
    return str(raised.value)


def edited(file, **changes):
    said = json.loads(file.read_text())
    said.update(changes)
    file.write_text(json.dumps(said))


def attributes(path, **changes):
    said = json.loads((path / "zarr.json").read_text())
    said["attributes"].update(changes)
    (path / "zarr.json").write_text(json.dumps(said))


# What is there


def test_what_others_write_is_read(tmp_path):
    hidden = written_by_hand(tmp_path / "hand.zarr", (4, 1, 6))
    found = read_recording(tmp_path / "hand.zarr")
    assert (len(found), found.layer, found.finished, found.notices) == (3, "rnn", True, ())
    assert found.network == NETWORK
    assert found.steps.tolist() == [0, 10, 20]
    assert [found.length(k) for k in range(3)] == [4, 1, 6]
    assert_same(found.hidden(2, 0, 7), hidden[7:14])
    assert_same(found.hidden(0, 2, 4), hidden[2:4])
    assert found.times().tolist() == [0, 1, 2]
    assert {name: array.shape for name, array in found.weights(1).items()} == shapes_of(NETWORK)


def test_rows_end_with_the_record(path):
    found = read_recording(path)
    assert found.hidden(1, 3, 100).shape == (2, 1, 2, 3)
    assert found.hidden(1, -5, 1).shape == (1, 1, 2, 3)
    assert found.hidden(1, 4, 4).shape == (0, 1, 2, 3)
    for k in (-1, 3):
        with pytest.raises(IndexError, match=f"3 records; {k} is none"):
            found.hidden(k, 0, 1)


def test_only_what_is_asked_for_is_read(path):
    found = read_recording(path)
    for name in ("inputs", "weights"):
        for file in (path / name).rglob("c.*"):
            file.unlink()
    assert found.hidden(0, 0, 5).shape == (5, 1, 2, 3)
    assert read_recording(path).hidden(2, 0, 1).shape == (1, 1, 2, 3)


@pytest.mark.filterwarnings("ignore:Nothing was recorded")
def test_what_was_left_out_or_is_not_known_is_said(tmp_path):
    from oracles import ExerciseRNN

    rnn = ExerciseRNN(2, 3, 1)
    with rnnviz.record(rnn, tmp_path / "a", sequences=1):
        rnn(torch.ones(2), torch.zeros(3))
    attributes(tmp_path / "a", left_out=1200, unknown="dropout on cuda cannot be repeated")
    assert read_recording(tmp_path / "a").notices == (
        "What ExerciseRNN computes is not known: it is shown as its parameters say.",
        "The states below the top layer were not recorded: dropout on cuda cannot be repeated.",
        "Sequences recorded of each batch: the first 1 at most.",
        "1,200 records were left out: the disk was slower than the training.",
    )


def test_it_can_be_stopped(path):
    with pytest.raises(Interrupted):
        read_recording(path, stopped=lambda: True)


def test_the_reader_s_module_loads_neither_torch_nor_zarr():
    look = "import sys, rnnviz.formats.recording; print({'torch', 'zarr'} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", look], capture_output=True, text=True, check=True)
    assert done.stdout == "set()\n"


# While it grows

WRITER = """
import sys
import torch
from torch import nn
import rnnviz
from rnnviz.recording import writer

writer.BLOCK_SECONDS = 0.0
torch.manual_seed(0)
rnn = nn.RNN(2, 3, 2)
with rnnviz.record(rnn, sys.argv[1], every=1):
    for line in sys.stdin:
        for _ in range(int(line)):
            rnn(torch.randn(4, 2, 2))[0].sum().backward()
        print("done", flush=True)
"""


def test_a_reader_follows_another_process_that_writes(tmp_path):
    path = tmp_path / "run.zarr"
    process = subprocess.Popen(
        [sys.executable, "-c", WRITER, str(path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    found, seen = None, 0
    for passes in (1, 5, 30):
        process.stdin.write(f"{passes}\n")
        process.stdin.flush()
        assert process.stdout.readline() == "done\n"
        found = found or read_recording(path)
        seen += passes
        while len(found) < seen:  # the thread of the other process is still writing
            before = len(found)
            assert found.refresh() == (len(found) > before)
            for k in range(before, len(found)):
                assert not np.isnan(found.hidden(k, 0, 5)).any()
                assert not np.isnan(found.inputs(k)).any()
                assert not np.isnan(found.gradient_norms[k]).any()
                assert all(not np.isnan(array).any() for array in found.weights(k).values())
        assert not found.finished
    process.communicate()
    assert found.refresh() and found.finished
    assert not found.refresh()
    assert found.steps.tolist() == list(range(36))


def test_of_half_a_record_nothing_is_seen(tmp_path):
    hidden = written_by_hand(tmp_path / "run.zarr", (4, 4), finished=False, rows=30)
    group = zarr.open_group(tmp_path / "run.zarr")
    found = read_recording(tmp_path / "run.zarr")
    group["index"].resize((4, 4))
    group["time"].resize((4,))
    group["gradient_norm"].resize((4, 4))
    group["gradient_norm"][2:3] = [(1, 2, 3, 4)]
    assert not found.refresh()
    for name, shape in shapes_of(NETWORK).items():
        group[f"weights/{name}"].resize((4, *shape))
    group["index"][2:3] = [(10, 4, 2, 20)]
    assert found.refresh()
    assert found.gradient_norms[2].tolist() == [1, 2, 3, 4]
    assert len(found) == 3
    assert_same(found.hidden(2, 0, 5), hidden[10:15])


@pytest.mark.filterwarnings("ignore:Nothing was recorded")
def test_a_recording_of_no_pass(tmp_path):
    with rnnviz.record(nn.RNN(2, 3), tmp_path / "run.zarr"):
        pass
    found = read_recording(tmp_path / "run.zarr")
    assert (len(found), found.finished) == (0, True)
    assert found.times().shape == found.steps.shape == (0,)
    assert found.gradient_norms.shape == (0, 4)


@pytest.mark.filterwarnings("ignore:Nothing was recorded")
def test_another_recording_in_its_place_is_noticed(path):
    found = read_recording(path)
    with rnnviz.record(nn.RNN(2, 3), path, overwrite=True):
        pass
    with pytest.raises(UnreadableFile, match="Another recording took its place"):
        found.refresh()


# What is wrong


def test_what_is_no_recording(tmp_path):
    (tmp_path / "file").write_text("x")
    (tmp_path / "folder").mkdir()
    zarr.create_group(tmp_path / "group")
    zarr.create_array(tmp_path / "array", shape=(1,), dtype="f4")
    assert "A recording is a folder" in said_of(tmp_path / "file")
    assert "A recording is a folder" in said_of(tmp_path / "nothing")
    for name in ("folder", "group"):
        assert "This is no recording of rnnviz" in said_of(tmp_path / name)
    assert "It cannot be read" in said_of(tmp_path / "array")


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"version": 2}, "of version 2; version 1 can be read"),
        ({"network": {**NETWORK, "num_layers": 9}}, "network.num_layers: Input should be less"),
        ({"network": {**NETWORK, "kind": "lstm"}}, "network.kind: Input should be 'elman'"),
        ({"network": {**NETWORK, "extra": 1}}, "network.extra"),
        ({"network": {**NETWORK, "hidden_size": 4}}, "hidden has the shape"),
        ({"network": {**NETWORK, "bias": False}}, "parameters are not those of the network"),
        ({"layer": "x" * 2000}, "layer: String should have at most 1000 characters"),
        ({"parameters": []}, "parameters are not those of the network"),
    ],
)
def test_a_description_that_is_wrong(path, changes, said):
    attributes(path, **changes)
    assert said in said_of(path)


@pytest.mark.parametrize(
    ("name", "changes", "said"),
    [
        ("hidden", {"data_type": "float64"}, "hidden is of float64, not float32"),
        ("hidden", {"data_type": "string"}, "hidden"),
        ("hidden", {"data_type": "no such type"}, "the array hidden is described wrongly"),
        ("inputs", {"shape": [15, 2]}, "cannot be read"),
        ("inputs", {"shape": [15, 2, 9]}, "inputs has the shape (15, 2, 9), not (…, …, 2)"),
        ("hidden", {"shape": [10**15, 1, 2, 3]}, ""),
        ("hidden", {"shape": [7, 1, 2, 3]}, "record 1 is not where the index says"),
        ("inputs", {"shape": [7, 2, 2]}, "record 1 is not where the index says"),
        ("inputs", {"shape": [15, 1, 2]}, "record 0 is not where the index says"),
        ("weights/bias_hh_l0", {"shape": [2, 3]}, "weights/bias_hh_l0 has fewer records"),
        ("hidden", {"shape": [-1, 1, 2, 3]}, "cannot be read"),
        ("hidden", {"codecs": [{"name": "bytes", "configuration": {"endian": "little"}},
                               {"name": "zstd", "configuration": {"level": 1, "checksum": False}}]},
         "hidden is encoded in another way than bytes and crc32c"),
        ("hidden", {"codecs": [{"name": "pickle"}]}, "cannot be read"),
        ("hidden", {"chunk_grid": {"name": "regular",
                                   "configuration": {"chunk_shape": [10**6, 10, 20, 30]}}},
         "a chunk of hidden has more than 128 MiB"),
        ("index", {"data_type": "float64"}, "index is of float64, not int64"),
        ("gradient_norm", {"node_type": "group"}, "gradient_norm"),
    ],
)  # fmt: skip
def test_metadata_of_an_array_that_are_wrong(path, name, changes, said):
    edited(path / name / "zarr.json", **changes)
    if said:
        assert said in said_of(path)
    else:  # as large as one likes, where nothing is
        assert read_recording(path).hidden(2, 0, 5).shape == (5, 1, 2, 3)


def test_metadata_that_are_no_json_or_endless(path):
    (path / "hidden" / "zarr.json").write_text("{")
    assert "It cannot be read" in said_of(path)
    (path / "hidden" / "zarr.json").write_bytes(b" " * (2**20 + 1))
    assert "1,048,577 bytes" in said_of(path)
    (path / "hidden" / "zarr.json").unlink()
    assert "the array hidden is missing" in said_of(path)


def chunk_of(path, name):
    return next((path / name).glob("c.*"))


@pytest.mark.parametrize("name", ["hidden", "inputs", "weights/weight_hh_l0"])
def test_a_chunk_that_is_missing_or_damaged(path, name):
    chunk = chunk_of(path, name)
    whole = chunk.read_bytes()
    chunk.write_bytes(whole[:-5])
    assert "cannot be read" in said_of(path)
    chunk.write_bytes(bytes([whole[0] ^ 1]) + whole[1:])
    said = said_of(path)
    assert f"a part of {name.rpartition('/')[2]} is damaged; copy it again." in said
    chunk.unlink()
    assert f"The part {name}/c.0" in said_of(path)
    chunk.write_bytes(whole)
    assert read_recording(path).finished


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes")
@pytest.mark.parametrize("where", ["zarr.json", "hidden/zarr.json", "hidden/c"])
def test_a_pipe_is_not_waited_for(path, where):
    file = chunk_of(path, "hidden") if where.endswith("c") else path / where
    file.unlink()
    os.mkfifo(file)
    assert "not a plain file" in said_of(path)


def test_a_chunk_that_is_larger_than_any_is_not_read(path):
    with chunk_of(path, "hidden").open("wb") as file:
        file.truncate(2**40)
    assert "1,099,511,627,776 bytes" in said_of(path)


@pytest.mark.parametrize(
    "row", [(-2, 4, 2, 0), (0, 10**12, 2, 0), (2**62, 2**62, 2, 0), (0, 4, 3, 0), (0, 4, 2, -1)]
)
def test_an_index_that_is_wrong(path, row):
    zarr.open_group(path)["index"][1:2] = [row]
    assert "record 1 is not where the index says" in said_of(path)


# Larger than memory

LIMITED = """
import resource, sys, time
import numpy, torch, zarr, pydantic
import rnnviz.settings
from rnnviz.formats.recording import read_recording
import rnnviz.formats.recording_store

with open("/proc/self/status") as status:
    used = next(int(line.split()[1]) for line in status if line.startswith("VmData")) * 1024
resource.setrlimit(resource.RLIMIT_DATA, (used + 600 * 2**20,) * 2)
started = time.perf_counter()
found = read_recording(sys.argv[1])
print("opened in", time.perf_counter() - started, "s", file=sys.stderr)
for k in range(0, len(found), 7):
    length = found.length(k)
    for first in range(0, length, 997):
        rows = found.hidden(k, first, first + 300)
        assert len(rows) == min(300, length + 1 - first) and not numpy.isnan(rows).any()
    assert len(found.inputs(k)) == length and len(found.weights(k)) == 4
try:
    numpy.ones(700 * 2**20, numpy.uint8)
except MemoryError:
    print("limited")
"""


@pytest.mark.slow
@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="needs RLIMIT_DATA")
@pytest.mark.parametrize(("records", "length"), [(640, 100), (2, 32_000)])
def test_two_gib_of_states_are_read_with_little_memory(tmp_path, records, length):
    lengths = (length,) * records
    written_by_hand(tmp_path / "run.zarr", lengths, NETWORK | {"hidden_size": 256}, batch=32)
    states = (tmp_path / "run.zarr" / "hidden").rglob("*")
    assert sum(file.stat().st_size for file in states if file.is_file()) > 2 * 10**9
    done = subprocess.run(
        [sys.executable, "-c", LIMITED, str(tmp_path / "run.zarr")],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.split() == ["limited"]
    print(done.stderr)
