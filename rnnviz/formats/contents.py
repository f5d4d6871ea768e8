"""All of a file at once, so that nobody can change it while it is read."""

from __future__ import annotations

import io
import os
from collections.abc import Callable
from pathlib import Path

from rnnviz.budget import readable_bytes
from rnnviz.formats.unreadable import UnreadableFile
from rnnviz.limits import CHECKPOINT_COPIES
from rnnviz.memory import MemoryLimits
from rnnviz.networks.base import Interrupted

AT_ONCE = 64 * 2**20
"""A larger file of torch is looked at on the disk first: most that is wrong is seen there."""
PIECE = 8 * 2**20
"""Bytes that are read in one go."""


def content_of(path: str | os.PathLike[str], size: int, stopped: Callable[[], bool]) -> bytes:
    """Return all of a file, which is never mapped into memory.

    The system ends a program that has a file mapped which another one cuts, as training does that
    saves over its checkpoint.

    Parameters
    ----------
    path : path-like
    size : int
        The bytes that it has; what it grows by meanwhile is left out.
    stopped : callable
        Asked between pieces.

    Raises
    ------
    UnreadableFile
        If this machine has no room for it.
    OSError
        If it cannot be read.
    Interrupted
        If `stopped` said so.
    """
    _check_room(path, size)
    content = io.BytesIO()  # whose bytes come out without another copy
    with Path(path).open("rb") as file:
        while piece := file.read(min(PIECE, size - content.tell())):
            if stopped():
                raise Interrupted
            content.write(piece)
    return content.getvalue()


def _check_room(path: str | os.PathLike[str], size: int) -> None:
    most = MemoryLimits.of_this_machine().budget // CHECKPOINT_COPIES
    if size > most:
        raise UnreadableFile(
            path,
            f"It has {readable_bytes(size)}; at most {readable_bytes(most)} are read on this "
            "machine, which holds all of it while it reads. Save the recurrent layer alone.",
        )
