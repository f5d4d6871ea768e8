"""The time axis under the heatmaps: step numbers, and letters where the sequence is a text."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil

from PySide6.QtCore import QEvent, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QFont,
    QFontMetricsF,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPalette,
    QPixmap,
    QResizeEvent,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from rnnviz.widgets.devices import is_drawing, pixel_ratio
from rnnviz.widgets.metrics import SMALL, TEXT

LABEL_SPACING = 56
LETTER_SPACING = 11
NUMBER_SPACING = 22
"""Every step has its number where steps are so wide."""
TOUCH = 2
"""Rounded outwards, labels that only touch lie so far on each other."""
AROUND = 6
"""So much stays free on both sides of the cursor's number."""


@dataclass(frozen=True)
class Mark:
    """Where the cursor's step is written: its number, what that keeps free, and its letter."""

    number: QRectF
    cleared: QRect
    letter: QRect

    @property
    def whole(self) -> QRect:
        """All that it paints over."""
        return self.cleared.united(self.letter)

    def covers(self, box: QRectF) -> bool:
        """Return whether it paints over the middle of a label."""
        middle = box.center().toPoint()
        return self.cleared.contains(middle) or self.letter.contains(middle)


class TimeAxis(QWidget):
    """Steps along x; a click or a drag asks for a step.

    The labels are painted once for a range; the step of the cursor is painted over them.

    Signals
    -------
    step_clicked(t)
    """

    step_clicked = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName("Time axis")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setToolTip("Click to go to a step.")
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self._low, self._high = -0.5, 10.5
        self._length = 10
        self._step = 0
        self._letters: Sequence[str] = ()
        self._scale = 1.0
        self._labels: QPixmap | None = None
        self._fonts: dict[tuple[int, bool], tuple[QFont, QFontMetricsF]] = {}
        self._boxes: dict[int, QRect] = {}
        self._steps: range | None = None
        self._place_mark()

    def set_length(self, length: int, letters: Sequence[str] | None) -> None:
        """Set the number of steps, and a letter for each where there are letters."""
        self._length = length
        self._letters = letters or ()
        self.updateGeometry()
        self._forget()

    def set_range(self, low: float, high: float) -> None:
        """Show x from `low` to `high`; step t lies from t - 0.5 to t + 0.5."""
        if (low, high) != (self._low, self._high):
            self._low, self._high = low, high
            self._forget()

    def set_step(self, t: int) -> None:
        """Mark the step of the cursor."""
        if t != self._step:
            self.update(self._mark.whole)
            self._step = t
            self._place_mark()
            self.update(self._mark.whole)

    def set_text_scale(self, scale: float) -> None:
        """Scale the type."""
        self._scale = scale
        self.updateGeometry()
        self._forget()

    def x_of(self, t: float) -> float:
        """Return the pixel of a time."""
        return (t - self._low) / (self._high - self._low) * self.width()

    def step_at(self, x: float) -> int:
        """Return the step nearest to a pixel, within the sequence."""
        t = self._low + x / max(1, self.width()) * (self._high - self._low)
        return max(0, min(round(t), self._length))

    @property
    def _numbered(self) -> range:
        """The steps that carry a number."""
        if self._steps is None:
            self._steps = self._find_numbered()
        return self._steps

    def _find_numbered(self) -> range:
        """Return every 1st, 2nd, 5th, 10th, … step, as there is room for their numbers."""
        visible = max(1.0, self._high - self._low)
        least = LABEL_SPACING * self._scale * visible / max(1, self.width())
        every = next(
            n * 10**power
            for power in range(7)
            for n in (1, 2, 5)
            if n * 10**power >= min(least, 1e6)
        )
        if self.width() / visible >= NUMBER_SPACING * self._scale:
            every = 1
        first = max(0, ceil(self._low / every) * every)  # what begins out of sight has no number
        return range(first, min(self._length, int(self._high)) + 1, every)

    def _lettered(self) -> range:
        """Return the steps that carry a letter; the start state, t = 0, has none."""
        column = self.width() / (self._high - self._low)
        if not self._letters or column < LETTER_SPACING * self._scale:
            return range(0)
        return range(max(1, int(self._low)), min(self._length, int(self._high) + 1) + 1)

    # Where things stand

    def _font(self, size: int, bold: bool) -> tuple[QFont, QFontMetricsF]:
        if (size, bold) not in self._fonts:
            font = QFont(self.font())
            font.setPixelSize(round(size * self._scale))
            font.setBold(bold)
            self._fonts[size, bold] = font, QFontMetricsF(font)
        return self._fonts[size, bold]

    def _box(self, t: int, text: str, top: float, size: int, bold: bool) -> QRectF:
        """Return the place of a label; none is cut at the edges."""
        half = self._font(size, bold)[1].horizontalAdvance(text) / 2
        middle = min(max(self.x_of(t), half), self.width() - half)
        return QRectF(middle - half, top, 2 * half, size * self._scale + 5)

    def _label(self, t: int) -> str:
        """Return a step's letter, or what its column has room for of its word."""
        text = self._letters[t - 1]
        if len(text) == 1:
            return text
        room, metrics = self.width() / (self._high - self._low), self._font(TEXT, False)[1]
        shown = metrics.elidedText(text, Qt.TextElideMode.ElideRight, round(room - TOUCH))
        return shown if len(shown) > 1 else ""

    def _letter_height(self) -> float:
        return TEXT * self._scale + 5 if self._letters else 1

    def _number_box(self, t: int) -> QRect:
        """Return the place of a number that is not the cursor's."""
        if t not in self._boxes:
            box = self._box(t, f"{t:,}", self._letter_height(), SMALL, False)
            self._boxes[t] = box.toAlignedRect()
        return self._boxes[t]

    def _place_mark(self) -> None:
        """Find the place of the cursor's step, which is painted over the labels."""
        t, letter = self._step, QRect()
        number = self._box(t, f"{t:,}", self._letter_height(), SMALL, True)
        if t in self._lettered():
            letter = self._box(t, self._letters[t - 1], 0, TEXT, True).toAlignedRect()
        self._mark = Mark(number, self._cleared(number), letter)

    def _cleared(self, number: QRectF) -> QRect:
        """Return what the cursor's number keeps free; no other is cut in two."""
        steps = self._numbered
        around = AROUND * self._scale if steps.step > 1 else 0
        own = number.adjusted(-around, 0, around, 0).toAlignedRect()
        for box in map(self._number_box, _around(steps, self._step)):
            if box.adjusted(TOUCH, 0, -TOUCH, 0).intersects(own):
                own = own.united(box)
        return own

    # Painting

    def _forget(self) -> None:
        self._labels = self._steps = None
        self._fonts.clear()
        self._boxes.clear()
        self._place_mark()
        self.update()

    def _write(
        self, painter: QPainter, box: QRectF, text: str, size: int, role: QPalette.ColorRole
    ) -> None:
        painter.setFont(self._font(size, role == QPalette.ColorRole.Accent)[0])
        painter.setPen(self.palette().color(role))
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextDontClip, text)

    def _kept_labels(self, ratio: float) -> QPixmap:
        if self._labels is None or self._labels.devicePixelRatio() != ratio:
            self._labels = self._painted_labels(ratio)
        return self._labels

    def _painted_labels(self, ratio: float) -> QPixmap:
        """Return the labels of all steps in sight, as if none were the cursor's."""
        labels = QPixmap(self.size() * ratio)
        labels.setDevicePixelRatio(ratio)
        with QPainter(labels) as painter:
            self._paint_labels(painter)
        return labels

    def _paint_labels(self, painter: QPainter, mark: Mark | None = None) -> None:
        """Write the labels of all steps in sight, but for those that `mark` would lie over."""
        painter.fillRect(self.rect(), self.palette().color(QPalette.ColorRole.Window))
        muted = QPalette.ColorRole.PlaceholderText
        letters = {t: self._box(t, self._label(t), 0, TEXT, False) for t in self._lettered()}
        for t, box in _apart(letters).items():
            if mark is None or not mark.covers(box):
                self._write(painter, box, self._label(t), TEXT, muted)
        numbers = {t: QRectF(self._number_box(t)) for t in self._numbered}
        for t, box in _apart(numbers).items():
            if mark is None or not mark.covers(box):
                self._write(painter, box, f"{t:,}", SMALL, muted)

    def _paint_step(self, painter: QPainter) -> None:
        t, accent = self._step, QPalette.ColorRole.Accent
        if not self._low <= t <= self._high:
            return
        window, mark = self.palette().color(QPalette.ColorRole.Window), self._mark
        painter.fillRect(mark.cleared, window)
        self._write(painter, mark.number, f"{t:,}", SMALL, accent)
        if not mark.letter.isEmpty():
            painter.fillRect(mark.letter, window)
            self._write(painter, QRectF(mark.letter), self._letters[t - 1], TEXT, accent)

    def _seek(self, event: QMouseEvent) -> None:
        self.step_clicked.emit(self.step_at(event.position().x()))

    # Qt's own

    def sizeHint(self) -> QSize:
        rows = (TEXT + 5 if self._letters else 0) + SMALL + 8
        return QSize(200, round(rows * self._scale))

    def paintEvent(self, event: QPaintEvent) -> None:
        with QPainter(self) as painter:
            if is_drawing(painter):
                self._paint_labels(painter, self._mark)
            else:
                painter.drawPixmap(0, 0, self._kept_labels(pixel_ratio(painter)))
            self._paint_step(painter)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._forget()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self._seek(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if event.buttons() & Qt.MouseButton.LeftButton:
            self._seek(event)

    def changeEvent(self, event: QEvent) -> None:
        if event.type() in (QEvent.Type.PaletteChange, QEvent.Type.FontChange):
            self._forget()
        super().changeEvent(event)


def _around(steps: range, t: int) -> range:
    """Return those of `steps` whose numbers may touch that of t: two up to t, and one beyond."""
    place = (t - steps.start) // steps.step
    return steps[max(0, place - 1) : max(0, place + 2)]


def _apart(boxes: dict[int, QRectF]) -> dict[int, QRectF]:
    """Leave out the first or the last label where it was moved inwards onto its neighbour."""
    steps = list(boxes)
    if len(steps) > 1 and boxes[steps[0]].intersects(boxes[steps[1]]):
        steps = steps[1:]
    if len(steps) > 1 and boxes[steps[-1]].intersects(boxes[steps[-2]]):
        steps = steps[:-1]
    return {t: boxes[t] for t in steps}
