"""One recorded tensor: its rows, what is seen of them from afar, and how large they are."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import DTypeLike, NDArray

from rnnviz.traces.pools import Pools
from rnnviz.traces.record import Allocate, GrowingArray, rows_a_slice


class RecordedArray(GrowingArray):
    """A growing array with its pools, and with the largest magnitude up to every row."""

    def __init__(
        self,
        row_shape: tuple[int, ...],
        dtype: DTypeLike,
        rows: int | None = None,
        allocate: Allocate = np.empty,
    ) -> None:
        super().__init__(row_shape, dtype, rows, allocate)
        self.pools = Pools(self.read, row_shape, dtype, rows, allocate)
        self._largest = GrowingArray((), np.float64, rows, allocate)

    def append(self, rows: NDArray) -> None:
        """Copy `rows` behind the last one.

        After an error, `cut` to the rows that were there brings back what was there.
        """
        before = self.largest(len(self))
        super().append(rows)
        self.pools.extend(len(self))
        self._largest.append(np.maximum.accumulate(np.maximum(magnitudes(rows), before)))

    def cut(self, count: int) -> None:
        super().cut(count)
        self.pools.cut(count)
        self._largest.cut(count)

    def largest(self, count: int) -> float:
        """Return the largest finite magnitude in the first `count` rows, 0 if there is none."""
        return float(self._largest.read(count - 1, count)[0]) if count else 0.0


def magnitudes(rows: NDArray) -> NDArray[np.float64]:
    """Return the largest finite magnitude of each row, 0 if there is none, with little memory."""
    flat = rows.reshape(len(rows), int(np.prod(rows.shape[1:])))
    high = flat.max(axis=1, initial=0).astype(np.float64)
    low = flat.min(axis=1, initial=0).astype(np.float64)  # whole numbers may have no negative
    found = np.maximum(high, -low)
    overflown = np.flatnonzero(~np.isfinite(found))
    if len(overflown):
        found[overflown] = _finite_magnitudes(flat[overflown])
    return found


def _finite_magnitudes(rows: NDArray) -> NDArray[np.floating]:
    rows[~np.isfinite(rows)] = 0
    return np.abs(rows, out=rows).max(axis=1, initial=0)


def largest_of(rows: NDArray) -> float:
    """Return the largest finite magnitude of all rows, 0 if there is none, slice by slice."""
    return max((float(magnitudes(part).max()) for part in _slices(rows)), default=0.0)


def _slices(rows: NDArray) -> Iterator[NDArray]:
    at_once = rows_a_slice(rows.nbytes // max(1, len(rows)))
    return (rows[first : first + at_once] for first in range(0, len(rows), at_once))
