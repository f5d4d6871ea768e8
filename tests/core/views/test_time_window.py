"""Which steps of a long sequence are in sight."""

from hypothesis import given
from hypothesis import strategies as st

from rnnviz.views.time_window import LEAST_PIXELS, TimeWindow

lengths = st.integers(1, 100_000)
widths = st.integers(1, 4000)


def test_short_sequences_are_wholly_in_sight():
    window = TimeWindow(40)
    window.fit(cursor=7, pixels=800)
    assert (window.low, window.high) == (-0.5, 40.5)


@given(lengths, widths, st.floats(0, 1))
def test_the_cursor_is_in_sight_and_the_window_in_the_sequence(length, width, where):
    cursor = round(where * length)
    window = TimeWindow(length)
    window.fit(cursor, width)
    assert -0.5 <= window.low <= cursor - 0.5
    assert cursor + 0.5 <= window.high <= length + 0.5


@given(lengths, st.integers(20, 4000))
def test_each_step_has_its_pixels_or_all_are_in_sight(length, width):
    window = TimeWindow(length)
    window.fit(0, width)
    assert width / (window.high - window.low) >= min(LEAST_PIXELS, width / (length + 1)) * 0.999


@given(st.integers(1000, 100_000), st.lists(st.floats(0, 1), min_size=1, max_size=20))
def test_following_keeps_the_cursor_in_sight_and_the_zoom(length, places):
    window = TimeWindow(length)
    window.fit(0, 800)
    span = window.high - window.low
    for place in places:
        cursor = round(place * length)
        window.follow(cursor)
        assert window.low <= cursor - 0.5 and cursor + 0.5 <= window.high
        assert abs(window.high - window.low - span) < 1e-6


def test_following_stays_while_the_cursor_is_in_sight():
    window = TimeWindow(1000)
    window.fit(0, 800)
    assert not window.follow(100)
    assert window.follow(900)


def test_a_users_zoom_is_kept_until_another_sequence():
    window = TimeWindow(1000)
    window.take(10.0, 20.0)
    window.fit(0, 800)
    assert (window.low, window.high) == (10.0, 20.0)
    window.set_length(500)
    window.fit(0, 4000)
    assert (window.low, window.high) == (-0.5, 500.5)
