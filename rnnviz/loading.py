"""What stands in the window before it is filled, and if it cannot be."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QGuiApplication, QPaintEvent
from PySide6.QtWidgets import QGridLayout, QLabel, QPushButton, QWidget

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
        self._copy.setMinimumSize(120, 28)
        grid = QGridLayout(self)
        grid.setVerticalSpacing(16)
        for side in (0, 2):
            grid.setColumnStretch(side, 1)
        for side in (0, 3):
            grid.setRowStretch(side, 1)
        grid.addWidget(self._text, 1, 1)
        grid.addWidget(self._copy, 2, 1, Qt.AlignmentFlag.AlignHCenter)

    def show_failure(self, sentence: str, report: str) -> None:
        """Say what happened; the report can be copied."""
        self._report = report
        self._text.setForegroundRole(self.palette().ColorRole.WindowText)
        self._text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._text.setWordWrap(True)
        self._text.setText(sentence)
        self._text.setMinimumWidth(min(WIDTH, self.width() - 48))
        self._copy.show()

    def _on_copy_clicked(self) -> None:
        QGuiApplication.clipboard().setText(self._report)

    # Qt's own

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        self.painted.emit()
