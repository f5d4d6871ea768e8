"""How a difference grows: its magnitude at each step on a log scale, on the timeline's axis."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import (
    QColor,
    QFont,
    QPainter,
    QPaintEvent,
    QPalette,
    QPen,
    QPixmap,
    QPolygonF,
    QResizeEvent,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from rnnviz.views.notation import power
from rnnviz.widgets.devices import is_drawing, pixel_ratio
from rnnviz.widgets.metrics import AXIS_WIDTH, GUTTER_RIGHT, SMALL

LEAST, MOST = -9, 1
"""The powers of ten that the axis holds at least; what is smaller lies on its floor."""
HEIGHT = 118
EDGE = 8
"""Above and below the lines."""
AROUND = 4
"""So far does what is painted of a step reach beyond it, in pixels."""
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
    style : {"solid", "dots", "thin"}
        Dots and thin lines are muted, for what is only to be compared with.
    """

    name: str
    values: NDArray
    style: Literal["solid", "dots", "thin"] = "solid"


class GrowthPlot(QWidget):
    """Lines over time, and the cursor's step.

    What is drawn stays in a picture, to which a new step adds its own piece of each line.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("view.lockstep.growth")
        self.setAccessibleName("Largest difference at each step, on a log scale")
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self._lines: Sequence[Line] = ()
        self._range = (-0.5, 0.5)
        self._shown = self._step = 0
        self._right = GUTTER_RIGHT
        self._scale = 1.0
        self._top = MOST
        self._picture: QPixmap | None = None
        self._drawn = 0  # the lines are in the picture up to this step
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)

    def set_lines(self, lines: Sequence[Line]) -> None:
        """Draw other lines."""
        self._lines = tuple(lines)
        self._top = MOST
        self._draw_anew()

    def show_steps(self, shown: int) -> None:
        """Draw the lines up to step `shown`."""
        before, self._shown = self._shown, shown
        top = self._find_top(before if shown > before else 0)
        if shown < before or top != self._top:
            self._top = top
            self._draw_anew()
        elif shown > before:
            self._update_steps(before, shown)
            self.update(self._gutter().toAlignedRect())

    def set_step(self, t: int) -> None:
        """Mark the step of the cursor."""
        if t != self._step:
            before, self._step = self._step, t
            for step in (before, t):
                self._update_steps(step, step)

    def set_range(self, low: float, high: float) -> None:
        """Show x from `low` to `high`; step t lies from t - 0.5 to t + 0.5."""
        if (low, high) != self._range:
            self._range = (low, high)
            self._draw_anew()

    def set_right_gutter(self, width: int) -> None:
        """Set the width beside the lines, which holds their names."""
        if width != self._right:
            self._right = width
            self._draw_anew()

    def set_text_scale(self, scale: float) -> None:
        """Scale the type."""
        self._scale = scale
        self.updateGeometry()
        self._draw_anew()

    def _draw_anew(self) -> None:
        self._picture = None
        self.update()

    # Where things are

    def _area(self) -> QRectF:
        left = round(AXIS_WIDTH * self._scale)
        return QRectF(left, EDGE, self.width() - left - self._right, self.height() - 2 * EDGE)

    def _gutter(self) -> QRectF:
        return QRectF(self.width() - self._right, 0, self._right, self.height())

    def _update_steps(self, first: int, last: int) -> None:
        """Ask for a repaint of what lies between two steps."""
        x = (self._x(first) - AROUND, self._x(last) + AROUND)
        self.update(QRectF(x[0], 0, x[1] - x[0], self.height()).toAlignedRect())

    def _find_top(self, first: int) -> int:
        """Return the greatest power of ten on the axis, with what there is from step `first` on."""
        solid = (line for line in self._lines if line.style == "solid")
        values = [line.values[first : self._shown + 1] for line in solid]
        largest = max((part[np.isfinite(part)].max(initial=0.0) for part in values), default=0.0)
        top = math.ceil(math.log10(largest)) if largest > 0 else MOST
        return max(MOST, top, self._top if first else MOST)

    def _y(self, values: NDArray) -> NDArray:
        """Return the pixels of magnitudes; what is too small lies on the floor."""
        area = self._area()
        low, high = float(LEAST), float(self._top)
        with np.errstate(divide="ignore"):
            powers = np.clip(np.log10(values), low, high)
        return area.bottom() - (powers - low) / (high - low) * area.height()

    def _x(self, t: float) -> float:
        area, (low, high) = self._area(), self._range
        return area.left() + (t - low) / (high - low) * area.width()

    def points(self, line: Line, since: int = 0) -> tuple[NDArray, NDArray]:
        """Return steps from `since` on and their magnitudes: where some share a pixel, the largest.

        What is not computed yet is left out.
        """
        low, high = self._range
        first = max(0, math.floor(low))
        share = max(1, math.ceil((high - low) / max(1.0, self._area().width())))
        first += max(0, since - first) // share * share
        last = min(self._shown + 1, math.ceil(high) + 1)
        values = line.values[first:last]
        if not len(values):
            return np.empty(0), np.empty(0)
        starts = np.arange(0, len(values), share)
        largest = np.fmax.reduceat(values, starts)
        known = ~np.isnan(largest)
        return (first + starts)[known], largest[known]

    # Painting

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        if is_drawing(painter):
            self._paint_all(painter)
        else:
            painter.drawPixmap(0, 0, self._up_to_date(pixel_ratio(painter)))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._paint_step(painter)
        painter.setFont(self._font(SMALL))
        self._paint_names(painter)
        painter.end()

    def _paint_all(self, painter: QPainter) -> None:
        """Paint what the picture would hold, the lines from their beginning."""
        painter.fillRect(self.rect(), self._role(QPalette.ColorRole.Window))
        painter.setFont(self._font(SMALL))
        self._paint_axis(painter)
        self._paint_lines(painter, since=0)

    def _up_to_date(self, ratio: float) -> QPixmap:
        """Return the picture with all that is shown in it."""
        picture = self._picture
        if picture is None or picture.devicePixelRatio() != ratio:
            picture = self._new_picture(ratio)
        if self._drawn < self._shown:
            painter = QPainter(picture)
            self._paint_lines(painter, since=max(0, self._drawn))
            painter.end()
            self._drawn = self._shown
        self._picture = picture
        return picture

    def _new_picture(self, ratio: float) -> QPixmap:
        picture = QPixmap(self.size() * ratio)
        picture.setDevicePixelRatio(ratio)
        picture.fill(self._role(QPalette.ColorRole.Window))
        painter = QPainter(picture)
        painter.setFont(self._font(SMALL))
        self._paint_axis(painter)
        painter.end()
        self._drawn = -1
        return picture

    def _font(self, size: int) -> QFont:
        font = QFont(self.font())
        font.setPixelSize(round(size * self._scale))
        return font

    def _role(self, role: QPalette.ColorRole) -> QColor:
        return self.palette().color(role)

    def _colour(self, place: int, line: Line) -> QColor:
        roles = QPalette.ColorRole
        if line.style != "solid":
            return self._role(roles.PlaceholderText)
        return self._role(roles.WindowText if place == 0 else roles.Link)

    def _paint_axis(self, painter: QPainter) -> None:
        area, high = self._area(), self._top
        pitch = area.height() / (high - LEAST)
        every = next((n for n in (1, 2, 3, 5, 10) if n * pitch >= LEAST_GAP * self._scale), 20)
        for exponent in range(high - high % every, LEAST - 1, -every):
            y = float(self._y(np.array(10.0**exponent)))
            painter.setPen(QPen(self._role(QPalette.ColorRole.Mid), 1))
            painter.drawLine(QPointF(area.left(), y), QPointF(area.right(), y))
            painter.setPen(self._role(QPalette.ColorRole.PlaceholderText))
            flags = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
            painter.drawText(QRectF(0, y - 10, area.left() - 5, 20), flags, power(exponent))

    def _paint_lines(self, painter: QPainter, since: int) -> None:
        """Paint what is new of the lines from a step on, joined to what is there."""
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setClipRect(self._area().adjusted(0, -2, 0, 2))
        for place, line in enumerate(self._lines):
            self._paint_line(painter, line, since, self._colour(place, line))
        painter.restore()

    def _paint_line(self, painter: QPainter, line: Line, since: int, colour: QColor) -> None:
        steps, values = self.points(line, since)
        places = [QPointF(self._x(t), y) for t, y in zip(steps, self._y(values), strict=True)]
        if line.style == "dots":
            painter.setPen(QPen(colour, 1.6))
            for place in places:
                painter.drawPoint(place)
            return
        painter.setPen(QPen(colour, 2.0 if line.style == "solid" else 1.0))
        if len(places) == 1:
            painter.drawPoint(places[0])
        else:
            painter.drawPolyline(QPolygonF(places))

    def _paint_step(self, painter: QPainter) -> None:
        area, x = self._area(), self._x(self._step)
        if area.left() <= x <= area.right():
            painter.setPen(QPen(self._role(QPalette.ColorRole.Accent), 2))
            painter.drawLine(QPointF(x, area.top()), QPointF(x, area.bottom()))

    def _paint_names(self, painter: QPainter) -> None:
        """Write each line's name at the height of its end."""
        taken: list[float] = []
        for place, line in enumerate(self._lines):
            known = line.values[: self._shown + 1]
            if line.name and len(known) and not np.isnan(known[-1]):
                painter.setPen(self._colour(place, line))
                self._write_name(painter, line.name, float(self._y(known[-1:])[0]), taken)

    def _write_name(self, painter: QPainter, name: str, y: float, taken: list[float]) -> None:
        y = self._free(y, taken)
        gutter = self._gutter()
        place = QRectF(gutter.left() + 8, y - 10, gutter.width() - 10, 20)
        painter.drawText(place, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, name)

    def _free(self, y: float, taken: list[float]) -> float:
        """Return a height near `y` at which no other name is written."""
        line = (SMALL + 3) * self._scale
        away = line if y < self._area().center().y() else -line
        while any(abs(y - other) < line for other in taken):
            y += away
        taken.append(y)
        return y

    # Qt's own

    def sizeHint(self) -> QSize:
        return QSize(300, round(HEIGHT * self._scale))

    def minimumSizeHint(self) -> QSize:
        return QSize(200, round(HEIGHT * 0.75 * self._scale))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._draw_anew()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() in (QEvent.Type.PaletteChange, QEvent.Type.FontChange):
            self._draw_anew()
