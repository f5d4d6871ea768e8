"""A zip of a few files that are known beforehand: written the same each time, read with care."""

from __future__ import annotations

import errno
import os
import struct
import zipfile
import zlib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import IO

from rnnviz.budget import readable_bytes
from rnnviz.files import written
from rnnviz.formats.unreadable import UnreadableFile, not_read, plain_size
from rnnviz.formats.zips import directory_of
from rnnviz.limits import FREE_BYTES, MAX_RATIO, MAX_SESSION_DIRECTORY
from rnnviz.networks.base import Interrupted, never

FIRST_DAY = (1980, 1, 1, 0, 0, 0)
"""The date of every file in a zip of ours: what holds the same is the same."""
PIECE = 8 * 2**20
"""Bytes that are read in one go."""
KINDS = frozenset({zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED})
DAMAGED = "It is damaged or cut off. Copy it again, or save the session again."


def write_packed(path: str | os.PathLike[str], members: Mapping[str, bytes]) -> None:
    """Write `members` as a zip, not compressed; the same ones give the same bytes.

    Raises
    ------
    OSError
        If it cannot be written; what was there is untouched then.
    """
    with written(path) as file, zipfile.ZipFile(file, "w") as packed:
        for name, content in members.items():
            packed.writestr(zipfile.ZipInfo(name, FIRST_DAY), content)


def read_packed(
    path: str | os.PathLike[str],
    limits: Mapping[str, int],
    *,
    stopped: Callable[[], bool] = never,
) -> dict[str, bytes]:
    """Return what the zip at `path` holds, if that is just the files named in `limits`.

    Its directory is looked at before anything is unpacked.

    Parameters
    ----------
    path : path-like
    limits : mapping of str to int
        The bytes that each file may have.
    stopped : callable, optional
        Asked between pieces.

    Raises
    ------
    UnreadableFile
        If it is no zip, damaged, or holds something else.
    Interrupted
        If `stopped` said so.
    """
    size = plain_size(path)
    try:
        with Path(path).open("rb") as file:
            _check_end(path, file, len(limits))
            with zipfile.ZipFile(file) as packed:
                _check_directory(path, packed.infolist(), limits, size)
                return {name: _read(packed, name, stopped) for name in limits}
    except UnreadableFile:
        raise
    except OSError as error:
        if error.errno == errno.EINVAL:  # its directory speaks of places before its beginning
            raise UnreadableFile(path, DAMAGED) from error
        raise not_read(path, error) from error
    except (
        zipfile.BadZipFile,
        zlib.error,
        struct.error,
        EOFError,
        RuntimeError,
        ValueError,
    ) as error:
        raise UnreadableFile(path, DAMAGED) from error


def _check_end(path: str | os.PathLike[str], file: IO[bytes], files: int) -> None:
    """Look at the last bytes, which say how long the directory is, before it is read."""
    if not file.read(2) == b"PK":
        raise UnreadableFile(path, "It is not a file of this kind: it is no zip.")
    directory = directory_of(file)
    if directory is None or directory.large:
        raise UnreadableFile(path, DAMAGED)
    if directory.files != files or directory.nbytes > MAX_SESSION_DIRECTORY:
        raise UnreadableFile(path, _about_contents(files))


def _check_directory(
    path: str | os.PathLike[str],
    found: list[zipfile.ZipInfo],
    limits: Mapping[str, int],
    size: int,
) -> None:
    if sorted(info.filename for info in found) != sorted(limits):
        raise UnreadableFile(path, _about_contents(len(limits)))
    if any(info.flag_bits & 1 or info.compress_type not in KINDS for info in found):
        raise UnreadableFile(path, "It is encrypted, or packed in an uncommon way: pack it anew.")
    if sum(info.compress_size for info in found) > size:
        raise UnreadableFile(path, DAMAGED)
    for info in found:
        _check_size(path, info, limits[info.filename])


def _check_size(path: str | os.PathLike[str], info: zipfile.ZipInfo, limit: int) -> None:
    if info.file_size > limit:
        claimed, allowed = readable_bytes(info.file_size), readable_bytes(limit)
        said = f"{info.filename} in it has {claimed}; at most {allowed} are read."
        raise UnreadableFile(path, said)
    if info.file_size > max(FREE_BYTES, MAX_RATIO * info.compress_size):
        said = f"{info.filename} in it is packed more than {MAX_RATIO} times: pack it less."
        raise UnreadableFile(path, said)


def _about_contents(files: int) -> str:
    return f"It does not hold just the {files} files that belong in it: it is no session of rnnviz."


def _read(packed: zipfile.ZipFile, name: str, stopped: Callable[[], bool]) -> bytes:
    content = bytearray()
    with packed.open(name) as file:
        while piece := file.read(PIECE):
            if stopped():
                raise Interrupted
            content += piece
    return bytes(content)
