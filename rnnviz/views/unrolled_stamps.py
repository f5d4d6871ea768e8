"""Round shapes, painted once in each colour: smooth edges cost more than all else in a column."""

from __future__ import annotations

from math import ceil
from typing import NamedTuple

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QPixmap

from rnnviz.views.unrolled_parts import Box
from rnnviz.widgets.devices import is_drawing

AROUND = 2


class Shape(NamedTuple):
    """How a box looks.

    Attributes
    ----------
    fill : int or None
        A colour (ARGB); None leaves it empty.
    ink : int
        The colour of what goes round it.
    corner : float
        The radius of its corners; half of its sides makes a circle.
    dashed : bool
    """

    fill: int | None
    ink: int
    corner: float
    dashed: bool = False


class Stamps:
    """Paints shapes with an outline, `line` wide, within their boxes."""

    def __init__(self, line: float) -> None:
        self._line = line
        self._made: dict[tuple[Shape, float, float], QPixmap] = {}

    def paint(self, painter: QPainter, box: Box, shape: Shape) -> None:
        """Paint a shape into a box."""
        if is_drawing(painter):
            painter.save()
            painter.translate(box.x, box.y)
            self._draw(painter, box, shape)
            painter.restore()
            return
        key = shape, box.half_width, box.half_height
        if key not in self._made:
            self._made[key] = self._make(box, shape, painter.device().devicePixelRatioF())
        half_width, half_height = _halves(box)
        painter.drawPixmap(QPointF(box.x - half_width, box.y - half_height), self._made[key])

    def _make(self, box: Box, shape: Shape, ratio: float) -> QPixmap:
        half_width, half_height = _halves(box)
        stamp = QPixmap(ceil(2 * half_width * ratio), ceil(2 * half_height * ratio))
        stamp.setDevicePixelRatio(ratio)
        stamp.fill(Qt.GlobalColor.transparent)
        with QPainter(stamp) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.translate(half_width, half_height)
            self._draw(painter, box, shape)
        return stamp

    def _draw(self, painter: QPainter, box: Box, shape: Shape) -> None:
        """Draw a shape round the painter's origin."""
        line = Qt.PenStyle.DashLine if shape.dashed else Qt.PenStyle.SolidLine
        painter.setPen(QPen(QColor.fromRgba(shape.ink), self._line, line))
        fill = Qt.BrushStyle.NoBrush if shape.fill is None else QColor.fromRgba(shape.fill)
        painter.setBrush(fill)
        within = box._replace(x=0.0, y=0.0)
        painter.drawRoundedRect(rect_of(within, -self._line / 2), shape.corner, shape.corner)


def rect_of(box: Box, grow: float = 0.0) -> QRectF:
    """Return a box as Qt knows it, larger by `grow` on all sides."""
    half_width, half_height = box.half_width + grow, box.half_height + grow
    return QRectF(box.x - half_width, box.y - half_height, 2 * half_width, 2 * half_height)


def _halves(box: Box) -> tuple[int, int]:
    return ceil(box.half_width) + AROUND, ceil(box.half_height) + AROUND
