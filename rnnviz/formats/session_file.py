"""A session as a file: a zip of JSON and of the numbers that came from files, to the bit."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Mapping
from typing import Annotated, Any, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import AfterValidator, Field, JsonValue, ValidationError

from rnnviz.arrays import Stored, stored_in
from rnnviz.budget import readable_bytes
from rnnviz.fields import Frozen, sentence_of
from rnnviz.formats.packed import read_packed, write_packed
from rnnviz.formats.unreadable import UnreadableFile
from rnnviz.limits import MAX_JSON, MAX_SESSION_ARRAYS
from rnnviz.memory import MemoryLimits
from rnnviz.networks.base import never
from rnnviz.selection import Selection
from rnnviz.settings import InitializationSettings, Settings

ENDING = ".rnnviz"
FORMAT, VERSION = "rnnviz session", 1
JSON, ARRAYS = "session.json", "arrays.safetensors"
LIMITS = {JSON: MAX_JSON, ARRAYS: MAX_SESSION_ARRAYS}
Pixels = Annotated[int, Field(ge=0, le=100_000)]
Migration = Callable[[dict[str, Any]], dict[str, Any]]
MIGRATIONS: dict[int, Migration] = {}
"""By version: from what it wrote to what the next one did. What comes in may be anything."""
DEEPEST_SAID = 8
"""So many names and numbers say in which field something is wrong."""
BY_HAND = "It is damaged, or was changed by hand"
NOT_REPLAYED = "The recorded states are not part of a session: they are computed."


def _from_zero(selection: Selection) -> Selection:
    if min(selection.sequence, selection.layer) < 0:
        raise ValueError("Sequences and layers are counted from 0.")
    return selection


class DockPlace(Frozen):
    """Where a dock is.

    Attributes
    ----------
    name : str
    area : {"left", "right", "top", "bottom"}
    tab_of : str
        The dock in whose place it is as well, behind a tab; empty: it has its own.
    open, front : bool
        Whether it is there, and whether it is the one that is seen of several tabs.
    width, height : int
        In pixels.
    """

    name: str
    area: Literal["left", "right", "top", "bottom"]
    tab_of: str = ""
    open: bool
    front: bool = True
    width: Pixels
    height: Pixels


class Layout(Frozen):
    """Where docks and splitter are; Qt's own description of it crashes Qt where it is damaged.

    Attributes
    ----------
    docks : tuple of DockPlace
        In each area from its beginning.
    splitter : tuple of int
        The sizes of its parts, in pixels.
    """

    docks: tuple[DockPlace, ...] = ()
    splitter: tuple[Pixels, ...] = ()


class SavedSession(Frozen):
    """Everything that a user has set.

    Attributes
    ----------
    settings : Settings
        Without recorded states, which are no part of a file.
    previous_weights : InitializationSettings, optional
        What “Back to the previous weights” goes to.
    preset : str, optional
        The name of the preset that was opened.
    cursor, revealed : int
        The move that is looked at, and the farthest one that is shown.
    selection : Selection
    carried : Stored, optional
        (L, B, H), the start state that came from the run before.
    replayed : bool
        Whether the states were recorded elsewhere, and are now computed.
    views : dict
        What each view says of itself, by its name.
    layout : Layout
    notices : tuple of str
        What is to be known of the file; no part of it.
    """

    settings: Settings
    previous_weights: InitializationSettings | None = None
    preset: str | None = None
    cursor: int = Field(default=0, ge=0)
    revealed: int = Field(default=0, ge=0)
    selection: Annotated[Selection, AfterValidator(_from_zero)] = Selection()
    carried: Stored | None = None
    replayed: bool = False
    views: dict[str, dict[str, JsonValue]] = {}
    layout: Layout = Layout()
    notices: tuple[str, ...] = Field(default=(), exclude=True)


def write_session(path: str | os.PathLike[str], saved: SavedSession) -> None:
    """Write a session, whole or not at all; the same one gives the same bytes.

    Raises
    ------
    OSError
        If the file cannot be written; what was there is untouched then.
    ValueError
        If it is too large for a file of this kind.
    """
    text = json.dumps(described(saved), allow_nan=False, separators=(",", ":"))
    arrays = {stored.digest: stored.values for stored in stored_in(saved)}
    _check_room(
        "numbers of files", sum(values.nbytes for values in arrays.values()), MAX_SESSION_ARRAYS
    )
    content = text.encode()
    _check_room("settings", len(content), MAX_JSON)
    write_packed(path, {JSON: content, ARRAYS: packed_arrays(arrays)})


def read_session(
    path: str | os.PathLike[str], *, stopped: Callable[[], bool] = never
) -> SavedSession:
    """Read a session that `write_session` wrote, also one of an older version.

    Parameters
    ----------
    path : path-like
    stopped : callable, optional
        Asked between pieces of work whether to give up.

    Returns
    -------
    SavedSession
        Whether this machine can take its settings, `rnnviz.validation.problems_of` says.

    Raises
    ------
    UnreadableFile
        If it is no session, damaged, or of a newer rnnviz.
    Interrupted
        If `stopped` said so.
    """
    most = min(LIMITS[ARRAYS], MemoryLimits.of_this_machine().budget)
    members = read_packed(path, LIMITS | {ARRAYS: most}, stopped=stopped)
    found = _migrated(path, _parsed(path, members[JSON]))
    return _validated(path, found, unpacked_arrays(path, members.pop(ARRAYS)))


# JSON


def described(saved: SavedSession) -> dict[str, Any]:
    """Return a session as JSON, its numbers by their SHA-256; `session_of` is the way back."""
    return {"format": FORMAT, "version": VERSION, **saved.model_dump(mode="json")}


def session_of(
    path: str | os.PathLike[str], found: object, arrays: Mapping[str, NDArray[np.float32]]
) -> SavedSession:
    """Return the session that JSON speaks of, also of an older version.

    Parameters
    ----------
    path : path-like
        Where it was found.
    found : object
        What `described` returned, or something else.
    arrays : mapping of str to ndarray
        The numbers, read-only, by their SHA-256.

    Raises
    ------
    UnreadableFile
        If it is no session, or of a newer rnnviz, or `arrays` are not its own.
    """
    return _validated(path, _migrated(path, found), arrays)


def _validated(
    path: str | os.PathLike[str], found: dict[str, Any], arrays: Mapping[str, NDArray[np.float32]]
) -> SavedSession:
    try:
        saved = SavedSession.model_validate(found, context={"arrays": arrays})
    except ValidationError as error:
        raise UnreadableFile(path, f"{BY_HAND}: {_about(error)}.") from error
    return saved.model_copy(update={"notices": (NOT_REPLAYED,)}) if saved.replayed else saved


def _parsed(path: str | os.PathLike[str], content: bytes) -> object:
    try:
        return json.loads(content)
    except (ValueError, RecursionError) as error:  # not even text, or nested without end
        raise UnreadableFile(path, f"{BY_HAND}: {JSON} in it is no JSON.") from error


def _migrated(path: str | os.PathLike[str], found: object) -> dict[str, Any]:
    """Bring what an older version wrote to what this one writes; raises if it is no session."""
    if not isinstance(found, dict) or found.get("format") != FORMAT:
        raise UnreadableFile(path, "It is no session of rnnviz.")
    version, oldest = found.get("version"), min(VERSION, *MIGRATIONS, VERSION)
    if type(version) is not int or version < oldest:
        raise UnreadableFile(path, f"{BY_HAND}: it does not say which version of the format it is.")
    if version > VERSION:
        raise UnreadableFile(path, _about_newer(version, oldest))
    for step in range(version, VERSION):
        try:
            found = MIGRATIONS[step](found)
        except (LookupError, TypeError, ValueError, AttributeError) as error:
            said = f"{BY_HAND}: it is not what version {step} of the format was."
            raise UnreadableFile(path, said) from error
    return {name: value for name, value in found.items() if name not in ("format", "version")}


def _about_newer(version: int, oldest: int) -> str:
    read = str(VERSION) if oldest == VERSION else f"{oldest} to {VERSION}"
    return (
        f"It was made by a newer rnnviz (format {version}; this one reads {read}): update rnnviz."
    )


def _about(error: ValidationError) -> str:
    """Say what is wrong with which field, without a full stop."""
    place = ".".join(map(str, error.errors()[0]["loc"][:DEEPEST_SAID]))
    return f"{place}: {sentence_of(error)}".removesuffix(".")


# Numbers


def packed_arrays(arrays: Mapping[str, NDArray[np.float32]]) -> bytes:
    """Return arrays as safetensors, the same ones always as the same bytes."""
    from safetensors.numpy import save

    return save({name: arrays[name] for name in sorted(arrays)})


def unpacked_arrays(path: str | os.PathLike[str], content: bytes) -> dict[str, NDArray[np.float32]]:
    """Return what `packed_arrays` packed, read-only; digests are held against names later.

    Raises
    ------
    UnreadableFile
        If it is something else; `path` is where it was found.
    """
    from safetensors import SafetensorError, deserialize

    try:
        found = deserialize(content)
    except SafetensorError as error:
        raise UnreadableFile(path, f"{BY_HAND}: {ARRAYS} in it cannot be read.") from error
    return {name: _array(path, tensor) for name, tensor in found}


def _array(path: str | os.PathLike[str], tensor: Mapping[str, Any]) -> NDArray[np.float32]:
    if tensor["dtype"] != "F32":
        raise UnreadableFile(path, f"{BY_HAND}: {ARRAYS} in it does not hold float32.")
    try:
        array = np.frombuffer(tensor["data"], "<f4").reshape(tensor["shape"])
    except ValueError as error:  # too many axes, or too long ones with nothing in them
        raise UnreadableFile(path, f"{BY_HAND}: {ARRAYS} in it cannot be read.") from error
    array.flags.writeable = False
    return array


def _check_room(what: str, needed: int, limit: int) -> None:
    if needed > limit:
        raise ValueError(
            f"The {what} take {readable_bytes(needed)}; at most {readable_bytes(limit)} fit in a "
            "session."
        )
