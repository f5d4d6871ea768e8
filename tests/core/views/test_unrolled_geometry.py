"""The unrolled network's places, without a window."""

from itertools import combinations
from math import hypot

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rnnviz.views.unrolled_parts import Box, Metrics, Structure, Weight
from rnnviz.views.unrolled_sight import Hit, Sight, arrows_of, hit_at
from rnnviz.views.unrolled_stacking import column, least_height
from rnnviz.views.unrolled_strip import drawing

STRUCTURES = st.builds(Structure, st.integers(1, 8), st.integers(1, 2), st.booleans())
METRICS = st.builds(
    lambda scale, raised, letters: Metrics(
        scale, (50 if raised else 30) * scale, (21 if raised else 17) * scale, letters * 20 * scale
    ),
    st.floats(1, 2),
    st.booleans(),
    st.booleans(),
)
SIZES = st.tuples(st.integers(220, 2000), st.floats(0, 900))


@st.composite
def drawings(draw):
    """Return a drawing with what of a sequence is in sight."""
    structure, metrics, (width, more) = draw(STRUCTURES), draw(METRICS), draw(SIZES)
    length = draw(st.integers(1, 100_000))
    height = least_height(structure, metrics) + more
    made = drawing(structure, metrics, width, height, structure.columns(length))
    cursor = draw(st.integers(0, structure.columns(length) - 1))
    strip = made.strip
    return made, Sight(structure, strip.first(cursor), strip.count, length), cursor, height


def moved(box, x, y):
    """Return a box elsewhere."""
    return box._replace(x=box.x + x, y=box.y + y)


class Things:
    """All that is drawn of the unrolled network, in the view's pixels."""

    def __init__(self, made, sight):
        self.circles, self.boxes, self.labels, self.lines = [], [], [], []
        strip, step = made.strip, made.column
        for place, t in enumerate(sight.columns[:4]):
            at = strip.middle(place), made.top
            self.circles += [
                Box(x + at[0], y + at[1], step.radius, step.radius)
                for state, (x, y) in enumerate(step.states)
                if sight.exists(state, t)
            ]
            if sight.is_step(t):
                boxes = [step.x, *step.bars, *filter(None, [step.y])]
                self.boxes += [moved(box, *at) for box in boxes]
            arrows = list(arrows_of(step, sight, t, strip.pitch if place else 0.0))
            self.labels += [moved(arrow.label, *at) for arrow in arrows if arrow.label]
            self.lines += [line_of(arrow, at) for arrow in arrows]

    @classmethod
    def folded(cls, step):
        """Return what is drawn of the folded network."""
        self = cls.__new__(cls)
        self.circles = [Box(x, y, step.radius, step.radius) for x, y in step.states]
        self.boxes = [step.x, *step.bars, *filter(None, [step.y])]
        self.labels = [arrow.label for arrow in step.upwards() if arrow.label]
        self.labels += [loop.label for loop in step.loops()]
        self.lines = [line_of(arrow, (0, 0)) for arrow in step.upwards()]
        return self

    def check(self):
        """Nothing lies on anything else; lines may cross each other alone."""
        for one, other in combinations(self.boxes + self.labels, 2):
            assert not overlap(one, other), (one, other)
        for one, other in combinations(self.circles, 2):
            assert hypot(one.x - other.x, one.y - other.y) >= one.half_width + other.half_width
        for circle in self.circles:
            for box in self.boxes + self.labels:
                assert distance(box, circle.x, circle.y) >= circle.half_width, (circle, box)
            for line in self.lines:
                assert distance(line, circle.x, circle.y) >= circle.half_width - 0.5
        for line in self.lines:
            for box in self.labels:
                assert not overlap(line, box), (line, box)


def line_of(arrow, at):
    """Return the box that an arrow fills."""
    (x0, y0), (x1, y1) = arrow.start, arrow.end
    assert x0 == x1 or y0 == y1
    return Box((x0 + x1) / 2 + at[0], (y0 + y1) / 2 + at[1], abs(x1 - x0) / 2, abs(y1 - y0) / 2)


def overlap(one, other):
    """Return whether two boxes share more than an edge."""
    return (
        abs(one.x - other.x) < one.half_width + other.half_width - 1e-6
        and abs(one.y - other.y) < one.half_height + other.half_height - 1e-6
    )


