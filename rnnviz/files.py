"""Files on the disk: written whole or not at all, and opened only if they are plain files."""

from __future__ import annotations

import errno
import os
import stat
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

SHORT = 20
"""Characters of a file's name in that of the one written beside it, which must not be too long."""


def _umask() -> int:
    umask = os.umask(0)
    os.umask(umask)
    return umask


_UMASK = _umask()  # once, before there are threads: who asks for it takes it away for a moment


@contextmanager
def written(path: str | os.PathLike[str]) -> Iterator[BinaryIO]:
    """Yield a new file that takes the place of `path` when the block ends, or never.

    It is written beside `path`, flushed to the disk, then renamed, and its folder is flushed, so
    that at every moment, also when the power fails, the old file or the new one is there, whole.
    Where `path` is a link, it stays one, and what it points to is replaced.

    Parameters
    ----------
    path : path-like
        Its folder must exist.

    Raises
    ------
    OSError
        If it cannot be written; the old file is untouched then. A pipe or a device is not replaced.
    """
    target = Path(os.path.realpath(path))
    if target.is_dir():
        raise OSError(errno.EISDIR, os.strerror(errno.EISDIR), os.fspath(path))
    if target.exists() and not is_plain(target):
        raise OSError(errno.EINVAL, "This is not a plain file", os.fspath(path))
    prefix = f".{target.name[:SHORT]}."
    number, name = tempfile.mkstemp(prefix=prefix, dir=target.parent)
    try:
        with os.fdopen(number, "wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        Path(name).chmod(_mode_of(target))
        Path(name).replace(target)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
    _flush_folder(target.parent)


def is_plain(path: str | os.PathLike[str]) -> bool:
    """Return whether `path`, links followed, is a file with contents: no folder, pipe or device.

    Raises
    ------
    OSError
        If there is nothing, or nothing can be found out about it.
    """
    return stat.S_ISREG(Path(path).stat().st_mode)


def reason_of(error: Exception) -> str:
    """Return what the system says of a file, else the error's own words, without a full stop."""
    said = error.strerror if isinstance(error, OSError) else None
    return (said or str(error)).removesuffix(".")


def _flush_folder(folder: Path) -> None:
    """Let the new name reach the disk, where the system flushes folders at all."""
    try:
        number = os.open(folder, os.O_RDONLY)
    except OSError:  # Windows, or a folder that may be written and not read
        return
    try:
        os.fsync(number)
    except OSError:  # a file system that cannot; the file itself is there
        return
    finally:
        os.close(number)


def _mode_of(target: Path) -> int:
    """Return the permissions of the old file, or those of any new one."""
    try:
        return stat.S_IMODE(target.stat().st_mode)
    except FileNotFoundError:
        return 0o666 & ~_UMASK
