"""A recorded trace as something to replay."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from rnnviz.traces.trace import Trace


class TraceReplay:
    """Reads the states and outputs of a trace, as float32.

    Parameters
    ----------
    trace : Trace
        It is held, not copied.
    output : bool
        Whether its outputs are read too; the network that shows them has an output layer then.
    """

    def __init__(self, trace: Trace, *, output: bool = True) -> None:
        self._hidden = trace.hidden
        self._output = trace.outputs if output else None

    def hidden(self, first: int, last: int) -> NDArray:
        """Return rows ``first`` to ``last - 1`` of the T + 1 states, (rows, L, B, H)."""
        return np.asarray(self._hidden[first:last], np.float32)

    def output(self, first: int, last: int) -> NDArray | None:
        """Return rows ``first`` to ``last - 1`` of the T outputs, (rows, B, O); None: no layer."""
        return None if self._output is None else np.asarray(self._output[first:last], np.float32)
