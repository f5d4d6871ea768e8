"""The time axis under the heatmaps: step numbers, and letters where the sequence is a text."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFont, QMouseEvent, QPainter, QPaintEvent, QPalette
from PySide6.QtWidgets import QSizePolicy, QWidget

from rnnviz.widgets.metrics import SMALL, TEXT

LABEL_SPACING = 44
LETTER_SPACING = 11


class TimeAxis(QWidget):
    """Steps along x; a click or a drag asks for a step.

    Signals
    -------
    step_clicked(t)
    """

    step_clicked = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("view.timeline.axis")
        self.setAccessibleName("Time axis")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setToolTip("Click to go to a step.")
        self._low, self._high = -0.5, 10.5
        self._length = 10
        self._step = 0
        self._letters: Sequence[str] = ()
        self._scale = 1.0

    def set_length(self, length: int, letters: Sequence[str] | None) -> None:
        """Set the number of steps, and a letter for each where there are letters."""
        self._length = length
        self._letters = letters or ()
        self.updateGeometry()
        self.update()

    def set_range(self, low: float, high: float) -> None:
        """Show x from `low` to `high`; step t lies from t - 0.5 to t + 0.5."""
        self._low, self._high = low, high
        self.update()

    def set_step(self, t: int) -> None:
        """Mark the step of the cursor."""
        self._step = t
        self.update()

    def set_text_scale(self, scale: float) -> None:
        """Scale the type."""
        self._scale = scale
        self.updateGeometry()
        self.update()

    def x_of(self, t: float) -> float:
        """Return the pixel of a time."""
        return (t - self._low) / (self._high - self._low) * self.width()

    def step_at(self, x: float) -> int:
        """Return the step nearest to a pixel, within the sequence."""
        t = self._low + x / max(1, self.width()) * (self._high - self._low)
        return max(0, min(round(t), self._length))

    def _labels(self) -> range:
        """Return the steps that carry a number: every 1, 2, 5, 10, … as there is room."""
        visible = max(1.0, self._high - self._low)
        least = LABEL_SPACING * self._scale * visible / max(1, self.width())
        every = next(
            n * 10**power
            for power in range(7)
            for n in (1, 2, 5)
            if n * 10**power >= min(least, 1e6)
        )
        if self.width() / visible >= 22 * self._scale:
            every = 1
        first = max(0, int(self._low // every) * every)
        return range(first, min(self._length, int(self._high)) + 1, every)

    def _paint_letters(self, painter: QPainter) -> None:
        column = self.width() / (self._high - self._low)
        if not self._letters or column < LETTER_SPACING * self._scale:
            return
        for t in range(max(1, int(self._low)), min(self._length, int(self._high) + 1) + 1):
            self._write(painter, t, self._letters[t - 1], 0, TEXT, self._colour_of(t))

    def _colour_of(self, t: int) -> QPalette.ColorRole:
        if t == self._step:
            return QPalette.ColorRole.Accent
        return QPalette.ColorRole.PlaceholderText

    def _write(
        self, painter: QPainter, t: int, text: str, top: float, size: int, role: QPalette.ColorRole
    ) -> None:
        font = QFont(self.font())
        font.setPixelSize(round(size * self._scale))
        font.setBold(t == self._step)
        painter.setFont(font)
        painter.setPen(self.palette().color(role))
        box = QRectF(0, top, 80 * self._scale, size * self._scale + 5)
        half = painter.fontMetrics().horizontalAdvance(text) / 2
        middle = min(max(self.x_of(t), half), self.width() - half)  # none is cut at the edges
        box.moveCenter(QPointF(middle, box.center().y()))
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, text)

    def _seek(self, event: QMouseEvent) -> None:
        self.step_clicked.emit(self.step_at(event.position().x()))

    # Qt's own

    def sizeHint(self) -> QSize:
        rows = (TEXT + 5 if self._letters else 0) + SMALL + 8
        return QSize(200, round(rows * self._scale))

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        self._paint_letters(painter)
        top = (TEXT * self._scale + 5) if self._letters else 1
        own = self._step
        for t in self._labels():
            crowded = t != own and abs(self.x_of(t) - self.x_of(own)) < 20 * self._scale
            if t != own and not (crowded and self._labels().step > 1):
                self._write(painter, t, f"{t:,}", top, SMALL, self._colour_of(t))
        if self._low <= own <= self._high:
            self._write(painter, own, f"{own:,}", top, SMALL, QPalette.ColorRole.Accent)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self._seek(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if event.buttons() & Qt.MouseButton.LeftButton:
            self._seek(event)

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.PaletteChange:
            self.update()
        super().changeEvent(event)