def distance(box, x, y):
    """Return how far a place is from a box."""
    return hypot(max(0, abs(x - box.x) - box.half_width), max(0, abs(y - box.y) - box.half_height))


@given(drawings())
def test_nothing_lies_on_anything_else(drawn):
    made, sight, _, height = drawn
    Things(made, sight).check()
    Things.folded(made.column).check()
    assert made.column.top > -1 and made.top + made.column.bottom <= height + 1


@given(drawings())
def test_the_cursor_is_in_sight_and_steps_move_by_one(drawn):
    made, sight, cursor, _ = drawn
    strip = made.strip
    assert 0 <= sight.first <= cursor <= sight.last < strip.total
    if cursor + 1 < strip.total:
        assert strip.first(cursor + 1) - strip.first(cursor) in (0, 1)
    if sight.first > 0 and sight.last + 1 < strip.total:  # away from both ends it stands still
        assert cursor - sight.first == round(0.6 * (strip.count - 1))


@given(drawings())
def test_every_step_has_the_same_weights(drawn):
    made, sight, _, _ = drawn
    steps = [
        {arrow.weight for arrow in arrows_of(made.column, sight, t, made.strip.pitch)}
        for t in range(2, sight.length + 1)[:5]
    ]
    assert all(weights == steps[0] for weights in steps)
    states = range(sight.structure.states)
    wanted = {Weight(symbol, state) for state in states for symbol in ("W_ih", "W_hh")}
    if sight.structure.output:
        wanted.add(Weight("W_ho", states[-1]))
    for weights in steps:
        assert weights - {None} == wanted
    folded = {arrow.weight for arrow in made.column.upwards()} - {None}
    assert folded | {loop.weight for loop in made.column.loops()} == wanted


@given(drawings())
def test_everything_can_be_pointed_at(drawn):
    made, sight, _, _ = drawn
    step, strip = made.column, made.strip
    for place, t in enumerate(sight.columns):
        x = strip.middle(place)
        for state, at in enumerate(step.states):
            if sight.exists(state, t):
                assert hit_at(made, sight, x + at.x, made.top + at.y) == Hit("state", t, state)
        if sight.is_step(t):
            assert hit_at(made, sight, x, made.top + step.x.y) == Hit("x", t)
        for arrow in arrows_of(step, sight, t, strip.pitch if place else 0.0):
            if arrow.label is not None:
                hit = hit_at(made, sight, x + arrow.label.x, made.top + arrow.label.y)
                assert hit == Hit("weight", weight=arrow.weight)


def test_directions_go_their_ways():
    structure = Structure(layers=1, directions=2)
    step, sight = column(structure, Metrics(), 300), Sight(structure, 0, 6, 4)
    forward, backward = step.across(200)
    assert forward.start.x < forward.end.x and backward.start.x > backward.end.x
    assert [sight.joined(0, t) for t in range(7)] == [False, True, True, True, True, False, False]
    assert [sight.joined(1, t) for t in range(7)] == [False, False, True, True, True, True, False]
    assert [t for t in range(6) for state in (0, 1) if structure.given(state, t, 4)] == [0, 5]


def test_upper_layers_read_both_directions():
    step = column(Structure(layers=2, directions=2), Metrics(), 500)
    bar = step.bars[0]
    onto = [arrow for arrow in step.upwards() if arrow.weight is None]
    assert [arrow.start.x for arrow in onto] == [step.states[0].x, step.states[1].x]
    assert all(bar.bottom < arrow.end.y for arrow in onto)
    out_of = [arrow for arrow in step.upwards() if arrow.weight and arrow.weight.state >= 2]
    assert [arrow.start.y for arrow in out_of] == [bar.top, bar.top]


@pytest.mark.parametrize(("width", "folded"), [(1240, True), (420, True), (230, False)])
def test_the_folded_network_needs_room(width, folded):
    made = drawing(Structure(1, output=True), Metrics(), width, 190, 50)
    assert (made.folded_at is not None) == folded
    assert made.strip.count >= (2 if folded else 1)


def test_a_narrow_and_high_view_has_one_over_the_other():
    made = drawing(Structure(1), Metrics(), 360, 500, 50)
    assert made.top == 250 and made.folded_at == 180
    assert made.strip.count == 3
