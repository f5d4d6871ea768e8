"""What of a record is seen from afar: the largest of every 16 and of every 256 rows."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import DTypeLike, NDArray

from rnnviz.pooling import POOL, pool_rows
from rnnviz.traces.record import Allocate, GrowingArray, rows_a_slice

LEVELS = (1, 2)


class Pools:
    """The entries of largest magnitude of every `POOL` rows, and of every `POOL` of these.

    Only whole pools exist. They are made when `extend` is called.

    Parameters
    ----------
    read : callable
        (first, last) → rows ``first`` to ``last - 1``.
    row_shape : tuple of int
    dtype : numpy dtype
    rows : int, optional
        How many rows there will be at most.
    allocate : callable, optional
        Where their memory comes from.
    """

    def __init__(
        self,
        read: Callable[[int, int], NDArray],
        row_shape: tuple[int, ...],
        dtype: DTypeLike,
        rows: int | None = None,
        allocate: Allocate = np.empty,
    ) -> None:
        counts = [None if rows is None else rows // POOL**level for level in LEVELS]
        self._levels = [GrowingArray(row_shape, dtype, count, allocate) for count in counts]
        self._read = read

    def extend(self, rows: int) -> None:
        """Make the pools that lie within the first `rows` rows."""
        read, count = self._read, rows
        for level in self._levels:
            count //= POOL
            _fill(level, read, count)
            read = level.read

    def cut(self, rows: int) -> None:
        """Forget the pools that do not lie within the first `rows` rows."""
        for level, pools in zip(LEVELS, self._levels, strict=True):
            pools.cut(rows // POOL**level)

    def read(self, level: int, first: int, last: int) -> NDArray:
        """Return pools ``first`` to ``last - 1`` of a level, 1 or 2, read-only."""
        return self._levels[LEVELS.index(level)].read(first, last)


def _fill(pools: GrowingArray, read: Callable[[int, int], NDArray], count: int) -> None:
    row_bytes = int(np.prod(pools.row_shape)) * pools.dtype.itemsize
    at_once = rows_a_slice(POOL * row_bytes)
    while len(pools) < count:
        first, last = len(pools), min(len(pools) + at_once, count)
        pools.append(pool_rows(read(first * POOL, last * POOL)))
