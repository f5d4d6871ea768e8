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
    output_size : int, optional
        The number of output units O of the network that shows it; None without an output layer.
        Outputs that the trace does not have are NaN.
    """

    def __init__(self, trace: Trace, output_size: int | None) -> None:
        self._hidden, self._output = trace.hidden, trace.outputs
        self._output_size = output_size

    def hidden(self, first: int, last: int) -> NDArray:
        """Return rows ``first`` to ``last - 1`` of the T + 1 states, (rows, L, B, H)."""
        return np.asarray(self._hidden[first:last], np.float32)

    def output(self, first: int, last: int) -> NDArray | None:
        """Return rows ``first`` to ``last - 1`` of the T outputs, (rows, B, O); None: no layer."""
        size = self._output_size
        if size is None:
            return None
        if self._output is None or self._output.shape[-1] != size:
            return np.full((last - first, self._hidden.shape[2], size), np.nan, np.float32)
        return np.asarray(self._output[first:last], np.float32)
