"""The ranges that colours stand for: fixed, symmetric, and the same from first to last."""

from __future__ import annotations

import math

from rnnviz.colour_map import ROUNDING as ROUNDING
from rnnviz.colour_map import STEPS as STEPS
from rnnviz.colour_map import nice_limit as nice_limit
from rnnviz.traces.run import Run


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
