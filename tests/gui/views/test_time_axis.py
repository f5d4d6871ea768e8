"""Labels of the time axis: none lies on another, wherever the view begins and ends."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QRectF

from rnnviz.views.time_axis import TOUCH, TimeAxis, _apart


@given(
    st.integers(1, 100_000), st.integers(200, 1400), st.floats(0, 1), st.floats(0.001, 1),
    st.floats(0, 1),
)  # fmt: skip
def test_no_number_lies_on_another(qapp, length, width, at, share, step):
    axis = TimeAxis()
    axis.resize(width, 30)
    axis.set_length(length, None)
    span = max(2.0, share * (length + 1))
    low = -0.5 + at * (length + 1 - min(span, length + 1))
    axis.set_range(low, low + span)
    axis.set_step(round(step * length))
    boxes = _apart({t: QRectF(axis._number_box(t)) for t in axis._numbered})
    for one, other in itertools.pairwise(boxes.values()):
        assert not one.intersects(other)
    for box in boxes.values():
        assert box.left() >= -1 and box.right() <= width + 1
        cleared = QRectF(axis._mark.cleared)
        inner = box.adjusted(TOUCH, 0, -TOUCH, 0)
        if low <= axis._step <= low + span:
            assert not inner.intersects(cleared) or cleared.contains(box)


@pytest.mark.parametrize(("moved", "kept"), [((0, 0), (1, 2, 3)), ((3, 3), (0, 1, 2))])
def test_the_label_at_the_edge_makes_room(moved, kept):
    boxes = {t: QRectF(20 * t, 0, 15, 10) for t in range(4)}
    number, _ = moved
    boxes[number] = boxes[1 if number == 0 else 2].translated(-3 if number == 0 else 3, 0)
    assert tuple(_apart(boxes)) == kept


@given(st.integers(-1, 10_000).map(lambda half: half / 2), st.integers(2, 2_000))
def test_only_what_is_in_sight_has_a_number(qapp, low, span):
    axis = TimeAxis()
    axis.resize(600, 30)
    axis.set_length(10_000, None)
    axis.set_range(low, low + span)
    assert all(low <= t <= low + span for t in axis._numbered)
