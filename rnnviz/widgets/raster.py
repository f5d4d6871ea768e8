"""From values to pixels: which squares a pixel shows, and in what colour. Pure numpy.

Squares of at least one pixel cover whole pixels, their edges being the exact edges rounded. Smaller
squares belong to the pixel in which their centre lies, and the one of largest magnitude is shown;
what is not finite beats everything. So a single spike among 100,000 steps keeps its own colour.
Where very many columns share a pixel and the source has pools of them, a pool belongs to the pixel
in which its centre lies: a spike stands less than a pixel from its place, and a long record is
drawn without being read.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property, lru_cache
from math import floor
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from rnnviz.pooling import POOL, pool, pool_rows

Floats = NDArray[np.float32]
Pixels = NDArray[np.uint32]

SLICE = 4096
"""So many columns at most are read from a source at once."""
POOLS_A_PIXEL = 2
"""Pools are read instead of columns where a pixel has so many of them."""

_DEEPEST = 2  # the level of the largest pools
_NUDGE = 1e-6  # edges halfway between two pixels go one way, whatever the noise in their digits


class Source(Protocol):
    """What a heatmap draws: a table of known size, read by columns."""

    @property
    def shape(self) -> tuple[int, int]:
        """(rows, columns), all columns counted, shown or not."""
        ...

    @property
    def has_pools(self) -> bool:
        """Whether `pooled` can be called."""
        ...

    def read(self, first: int, last: int) -> Floats:
        """Return columns ``first`` to ``last - 1`` as float32 (rows, last - first)."""
        ...

    def pooled(self, level: int, first: int, last: int) -> Floats:
        """Return the pools ``first`` to ``last - 1`` of ``POOL ** level`` columns each.

        Each entry is the one of largest magnitude of its row and pool. Only pools of columns that
        are shown are asked for.
        """
        ...


class ArraySource:
    """A source that holds a copy of an array.

    Parameters
    ----------
    values : array_like
        Numbers, (rows, columns). ValueError for any other number of dimensions.
    """

    has_pools = False

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

    def pooled(self, level: int, first: int, last: int) -> Floats:
        raise ValueError("A table that is held whole has no pools.")


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
    level : int
        0, or that of the pools whose cells go to one pixel together.
    """

    start: float
    size: float
    length: int
    level: int = 0

    @cached_property
    def pooled(self) -> bool:
        """Whether cells are smaller than pixels, so that several may share one."""
        return self.size < 1

    @cached_property
    def together(self) -> int:
        """So many cells go to one pixel together."""
        return POOL**self.level

    def begin(self, cell: int) -> int:
        """Return the first pixel of a cell."""
        if not self.pooled:
            return floor(self.start + self.size * cell + 0.5 + _NUDGE)
        middle = cell // self.together * self.together + self.together / 2
        return floor(self.start + self.size * middle + _NUDGE)

    def end(self, cell: int) -> int:
        """Return the pixel after a cell's last one."""
        return self.begin(cell) + 1 if self.pooled else self.begin(cell + 1)

    def begins(self, first: int, last: int, step: int = 1) -> NDArray[np.int64]:
        """Return `begin` of the cells ``first``, ``first + step``, … below `last`."""
        cells = np.arange(first, last, step, dtype=np.float64)
        if self.pooled:
            cells = cells // self.together * self.together + self.together / 2
            return np.floor(self.start + self.size * cells + _NUDGE).astype(np.int64)
        return np.floor(self.start + self.size * cells + (0.5 + _NUDGE)).astype(np.int64)

    def cells(self, low: int, high: int, count: int) -> tuple[int, int]:
        """Return the cells (first, last + 1), of `count`, that touch the pixels low to high - 1."""
        first = self._first(low, count, self.end)
        return first, max(first, self._first(high - 1, count, self.begin))

    def _first(self, pixel: int, count: int, edge: Callable[[int], int]) -> int:
        """Return the first cell whose edge lies beyond a pixel; `count` if there is none."""
        guess = min(max(int((pixel - self.start) / self.size), 0), count)
        while guess < count and edge(guess) <= pixel:
            guess += 1
        while guess > 0 and edge(guess - 1) > pixel:
            guess -= 1
        return guess

    def visible(self, count: int) -> tuple[int, int]:
        """Return the cells (first, last + 1), of `count`, that touch the picture."""
        return self.cells(0, self.length, count)


