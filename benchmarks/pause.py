"""How long the window does not answer while a run goes to its end, over an idle window."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import numpy as np
from PySide6.QtCore import QObject, Qt, QTimer

from benchmarks.effort import Effort
from benchmarks.live import open_window, renew, run_to_end, settings_for, settle
from benchmarks.pairs import Limit, Pairs, Row, ratio_row
from rnnviz.session import Session

RATIO, FRAME = Limit(3.0), Limit(16.7)
UNITS, LENGTH, PAIRS = 512, 100_000, 7
BEAT_MILLISECONDS, PERCENTILE = 2, 99.9


def measure(effort: Effort) -> list[Row]:
    """Return the ratio, the pause itself, and the longest of all."""
    with open_window(settings_for("rnn", UNITS, LENGTH)) as window:
        session = window.session
        found = [_pair(session) for _ in range(effort.pairs(PAIRS))]
    pauses = Pairs(tuple(run.pause for run, _ in found), tuple(idle.pause for _, idle in found))
    longest = tuple(1e3 * max(run.intervals) for run, _ in found)
    what = f"pause of the window during a run, {UNITS} units x {LENGTH:,}"
    note = f"{PERCENTILE}th percentile of some {len(found[0][0].intervals):,} beats"
    return [
        ratio_row(f"{what}, over the idle window's", pauses, RATIO),
        Row(what, tuple(1e3 * pause for pause in pauses.measured), FRAME, "ms", note),
        Row(f"{what}: the longest", longest, None, "ms"),
    ]


@dataclass
class Heartbeat:
    """The seconds between the beats of a timer that the window's own thread has to serve."""

    intervals: list[float]

    @property
    def pause(self) -> float:
        """The percentile that stands for the longest pause."""
        return float(np.percentile(self.intervals, PERCENTILE))


class _Clock(QObject):
    def __init__(self) -> None:
        super().__init__()
        self.intervals: list[float] = []
        self._last = time.perf_counter()
        self._timer = QTimer(self, interval=BEAT_MILLISECONDS)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._beat)
        self._timer.start()

    def _beat(self) -> None:
        now = time.perf_counter()
        self.intervals.append(now - self._last)
        self._last = now

    def stop(self) -> Heartbeat:
        """Stop; the time since the last beat counts as well."""
        self._beat()
        self._timer.stop()
        return Heartbeat(self.intervals)


def _pair(session: Session) -> tuple[Heartbeat, Heartbeat]:
    """Run a new sequence to its end, then rest as long."""
    renew(session)
    settle()
    running = _beats_while(partial(run_to_end, session))
    settle()
    return running, _beats_while(lambda: settle(round(1e3 * sum(running.intervals))))


def _beats_while(call: Callable[[], object]) -> Heartbeat:
    clock = _Clock()
    call()
    return clock.stop()
