"""What a recording is made of: names, chunks and what an index row says. No torch, no zarr."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

FORMAT = "rnnviz.recording"
VERSION = 1
BATCH_AXIS = {"inputs": 1, "hidden": 2, "output": 1}
"""The arrays that have a row a step, and where their batch is."""
INDEX_COLUMNS = ("offset", "length", "batch", "step")
ABSENT = -1
"""Fills index rows of records that are not there yet."""
INDEX_CHUNK = 1_024
"""Records a chunk of the index, of the times and of the gradient norms."""
SMALL_CHUNK, LARGE_CHUNK = 2**20, 4 * 2**20
"""Bytes of states: small records share a chunk of the one, large ones are cut into the other."""
WEIGHTS_CHUNK = 2**20


@dataclass(frozen=True)
class Record:
    """One training pass, in float32.

    Attributes
    ----------
    step : int
        How many training passes were before it.
    time : float
        When it began, in seconds since 1970.
    inputs : ndarray
        (T, B, I)
    hidden : ndarray
        (T + 1, L, B, H)
    output : ndarray or None
        (T, B, O)
    weights : mapping of str to ndarray
        As they were when it began.
    gradient_norms : ndarray
        (P,), NaN where there was no gradient.
    """

    step: int
    time: float
    inputs: NDArray
    hidden: NDArray
    output: NDArray | None
    weights: Mapping[str, NDArray]
    gradient_norms: NDArray

    @property
    def rows(self) -> int:
        """How many rows it takes: T + 1."""
        return len(self.hidden)

    @property
    def batch(self) -> int:
        """How many sequences it has."""
        return self.hidden.shape[2]

    @property
    def nbytes(self) -> int:
        """How many bytes its numbers take."""
        others = 0 if self.output is None else self.output.nbytes
        weights = sum(array.nbytes for array in self.weights.values())
        return self.inputs.nbytes + self.hidden.nbytes + others + weights

    @property
    def steps(self) -> dict[str, NDArray]:
        """The arrays that have a row a step, by their name in the group."""
        found = {"inputs": self.inputs, "hidden": self.hidden}
        return found if self.output is None else found | {"output": self.output}


def chunk_rows(rows: int, row_bytes: int) -> int:
    """Return how many rows a chunk has, so that records of `rows` rows fill whole ones.

    Parameters
    ----------
    rows : int
        T + 1 of the first record.
    row_bytes : int
        Of the states.
    """
    size = max(1, rows * row_bytes)
    if size <= SMALL_CHUNK:
        return rows * (SMALL_CHUNK // size)
    return math.ceil(rows / math.ceil(size / LARGE_CHUNK))


def chunk_records(shape: tuple[int, ...]) -> int:
    """Return how many versions of a parameter of `shape` a chunk has."""
    return max(1, WEIGHTS_CHUNK // (4 * max(1, math.prod(shape))))


def joined(parts: list[NDArray], rows: list[int], axis: int) -> NDArray:
    """Put parts behind each other, each at the end of its rows, the rest NaN.

    Parameters
    ----------
    parts : list of ndarray
    rows : list of int
        At least as many as the part has: inputs have one fewer than states.
    axis : int
        That of the batch, which may differ; NaN where a part has fewer sequences.
    """
    if len(parts) == 1 and len(parts[0]) == rows[0]:
        return parts[0]
    shape = list(parts[0].shape)
    shape[0], shape[axis] = sum(rows), max(part.shape[axis] for part in parts)
    whole = np.empty(shape, np.float32)
    if any(part.shape != (size, *shape[1:]) for part, size in zip(parts, rows, strict=True)):
        whole.fill(np.nan)
    for part, end in zip(parts, np.cumsum(rows), strict=True):
        sequences = (slice(None),) * (axis - 1) + (slice(part.shape[axis]),)
        whole[(slice(end - len(part), end), *sequences)] = part
    return whole
