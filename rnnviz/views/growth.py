"""How a difference grows: its magnitude at each step on a log scale, on the timeline's axis."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QPainter, QPaintEvent, QPalette, QPen, QPolygonF
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSizePolicy, QVBoxLayout, QWidget

from rnnviz.views.notation import power
from rnnviz.widgets.metrics import AXIS_WIDTH, GUTTER_RIGHT, SMALL, TITLE, TITLE_WIDTH

LEAST, MOST = -9, 1
"""The powers of ten that the axis holds at least; what is smaller lies on its floor."""
HEIGHT = 118
EDGE = 8
"""Above and below the lines."""
LEAST_GAP = 14
"""Between two numbers of the axis."""


@dataclass(frozen=True)
class Line:
    """One line of the plot.

    Attributes
    ----------
    name : str
        Written at its end.
    values : ndarray
        A magnitude for each step from 0 on; it may be filled further while it is shown.
    faint : bool
        Dotted, for what is only to be compared with.
    """

    name: str
    values: NDArray
    faint: bool = False


class GrowthPlot(QWidget):
    """Lines over time, the tolerance as a dashed line, and the cursor's step."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("view.lockstep.growth")
        self.setAccessibleName("Largest difference at each step, on a log scale")
        self._lines: Sequence[Line] = ()
        self._range = (-0.5, 0.5)
        self._shown = self._step = 0
        self._tolerance = 0.0
        self._right = GUTTER_RIGHT
        self._scale = 1.0
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)

    def set_lines(self, lines: Sequence[Line]) -> None:
        """Draw other lines."""
        self._lines = tuple(lines)
        self.update()

    def show_steps(self, shown: int, tolerance: float) -> None:
        """Draw the lines up to step `shown`, and the tolerance that they are judged by."""
        if (shown, tolerance) != (self._shown, self._tolerance):
            self._shown, self._tolerance = shown, tolerance
            self.update()

    def set_step(self, t: int) -> None:
        """Mark the step of the cursor."""
        if t != self._step:
            self._step = t
            self.update()

    def set_range(self, low: float, high: float) -> None:
        """Show x from `low` to `high`; step t lies from t - 0.5 to t + 0.5."""
        if (low, high) != self._range:
            self._range = (low, high)
            self.update()

    def set_right_gutter(self, width: int) -> None:
        """Set the width beside the lines, which holds their names."""
        self._right = width
        self.update()

    def set_text_scale(self, scale: float) -> None:
        """Scale the type."""
        self._scale = scale
        self.updateGeometry()
        self.update()

    # Where things are

    def _area(self) -> QRectF:
        left = round(AXIS_WIDTH * self._scale)
        return QRectF(left, EDGE, self.width() - left - self._right, self.height() - 2 * EDGE)

    def _powers(self) -> tuple[int, int]:
        """Return the least and the greatest power of ten on the axis."""
        values = [line.values[: self._shown + 1] for line in self._lines]
        finite = [part[np.isfinite(part)].max(initial=0.0) for part in values]
        largest = max(finite, default=0.0)
        return LEAST, max(MOST, math.ceil(math.log10(largest))) if largest > 0 else MOST

    def _y(self, value: float, area: QRectF, powers: tuple[int, int]) -> float:
        low, high = powers
        at = math.log10(value) if value > 0 else low
        share = (min(max(at, low), high) - low) / (high - low)
        return area.bottom() - share * area.height()

    def _x(self, t: float, area: QRectF) -> float:
        low, high = self._range
        return area.left() + (t - low) / (high - low) * area.width()

    def points(self, line: Line) -> tuple[NDArray, NDArray]:
        """Return steps and magnitudes to draw: where steps share a pixel, the largest."""
        low, high = self._range
        first = max(0, math.floor(low))
        last = min(self._shown + 1, math.ceil(high) + 1)
        if last <= first:
            return np.empty(0), np.empty(0)
        values = line.values[first:last]
        share = max(1, math.ceil((high - low) / max(1.0, self._area().width())))
        starts = np.arange(0, len(values), share)
        return first + starts, np.fmax.reduceat(values, starts)

    # Painting

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        area, powers = self._area(), self._powers()
        painter.setFont(self._font(SMALL))
        self._paint_axis(painter, area, powers)
        self._paint_step(painter, area)
        self._paint_tolerance(painter, area, powers)
        taken = [self._y(self._tolerance, area, powers)] if self._tolerance > 0 else []
        for place, line in enumerate(self._lines):
            self._paint_line(painter, line, self._colour(place, line), area, powers, taken)
        painter.end()

    def _font(self, size: int) -> QFont:
        font = QFont(self.font())
        font.setPixelSize(round(size * self._scale))
        return font

    def _role(self, role: QPalette.ColorRole) -> QColor:
        return self.palette().color(role)

    def _colour(self, place: int, line: Line) -> QColor:
        roles = QPalette.ColorRole
        if line.faint:
            return self._role(roles.PlaceholderText)
        return self._role(roles.WindowText if place == 0 else roles.Link)

    def _paint_axis(self, painter: QPainter, area: QRectF, powers: tuple[int, int]) -> None:
        low, high = powers
        pitch = area.height() / (high - low)
        every = next((n for n in (1, 2, 3, 5, 10) if n * pitch >= LEAST_GAP * self._scale), 20)
        for number in range(high - high % every, low - 1, -every):
            y = self._y(10.0**number, area, powers)
            painter.setPen(QPen(self._role(QPalette.ColorRole.Mid), 1))
            painter.drawLine(QPointF(area.left(), y), QPointF(area.right(), y))
            painter.setPen(self._role(QPalette.ColorRole.PlaceholderText))
            place = QRectF(0, y - 10, area.left() - 5, 20)
            flags = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
            painter.drawText(place, flags, power(number))

    def _paint_step(self, painter: QPainter, area: QRectF) -> None:
        x = self._x(self._step, area)
        if area.left() <= x <= area.right():
            painter.setPen(QPen(self._role(QPalette.ColorRole.Accent), 2))
            painter.drawLine(QPointF(x, area.top()), QPointF(x, area.bottom()))

    def _paint_tolerance(self, painter: QPainter, area: QRectF, powers: tuple[int, int]) -> None:
        if self._tolerance <= 0:
            return
        y = self._y(self._tolerance, area, powers)
        painter.setPen(
            QPen(self._role(QPalette.ColorRole.PlaceholderText), 1, Qt.PenStyle.DashLine)
        )
        painter.drawLine(QPointF(area.left(), y), QPointF(area.right(), y))
        self._write_name(painter, "tolerance", area, y)

    def _paint_line(
        self,
        painter: QPainter,
        line: Line,
        colour: QColor,
        area: QRectF,
        powers: tuple[int, int],
        taken: list[float],
    ) -> None:
        steps, values = self.points(line)
        known = ~np.isnan(values)
        if not known.any():
            return
        top = 10.0 ** powers[1]
        places = [
            QPointF(self._x(float(t), area), self._y(min(float(v), top), area, powers))
            for t, v in zip(steps[known], values[known], strict=True)
        ]
        style = Qt.PenStyle.DotLine if line.faint else Qt.PenStyle.SolidLine
        painter.setPen(QPen(colour, 1.2 if line.faint else 2.0, style))
        if len(places) == 1:
            painter.drawPoint(places[0])
        painter.save()
        painter.setClipRect(area.adjusted(0, -2, 0, 2))
        painter.drawPolyline(QPolygonF(places))
        painter.restore()
        painter.setPen(colour)
        if line.name:
            y = self._free(places[-1].y(), taken, area)
            self._write_name(painter, line.name, area, y)

    def _free(self, y: float, taken: list[float], area: QRectF) -> float:
        """Return a height near `y` at which no other name is written."""
        line = (SMALL + 3) * self._scale
        away = line if y < area.center().y() else -line
        while any(abs(y - other) < line for other in taken):
            y += away
        taken.append(y)
        return y

    def _write_name(self, painter: QPainter, name: str, area: QRectF, y: float) -> None:
        place = QRectF(area.right() + 8, y - 10, self._right - 10, 20)
        painter.drawText(place, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, name)

    # Qt's own

    def sizeHint(self) -> QSize:
        return QSize(300, round(HEIGHT * self._scale))

    def minimumSizeHint(self) -> QSize:
        return QSize(200, round(HEIGHT * 0.75 * self._scale))


