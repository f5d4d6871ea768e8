"""Lines that grow step by step, in the pieces that they are painted in."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class Line:
    """One line of the plot.

    Attributes
    ----------
    name : str
        Written at its end.
    values : ndarray
        A magnitude for each step from 0 on; it may be filled further while it is shown.
    style : {"solid", "dots", "thin"}
        Dots and thin lines are muted, for what is only to be compared with.
    """

    name: str
    values: NDArray
    style: Literal["solid", "dots", "thin"] = "solid"


class Piece(NamedTuple):
    """What a step adds to a line; sorted, pieces lie as they come, whenever they are painted."""

    step: int
    place: int
    before: float | None
    """The magnitude of the step before; None: there is none to join it to."""
    value: float


@dataclass(frozen=True)
class StepsInSight:
    """Steps on an axis of so many pixels.

    Attributes
    ----------
    low, high : float
        The range of x; step t lies from t - 0.5 to t + 0.5.
    width : float
        In pixels.
    shown : int
        The last step there is.
    """

    low: float
    high: float
    width: float
    shown: int

    @property
    def first(self) -> int:
        """The first step in sight."""
        return max(0, math.floor(self.low))

    @property
    def share(self) -> int:
        """How many steps share a pixel."""
        return max(1, math.ceil((self.high - self.low) / max(1.0, self.width)))

    @property
    def settled(self) -> int:
        """The step from which on nothing is settled: more may come into its pixel."""
        return self.first + max(0, self.shown + 1 - self.first) // self.share * self.share

    def points(self, line: Line, since: int = 0) -> tuple[NDArray, NDArray]:
        """Return steps from `since` on and their magnitudes: where some share a pixel, the largest.

        What is not computed yet is left out.
        """
        first, share = self.first, self.share
        first += max(0, since - first) // share * share
        last = min(self.shown + 1, math.ceil(self.high) + 1)
        values = line.values[first:last]
        if not len(values):
            return np.empty(0), np.empty(0)
        starts = np.arange(0, len(values), share)
        largest = np.fmax.reduceat(values, starts)
        known = ~np.isnan(largest)
        return (first + starts)[known], largest[known]

    def pieces(self, lines: Sequence[Line], since: int) -> list[Piece]:
        """Return the pieces of all lines from step `since` on."""
        pieces = []
        for place, line in enumerate(lines):
            steps, values = self.points(line, max(0, since - self.share))
            known = dict(zip(steps.tolist(), values.tolist(), strict=True))
            pieces += [
                Piece(step, place, known.get(step - self.share), value)
                for step, value in known.items()
                if step >= since
            ]
        return sorted(pieces, key=lambda piece: piece[:2])
