"""The ranges of the equation's colours; they never shrink during a run."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from rnnviz.analysis.scales import (
    hidden_limit,
    largest_weight,
    nice_limit,
    output_limit,
    read_limit,
)

if TYPE_CHECKING:
    from rnnviz.session import Session
    from rnnviz.traces.run import Run

FIRST_SUMS = {"tanh": 3.0}
"""The least range of the sums a_t: beyond ±3, tanh(a) is ±1 but for half a hundredth."""


class Ranges:
    """The largest value that each block's colours tell apart.

    The sums a_t are not in the record; their range is that of every sum that was on show: it
    tells nothing of steps to come, and costs the same at every step.
    """

    def __init__(self, session: Session) -> None:
        self._session = session
        self._run: Run | None = None
        self._sums: dict[int, float] = {}
        self._largest_weight: float | None = None

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
            self._run, self._sums, self._largest_weight = run, {}, None
        states = hidden_limit(run)
        limits = {
            "weights": self._weight_limit(),
            "x": read_limit(run, layer),
            "h": states,
        }
        if run.network.output_size is not None:
            limits["y"] = output_limit(run)
        return limits

    @property
    def sums(self) -> dict[int, float]:
        """The largest sum of each layer that was on show in this run."""
        return dict(self._sums)

    def bring_sums_back(self, sums: dict[int, float]) -> None:
        """Go on from sums that were on show in an earlier window."""
        self.recorded(self._session.selection.layer)  # which forgets those of another run
        self._sums = dict(sums)

    def forget_weights(self) -> None:
        """Look through the weights again when they are asked for next."""
        self._largest_weight = None

    @property
    def weights_finite(self) -> bool:
        """Whether no parameter of the network is NaN or infinite."""
        return math.isfinite(self._found_weight())

    def _found_weight(self) -> float:
        if self._largest_weight is None:  # all are looked through, so not at every step
            self._largest_weight = largest_weight(self._session.run)
        return self._largest_weight

    def _weight_limit(self) -> float:
        fixed = self._session.settings.initialization.weight_range
        return fixed if fixed > 0 else nice_limit(self._found_weight())

    def _sum_limit(self, run: Run, layer: int, shown: np.ndarray | None) -> float:
        least = FIRST_SUMS.get(run.network.nonlinearity, 0.0)
        largest = max(self._sums.get(layer, least), 0.0 if shown is None else _largest(shown))
        self._sums[layer] = largest
        return nice_limit(largest)


def _largest(values: np.ndarray) -> float:
    largest = float(np.abs(values).max(initial=0.0))
    if math.isfinite(largest):
        return largest
    return float(np.abs(values[np.isfinite(values)]).max(initial=0.0))
