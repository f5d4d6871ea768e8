"""A training step while it is recorded, over the same step alone."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

import torch
from torch import nn

import rnnviz
from benchmarks.effort import Effort
from benchmarks.pairs import Limit, Pairs, Row, alternate, ratio_row, timed

INPUTS, HIDDEN, BATCH, LENGTH = 64, 256, 32, 100
LIMITS = {100: Limit(1.05), 1: Limit(1.25)}
STEPS, PAIRS = {100: 200, 1: 100}, 15
"""Steps a measurement. What opening and closing the recording takes is in them."""


def measure(effort: Effort) -> list[Row]:
    """Return a row for a record every 100 steps, and for one at each.

    torch computes by one thread, which leaves a core to write, and by as many as it takes itself.
    """
    threads = sorted({1, torch.get_num_threads()})
    return [
        _row(every, limit, count, effort.pairs(PAIRS))
        for every, limit in LIMITS.items()
        for count in threads
    ]


def _row(every: int, limit: Limit, threads: int, pairs: int) -> Row:
    torch.set_num_threads(threads)
    training = Training()
    of = f"{threads} of {os.cpu_count()} cores"
    what = f"a training step recorded at every={every}, over the step alone, {of}"
    return ratio_row(what, _compare(training, every, pairs), limit)


def _compare(training: Training, every: int, pairs: int) -> Pairs:
    steps = STEPS[every]

    def recorded() -> float:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "run.zarr"
            return timed(lambda: training.recorded(path, every, steps)) / steps

    return alternate(recorded, lambda: timed(lambda: training.train(steps)) / steps, pairs)


class Training:
    """nn.RNN on batches of noise, with plain gradient descent."""

    def __init__(self) -> None:
        torch.manual_seed(0)
        self._rnn = nn.RNN(INPUTS, HIDDEN)
        self._optimiser = torch.optim.SGD(self._rnn.parameters(), lr=0.01)
        self._inputs = torch.randn(LENGTH, BATCH, INPUTS)

    def train(self, steps: int) -> None:
        """Train for so many steps."""
        for _ in range(steps):
            self._optimiser.zero_grad()
            self._rnn(self._inputs)[0].square().mean().backward()
            self._optimiser.step()

    def recorded(self, path: Path, every: int, steps: int) -> None:
        """Do the same while it is recorded, until all of it is written."""
        with rnnviz.record(self._rnn, path, every=every) as recorder:
            self.train(steps)
        if recorder.left_out:
            raise RuntimeError(f"{recorder.left_out} records were left out: the disk is too slow.")
