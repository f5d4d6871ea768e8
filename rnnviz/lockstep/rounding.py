"""How far two ways of computing one step may part by rounding alone."""

from __future__ import annotations

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from rnnviz.networks.base import Network
from rnnviz.traces.recorded import magnitudes
from rnnviz.traces.run import Run

EPSILON = float(torch.finfo(torch.float32).eps)


class Rounding:
    """The tolerance that each step of two float32 networks is judged by.

    A sum of products computed in another order is off by the rounding of its partial sums, which
    are at most as large as all magnitudes together: eps · max_i (Σ_j |W_ij| · |v|_max + |b_i|).
    That is far more than what happens (errors have both signs), and far less than any slip. States
    under 1 are rounded on that scale as well, hence at least eps. See Higham, "Accuracy and
    Stability of Numerical Algorithms", 2nd ed. (2002), section 3.1.

    Parameters
    ----------
    run : Run
        Its weights must not change.
    """

    def __init__(self, run: Run) -> None:
        self._run = run
        self._input = run.largest("input")
        self._layers = [_Sums(run.network, layer) for layer in range(run.network.num_layers)]

    def tolerances(self, first: int, last: int) -> NDArray[np.float64]:
        """Return the tolerance of each of the steps ``first`` to ``last - 1``, which are computed.

        It goes by the states of the step and of the one before; infinite where these are not
        finite, as nothing can be compared then.
        """
        states = self._states(max(0, first - 1), last)
        if first:
            states = np.maximum(states[1:], states[:-1])
        below, largest = np.full(len(states), self._input), np.ones(len(states))
        for layer in self._layers:
            largest = np.maximum(largest, layer.largest(below, states))
            below = states
        return EPSILON * largest

    def _states(self, first: int, last: int) -> NDArray[np.float64]:
        """Return the largest magnitude of the states of each step, 1 at least."""
        rows = self._run.sequence("hidden", first, last)
        flat = rows.reshape(len(rows), -1)
        finite = np.isfinite(flat).all(axis=1)
        return np.where(finite, np.maximum(1.0, magnitudes(rows.copy())), np.inf)


class _Sums:
    """The sums of a layer's magnitudes, row by row."""

    def __init__(self, network: Network, layer: int) -> None:
        p = network.parameters(layer)
        self._ih, self._hh = _row_sums(p["W_ih"]), _row_sums(p["W_hh"])
        biases = [p[name].abs().double().numpy() for name in ("b_ih", "b_hh") if name in p]
        self._bias = sum(biases, np.zeros(len(self._hh)))
        self._output = None
        if "W_ho" in p:
            self._output = _row_sums(p["W_ho"]), p["b_ho"].abs().double().numpy()

    def largest(self, x: NDArray, h: NDArray) -> NDArray[np.float64]:
        """Return the largest sum for each step; x and h are the largest magnitudes, (n,) each."""
        known, place = np.unique(np.stack([x, h]), axis=1, return_inverse=True)
        found = np.array([self._one(*pair) for pair in known.T])
        return found[np.ravel(place)]

    def _one(self, x: float, h: float) -> float:
        if not np.isfinite(h):
            return float("inf")
        largest = float((self._ih * x + self._hh * h + self._bias).max())
        if self._output is not None:
            weights, bias = self._output
            largest = max(largest, float((weights * h + bias).max()))
        return largest


def _row_sums(weight: Tensor) -> NDArray[np.float64]:
    sums: NDArray[np.float64] = weight.double().abs().sum(dim=1).numpy()
    return sums
