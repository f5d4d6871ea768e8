"""From values to pixels: which squares a pixel shows, and in what colour. Pure numpy.

Squares of at least one pixel cover whole pixels, their edges being the exact edges rounded. Smaller
squares belong to the pixel in which their centre lies, and the one of largest magnitude is shown;
what is not finite beats everything. So a single spike among 100,000 steps keeps its own colour.
"""

from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from math import floor
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
Pixels = NDArray[np.uint32]

SLICE = 4096
"""So many columns at most are read from a source at once."""


_NUDGE = 1e-6  # edges halfway between two pixels go one way, whatever the noise in their digits


class Source(Protocol):
    """What a heatmap draws: a table of known size, read by columns."""

    @property
    def shape(self) -> tuple[int, int]:
        """(rows, columns), all columns counted, shown or not."""
        ...

    def read(self, first: int, last: int) -> Floats:
        """Return columns ``first`` to ``last - 1`` as float32 (rows, last - first)."""
        ...


class ArraySource:
    """A source that holds a copy of an array.

    Parameters
    ----------
    values : array_like
        Numbers, (rows, columns). ValueError for any other number of dimensions.
    """

    def __init__(self, values: object) -> None:
        self._values = np.array(values, dtype=np.float32)
        if self._values.ndim != 2:
            raise ValueError(
                f"A heatmap draws (rows, columns), not the shape {self._values.shape}."
            )

    @property
    def shape(self) -> tuple[int, int]:
        rows, columns = self._values.shape
        return rows, columns

    def read(self, first: int, last: int) -> Floats:
        return self._values[:, first:last]


@dataclass(frozen=True)
class Axis:
    """One direction of a picture: where its cells (rows or columns) lie on the pixels.

    Attributes
    ----------
    start : float
        The exact place of cell 0's near edge, in pixels; may lie outside of the picture.
    size : float
        The exact size of a cell, in pixels.
    length : int
        So many pixels has the picture in this direction.
    """

    start: float
    size: float
    length: int

    @property
    def pooled(self) -> bool:
        """Whether cells are smaller than pixels, so that several may share one."""
        return self.size < 1

    def begin(self, cell: int) -> int:
        """Return the first pixel of a cell."""
        if self.pooled:
            return floor(self.start + self.size * (cell + 0.5) + _NUDGE)
        return floor(self.start + self.size * cell + 0.5 + _NUDGE)

    def end(self, cell: int) -> int:
        """Return the pixel after a cell's last one."""
        return self.begin(cell) + 1 if self.pooled else self.begin(cell + 1)

    def begins(self, first: int, last: int) -> NDArray[np.int64]:
        """Return `begin` of the cells ``first`` to ``last - 1``."""
        cells = np.arange(first, last, dtype=np.float64)
        if self.pooled:
            return np.floor(self.start + self.size * (cells + 0.5) + _NUDGE).astype(np.int64)
        return np.floor(self.start + self.size * cells + 0.5 + _NUDGE).astype(np.int64)

    def cells(self, low: int, high: int, count: int) -> tuple[int, int]:
        """Return the cells (first, last + 1), of `count`, that touch the pixels low to high - 1."""
        first = bisect_right(range(count), low, key=self.end)
        return first, max(first, bisect_left(range(count), high, key=self.begin))

    def visible(self, count: int) -> tuple[int, int]:
        """Return the cells (first, last + 1), of `count`, that touch the picture."""
        return self.cells(0, self.length, count)


@dataclass(frozen=True)
class Grid:
    """Both directions of a picture."""

    x: Axis
    y: Axis


@dataclass(frozen=True, eq=False)
class Colouring:
    """How a value becomes a colour.

    Attributes
    ----------
    table : numpy.ndarray
        uint32 (257,), ARGB: 256 colours from `low` to `high`, and the one of what is not finite.
    low, high : float
        The values of the first and the last colour; what lies beyond takes these.
    """

    table: Pixels
    low: float
    high: float

    def __call__(self, values: Floats) -> Pixels:
        """Return the colours of `values`, in their shape."""
        finite = np.isfinite(values)
        wide = np.where(finite, values, 0).astype(np.float64)
        place = np.rint((wide - self.low) * (255 / (self.high - self.low))).clip(0, 255)
        return self.table[np.where(finite, place, 256).astype(np.uint16)]


