"""The training steps of a recording, on a slider of their own."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QSignalBlocker, Qt, QTimer, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QToolButton, QVBoxLayout, QWidget

from rnnviz.jobs import Job
from rnnviz.opened import RecordedPass, is_of_recording, settings_of_pass
from rnnviz.session import Session
from rnnviz.settings import Settings
from rnnviz.tables import counted, shortened
from rnnviz.widgets.form_parts import MutedLabel
from rnnviz.widgets.metrics import TEXT
from rnnviz.widgets.record_slider import RecordSlider
from rnnviz.widgets.spark import Spark

if TYPE_CHECKING:
    from rnnviz.formats.recording import Recording

LOOK_AGAIN = 1000
"""Milliseconds between two looks whether more was recorded."""
LEFT = "left: states are computed"
LONGEST_NAME = 32
"""Characters of a recording's name that are shown: the slider has the room."""


class RecordingPanel(QWidget):
    """Which training step is shown, how large the gradients were, and whether it is followed.

    It is there from the opening of a recording until that is closed, undone, or something else is
    opened in its place. Whoever changes what a record shows has left it: then nothing is followed,
    until the slider or a button goes back.

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
        self._shown = False  # whether a record of it is what the session shows
        self._reading, self._looking = Job(self), Job(self)
        self._reading.done.connect(self._on_read)
        self._reading.failed.connect(self._on_unread)
        self._looking.done.connect(self._on_looked)
        self._looking.failed.connect(self._on_failed)
        self._again = QTimer(self, interval=LOOK_AGAIN)
        self._again.timeout.connect(self._look)
        self._build()
        self.hide()
        session.settings_changed.connect(self._on_settings_changed)
        for elsewhere in (session.preset_opened, session.returned):
            elsewhere.connect(self._on_elsewhere)

    def _build(self) -> None:
        self._name, self._place = MutedLabel(), QLabel()
        self._name.setObjectName("recording.name")
        self._name.setTextFormat(Qt.TextFormat.PlainText)
        self._name.setWordWrap(False)
        self._place.setObjectName("recording.place")
        self.slider = RecordSlider()
        self.slider.setObjectName("recording.slider")
        self.slider.setAccessibleName("Training step")
        self.slider.setToolTip("Drag, or press Up and Down, to go through the training.")
        self.slider.valueChanged.connect(self._on_value_changed)
        self.slider.sliderPressed.connect(self._on_slider_pressed)
        self._spark = Spark()
        self._spark.setObjectName("recording.norms")
        self._spark.setToolTip("The norm of the whole gradient at each record, logarithmic.")
        self._follow = self._button("recording.follow", "Follow", "Go on to what is recorded next.")
        self._follow.setCheckable(True)
        self._follow.toggled.connect(self._on_follow_toggled)
        self._back = self._button("recording.back", "Back", "Show the record again.")
        self._back.clicked.connect(self._on_back_clicked)
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
        for part in (self._place, self._back, self._follow, close):
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
        self._take(recording)
        self._set_following(not recording.finished)
        self._want(len(recording) - 1)

    def leave(self) -> None:
        """Show the recording no more; what is on the screen stays, and is computed from now on."""
        self._put_away()
        self._recording = None
        if self._session.settings.replay is not None:
            self._session.history.part()
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

    def _take(self, recording: Recording) -> None:
        """Be there for `recording`; what was read of another one is of no consequence."""
        self._reading.cancel()
        self._looking.cancel()
        self._recording, self._shown = recording, False
        layer = f" · {recording.layer}" if recording.layer else ""
        name = f"{recording.path.name}{layer}"
        self._name.setText(shortened(name, LONGEST_NAME))
        self._name.setToolTip(name if len(name) > LONGEST_NAME else "")
        self._set_following(False)
        self._again.start()
        self.show()
        self._show_range()

    def _put_away(self) -> None:
        self.stop()
        self._shown = False
        self.hide()

    def _set_following(self, on: bool) -> None:
        with QSignalBlocker(self._follow):
            self._follow.setChecked(on)

    def _on_value_changed(self, number: int) -> None:
        recording = self._recording
        if recording is not None and number < len(recording) - 1:
            self._follow.setChecked(False)  # who looks back wants to stay there
        self._want(number)

    def _on_slider_pressed(self) -> None:
        if not self._shown:  # a press on the handle itself changes no value
            self._want(self.slider.value())

    def _on_follow_toggled(self, on: bool) -> None:
        if on and self._recording is not None:
            self._want(len(self._recording) - 1)

    def _on_back_clicked(self) -> None:
        self._want(self.slider.value())

    # What is shown instead

    def _pass(self) -> RecordedPass | None:
        """Return the record that the session shows, if it shows one of a recording."""
        replay = self._session.settings.replay
        return replay if isinstance(replay, RecordedPass) else None

    def _on_settings_changed(self) -> None:
        showing = self._pass()
        if showing is not None and (showing.recording is not self._recording or self.isHidden()):
            self._take(showing.recording)  # undo and redo lead to it
        if self._shown and showing is None:
            self._reading.cancel()  # nothing of it may come over what somebody does now
            self._set_following(False)
        self._shown = showing is not None
        self._show_place()

    def _on_elsewhere(self) -> None:
        """Be there only if something of the recording is left."""
        if self._recording is None or self._pass() is not None:
            return
        if not is_of_recording(self._session.settings, self._recording):
            self._put_away()
        elif self.isHidden():
            self._take(self._recording)

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
        replay, before = settings.replay, self._pass()
        assert isinstance(replay, RecordedPass)
        begins = before is None or before.recording is not replay.recording
        try:
            self._session.show_record(settings, begins=begins)
        except (ValueError, MemoryError) as error:  # its first state is read there and then
            self._on_unread(error)
            return
        self.said.emit(_about(replay.recording))
        if replay.number != self._wanted:
            self._want(self._wanted)

    def _on_unread(self, error: Exception) -> None:
        """Stay where it is, or go back to where it was, and say why."""
        self._refuse(error)
        self._set_following(False)
        showing = self._pass()
        if showing is not None and showing.recording is not self._recording:
            self._take(showing.recording)
        self._on_elsewhere()
        self._show_place()

    def _on_failed(self, error: Exception) -> None:
        self._again.stop()
        self._set_following(False)
        self._refuse(error)

    def _refuse(self, error: Exception) -> None:
        if not isinstance(error, (ValueError, MemoryError)):
            raise error
        recording = self._recording
        if recording is not None and not recording.path.is_dir():
            said = "It is not there any more. Was it moved, renamed or deleted?"
            self.refused.emit(f"{recording.path.name}: {said}")
        else:
            said = "There is not enough memory to read the recording."
            self.refused.emit(str(error) or said)

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
        recording, showing = self._recording, self._pass()
        if recording is None:
            return
        there = showing is not None and showing.recording is recording
        self._place.setText(_place_of(recording, showing.number if showing and there else None))
        self._place.setMinimumWidth(self._width_of_place(recording))
        self._spark.set_mark(showing.number if showing and there else None)
        if showing and there and not self._reading.busy:
            with QSignalBlocker(self.slider):
                self.slider.setValue(showing.number)
        self._back.setVisible(not there and len(recording) > 0 and not self._reading.busy)
        self._follow.setVisible(not recording.finished)

    def _width_of_place(self, recording: Recording) -> int:
        """Return what the longest text takes: the slider keeps its length under the hand."""
        longest = max((_place_of(recording, len(recording) - 1), LEFT), key=len)
        return self._place.fontMetrics().horizontalAdvance(longest)

    def set_text_scale(self, scale: float) -> None:
        """Scale the type."""
        self._scale = scale
        font = self.font()
        font.setPixelSize(round(TEXT * scale))
        for part in (self._name, self._place, self._back, self._follow):
            part.setFont(font)
        self._show_place()


def _read(recording: Recording, number: int, stopped: Callable[[], bool]) -> Settings:
    return settings_of_pass(recording, number)


def _place_of(recording: Recording, number: int | None) -> str:
    """Return in words which record is shown; None: none of them."""
    if not len(recording):
        return "nothing recorded yet"
    if number is None:
        return LEFT
    step, last = recording.steps[number], recording.steps[-1]
    return f"training step {step:,} of {last:,}"


def _about(recording: Recording) -> str:
    count = counted(len(recording), "record")
    return " ".join([f"{recording.path.name}: {count} of the training.", *recording.notices])


def _refreshed(recording: Recording, stopped: Callable[[], bool]) -> bool:
    return recording.refresh(stopped)


def _whole_norms(norms: np.ndarray) -> np.ndarray:
    """Return the norm of all gradients together, (N,), from one a parameter, (N, P)."""
    return np.sqrt(np.square(norms.astype(np.float64)).sum(axis=1))
