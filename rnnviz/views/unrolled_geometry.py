"""The unrolled network's places: one step as a column, and what lies between two of them.

All is relative to the column's middle, in pixels, y downwards. Layers are counted as the record
counts them: with both directions 0 is layer 0 forward, 1 layer 0 backward, 2 layer 1 forward.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

RADIUS = (15.0, 28.0)
"""Of a state's circle: the least, and the most where there is room."""
GAP = (27.0, 54.0)
"""Between a circle and what it reads: an arrow with a name."""
BOX = (22.0, 28.0)
"""The height of x_t and of y_t."""
ROW_GAP = (8.0, 18.0)
"""Between the circles of the two directions."""
BAR_GAP = (14.0, 24.0)
"""Up to where both directions' states lie one behind the other."""
BAR = (9.0, 11.0)
MARGIN, MARGIN_BELOW = 12.0, 8.0
"""Above, where names may stand, and below."""
BESIDE = 6.0
"""Between an arrow and its name."""
OVER = 4.0
"""Between an arrow to the side and its name above it."""
ROUNDED = 1.0
"""So far may things lie from where they were meant to be, which is not always a whole pixel."""
CLEAR = 10.0
"""At least, between things of two columns."""
SPREAD = 11.0
"""An arrow passes a circle of the other direction so far from it."""
TIP = 3.0
"""Between an arrow's tip and what it points at."""
LOOP = 2.1
"""How far a loop reaches from the middle of its circle, in radii."""


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


