"""``--screenshot`` and ``--export``: step without a display, write a file and end."""

from __future__ import annotations

import os
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rnnviz.cli import Options
    from rnnviz.session import Session
    from rnnviz.window import MainWindow


SIZE, THEME = (1440, 900), "dark"
SETTLE = 5
"""Rounds of events after which all is laid out: what is shown first may ask for other sizes."""
PAUSE = 0.005
"""Seconds between two looks whether a file is open."""


def take(options: Options) -> int:
    """Draw what `options` say; return 0 if the file was written, else 1 after a line that says why.

    Parameters
    ----------
    options : Options
        With a path in `screenshot`, in `export`, or in both.
    """
    os.environ["QT_QPA_PLATFORM"] = "offscreen"
    from PySide6.QtCore import qInstallMessageHandler

    from rnnviz.reports import sentence_of
    from rnnviz.widgets.png import write_png

    before = qInstallMessageHandler(_say_unless_known)
    try:
        export = _exporter(options)
        with _raised_in_slots() as raised, _window(options) as window:
            _prepare(window, options)
            picture = window.grab()
            if raised:
                raise raised[0]
            if options.screenshot is not None:
                write_png(picture.toImage(), options.screenshot)
            export(window)
    except Exception as error:  # whatever a module raises is told in one line
        print(f"rnnviz: {sentence_of(error)}", file=sys.stderr)
        return 1
    finally:
        qInstallMessageHandler(before)
    return 0


def _exporter(options: Options) -> Callable[[MainWindow], object]:
    """Return what writes the export, if one is asked for; raises ValueError where none can be."""
    path = options.export
    if path is None:
        return lambda window: None
    from rnnviz.taking.command import export, options_for

    wanted = options_for(path, options.export_view, options.size, options.theme, options.scale)
    return lambda window: export(path, wanted, window.session, window)


@contextmanager
def _raised_in_slots() -> Iterator[list[BaseException]]:
    """Collect what Qt would only print."""
    raised: list[BaseException] = []
    before, sys.excepthook = sys.excepthook, lambda kind, error, trace: raised.append(error)
    try:
        yield raised
    finally:
        sys.excepthook = before


@contextmanager
def _window(options: Options) -> Iterator[MainWindow]:
    """Show a window as asked for, with a store that is nobody's."""
    from PySide6.QtCore import QSettings

    from rnnviz.window import MainWindow, application

    application()
    with tempfile.TemporaryDirectory() as folder:
        store = QSettings(str(Path(folder) / "rnnviz.ini"), QSettings.Format.IniFormat)
        store.setValue("theme", options.theme or THEME)
        window = MainWindow(store)
        try:
            window.load(options.settings, options.preset)
            yield window
        finally:
            window.close()


def _prepare(window: MainWindow, options: Options) -> None:
    """Bring the window to the state that was asked for."""
    from rnnviz.cli import open_as
    from rnnviz.window import application

    window.setMinimumSize(1, 1)  # so that the picture has the size that was asked for
    size = options.size if options.size and options.export is None else SIZE
    window.resize(*size)
    window.show()
    window.files.opening.asks = False  # there is nobody to answer
    _wait(window, open_as(window, options))
    if options.project:
        window.showNormal()
        window.resize(*size)
    application().processEvents()
    if options.steps:
        _step(window.session, options.steps)
    for _ in range(SETTLE):
        application().processEvents()


def _wait(window: MainWindow, pieces: Iterable[None]) -> None:
    """Wait for files to be open, as they are; raises ValueError where one is refused."""
    from rnnviz.window import application

    refused: list[str] = []
    window.refused.connect(refused.append)
    for _ in pieces:
        application().processEvents()
        time.sleep(PAUSE)
    if refused:
        raise ValueError(refused[0])


def _step(session: Session, steps: int) -> None:
    """Go to a step, and wait until the cursor is there; raises what the module raises."""
    from PySide6.QtCore import QEventLoop

    if steps > session.length:
        unit = "moves" if session.run.walk.both else "steps"
        print(f"rnnviz: the sequence ends after {session.length} {unit}.", file=sys.stderr)
    failures: list[Exception] = []
    session.failed.connect(failures.append)
    session.seek(steps)
    if session.busy:
        loop = QEventLoop()
        session.busy_changed.connect(loop.quit)
        loop.exec()
    if failures:
        raise failures[0]


def _say_unless_known(kind: object, context: object, message: str) -> None:
    if "propagateSizeHints" not in message:  # what every offscreen window says, meaning nothing
        print(message, file=sys.stderr)
