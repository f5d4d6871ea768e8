"""Which reader a file is for."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from rnnviz.formats.unreadable import UnreadableFile

if TYPE_CHECKING:
    from rnnviz.formats.data import Data
    from rnnviz.formats.recording import Recording
    from rnnviz.formats.session_file import SavedSession
    from rnnviz.formats.weights import Weights

    Opened = Data | Recording | SavedSession | Weights

WEIGHTS = frozenset({".safetensors", ".pt", ".pth", ".bin", ".ckpt"})
"""Endings of files that hold tensors: weights, or numbers that go in."""
DATA = frozenset({".npy", ".npz", ".csv", ".tsv", ".txt"})
SESSION = ".rnnviz"


def read_any(path: str | Path, *, stopped: Callable[[], bool]) -> Opened:
    """Read a file of weights, data, a session or a recording, by its ending and what is in it.

    Raises
    ------
    UnreadableFile
        If it is none of these, or broken.
    Interrupted
        If `stopped` said so.
    """
    path = Path(path)
    if path.is_dir():
        return _recording(path, stopped)
    if path.suffix.lower() == SESSION:
        return _session(path, stopped)
    if path.suffix.lower() in WEIGHTS:
        return _weights_or_data(path, stopped)
    return _data(path, stopped)


def _recording(path: Path, stopped: Callable[[], bool]) -> Recording:
    from rnnviz.formats.recording import read_recording

    return read_recording(path, stopped=stopped)


def _session(path: Path, stopped: Callable[[], bool]) -> SavedSession:
    from rnnviz.formats.session_file import read_session

    return read_session(path, stopped=stopped)


def _weights_or_data(path: Path, stopped: Callable[[], bool]) -> Weights | Data:
    """Read weights or, where no recurrent layer is there, tensors that can go in."""
    from rnnviz.formats.weights import RefusedLayers, read_weights

    try:
        return read_weights(path, stopped=stopped)
    except RefusedLayers:  # its matrices are no sequences
        raise
    except UnreadableFile as no_weights:
        try:
            return _data(path, stopped)
        except UnreadableFile:
            raise no_weights from None


def _data(path: Path, stopped: Callable[[], bool]) -> Data:
    from rnnviz.formats.data import read_data

    return read_data(path, stopped=stopped)
