"""The steps of a run as a film: the window steps, a thread writes."""

from __future__ import annotations

import queue
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtGui import QImage, QPalette
from PySide6.QtWidgets import QWidget

from rnnviz.figures.stage import Stage
from rnnviz.figures.subjects import PAGE
from rnnviz.networks.base import Interrupted
from rnnviz.session import Session
from rnnviz.taking.encoding import write_film
from rnnviz.taking.job import Job, Stopped
from rnnviz.taking.reduced import Frame

AHEAD = 4
"""So many frames wait at most to be written."""
PAUSE = 5
"""Milliseconds between two looks whether there is room for a frame."""
PATIENCE = 0.05
"""Seconds of waiting for a frame, before it is asked whether to go on."""


@dataclass(frozen=True)
class Film:
    """What is filmed.

    Attributes
    ----------
    first, last : int
        Where the cursor goes from and to, a frame at each move.
    speed : int
        Frames a second.
    size : tuple of int or None
        In pixels; None: as on the screen.
    palette : QPalette or None
        None: the program's colours.
    view : str
    """

    first: int
    last: int
    speed: int = 10
    size: tuple[int, int] | None = None
    palette: QPalette | None = None
    view: str = PAGE

    @property
    def frames(self) -> int:
        """How many pictures it has."""
        return self.last - self.first + 1


class Filming(QObject):
    """Takes a picture at each step, and gives the cursor back in the end.

    Signals
    -------
    progressed(done, total)
    finished(error) : all is written, or an error has ended it, or (None as well) `cancel`.

    Attributes
    ----------
    path : Path
    """

    progressed = Signal(int, int)
    finished = Signal(object)

    def __init__(
        self,
        path: Path,
        film: Film,
        session: Session,
        window: QWidget | None = None,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self.path = path
        self._film, self._session = film, session
        self._stage = Stage(
            session, film.view, window, size=film.size, palette=film.palette, controls=True
        )
        self._all_taken = False
        self._before, self._next = session.target, film.first
        self._frames: queue.Queue[Frame | None] = queue.Queue(AHEAD)
        self._job = Job(lambda tell, stopped: write_film(path, self._taken(stopped), film.speed))
        session.failed.connect(self._on_failed)
        self._error: Exception | None = None
        self._ticks = QTimer(self, interval=0)
        self._ticks.timeout.connect(self._on_tick)
        self._ticks.start()

    @property
    def cancelled(self) -> bool:
        """Whether `cancel` ended it."""
        return self._job.cancelled

    def cancel(self) -> None:
        """End it; nothing is left behind."""
        if self._ticks.isActive():
            self._job.cancel()
            self._end()

    def _taken(self, stopped: Stopped) -> Iterator[Frame]:
        """Yield the frames as they come, in the thread that writes them."""
        while True:
            try:
                frame = self._frames.get(timeout=PATIENCE)
            except queue.Empty:
                frame = np.empty((0, 0, 3), np.uint8)
            if stopped():
                raise Interrupted
            if frame is None:
                return
            if frame.size:
                yield frame

    def _on_tick(self) -> None:
        try:
            self._go_on()
        except Exception as error:  # a module's own error, while it computes the next step
            self._on_failed(error)

    def _go_on(self) -> None:
        if not self._job.running:
            self._end()
        elif self._frames.full() or self._awaits_a_step():
            self._ticks.setInterval(PAUSE)
        elif self._next <= self._film.last:
            self._take()
        elif not self._all_taken:
            self._all_taken = True
            self._frames.put(None)
            self._ticks.setInterval(PAUSE)

    def _awaits_a_step(self) -> bool:
        """Return whether the worker computes the next step, and not what was asked for before."""
        return self._session.busy and self._session.target == self._next

    def _take(self) -> None:
        self._ticks.setInterval(0)
        self._session.seek(self._next)
        if self._session.cursor == self._next:  # else the worker computes it now
            self._frames.put(pixels(self._stage.picture()))
            self._next += 1
            self.progressed.emit(self._next - self._film.first, self._film.frames)

    def _on_failed(self, error: Exception) -> None:
        self._error = error
        self.cancel()

    def _end(self) -> None:
        self._ticks.stop()
        self._job.wait()
        self._session.failed.disconnect(self._on_failed)
        self._stage.close()
        self._session.seek(self._before)
        self.finished.emit(self._error or self._job.error)


def pixels(picture: QImage) -> Frame:
    """Return the pixels of a picture, (height, width, 3)."""
    image = picture.convertToFormat(QImage.Format.Format_RGB888)
    rows = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), image.bytesPerLine())
    return rows[:, : 3 * image.width()].reshape(image.height(), image.width(), 3).copy()
