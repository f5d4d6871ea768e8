"""The ranges of the equation's colours; they never shrink during a run."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from rnnviz.analysis.scales import hidden_limit, input_limit, nice_limit, output_limit, weight_limit

if TYPE_CHECKING:
    from rnnviz.session import Session
    from rnnviz.traces.run import Run

MOST_STEPS, MOST_WORK = 256, 2e7
"""Of so many steps at most, and with so many multiplications, are sums computed at once."""


class Ranges:
    """The largest value that each block's colours tell apart.

    The sums a_t are not in the record; their range is that of a sample of what is computed, and of
    every sum that was on show.
    """

    def __init__(self, session: Session) -> None:
        self._session = session
        self._run: Run | None = None
        self._sums: dict[int, float] = {}
        self._sampled: dict[int, int] = {}
        self._weights: tuple[float, float] = (-1.0, 0.0)

    def limits(self, layer: int, shown: np.ndarray | None) -> dict[str, float]:
        """Return the limit of each kind of block: ``weights``, ``x``, ``h``, ``a``, ``y``.

        Parameters
        ----------
        layer : int
        shown : numpy.ndarray or None
            The sums a_t that are on show.
        """
        limits = self.recorded(layer)
        return limits | {"a": self._sum_limit(self._session.run, layer, shown)}

    def recorded(self, layer: int) -> dict[str, float]:
        """Return `limits` without the one of the sums, which alone take computing."""
        run = self._session.run
        if run is not self._run:
            self._run, self._sums, self._sampled, self._weights = run, {}, {}, (-1.0, 0.0)
        states = hidden_limit(run)
        limits = {
            "weights": self._weight_limit(run),
            "x": states if layer else input_limit(run),
            "h": states,
        }
        if run.network.output_size is not None:
            limits["y"] = output_limit(run)
        return limits

    def _weight_limit(self, run: Run) -> float:
        fixed = self._session.settings.initialization.weight_range
        if self._weights[0] != fixed:  # all weights are looked through, so not at every step
            self._weights = fixed, weight_limit(run, fixed)
        return self._weights[1]

    def _sum_limit(self, run: Run, layer: int, shown: np.ndarray | None) -> float:
        found = [self._sums.get(layer, 0.0), self._largest_new(run, layer)]
        if shown is not None:
            found.append(_largest(shown))
        self._sums[layer] = max(found)
        return nice_limit(self._sums[layer])

    def _largest_new(self, run: Run, layer: int) -> float:
        """Return the largest sum among the steps computed since the last call, or a sample."""
        first, last = self._sampled.get(layer, 0) + 1, run.computed
        if first > last:
            return 0.0
        self._sampled[layer] = last
        weights = run.network.hidden_size * (run.network.hidden_size + run.network.input_size)
        most = int(min(MOST_STEPS, max(1, MOST_WORK // (weights * run.batch_size))))
        steps = np.unique(np.linspace(first, last, min(last - first + 1, most), dtype=int))
        return max(_largest(self._sums_at(run, int(step), layer)) for step in steps)

    def _sums_at(self, run: Run, step: int, layer: int) -> np.ndarray:
        import torch

        state = run.sequence("hidden", step, step + 1)[0]
        before = run.sequence("hidden", step - 1, step)[0]
        x = torch.from_numpy(state[layer - 1].copy()) if layer else run.inputs[step - 1]
        h_prev = torch.from_numpy(before[layer].copy())
        a: np.ndarray = run.network.pre_activations(x, h_prev, layer).numpy()
        return a


def _largest(values: np.ndarray) -> float:
    return float(np.abs(values[np.isfinite(values)]).max(initial=0.0))
