"""Which columns of the unrolled network are in sight, and what lies under the pointer."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from math import hypot
from typing import NamedTuple

from rnnviz.views.unrolled_geometry import LOOP, Column
from rnnviz.views.unrolled_parts import Arrow, Loop, Point, Structure, Weight
from rnnviz.views.unrolled_strip import Drawing

NEAR = 6
"""An arrow is pointed at from so far."""


@dataclass(frozen=True)
class Sight:
    """The columns in sight of a sequence.

    Attributes
    ----------
    structure : Structure
    first, count : int
    length : int
        The number of steps T: column 0 holds start states, and so does T + 1 with both directions.
    """

    structure: Structure
    first: int
    count: int
    length: int

    @property
    def columns(self) -> range:
        """The columns in sight."""
        return range(self.first, self.first + self.count)

    @property
    def last(self) -> int:
        """The last column in sight."""
        return self.first + self.count - 1

    @property
    def ends(self) -> tuple[int, int]:
        """How near the ends of the sequence are; where that is alike, so are all arrows."""
        return min(self.first, 2), min(self.length - self.last, 2)

    def exists(self, state: int, t: int) -> bool:
        """Return whether a state has a circle in column t."""
        return 0 <= t <= self.length + 1 and self.structure.exists(state, t, self.length)

    def joined(self, state: int, t: int) -> bool:
        """Return whether a state has circles both in column t and in the one before it."""
        return self.exists(state, t) and self.exists(state, t - 1)

    def is_step(self, t: int) -> bool:
        """Return whether column t has an x_t, not start states alone."""
        return 1 <= t <= self.length


class Hit(NamedTuple):
    """What is pointed at: ``"state"``, ``"x"``, ``"y"`` of column t; ``"weight"``; ``"range"``."""

    kind: str
    t: int = -1
    state: int = -1
    weight: Weight | None = None


def hit_at(drawing: Drawing, sight: Sight, x: float, y: float) -> Hit | None:
    """Return what is drawn at a place, or None."""
    column, strip = drawing.column, drawing.strip
    if drawing.legend is not None and x >= drawing.legend:
        return Hit("range")
    if drawing.folded_at is not None:
        weight = _folded_weight(column, x - drawing.folded_at, y)
        if weight is not None:
            return Hit("weight", weight=weight)
    place = strip.place_at(x)
    for near in range(place, min(place + 2, strip.count)):
        at = Point(x - strip.middle(near), y - drawing.top)
        hit = _in_column(column, sight, sight.first + near, at, strip.pitch if near else 0.0)
        if hit is not None:
            return hit
    return None


def _in_column(column: Column, sight: Sight, t: int, at: Point, pitch: float) -> Hit | None:
    for state, middle in enumerate(column.states):
        if sight.exists(state, t) and hypot(at.x - middle.x, at.y - middle.y) <= column.radius:
            return Hit("state", t, state)
    if sight.is_step(t) and column.x.holds(*at):
        return Hit("x", t)
    if sight.is_step(t) and column.y is not None and column.y.holds(*at):
        return Hit("y", t)
    weight = _weight_at(arrows_of(column, sight, t, pitch), at)
    return None if weight is None else Hit("weight", weight=weight)


def arrows_of(column: Column, sight: Sight, t: int, pitch: float) -> Iterator[Arrow]:
    """Yield the arrows of column t and, where `pitch` is not 0, to the column before it."""
    if sight.is_step(t):
        yield from column.upwards()
    for state, arrow in enumerate(column.across(pitch) if pitch else ()):
        if sight.joined(state, t):
            yield arrow


def _folded_weight(column: Column, x: float, y: float) -> Weight | None:
    for loop in column.loops():
        if loop.label.holds(x, y) or _on_loop(column, loop, x, y):
            return loop.weight
    return _weight_at(column.upwards(), Point(x, y))


def _on_loop(column: Column, loop: Loop, x: float, y: float) -> bool:
    """Return whether a place is on a loop or within it."""
    at, radius = column.states[loop.state], column.radius
    away = (x - at.x) * loop.side
    return radius / 2 < away < LOOP * radius + NEAR and abs(y - at.y) < radius + NEAR


def _weight_at(arrows: Iterable[Arrow], at: Point) -> Weight | None:
    for arrow in arrows:
        if arrow.weight is not None and (
            (arrow.label is not None and arrow.label.holds(*at)) or _on_line(arrow, at)
        ):
            return arrow.weight
    return None


def _on_line(arrow: Arrow, at: Point) -> bool:
    """Return whether a place is on an arrow, all of which lie along one axis."""
    left, right = sorted((arrow.start.x, arrow.end.x))
    low, high = sorted((arrow.start.y, arrow.end.y))
    return left - NEAR <= at.x <= right + NEAR and low - NEAR <= at.y <= high + NEAR
