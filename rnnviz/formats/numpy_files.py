"""numpy's files: one array (.npy), or several in a zip (.npz). Objects are never unpickled."""

from __future__ import annotations

import io
import os
import struct
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, BinaryIO, cast

import numpy as np
from numpy.lib import format as npy
from numpy.typing import NDArray

from rnnviz.budget import readable_bytes
from rnnviz.formats.numbers import (
    Taken,
    Tally,
    check_bytes,
    chosen_name,
    pieces,
    usable,
    why_no_sequence,
)
from rnnviz.formats.unreadable import UnreadableFile, plain_size
from rnnviz.formats.zips import directory_of
from rnnviz.limits import FREE_BYTES, MAX_NPY_HEADER, MAX_NPZ_ARRAYS, MAX_NPZ_DIRECTORY, MAX_RATIO
from rnnviz.networks.base import Interrupted


@dataclass(frozen=True)
class _Header:
    """What stands before the numbers."""

    shape: tuple[int, ...]
    fortran: bool
    dtype: np.dtype[Any]
    bytes_before: int

    @property
    def count(self) -> int:
        return int(np.prod(self.shape, dtype=object))

    @property
    def nbytes(self) -> int:
        """The bytes that header and numbers should have."""
        return self.bytes_before + self.count * self.dtype.itemsize


def read_npy(path: str | os.PathLike[str], stopped: Callable[[], bool]) -> Taken:
    """Return the array of a .npy file."""
    size = plain_size(path)
    check_bytes(path, size)
    with Path(path).open("rb") as file:
        return _array(path, file, size, stopped)


def read_npz(path: str | os.PathLike[str], name: str | None, stopped: Callable[[], bool]) -> Taken:
    """Return one of the sequences in a .npz file."""
    with _archive(path) as archive:
        entries = {entry.filename.removesuffix(".npy"): entry for entry in archive.infolist()}
        names = _sequences(path, archive, entries, stopped)
        chosen = chosen_name(path, names, name)
        entry = entries[chosen]
        _check_packing(path, entry)
        with archive.open(entry) as file:
            taken = _array(path, cast(BinaryIO, file), entry.file_size, stopped)
    return replace(taken, name=chosen, choices=tuple(names))


def _array(
    path: str | os.PathLike[str], file: BinaryIO, size: int, stopped: Callable[[], bool]
) -> Taken:
    """Read header and numbers of an array that has `size` bytes."""
    header = _header(path, file)
    if reason := why_no_sequence(header.shape, header.dtype):
        raise UnreadableFile(path, reason)
    if header.nbytes > size:
        raise UnreadableFile(
            path,
            f"It should have {header.nbytes:,} bytes for its shape {header.shape}, and has "
            f"{size:,}: it is cut off. Copy it again.",
        )
    tally, values = Tally(), np.empty(header.count, np.float32)
    for place in pieces(header.count, stopped):
        values[place] = tally.converted(_numbers(path, file, header.dtype, place))
    shaped = values.reshape(header.shape, order="F" if header.fortran else "C")
    more = size - header.nbytes
    behind = (f"{readable_bytes(more)} behind the array are left out.",) if more else ()
    return Taken(shaped, (*tally.notices(), *behind))


def _header(path: str | os.PathLike[str], file: BinaryIO) -> _Header:
    try:
        start = io.BytesIO(_start(file))
        version = npy.read_magic(start)
        read = npy.read_array_header_1_0 if version == (1, 0) else npy.read_array_header_2_0
        shape, fortran, dtype = read(start)
        if min(shape, default=0) < 0:
            raise ValueError("No axis is shorter than nothing.")
        return _Header(tuple(map(int, shape)), fortran, dtype, start.tell())
    except (OSError, MemoryError, zipfile.BadZipFile):
        raise
    except Exception:  # whatever damaged text does to Python's parser
        raise UnreadableFile(
            path, "It does not begin as numpy's files do. Save it again, with numpy.save."
        ) from None


