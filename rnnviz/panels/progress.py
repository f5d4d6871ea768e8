"""What a long run tells while it computes, in the status bar."""

from __future__ import annotations

import time

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QAction, QFont
from PySide6.QtWidgets import QHBoxLayout, QLabel, QProgressBar, QToolButton, QWidget

from rnnviz.panels.pace import Pace, padded, speed_text, time_text
from rnnviz.session import Session

PAUSE = 100
"""Milliseconds between two looks at how far it is."""
PATIENCE = 0.3
"""Seconds before anything is shown: what is over by then would only flicker."""


class ProgressPanel(QWidget):
    """Steps done, steps a second, time left and Cancel; hidden unless steps are waited for."""

    def __init__(self, session: Session, cancel: QAction, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("progress")
        self._session = session
        self._pace = Pace()
        self._began = (0.0, 0)  # when, and at which step
        self._ticks = QTimer(self, interval=PAUSE)
        self._ticks.timeout.connect(self._on_tick)
        self._build(cancel)
        self.hide()
        session.busy_changed.connect(self._on_busy_changed)

    def _build(self, cancel: QAction) -> None:
        self._bar = QProgressBar()
        self._bar.setObjectName("progress.bar")
        self._bar.setTextVisible(False)
        self._bar.setFixedSize(120, 8)
        self._text = QLabel()
        self._text.setObjectName("progress.text")
        self._text.setFont(_even_digits(self._text.font()))
        button = QToolButton()
        button.setObjectName("progress.cancel")
        button.setDefaultAction(cancel)
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextOnly)
        line = QHBoxLayout(self)
        line.setContentsMargins(12, 0, 12, 0)
        line.setSpacing(8)
        for part in (self._bar, self._text, button):
            line.addWidget(part)

    def _on_busy_changed(self, busy: bool) -> None:
        if not busy:
            self._ticks.stop()
            self.hide()
            return
        self._began = (time.monotonic(), self._session.cursor)
        self._pace.begin(*self._began)
        self._text.setMinimumWidth(0)
        self._ticks.start()

    def _on_tick(self) -> None:
        now = time.monotonic()
        self._pace.note(now, self._session.cursor)
        if now - self._began[0] >= PATIENCE:
            self._say()
            self.show()

    def _say(self) -> None:
        cursor, target, first = self._session.cursor, self._session.target, self._began[1]
        self._bar.setRange(0, max(1, target - first))
        self._bar.setValue(cursor - first)
        self._text.setText(self._sentence(cursor, target))
        # It may grow, but not shrink and grow again with each number.
        self._text.setMinimumWidth(max(self._text.minimumWidth(), self._text.sizeHint().width()))

    def _sentence(self, cursor: int, target: int) -> str:
        speed = self._pace.speed()
        left = [f"{time_text((target - cursor) / speed)} left"] if speed else []
        done = f"{padded(cursor, target)} of {target:,}"
        return " · ".join([done, speed_text(speed), *left])


def _even_digits(font: QFont) -> QFont:
    """Return the font with digits of one width, where it has them."""
    made = QFont(font)
    made.setFeature(QFont.Tag("tnum"), 1)
    return made
