"""``--screenshot``: draw the window without a display, step, write a PNG and end."""

from __future__ import annotations

import os
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from PySide6.QtGui import QPixmap

    from rnnviz.cli import Options
    from rnnviz.window import MainWindow


def take(options: Options) -> int:
    """Draw what `options` say; return the exit code."""
    assert options.screenshot is not None
    os.environ["QT_QPA_PLATFORM"] = "offscreen"
    from PySide6.QtCore import QSettings, qInstallMessageHandler

    from rnnviz.window import MainWindow, application

    qInstallMessageHandler(_say_unless_known)
    app = application()
    with tempfile.TemporaryDirectory() as folder:
        store = QSettings(str(Path(folder) / "rnnviz.ini"), QSettings.Format.IniFormat)
        store.setValue("theme", options.theme)
        window = MainWindow(store)
        window.load(preset=options.preset)
        window.resize(*options.size)
        window.show()
        if options.project:
            window.set_projection(True)
            window.showNormal()
            window.resize(*options.size)
        app.processEvents()
        _step(window, options.steps)
        app.processEvents()
        written = _write(window.grab(), options.screenshot)
        window.close()
    return 0 if written else 1


def _say_unless_known(kind: object, context: object, message: str) -> None:
    if "propagateSizeHints" not in message:  # what every offscreen window says, meaning nothing
        print(message, file=sys.stderr)


def _step(window: MainWindow, steps: int) -> None:
    from PySide6.QtCore import QEventLoop

    session = window.session
    session.seek(steps)
    if session.busy:
        loop = QEventLoop()
        session.busy_changed.connect(loop.quit)
        session.failed.connect(loop.quit)
        loop.exec()


def _write(picture: QPixmap, path: Path) -> bool:
    from PySide6.QtCore import QIODevice, QSaveFile

    file = QSaveFile(str(path))
    if file.open(QIODevice.OpenModeFlag.WriteOnly) and picture.save(file, "PNG") and file.commit():
        return True
    print(f"rnnviz: {path} cannot be written: {file.errorString()}.", file=sys.stderr)
    return False
