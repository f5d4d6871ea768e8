"""Why a file is not read, in one sentence."""

from __future__ import annotations

import os
from pathlib import Path

from rnnviz.files import is_plain
from rnnviz.limits import MAX_REASON
from rnnviz.tables import shortened

UNSEEN = "�"
POINTER, LARGEST_POINTER = b"version https://git-lfs.github.com/", 1024
"""How a file begins that Git LFS put in the place of another, and how long it is at most."""


class UnreadableFile(ValueError):  # noqa: N818 (it says what the file is)
    """A file that cannot be read.

    Its text names the file, what is wrong, and what to do, in one line that can be shown.

    Parameters
    ----------
    path : path-like
    reason : str
        What is wrong and what to do, as whole sentences; it may quote the file.

    Attributes
    ----------
    path : Path
    reason : str
    """

    def __init__(self, path: str | os.PathLike[str], reason: str) -> None:
        self.path, self.reason = Path(path), shortened(legible(reason), MAX_REASON)
        super().__init__(f"{legible(self.path.name)}: {self.reason}")


def legible(text: str) -> str:
    """Return `text`, a mark in place of each character that cannot be seen, or reorders others."""
    return "".join(letter if letter.isprintable() else UNSEEN for letter in text)


def not_read(path: str | os.PathLike[str], error: OSError) -> UnreadableFile:
    """Return what is said of a file that the system does not give: it may be gone by now."""
    if isinstance(error, FileNotFoundError):
        return UnreadableFile(path, "There is no such file. Was it moved or renamed?")
    return UnreadableFile(path, f"It cannot be read: {error.strerror or error}.")


def plain_size(path: str | os.PathLike[str]) -> int:
    """Return the bytes of a plain file, before more than its beginning is read.

    Raises
    ------
    UnreadableFile
        If there is no such file, it is a folder, a pipe or a device, it only points to a file
        elsewhere, or it may not be looked at.
    """
    try:
        if not is_plain(path):
            what = "a folder" if Path(path).is_dir() else "not a plain file"
            raise UnreadableFile(path, f"This is {what}. Choose a file.")
        size = Path(path).stat().st_size
        if size <= LARGEST_POINTER and _only_points(path):
            raise UnreadableFile(path, "It only points to the file: fetch it, with git lfs pull.")
        return size
    except UnreadableFile:
        raise
    except OSError as error:
        raise not_read(path, error) from error
    except ValueError:  # a name with a null character
        raise UnreadableFile("file", "This is no name of a file.") from None


def _only_points(path: str | os.PathLike[str]) -> bool:
    with Path(path).open("rb") as file:
        return file.read(len(POINTER)) == POINTER
