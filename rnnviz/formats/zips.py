"""The end of a zip, which says how long its directory is before anything of that is read."""

from __future__ import annotations

import os
import struct
from dataclasses import dataclass
from typing import IO

END = struct.Struct("<4s4H2LH")
"""Signature, two numbers of disks, two of files, length and place of the directory, a comment's."""
LOCATOR = struct.Struct("<4sLQL")
"""What stands before it where the end of a large zip does: signature, disk, place, disks."""
LARGE_END = struct.Struct("<4sQ2H2L4Q")
"""And that one: signature, its bytes, versions, disks, then files and directory as above."""


@dataclass(frozen=True)
class Directory:
    """What the end of a zip says of its directory.

    Attributes
    ----------
    files : int
        How many there should be.
    nbytes : int
        How long it is: so much is read, whatever `files` says.
    large : bool
        Whether it is said in the way that allows 4 GiB and more.
    """

    files: int
    nbytes: int
    large: bool


def directory_of(file: IO[bytes]) -> Directory | None:
    """Return what the last bytes say, as `zipfile` reads them; None if they are no zip's.

    A zip with a comment at its end is not taken for one: none of those read here has any.
    """
    length = END.size + LOCATOR.size + LARGE_END.size
    file.seek(max(0, file.seek(0, os.SEEK_END) - length))
    tail = file.read(length).rjust(length, b"\0")
    mark, _, _, _, files, nbytes, _, comment = END.unpack(tail[-END.size :])
    if mark != b"PK\5\6" or comment:
        return None
    large_end, locator = tail[: LARGE_END.size], tail[LARGE_END.size : -END.size]
    if not locator.startswith(b"PK\6\7"):
        return Directory(files, nbytes, large=False)
    mark, *_, files, nbytes, _ = LARGE_END.unpack(large_end)
    return Directory(files, nbytes, large=True) if mark == b"PK\6\6" else None
