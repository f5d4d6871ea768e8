"""Steps in the whole window, each until all of it is painted."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from benchmarks.live import paint, renew, settle, wait_for
from benchmarks.painting import check_painted
from benchmarks.pairs import timed

if TYPE_CHECKING:
    from rnnviz.window import MainWindow

WARM_UP = 12
"""Steps that do not count, before the first that does: caches fill, fonts load."""
MUST_PAINT = ("view.timeline.hidden.0", "view.equation.h")


class Stepper:
    """A window that makes steps nobody has made before, however many are asked for.

    Parameters
    ----------
    window : MainWindow
    start : int
        The step that counting begins after; everything before is computed without being timed.
    must_paint : sequence of str
        The heatmaps that a step must paint.
    """

    def __init__(
        self, window: MainWindow, start: int = 0, must_paint: Sequence[str] = MUST_PAINT
    ) -> None:
        self.window = window
        self.session = window.session
        self._start = start
        self._begin()
        check_painted(window, must_paint, self.step)

    def step(self) -> None:
        """Make one step and paint it."""
        self.go(self.session.step_forward)

    def back(self) -> None:
        """Go one step back and paint it."""
        self.go(self.session.step_back)

    def seek(self, t: int) -> None:
        """Go to a step and paint it."""
        self.go(lambda: self.session.seek(t))

    def go(self, move: Callable[[], None]) -> None:
        """Call `move` and wait until the cursor has followed and all is painted."""
        move()
        paint()
        if self.session.busy:
            wait_for(self.session)

    def steps(self, count: int) -> float:
        """Make `count` new steps; return the seconds that one took on average."""
        if self.session.length - self.session.target < count:
            self._begin()
        return timed(self.step, count)

    def _begin(self) -> None:
        """Go to the start; all steps that are there already make way for another sequence."""
        if self.session.run.computed:
            renew(self.session)
        self.seek(self._start)
        settle(50)
        for _ in range(WARM_UP):
            self.step()
