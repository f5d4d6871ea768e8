"""An array that grows by steps, in blocks, and is never copied whole."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import DTypeLike, NDArray

BLOCK_ROWS = 1024
"""Rows a block. Doubling would stall, stacking would need twice the memory."""


class GrowingArray:
    """Rows appended at the end, kept in blocks of `BLOCK_ROWS`.

    One thread may append while others read the rows that `len` counts: the count grows last.

    Parameters
    ----------
    row_shape : tuple of int
        The shape of one row.
    dtype : numpy dtype
    """

    def __init__(self, row_shape: tuple[int, ...], dtype: DTypeLike) -> None:
        self.row_shape = row_shape
        self.dtype = np.dtype(dtype)
        self._blocks: list[NDArray] = []
        self._count = 0

    def __len__(self) -> int:
        return self._count

    def append(self, rows: NDArray) -> None:
        """Copy `rows`, (n, *row_shape), behind the last one."""
        done = 0
        while done < len(rows):
            within = (self._count + done) % BLOCK_ROWS
            if within == 0:
                self._blocks.append(np.empty((BLOCK_ROWS, *self.row_shape), self.dtype))
            room = min(BLOCK_ROWS - within, len(rows) - done)
            self._blocks[-1][within : within + room] = rows[done : done + room]
            done += room
        self._count += len(rows)

    def read(self, first: int, last: int) -> NDArray:
        """Return rows ``first`` to ``last - 1``, read-only; a view if one block holds them all."""
        first_block, last_block = first // BLOCK_ROWS, (last - 1) // BLOCK_ROWS
        if last <= first:
            return np.empty((0, *self.row_shape), self.dtype)
        parts = []
        for number in range(first_block, last_block + 1):
            start = number * BLOCK_ROWS
            part = self._blocks[number][max(first - start, 0) : last - start]
            parts.append(part)
        rows = parts[0] if len(parts) == 1 else np.concatenate(parts)
        rows.flags.writeable = False
        return rows


class ArrayView:
    """The first `length` rows of a `GrowingArray`, array-like and read-only.

    Slices read what they need and give numpy arrays; ``numpy.asarray(view)`` reads all.
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
            wanted = range(self._length)[time]
            return self._read(wanted)[(slice(None), *rest)]
        return np.asarray(self)[key]

    def __array__(self, dtype: DTypeLike | None = None, copy: bool | None = None) -> NDArray:
        if copy is False and (self._length > BLOCK_ROWS or dtype not in (None, self.dtype)):
            raise ValueError("The record lies in blocks: an array of all of it is a copy.")
        whole = self._rows.read(0, self._length)
        return np.array(whole, dtype) if copy else whole.astype(dtype or self.dtype, copy=False)

    def __dlpack__(self, **options: Any) -> Any:
        # torch.as_tensor would else go through the rows one by one.
        return self._rows.read(0, self._length).copy().__dlpack__(**options)

    def __dlpack_device__(self) -> tuple[int, int]:
        return np.empty(0).__dlpack_device__()

    def __repr__(self) -> str:
        return f"<ArrayView shape={self.shape} dtype={self.dtype}>"

    def _read(self, wanted: range) -> NDArray:
        if not wanted:
            return self._rows.read(0, 0)
        low, high = min(wanted[0], wanted[-1]), max(wanted[0], wanted[-1])
        rows = self._rows.read(low, high + 1)
        if wanted.step > 0:
            return rows[:: wanted.step]
        return rows[::-1][:: -wanted.step]
