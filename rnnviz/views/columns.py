"""What the timeline's heatmaps read: units x time, straight from a run, never copied whole."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from rnnviz.traces.run import Run


class Columns(ABC):
    """One named tensor of a run for one sequence of the batch, a column a row of the record."""

    name: ClassVar[str]
    has_pools = True

    def __init__(self, run: Run, sequence: int, units: int, columns: int) -> None:
        self._run, self._sequence = run, sequence
        self.shape = (units, columns)

    def read(self, first: int, last: int) -> NDArray[np.float32]:
        """Return columns ``first`` to ``last - 1``, (units, n)."""
        return self._of(self._run.sequence(self.name, first, last))

    def pooled(self, level: int, first: int, last: int) -> NDArray[np.float32]:
        """Return the pools ``first`` to ``last - 1`` of a level, (units, n)."""
        return self._of(self._run.pooled(self.name, level, first, last))

    @abstractmethod
    def _of(self, rows: NDArray) -> NDArray[np.float32]:
        """Return what is drawn of rows of the record, (units, n)."""


class InputColumns(Columns):
    """The inputs; column k is x_{k+1}."""

    name = "input"

    def __init__(self, run: Run, sequence: int) -> None:
        super().__init__(run, sequence, run.network.input_size, run.length)

    def read(self, first: int, last: int) -> NDArray[np.float32]:
        """Return columns ``first`` to ``last - 1``, (I, n); all of them exist from the start."""
        return self._of(self._run.trace.all_inputs[first:last])

    def _of(self, rows: NDArray) -> NDArray[np.float32]:
        return rows[:, self._sequence].T


class HiddenColumns(Columns):
    """The states of one layer; column t is h_t, column 0 is h_0."""

    name = "hidden"

    def __init__(self, run: Run, layer: int, sequence: int) -> None:
        super().__init__(run, sequence, run.network.hidden_size, run.length + 1)
        self._layer = layer

    def _of(self, rows: NDArray) -> NDArray[np.float32]:
        return rows[:, self._layer, self._sequence].T


class OutputColumns(Columns):
    """The outputs; column k is y_{k+1}."""

    name = "output"

    def __init__(self, run: Run, sequence: int) -> None:
        super().__init__(run, sequence, run.network.output_size or 0, run.length)

    def _of(self, rows: NDArray) -> NDArray[np.float32]:
        return rows[:, self._sequence].T
