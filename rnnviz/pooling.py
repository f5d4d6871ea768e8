"""Several entries become one: the one of largest magnitude, so that no spike is lost.

Its sign is kept. What is not finite wins, and of two of one magnitude the positive one.
"""

import numpy as np
from numpy.typing import NDArray

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
