"""A slider over the steps of a sequence, whose handle stands under the step's column."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPalette, QPixmap
from PySide6.QtWidgets import QAbstractSlider, QSlider, QWidget

HANDLE = 14
GROOVE = 4
RING = 3
"""The ring of the focus lies so far around the handle."""


class TimeSlider(QSlider):
    """A QSlider from 0 to the last step, drawn over the same edges as the time axis.

    Value t stands in the middle of column t, as on the axis; what is revealed is filled.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)
        self._revealed = 0
        self._shown_at = 0
        self._handle: tuple[object, QPixmap] | None = None
        self.setAutoFillBackground(True)  # so that nothing below it is painted again
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)

    def set_revealed(self, step: int) -> None:
        """Fill the groove up to a step."""
        if step != self._revealed:
            self._update_between(self._revealed, step)
            self._revealed = step

    def x_of(self, value: float) -> float:
        """Return the pixel of a step."""
        return (value + 0.5) / (self.maximum() + 1) * self.width()

    def value_at(self, x: float) -> int:
        """Return the step at a pixel."""
        value = round(x / max(1, self.width()) * (self.maximum() + 1) - 0.5)
        return max(0, min(value, self.maximum()))

    def _update_between(self, one: int, other: int) -> None:
        """Repaint what lies between two steps, with the handle on either."""
        low, high = sorted((self.x_of(one), self.x_of(other)))
        left = min(int(low), self.width() - HANDLE) - HANDLE
        right = max(int(high), HANDLE) + HANDLE
        self.update(left, 0, right - left, self.height())

    # Qt's own

    def sliderChange(self, change: QAbstractSlider.SliderChange) -> None:
        if change == QAbstractSlider.SliderChange.SliderValueChange:
            self._update_between(self._shown_at, self.sliderPosition())
            self._shown_at = self.sliderPosition()
        else:
            super().sliderChange(change)

    def sizeHint(self) -> QSize:
        return QSize(200, 24)

    def paintEvent(self, event: QPaintEvent) -> None:
        with QPainter(self) as painter:
            colour = self.palette().color
            for end, role in (
                (self.width(), QPalette.ColorRole.AlternateBase),
                (self.x_of(self._revealed), QPalette.ColorRole.Mid),
                (self.x_of(self.value()), QPalette.ColorRole.PlaceholderText),
            ):
                painter.fillRect(0, (self.height() - GROOVE) // 2, round(end), GROOVE, colour(role))
            x = min(max(self.x_of(self.value()), HANDLE / 2), self.width() - HANDLE / 2)
            handle = self._painted_handle()
            side = handle.deviceIndependentSize().width()
            painter.drawPixmap(QPointF(x - side / 2, (self.height() - side) / 2), handle)

    def _painted_handle(self) -> QPixmap:
        """Return the handle as it looks now; a circle costs more than all else to paint anew."""
        ratio, focus = self.devicePixelRatioF(), self.hasFocus()
        key = (ratio, focus, self.palette().cacheKey())
        if self._handle is None or self._handle[0] != key:
            self._handle = key, self._paint_handle(ratio, focus)
        return self._handle[1]

    def _paint_handle(self, ratio: float, focus: bool) -> QPixmap:
        side, colour = HANDLE + 2 * RING, self.palette().color
        pixmap = QPixmap(round(side * ratio), round(side * ratio))
        pixmap.setDevicePixelRatio(ratio)
        pixmap.fill(Qt.GlobalColor.transparent)
        with QPainter(pixmap) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(colour(QPalette.ColorRole.Accent))
            circle = QRectF(RING, RING, HANDLE, HANDLE)
            painter.drawEllipse(circle)
            if focus:
                painter.setBrush(Qt.BrushStyle.NoBrush)
                painter.setPen(colour(QPalette.ColorRole.Link))
                painter.drawEllipse(circle.adjusted(-2, -2, 2, 2))
        return pixmap

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self.setSliderDown(True)
            self.setSliderPosition(self.value_at(event.position().x()))

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self.isSliderDown():
            self.setSliderPosition(self.value_at(event.position().x()))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self.setSliderDown(False)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        event.ignore()  # the program's own keys step; the slider follows

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.PaletteChange:
            self.update()
        super().changeEvent(event)
