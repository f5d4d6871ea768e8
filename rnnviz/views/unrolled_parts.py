"""What the unrolled network consists of: layers and directions, circles, boxes, arrows.

Layers are counted as the record counts them: with both directions 0 is layer 0 forward, 1 layer 0
backward, 2 layer 1 forward.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple


@dataclass(frozen=True)
class Structure:
    """What a network looks like from afar.

    Attributes
    ----------
    layers : int
        How many lie over each other.
    directions : int
        1, or 2 where each layer also reads from the end.
    output : bool
        Whether there is a y_t.
    """

    layers: int
    directions: int = 1
    output: bool = False

    @property
    def states(self) -> int:
        """How many states a step has."""
        return self.layers * self.directions

    def backward(self, state: int) -> bool:
        """Return whether a state is handed from later steps to earlier ones."""
        return self.directions == 2 and state % 2 == 1

    def columns(self, length: int) -> int:
        """Return how many columns `length` steps take, with those of the start states."""
        return length + self.directions

    def exists(self, state: int, t: int, length: int) -> bool:
        """Return whether a state has a circle at t; start states lie beside the steps."""
        return t >= 1 if self.backward(state) else t <= length

    def start(self, state: int, length: int) -> int:
        """Return the t of a state's start state."""
        return length + 1 if self.backward(state) else 0

    def given(self, state: int, t: int, length: int) -> bool:
        """Return whether the state at t is a start state."""
        return t == self.start(state, length)


@dataclass(frozen=True)
class Metrics:
    """What type takes, in pixels.

    Attributes
    ----------
    scale : float
        Of all sizes.
    label_width, label_height : float
        Of the widest name on an arrow.
    letter : float
        The height of a step's label under x_t; 0 without labels.
    """

    scale: float = 1.0
    label_width: float = 30.0
    label_height: float = 16.0
    letter: float = 0.0


class Point(NamedTuple):
    """A place."""

    x: float
    y: float


class Box(NamedTuple):
    """A rectangle around its middle."""

    x: float
    y: float
    half_width: float
    half_height: float

    @property
    def top(self) -> float:
        """The y of its upper edge."""
        return self.y - self.half_height

    @property
    def bottom(self) -> float:
        """The y of its lower edge."""
        return self.y + self.half_height

    def holds(self, x: float, y: float) -> bool:
        """Return whether a place is in it."""
        return abs(x - self.x) <= self.half_width and abs(y - self.y) <= self.half_height


class Weight(NamedTuple):
    """A matrix: its symbol, and the state that it makes or, for ``W_ho``, that it reads."""

    symbol: str
    state: int


class Arrow(NamedTuple):
    """From one place to another; `weight` is None where numbers go on as they are."""

    weight: Weight | None
    start: Point
    end: Point
    label: Box | None


class Loop(NamedTuple):
    """From a state to itself: `side` is 1 to the right, -1 to the left."""

    weight: Weight
    state: int
    side: int
    label: Box