def _start(file: BinaryIO) -> bytes:
    """Return what stands before the numbers; numpy would read as much as it claims to be."""
    magic = file.read(npy.MAGIC_LEN)
    form = struct.Struct("<H" if magic[-2:] == b"\1\0" else "<I")
    length = file.read(form.size)
    (claimed,) = form.unpack(length)
    if claimed > MAX_NPY_HEADER:
        raise ValueError(f"A header has {MAX_NPY_HEADER:,} bytes at most.")
    return magic + length + file.read(claimed)


def _numbers(
    path: str | os.PathLike[str], file: BinaryIO, dtype: np.dtype[Any], place: slice
) -> NDArray[Any]:
    wanted = (place.stop - place.start) * dtype.itemsize
    found = file.read(wanted)
    if len(found) < wanted:
        raise UnreadableFile(path, "It ended while it was read. Copy it again.")
    return np.frombuffer(found, dtype)


# Several arrays


@contextmanager
def _archive(path: str | os.PathLike[str]) -> Iterator[zipfile.ZipFile]:
    size = plain_size(path)
    check_bytes(path, size)
    with Path(path).open("rb") as file:
        _check_end(path, file)
        with zipfile.ZipFile(file) as archive:
            _check_entries(path, archive.infolist())
            yield archive


def _check_end(path: str | os.PathLike[str], file: BinaryIO) -> None:
    """Raise unless the zip ends as numpy's do, with a list of arrays that is not too long."""
    directory = directory_of(file)
    if directory is None:
        raise UnreadableFile(
            path,
            "It does not end as numpy's .npz files do: it is cut off, or something else. "
            "Copy it again, or save it again with numpy.savez.",
        )
    if directory.nbytes > MAX_NPZ_DIRECTORY:
        raise UnreadableFile(
            path, f"Its list of arrays has more than {readable_bytes(MAX_NPZ_DIRECTORY)}."
        )


def _check_entries(path: str | os.PathLike[str], entries: list[zipfile.ZipInfo]) -> None:
    if len(entries) > MAX_NPZ_ARRAYS:
        said = f"It has {len(entries):,} arrays; at most {MAX_NPZ_ARRAYS:,} are read."
        raise UnreadableFile(path, said)
    if {entry.compress_type for entry in entries} - {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}:
        raise UnreadableFile(
            path, "It is packed in a way that numpy does not use. Save it with numpy.savez."
        )


def _sequences(
    path: str | os.PathLike[str],
    archive: zipfile.ZipFile,
    entries: dict[str, zipfile.ZipInfo],
    stopped: Callable[[], bool],
) -> list[str]:
    """Return the names of the arrays that are sequences.

    Raises
    ------
    UnreadableFile
        If there is none: why the first one is none.
    """
    reasons: dict[str, str | None] = {}
    for name, entry in entries.items():
        if stopped():
            raise Interrupted
        reasons[name] = _why_not(path, archive, entry)
    return usable(path, reasons)


def _why_not(
    path: str | os.PathLike[str], archive: zipfile.ZipFile, entry: zipfile.ZipInfo
) -> str | None:
    if not entry.filename.endswith(".npy"):
        return "This is no array of numpy."
    try:
        with archive.open(entry) as file:
            header = _header(path, cast(BinaryIO, file))
    except UnreadableFile as error:
        return error.reason
    return why_no_sequence(header.shape, header.dtype)


def _check_packing(path: str | os.PathLike[str], entry: zipfile.ZipInfo) -> None:
    """Raise if an array would become far larger than its packed bytes tell."""
    ratio = entry.file_size / max(1, entry.compress_size)
    if entry.file_size > FREE_BYTES and ratio > MAX_RATIO:
        raise UnreadableFile(
            path,
            f"It says that {readable_bytes(entry.compress_size)} in it become "
            f"{readable_bytes(entry.file_size)}; beyond {readable_bytes(FREE_BYTES)}, at "
            f"most {MAX_RATIO} times as much is unpacked. Save it with numpy.savez.",
        )
