"""From values to pixels: which squares a pixel shows, and in what colour. Pure numpy.

Squares of at least one pixel cover whole pixels, their edges being the exact edges rounded. Smaller
squares belong to the pixel in which their centre lies, and the one of largest magnitude is shown,
of several alike the first; what is not finite beats everything. So a single spike among 100,000
steps keeps its own colour.
Where very many columns share a pixel and the source has pools of them, a pool belongs to the pixel
in which its centre lies: a spike stands less than a pixel from its place, and a long record is
drawn without being read.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rnnviz.colour_map import Colouring as Colouring
from rnnviz.pooling import POOL, Runs, larger, pool_table
from rnnviz.widgets.grid import Axis, Grid, Shared, pixels_of, shared_pixels
from rnnviz.widgets.source import SLICE, Floats, Source

Pixels = NDArray[np.uint32]


def peak(values: Floats) -> tuple[int, int]:
    """Return the place of the value that a pixel shared by all of `values` (2-d) would show."""
    magnitude = np.where(np.isfinite(values), np.abs(values), np.inf)
    column, row = np.unravel_index(int(np.argmax(magnitude.T)), values.T.shape)
    return int(row), int(column)


@dataclass(frozen=True, eq=False)
class Band:
    """Some rows of a table, and the pixels that they cover.

    Attributes
    ----------
    rows : slice
    runs : Runs or None
        The rows that share a pixel; None where each has one of its own.
    repeats : numpy.ndarray or None
        Over how many pixels each row reaches; None where they share them.
    pixels : slice
    """

    rows: slice
    runs: Runs | None
    repeats: NDArray[np.int64] | None
    pixels: slice

    @classmethod
    def of(cls, along: Axis, first: int, last: int) -> "Band":
        """Return the band of the rows ``first`` to ``last - 1``, which share no pixel with others.

        What lies outside of the picture is left out.
        """
        top = max(0, along.begin(first))
        if along.pooled:
            runs = Runs.of(along.begins(first, last))
            return cls(slice(first, last), runs, None, slice(top, top + len(runs.starts)))
        repeats = pixels_of(along, (first, last))
        return cls(slice(first, last), None, repeats, slice(top, top + int(repeats.sum())))


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
        self._columns = grid.x.visible(columns)
        first, last = grid.y.visible(rows)
        self._band = Band.of(grid.y, first, last) if first < last else None
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
        if first < last and self._band is not None:
            self._draw(self._band, first, last)
        self.done = max(self.done, shown)

    def redraw_rows(self, first: int, last: int) -> tuple[int, int]:
        """Draw the rows ``first`` to ``last - 1`` again, of a table that is drawn whole.

        Returns
        -------
        low, high : int
            The pixels low to high - 1, from the top, have changed.
        """
        y = self.grid.y
        low, high = max(0, y.begin(first)), min(y.length, y.end(last - 1))
        if low < high and self._columns[0] < self._columns[1]:
            self._tail = None
            self._draw(Band.of(y, *y.cells(low, high, self._source.shape[0])), *self._columns)
        return low, high

    def _draw(self, band: Band, first: int, last: int) -> None:
        if last - first == 1 or (last - first <= SLICE and not self.grid.x.level):
            self._add(band, 0, first, last)
            return
        for level, start, stop in _pieces(first, last, self.grid.x.level):
            self._add(band, level, start, stop)

    def _add(self, band: Band, level: int, first: int, last: int) -> None:
        """Draw the columns ``first`` to ``last - 1``, from their pools where `level` is not 0."""
        values, target = self._read(level, first, last)[band.rows], self.pixels[band.pixels]
        if self.grid.x.pooled:
            shared = shared_pixels(self.grid.x, first, last, POOL**level)
            target[:, shared.pixels] = self._coloured(self._pool(values, band, shared), band)
        else:
            colours = self._coloured(pool_table(values, band.runs, None), band)
            left, right = max(0, self.grid.x.begin(first)), self.grid.x.end(last - 1)
            if last - first > 1:  # a single column fills its width by itself
                colours = colours.repeat(pixels_of(self.grid.x, (first, last)), axis=1)
            target[:, left:right] = colours

    def _read(self, level: int, first: int, last: int) -> Floats:
        if level == 0:
            return self._source.read(first, last)
        size = POOL**level
        return self._source.pooled(level, first // size, last // size)

    def _coloured(self, values: Floats, band: Band) -> Pixels:
        colours = self._colouring(values)
        return colours if band.repeats is None else colours.repeat(band.repeats, axis=0)

    def _pool(self, values: Floats, band: Band, shared: Shared) -> Floats:
        """Return what each of the shared pixel columns shows."""
        pooled = pool_table(values, band.runs, shared.runs)
        if self._tail is not None and self._tail[0] == shared.first:
            pooled = pooled.copy()  # it may be the source's own
            pooled[:, 0] = larger(self._tail[1], pooled[:, 0])
        self._tail = shared.last, pooled[:, -1].copy()
        return pooled


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
