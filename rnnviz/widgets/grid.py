"""Where the squares of a table lie on the pixels of a picture."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property, lru_cache
from math import floor

import numpy as np
from numpy.typing import NDArray

from rnnviz.pooling import POOL, Runs

_NUDGE = 1e-6  # edges halfway between two pixels go one way, whatever the noise in their digits


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


@dataclass(frozen=True)
class Grid:
    """Both directions of a picture."""

    x: Axis
    y: Axis


@lru_cache(maxsize=64)
def pixels_of(along: Axis, cells: tuple[int, int]) -> NDArray[np.int64]:
    """Return over how many pixels of the picture each cell reaches, where cells share none."""
    edges = along.begins(cells[0], cells[1] + 1).clip(0, along.length)
    return np.diff(edges)


@dataclass(frozen=True, eq=False)
class Shared:
    """Which pixels cells share.

    Attributes
    ----------
    runs : Runs
        The cells of each pixel.
    pixels : slice or numpy.ndarray
        The pixels, from the first.
    first, last : int
        The outermost of them.
    """

    runs: Runs
    pixels: slice | NDArray[np.int64]
    first: int
    last: int


@lru_cache(maxsize=64)
def shared_pixels(along: Axis, first: int, last: int, step: int) -> Shared:
    """Return the pixels that the cells ``first``, ``first + step``, … below `last` share."""
    places = along.begins(first, last, step)
    runs = Runs.of(places)
    pixels, low, high = places[runs.starts], int(places[0]), int(places[-1])
    gapless = high - low + 1 == len(pixels)
    return Shared(runs, slice(low, high + 1) if gapless else pixels, low, high)
