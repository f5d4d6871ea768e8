from datetime import datetime, timedelta

import pytest

from rnnviz.recovery.times import said_time

NOW = datetime(2026, 11, 24, 14, 8, 30)  # a Tuesday


@pytest.mark.parametrize(
    ("ago", "said"),
    [
        (timedelta(seconds=0), "Tuesday 14:08, just now"),
        (timedelta(seconds=59), "Tuesday 14:07, just now"),
        (timedelta(minutes=1), "Tuesday 14:07, 1 minute ago"),
        (timedelta(minutes=5), "Tuesday 14:03, 5 minutes ago"),
        (timedelta(hours=1, minutes=59), "Tuesday 12:09, 1 hour ago"),
        (timedelta(hours=15), "Monday 23:08, 15 hours ago"),
        (timedelta(days=5), "Thursday 14:08, 5 days ago"),
        (timedelta(days=6), "18 November 14:08, 6 days ago"),  # else it might be this Wednesday
        (timedelta(days=30), "25 October 14:08, 4 weeks ago"),
    ],
)
def test_what_is_said(ago, said):
    assert said_time(NOW - ago, NOW) == said


def test_P7_a_clock_that_was_set_back(tmp_path):
    assert said_time(NOW + timedelta(hours=3), NOW) == "24 November 17:08"
