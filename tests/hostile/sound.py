"""Sound files of every kind, which the hostile ones are made from."""

from __future__ import annotations

import io
import tempfile
import zipfile
from functools import cache
from pathlib import Path

import numpy as np
import torch
import zarr
from safetensors.torch import save
from torch import nn
from zarr.codecs import Crc32cCodec

import rnnviz
from rnnviz import ElmanRNN, initialization, sequences
from rnnviz.arrays import Stored
from rnnviz.formats.session_file import SavedSession, write_session
from rnnviz.formats.trace_file import save_trace
from rnnviz.settings import InitializationSettings, SequenceSettings, Settings


@cache
def weights() -> dict[str, bytes]:
    """Return checkpoints, by the ending of their names."""
    rnn, elman = nn.RNN(3, 4, num_layers=2).state_dict(), ElmanRNN(3, 4, 2).state_dict()
    training = {"model": {"module.rnn." + k: v for k, v in rnn.items()}, "step": 7, "lr": [0.1]}
    return {
        "a.safetensors": save(rnn, {"format": "pt"}),
        "b.safetensors": save({k: v.bfloat16() for k, v in elman.items()}),
        "a.pt": _saved(rnn),
        "b.pth": _saved(training),
        "c.bin": _saved(elman, _use_new_zipfile_serialization=False),
        "d.ckpt": _saved([rnn, {"x": 1.5}]),
    }


@cache
def data() -> dict[str, bytes]:
    """Return files of numbers and of text, by name."""
    numbers = np.random.default_rng(0).normal(size=(20, 3))
    table = "\n".join(",".join(f"{x:.3f}" for x in row) for row in numbers)
    return {
        "a.npy": _npy(numbers),
        "b.npy": _npy(np.asfortranarray(numbers.astype("f4"))),
        "c.npy": _npy(np.arange(24, dtype="u1").reshape(2, 3, 4)),
        "a.npz": _npz(np.savez, inputs=numbers, hidden=numbers[None]),
        "b.npz": _npz(np.savez_compressed, a=numbers.astype("f2"), b=np.array(["x"])),
        "a.csv": f"x,y,z\n{table}\n".encode(),
        "b.tsv": table.replace(",", "\t").encode("utf-16"),
        "c.csv": table.replace(",", ";").replace(".", ",").encode("cp1252"),
        "d.txt": "Wer reitet so spät durch Nacht und Wind? ".encode("latin-1") * 20,
        "e.txt": "# a comment\n1 2 3\n4 5 6\n".encode("utf-8-sig"),
        "a.pt": _saved(torch.from_numpy(numbers)),
        "b.pt": _saved({"inputs": torch.from_numpy(numbers), "y": torch.zeros(3, dtype=int)}),
        "a.safetensors": save({"x": torch.from_numpy(numbers).to(torch.float16)}),
    }


@cache
def traces() -> dict[str, bytes]:
    """Return records as File > Export writes them, by name."""
    run = rnnviz.trace(nn.RNN(2, 3), torch.randn(5, 2, generator=torch.manual_seed(0)))
    with tempfile.TemporaryDirectory() as folder:
        paths = [Path(folder) / f"trace{ending}" for ending in (".npz", ".csv", ".safetensors")]
        for path in paths:
            save_trace(path, run)
        return {path.name: path.read_bytes() for path in paths}


@cache
def sessions() -> dict[str, bytes]:
    """Return sessions by name: one of settings alone, and one that holds numbers of files."""
    tensors = {name: Stored(t) for name, t in nn.RNNCell(2, 20).state_dict().items()}
    scheme = initialization.Loaded(file="a.pt", tensors=tensors)
    source = sequences.Loaded(file="a.csv", data=Stored(np.ones((5, 2))), names=("a", "b"))
    with_files = Settings(
        initialization=InitializationSettings(scheme=scheme),
        sequence=SequenceSettings(source=source),
    )
    with tempfile.TemporaryDirectory() as folder:
        path, made = Path(folder) / "a.rnnviz", {}
        for name, settings in (("a.rnnviz", Settings()), ("b.rnnviz", with_files)):
            write_session(path, SavedSession(settings=settings, cursor=3, revealed=5))
            made[name] = path.read_bytes()
    return made


@cache
def settings() -> bytes:
    """Return what ``--settings`` takes."""
    return Settings().model_dump_json(exclude={"replay"}).encode()


@cache
def recording() -> dict[str, bytes]:
    """Return the files of a recording by their places in its folder; its chunks are small."""
    torch.manual_seed(0)
    rnn = nn.RNN(2, 3)
    with tempfile.TemporaryDirectory() as folder:
        path, small = Path(folder) / "run.zarr", Path(folder) / "small.zarr"
        with rnnviz.record(rnn, path, every=1):
            for _ in range(2):
                rnn(torch.randn(4, 2, 2))[0].sum().backward()
        source, made = zarr.open_group(path, mode="r"), zarr.create_group(small)
        made.attrs.update(source.attrs.asdict())
        for _, array in (*source.arrays(), *source["weights"].arrays()):
            values = array[:]
            made.create_array(
                array.path, data=values, chunks=values.shape, compressors=Crc32cCodec()
            )
        files = [file for file in small.rglob("*") if file.is_file()]
        return {file.relative_to(small).as_posix(): file.read_bytes() for file in files}


def members(content: bytes) -> dict[str, bytes]:
    """Return the files of a zip by name."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def _saved(value: object, **options: object) -> bytes:
    file = io.BytesIO()
    torch.save(value, file, **options)
    return file.getvalue()


def _npy(values: np.ndarray) -> bytes:
    file = io.BytesIO()
    np.save(file, values)
    return file.getvalue()


def _npz(save_arrays: object, **arrays: np.ndarray) -> bytes:
    file = io.BytesIO()
    save_arrays(file, **arrays)
    return file.getvalue()
