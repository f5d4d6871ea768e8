"""Where unsaved work is kept: a folder for each window, locked as long as that is open."""

from __future__ import annotations

import errno
import shutil
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from rnnviz.recovery.locks import try_lock

PREFIX = "window-"
LOCK, SESSION, PICTURE = "lock", "session.json", "window.png"
YOUNG_SECONDS = 60
"""An empty folder of this age may be one that is just being filled."""


class Place:
    """A folder that is this program's own until it is given back or removed.

    Attributes
    ----------
    folder : Path
    """

    def __init__(self, folder: Path, lock: BinaryIO) -> None:
        self.folder = folder
        self._lock = lock

    @classmethod
    def new(cls, root: Path) -> Place:
        """Make one under `root`; its name is by chance, since a clock may jump back.

        Raises
        ------
        OSError
            If that cannot be done.
        """
        root.mkdir(parents=True, exist_ok=True)
        folder = Path(tempfile.mkdtemp(prefix=PREFIX, dir=root))
        place = cls(folder, (folder / LOCK).open("wb"))
        if not try_lock(place._lock):  # nobody else knows of it yet
            place.remove()
            raise OSError(errno.ENOLCK, "The file system knows no locks", str(root))
        return place

    @classmethod
    def taken_over(cls, folder: Path) -> Place | None:
        """Return one whose window is no more; None while it is open, or there is nothing."""
        try:
            lock = (folder / LOCK).open("r+b")
        except OSError:
            return None
        if try_lock(lock):
            return cls(folder, lock)
        lock.close()
        return None

    @property
    def session(self) -> Path:
        """The file that says what was set."""
        return self.folder / SESSION

    @property
    def picture(self) -> Path:
        """What the window looked like."""
        return self.folder / PICTURE

    def give_back(self) -> None:
        """Leave it to the next one who looks."""
        self._lock.close()

    def remove(self) -> None:
        """Remove it, and all that is in it."""
        self.session.unlink(missing_ok=True)  # so that nobody takes half of it for the whole
        self._lock.close()  # Windows removes no file that is open
        shutil.rmtree(self.folder, ignore_errors=True)


def left_behind(root: Path) -> list[Place]:
    """Return the places whose windows did not end well, the latest first; all are taken over."""
    return sorted(_left_behind(root), key=lambda place: -place.session.stat().st_mtime)


def _left_behind(root: Path) -> Iterator[Place]:
    for folder in root.glob(f"{PREFIX}*"):
        place = Place.taken_over(folder)
        if place is None:
            continue
        if place.session.is_file():
            yield place
        elif _age(place) > YOUNG_SECONDS:
            place.remove()
        else:
            place.give_back()


def _age(place: Place) -> float:
    try:
        return time.time() - (place.folder / LOCK).stat().st_mtime
    except OSError:  # it has just gone
        return 0.0
