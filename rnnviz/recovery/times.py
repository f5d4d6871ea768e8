"""When something was, as one would say it: ``Tuesday 14:03, 5 minutes ago``."""

from __future__ import annotations

from datetime import datetime

WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip
MINUTE, HOUR, DAY, WEEK = 60, 3600, 86400, 604800
UNITS = ((WEEK, "week"), (DAY, "day"), (HOUR, "hour"), (MINUTE, "minute"))


def said_time(then: datetime, now: datetime) -> str:
    """Return the weekday, or the date if it was longer ago, the time, and how long ago that is.

    In English whatever the locale; a moment that is yet to come, as after a clock was set back, is
    not said to be past.
    """
    seconds = (now - then).total_seconds()
    near = 0 <= seconds < WEEK - DAY
    day = WEEKDAYS[then.weekday()] if near else f"{then.day} {MONTHS[then.month - 1]}"
    time = f"{day} {then.hour:02d}:{then.minute:02d}"
    return time if seconds < 0 else f"{time}, {_ago(seconds)}"


def _ago(seconds: float) -> str:
    for size, unit in UNITS:
        if count := int(seconds // size):
            return f"{count} {unit}{'s' if count > 1 else ''} ago"
    return "just now"
