"""One step of the unrolled network as a column, and what lies between two of them.

All is relative to the column's middle, in pixels, y downwards.
"""

from __future__ import annotations

from dataclasses import dataclass

from rnnviz.views.unrolled_parts import Arrow, Box, Loop, Metrics, Point, Structure, Weight

BESIDE = 6.0
"""Between an arrow and its name."""
OVER = 4.0
"""Between an arrow to the side and its name above it."""
CLEAR = 10.0
"""At least, between things of two columns."""
TIP = 3.0
"""Between an arrow's tip and what it points at."""
LOOP = 2.1
"""How far a loop reaches from the middle of its circle, in radii."""


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