def level_for(source: Source, size: float) -> int:
    """Return the level of the pools that columns of `size` pixels are drawn from; 0: of none."""
    if not source.has_pools:
        return 0
    return next(
        (level for level in range(_DEEPEST, 0, -1) if POOL**level * size * POOLS_A_PIXEL <= 1), 0
    )


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
        if finite.all():
            return self.table.take(self._places(values))
        places = self._places(np.where(finite, values, 0))
        return self.table.take(np.where(finite, places, len(self.table) - 1))

    def _places(self, values: Floats) -> NDArray[np.intp]:
        # Clipped first: the largest numbers would overflow. Python's floats keep float32 as it is.
        within = np.minimum(np.maximum(values, self.low), self.high)
        return np.rint((within - self.low) * (255 / (self.high - self.low))).astype(np.intp)


def peak(values: Floats) -> tuple[int, int]:
    """Return the place of the value that a pixel shared by all of `values` (2-d) would show."""
    magnitude = np.where(np.isfinite(values), np.abs(values), np.inf)
    row, column = np.unravel_index(int(np.argmax(magnitude)), values.shape)
    return int(row), int(column)


def larger(a: Floats, b: Floats) -> Floats:
    """Return, entry by entry, the one of larger magnitude; what is not finite wins."""
    return pool(np.stack([a, b]), np.zeros(1, np.int64), axis=0)[0]


def next_values(source: Source, first: int, last: int) -> tuple[Floats, int]:
    """Read on from column `first`, of pools where there are some; return also where to go on.

    In the values of largest magnitude nothing that is not finite is lost.
    """
    size = POOL**_DEEPEST
    pools = (last - first) // size if source.has_pools and first % size == 0 else 0
    if pools:
        pools = min(pools, SLICE)
        start = first // size
        return source.pooled(_DEEPEST, start, start + pools), first + pools * size
    stop = min(last, first + (size - first % size if source.has_pools else SLICE))
    return source.read(first, stop), stop


