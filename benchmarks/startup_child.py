"""The program as a user starts it, in a process that says when it has painted, or stepped.

It is watched from outside: nothing of the program knows of it.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Callable

from PySide6.QtCore import (
    QCoreApplication,
    QEvent,
    QObject,
    QSettings,
    Qt,
    QTimer,
    qInstallMessageHandler,
)
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication, QMainWindow

from benchmarks.complaints import means_something
from rnnviz.app import main as run_program

POLL_MILLISECONDS = 5


class FirstPaint(QObject):
    """Calls `then` with the program's window once its first paint is done."""

    def __init__(self, then: Callable[[QMainWindow], object]) -> None:
        super().__init__()
        self._then = then
        self._window: QMainWindow | None = None
        self._app = QApplication(["rnnviz"])  # the program takes the one that exists
        self._app.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Paint and isinstance(watched, QMainWindow):
            self._app.removeEventFilter(self)
            self._window = watched
            # Its children are painted in the same go: what is posted now comes right after.
            first = Qt.EventPriority.HighEventPriority
            QCoreApplication.postEvent(self, QEvent(QEvent.Type.User), first.value)
        return False

    def customEvent(self, event: QEvent) -> None:
        assert self._window is not None
        self._then(self._window)


class FirstStep(QObject):
    """Presses → until the program has made a step, and says so."""

    def __init__(self, window: QMainWindow) -> None:
        super().__init__(window)
        self._window = window
        self._press()  # as soon as there is something to be seen; it may be too soon
        self._timer = QTimer(self, interval=POLL_MILLISECONDS)
        self._timer.timeout.connect(self._look)
        self._timer.start()

    def _press(self) -> None:
        target = QApplication.focusWidget() or self._window
        for kind in (QEvent.Type.KeyPress, QEvent.Type.KeyRelease):
            key = QKeyEvent(kind, Qt.Key.Key_Right, Qt.KeyboardModifier.NoModifier)
            QCoreApplication.postEvent(target, key)

    def _look(self) -> None:
        session = getattr(self._window, "session", None)
        if session is None:
            return
        if session.cursor >= 1:
            say("stepped")
        else:
            self._press()


def say(word: str) -> None:
    """Print a line that whoever started this process waits for."""
    print(word, flush=True)


def pass_on(kind: object, context: object, message: str) -> None:
    """Print what Qt says."""
    if means_something(message):
        print(message, file=sys.stderr)


def main(moment: str) -> int:
    """Run the program until it is killed, with a store that is not the user's."""
    qInstallMessageHandler(pass_on)
    watchers: dict[str, Callable[[QMainWindow], object]] = {
        "first_paint": lambda window: say("painted"),
        "first_step": FirstStep,
    }
    with tempfile.TemporaryDirectory() as folder:
        QSettings.setPath(QSettings.Format.IniFormat, QSettings.Scope.UserScope, folder)
        watcher = FirstPaint(watchers[moment])
        code = run_program([])
        del watcher
    return code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
