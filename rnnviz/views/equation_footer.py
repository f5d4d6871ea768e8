"""The line under the equation: what is said, what is to be known, what the colours mean."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QPalette, QResizeEvent
from PySide6.QtWidgets import QLabel, QSizePolicy, QWidget

from rnnviz.views.equation_blocks import set_pixel_size
from rnnviz.views.equation_legend import Legend
from rnnviz.widgets.metrics import SMALL, TEXT

HEIGHT, SPACE = 20, 16


class EquationFooter(QWidget):
    """A sentence and muted notes at the left, the legend at the right.

    The notes give way where there is no room for both.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._scale = 1.0
        self._line = QLabel(self)
        self._line.setObjectName("equation.line")
        self._notes = QLabel(self)
        self._notes.setObjectName("equation.notes")
        self._notes.setForegroundRole(QPalette.ColorRole.PlaceholderText)
        for label in (self._line, self._notes):
            label.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.legend = Legend(self)
        self.legend.resized.connect(self._place)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)

    def say(self, text: str) -> None:
        """Show a sentence, as rich text; an empty one leaves the place to the notes."""
        if text != self._line.text():
            self._line.setText(text)
            self._place()

    def set_notes(self, text: str) -> None:
        """Show what is always to be known."""
        if text != self._notes.text():
            self._notes.setText(text)
            self._place()

    def set_text_scale(self, scale: float) -> None:
        """Scale the type."""
        self._scale = scale
        set_pixel_size(self._line, TEXT * scale)
        set_pixel_size(self._notes, SMALL * scale)
        self.legend.set_text_scale(scale)
        self.updateGeometry()
        self._place()

    def _place(self) -> None:
        inside = self.contentsRect()
        height, legend = inside.height(), self.legend.sizeHint().width()
        end = max(inside.left(), inside.right() + 1 - legend)
        self.legend.setGeometry(end, 0, legend, height)
        room = max(0, end - SPACE - inside.left())
        self._line.setGeometry(inside.left(), 0, room, height)
        said = self._line.sizeHint().width() + SPACE if self._line.text() else 0
        notes = self._notes.sizeHint().width()
        self._notes.setGeometry(inside.left() + said, 0, notes, height)
        self._notes.setVisible(bool(self._notes.text()) and said + notes <= room)

    # Qt's own

    def sizeHint(self) -> QSize:
        height = max(round(HEIGHT * self._scale), self.legend.sizeHint().height())
        return QSize(self.legend.sizeHint().width(), height)

    def minimumSizeHint(self) -> QSize:
        return QSize(0, self.sizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._place()
