"""One way of writing symbols and numbers, for labels, tooltips and the status bar."""

from __future__ import annotations

import math

from rnnviz.widgets.notation import lowered

SYMBOLS: dict[str, tuple[str, str]] = {
    "W_ih": ("W", "ih"),
    "W_hh": ("W", "hh"),
    "W_ho": ("W", "ho"),
    "b_ih": ("b", "ih"),
    "b_hh": ("b", "hh"),
    "b_ho": ("b", "ho"),
    "x": ("x", "t"),
    "h_prev": ("h", "t−1"),
    "h_next": ("h", "t+1"),
    "a": ("a", "t"),
    "h": ("h", "t"),
    "h_above": ("h", "t"),
    "y": ("y", "t"),
}
"""Every block of the equation: its letter, and what stands lowered beside it."""


def rich(name: str) -> str:
    """Return a symbol as rich text: h with a lowered t."""
    return lowered(plain(name))


def plain(name: str) -> str:
    """Return a symbol in plain text: ``W_hh``, ``h_t``, ``h_{t−1}``."""
    letter, index = SYMBOLS[name]
    return f"{letter}_{index}" if len(index) < 3 else f"{letter}_{{{index}}}"


def shape_text(shape: tuple[int, ...]) -> str:
    """Return a shape as torch writes it: ``(6, 4)``, ``(6,)``."""
    return f"({shape[0]},)" if len(shape) == 1 else f"({', '.join(map(str, shape))})"


def at_step(name: str, t: int) -> str:
    """Return a symbol in plain text with its step as a number: ``h_5``, ``h_4``; ``W_hh`` stays."""
    letter, index = SYMBOLS[name]
    steps = {"t": t, "t−1": t - 1, "t+1": t + 1}
    return f"{letter}_{steps[index]}" if index in steps else plain(name)


def number(value: float, decimals: int = 2) -> str:
    """Return a number to be read: rounded, or with two digits where decimals would say nothing."""
    if math.isnan(value):
        return "NaN"
    if math.isinf(value):
        return "∞" if value > 0 else "−∞"
    small = 0 < abs(value) < 0.5 * 10**-decimals
    digits = f"{value:.2g}" if small or abs(value) >= 100_000 else f"{value:.{decimals}f}"
    return (digits if float(digits) else digits.lstrip("-")).replace("-", "−")


def exact(value: float) -> str:
    """Return a number with the nine digits that tell any two float32 numbers apart."""
    return number(value) if not math.isfinite(value) else f"{value:.9g}".replace("-", "−")


def function_name(nonlinearity: str) -> str:
    """Return how a nonlinearity is written: ``tanh``, ``ReLU``, ``linear``."""
    return {"relu": "ReLU"}.get(nonlinearity, nonlinearity)


_RAISED = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


def power(exponent: int) -> str:
    """Return a power of ten: ``10⁻⁷``, and ``1`` for 10⁰."""
    return "1" if exponent == 0 else f"10{str(exponent).translate(_RAISED)}"


def magnitude(value: float) -> str:
    """Return a number of any size with two digits: ``4.2 · 10⁻⁷``, ``0.013``, ``0``."""
    if not math.isfinite(value) or value == 0 or 0.001 <= abs(value) < 1000:
        return "0" if value == 0 else number(value) if abs(value) >= 0.1 else f"{value:.2g}"
    mantissa, exponent = f"{value:.1e}".split("e")
    return f"{mantissa} · {power(int(exponent))}".replace("-", "−")
