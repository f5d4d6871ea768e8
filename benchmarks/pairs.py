"""Pairs of measurements, and what a table says about them. No Qt, no torch."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass

Measure = Callable[[], float]
"""Does something and returns the seconds it took."""


@dataclass(frozen=True)
class Pairs:
    """What was measured by turns.

    Attributes
    ----------
    measured, against : tuple of float
        Seconds, or bytes: ``measured[i]`` and ``against[i]`` are neighbours in time.
    """

    measured: tuple[float, ...]
    against: tuple[float, ...]

    @property
    def ratios(self) -> tuple[float, ...]:
        """One over the other, pair by pair."""
        return tuple(a / b for a, b in zip(self.measured, self.against, strict=True))


@dataclass(frozen=True)
class Limit:
    """What the median must reach: at most, or at least, `value`."""

    value: float
    at_least: bool = False

    def holds(self, median: float) -> bool:
        """Return whether `median` reaches it."""
        return median >= self.value if self.at_least else median <= self.value


@dataclass(frozen=True)
class Row:
    """One line of the table.

    Attributes
    ----------
    what : str
        What is measured, over what.
    values : tuple of float
        A ratio for each pair, or figures in `unit`. Empty where nothing could be measured.
    limit : Limit or None
        None for a figure that is only reported.
    unit : str
        ``""`` for ratios.
    note : str
        The two absolute medians, or why nothing could be measured.
    """

    what: str
    values: tuple[float, ...]
    limit: Limit | None = None
    unit: str = ""
    note: str = ""

    @property
    def median(self) -> float:
        """The median of the values."""
        return statistics.median(self.values)

    @property
    def spread(self) -> tuple[float, float]:
        """The quartiles: half of the values lie between them."""
        if len(self.values) == 1:
            return self.values[0], self.values[0]
        low, _, high = statistics.quantiles(self.values, n=4, method="inclusive")
        return low, high

    @property
    def holds(self) -> bool | None:
        """Whether the median reaches the limit; None without a limit or without values."""
        if self.limit is None or not self.values:
            return None
        return self.limit.holds(self.median)


def timed(call: Callable[[], object], times: int = 1) -> float:
    """Return the seconds that `call` takes, on average if it is called several times."""
    started = time.perf_counter()
    for _ in range(times):
        call()
    return (time.perf_counter() - started) / times


def alternate(measured: Measure, against: Measure, pairs: int, *, warm_up: int = 1) -> Pairs:
    """Measure one and the other by turns, after `warm_up` pairs that do not count."""
    found = [(measured(), against()) for _ in range(warm_up + pairs)][warm_up:]
    return Pairs(tuple(a for a, _ in found), tuple(b for _, b in found))


def ratio_row(what: str, pairs: Pairs, limit: Limit | None = None) -> Row:
    """Return the row of some timed pairs."""
    medians = map(statistics.median, (pairs.measured, pairs.against))
    return Row(what, pairs.ratios, limit, note=" / ".join(map(duration, medians)))


def duration(seconds: float) -> str:
    """Return seconds as a text with a unit that suits."""
    for factor, unit in ((1, "s"), (1e3, "ms")):
        if seconds * factor >= 1:
            return f"{figure(seconds * factor)} {unit}"
    return f"{figure(seconds * 1e6)} µs"


def figure(value: float) -> str:
    """Return a number with three digits that count, or all before the point."""
    decimals = 0 if value >= 100 else 1 if value >= 10 else 2
    return f"{value:,.{decimals}f}"
