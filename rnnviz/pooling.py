"""Several entries become one: the one of largest magnitude, so that no spike is lost.

Its sign is kept. What is not finite wins, and of two of one magnitude the positive one.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

_LONG = 64  # from so many entries in a run on a loop over them gains nothing
POOL = 16
"""Rows in a pool of the record's first level; so many of those are in one of the second."""


@dataclass(frozen=True, eq=False)
class Runs:
    """Neighbouring entries that become one each.

    Attributes
    ----------
    starts : numpy.ndarray
        Where each run starts, ascending from 0.
    size : int
        The length of all runs; 0 where they differ.
    """

    starts: NDArray[np.int64]
    size: int

    @classmethod
    def of(cls, places: NDArray[np.int64]) -> "Runs":
        """Return the runs of equal places."""
        if len(places) < 2:
            return cls(np.zeros(len(places), np.int64), 1)
        starts = np.concatenate([[0], np.flatnonzero(np.diff(places)) + 1])
        size = len(places) // len(starts)
        even = size * len(starts) == len(places) and (np.diff(starts) == size).all()
        return cls(starts, size if even else 0)


def pool_table(
    values: NDArray[np.floating], rows: Runs | None, columns: Runs | None
) -> NDArray[np.floating]:
    """Return the entry of largest magnitude of each block of a table.

    Parameters
    ----------
    values : numpy.ndarray
        Floating point, (rows, columns).
    rows, columns : Runs or None
        The blocks' sides in either direction; None: blocks of one.

    Returns
    -------
    numpy.ndarray
        `values` itself where all blocks are of one.
    """
    high = low = values
    for axis, runs in enumerate((rows, columns)):
        if runs is not None and runs.size != 1:
            high = _reduced(np.maximum, high, runs, axis)
            low = _reduced(np.minimum, low, runs, axis)
    return values if high is values else _larger(high, low)


def larger(one: NDArray[np.floating], other: NDArray[np.floating]) -> NDArray[np.floating]:
    """Return, entry by entry, the one of larger magnitude."""
    return _larger(np.maximum(one, other), np.minimum(one, other))


def _reduced(
    extreme: np.ufunc, values: NDArray[np.floating], runs: Runs, axis: int
) -> NDArray[np.floating]:
    """Return the extreme of each run; much faster where short ones are of one length.

    As those of weights are.
    """
    if not 0 < runs.size <= _LONG:
        return extreme.reduceat(values, runs.starts, axis=axis)
    along = values if axis == 0 else values.T
    reduced = along[0 :: runs.size].copy()
    for place in range(1, runs.size):
        extreme(reduced, along[place :: runs.size], out=reduced)
    return reduced if axis == 0 else reduced.T


def pool_rows(values: NDArray[np.floating], size: int = POOL) -> NDArray[np.floating]:
    """Return the entry of largest magnitude of every `size` rows.

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
