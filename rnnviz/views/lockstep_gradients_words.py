"""What is written beside the gradients of one bias and of two."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from rnnviz.lockstep.gradients import BiasGradients
from rnnviz.views.notation import magnitude, number, power

DIGITS = 4
"""So many that two written numbers divide to the factor that is written."""
LEAST_DECIMAL, LARGEST = 0.001, 1000
"""What lies beyond is written with a power of ten."""
HALF_A_DIGIT = 0.005
"""The factor is written with two decimals."""


def rows(g: BiasGradients) -> tuple[tuple[str, str, NDArray], ...]:
    """Return whose bias it is, its symbol and its gradients; ElmanRNN's one bias is just b."""
    return (
        ("ElmanRNN", "b_{}", g.one),
        ("nn.RNNCell", "b_ih", g.ih),
        ("nn.RNNCell", "b_hh", g.hh),
    )


def head(g: BiasGradients, limit: float) -> str:
    """Return what the squares are, and how far the three strips are apart."""
    difference = apart(g)
    said = magnitude(difference) if math.isfinite(difference) else "not finite"
    return (
        f"∂L/∂b of each unit, L = ½ · mean of h_{{{g.steps}}}²  ·  largest difference between "
        f"the three: {said}  ·  colours from −{_end(limit)} to {_end(limit)}"
    )


def written(value: float) -> str:
    """Return a number with four digits, at any size: ``−0.01234``, ``3.940 · 10⁻⁵``."""
    if value == 0 or not math.isfinite(value):
        return number(value, 0)
    mantissa, exponent = f"{value:.{DIGITS - 1}e}".split("e")
    if LEAST_DECIMAL <= abs(value) < LARGEST:
        return number(value, DIGITS - 1 - int(exponent))
    return f"{mantissa} · {power(int(exponent))}".replace("-", "−")


def _end(limit: float) -> str:
    """Return the value of the last colour, which has few digits."""
    return f"{limit:g}" if LEAST_DECIMAL <= limit < LARGEST else magnitude(limit)


def apart(g: BiasGradients) -> float:
    """Return the largest difference between any two of the three gradients; NaN with NaN."""
    three = np.stack([values for _, _, values in rows(g)]).astype(np.float64)
    if not np.isfinite(three).all():
        return math.nan
    return float(np.ptp(three, axis=0).max())


def movements(g: BiasGradients) -> tuple[str, str]:
    """Return how far b moved, and the sum of the two biases, at the unit on show."""
    return written(float(g.moved_one[g.unit])), written(float(g.moved_two[g.unit]))


def factor(g: BiasGradients) -> str:
    """Return how much farther two biases moved than one: ``2.00 times as far``."""
    one, two = float(g.moved_one[g.unit]), float(g.moved_two[g.unit])
    if not (math.isfinite(one) and math.isfinite(two)):
        return "not finite, so nothing can be compared"
    if one == 0:
        still = "the gradient is 0" if g.one[g.unit] == 0 else "too short a step for float32"
        return f"nothing to compare, {still}"
    rounded = abs(two / one - 2) >= HALF_A_DIGIT
    return f"{number(two / one)} times as far" + (", 2 but for rounding" if rounded else "")


def step(g: BiasGradients) -> str:
    """Return what one step of SGD did, up to the factor."""
    one, two = movements(g)
    return f"One step of SGD, η = {g.rate:g}: b moved by {one}, b_ih + b_hh by {two}:"


def everything(g: BiasGradients, limit: float) -> str:
    """Return all of it in lines of plain text."""
    gradients = (
        f"{owner}, gradient of {symbol.removesuffix('_{}')} at unit {g.unit}: "
        f"{written(float(values[g.unit]))}"
        for owner, symbol, values in rows(g)
    )
    return "\n".join([head(g, limit), *gradients, f"{step(g)} {factor(g)}."])
