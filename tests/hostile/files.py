"""A hostile file as a value, and how it comes to the disk."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Link:
    """A link, to whatever it names."""

    target: str


@dataclass(frozen=True)
class Sparse:
    """Some bytes at the beginning of a file that has far more, which take no room on the disk."""

    start: bytes
    size: int


PIPE, FOLDER = "a pipe", "a folder"
Part = bytes | Link | Sparse | str


@dataclass(frozen=True)
class Hostile:
    """What is given to one of the openers.

    Attributes
    ----------
    opener : str
        A key of `openers.OPENERS`.
    name : str
        Of the file or the folder.
    parts : mapping of str to Part
        By its place in the folder; a single one with an empty name is the file itself.
    """

    opener: str
    name: str
    parts: Mapping[str, Part]

    def __repr__(self) -> str:
        parts = ", ".join(f"{name}: {_short(part)}" for name, part in self.parts.items())
        return f"<{self.name} for {self.opener}: {parts:.1000}>"

    def _repr_pretty_(self, printer: Any, cycle: bool) -> None:
        """Let hypothesis print no more than that."""
        printer.text(repr(self))

    def make(self, folder: Path) -> Path:
        """Write it into a folder, and return where it is."""
        path = folder / self.name
        for name, part in self.parts.items():
            place = path / name if name else path
            place.parent.mkdir(parents=True, exist_ok=True)
            _make(place, part)
        return path


def file_of(opener: str, name: str, part: Part) -> Hostile:
    """Return a single file."""
    return Hostile(opener, name, {"": part})


def _short(part: Part) -> str:
    return f"{len(part):,} bytes {part[:60]!r}" if isinstance(part, bytes) else repr(part)[:100]


def _make(place: Path, part: Part) -> None:
    if isinstance(part, bytes):
        place.write_bytes(part)
    elif isinstance(part, Link):
        place.symlink_to(part.target)
    elif isinstance(part, Sparse):
        with place.open("wb") as file:
            file.write(part.start)
            file.truncate(part.size)
    elif part == PIPE:
        os.mkfifo(place)
    else:
        place.mkdir()
