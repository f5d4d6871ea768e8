"""The file that is being read, in the status bar."""

from __future__ import annotations

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QToolButton, QWidget

from rnnviz.tables import shortened

PATIENCE = 300
"""Milliseconds before anything is shown: what is over by then would only flicker."""
LONGEST_NAME = 40
"""Characters of a name that are shown: a label as long as a name would widen the window."""


class ReadingPanel(QWidget):
    """A name and Cancel; hidden unless a file takes its time.

    Signals
    -------
    cancelled()
    """

    cancelled = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("reading")
        self._text = QLabel()
        self._text.setObjectName("reading.text")
        self._text.setTextFormat(Qt.TextFormat.PlainText)
        cancel = QToolButton()
        cancel.setObjectName("reading.cancel")
        cancel.setText("Cancel")
        cancel.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        cancel.clicked.connect(self.cancelled)
        line = QHBoxLayout(self)
        line.setContentsMargins(12, 0, 12, 0)
        line.addWidget(self._text)
        line.addWidget(cancel)
        self._patience = QTimer(self, singleShot=True, interval=PATIENCE)
        self._patience.timeout.connect(self.show)
        self.hide()

    def set_name(self, name: str) -> None:
        """Show which file is being read; an empty name: none."""
        self._text.setText(f"Reading {shortened(name, LONGEST_NAME)} …")
        if name:
            self._patience.start()
        else:
            self._patience.stop()
            self.hide()
