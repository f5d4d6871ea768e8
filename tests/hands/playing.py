"""Plays for a while, in a process of its own, beside one that does nothing: ``MINUTES``.

It prints JSON: the memory second by second, and the pauses of both event loops.
"""

from __future__ import annotations

import json
import multiprocessing
import sys
import time
from itertools import cycle
from pathlib import Path

TICK = 5
"""Milliseconds between two ticks of either loop."""
SETTLING = 2000
"""Milliseconds until all is laid out; pauses before that belong to the start."""
PAUSE = 0.02
"""Seconds from which on a pause is noted, with the time when it ended."""
SIZES = ((1000, 700), (1280, 720), (1440, 900), (1100, 800), (900, 660))


class Ticks:
    """Notes the time between each two ticks of a loop.

    Attributes
    ----------
    pauses : list of (end, length, waited)
        In seconds; `waited` is how long the thread could have run, had there been a core for it.
    """

    def __init__(self) -> None:
        self.count = 0
        self.pauses: list[tuple[float, float, float]] = []
        self.begin()

    def begin(self) -> None:
        """Begin now, as if there had been a tick."""
        self._last, self._waited = time.monotonic(), waited()

    def tick(self) -> None:
        """Note that a tick has come."""
        now, so_far = time.monotonic(), waited()
        self.count += 1
        if now - self._last > PAUSE:
            self.pauses.append((now, now - self._last, so_far - self._waited))
        self._last, self._waited = now, so_far

    def found(self) -> dict[str, object]:
        """Return what was noted."""
        return {"ticks": self.count, "pauses": self.pauses}


def waited() -> float:
    """Return how many seconds this thread has waited for a core; 0 where nobody counts them."""
    path = Path("/proc/thread-self/schedstat")
    return int(path.read_text().split()[1]) / 1e9 if path.exists() else 0.0


def idle(connection, seconds: float) -> None:
    """Run an event loop with nothing in it but the timer."""
    from PySide6.QtCore import QCoreApplication, Qt, QTimer

    app, ticks = QCoreApplication([]), Ticks()
    timer = QTimer(interval=TICK, timerType=Qt.TimerType.PreciseTimer)
    timer.timeout.connect(ticks.tick)
    timer.start()
    QTimer.singleShot(round(1000 * seconds), app.quit)
    app.exec()
    connection.send(ticks.found())


def play(seconds: float) -> dict[str, object]:
    """Play in a loop while the window is resized every half second."""
    from PySide6.QtCore import QSettings, Qt, QTimer
    from PySide6.QtGui import QAction
    from PySide6.QtWidgets import QSpinBox, QToolButton

    from hands.figures import resident_memory
    from rnnviz.app import create_window
    from rnnviz.settings import NetworkSettings, SequenceSettings, Settings
    from rnnviz.window import application

    app = application()
    settings = Settings(
        network=NetworkSettings(hidden_size=48), sequence=SequenceSettings(length=2_000)
    )
    window = create_window(settings, store=QSettings("", QSettings.Format.IniFormat))
    window.show()
    window.open_dock("unrolled")
    window.findChild(QSpinBox, "transport.speed").setValue(60)
    window.findChild(QToolButton, "transport.loop").setChecked(True)
    window.findChild(QAction, "run.play").trigger()
    ticks, sizes, memory = Ticks(), cycle(SIZES), []
    timer = QTimer(interval=TICK, timerType=Qt.TimerType.PreciseTimer)
    timer.timeout.connect(ticks.tick)
    resizing = QTimer(interval=500)
    resizing.timeout.connect(lambda: window.resize(*next(sizes)))
    looking = QTimer(interval=1000)
    looking.timeout.connect(lambda: memory.append((time.monotonic(), resident_memory())))
    steps = []
    window.session.cursor_moved.connect(steps.append)
    for each in (timer, resizing, looking):
        QTimer.singleShot(SETTLING, each.start)
    QTimer.singleShot(SETTLING, ticks.begin)
    QTimer.singleShot(SETTLING + round(1000 * seconds), app.quit)
    app.exec()
    window.close()
    return {**ticks.found(), "memory": memory, "steps": len(steps)}


def main() -> None:
    """Do both at once, and print what was found."""
    seconds = 60 * float(sys.argv[1])
    ours, theirs = multiprocessing.Pipe()
    beside = multiprocessing.get_context("spawn").Process(target=idle, args=(theirs, seconds))
    beside.start()
    played = play(seconds)
    found = {"playing": played, "idle": ours.recv()}
    beside.join()
    print(json.dumps(found))


if __name__ == "__main__":
    main()
