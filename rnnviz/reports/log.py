"""A file of bounded size that tells what went wrong, for whoever looks for it later."""

from __future__ import annotations

import faulthandler
import logging
import sys
import threading
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import TextIO

from PySide6.QtCore import QMessageLogContext, QStandardPaths, QtMsgType, qInstallMessageHandler

from rnnviz.reports.report import versions

LOGGER = logging.getLogger("rnnviz")
LOGGER.addHandler(logging.NullHandler())  # else Python prints what is logged where nobody keeps it

BYTES = 512 * 1024
"""Of the file; when it is full, it becomes the one before, and that is forgotten."""
LONGEST = 64 * 1024
"""Characters of one entry."""
NAME, CRASH_NAME = "rnnviz.log", "crash.log"
LINE = "%(asctime)s [%(process)d] %(levelname)s %(message)s"
MEANINGLESS = ("propagateSizeHints", "does not support raise")
"""What the offscreen platform says of every window."""
LEVELS = {
    QtMsgType.QtWarningMsg: logging.WARNING,
    QtMsgType.QtCriticalMsg: logging.ERROR,
    QtMsgType.QtFatalMsg: logging.CRITICAL,
}


class Log:
    """What is kept from `begin` to `end`: errors with their tracebacks, and what Qt complains of.

    Several programs may keep one log together.

    Parameters
    ----------
    folder : Path, optional
        The platform's place for it if left out.

    Attributes
    ----------
    path : Path
    problem : str
        Why nothing can be written, or nothing.
    """

    def __init__(self, folder: Path | None = None) -> None:
        self.path = (log_folder() if folder is None else folder) / NAME
        self.problem = ""
        self._handler: logging.Handler | None = None
        self._crash: TextIO | None = None
        self._qt: Callable[..., object] | None = None

    def begin(self) -> None:
        """Keep a log from now on; where that cannot be, `problem` says why."""
        self._qt = qInstallMessageHandler(self._on_qt_message)
        self._threads, threading.excepthook = threading.excepthook, self._on_thread_exception
        try:
            self._open()
        except OSError as error:
            self.problem = f"No log is kept: {self.path.parent}: {error.strerror or error}."
            return
        LOGGER.info("Started.\n%s", versions())
        self._take_crash()

    def end(self) -> None:
        """Keep nothing any more."""
        LOGGER.info("Ended.")
        qInstallMessageHandler(self._qt)
        threading.excepthook = self._threads
        if self._handler is not None:
            LOGGER.removeHandler(self._handler)
            self._handler.close()
        if self._crash is not None:
            faulthandler.disable()
            self._crash.close()
        LOGGER.setLevel(logging.NOTSET)

    def text(self) -> str:
        """Return all of it, the latest at the end; empty if there is none."""
        paths = (self.path.with_name(f"{NAME}.1"), self.path)
        return "".join(_read(path) for path in paths)

    def _open(self) -> None:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        if self.path.exists() and not self.path.is_file():  # a pipe would never open
            raise OSError(f"{NAME} is not a plain file")
        with self.path.open("a"):  # so that it is known at once whether it can be written
            pass
        self._handler = _Handler(self.path)
        self._handler.setFormatter(_Formatter(LINE))
        LOGGER.addHandler(self._handler)
        LOGGER.setLevel(logging.INFO)

    def _take_crash(self) -> None:
        """Log what an earlier program left when it crashed, and let this one leave as much."""
        path = self.path.with_name(CRASH_NAME)
        try:
            if left := _read(path):
                LOGGER.critical("An earlier program ended in a crash:\n%s", left)
                path.write_text("")
            if not faulthandler.is_enabled() and (not path.exists() or path.is_file()):
                self._crash = path.open("a", encoding="utf-8")
                faulthandler.enable(self._crash)
        except OSError:  # a crash is told in the terminal then
            return

    def _on_qt_message(self, kind: QtMsgType, context: QMessageLogContext, message: str) -> None:
        if kind in LEVELS and not any(known in message for known in MEANINGLESS):
            LOGGER.log(LEVELS[kind], "Qt: %s", message)
        if self._qt is not None:
            self._qt(kind, context, message)
        elif sys.stderr is not None:
            print(message, file=sys.stderr)

    def _on_thread_exception(self, raised: threading.ExceptHookArgs) -> None:
        LOGGER.error("A thread ended with an error.", exc_info=raised.exc_value)
        self._threads(raised)


def log_folder() -> Path:
    """Return the user's folder for what this program keeps on this machine."""
    place = QStandardPaths.StandardLocation.AppLocalDataLocation
    return Path(QStandardPaths.writableLocation(place))


class _Handler(logging.Handler):
    """Opens the file for each entry alone, so that another program can put it aside meanwhile.

    `logging.handlers` has no such thing, and takes a while to import. What cannot be written is
    lost: a full disk is said where something is saved.
    """

    def __init__(self, path: Path) -> None:
        super().__init__()
        self._path = path

    def emit(self, record: logging.LogRecord) -> None:
        entry = f"{self.format(record)}\n".encode("utf-8", "backslashreplace")
        with suppress(OSError):  # another program may have done it
            self._make_room(len(entry))
        with suppress(OSError), self._path.open("ab") as file:
            file.write(entry)

    def _make_room(self, size: int) -> None:
        if self._path.exists() and self._path.stat().st_size + size > BYTES:
            self._path.replace(self._path.with_name(f"{NAME}.1"))


class _Formatter(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        text = super().format(record)
        return text if len(text) <= LONGEST else f"{text[:LONGEST]} …"


def _read(path: Path) -> str:
    """Return the end of a text, or nothing if it cannot be read."""
    try:
        if not path.is_file():
            return ""
        with path.open("rb") as file:
            file.seek(max(0, path.stat().st_size - BYTES))
            return file.read(BYTES).decode("utf-8", "replace")
    except OSError:
        return ""
