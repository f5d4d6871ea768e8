"""Room for arrays in a file on the disk, which goes when nobody needs it any more."""

from __future__ import annotations

import errno
import math
import mmap
import os
import sys
import tempfile
import time
import weakref
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
from numpy.typing import DTypeLike, NDArray

PREFIX = "record-"
SEGMENT = 256 * 2**20
"""Bytes that are mapped at once; only what arrays need of them is taken from the disk."""
ALIGNMENT = 64
LEFT_OVER_SECONDS = 60
ZEROS = bytes(2**20)


class ScratchFile:
    """A file without a name, mapped into memory.

    The system removes it when it is closed, also after a crash. It is closed when the object and
    all arrays in it are gone.

    Parameters
    ----------
    folder : Path, optional
        Where it lies; `cache_folder` if left out.

    Raises
    ------
    OSError
        If no file can be made there.
    """

    def __init__(self, folder: Path | None = None) -> None:
        self.folder = folder or cache_folder()
        self._file = tempfile.TemporaryFile(dir=self.folder, prefix=PREFIX)  # noqa: SIM115
        self._map: mmap.mmap | None = None
        self._segment = 0  # where in the file the mapped part begins
        self._used = 0  # how much of it is taken
        weakref.finalize(self, self._file.close)

    def allocate(self, shape: tuple[int, ...], dtype: DTypeLike) -> NDArray:
        """Return an array in the file; its numbers are not set.

        Raises
        ------
        OSError
            If the disk is full.
        """
        count, dtype = math.prod(shape), np.dtype(dtype)
        size = count * dtype.itemsize
        if not size:
            return np.empty(shape, dtype)
        place = -(-self._used // ALIGNMENT) * ALIGNMENT
        with _full_disk_named(self.folder):
            if self._map is None or place + size > len(self._map):
                self._open_segment(size)
                place = 0
            assert self._map is not None
            # A write to a mapped page that finds no room on the disk would end the program.
            _take(self._file.fileno(), self._segment + place, size)
        self._used = place + size
        return np.frombuffer(self._map, dtype, count, place).reshape(shape)

    def _open_segment(self, size: int) -> None:
        start = self._segment + (len(self._map) if self._map is not None else 0)
        unit = mmap.ALLOCATIONGRANULARITY
        length = max(SEGMENT, -(-size // unit) * unit)
        os.truncate(self._file.fileno(), start + length)
        self._map = mmap.mmap(self._file.fileno(), length, offset=start)
        self._segment, self._used = start, 0


@contextmanager
def _full_disk_named(folder: Path) -> Iterator[None]:
    """Say in a sentence that the disk is full."""
    try:
        yield
    except OSError as error:
        if error.errno not in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
            raise
        raise OSError(
            error.errno, "There is no room left for the record on the disk", str(folder)
        ) from error


def _take(file: int, start: int, size: int) -> None:
    try:
        os.posix_fallocate(file, start, size)
    except AttributeError:  # neither Windows nor macOS has it
        _fill(file, start, size)
    except OSError as error:
        if error.errno not in (errno.EINVAL, errno.EOPNOTSUPP):  # some file systems cannot
            raise
        _fill(file, start, size)


def _fill(file: int, start: int, size: int) -> None:
    os.lseek(file, start, os.SEEK_SET)
    while size > 0:
        size -= os.write(file, ZEROS[:size])


def cache_folder() -> Path:
    """Return the program's folder for what can be lost, made if it is missing.

    Where it cannot be written, it is the system's folder for temporary files.
    """
    folder = _own_folder()
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError:
        return Path(tempfile.gettempdir())
    return folder if os.access(folder, os.W_OK) else Path(tempfile.gettempdir())


def _own_folder() -> Path:
    if sys.platform == "win32":
        caches = Path(os.environ.get("LOCALAPPDATA") or _home() / "AppData" / "Local")
    elif sys.platform == "darwin":
        caches = _home() / "Library" / "Caches"
    else:
        caches = Path(os.environ.get("XDG_CACHE_HOME") or _home() / ".cache")
    return caches / "rnnviz"


def _home() -> Path:
    try:
        return Path.home()
    except RuntimeError:  # a user without one
        return Path(tempfile.gettempdir())


def remove_left_overs() -> None:
    """Remove files that a power failure left in the program's folder.

    Those of a program that runs have no name, or (on Windows) cannot be removed.
    """
    for path in _left_overs(_own_folder()):
        try:
            path.unlink()
        except OSError:  # it is in use, or another program was faster
            continue


def _left_overs(folder: Path) -> Iterator[Path]:
    before = time.time() - LEFT_OVER_SECONDS  # a new file has a name for a moment
    for path in folder.glob(f"{PREFIX}*"):
        try:
            if path.stat().st_mtime < before:
                yield path
        except OSError:  # it has just gone
            continue