def larger(a: Floats, b: Floats) -> Floats:
    """Return, entry by entry, the one of larger magnitude; what is not finite wins."""
    stacked = np.stack([a, b])
    return pool(stacked, np.zeros(1, np.int64), axis=0)[0]


def pool(values: Floats, starts: NDArray[np.int64], axis: int) -> Floats:
    """Return the entry of largest magnitude, with its sign, of each run of entries.

    Parameters
    ----------
    values : numpy.ndarray
        float32.
    starts : numpy.ndarray
        Where each run starts along `axis`, ascending from 0.
    axis : int
        The direction of the runs.
    """
    with np.errstate(invalid="ignore"):
        high = np.maximum.reduceat(values, starts, axis=axis)  # either carries NaN through
        low = np.minimum.reduceat(values, starts, axis=axis)
        pooled: Floats = np.where(high >= -low, high, low)
    return pooled


def peak(values: Floats) -> tuple[int, int]:
    """Return the place of the value that a pixel shared by all of `values` (2-d) would show."""
    magnitude = np.where(np.isfinite(values), np.abs(values), np.inf)
    row, column = np.unravel_index(int(np.argmax(magnitude)), values.shape)
    return int(row), int(column)


class Raster:
    """The pixels of the visible part of a source, extended column by column.

    Attributes
    ----------
    pixels : numpy.ndarray
        uint32 (height, width), ARGB; 0 where nothing was drawn.
    grid : Grid
    done : int
        The columns before this one are drawn.
    """

    def __init__(self, source: Source, grid: Grid, colouring: Colouring) -> None:
        rows, columns = source.shape
        self.grid = grid
        self.pixels: Pixels = np.zeros((grid.y.length, grid.x.length), np.uint32)
        self.done = 0
        self._source = source
        self._colouring = colouring
        self._rows = grid.y.visible(rows)
        self._columns = grid.x.visible(columns)
        self._tail: tuple[int, Floats] | None = None  # the last pixel column, before colouring

    def extend(self, shown: int) -> None:
        """Draw the columns `done` to `shown` - 1; nothing before them is read again."""
        first, last = max(self.done, self._columns[0]), min(shown, self._columns[1])
        if self._rows[0] < self._rows[1]:
            for start in range(first, last, SLICE):
                self._add(start, min(start + SLICE, last))
        self.done = max(self.done, shown)

    def _add(self, first: int, last: int) -> None:
        values = self._pool_rows(self._source.read(first, last)[slice(*self._rows)])
        places, values = self._pool_columns(values, first, last)
        colours = _stretch(self._colouring(values), self.grid.y, self._rows, axis=0)
        top = max(0, self.grid.y.begin(self._rows[0]))
        target = self.pixels[top : top + colours.shape[0]]
        if places is None:
            left = max(0, self.grid.x.begin(first))
            colours = _stretch(colours, self.grid.x, (first, last), axis=1)
            target[:, left : left + colours.shape[1]] = colours
        else:
            target[:, places] = colours

    def _pool_rows(self, values: Floats) -> Floats:
        if not self.grid.y.pooled:
            return values
        starts, _ = _runs(self.grid.y.begins(*self._rows))
        return pool(values, starts, axis=0)

    def _pool_columns(
        self, values: Floats, first: int, last: int
    ) -> tuple[NDArray[np.int64] | None, Floats]:
        if not self.grid.x.pooled:
            return None, values
        starts, places = _runs(self.grid.x.begins(first, last))
        pooled = pool(values, starts, axis=1)
        if self._tail is not None and self._tail[0] == places[0]:
            pooled[:, 0] = larger(self._tail[1], pooled[:, 0])
        self._tail = int(places[-1]), pooled[:, -1].copy()
        return places, pooled


def _runs(places: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return where each run of equal places starts, and the place of each run."""
    starts = np.concatenate([[0], np.flatnonzero(np.diff(places)) + 1])
    return starts, places[starts]


def _stretch(colours: Pixels, along: Axis, cells: tuple[int, int], *, axis: int) -> Pixels:
    """Repeat each cell's colour over its pixels, those outside of the picture left out."""
    if along.pooled:
        return colours
    edges = along.begins(cells[0], cells[1] + 1).clip(0, along.length)
    return np.repeat(colours, np.diff(edges), axis=axis)
