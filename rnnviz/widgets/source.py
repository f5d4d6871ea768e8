"""What a heatmap draws: a table of known size that is read by columns, or in pools of them."""

from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from rnnviz.pooling import POOL

Floats = NDArray[np.float32]

SLICE = 4096
"""So many columns, or pools, at most are read from a source at once."""
MOST_COPIED = 4_000_000
"""Tables of more entries are not copied: weights of thousands of units would take twice as much."""
POOLS_A_PIXEL = 2
"""Pools are read instead of columns where a pixel has so many of them."""

_LARGE = 512  # entries; smaller tables are drawn faster than compared
_DEEPEST = 2  # the level of the largest pools


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
    """A source that holds a copy of an array, or a very large one itself.

    Parameters
    ----------
    values : array_like
        Numbers, (rows, columns). ValueError for any other number of dimensions.

    Attributes
    ----------
    values : numpy.ndarray
        float32.
    """

    has_pools = False

    def __init__(self, values: object) -> None:
        given = np.asarray(values, dtype=np.float32)
        self._copied = given.size <= MOST_COPIED
        self.values: Floats = given.copy() if self._copied else given
        if self.values.ndim != 2:
            raise ValueError(f"A heatmap draws (rows, columns), not the shape {self.values.shape}.")

    @property
    def shape(self) -> tuple[int, int]:
        rows, columns = self.values.shape
        return rows, columns

    def read(self, first: int, last: int) -> Floats:
        return self.values[:, first:last]

    def pooled(self, level: int, first: int, last: int) -> Floats:
        raise ValueError("A table that is held whole has no pools.")

    def changed_rows(self, values: Floats) -> tuple[int, int] | None:
        """Return the rows, first and last + 1, in which a table of the same shape differs.

        None where it is small, where most rows differ, or where no copy is there to compare with:
        then it is better drawn anew.
        """
        if not self._copied or values.size < _LARGE:
            return None
        rows = np.flatnonzero((values != self.values).any(axis=1))
        if not len(rows):
            return 0, 0
        first, last = int(rows[0]), int(rows[-1]) + 1
        return (first, last) if last - first <= len(values) // 4 else None


def level_for(source: Source, size: float) -> int:
    """Return the level of the pools that columns of `size` pixels are drawn from; 0: of none."""
    if not source.has_pools:
        return 0
    return next(
        (level for level in range(_DEEPEST, 0, -1) if POOL**level * size * POOLS_A_PIXEL <= 1), 0
    )


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
