"""How fast something goes on, measured over the last moments, and how long it still takes."""

from __future__ import annotations

from collections import deque

WINDOW = 2.0
"""Seconds over which a pace is measured: what came before no longer tells anything."""
FIGURE_SPACE, COMMA_SPACE = "\u2007", "\u2008"
"""As wide as a digit and a comma, so that a text does not move when a number gets longer."""


class Pace:
    """Steps a second over the last `WINDOW` seconds."""

    def __init__(self) -> None:
        self._seen = deque([(0.0, 0)])

    def begin(self, seconds: float, step: int) -> None:
        """Forget all, and begin at `step`."""
        self._seen.clear()
        self._seen.append((seconds, step))

    def note(self, seconds: float, step: int) -> None:
        """Take down how far it is."""
        self._seen.append((seconds, step))
        while len(self._seen) > 2 and seconds - self._seen[1][0] >= WINDOW:
            self._seen.popleft()

    def speed(self) -> float:
        """Return steps a second; 0 while there is nothing to measure."""
        (started, first), (now, last) = self._seen[0], self._seen[-1]
        return (last - first) / (now - started) if now > started else 0.0


def padded(number: float, widest: float) -> str:
    """Write a whole number as wide as `widest` is."""
    text, longest = f"{number:,.0f}", f"{widest:,.0f}"
    missing = longest[: len(longest) - len(text)]
    return "".join(COMMA_SPACE if sign == "," else FIGURE_SPACE for sign in missing) + text


def speed_text(speed: float) -> str:
    """Write steps a second; slow ones with a decimal."""
    return f"{speed:,.1f} steps/s" if speed < 10 else f"{speed:,.0f} steps/s"


def time_text(seconds: float) -> str:
    """Write a time to wait, in the two units that matter."""
    minutes, rest = divmod(round(seconds), 60)
    if not minutes:
        return f"{rest} s"
    hours, minutes_left = divmod(minutes, 60)
    return f"{hours} h {minutes_left:02} min" if hours else f"{minutes} min {rest:02} s"
