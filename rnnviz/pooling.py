"""Several entries become one: the one of largest magnitude, so that no spike is lost.

Its sign is kept. What is not finite wins, and of several of one magnitude the first: the states of
a network that saturates are all 1 or -1, and neither may hide the other.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

_NARROW = 8  # a table of fewer columns is one of them, or some
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
    lengths : numpy.ndarray
    size : int
        The length of all runs, though the last may be shorter; 0 where they differ.
    """

    starts: NDArray[np.int64]
    lengths: NDArray[np.int64]
    size: int

    @classmethod
    def of(cls, places: NDArray[np.int64]) -> "Runs":
        """Return the runs of equal places."""
        if len(places) < 2:
            return cls(np.zeros(len(places), np.int64), np.ones(len(places), np.int64), 1)
        starts = np.concatenate([[0], np.flatnonzero(np.diff(places)) + 1])
        lengths = np.diff(starts, append=len(places))
        even = (lengths[:-1] == lengths[0]).all() and lengths[-1] <= lengths[0]
        return cls(starts, lengths, int(lengths[0]) if even else 0)

    @cached_property
    def longest(self) -> int:
        """The length of the longest run."""
        return self.size or int(self.lengths.max())

    @cached_property
    def _by_place(self) -> list[NDArray[np.int64]]:
        return [np.flatnonzero(self.lengths > place) for place in range(self.longest)]

    def reaching(self, place: int) -> NDArray[np.int64]:
        """Return which runs have an entry at this place."""
        return self._by_place[place]

    def where(self, place: int, axis: int) -> tuple:
        """Return the index of these runs in an array that they lie along `axis` of."""
        return (slice(None),) * axis + (self.reaching(place),)


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
    if rows is None and columns is None:
        return values
    high = low = values
    sides = [(axis, runs) for axis, runs in enumerate((rows, columns)) if runs and runs.size != 1]
    for axis, runs in sides:
        high = _reduced(np.maximum, high, runs, axis)
        low = _reduced(np.minimum, low, runs, axis)
    if not sides:
        return values
    pooled, tied = _larger(high, low)
    if tied is not None:
        first = values
        for axis, runs in sides:
            first = _firsts(first, runs, axis)
        np.copyto(pooled, first, where=tied)
    return pooled


def larger(one: NDArray[np.floating], other: NDArray[np.floating]) -> NDArray[np.floating]:
    """Return, entry by entry, the one of larger magnitude; `one` of two that are alike."""
    beaten = ~(np.abs(other) <= np.abs(one)) & ~np.isnan(one)
    return np.where(beaten, other, one)


def _reduced(
    extreme: np.ufunc, values: NDArray[np.floating], runs: Runs, axis: int
) -> NDArray[np.floating]:
    """Return the extreme of each run.

    ``reduceat`` alone would do; where runs are short, as those of weights are, it takes 10 to 50
    times as long as going through the first entries of all runs, then the second ones, and so on.
    """
    narrow = values.shape[1 - axis] < _NARROW and not runs.size
    if narrow or runs.longest > _LONG:
        return extreme.reduceat(values, runs.starts, axis=axis)
    reduced = _entries(values, runs, 0, axis)
    for place in range(1, runs.longest):
        part = _entries(values, runs, place, axis)
        if part.shape == reduced.shape:
            reduced = extreme(reduced, part)
        else:
            where = runs.where(place, axis)
            reduced = reduced.copy() if place == 1 else reduced  # it may still be the values' own
            reduced[where] = extreme(reduced[where], part)
    return reduced


def _firsts(values: NDArray[np.floating], runs: Runs, axis: int) -> NDArray[np.floating]:
    """Return the first of the largest magnitude of each run."""
    reduced = _entries(values, runs, 0, axis).copy()
    for place in range(1, runs.longest):
        where = runs.where(place, axis)
        reduced[where] = larger(reduced[where], _entries(values, runs, place, axis))
    return reduced


def _entries(
    values: NDArray[np.floating], runs: Runs, place: int, axis: int
) -> NDArray[np.floating]:
    """Return the entries at this place of all runs that are long enough to have one."""
    if runs.size:
        every = slice(place, None, runs.size)
        return values[every] if axis == 0 else values[:, every]
    return values.take(runs.starts[runs.reaching(place)] + place, axis=axis)


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
    pooled, tied = _larger(runs.max(axis=1), runs.min(axis=1))
    if tied is not None:
        first = np.abs(runs).argmax(axis=1, keepdims=True)
        np.copyto(pooled, np.take_along_axis(runs, first, axis=1)[:, 0], where=tied)
    return pooled


def _larger(
    high: NDArray[np.floating], low: NDArray[np.floating]
) -> tuple[NDArray[np.floating], NDArray[np.bool_] | None]:
    """Return the one of larger magnitude, and where both have the same (None: nowhere)."""
    opposite = -low
    pooled = np.where(high < opposite, low, high)  # a NaN is in both
    tied = high == opposite
    if tied.any():
        tied &= high > 0  # of zeros it does not matter which is seen
    return pooled, tied if tied.any() else None
