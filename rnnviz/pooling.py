"""Several entries become one: the one of largest magnitude, so that no spike is lost.

Its sign is kept. What is not finite wins, and of two of one magnitude the positive one.
"""

import numpy as np
from numpy.typing import NDArray

_LONG = 64  # from so many entries in a run on a loop over them gains nothing
POOL = 16
"""Rows in a pool of the record's first level; so many of those are in one of the second."""


def pool(
    values: NDArray[np.floating], starts: NDArray[np.int64], axis: int
) -> NDArray[np.floating]:
    """Return the entry of largest magnitude of each run of entries.

    Parameters
    ----------
    values : numpy.ndarray
        Floating point.
    starts : numpy.ndarray
        Where each run starts along `axis`, ascending from 0.
    axis : int
        The direction of the runs.
    """
    high = np.maximum.reduceat(values, starts, axis=axis)
    return _larger(high, np.minimum.reduceat(values, starts, axis=axis))


def pool_table(
    values: NDArray[np.floating],
    rows: NDArray[np.int64] | None,
    columns: NDArray[np.int64] | None,
) -> NDArray[np.floating]:
    """Return the entry of largest magnitude of each block of a table.

    Parameters
    ----------
    values : numpy.ndarray
        Floating point, (rows, columns).
    rows, columns : numpy.ndarray or None
        Where each block starts in either direction, ascending from 0; None: blocks of one.
    """
    if rows is None and columns is None:
        return values
    high = low = values
    for axis, starts in enumerate((rows, columns)):
        if starts is not None:
            high = _reduced(np.maximum, high, starts, axis)
            low = _reduced(np.minimum, low, starts, axis)
    return _larger(high, low)


def _reduced(
    larger: np.ufunc, values: NDArray[np.floating], starts: NDArray[np.int64], axis: int
) -> NDArray[np.floating]:
    """Return ``larger.reduceat``, several times as fast where all runs are short and of one length.

    As those of weights are.
    """
    count, runs = values.shape[axis], len(starts)
    size = count // runs
    even = size * runs == count and (starts == np.arange(0, count, size)).all()
    if not even or size > _LONG:
        return larger.reduceat(values, starts, axis=axis)
    along = values if axis == 0 else values.T
    reduced = along[0::size].copy()
    for place in range(1, size):
        larger(reduced, along[place::size], out=reduced)
    return reduced if axis == 0 else reduced.T


def pool_rows(values: NDArray[np.floating], size: int = POOL) -> NDArray[np.floating]:
    """Return the entry of largest magnitude of every `size` rows; `pool`, but much faster.

    Parameters
    ----------
    values : numpy.ndarray
        Floating point, (n * size, ...).

    Returns
    -------
    numpy.ndarray
        (n, ...)
    """
    runs = values.reshape(len(values) // size, size, *values.shape[1:])
    return _larger(runs.max(axis=1), runs.min(axis=1))


def _larger(high: NDArray[np.floating], low: NDArray[np.floating]) -> NDArray[np.floating]:
    """Return `high`, in which `low` has been put where its magnitude is larger."""
    with np.errstate(invalid="ignore"):
        np.copyto(high, low, where=high < -low)  # a NaN is in both
    return high