class Raster:
    """The pixels of the visible part of a source, extended column by column.

    Attributes
    ----------
    pixels : numpy.ndarray
        uint32 (height, width), ARGB; what lies beyond the columns drawn means nothing.
    grid : Grid
    done : int
        The columns before this one are drawn.
    """

    def __init__(self, source: Source, grid: Grid, colouring: Colouring) -> None:
        rows, columns = source.shape
        self.grid = grid
        self.pixels: Pixels = np.zeros((grid.y.length, grid.x.length), np.uint32)
        self._rows = grid.y.visible(rows)
        self._columns = grid.x.visible(columns)
        self._top = max(0, grid.y.begin(self._rows[0]))
        self._repeats = _repeats(grid.y, self._rows)
        self._height = None if self._repeats is None else int(self._repeats.sum())
        self.restart(source, colouring)

    def restart(self, source: Source, colouring: Colouring) -> None:
        """Draw another source of the same shape, or the same one in other colours."""
        self.done = 0
        self._source = source
        self._colouring = colouring
        self._tail: tuple[int, Floats] | None = None  # the last pixel column, before colouring

    def extend(self, shown: int) -> None:
        """Draw the columns `done` to `shown` - 1; nothing before them is read again."""
        first, last = max(self.done, self._columns[0]), min(shown, self._columns[1])
        if first < last and self._rows[0] < self._rows[1]:
            for level, start, stop in _pieces(first, last, self.grid.x.level):
                self._add(level, start, stop)
        self.done = max(self.done, shown)

    def _add(self, level: int, first: int, last: int) -> None:
        """Draw the columns ``first`` to ``last - 1``, from their pools where `level` is not 0."""
        values = self._pool_rows(self._read(level, first, last)[slice(*self._rows)])
        if self.grid.x.pooled:
            places, values = self._pool_columns(
                values, self.grid.x.begins(first, last, POOL**level)
            )
            self._target(values)[:, places] = self._coloured(values)
        else:
            left, right = max(0, self.grid.x.begin(first)), self.grid.x.end(last - 1)
            self._target(values)[:, left:right] = self._spread(values, first, last)

    def _read(self, level: int, first: int, last: int) -> Floats:
        if level == 0:
            return self._source.read(first, last)
        size = POOL**level
        return self._source.pooled(level, first // size, last // size)

    def _target(self, values: Floats) -> Pixels:
        height = len(values) if self._height is None else self._height
        return self.pixels[self._top : self._top + height]

    def _spread(self, values: Floats, first: int, last: int) -> Pixels:
        """Return the pixels of columns that have at least one pixel each."""
        colours = self._coloured(values)
        if last - first == 1:
            return colours  # assigning it fills the column's width
        return colours.repeat(_repeats(self.grid.x, (first, last)), axis=1)

    def _coloured(self, values: Floats) -> Pixels:
        colours = self._colouring(values)
        return colours if self._repeats is None else colours.repeat(self._repeats, axis=0)

    def _pool_rows(self, values: Floats) -> Floats:
        if not self.grid.y.pooled:
            return values
        starts, _ = _runs(self.grid.y.begins(*self._rows))
        return _pool(values, starts, axis=0)

    def _pool_columns(
        self, values: Floats, places: NDArray[np.int64]
    ) -> tuple[NDArray[np.int64], Floats]:
        starts, places = _runs(places)
        pooled = _pool(values, starts, axis=1)
        if self._tail is not None and self._tail[0] == places[0]:
            pooled[:, 0] = larger(self._tail[1], pooled[:, 0])
        self._tail = int(places[-1]), pooled[:, -1].copy()
        return places, pooled


def _pieces(first: int, last: int, level: int) -> Iterator[tuple[int, int, int]]:
    """Cut ``first`` to ``last - 1`` into (level, first, last): whole pools, and the rest."""
    size = POOL**level
    if level == 0 or last - first < size:
        head = tail = last
    else:
        head, tail = -(-first // size) * size, last // size * size
    for piece_level, start, stop in ((0, first, head), (level, head, tail), (0, tail, last)):
        step = SLICE * POOL**piece_level
        for begin in range(start, stop, step):
            yield piece_level, begin, min(begin + step, stop)


def _pool(values: Floats, starts: NDArray[np.int64], axis: int) -> Floats:
    """Return `pool`, the quick way where all runs are of one length, as weights have them."""
    count = values.shape[axis]
    size = count // len(starts)
    if len(starts) * size != count or (starts != np.arange(0, count, size)).any():
        return pool(values, starts, axis)
    if size == 1:
        return values.copy()
    return pool_rows(values, size) if axis == 0 else pool_rows(values.T, size).T


def _runs(places: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return where each run of equal places starts, and the place of each run."""
    if len(places) == 1:
        return np.zeros(1, np.int64), places
    starts = np.concatenate([[0], np.flatnonzero(np.diff(places)) + 1])
    return starts, places[starts]


@lru_cache(maxsize=64)
def _repeats(along: Axis, cells: tuple[int, int]) -> NDArray[np.int64] | None:
    """Return over how many pixels of the picture each cell reaches; None where cells share them."""
    if along.pooled:
        return None
    edges = along.begins(cells[0], cells[1] + 1).clip(0, along.length)
    return np.diff(edges)
