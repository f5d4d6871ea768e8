"""Which part of a long sequence is in sight."""

from __future__ import annotations

LEAST_PIXELS = 4
"""All steps are in sight as long as each has so many pixels."""


class TimeWindow:
    """The range of x in sight; step t lies from t - 0.5 to t + 0.5.

    Attributes
    ----------
    length : int
        The number of steps of the sequence.
    low, high : float
        The range in sight.
    automatic : bool
        Whether the range follows size and cursor by itself; a user's zoom ends that.
    """

    def __init__(self, length: int = 1) -> None:
        self.set_length(length)

    def set_length(self, length: int) -> None:
        """Begin anew with another sequence."""
        self.length = length
        self.automatic = True
        self.show_all()

    def show_all(self) -> None:
        """Bring all steps into sight."""
        self.low, self.high = -0.5, self.length + 0.5

    def fit(self, cursor: int, pixels: int) -> None:
        """Choose the range for a width, unless the user has."""
        if not self.automatic:
            return
        span = max(2.0, pixels / LEAST_PIXELS)
        self.show_all()
        if span < self.length + 1:
            self._show(span, cursor)

    def follow(self, cursor: int) -> bool:
        """Turn the page if the cursor has left the range; return whether it did."""
        if self.low <= cursor - 0.5 and cursor + 0.5 <= self.high:
            return False
        self._show(self.high - self.low, cursor)
        return True

    def take(self, low: float, high: float) -> None:
        """Take over a range that the user chose by zooming or dragging."""
        self.low, self.high = low, high
        self.automatic = False

    def bring_back(self, low: float, high: float, automatic: bool) -> None:
        """Take over a range that was kept, as far as this sequence has it."""
        low, high = max(low, -0.5), min(high, self.length + 0.5)
        if low < high:
            self.low, self.high, self.automatic = low, high, automatic

    def _show(self, span: float, cursor: int) -> None:
        # The cursor comes to stand at a quarter: what follows has more room than what was.
        self.low = min(max(cursor - span / 4, -0.5), self.length + 0.5 - span)
        self.high = self.low + span
