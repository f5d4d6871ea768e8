"""All of a file at once, so that nobody can change it while it is read."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

from rnnviz.networks.base import Interrupted

AT_ONCE = 256 * 2**20
"""The largest file, in bytes, of which all is read before anything of it is looked at."""
PIECE = 8 * 2**20
"""Bytes that are read in one go."""


def content_of(path: str | os.PathLike[str], size: int, stopped: Callable[[], bool]) -> bytes:
    """Return all of a file; nothing of one that is larger than `AT_ONCE`.

    Larger ones are mapped into memory instead. That is the worse way: the system ends a program
    that has a file mapped which another one cuts, as training does that saves over its checkpoint.

    Parameters
    ----------
    path : path-like
    size : int
        The bytes that it has; what it grows by meanwhile is left out.
    stopped : callable
        Asked between pieces.

    Raises
    ------
    OSError
        If it cannot be read.
    Interrupted
        If `stopped` said so.
    """
    content = bytearray()
    with Path(path).open("rb") as file:
        while size <= AT_ONCE and (piece := file.read(min(PIECE, size - len(content)))):
            if stopped():
                raise Interrupted
            content += piece
    return bytes(content)
