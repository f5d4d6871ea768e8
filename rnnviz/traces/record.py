"""An array that grows by steps, in blocks, and is never copied whole."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
from numpy.typing import DTypeLike, NDArray

BLOCK_ROWS = 1024
"""Rows a block, at most. Doubling would stall, stacking would need twice the memory."""
BLOCK_BYTES = 64 * 2**20
"""Bytes a block, at most, but for a single row."""
SLICE_BYTES = 4 * 2**20
"""So much of the rows is looked at at once, or a single row."""

Allocate = Callable[[tuple[int, ...], np.dtype], NDArray]
"""Makes room for an array of a shape and dtype; its numbers need not be set."""


class GrowingArray:
    """Rows appended at the end, kept in blocks that stay where they are.

    One thread may append while others read the rows that `len` counts: the count grows last.

    Parameters
    ----------
    row_shape : tuple of int
        The shape of one row.
    dtype : numpy dtype
    rows : int, optional
        How many rows there will be at most, so that no room is made for others.
    allocate : callable, optional
        Where the blocks come from; memory if left out.
    """

    def __init__(
        self,
        row_shape: tuple[int, ...],
        dtype: DTypeLike,
        rows: int | None = None,
        allocate: Allocate = np.empty,
    ) -> None:
        self.row_shape = row_shape
        self.dtype = np.dtype(dtype)
        self._rows = rows
        self._allocate = allocate
        self.block_rows = rows_a_block(math.prod(row_shape) * self.dtype.itemsize)
        self._blocks: list[NDArray] = []
        self._count = 0

    def __len__(self) -> int:
        return self._count

    def append(self, rows: NDArray) -> None:
        """Copy `rows`, (n, *row_shape), behind the last one; all of them or, on an error, none.

        Raises
        ------
        ValueError
            If they are of another shape, or more than there is room for.
        """
        self._check(rows)
        done = 0
        while done < len(rows):
            number, within = divmod(self._count + done, self.block_rows)
            if number == len(self._blocks):
                self._blocks.append(self._new_block())
            block = self._blocks[number]
            room = min(len(block) - within, len(rows) - done)
            block[within : within + room] = rows[done : done + room]
            done += room
        self._count += len(rows)

    def cut(self, count: int) -> None:
        """Forget the rows from `count` on."""
        self._count = min(self._count, count)

    def read(self, first: int, last: int) -> NDArray:
        """Return rows ``first`` to ``last - 1``, read-only; a view if one block holds them all."""
        if last <= first:
            return np.empty((0, *self.row_shape), self.dtype)
        size = self.block_rows
        parts = []
        for number in range(first // size, (last - 1) // size + 1):
            start = number * size
            parts.append(self._blocks[number][max(first - start, 0) : last - start])
        rows = parts[0] if len(parts) == 1 else np.concatenate(parts)
        rows.flags.writeable = False
        return rows

    def _check(self, rows: NDArray) -> None:
        if rows.shape[1:] != self.row_shape:
            raise ValueError(f"Rows of the shape {rows.shape[1:]} are not {self.row_shape}.")
        if not np.can_cast(rows.dtype, self.dtype):
            raise ValueError(f"Numbers of {rows.dtype} would lose digits as {self.dtype}.")
        if self._rows is not None and self._count + len(rows) > self._rows:
            raise ValueError(f"There is room for {self._rows} rows.")

    def _new_block(self) -> NDArray:
        size = self.block_rows
        if self._rows is not None:
            size = min(size, self._rows - len(self._blocks) * size)
        return self._allocate((size, *self.row_shape), self.dtype)


def rows_a_block(row_bytes: int) -> int:
    """Return how many rows of `row_bytes` each a block has."""
    return max(1, min(BLOCK_ROWS, BLOCK_BYTES // max(1, row_bytes)))


def rows_a_slice(row_bytes: int) -> int:
    """Return how many rows of `row_bytes` each are looked at at once."""
    return max(1, SLICE_BYTES // max(1, row_bytes))


class ArrayView:
    """The first `length` rows of a `GrowingArray`, array-like and read-only.

    Slices read what they need, block by block, and give numpy arrays; so do integers and slices
    behind them. ``numpy.asarray(view)`` and arrays of indices read all rows.
    """

    def __init__(self, rows: GrowingArray, length: int) -> None:
        self._rows = rows
        self._length = length

    @property
    def shape(self) -> tuple[int, ...]:
        """The shape, time first."""
        return (self._length, *self._rows.row_shape)

    @property
    def dtype(self) -> np.dtype:
        """The numpy dtype."""
        return self._rows.dtype

    @property
    def ndim(self) -> int:
        """The number of axes."""
        return len(self.shape)

    def __len__(self) -> int:
        return self._length

    def __iter__(self) -> Iterator[NDArray]:
        return (self[row] for row in range(self._length))

    def __getitem__(self, key: Any) -> Any:
        key = key if isinstance(key, tuple) else (key,)
        time, rest = (key[0], key[1:]) if key else (slice(None), ())
        if isinstance(time, (int, np.integer)) and not isinstance(time, bool):
            row = range(self._length)[int(time)]  # an IndexError like any sequence's
            return self._rows.read(row, row + 1)[(0, *rest)]
        if isinstance(time, slice):
            return self._read(range(self._length)[time], rest)
        return np.asarray(self)[key]

    def __array__(self, dtype: DTypeLike | None = None, copy: bool | None = None) -> NDArray:
        whole = self._length <= self._rows.block_rows
        if copy is False and not (whole and dtype in (None, self.dtype)):
            raise ValueError("The record lies in blocks: an array of all of it is a copy.")
        rows = self._rows.read(0, self._length)
        return np.array(rows, dtype) if copy else rows.astype(dtype or self.dtype, copy=False)

    def __dlpack__(self, **options: Any) -> Any:
        # torch.as_tensor would else go through the rows one by one.
        return self._rows.read(0, self._length).copy().__dlpack__(**options)

    def __dlpack_device__(self) -> tuple[int, int]:
        return np.empty(0).__dlpack_device__()

    def __repr__(self) -> str:
        return f"<ArrayView shape={self.shape} dtype={self.dtype}>"

    def _read(self, wanted: range, rest: tuple[Any, ...]) -> NDArray:
        """Return what `rest` picks of the `wanted` rows, and keep no other rows alive."""
        if not all(_is_basic(key) for key in rest):  # numpy may put the axis of arrays first
            return self._read(wanted, ())[(slice(None), *rest)]
        parts = [self._part(piece)[(slice(None), *rest)] for piece in self._pieces(wanted)]
        rows = parts[0] if len(parts) == 1 else np.concatenate(parts)
        rows.flags.writeable = False
        return rows

    def _part(self, wanted: range) -> NDArray:
        if not wanted:
            return self._rows.read(0, 0)
        low, high = sorted((wanted[0], wanted[-1]))
        return self._rows.read(low, high + 1)[:: wanted.step]

    def _pieces(self, wanted: range) -> Iterator[range]:
        """Cut a range of rows where blocks end; an empty one is one piece."""
        size, begin = self._rows.block_rows, 0
        while begin < len(wanted) or begin == 0:
            first = wanted[begin] if wanted else 0
            within = first % size if wanted.step < 0 else size - 1 - first % size
            end = begin + 1 + within // abs(wanted.step)
            yield wanted[begin:end]
            begin = end


def _is_basic(key: Any) -> bool:
    """Return whether numpy answers a key with a view, its axes in their order."""
    whole = isinstance(key, (int, np.integer)) and not isinstance(key, bool)
    return whole or key is None or key is Ellipsis or isinstance(key, slice)
