"""A script's own record of a run: nn.RNNCell in a loop, its states in one array."""

from __future__ import annotations

import numpy as np
import torch

from benchmarks.bare import BareCell
from benchmarks.live import INPUTS


class Recording:
    """States (units, steps), as pictures have them: units down, time across.

    Attributes
    ----------
    states : ndarray
        float32, zeros where nothing is computed yet.
    """

    def __init__(self, units: int, length: int, computed: int) -> None:
        self.units, self.length = units, length
        self.states = np.zeros((units, length), np.float32)
        self._cell = BareCell(units)
        self._next = computed
        self.states[:, :computed] = np.random.default_rng(0).uniform(-1, 1, (units, computed))

    def step(self) -> None:
        """Compute one step and record it."""
        self._cell.step()
        self.states[:, self._next] = self._cell.h[0].numpy()
        self._next += 1

    def whole(self) -> np.ndarray:
        """Compute everything anew in one call of nn.RNN, as a cell of a notebook does."""
        rnn = torch.nn.RNN(INPUTS, self.units)
        with torch.no_grad():
            output, _ = rnn(torch.randn(self.length, INPUTS))
        states: np.ndarray = output.T.numpy()
        return states
