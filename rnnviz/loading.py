"""What stands in the window before it is filled, and if it cannot be."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QGuiApplication, QPaintEvent
from PySide6.QtWidgets import QLabel, QPushButton, QVBoxLayout, QWidget

WIDTH = 560
"""The longest line of a failure, in pixels."""


class LoadingPage(QWidget):
    """Says that PyTorch is loading, or why the program cannot go on.

    Signals
    -------
    painted() : it is on the screen.
    """

    painted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("loading")
        self._report = ""
        self._text = QLabel("Loading PyTorch …")
        self._text.setObjectName("loading.text")
        self._text.setTextFormat(Qt.TextFormat.PlainText)
        self._text.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._text.setForegroundRole(self.palette().ColorRole.PlaceholderText)
        self._copy = QPushButton("Copy report")
        self._copy.setObjectName("loading.copy")
        self._copy.clicked.connect(self._on_copy_clicked)
        self._copy.hide()
        layout = QVBoxLayout(self)
        layout.setSpacing(16)
        layout.addStretch(1)
        layout.addWidget(self._text, 0, Qt.AlignmentFlag.AlignHCenter)
        layout.addWidget(self._copy, 0, Qt.AlignmentFlag.AlignHCenter)
        layout.addStretch(1)

    def show_failure(self, sentence: str, report: str) -> None:
        """Say what happened; the report can be copied."""
        self._report = report
        self._text.setForegroundRole(self.palette().ColorRole.WindowText)
        self._text.setWordWrap(True)
        self._text.setFixedWidth(min(WIDTH, self.width()))
        self._text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._text.setText(sentence)
        self._copy.show()

    def _on_copy_clicked(self) -> None:
        QGuiApplication.clipboard().setText(self._report)

    # Qt's own

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        self.painted.emit()
