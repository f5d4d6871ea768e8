"""What an undo brings back, and how it is kept meanwhile: compressed, with its arrays beside."""

from __future__ import annotations

import hashlib
import json
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from weakref import WeakValueDictionary

from pydantic import BaseModel

from rnnviz.arrays import Stored, stored_in
from rnnviz.selection import Selection
from rnnviz.settings import Settings

if TYPE_CHECKING:
    from torch import Tensor

    from rnnviz.presets import Preset

FAST = 1
"""Of zlib's levels; the others take six times as long to save a twentieth."""
Large = Iterator[tuple[int, int]]
"""The identity of each thing that takes room, and its bytes."""


@dataclass(frozen=True)
class Moment:
    """Where somebody was.

    Attributes
    ----------
    settings : Settings
    preset : Preset or None
        The one that was opened last.
    carried : Tensor or None
        The state that the run began with, (L, B, H), where `settings` carry one over.
    selection : Selection
    cursor : int
        The step that was on show, or was asked for.
    """

    settings: Settings
    preset: Preset | None = None
    carried: Tensor | None = None
    selection: Selection = field(default_factory=Selection)
    cursor: int = 0

    def same_as(self, other: Moment) -> bool:
        """Return whether nothing was changed from one to the other."""
        return (
            self.carried is other.carried
            and self.preset == other.preset
            and self.settings == other.settings
        )

    def large(self) -> Large:
        """Return the arrays."""
        yield from _bytes_of(stored_in(self.settings), self.carried)


class Packed:
    """A part of settings: compressed JSON, and the arrays that it speaks of by their digest."""

    def __init__(self, part: BaseModel, text: bytes, arrays: Mapping[str, Stored]) -> None:
        self.text = zlib.compress(text, FAST)
        self.arrays = arrays
        self._model = type(part)

    def part(self) -> BaseModel:
        """Return the part, equal to what was packed."""
        # json, as pydantic's own reader refuses half a surrogate, which can be pasted into a text.
        fields = json.loads(zlib.decompress(self.text))
        return self._model.model_validate(fields, context={"arrays": self.arrays})


@dataclass(frozen=True)
class Kept:
    """A moment that is packed; equal parts of several moments are one."""

    parts: Mapping[str, Packed]
    others: Mapping[str, Any]
    rest: Mapping[str, Any]

    def moment(self) -> Moment:
        """Return the moment, equal to the one that was kept."""
        parts = {name: packed.part() for name, packed in self.parts.items()}
        return Moment(settings=Settings(**parts, **self.others), **self.rest)

    def large(self) -> Large:
        """Return the arrays."""
        arrays = (stored for packed in self.parts.values() for stored in packed.arrays.values())
        yield from _bytes_of(arrays, self.rest["carried"])

    def sizes(self) -> Large:
        """Return all that takes room."""
        yield from self.large()
        yield from ((id(packed), len(packed.text)) for packed in self.parts.values())


class Shelf:
    """Packs moments; what is equal is packed once, as long as anybody keeps it."""

    def __init__(self) -> None:
        self._packed: WeakValueDictionary[bytes, Packed] = WeakValueDictionary()
        self._arrays: WeakValueDictionary[str, Stored] = WeakValueDictionary()

    def keep(self, moment: Moment) -> Kept:
        """Return `moment`, packed."""
        values = dict(moment.settings)
        models = {name: part for name, part in values.items() if isinstance(part, BaseModel)}
        rest = dict(vars(moment))
        del rest["settings"]
        return Kept(
            parts={name: self._pack(part) for name, part in models.items()},
            others={name: value for name, value in values.items() if name not in models},
            rest=rest,
        )

    def _pack(self, part: BaseModel) -> Packed:
        text = json.dumps(part.model_dump(mode="json")).encode()
        key = type(part).__name__.encode() + hashlib.sha256(text).digest()
        if (known := self._packed.get(key)) is not None:
            return known
        arrays = {
            stored.digest: self._arrays.setdefault(stored.digest, stored)
            for stored in stored_in(part)
        }
        return self._packed.setdefault(key, Packed(part, text, arrays))


def _bytes_of(arrays: Iterator[Stored], carried: Tensor | None) -> Large:
    yield from ((id(stored), stored.nbytes) for stored in arrays)
    if carried is not None:
        yield id(carried), carried.nbytes
