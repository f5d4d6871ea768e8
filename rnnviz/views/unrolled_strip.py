"""Which steps of the unrolled network are in sight, and where the drawing's parts lie."""

from __future__ import annotations

from dataclasses import dataclass, replace

from rnnviz.views.unrolled_geometry import Column
from rnnviz.views.unrolled_parts import Metrics, Point, Structure
from rnnviz.views.unrolled_stacking import column, least_height

SNAP = 4
"""Columns lie at multiples of it, so that they begin on whole pixels at every usual ratio."""
MOST_STRETCH = 1.5
"""So far are columns moved apart where all steps are in sight."""
PLACE = 0.6
"""Where the cursor stands in the strip: what was has a little more room than what follows."""
EDGE = 16
STUB = 22
"""How far arrows from and to steps out of sight reach."""
DOTS = 22
"""The room for the dots beyond them."""
EQUALS = 56
LEGEND = 72
LEGEND_FROM = 640
"""The colours' range has room in so wide a view."""
STACKED_BELOW = 560
"""In a narrower view that is high enough the folded network stands over the unrolled one."""
LEAST_COLUMNS, WANTED_COLUMNS = 2, 3
"""The folded network is left out where the first would not find room beside it; circles are small
where the second would not."""
SHARES = (1.0, 0.4, 0.0)
"""So far on the way from the least to the largest sizes; what is large enough is taken first."""


@dataclass(frozen=True)
class Strip:
    """Columns side by side.

    Attributes
    ----------
    left : float
        The middle of the first one.
    pitch : float
        How far they are apart.
    count : int
        How many are in sight.
    total : int
        How many there are.
    """

    left: float
    pitch: float
    count: int
    total: int

    def first(self, t: int) -> int:
        """Return the first column in sight with the cursor at `t`, which stays where it is."""
        before = t - round(PLACE * (self.count - 1))
        return max(0, min(before, self.total - self.count))

    def middle(self, place: int) -> float:
        """Return the x of the middle of the column at a place in sight."""
        return self.left + place * self.pitch

    def place_at(self, x: float) -> int:
        """Return the place in sight whose column is nearest."""
        return max(0, min(round((x - self.left) / self.pitch), self.count - 1))


@dataclass(frozen=True)
class Drawing:
    """The folded network, an equals sign, the unrolled one.

    Attributes
    ----------
    column : Column
        A step, folded or not.
    strip : Strip
    top : float
        What is to be added to a column's y for the unrolled network.
    folded_at : float or None
        The x of the middle of the folded network; None where there is no room for it.
    equals : Point or None
    legend : float or None
        The x of the range of colours.
    """

    column: Column
    strip: Strip
    top: float = 0.0
    folded_at: float | None = None
    equals: Point | None = None
    legend: float | None = None


def drawing(
    structure: Structure, metrics: Metrics, width: float, height: float, total: int
) -> Drawing:
    """Return the places for a view of this size and `total` columns."""
    tried = [_drawing(structure, metrics, width, height, total, share) for share in SHARES]
    return max(tried, key=_worth)  # the first of several that are alike


def _worth(made: Drawing) -> tuple[bool, int]:
    return made.folded_at is not None, min(made.strip.count, WANTED_COLUMNS)


def _drawing(
    structure: Structure, metrics: Metrics, width: float, height: float, total: int, share: float
) -> Drawing:
    scale, least = metrics.scale, least_height(structure, metrics)
    if width < STACKED_BELOW * scale and height >= 2 * least:
        return _stacked(column(structure, metrics, height / 2, share), width, height / 2, total)
    legend = width - LEGEND * scale if width >= LEGEND_FROM * scale else None
    step = column(structure, metrics, height, share)
    made = _beside(step, width if legend is None else legend, total)
    return replace(made, legend=legend)


def _stacked(step: Column, width: float, half: float, total: int) -> Drawing:
    edge = EDGE * step.metrics.scale
    strip = _strip(step, edge, width - edge, total)
    shift = _snapped(max(0.0, (width - edge - _right_of(step, strip)) / 2))
    strip = replace(strip, left=strip.left + shift)
    return Drawing(step, strip, half, width / 2, Point(width / 2, half))


def _beside(step: Column, room: float, total: int) -> Drawing:
    scale = step.metrics.scale
    edge, equals = EDGE * scale, EQUALS * scale
    left = step.loop_reach if step.structure.directions == 2 else step.reach
    begin = edge + left + step.loop_reach + equals
    strip = _strip(step, begin, room - edge, total)
    if strip.count < min(LEAST_COLUMNS, total):
        return Drawing(step, _strip(step, edge, room - edge, total))
    shift = _snapped(max(0.0, (room - edge - _right_of(step, strip)) / 2))
    strip = replace(strip, left=strip.left + shift)
    middle = (step.states[0].y + step.states[-1].y) / 2
    return Drawing(step, strip, 0.0, edge + shift + left, Point(begin + shift - equals / 2, middle))


def _strip(step: Column, left: float, right: float, total: int) -> Strip:
    """Return as many columns as find room; where not all do, with room for what leads on."""
    strip = _fitted(step, left + step.reach, right - step.reach_right, total)
    if strip.count == total:
        return strip
    beyond = step.half_width + (STUB + DOTS) * step.metrics.scale
    before, after = max(step.reach, beyond), max(step.reach_right, beyond)
    return _fitted(step, left + before, right - after, total)


def _fitted(step: Column, first: float, last: float, total: int) -> Strip:
    """Return columns whose middles lie from `first` to `last`; one at least."""
    least, room = _snapped(step.least_pitch + SNAP - 1), last - first
    count = max(1, min(total, 1 + int(room // least)))
    wide = min(room / max(1, count - 1), MOST_STRETCH * least)
    return Strip(_snapped(first), max(least, _snapped(wide)), count, total)


def _right_of(step: Column, strip: Strip) -> float:
    """Return how far to the right the unrolled network reaches."""
    beyond = step.half_width + (STUB + DOTS) * step.metrics.scale
    after = step.reach_right if strip.count == strip.total else max(step.reach_right, beyond)
    return strip.middle(strip.count - 1) + after


def _snapped(x: float) -> float:
    return x // SNAP * SNAP
