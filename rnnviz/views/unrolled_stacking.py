"""What lies over each other in a column of the unrolled network, for any height."""

from __future__ import annotations

from typing import NamedTuple

from rnnviz.views.unrolled_geometry import OVER, Column
from rnnviz.views.unrolled_parts import Box, Metrics, Point, Structure

RADIUS = (15.0, 28.0)
"""Of a state's circle: the least, and the most where there is room."""
GAP = (27.0, 54.0)
"""Between a circle and what it reads: an arrow with a name."""
BOX = (22.0, 28.0)
"""The height of x_t and of y_t."""
ROW_GAP = (8.0, 18.0)
"""Between the circles of the two directions."""
BAR_GAP = (14.0, 24.0)
"""Up to where both directions' states lie one behind the other."""
BAR = (9.0, 11.0)
MARGIN, MARGIN_BELOW = 12.0, 8.0
"""Above, where names may stand, and below."""
ROUNDED = 1.0
"""So far may things lie from where they were meant to be, which is not always a whole pixel."""
SPREAD = 11.0
"""An arrow passes a circle of the other direction so far from it."""


class _Band(NamedTuple):
    """One thing of a column, from below: its height at least and at most."""

    least: float
    most: float


def _gap(metrics: Metrics) -> _Band:
    """Return what an upward arrow takes: its name clears that over the arrow to the side."""
    label = metrics.label_height / metrics.scale
    return _Band(max(GAP[0], 3 * label + 2 * (OVER + ROUNDED - RADIUS[0])), GAP[1])


def _row_gap(metrics: Metrics) -> _Band:
    """Return what lies between the two directions: a name stands over the lower one's arrow."""
    label = metrics.label_height / metrics.scale
    return _Band(max(ROW_GAP[0], label + OVER + ROUNDED - RADIUS[0]), ROW_GAP[1])


def _bands(structure: Structure, metrics: Metrics) -> list[_Band]:
    """Return what lies over each other in a column, from below, unscaled."""
    letter = metrics.letter / metrics.scale
    circle = _Band(2 * RADIUS[0], 2 * RADIUS[1])
    bands = [_Band(MARGIN_BELOW, MARGIN_BELOW), _Band(letter, letter), _Band(*BOX)]
    for layer in range(structure.layers):
        bands += [_gap(metrics), circle]
        if structure.directions == 2:
            bands += [_row_gap(metrics), circle]
            if structure.output or layer < structure.layers - 1:
                bands += [_Band(*BAR_GAP), _Band(*BAR)]
    if structure.output:
        bands += [_gap(metrics), _Band(*BOX)]
    return [*bands, _Band(MARGIN, MARGIN)]


def least_height(structure: Structure, metrics: Metrics) -> float:
    """Return the height under which names would be crossed by arrows."""
    return metrics.scale * sum(band.least for band in _bands(structure, metrics))


def wanted_height(structure: Structure, metrics: Metrics) -> float:
    """Return a height at which circles carry their numbers."""
    bands = _bands(structure, metrics)
    return metrics.scale * sum(0.55 * band.least + 0.45 * band.most for band in bands)


def column(
    structure: Structure, metrics: Metrics, height: float, most_share: float = 1.0
) -> Column:
    """Return a column for a height, in the middle of it; y counts from the top.

    Parameters
    ----------
    structure : Structure
    metrics : Metrics
    height : float
    most_share : float
        So much of the way from the least to the largest sizes is taken at most.
    """
    bands = _bands(structure, metrics)
    least, most = (metrics.scale * sum(sizes) for sizes in zip(*bands, strict=True))
    share = min(most_share, max(0.0, (height - least) / (most - least)))
    return _Builder(structure, metrics, share).build((height + least + share * (most - least)) / 2)


class _Builder:
    """Lays one thing over the other, from below."""

    def __init__(self, structure: Structure, metrics: Metrics, share: float) -> None:
        self.structure, self.metrics, self.share = structure, metrics, share
        self.radius = self._size(RADIUS)
        self.offset = 0.0
        if structure.directions == 2:
            self.offset = float(round((self.radius + SPREAD * metrics.scale) / 2))
        self.bottom = 0.0

    def build(self, bottom: float) -> Column:
        scale, letter = self.metrics.scale, self.metrics.letter
        self.bottom = bottom - MARGIN_BELOW * scale
        at_letter = self._next(letter)
        x = self._box(BOX)
        states, bars = self._layers()
        y = None
        if self.structure.output:
            self._next(self._size(_gap(self.metrics)))
            y = self._box(BOX)
        top = self.bottom - MARGIN * scale
        return Column(
            self.structure, self.metrics, self.radius, tuple(states), x, y, tuple(bars),
            at_letter, top, bottom,
        )  # fmt: skip

    def _layers(self) -> tuple[list[Point], list[Box]]:
        states, bars = [], []
        for layer in range(self.structure.layers):
            self._next(self._size(_gap(self.metrics)))
            states.append(Point(-self.offset, self._next(2 * self.radius)))
            if self.structure.directions == 2:
                self._next(self._size(_row_gap(self.metrics)))
                states.append(Point(self.offset, self._next(2 * self.radius)))
                if self.structure.output or layer < self.structure.layers - 1:
                    self._next(self._size(BAR_GAP))
                    bars.append(self._box(BAR))
        return states, bars

    def _size(self, sizes: tuple[float, float]) -> float:
        return self.metrics.scale * (sizes[0] + self.share * (sizes[1] - sizes[0]))

    def _next(self, height: float) -> float:
        """Go up by `height`, and return the middle of it, on a whole pixel."""
        self.bottom -= height
        return float(round(self.bottom + height / 2))

    def _box(self, heights: tuple[float, float]) -> Box:
        height = self._size(heights)
        half = max(self.offset + 8 * self.metrics.scale, 0.85 * self._size(BOX))
        return Box(0.0, self._next(height), half, height / 2)
