"""Keeps what would be lost: each change reaches the disk within two seconds, beside the window."""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, Qt, QTimer, Signal
from PySide6.QtGui import QGuiApplication, QImage
from PySide6.QtWidgets import QMainWindow

from rnnviz.files import reason_of
from rnnviz.jobs import Job
from rnnviz.networks import NETWORKS
from rnnviz.recovery.offering import Offering
from rnnviz.recovery.places import Place
from rnnviz.recovery.unsaved import Unsaved, Writer
from rnnviz.saving.saving import Saving
from rnnviz.session import Session
from rnnviz.widgets.png import png_of

EVERY = 1000
"""Milliseconds between two looks whether anything has changed."""
SOON = 50
"""Milliseconds until it looks again where the disk, or a session that comes back, takes longer."""
PICTURE_SECONDS = 10
"""A picture of the window costs as much as a frame, so it is seldom taken, and never in motion."""
PICTURE_WIDTH = 640
PATIENCE = 1.5
"""Seconds that the end of the program waits for the disk."""


class Recovery(QObject):
    """Writes a window's state beside the window, until that is closed; offers what a crash left.

    Nothing is written before something was changed.

    Parameters
    ----------
    window : QMainWindow
    session : Session
    saving : Saving
    root : Path
        The folder under which it is kept.

    Attributes
    ----------
    stays : bool
        Whether what is kept stays when the window is closed, as it is lost otherwise.

    Signals
    -------
    failed(sentence) : why nothing is kept, said once, or brought back.
    offered(widget) : a question for the window.
    discarded(sentence) : what is removed with the end of the window.
    """

    failed = Signal(str)
    offered = Signal(object)
    discarded = Signal(str)

    def __init__(self, window: QMainWindow, session: Session, saving: Saving, root: Path) -> None:
        super().__init__(window)
        self._window, self._session, self._saving = window, session, saving
        self.stays = False
        self._writer = Writer(root)
        self._job = Job(self)
        self._job.done.connect(self._on_written)
        self._job.failed.connect(self._on_failed)
        self._touched = self._has_failed = False
        self._seen = self._pictured = self._unsaved()
        self._next_picture = 0.0
        self._timer = QTimer(self, interval=EVERY)
        self._timer.timeout.connect(self._on_timeout)
        for signal in (
            session.settings_changed,
            session.cursor_moved,
            session.trace_extended,
            session.selection_changed,
            saving.document.changed,
        ):
            signal.connect(self._on_changed)
        self._timer.start()
        self._offering = Offering(saving, root)
        self._offering.offered.connect(self.offered)
        self._offering.restored.connect(self._on_restored)
        self._offering.failed.connect(self.failed)
        self._offering.discarded.connect(self.discarded)

    # While the window is open

    def set_projection(self, on: bool) -> None:
        """Ask nothing while an audience looks on."""
        self._offering.set_projection(on)

    def bring_back(self) -> None:
        """Offer again what was discarded last."""
        self._offering.bring_back()

    def _on_restored(self, place: Place) -> None:
        """Go on in a place that was left behind; what it holds is now in the window."""
        self._job.finished(PATIENCE)
        self._writer.adopt(place)
        self._touched = True

    def _on_changed(self) -> None:
        self._touched = True

    def _on_timeout(self) -> None:
        """Look; where nobody is at the window, only if the session said something."""
        waits = self._job.busy or self._saving.keeping.busy
        self._timer.setInterval(SOON if waits else EVERY)
        active = QGuiApplication.applicationState() == Qt.ApplicationState.ApplicationActive
        if waits or not (self._touched or active):
            return
        self._touched = False
        now = self._unsaved()
        if self._is_news(now):
            self._write(now)
        elif self._picture_is_due(now):
            self._write_picture(now)

    def _is_news(self, now: Unsaved) -> bool:
        if self._writer.place is not None:
            return now != self._seen
        return now.work != self._seen.work

    def _write(self, now: Unsaved) -> None:
        self._job.start(partial(_done, partial(self._writer.write, now), now))

    def _picture_is_due(self, now: Unsaved) -> bool:
        wanted = self._writer.place is not None and now != self._pictured
        still = not (self._session.busy or QGuiApplication.mouseButtons().value)
        return wanted and still and time.monotonic() >= self._next_picture

    def _write_picture(self, now: Unsaved) -> None:
        self._pictured, self._next_picture = now, time.monotonic() + PICTURE_SECONDS
        image = self._window.grab().toImage()
        write = partial(self._write_png, image)
        self._job.start(partial(_done, write, self._seen))

    def _write_png(self, image: QImage) -> None:
        small = image.scaledToWidth(PICTURE_WIDTH, Qt.TransformationMode.SmoothTransformation)
        self._writer.write_picture(png_of(small))

    def _on_written(self, seen: Unsaved) -> None:
        self._seen, self._has_failed = seen, False

    def _on_failed(self, error: Exception) -> None:
        """Try again with the next look; that it fails is said once."""
        self._touched = True
        if not self._has_failed:
            self._has_failed = True
            why = reason_of(error)
            self.failed.emit(f"Unsaved work is not kept for after a crash: {why}.")

    def _unsaved(self) -> Unsaved:
        document = self._saving.document
        path = None if document.path is None else str(document.path.absolute())
        return Unsaved(self._saving.keeping.taken(), path, document.modified, self._about())

    def _about(self) -> str:
        network, name = self._session.settings.network, self._saving.document.name
        units = f"{NETWORKS[network.kind].title}, {network.hidden_size:,} units"
        return f"{name}: {units}, step {self._session.cursor:,} of {self._session.length:,}"

    # The end

    def close(self) -> None:
        """Look no more; what is kept is removed, as nothing is lost, unless it stays."""
        self._timer.stop()
        self._offering.close()
        self._job.finished(PATIENCE)
        if self.stays:
            self._keep_all()
        elif self._job.finished(0):
            self._writer.remove()

    def finished(self, seconds: float) -> bool:
        """Wait for the disk, `seconds` at most, and return whether nothing is written any more."""
        return self._job.finished(seconds)

    def _keep_all(self) -> None:
        now = self._unsaved()
        if self._is_news(now):
            self._write(now)
            self._job.finished(PATIENCE)
        if now != self._pictured and self._writer.place is not None and self._job.finished(0):
            self._write_picture(now)
            self._job.finished(PATIENCE)


def _done(work: Callable[[], None], seen: Unsaved, stopped: Callable[[], bool]) -> Unsaved:
    """Do `work` to its end, as half of it would be of no use, and return what is written then."""
    work()
    return seen
