"""Peak memory of a run beyond the idle program, over the size of its inputs and hidden states."""

from __future__ import annotations

from benchmarks.effort import Effort
from benchmarks.memory_child import can_measure
from benchmarks.pairs import Limit, Pairs, Row
from benchmarks.processes import answer

LIMIT = Limit(1.15)
INPUTS, RUNS = 8, 5
LARGE, SMALL = (1_024, 100_000), (256, 20_000)
BYTES_A_NUMBER = 4


def measure(effort: Effort) -> list[Row]:
    """Return a row for each size; the large one only in a thorough run."""
    cases = (SMALL,) if effort.quick else (SMALL, LARGE)
    return [_memory(*case, effort.pairs(RUNS)) for case in cases]


def _memory(hidden: int, length: int, runs: int) -> Row:
    what = f"peak memory of a run, {hidden:,} units x {length:,}, over its numbers"
    limit = LIMIT if (hidden, length) == LARGE else None
    if not can_measure():
        return Row(what, (), limit, note="a process's peak can be read and reset on Linux only")
    size = BYTES_A_NUMBER * (length * INPUTS + (length + 1) * hidden)
    arguments = (str(hidden), str(length), str(INPUTS))
    peaks = tuple(float(answer("benchmarks.memory_child", *arguments)) for _ in range(runs))
    pairs = Pairs(peaks, (float(size),) * runs)
    note = f"{max(peaks) / 2**20:,.0f} MiB at most / {size / 2**20:,.0f} MiB"
    return Row(what, pairs.ratios, limit, note=note)
