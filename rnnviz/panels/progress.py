"""What a long run tells while it computes, in the status bar."""

from __future__ import annotations

import time

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QHBoxLayout, QLabel, QProgressBar, QToolButton, QWidget

from rnnviz.session import Session


class ProgressPanel(QWidget):
    """Steps done, steps a second, time left and Cancel; hidden unless steps are waited for."""

    def __init__(self, session: Session, cancel: QAction, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("progress")
        self._session = session
        self._started = (0.0, 0)
        self._build(cancel)
        self.hide()
        session.busy_changed.connect(self._on_busy_changed)
        session.cursor_moved.connect(self._on_cursor_moved)

    def _build(self, cancel: QAction) -> None:
        self._bar = QProgressBar()
        self._bar.setObjectName("progress.bar")
        self._bar.setTextVisible(False)
        self._bar.setFixedSize(120, 8)
        self._text = QLabel()
        self._text.setObjectName("progress.text")
        button = QToolButton()
        button.setObjectName("progress.cancel")
        button.setDefaultAction(cancel)
        button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextOnly)
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        line = QHBoxLayout(self)
        line.setContentsMargins(12, 0, 12, 0)
        line.setSpacing(8)
        for part in (self._bar, self._text, button):
            line.addWidget(part)

    def _on_busy_changed(self, busy: bool) -> None:
        self._started = (time.monotonic(), self._session.cursor)
        self.setVisible(busy)
        if busy:
            self._say()

    def _on_cursor_moved(self, t: int) -> None:
        if self._session.busy:
            self._say()

    def _say(self) -> None:
        started, first = self._started
        cursor, target = self._session.cursor, self._session.target
        speed = (cursor - first) / max(1e-3, time.monotonic() - started)
        self._bar.setRange(0, max(1, target - first))
        self._bar.setValue(cursor - first)
        left = f" · {(target - cursor) / speed:,.0f} s left" if speed > 0 else ""
        self._text.setText(f"{cursor:,} of {target:,} · {speed:,.0f} steps/s{left}")
