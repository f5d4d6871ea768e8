"""How much memory there is, and how much of it a run may take."""

from __future__ import annotations

import ctypes
import os
from dataclasses import dataclass

from rnnviz.limits import LEAST_BUDGET
from rnnviz.pooling import POOL

CHUNK_BYTES = 8 * 2**20
"""A chunk of steps that is computed in one go has no more of a record, but for one block."""
WORKING_COPIES = 3
"""How often torch holds a chunk at most: nn.RNN, for one, lists the steps and stacks them."""
START_STATES = 3
"""The drawn one, zeros, and the last one of the run before."""
BYTES_A_LIMIT = 8


@dataclass(frozen=True)
class MemoryLimits:
    """What a run may take, in bytes.

    Attributes
    ----------
    budget : int
        Weights, record and views together; what would take more is refused.
    in_memory : int
        A larger record goes to a file on the disk.
    """

    budget: int
    in_memory: int

    @classmethod
    def of_this_machine(cls) -> MemoryLimits:
        """Return half of the memory, since a run is made while the one before is still there."""
        budget = max(LEAST_BUDGET, physical_memory() // 2)
        return cls(budget, in_memory=budget // 2)


def physical_memory() -> int:
    """Return the bytes of memory that this machine has; 0 where it cannot be found out."""
    if os.name == "nt":
        return _windows_memory()
    try:
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (ValueError, OSError):  # a system that does not know these names
        return 0


def most_steps(row_bytes: int) -> int:
    """Return how many steps of `row_bytes` each a chunk may have, at least 1."""
    return max(1, CHUNK_BYTES // max(1, row_bytes))


class _MemoryStatus(ctypes.Structure):
    """Windows' MEMORYSTATUSEX."""

    _fields_ = [
        ("length", ctypes.c_uint32),
        ("load", ctypes.c_uint32),
        ("physical", ctypes.c_uint64),
        ("others", ctypes.c_uint64 * 6),
    ]


def _windows_memory() -> int:
    status = _MemoryStatus(length=ctypes.sizeof(_MemoryStatus))
    kernel = getattr(ctypes, "windll").kernel32  # noqa: B009 (it is there on Windows alone)
    kernel.GlobalMemoryStatusEx(ctypes.byref(status))
    return int(status.physical)


@dataclass(frozen=True)
class Sizes:
    """The bytes of one step of each tensor, and how many steps there are.

    Attributes
    ----------
    steps : int
    block_steps : int
        Chunks are multiples of this.
    inputs, hidden, output : int
        Bytes of x_t, of the states of all layers, of y_t; all sequences of the batch together.
    """

    steps: int
    block_steps: int
    inputs: int
    hidden: int
    output: int

    @property
    def record(self) -> int:
        """The bytes of the record: states with h_0, outputs, and what is kept about them."""
        return _kept(self.steps + 1, self.hidden) + _kept(self.steps, self.output)

    @property
    def others(self) -> int:
        """The bytes of inputs and start states, and of what torch makes while it computes."""
        working = WORKING_COPIES * self.largest_chunk * (self.hidden + self.output)
        pools = pooled_rows(self.steps) * self.inputs
        return self.steps * self.inputs + pools + START_STATES * self.hidden + working

    @property
    def largest_chunk(self) -> int:
        """The most steps that are computed in one go, with the largest remainder there can be.

        The real remainder would make longer sequences take less than shorter ones.
        """
        blocks = max(1, most_steps(self.hidden + self.output) // self.block_steps)
        return min(self.steps, (blocks + 1) * self.block_steps - 1)


def pooled_rows(rows: int) -> int:
    """Return how many pools of both levels `rows` rows have."""
    return rows // POOL + rows // POOL**2


def _kept(rows: int, row_bytes: int) -> int:
    """Return the bytes of rows, of their pools, and of the largest number up to each row."""
    if not row_bytes:
        return 0
    return (rows + pooled_rows(rows)) * row_bytes + rows * BYTES_A_LIMIT
