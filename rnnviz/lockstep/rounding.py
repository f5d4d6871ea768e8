"""How far two ways of computing one step may part by rounding alone."""

from __future__ import annotations

import torch
from torch import Tensor

from rnnviz.networks.base import Network
from rnnviz.traces.run import Run

EPSILON = torch.finfo(torch.float32).eps


class Rounding:
    """The tolerance that one step of two float32 networks is judged by.

    A sum of products computed in another order is off by the rounding of its partial sums, which
    are at most as large as all magnitudes together: eps · max_i (Σ_j |W_ij| · |v|_max + |b_i|).
    That is far more than what happens (errors have both signs), and far less than any slip. States
    under 1 are rounded on that scale as well, hence at least eps. See Higham, "Accuracy and
    Stability of Numerical Algorithms", 2nd ed. (2002), section 3.1.

    Parameters
    ----------
    run : Run
        What is revealed of it tells how large the numbers are; its weights must not change.
    """

    def __init__(self, run: Run) -> None:
        self._run = run
        self._start = float(run.h0.abs().max())
        self._known: tuple[float, float] = (0.0, 0.0)  # the largest state, and the tolerance

    def tolerance(self) -> float:
        """Return it for all that is revealed."""
        run = self._run
        bounded = run.network.nonlinearity == "tanh"
        state = max(1.0, self._start if bounded else run.largest("hidden"))
        if state != self._known[0]:
            self._known = state, self._for(state)
        return self._known[1]

    def _for(self, state: float) -> float:
        network, below, largest = self._run.network, self._run.largest("input"), 1.0
        for layer in range(network.num_layers):
            largest = max(largest, _largest_sum(network, layer, below, state))
            below = state
        return EPSILON * largest


def _largest_sum(network: Network, layer: int, x: float, h: float) -> float:
    p = network.parameters(layer)
    sums = _row_sums(p["W_ih"]) * x + _row_sums(p["W_hh"]) * h
    for name in ("b_ih", "b_hh"):
        if name in p:
            sums = sums + p[name].abs()
    largest = float(sums.max())
    if "W_ho" in p:
        largest = max(largest, float((_row_sums(p["W_ho"]) * h + p["b_ho"].abs()).max()))
    return largest


def _row_sums(weight: Tensor) -> Tensor:
    return weight.abs().sum(dim=1)
