"""The ranges that colours stand for: fixed, symmetric, and the same from first to last."""

from __future__ import annotations

import math
import sys
from functools import lru_cache

from rnnviz.tables import LARGEST
from rnnviz.traces.run import Run

STEPS = (1.0, 1.5, 2.0, 3.0, 4.0, 5.0, 6.0, 8.0, 10.0)
"""Fine enough that colours are not pale, coarse enough that a range rarely grows."""
ROUNDING = 1e-6
"""A share by which a float32 may exceed the number it stands for: 0.1 is 0.100000001."""


@lru_cache(maxsize=1024)  # the same few are asked for at every step
def nice_limit(largest: float) -> float:
    """Return the least of `STEPS` times a power of ten that is not under `largest`.

    0 (or so small that floats lose digits), and what is not finite, give 1.
    """
    if not math.isfinite(largest) or largest < sys.float_info.min:
        return 1.0
    power = 10.0 ** math.floor(math.log10(largest))
    limit = next(step * power for step in STEPS if step * power >= largest * (1 - ROUNDING))
    return min(limit, LARGEST)


def hidden_limit(run: Run) -> float:
    """Return 1 for tanh states, which cannot be larger, else a limit over what is revealed."""
    if run.network.nonlinearity == "tanh":
        return 1.0
    return nice_limit(run.largest("hidden"))


def output_limit(run: Run) -> float:
    """Return 1 for tanh outputs, else a limit over those that are revealed."""
    if run.network.output_nonlinearity == "tanh":
        return 1.0
    return nice_limit(run.largest("output"))


def input_limit(run: Run) -> float:
    """Return the limit of the whole input sequence."""
    return nice_limit(run.largest("input"))


def read_limit(run: Run, layer: int) -> float:
    """Return the limit of what a layer reads: the inputs, states, or what dropout made of them."""
    if not run.network.below(layer):
        return input_limit(run)
    return max(hidden_limit(run), nice_limit(run.largest("read")))


def largest_weight(run: Run) -> float:
    """Return the largest magnitude among the network's parameters; NaN or inf if one is that."""
    ends = (p.detach().aminmax() for p in run.network.module.parameters() if p.numel())
    largest = [max(-float(low), float(high)) for low, high in ends]
    return math.nan if any(map(math.isnan, largest)) else max(largest, default=0.0)
