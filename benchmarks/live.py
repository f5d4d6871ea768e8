"""The program's window as a benchmark needs it: settled, and stepped until all is painted."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QEventLoop, QSettings, QTimer
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QApplication

from benchmarks import complaints
from rnnviz.app import create_window
from rnnviz.initialization import TorchDefault
from rnnviz.session import Session
from rnnviz.settings import InitializationSettings, NetworkSettings, SequenceSettings, Settings

if TYPE_CHECKING:
    from rnnviz.window import MainWindow

SIZE = (1600, 900)
INPUTS = 8
SETTLING_MILLISECONDS = 400


def settings_for(kind: str, hidden: int, length: int, inputs: int = INPUTS) -> Settings:
    """Return settings of a network with torch's own initialisation, and noise to go in."""
    return Settings(
        network=NetworkSettings(kind=kind, input_size=inputs, hidden_size=hidden),
        initialization=InitializationSettings(scheme=TorchDefault()),
        sequence=SequenceSettings(length=length),
    )


@contextmanager
def open_window(settings: Settings | None = None) -> Iterator[MainWindow]:
    """Show the window in its default layout, whatever the user's own is; close it at the end."""
    app = QApplication.instance() or QApplication([])
    with complaints.raised(), tempfile.TemporaryDirectory() as folder:
        store = QSettings(str(Path(folder) / "rnnviz.ini"), QSettings.Format.IniFormat)
        window = create_window(settings, store=store)
        window.resize(*SIZE)
        window.show()
        settle()
        if (window.width(), window.height()) != SIZE:
            raise RuntimeError(f"The window is {window.width()} x {window.height()}, not {SIZE}.")
        try:
            yield window
        finally:
            window.close()
            window.deleteLater()
            app.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)


def paint() -> None:
    """Let everything be painted that asks for it."""
    QApplication.processEvents()
    QApplication.processEvents()  # a scene turns changes into repaints in a first round


def settle(milliseconds: int = SETTLING_MILLISECONDS) -> None:
    """Let the event loop turn for a while, until timers and layouts have come to rest."""
    loop = QEventLoop()
    QTimer.singleShot(milliseconds, loop.quit)
    loop.exec()


def wait_for(session: Session) -> None:
    """Let the event loop turn until the cursor is where it was sent."""
    if session.busy:
        loop = QEventLoop()
        session.busy_changed.connect(loop.quit)
        session.failed.connect(loop.quit)
        loop.exec()
    if session.busy or session.cursor != session.target:
        raise RuntimeError(f"The cursor stays at {session.cursor}, before {session.target}.")
    paint()


def run_to_end(session: Session) -> None:
    """Run to the last step and paint it."""
    session.run_to_end()
    wait_for(session)


def renew(session: Session) -> None:
    """Draw another sequence of the same length: a new run begins."""
    sequence = session.settings.sequence
    new = sequence.model_copy(update={"seed": sequence.seed + 1})
    session.apply(session.settings.model_copy(update={"sequence": new}))
    paint()


def trigger(window: MainWindow, action: str) -> None:
    """Trigger one of the window's actions by its name, and let it be painted."""
    found = window.findChild(QAction, action)
    if found is None:
        raise LookupError(f"The window has no action {action!r}.")
    found.trigger()
    settle(100)
