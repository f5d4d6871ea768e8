"""Playing: one step forward at each tick."""

from __future__ import annotations

from PySide6.QtCore import QObject, QTimer, Signal

from rnnviz.session import Session

MIN_SPEED, MAX_SPEED = 1, 60


class Player(QObject):
    """Steps a session at a steady pace.

    Attributes
    ----------
    loop : bool
        Whether to begin again at the end.

    Signals
    -------
    playing_changed(playing)
    """

    playing_changed = Signal(bool)

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.loop = False
        self._session = session
        self._timer = QTimer(self)
        self._timer.timeout.connect(self._on_tick)
        session.failed.connect(self.pause)
        session.trace_reset.connect(self._on_trace_reset)
        self.set_speed(10)

    @property
    def playing(self) -> bool:
        """Whether it plays."""
        return self._timer.isActive()

    @property
    def speed(self) -> int:
        """Steps a second."""
        return self._speed

    def set_speed(self, steps_per_second: int) -> None:
        """Set the pace, from `MIN_SPEED` to `MAX_SPEED`."""
        self._speed = steps_per_second
        self._timer.setInterval(round(1000 / steps_per_second))

    def set_loop(self, loop: bool) -> None:
        """Begin again at the end, or stop there."""
        self.loop = loop

    def play(self) -> None:
        """Play from here, or from the start if this is the end."""
        if self.playing:
            return
        if self._session.cursor == self._session.length:
            self._session.seek(0)
        self._timer.start()
        self.playing_changed.emit(True)

    def pause(self) -> None:
        """Stop where it is."""
        if self.playing:
            self._timer.stop()
            self.playing_changed.emit(False)

    def toggle(self) -> None:
        """Play or pause."""
        self.pause() if self.playing else self.play()

    def _on_trace_reset(self) -> None:
        if not self._session.keeps_place:  # as while a recording is followed
            self.pause()

    def _on_tick(self) -> None:
        try:
            self._tick()
        except Exception:
            self.pause()  # else every tick would raise it again
            raise

    def _tick(self) -> None:
        session = self._session
        if session.busy:
            return  # a frame is dropped rather than queued
        if session.cursor < session.length:
            session.step_forward()
        elif self.loop:
            session.seek(0)
        else:
            self.pause()
