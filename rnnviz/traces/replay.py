"""A run whose numbers were recorded elsewhere: it reads them block by block, computing none."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar, Protocol, runtime_checkable

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from rnnviz.networks.base import Block, Interrupted, Network, never
from rnnviz.traces.record import Allocate
from rnnviz.traces.run import Run


@runtime_checkable
class Replay(Protocol):
    """What was recorded of one sequence; each read gives float32 and may take its time."""

    def hidden(self, first: int, last: int) -> NDArray:
        """Return rows ``first`` to ``last - 1`` of the T + 1 states, (rows, L, B, H)."""
        ...

    def output(self, first: int, last: int) -> NDArray | None:
        """Return rows ``first`` to ``last - 1`` of the T outputs, (rows, B, O); None: no layer."""
        ...


class ReplayedRun(Run):
    """A run that reads its states instead of computing them.

    Parameters
    ----------
    network : Network
        What computed them: its weights are shown, and explain them.
    inputs : Tensor
        (T, B, I)
    replay : Replay
    allocate : callable, optional
        See `Run`.
    """

    has_gaps: ClassVar[bool] = True

    def __init__(
        self, network: Network, inputs: Tensor, replay: Replay, allocate: Allocate = np.empty
    ) -> None:
        self._replay = replay
        h0 = torch.tensor(replay.hidden(0, 1)[0], dtype=torch.float32)
        super().__init__(network, inputs, h0, allocate)

    def _steps(self, steps: int, stopped: Callable[[], bool] = never) -> Block:
        if stopped():
            raise Interrupted
        first, last = self.steps, self.steps + steps
        tensors = {"hidden": _tensor(self._replay.hidden(first + 1, last + 1))}
        output = self._replay.output(first, last)
        if output is not None:
            tensors["output"] = _tensor(output)
        return Block(tensors, None)


def _tensor(rows: NDArray) -> Tensor:
    return torch.from_numpy(np.array(rows, dtype=np.float32))
