"""A record seen from afar: as few columns and rows as a picture has pixels."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rnnviz.pooling import POOL, Runs, pool_table
from rnnviz.traces.pools import LEVELS
from rnnviz.traces.record import SLICE_BYTES

Read = Callable[[int, int], NDArray]
"""(first, last) → rows ``first`` to ``last - 1``, (n, units)."""


@dataclass(frozen=True)
class Rows:
    """One sequence of one layer over time, and how it is read.

    Attributes
    ----------
    count : int
        The number of rows, one a step.
    units : int
        The numbers in a row.
    first : int
        The step of row 0: 0 for states, which begin with h_0, 1 for what happens at a step.
    step_bytes : int
        What reading a row costs, with all that lies beside it.
    read : callable
    pooled : callable, optional
        (level, first, last) → pools of ``POOL ** level`` rows, where there are any.
    """

    count: int
    units: int
    first: int
    step_bytes: int
    read: Read
    pooled: Callable[[int, int, int], NDArray] | None = None


def table_of(rows: Rows, slots: int, steps: int, height: int) -> NDArray[np.floating]:
    """Return the table that a picture shows, of what shares a place the largest magnitude.

    Parameters
    ----------
    rows : Rows
    slots : int
        The places for the steps 0 to `steps`, `steps` + 1 at most.
    steps : int
    height : int
        The most rows that the picture has.

    Returns
    -------
    ndarray
        (units or `height`, slots) of floating point. What lies before the first row is zero.
    """
    level = _level(rows, slots, steps)
    size, pools = POOL**level, rows.count // POOL**level if level else 0
    centres = np.concatenate(
        [(np.arange(pools) + 0.5) * size, np.arange(pools * size, rows.count) + 0.5]
    )
    places = ((centres + rows.first) * slots / (steps + 1)).astype(np.int64)

    def read(first: int, last: int) -> NDArray:
        parts = []
        if first < pools:
            assert rows.pooled is not None
            parts.append(rows.pooled(level, first, min(last, pools)))
        if last > pools:
            rest = pools * size - pools
            parts.append(rows.read(max(first, pools) + rest, last + rest))
        return _floating(parts[0] if len(parts) == 1 else np.concatenate(parts))

    return _pooled(read, places, slots, rows, height)


def _pooled(
    read: Read, places: NDArray[np.int64], slots: int, rows: Rows, height: int
) -> NDArray[np.floating]:
    """Go through the columns slice by slice; no slot is cut by the end of a slice."""
    units = np.arange(rows.units)
    shared = Runs.of(units * height // rows.units) if rows.units > height else None
    table = np.zeros((min(rows.units, height), slots))
    starts = np.searchsorted(places, np.arange(slots + 1))
    at_once = max(1, SLICE_BYTES // max(1, rows.step_bytes))
    slot = int(places[0]) if len(places) else slots
    while slot < slots:
        end = max(slot + 1, int(np.searchsorted(starts, starts[slot] + at_once, "right")) - 1)
        first, last = int(starts[slot]), int(starts[end])
        columns = Runs.of(places[first:last])
        table[:, slot:end] = pool_table(read(first, last).T, shared, columns)
        slot = end
    return table


def _level(rows: Rows, slots: int, steps: int) -> int:
    """Return the level of the largest pools that are no wider than a slot; 0: the rows."""
    fits = (level for level in LEVELS if POOL**level * slots <= steps + 1)
    return max(fits, default=0) if rows.pooled is not None else 0


def _floating(values: NDArray) -> NDArray[np.floating]:
    """Return numbers that can be pooled: a student's output may be of whole numbers."""
    return values if values.dtype.kind == "f" else values.astype(np.float64)