@dataclass(frozen=True)
class Column:
    """One step: x_t below, the states over it, y_t on top.

    Attributes
    ----------
    structure : Structure
    metrics : Metrics
    radius : float
        Of the circles.
    states : tuple of Point
        The circles' middles.
    x : Box
    y : Box or None
    bars : tuple of Box
        Where both directions' states lie one behind the other, a layer's over the layer.
    letter : float
        The y of the middle of the label below.
    top, bottom : float
        What it covers, with some room.
    """

    structure: Structure
    metrics: Metrics
    radius: float
    states: tuple[Point, ...]
    x: Box
    y: Box | None
    bars: tuple[Box, ...]
    letter: float
    top: float
    bottom: float

    @property
    def offset(self) -> float:
        """How far the circles lie beside the middle: forward ones left, backward ones right."""
        return abs(self.states[0].x)

    @property
    def half_width(self) -> float:
        """Half of what circles and boxes cover."""
        return max(self.offset + self.radius, self.x.half_width)

    @property
    def reach(self) -> float:
        """How far it reaches to the left, with its names; with both directions also to the right.

        One direction's names are all on the left.
        """
        return max(self.half_width, self.offset + self._beside + self.metrics.label_width)

    @property
    def reach_right(self) -> float:
        """How far it reaches to the right."""
        return self.reach if self.structure.directions == 2 else self.half_width

    @property
    def _beside(self) -> float:
        return BESIDE * self.metrics.scale

    @property
    def _tip(self) -> float:
        return TIP * self.metrics.scale

    # Between columns

    @property
    def least_pitch(self) -> float:
        """How far columns are apart at least."""
        clear, label = CLEAR * self.metrics.scale, self.metrics.label_width
        over_an_arrow = 2 * self.offset + self.radius + label + 2 * clear
        if self.structure.directions == 1:
            over_an_arrow += self.radius
        return max(over_an_arrow, self.reach + self.reach_right + clear, 2 * self.half_width)

    def across(self, pitch: float) -> tuple[Arrow, ...]:
        """Return the arrows between this column and the one before it, `pitch` to the left."""
        return tuple(self._across(state, pitch) for state in range(self.structure.states))

    def _across(self, state: int, pitch: float) -> Arrow:
        at, r, weight = self.states[state], self.radius, Weight("W_hh", state)
        left, right = Point(at.x - pitch + r, at.y), Point(at.x - r, at.y)
        label = self._label_over(left.x, right.x, pitch, at)
        if self.structure.backward(state):
            return Arrow(weight, right, Point(left.x + self._tip, at.y), label)
        return Arrow(weight, left, Point(right.x - self._tip, at.y), label)

    def _label_over(self, left: float, right: float, pitch: float, at: Point) -> Box:
        """Return the place of a name over an arrow to the side, clear of those that go upwards."""
        if at.x > 0:
            right = -at.x
        elif at.x < 0:
            left = -at.x - pitch
        above = self.metrics.label_height / 2 + OVER * self.metrics.scale
        return self._label((left + right) / 2, at.y - above)

    def stubs(self, side: int, length: float) -> tuple[Arrow, ...]:
        """Return what is seen of the arrows to a column out of sight: `side` is -1 before, 1 after.

        They reach `length` beyond the column and have no names.
        """
        return tuple(self._stub(state, side, length) for state in range(self.structure.states))

    def _stub(self, state: int, side: int, length: float) -> Arrow:
        at, weight = self.states[state], Weight("W_hh", state)
        edge, far = at.x + side * self.radius, Point(side * (self.half_width + length), at.y)
        if self.structure.backward(state) == (side > 0):
            return Arrow(weight, far, Point(edge + side * self._tip, at.y), None)
        return Arrow(weight, Point(edge, at.y), far, None)

    # Within a column

    def upwards(self) -> tuple[Arrow, ...]:
        """Return the arrows from x_t up to y_t."""
        states = range(self.structure.states)
        arrows = [self._into(state) for state in states]
        arrows += [self._onto_bar(state) for state in states if self._layer(state) < len(self.bars)]
        if self.y is not None:
            arrows.append(self._to_output(self.y))
        return tuple(arrows)

    def _layer(self, state: int) -> int:
        return state // self.structure.directions

    def _top_of(self, layer: int) -> float:
        """Return where arrows from a layer to what is above it begin; -1 stands for x_t."""
        if layer < 0:
            return self.x.top
        if self.bars:
            return self.bars[layer].top
        return self.states[layer].y - self.radius

    def _into(self, state: int) -> Arrow:
        at, layer = self.states[state], self._layer(state)
        start = self._top_of(layer - 1)
        lowest = self.states[layer * self.structure.directions].y + self.radius
        label = self._label_beside(at.x, (start + lowest) / 2)
        end = Point(at.x, at.y + self.radius + self._tip)
        return Arrow(Weight("W_ih", state), Point(at.x, start), end, label)

    def _onto_bar(self, state: int) -> Arrow:
        at, bar = self.states[state], self.bars[self._layer(state)]
        start = Point(at.x, at.y - self.radius)
        return Arrow(None, start, Point(at.x, bar.bottom + self._tip), None)

    def _to_output(self, y: Box) -> Arrow:
        start = self._top_of(self.structure.layers - 1)
        label = self._label_beside(0.0, (start + y.bottom) / 2)
        weight = Weight("W_ho", self.structure.states - 1)
        return Arrow(weight, Point(0.0, start), Point(0.0, y.bottom + self._tip), label)

    def _label_beside(self, x: float, y: float) -> Box:
        """Return the place of a name beside an upward arrow: outside, or at the left."""
        side = 1 if x > 0 else -1
        return self._label(x + side * (self._beside + self.metrics.label_width / 2), y)

    def _label(self, x: float, y: float) -> Box:
        return Box(x, y, self.metrics.label_width / 2, self.metrics.label_height / 2)

    # The folded network

    def loops(self) -> tuple[Loop, ...]:
        """Return the loops of the folded network."""
        return tuple(self._loop(state) for state in range(self.structure.states))

    def _loop(self, state: int) -> Loop:
        at = self.states[state]
        side = -1 if at.x < 0 else 1
        away = LOOP * self.radius + self._beside + self.metrics.label_width / 2
        return Loop(Weight("W_hh", state), state, side, self._label(at.x + side * away, at.y))

    @property
    def loop_reach(self) -> float:
        """How far a loop and its name reach from the column's middle."""
        return self.offset + LOOP * self.radius + self._beside + self.metrics.label_width


class _Band(NamedTuple):
    """One thing of a column, from below: its height at least and at most."""

    least: float
    most: float


def _gap(metrics: Metrics) -> _Band:
    """Return what an upward arrow takes: its name clears that over the arrow to the side."""
    label = metrics.label_height / metrics.scale
    return _Band(max(GAP[0], 3 * label + 2 * (OVER + ROUNDED - RADIUS[0])), GAP[1])


