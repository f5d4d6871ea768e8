"""What the timeline's heatmaps read: units x time, straight from a run, never copied whole."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from rnnviz.traces.run import Run


class InputColumns:
    """The inputs of one sequence of the batch; column k is x_{k+1}."""

    def __init__(self, run: Run, sequence: int) -> None:
        self._inputs = run.trace.all_inputs
        self._sequence = sequence
        self.shape = (self._inputs.shape[2], run.length)

    def read(self, first: int, last: int) -> NDArray[np.float32]:
        """Return columns ``first`` to ``last - 1``, (I, n)."""
        return self._inputs[first:last, self._sequence].T


class HiddenColumns:
    """The states of one layer and sequence; column t is h_t, column 0 is h_0."""

    def __init__(self, run: Run, layer: int, sequence: int) -> None:
        self._run, self._layer, self._sequence = run, layer, sequence
        self.shape = (run.network.hidden_size, run.length + 1)

    def read(self, first: int, last: int) -> NDArray[np.float32]:
        """Return columns ``first`` to ``last - 1``, (H, n)."""
        return self._run.sequence("hidden", first, last)[:, self._layer, self._sequence].T


class OutputColumns:
    """The outputs of one sequence; column k is y_{k+1}."""

    def __init__(self, run: Run, sequence: int) -> None:
        self._run, self._sequence = run, sequence
        self.shape = (run.network.output_size or 0, run.length)

    def read(self, first: int, last: int) -> NDArray[np.float32]:
        """Return columns ``first`` to ``last - 1``, (O, n)."""
        return self._run.sequence("output", first, last)[:, self._sequence].T
