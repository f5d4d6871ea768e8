"""What takes its time: a record or a film on its way to the disk."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QObject, QTimer, Signal

from rnnviz.formats.trace_file import save_trace
from rnnviz.session import Session
from rnnviz.taking.filming import Filming
from rnnviz.taking.job import Job

LOOK = 30
"""Milliseconds between two looks at how far it is."""


class RecordWork(QObject):
    """The record, written in a thread.

    Signals
    -------
    progressed(done, total)
    finished(error) : None if it is written, or `cancel` was called.

    Attributes
    ----------
    path : Path
    """

    progressed = Signal(object, object)
    finished = Signal(object)

    def __init__(self, path: Path, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.path = path
        trace, settings = session.trace, session.settings
        self._job = Job(
            lambda tell, stopped: save_trace(path, trace, settings, progress=tell, stopped=stopped)
        )
        self._looks = QTimer(self, interval=LOOK)
        self._looks.timeout.connect(self._on_look)
        self._looks.start()

    @property
    def cancelled(self) -> bool:
        """Whether `cancel` ended it."""
        return self._job.cancelled

    def cancel(self) -> None:
        """End it; nothing is left behind."""
        self._job.cancel()
        self._job.wait()
        self._on_look()

    def _on_look(self) -> None:
        if not self._looks.isActive():
            return
        self.progressed.emit(self._job.done, self._job.total)
        if not self._job.running:
            self._looks.stop()
            self.finished.emit(self._job.error)


Work = RecordWork | Filming
