"""A lock on a file that the system takes away from a process that is no more.

Qt's QLockFile asks whether the process of a written-down number still runs; in a container every
start has the same number.
"""

from __future__ import annotations

import sys
from typing import BinaryIO


def try_lock(file: BinaryIO) -> bool:
    """Lock an open file until it is closed, and return whether that was possible."""
    try:
        _lock(file)
    except OSError:  # somebody has it, or the file system knows no locks
        return False
    return True


if sys.platform == "win32":
    import msvcrt

    def _lock(file: BinaryIO) -> None:
        msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)

else:
    import fcntl

    def _lock(file: BinaryIO) -> None:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
