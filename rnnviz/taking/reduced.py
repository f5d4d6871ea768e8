"""A picture in 256 colours, none of them far from what it was."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

COLOURS = 256
EXACT = 96
"""So many of the most frequent colours stay as they are."""

Frame = NDArray[np.uint8]
"""(height, width, 3), red, green, blue."""


class Reduced(NamedTuple):
    """A picture of at most 256 colours.

    Attributes
    ----------
    places : numpy.ndarray
        uint8 (height, width), into `colours`.
    colours : numpy.ndarray
        uint8 (n, 3).
    """

    places: NDArray[np.uint8]
    colours: NDArray[np.uint8]


def reduced(frame: Frame) -> Reduced:
    """Return a picture with 256 colours at most: unchanged, if it has no more.

    Else the most frequent ones stay, and the rest of the palette goes where it is missed most: to
    the colour that is farthest from all chosen ones, again and again (Gonzalez, 1985). What is left
    takes the nearest one.
    """
    packed = frame.astype(np.uint32) @ np.array([65536, 256, 1], np.uint32)
    found, places, counts = np.unique(packed, return_inverse=True, return_counts=True)
    colours = np.stack([found >> 16, found >> 8 & 255, found & 255], axis=1).astype(np.int16)
    places = places.reshape(packed.shape)
    if len(found) > COLOURS:
        chosen, nearest = _chosen(colours, counts)
        colours, places = colours[chosen], nearest[places]
    return Reduced(places.astype(np.uint8), colours.astype(np.uint8))


def _chosen(
    colours: NDArray[np.int16], counts: NDArray[np.intp]
) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Return the places of 256 colours, and for each colour which of them is nearest."""
    frequent = np.argsort(-counts, kind="stable")
    chosen = np.empty(COLOURS, np.intp)
    nearest = np.zeros(len(colours), np.intp)
    distance = np.full(len(colours), 1000, np.int16)
    for place in range(COLOURS):
        new = frequent[place] if place < EXACT else int(np.argmax(distance))
        chosen[place] = new
        away = np.abs(colours - colours[new]).max(axis=1)
        closer = away < distance
        distance[closer], nearest[closer] = away[closer], place
    return chosen, nearest
