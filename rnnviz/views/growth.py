"""How a difference grows: its magnitude at each step on a log scale, on the timeline's axis."""

from __future__ import annotations

import math
from collections.abc import Sequence

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

from rnnviz.views.growth_pieces import Line, Piece, StepsInSight
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


class GrowthPlot(QWidget):
    """Lines over time, and the cursor's step.

    What is drawn stays in a picture, to which a new step adds its own piece of each line. Where
    steps share a pixel, those that the last one is still to be shared with are painted over it.
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
        self._drawn = 0  # the lines are in the picture up to before this step
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
        return self._sight().points(line, since)

    def _sight(self) -> StepsInSight:
        return StepsInSight(*self._range, self._area().width(), self._shown)

    # Painting

    def paintEvent(self, event: QPaintEvent) -> None:
        with QPainter(self) as painter:
            if is_drawing(painter):
                self._paint_all(painter)
            else:
                painter.drawPixmap(0, 0, self._up_to_date(pixel_ratio(painter)))
                sight = self._sight()
                self._paint_pieces(painter, sight.pieces(self._lines, sight.settled))
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            self._paint_step(painter)
            painter.setFont(self._font(SMALL))
            self._paint_names(painter)

    def _paint_all(self, painter: QPainter) -> None:
        """Paint what the picture would hold, the lines from their beginning."""
        painter.fillRect(self.rect(), self._role(QPalette.ColorRole.Window))
        painter.setFont(self._font(SMALL))
        self._paint_axis(painter)
        self._paint_lines(painter)

    def _up_to_date(self, ratio: float) -> QPixmap:
        """Return the picture with all that is shown in it."""
        picture = self._picture
        if picture is None or picture.devicePixelRatio() != ratio:
            picture = self._new_picture(ratio)
        sight = self._sight()
        if self._drawn < sight.settled:
            pieces = sight.pieces(self._lines, self._drawn)
            with QPainter(picture) as painter:
                self._paint_pieces(
                    painter, [piece for piece in pieces if piece.step < sight.settled]
                )
            self._drawn = sight.settled
        self._picture = picture
        return picture

    def _new_picture(self, ratio: float) -> QPixmap:
        picture = QPixmap(self.size() * ratio)
        picture.setDevicePixelRatio(ratio)
        picture.fill(self._role(QPalette.ColorRole.Window))
        with QPainter(picture) as painter:
            painter.setFont(self._font(SMALL))
            self._paint_axis(painter)
        self._drawn = 0
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

    def _clip(self, painter: QPainter) -> None:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setClipRect(self._area().adjusted(0, -2, 0, 2))

    def _paint_pieces(self, painter: QPainter, pieces: Sequence[Piece]) -> None:
        """Paint pieces, each joined to what is there; it takes less time than a line of many."""
        painter.save()
        self._clip(painter)
        share = self._sight().share
        pens = [self._pen(place, line) for place, line in enumerate(self._lines)]
        ends = self._y(np.array([piece.value for piece in pieces]))
        starts = self._y(np.array([piece.before or 0.0 for piece in pieces]))
        for piece, start, end in zip(pieces, starts, ends, strict=True):
            painter.setPen(pens[piece.place])
            to = QPointF(self._x(piece.step), end)
            if piece.before is None or self._lines[piece.place].style == "dots":
                painter.drawPoint(to)
            else:
                painter.drawLine(QPointF(self._x(piece.step - share), start), to)
        painter.restore()

    def _paint_lines(self, painter: QPainter) -> None:
        """Paint the lines, each as a whole."""
        painter.save()
        self._clip(painter)
        for place, line in enumerate(self._lines):
            painter.setPen(self._pen(place, line))
            self._paint_line(painter, line)
        painter.restore()

    def _pen(self, place: int, line: Line) -> QPen:
        return QPen(self._colour(place, line), {"dots": 1.6, "solid": 2.0, "thin": 1.0}[line.style])

    def _paint_line(self, painter: QPainter, line: Line) -> None:
        steps, values = self.points(line)
        places = [QPointF(self._x(t), y) for t, y in zip(steps, self._y(values), strict=True)]
        if line.style == "dots":
            for place in places:
                painter.drawPoint(place)
        elif len(places) == 1:
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