class GrowthRow(QWidget):
    """The plot with its title, in the columns of the timeline's rows."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.plot = GrowthPlot(self)
        self._title = QLabel("Growth", self)
        self._note = QLabel("largest difference\nof each step;\ndotted: from the\nsame state", self)
        self._note.setForegroundRole(QPalette.ColorRole.PlaceholderText)
        side = QVBoxLayout()
        side.setSpacing(0)
        side.addWidget(self._title)
        side.addWidget(self._note)
        side.addStretch(1)
        self._side = QWidget(self)
        self._side.setLayout(side)
        side.setContentsMargins(20, 0, 0, 0)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self._side)
        layout.addWidget(self.plot, 1)
        self.set_text_scale(1.0)

    def set_range(self, low: float, high: float) -> None:
        """Show x from `low` to `high`."""
        self.plot.set_range(low, high)

    def set_step(self, t: int) -> None:
        """Mark the step of the cursor."""
        self.plot.set_step(t)

    def set_right_gutter(self, width: int) -> None:
        """Set the width of what is beside the lines."""
        self.plot.set_right_gutter(width)

    def set_text_scale(self, scale: float) -> None:
        """Scale the type."""
        self._side.setFixedWidth(round(TITLE_WIDTH * scale))
        for label, size in ((self._title, TITLE), (self._note, SMALL)):
            font = label.font()
            font.setPixelSize(round(size * scale))
            label.setFont(font)
        self.plot.set_text_scale(scale)
