"""From numbers to colours: the diverging maps around zero, and the ranges they stand for."""

from __future__ import annotations

import math
import sys
from dataclasses import dataclass
from functools import cache, lru_cache

import numpy as np
from numpy.typing import NDArray

from rnnviz.tables import LARGEST

NOT_FINITE = "#c21fd6"
"""The colour of NaN and infinity: a purple that neither map contains."""

# Blue for negative and red for positive in both maps; that pair survives every common colour
# blindness. In the dark one zero recedes, just above the panel's colour, and both ends are bright;
# in the light one zero is white (that of CET-D1A, the next best, is pink beside a white window).
_DARK_STOPS = (
    "#8ed0ff", "#5fb0f7", "#3a88d8", "#275f9f", "#24405f",
    "#262a32",
    "#5e332f", "#9c3f31", "#d65d40", "#f5805c", "#ffa583",
)  # fmt: skip
_LIGHT_STOPS = (
    "#12265f", "#1f479c", "#3d71cf", "#7fa6ea", "#bed3f7",
    "#ffffff",
    "#fad0c2", "#f0977d", "#d85a43", "#ab2a26", "#6d0f17",
)  # fmt: skip

STEPS = (1.0, 1.5, 2.0, 3.0, 4.0, 5.0, 6.0, 8.0, 10.0)
"""Fine enough that colours are not pale, coarse enough that a range rarely grows."""
ROUNDING = 1e-6
"""A share by which a float32 may exceed the number it stands for: 0.1 is 0.100000001."""


@cache
def lookup_table(dark: bool) -> NDArray[np.uint32]:
    """Return the diverging map: uint32 (256,), ARGB, from the lowest value to the highest."""
    stops = _DARK_STOPS if dark else _LIGHT_STOPS
    channels = np.array([channels_of(stop) for stop in stops], np.float64).T
    at, known = np.linspace(0, 1, 256), np.linspace(0, 1, len(stops))
    red, green, blue = (np.interp(at, known, channel).astype(np.uint32) for channel in channels)
    table: NDArray[np.uint32] = 0xFF000000 | red << 16 | green << 8 | blue
    table.flags.writeable = False  # it is shared
    return table


@cache
def colour_table(dark: bool) -> NDArray[np.uint32]:
    """Return `lookup_table` and, as entry 256, the colour of what is not finite."""
    red, green, blue = channels_of(NOT_FINITE)
    table = np.append(lookup_table(dark), np.uint32(0xFF000000 | red << 16 | green << 8 | blue))
    table.flags.writeable = False
    return table


def channels_of(colour: str) -> tuple[int, int, int]:
    """Return red, green and blue, 0 to 255, of a colour such as ``#c21fd6``."""
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


@dataclass(frozen=True, eq=False)
class Colouring:
    """How a value becomes a colour.

    Attributes
    ----------
    table : numpy.ndarray
        uint32 (257,), ARGB: 256 colours from `low` to `high`, and the one of what is not finite.
    low, high : float
        The values of the first and the last colour; what lies beyond takes these.
    """

    table: NDArray[np.uint32]
    low: float
    high: float

    def __call__(self, values: NDArray[np.floating]) -> NDArray[np.uint32]:
        """Return the colours of `values`, in their shape."""
        finite = np.isfinite(values)
        if finite.all():
            return self.table.take(self._places(values))
        places = self._places(np.where(finite, values, 0))
        return self.table.take(np.where(finite, places, len(self.table) - 1))

    def _places(self, values: NDArray[np.floating]) -> NDArray[np.intp]:
        # Clipped first: the largest numbers would overflow. Python's floats keep float32 as it is.
        within = np.minimum(np.maximum(values, self.low), self.high)
        scale = 255 / (self.high - self.low)
        if scale > LARGEST:  # of float32: the smallest numbers are told apart as well
            within = within.astype(np.float64)
        return (within * scale + (0.5 - self.low * scale)).astype(np.intp)


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


def level_text(value: float) -> str:
    """Return a level in at most three digits behind the point, with a real minus sign."""
    return f"{value:.3g}".replace("-", "−")
