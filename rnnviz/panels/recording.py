"""The training steps of a recording, on a slider of their own."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QSignalBlocker, Qt, QTimer, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSlider, QToolButton, QVBoxLayout, QWidget

from rnnviz.jobs import Job
from rnnviz.opened import RecordedPass, settings_of_pass
from rnnviz.session import Session
from rnnviz.settings import Settings, SettingsError
from rnnviz.tables import counted
from rnnviz.widgets.form_parts import MutedLabel
from rnnviz.widgets.metrics import TEXT
from rnnviz.widgets.spark import Spark

if TYPE_CHECKING:
    from rnnviz.formats.recording import Recording

LOOK_AGAIN = 1000
"""Milliseconds between two looks whether more was recorded."""
SLIDER_WIDTH = 260


class RecordingPanel(QWidget):
    """Which training step is shown, how large the gradients were, and whether it is followed.

    Signals
    -------
    refused(sentence) : a record could not be shown, and why.
    said(sentence) : what is shown.
    """

    refused = Signal(str)
    said = Signal(str)

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("recording")
        self._session = session
        self._recording: Recording | None = None
        self._wanted = 0
        self._scale = 1.0
        self._reading, self._looking = Job(self), Job(self)
        self._reading.done.connect(self._on_read)
        self._reading.failed.connect(self._on_failed)
        self._looking.done.connect(self._on_looked)
        self._looking.failed.connect(self._on_failed)
        self._again = QTimer(self, interval=LOOK_AGAIN)
        self._again.timeout.connect(self._look)
        self._build()
        self.hide()
        session.settings_changed.connect(self._show_place)

    def _build(self) -> None:
        self._name, self._place = MutedLabel(), QLabel()
        self._name.setObjectName("recording.name")
        self._name.setTextFormat(Qt.TextFormat.PlainText)
        self._name.setWordWrap(False)
        self._place.setObjectName("recording.place")
        self.slider = QSlider(Qt.Orientation.Horizontal)
        self.slider.setObjectName("recording.slider")
        self.slider.setAccessibleName("Training step")
        self.slider.setToolTip("Drag to go through the training.")
        self.slider.valueChanged.connect(self._on_value_changed)
        self._spark = Spark()
        self._spark.setObjectName("recording.norms")
        self._spark.setToolTip("The norm of the whole gradient at each record, logarithmic.")
        self._follow = self._button("recording.follow", "Follow", "Go on to what is recorded next.")
        self._follow.setCheckable(True)
        self._follow.toggled.connect(self._on_follow_toggled)
        close = self._button("recording.close", "×", "Leave the recording.")
        close.clicked.connect(self.leave)
        track = QVBoxLayout()
        track.setSpacing(0)
        track.addWidget(self._spark)
        track.addWidget(self.slider)
        line = QHBoxLayout(self)
        line.setContentsMargins(12, 4, 8, 4)
        line.setSpacing(12)
        line.addWidget(self._name)
        line.addLayout(track, 1)
        for part in (self._place, self._follow, close):
            line.addWidget(part)

    def _button(self, name: str, text: str, tip: str) -> QToolButton:
        button = QToolButton()
        button.setObjectName(name)
        button.setText(text)
        button.setToolTip(tip)
        button.setAutoRaise(True)
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        return button

    # What a user does

    def open(self, recording: Recording) -> None:
        """Show the latest record of a recording, and follow it while it is written."""
        self._recording = recording
        layer = f" · {recording.layer}" if recording.layer else ""
        self._name.setText(f"{recording.path.name}{layer}")
        with QSignalBlocker(self._follow):
            self._follow.setChecked(not recording.finished)
        self._show_range()
        self._again.start()
        self.show()
        self._want(len(recording) - 1)

    def leave(self) -> None:
        """Show the recording no more; what is on the screen stays, and is computed from now on."""
        self._recording = None
        self._again.stop()
        self._reading.cancel()
        self._looking.cancel()
        self.hide()
        if self._session.settings.replay is not None:
            self._session.apply(self._session.settings.model_copy(update={"replay": None}))

    @property
    def busy(self) -> bool:
        """Whether a record is being read."""
        return self._reading.busy

    def stop(self) -> None:
        """Read nothing any more: the window closes."""
        self._again.stop()
        self._reading.cancel()
        self._looking.cancel()

    def finished(self, seconds: float) -> bool:
        """Wait until nothing is read any more, `seconds` at most, and return whether it is so."""
        return self._reading.finished(seconds) and self._looking.finished(seconds)

    def _on_value_changed(self, number: int) -> None:
        recording = self._recording
        if recording is not None and number < len(recording) - 1:
            self._follow.setChecked(False)  # who looks back wants to stay there
        self._want(number)

    def _on_follow_toggled(self, on: bool) -> None:
        if on and self._recording is not None:
            self._want(len(self._recording) - 1)

    # Reading

    def _want(self, number: int) -> None:
        """Read a record beside the window; of many asked for in a row, the last one counts."""
        recording = self._recording
        if recording is None or number < 0:
            return
        self._wanted = number
        with QSignalBlocker(self.slider):
            self.slider.setValue(number)
        if not self._reading.busy:
            self._reading.start(partial(_read, recording, number))

    def _on_read(self, settings: Settings) -> None:
        replay = settings.replay
        assert isinstance(replay, RecordedPass)
        if replay.recording is not self._recording:
            return
        try:
            self._session.show_record(settings)
        except SettingsError as error:
            self.refused.emit(str(error))
            return
        self.said.emit(_about(replay.recording))
        if replay.number != self._wanted:
            self._want(self._wanted)

    def _on_failed(self, error: Exception) -> None:
        if not isinstance(error, (ValueError, MemoryError)):
            raise error
        self._again.stop()
        self.refused.emit(str(error) or "There is not enough memory to read the recording.")

    def _look(self) -> None:
        recording = self._recording
        if recording is not None and not self._looking.busy:
            self._looking.start(partial(_refreshed, recording))

    def _on_looked(self, grown: bool) -> None:
        recording = self._recording
        if recording is None:
            return
        if grown:
            self._show_range()
            if self._follow.isChecked():
                self._want(len(recording) - 1)
        if recording.finished:
            self._again.stop()

    # Showing

    def _show_range(self) -> None:
        assert self._recording is not None
        with QSignalBlocker(self.slider):
            self.slider.setRange(0, max(0, len(self._recording) - 1))
        self._spark.set_values(_whole_norms(self._recording.gradient_norms))
        self._show_place()

    def _show_place(self) -> None:
        if self._recording is None:
            return
        replay = self._session.settings.replay
        if isinstance(replay, RecordedPass) and replay.recording is self._recording:
            step, last = self._recording.steps[replay.number], self._recording.steps[-1]
            self._place.setText(f"training step {step:,} of {last:,}")
            self._spark.set_mark(replay.number)
        elif len(self._recording):
            self._place.setText("left: states are computed")
            self._spark.set_mark(None)
        else:
            self._place.setText("nothing recorded yet")
        self._follow.setEnabled(not self._recording.finished)

    def set_text_scale(self, scale: float) -> None:
        """Scale the type."""
        self._scale = scale
        font = self.font()
        font.setPixelSize(round(TEXT * scale))
        for part in (self._name, self._place, self._follow):
            part.setFont(font)


def _read(recording: Recording, number: int, stopped: Callable[[], bool]) -> Settings:
    return settings_of_pass(recording, number)


def _about(recording: Recording) -> str:
    count = counted(len(recording), "record")
    return " ".join([f"{recording.path.name}: {count} of the training.", *recording.notices])


def _refreshed(recording: Recording, stopped: Callable[[], bool]) -> bool:
    return recording.refresh()


def _whole_norms(norms: np.ndarray) -> np.ndarray:
    """Return the norm of all gradients together, (N,), from one a parameter, (N, P)."""
    return np.sqrt(np.square(norms.astype(np.float64)).sum(axis=1))
