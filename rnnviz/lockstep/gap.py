"""The difference of a run from another one, step by step."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from rnnviz.lockstep.rounding import Rounding
from rnnviz.lockstep.scene import Part
from rnnviz.traces.record import Allocate
from rnnviz.traces.recorded import RecordedArray
from rnnviz.traces.run import Run, as_array
from rnnviz.traces.trace import rows_of


@dataclass(frozen=True)
class Place:
    """Where two runs are furthest apart.

    Attributes
    ----------
    difference : float
        The magnitude; infinite where one of the two is not finite and the other another number.
    step, sequence, unit : int
    """

    difference: float
    step: int
    sequence: int
    unit: int


class Gap:
    """What lies between `other` and `reference`, in the top layer's states or the outputs.

    Parameters
    ----------
    reference, other : Run
        On the same inputs.
    part : {"hidden", "output"}
    from_same_state : bool
        Whether each step is also taken by the other network from the reference's own state.
    allocate : callable

    Attributes
    ----------
    values : RecordedArray
        other - reference, (B, H) or (B, O) a row; rows are numbered as in the record.
    peaks, one_step : ndarray
        The largest magnitude at each step from 0 to T, in the chain and from the same state; NaN
        where not computed yet.
    tolerances : ndarray
        What each step is judged by: what rounding may do to it.
    """

    def __init__(
        self, reference: Run, other: Run, part: Part, *, from_same_state: bool, allocate: Allocate
    ) -> None:
        self.reference, self.other, self.part = reference, other, part
        self.from_same_state = from_same_state
        self.steps = 0
        units = reference.sequence(part, 0, 0).shape[-1]
        shape, rows = (reference.batch_size, units), rows_of(part, reference.length)
        self.values = RecordedArray(shape, np.float32, rows, allocate)
        self.peaks = np.full(reference.length + 1, np.nan)
        self.one_step = np.full(reference.length + 1, np.nan)
        self.tolerances = np.full(reference.length + 1, np.nan)
        self._roundings = [Rounding(run) for run in (reference, other)]
        self._best = np.zeros(reference.length + 1, np.intp)
        self._best_one = np.zeros(reference.length + 1, np.intp)
        self._take_tolerances(0, 1)
        if part == "hidden":
            self._append(0, 1)

    def extend(self, steps: int) -> None:
        """Go on to step `steps`, which both runs have computed."""
        if steps <= self.steps:
            return
        first, last = self.steps + 1, steps + 1
        self._append(self._row(first), self._row(last))
        if self.from_same_state:
            self._take_one_steps(first, last)
        self._take_tolerances(first, last)
        self.steps = steps

    def largest(self, step: int) -> Place:
        """Return the largest difference up to `step`; all zeros before anything is computed."""
        step = min(step, self.steps)
        if step == 0 and self.part == "output":
            return Place(0.0, 0, 0, 0)
        at = int(self._best[step])
        row = _magnitudes(self.values.read(self._row(at), self._row(at) + 1)[0])
        sequence, unit = np.unravel_index(int(row.argmax()), row.shape)
        return Place(float(self.peaks[at]), at, int(sequence), int(unit))

    def largest_one_step(self, step: int) -> tuple[float, int]:
        """Return the largest difference of single steps up to `step`, and at which step it is."""
        step = min(step, self.steps)
        if step == 0:
            return 0.0, 0
        at = int(self._best_one[step])
        return float(self.one_step[at]), at

    def beyond(self, step: int) -> tuple[int, int] | None:
        """Return the first and the last step up to `step` that differ by more than they may."""
        return self._beyond(self.peaks, step)

    def one_step_beyond(self, step: int) -> bool:
        """Return whether a single step up to `step` differs by more than it may."""
        return self._beyond(self.one_step, step) is not None

    def comparable(self, step: int) -> bool:
        """Return whether all numbers up to `step` are finite, so that rounding has a limit."""
        step = min(step, self.steps)
        return bool(np.isfinite(self.tolerances[: step + 1]).all())

    # How it is done

    def _beyond(self, found: NDArray, step: int) -> tuple[int, int] | None:
        step = min(step, self.steps)
        steps = np.flatnonzero(found[: step + 1] > self.tolerances[: step + 1])
        return (int(steps[0]), int(steps[-1])) if len(steps) else None

    def _take_tolerances(self, first: int, last: int) -> None:
        both = [rounding.tolerances(first, last) for rounding in self._roundings]
        self.tolerances[first:last] = np.maximum(*both)

    def _row(self, step: int) -> int:
        """Return the row of the record that holds `step`."""
        return step if self.part == "hidden" else step - 1

    def _append(self, first: int, last: int) -> None:
        """Record the rows ``first`` to ``last - 1``."""
        one, other = (self._rows(run, first, last) for run in (self.reference, self.other))
        difference = differences(other, one)
        self.values.cut(first)  # of a block that failed half-way
        self.values.append(difference)
        steps = slice(*(row + (self.part == "output") for row in (first, last)))
        self.peaks[steps] = _peaks(difference)
        _keep_best(self._best, self.peaks, steps)

    def _rows(self, run: Run, first: int, last: int) -> NDArray[np.floating]:
        rows = run.sequence(self.part, first, last)
        return rows[:, -1] if self.part == "hidden" else rows

    def _take_one_steps(self, first: int, last: int) -> None:
        """Let the other network take the steps ``first`` to ``last - 1`` from the same states.

        Where the chains are still one, their own steps are that already. The rest is taken at
        once, each step a sequence of a batch.
        """
        self.one_step[first:last] = self.peaks[first:last]
        parted = np.flatnonzero(self.peaks[first - 1 : last - 1] != 0)
        if len(parted):
            self.one_step[first + parted] = self._single_steps(first, last)[parted]
        _keep_best(self._best_one, self.one_step, slice(first, last))

    def _single_steps(self, first: int, last: int) -> NDArray:
        reference = self.reference
        before = torch.from_numpy(np.array(reference.sequence("hidden", first - 1, last - 1)))
        n, layers, batch, units = before.shape
        x = reference.inputs[first - 1 : last - 1].reshape(1, n * batch, -1)
        h = before.transpose(0, 1).reshape(layers, n * batch, units).contiguous()
        stepped = as_array(_one_step(self.other, x, h)).reshape(n, batch, units)
        own = reference.sequence("hidden", first, last)[:, -1]
        return _peaks(differences(stepped, own))


def _one_step(run: Run, x: Tensor, h: Tensor) -> Tensor:
    network = run.network
    with torch.no_grad():
        return network.run(x, network.initial_state(h)).tensors["hidden"][0, -1]


def differences(one: NDArray, other: NDArray) -> NDArray[np.float32]:
    """Return one - other; 0 where both are the same infinity, or both NaN."""
    with np.errstate(invalid="ignore"):
        found = np.subtract(one, other, dtype=np.float32)
    same = (one == other) | (np.isnan(one) & np.isnan(other))
    return np.where(same, np.float32(0), found)


def _peaks(rows: NDArray) -> NDArray[np.float64]:
    """Return the largest magnitude of each row; infinity where there is NaN."""
    return _magnitudes(rows).reshape(len(rows), -1).max(axis=1, initial=0).astype(np.float64)


def _magnitudes(values: NDArray) -> NDArray:
    return np.where(np.isnan(values), np.inf, np.abs(values))


def _keep_best(best: NDArray[np.intp], peaks: NDArray, steps: slice) -> None:
    """Continue in `best` the step of the largest peak up to each step; the first one counts."""
    before = best[steps.start - 1] if steps.start else 0
    known = peaks[before] if steps.start and not np.isnan(peaks[before]) else -1.0
    for step in range(steps.start, steps.stop):
        if peaks[step] > known:
            before, known = step, peaks[step]
        best[step] = before