def _row_gap(metrics: Metrics) -> _Band:
    """Return what lies between the two directions: a name stands over the lower one's arrow."""
    label = metrics.label_height / metrics.scale
    return _Band(max(ROW_GAP[0], label + OVER + ROUNDED - RADIUS[0]), ROW_GAP[1])


def _bands(structure: Structure, metrics: Metrics) -> list[_Band]:
    """Return what lies over each other in a column, from below, unscaled."""
    letter = metrics.letter / metrics.scale
    circle = _Band(2 * RADIUS[0], 2 * RADIUS[1])
    bands = [_Band(MARGIN_BELOW, MARGIN_BELOW), _Band(letter, letter), _Band(*BOX)]
    for layer in range(structure.layers):
        bands += [_gap(metrics), circle]
        if structure.directions == 2:
            bands += [_row_gap(metrics), circle]
            if structure.output or layer < structure.layers - 1:
                bands += [_Band(*BAR_GAP), _Band(*BAR)]
    if structure.output:
        bands += [_gap(metrics), _Band(*BOX)]
    return [*bands, _Band(MARGIN, MARGIN)]


def least_height(structure: Structure, metrics: Metrics) -> float:
    """Return the height under which names would be crossed by arrows."""
    return metrics.scale * sum(band.least for band in _bands(structure, metrics))


def wanted_height(structure: Structure, metrics: Metrics) -> float:
    """Return a height at which circles carry their numbers."""
    bands = _bands(structure, metrics)
    return metrics.scale * sum(0.55 * band.least + 0.45 * band.most for band in bands)


def column(
    structure: Structure, metrics: Metrics, height: float, most_share: float = 1.0
) -> Column:
    """Return a column for a height, in the middle of it; y counts from the top.

    Parameters
    ----------
    structure : Structure
    metrics : Metrics
    height : float
    most_share : float
        So much of the way from the least to the largest sizes is taken at most.
    """
    bands = _bands(structure, metrics)
    least, most = (metrics.scale * sum(sizes) for sizes in zip(*bands, strict=True))
    share = min(most_share, max(0.0, (height - least) / (most - least)))
    return _Builder(structure, metrics, share).build((height + least + share * (most - least)) / 2)


class _Builder:
    """Lays one thing over the other, from below."""

    def __init__(self, structure: Structure, metrics: Metrics, share: float) -> None:
        self.structure, self.metrics, self.share = structure, metrics, share
        self.radius = self._size(RADIUS)
        self.offset = 0.0
        if structure.directions == 2:
            self.offset = float(round((self.radius + SPREAD * metrics.scale) / 2))
        self.bottom = 0.0

    def build(self, bottom: float) -> Column:
        scale, letter = self.metrics.scale, self.metrics.letter
        self.bottom = bottom - MARGIN_BELOW * scale
        at_letter = self._next(letter)
        x = self._box(BOX)
        states, bars = self._layers()
        y = None
        if self.structure.output:
            self._next(self._size(_gap(self.metrics)))
            y = self._box(BOX)
        top = self.bottom - MARGIN * scale
        return Column(
            self.structure, self.metrics, self.radius, tuple(states), x, y, tuple(bars),
            at_letter, top, bottom,
        )  # fmt: skip

    def _layers(self) -> tuple[list[Point], list[Box]]:
        states, bars = [], []
        for layer in range(self.structure.layers):
            self._next(self._size(_gap(self.metrics)))
            states.append(Point(-self.offset, self._next(2 * self.radius)))
            if self.structure.directions == 2:
                self._next(self._size(_row_gap(self.metrics)))
                states.append(Point(self.offset, self._next(2 * self.radius)))
                if self.structure.output or layer < self.structure.layers - 1:
                    self._next(self._size(BAR_GAP))
                    bars.append(self._box(BAR))
        return states, bars

    def _size(self, sizes: tuple[float, float]) -> float:
        return self.metrics.scale * (sizes[0] + self.share * (sizes[1] - sizes[0]))

    def _next(self, height: float) -> float:
        """Go up by `height`, and return the middle of it, on a whole pixel."""
        self.bottom -= height
        return float(round(self.bottom + height / 2))

    def _box(self, heights: tuple[float, float]) -> Box:
        height = self._size(heights)
        half = max(self.offset + 8 * self.metrics.scale, 0.85 * self._size(BOX))
        return Box(0.0, self._next(height), half, height / 2)
