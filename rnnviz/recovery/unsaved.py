"""What is kept of a window that was not closed, as JSON with its large numbers beside it."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rnnviz.arrays import stored_in
from rnnviz.files import written
from rnnviz.formats.session_file import (
    Layout,
    SavedSession,
    described,
    packed_arrays,
    session_of,
    unpacked_arrays,
)
from rnnviz.formats.unreadable import UnreadableFile, not_read, plain_size
from rnnviz.limits import MAX_JSON
from rnnviz.memory import MemoryLimits
from rnnviz.networks.base import Interrupted
from rnnviz.recovery.places import Place

ARRAY = ".safetensors"


@dataclass(frozen=True)
class Unsaved:
    """Everything that would be lost.

    Attributes
    ----------
    saved : SavedSession
    document : str, optional
        The path of the file that it belongs to.
    modified : bool
        Whether its settings are in no file.
    about : str
        What it is, in a few words.
    """

    saved: SavedSession
    document: str | None
    modified: bool
    about: str

    @property
    def work(self) -> Unsaved:
        """The same, wherever docks are: no work goes into them."""
        return replace(self, saved=self.saved.model_copy(update={"layout": Layout()}))


class Writer:
    """Writes what has changed since it last did; one thread at a time.

    Parameters
    ----------
    root : Path
        Under which it makes itself a place when there is something to write.

    Attributes
    ----------
    place : Place or None
    """

    def __init__(self, root: Path) -> None:
        self.place: Place | None = None
        self._root = root
        self._arrays: set[str] = set()

    def write(self, unsaved: Unsaved) -> None:
        """Write `unsaved`, whole or not at all; an array only if it is not there.

        Raises
        ------
        OSError
            If that cannot be done.
        """
        place = self._own_place()
        arrays = {stored.digest: stored for stored in stored_in(unsaved.saved)}
        for digest in arrays.keys() - self._arrays:
            with written(_path_of(place, digest)) as file:
                file.write(packed_arrays({digest: arrays[digest].values}))
            self._arrays.add(digest)
        with written(place.session) as file:
            file.write(_text_of(unsaved))
        for digest in self._arrays - arrays.keys():
            _path_of(place, digest).unlink(missing_ok=True)
            self._arrays.discard(digest)

    def write_picture(self, png: bytes) -> None:
        """Write what the window looks like."""
        with written(self._own_place().picture) as file:
            file.write(png)

    def adopt(self, place: Place) -> None:
        """Go on in `place`, which another window has left behind."""
        self.remove()
        self.place = place
        self._arrays = {path.stem for path in place.folder.glob(f"*{ARRAY}")}

    def remove(self) -> None:
        """Remove what was written."""
        if self.place is not None:
            self.place.remove()
        self.place = None
        self._arrays.clear()

    def _own_place(self) -> Place:
        if self.place is None or not self.place.folder.is_dir():  # somebody may tidy up
            self._arrays.clear()
            self.place = Place.new(self._root)
        return self.place


def read(place: Place, stopped: Callable[[], bool]) -> Unsaved:
    """Return what was written to `place`.

    Raises
    ------
    UnreadableFile
        If it is damaged, or of a newer rnnviz.
    Interrupted
        If `stopped` said so.
    """
    found = facts(place)
    arrays = dict(_arrays_in(place, stopped))
    saved = session_of(place.session, found.get("session"), arrays)
    document, about = found.get("document"), found.get("about")
    named = document if isinstance(document, str) and document else None
    return Unsaved(saved, named, bool(found.get("modified", True)), str(about))


def facts(place: Place) -> dict[str, Any]:
    """Return the JSON alone, of which anything may be missing; errors as those of `read`."""
    path = place.session
    if plain_size(path) > 2 * MAX_JSON:
        raise UnreadableFile(path, "It is damaged: it is larger than any that was written.")
    try:
        found = json.loads(path.read_bytes())
    except OSError as error:
        raise not_read(path, error) from error
    except (ValueError, RecursionError) as error:
        raise UnreadableFile(path, "It is damaged: it is no JSON.") from error
    if not isinstance(found, dict):
        raise UnreadableFile(path, "It is damaged: it is no session.")
    return found


def _text_of(unsaved: Unsaved) -> bytes:
    parts = {
        "document": unsaved.document,
        "modified": unsaved.modified,
        "about": unsaved.about,
        "session": described(unsaved.saved),
    }
    return json.dumps(parts, allow_nan=False, separators=(",", ":")).encode()


def _path_of(place: Place, digest: str) -> Path:
    return place.folder / f"{digest}{ARRAY}"


def _arrays_in(
    place: Place, stopped: Callable[[], bool]
) -> Iterator[tuple[str, NDArray[np.float32]]]:
    left = MemoryLimits.of_this_machine().budget
    for path in place.folder.glob(f"*{ARRAY}"):
        if stopped():
            raise Interrupted
        left -= plain_size(path)
        if left < 0:
            raise UnreadableFile(path, "Its numbers take more memory than runs may take here.")
        yield from unpacked_arrays(path, _bytes_of(path)).items()


def _bytes_of(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise not_read(path, error) from error
