"""One recorded tensor: its rows, what is seen of them from afar, and how large they are."""

from __future__ import annotations

import numpy as np
from numpy.typing import DTypeLike, NDArray

from rnnviz.traces.pools import Pools
from rnnviz.traces.record import Allocate, GrowingArray, rows_a_slice


class RecordedArray(GrowingArray):
    """A growing array with its pools, and with the largest magnitude up to every row.

    Attributes
    ----------
    first_not_finite : int or None
        The first row that holds NaN or infinity.
    """

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
        self.first_not_finite: int | None = None

    def append(self, rows: NDArray) -> None:
        """Copy `rows` behind the last one.

        After an error, `cut` to the rows that were there brings back what was there.
        """
        first = len(self)
        before = self.largest(first)
        super().append(rows)
        self.pools.extend(len(self))
        found, odd = measured(rows)
        self._largest.append(np.maximum.accumulate(np.maximum(found, before)))
        if len(odd) and self.first_not_finite is None:
            self.first_not_finite = first + int(odd[0])

    def cut(self, count: int) -> None:
        super().cut(count)
        self.pools.cut(count)
        self._largest.cut(count)
        if self.first_not_finite is not None and self.first_not_finite >= count:
            self.first_not_finite = None

    def largest(self, count: int) -> float:
        """Return the largest finite magnitude in the first `count` rows, 0 if there is none."""
        return float(self._largest.read(count - 1, count)[0]) if count else 0.0


def magnitudes(rows: NDArray) -> NDArray[np.float64]:
    """Return the largest finite magnitude of each row, 0 if there is none."""
    return measured(rows)[0]


def measured(rows: NDArray) -> tuple[NDArray[np.float64], NDArray[np.intp]]:
    """Look through rows with little memory.

    Returns
    -------
    largest : ndarray
        The largest finite magnitude of each row, 0 if there is none.
    odd : ndarray
        The places of the rows that hold NaN or infinity, ascending.
    """
    flat = rows.reshape(len(rows), int(np.prod(rows.shape[1:])))
    high = flat.max(axis=1, initial=0).astype(np.float64)
    low = flat.min(axis=1, initial=0).astype(np.float64)  # whole numbers may have no negative
    found = np.maximum(high, -low)
    odd = np.flatnonzero(~np.isfinite(found))
    if len(odd):
        found[odd] = _finite_magnitudes(flat[odd])
    return found, odd


def _finite_magnitudes(rows: NDArray) -> NDArray[np.floating]:
    rows[~np.isfinite(rows)] = 0
    return np.abs(rows, out=rows).max(axis=1, initial=0)


def measures_of(rows: NDArray) -> tuple[float, int | None]:
    """Look through all rows, slice by slice.

    Returns
    -------
    largest : float
        The largest finite magnitude, 0 if there is none.
    first_not_finite : int or None
        The first row that holds NaN or infinity.
    """
    largest, first_odd = 0.0, None
    at_once = rows_a_slice(rows.nbytes // max(1, len(rows)))
    for first in range(0, len(rows), at_once):
        found, odd = measured(rows[first : first + at_once])
        largest = max(largest, float(found.max()))
        if len(odd) and first_odd is None:
            first_odd = first + int(odd[0])
    return largest, first_odd
