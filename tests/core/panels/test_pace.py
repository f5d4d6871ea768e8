"""How fast something goes on, and how long it still takes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rnnviz.panels.pace import (
    COMMA_SPACE,
    FIGURE_SPACE,
    WINDOW,
    Pace,
    padded,
    speed_text,
    time_text,
)


def test_nothing_is_known_at_first():
    pace = Pace()
    pace.begin(5.0, 100)
    assert pace.speed() == 0


@given(st.floats(0.1, 1e5), st.integers(2, 60))
def test_a_steady_pace(speed, looks):
    pace = Pace()
    pace.begin(0.0, 0)
    for look in range(1, looks):
        pace.note(look / 10, round(look / 10 * speed))
    assert pace.speed() == pytest.approx(speed, abs=20)


def test_what_was_long_ago_does_not_count():
    pace = Pace()
    pace.begin(0.0, 0)
    step = 0
    for tenth in range(1, 101):  # ten seconds at 1,000 a second
        step += 100
        pace.note(tenth / 10, step)
    for tenth in range(101, 101 + round(WINDOW * 10)):  # then at 10
        step += 1
        pace.note(tenth / 10, step)
    assert pace.speed() == pytest.approx(10)


def test_a_single_look_after_long_still_counts():
    pace = Pace()
    pace.begin(0.0, 0)
    pace.note(30.0, 60)
    assert pace.speed() == 2


def test_beginning_again_forgets():
    pace = Pace()
    pace.begin(0.0, 0)
    pace.note(1.0, 1_000)
    pace.begin(2.0, 5_000)
    pace.note(3.0, 5_001)
    assert pace.speed() == 1


def test_numbers_are_as_wide_as_the_widest():
    assert padded(7, 10_000) == f"{FIGURE_SPACE * 2}{COMMA_SPACE}{FIGURE_SPACE * 2}7"
    assert padded(10_000, 10_000) == "10,000"


@pytest.mark.parametrize(
    ("speed", "said"), [(0.42, "0.4 steps/s"), (9.9, "9.9 steps/s"), (12_345.6, "12,346 steps/s")]
)
def test_speeds(speed, said):
    assert speed_text(speed) == said


@pytest.mark.parametrize(
    ("seconds", "said"),
    [(0.4, "0 s"), (59, "59 s"), (61, "1 min 01 s"), (3_599, "59 min 59 s"), (7_500, "2 h 05 min")],
)
def test_times(seconds, said):
    assert time_text(seconds) == said
