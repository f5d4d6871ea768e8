"""What random hands have at hand: files of every kind, good and bad."""

import shutil
from pathlib import Path

import numpy as np
import torch
from torch import nn

import rnnviz
from rnnviz.settings import Settings

LONG_TEXT = "0.25 " * 2_000_000
"""10 MB."""
TEXTS = ("hello", "1 2 3\n4 5 6", "7", "−0.5", "", "日本語 ä ß", "1e400", "a" * 1000, "\x00\x07\n")


def lay_out(folder: Path) -> list[Path]:
    """Fill a folder with small files alone, and return what can be dropped on a window."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    made = [folder / name for name in _WRITERS]
    for path in made:
        _WRITERS[path.name](path)
    return [*made, folder, folder / "is not there.npy"]


def _weights(path: Path) -> None:
    torch.manual_seed(1)
    torch.save({f"rnn.{name}": w for name, w in nn.RNN(3, 5, 2).state_dict().items()}, path)


def _recording(path: Path) -> None:
    model = nn.RNN(2, 4)
    with rnnviz.record(model, path, every=1):
        for _ in range(4):
            model(torch.ones(6, 1, 2))[0].square().mean().backward()
            with torch.no_grad():  # not by an optimizer, whose import takes three seconds
                for parameter in model.parameters():
                    parameter -= 0.1 * parameter.grad


def _table(path: Path) -> None:
    path.write_text("a;b;c\n" + "\n".join(f"{k},5;{-k};0" for k in range(20)), encoding="utf-8")


def _session(path: Path) -> None:
    path.write_text(Settings().model_dump_json(), encoding="utf-8")  # no session, but like one


_WRITERS = {
    "mein Netz ü.pt": _weights,
    "numbers.npy": lambda path: np.save(path, np.sin(np.arange(60.0)).reshape(20, 3)),
    "three axes.npy": lambda path: np.save(path, np.ones((4, 5, 2), np.float32)),
    "not finite.npy": lambda path: np.save(path, np.array([[np.nan, np.inf], [1, 2]])),
    "table.csv": _table,
    "text.txt": lambda path: path.write_text("to be, or not to be\n" * 3, encoding="utf-8"),
    "rubbish.pt": lambda path: path.write_bytes(bytes(range(256)) * 40),
    "rubbish.rnnviz": _session,
    "empty.safetensors": lambda path: path.write_bytes(b""),
    "run.zarr": _recording,
}
