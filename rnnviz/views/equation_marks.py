"""Frames that the equation draws itself, outside of its heatmaps."""

from __future__ import annotations

from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPalette
from PySide6.QtWidgets import QWidget


def outline(painter: QPainter, rect: QRect, distance: int, width: int, colour: QColor) -> None:
    """Paint a frame of a width round a rectangle, its outer edge at a distance."""
    outer = rect.adjusted(-distance, -distance, distance, distance)
    inner_height = outer.height() - 2 * width
    for side in (
        QRect(outer.left(), outer.top(), outer.width(), width),
        QRect(outer.left(), outer.bottom() - width + 1, outer.width(), width),
        QRect(outer.left(), outer.top() + width, width, inner_height),
        QRect(outer.right() - width + 1, outer.top() + width, width, inner_height),
    ):
        painter.fillRect(side, colour)


class PinFrames(QWidget):
    """Lies over the whole equation, lets the mouse through, and frames single squares."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self._rects: list[QRect] = []
        self.hide()

    def set_rects(self, rects: list[QRect]) -> None:
        """Frame these squares; none hides it all."""
        if rects != self._rects:
            self._rects = rects
            self.setVisible(bool(rects))
            self.raise_()
            self.update()

    # Qt's own

    def paintEvent(self, event: QPaintEvent) -> None:
        with QPainter(self) as painter:
            accent = self.palette().color(QPalette.ColorRole.Accent)
            window = self.palette().color(QPalette.ColorRole.Window)
            for rect in self._rects:
                outline(painter, rect, 1, 1, window)
                outline(painter, rect, 3, 2, accent)
                outline(painter, rect, 4, 1, window)
