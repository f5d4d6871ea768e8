"""The moments of a run, read one after the other: neighbouring ones are worked out together."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from rnnviz.analysis.terms import Floats, Moment, copied, pre_activation

if TYPE_CHECKING:
    from rnnviz.traces.run import Run

MOST_STEPS, MOST_WORK = 64, 2e7
"""So many steps, and multiplications for their sums, at most are worked out at once."""


@dataclass(frozen=True)
class _Stretch:
    """What a layer's equation holds at the steps from `first` on: (n, ...) each."""

    first: int
    h: Floats
    h_prev: Floats
    x: Floats
    a: Floats
    y: Floats | None

    def holds(self, t: int) -> bool:
        return self.first <= t < self.first + len(self.x)

    def at(self, t: int) -> Moment:
        k = t - self.first
        y = None if self.y is None else self.y[k]
        return Moment(t, self.h[k], self.x[k], self.h_prev[k], self.a[k], y)


class Moments:
    """What a layer's equation holds at each move through a run.

    Parameters
    ----------
    run : Run
        Its parameters must not change; begin anew where they do.
    """

    def __init__(self, run: Run) -> None:
        self.run = run
        self._known: tuple[int, int] | None = None
        self._stretch: _Stretch | None = None

    def at(self, move: int, layer: int, sequence: int) -> Moment:
        """Return what the layer holds after `move` moves, which are computed.

        Parameters
        ----------
        move : int
            With one direction, the step.
        layer, sequence : int
            Entries of the record's second and third axis.
        """
        t = self.run.walk.position(layer, move)
        if t == 0:
            return Moment(0, copied(self.run.sequence("hidden", 0, 1)[0, layer, sequence]))
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
        return t, min(t + more, self.run.steps)

    def _read(self, first: int, last: int, layer: int, sequence: int) -> _Stretch:
        run = self.run
        h = copied(run.sequence("hidden", first, last + 1)[:, layer, sequence])
        x = copied(layer_inputs(run, first, last, layer, sequence))
        h_prev = self._states_before(first, last, layer, sequence)
        a = pre_activation(run.network, x, h_prev, layer)
        return _Stretch(first, h, h_prev, x, a, self._outputs(first, last, layer, sequence))

    def _states_before(self, first: int, last: int, layer: int, sequence: int) -> Floats:
        """Return the states that those of the steps came from."""
        run = self.run
        begin, end = (run.walk.before(layer, t) for t in (first, last))
        if begin <= end:
            return copied(run.sequence("hidden", begin, end + 1)[:, layer, sequence])
        inner = run.sequence("hidden", begin, last + 1)[:, layer, sequence]  # the last is h_0's
        start = run.sequence("hidden", 0, 1)[:, layer, sequence]
        return copied(np.concatenate([inner, start]))

    def _outputs(self, first: int, last: int, layer: int, sequence: int) -> np.ndarray | None:
        network = self.run.network
        if network.output_size is None or layer != network.num_layers - 1:
            return None
        return copied(self.run.sequence("output", first - 1, last)[:, sequence])


def layer_inputs(run: Run, first: int, last: int, layer: int, sequence: int) -> np.ndarray:
    """Return what a layer read at the steps `first` to `last`, (n, I), or (n, D·H) above others.

    It is the inputs; or the states below, both directions behind each other; or what dropout left
    of these.
    """
    below = run.network.below(layer)
    if not below:
        return run.trace.all_inputs[first - 1 : last, sequence]
    if "read" in run.trace.names:
        depth = run.network.depth_of(layer)
        return run.sequence("read", first - 1, last)[:, depth - 1, sequence]
    states = run.sequence("hidden", first, last + 1)[:, :, sequence]
    return np.concatenate([states[:, entry] for entry in below], axis=-1)
