"""One slim gradient for all blocks of the equation, and what its ends stand for in each."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QRect, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFont, QFontMetrics, QImage, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from rnnviz.widgets.colour_bar import level_text
from rnnviz.widgets.colours import NOT_FINITE, Inks, is_dark, lookup_table
from rnnviz.widgets.devices import LOSSLESS
from rnnviz.widgets.metrics import SMALL

WIDTH, THICKNESS, SPACE = 72, 8, 6


class Legend(QWidget):
    """A horizontal gradient, "−" and "+" at its ends, and a line of ranges behind it.

    Signals
    -------
    resized() : the ranges, and with them the size that it wants, have changed.
    """

    resized = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._ranges: tuple[tuple[str, float], ...] = ()
        self._not_finite = False
        self._scale = 1.0
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setAccessibleName("Colours of the equation")

    def set_ranges(self, ranges: tuple[tuple[str, float], ...], not_finite: bool) -> None:
        """Show what the last colour stands for, by what is coloured: ``(("weights", 1.6), …)``."""
        if (ranges, not_finite) != (self._ranges, self._not_finite):
            self._ranges, self._not_finite = ranges, not_finite
            self.setAccessibleDescription(self.text())
            self.updateGeometry()
            self.update()
            self.resized.emit()

    def set_text_scale(self, scale: float) -> None:
        """Scale the type and the gradient."""
        self._scale = scale
        self.updateGeometry()
        self.update()

    def text(self) -> str:
        """Return the line of ranges."""
        return "   ".join(f"{name} ±{level_text(limit)}" for name, limit in self._ranges)

    def _text_font(self) -> QFont:
        font = QFont(self.font())
        font.setPixelSize(max(1, round(SMALL * self._scale)))
        return font

    def _px(self, length: int) -> int:
        return round(length * self._scale)

    def _end_width(self) -> int:
        return QFontMetrics(self._text_font()).horizontalAdvance("−") + self._px(4)

    def _bar(self) -> QRect:
        thickness = self._px(THICKNESS)
        top = (self.height() - thickness) // 2
        return QRect(self._end_width(), top, self._px(WIDTH), thickness)

    # Qt's own

    def sizeHint(self) -> QSize:
        metrics = QFontMetrics(self._text_font())
        bar = 2 * self._end_width() + self._px(WIDTH) + self._px(SPACE) + self._px(4)
        text = self.text() + ("   NaN, inf" if self._not_finite else "")
        swatch = self._px(THICKNESS) + self._px(SPACE) if self._not_finite else 0
        return QSize(bar + metrics.horizontalAdvance(text) + swatch + 2, metrics.height() + 4)

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        with QPainter(self) as painter:
            painter.setFont(self._text_font())
            inks = Inks.of(self.palette())
            bar = self._bar()
            self._paint_bar(painter, bar, inks.muted)
            painter.setPen(inks.muted)
            middle = Qt.AlignmentFlag.AlignVCenter
            end = self._end_width()
            painter.drawText(QRect(0, 0, end, self.height()), middle, "−")
            after = QRect(bar.right() + 1 + self._px(4), 0, end, self.height())
            painter.drawText(after, middle, "+")
            left = after.right() + 1 + self._px(SPACE)
            painter.drawText(QRect(left, 0, self.width(), self.height()), middle, self.text())
            if self._not_finite:
                left += painter.fontMetrics().horizontalAdvance(self.text() + "   ")
                self._paint_swatch(painter, left)

    def _paint_bar(self, painter: QPainter, bar: QRect, tick: QColor) -> None:
        table = lookup_table(is_dark(self.palette())).copy()
        image = QImage(table.data, len(table), 1, 4 * len(table), QImage.Format.Format_RGB32)
        painter.setRenderHint(LOSSLESS)
        painter.drawImage(bar, image)
        painter.fillRect(QRect(bar.center().x(), bar.bottom() + 1, 1, self._px(3)), tick)

    def _paint_swatch(self, painter: QPainter, left: int) -> None:
        side = self._px(THICKNESS)
        painter.fillRect(QRect(left, (self.height() - side) // 2, side, side), NOT_FINITE)
        rest = QRect(left + side + self._px(SPACE), 0, self.width(), self.height())
        painter.drawText(rest, Qt.AlignmentFlag.AlignVCenter, "NaN, inf")
