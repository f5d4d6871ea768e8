"""The moments of a run, read one after the other: neighbouring ones are worked out together."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from rnnviz.analysis.terms import Floats, Moment, copied, moment, pre_activation

if TYPE_CHECKING:
    from rnnviz.traces.run import Run

MOST_STEPS, MOST_WORK = 64, 2e7
"""So many steps, and multiplications for their sums, at most are worked out at once."""


@dataclass(frozen=True)
class _Stretch:
    """What a layer's equation holds at the steps from `first` on: (n, ...) each."""

    first: int
    h: Floats  # one row more: it begins with the state before
    x: Floats
    a: Floats
    y: Floats | None

    def holds(self, t: int) -> bool:
        return self.first <= t < self.first + len(self.x)

    def at(self, t: int) -> Moment:
        k = t - self.first
        y = None if self.y is None else self.y[k]
        return Moment(t, self.h[k + 1], self.x[k], self.h[k], self.a[k], y)


class Moments:
    """What `moment` tells of a run, at a fraction of its cost where steps follow each other.

    Parameters
    ----------
    run : Run
        Its parameters must not change; begin anew where they do.
    """

    def __init__(self, run: Run) -> None:
        self.run = run
        self._known: tuple[int, int] | None = None
        self._stretch: _Stretch | None = None

    def at(self, t: int, layer: int, sequence: int) -> Moment:
        """Return the moment of step `t`, which is computed; see `moment`."""
        if t == 0:
            return moment(self.run.network, self.run.trace, 0, layer, sequence)
        if self._known != (layer, sequence):
            self._known, self._stretch = (layer, sequence), None
        if self._stretch is None or not self._stretch.holds(t):
            self._stretch = self._read(*self._steps_around(t), layer, sequence)
        return self._stretch.at(t)

    def _steps_around(self, t: int) -> tuple[int, int]:
        """Return the first and the last step to read with step t, in the direction that it goes."""
        network = self.run.network
        work = network.hidden_size * (network.hidden_size + network.input_size)
        more = max(1, min(MOST_STEPS, int(MOST_WORK / work))) - 1
        if self._stretch is not None and t < self._stretch.first:
            return max(1, t - more), t
        return t, min(t + more, self.run.computed)

    def _read(self, first: int, last: int, layer: int, sequence: int) -> _Stretch:
        run = self.run
        states = run.sequence("hidden", first - 1, last + 1)[:, :, sequence]  # (n + 1, L, H)
        below = states[1:, layer - 1] if layer else run.trace.all_inputs[first - 1 : last, sequence]
        h, x = copied(states[:, layer]), copied(below)
        a = pre_activation(run.network, x, h[:-1], layer)
        return _Stretch(first, h, x, a, self._outputs(first, last, layer, sequence))

    def _outputs(self, first: int, last: int, layer: int, sequence: int) -> np.ndarray | None:
        network = self.run.network
        if network.output_size is None or layer != network.num_layers - 1:
            return None
        return copied(self.run.sequence("output", first - 1, last)[:, sequence])
