"""Arrows and loops with proper heads."""

from __future__ import annotations

from math import atan2, cos, hypot, pi, sin

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPen, QPolygonF

from rnnviz.views.unrolled_geometry import LOOP, TIP
from rnnviz.views.unrolled_parts import Arrow, Point

LINE = 1.5
HEAD, HALF_HEAD = 9.0, 3.6
"""How long a head is, and half of how wide."""
NOTCH = 0.72
"""A head's back is notched so far from its tip, to its length."""
LEAVES = pi / 4.2
"""A loop leaves and enters its circle so far above and below the middle."""
STEEP = 0.9
"""How far a loop's way out bends upwards, in radii."""


def paint_arrow(painter: QPainter, arrow: Arrow, ink: QColor, scale: float, wide: float) -> None:
    """Paint a straight arrow, `wide` times as thick as usual."""
    (x0, y0), (x1, y1) = arrow.start, arrow.end
    angle, head = atan2(y1 - y0, x1 - x0), HEAD * scale
    if hypot(x1 - x0, y1 - y0) <= head:
        return
    back = QPointF(x1 - NOTCH * head * cos(angle), y1 - NOTCH * head * sin(angle))
    painter.setPen(_pen(ink, scale * wide))
    painter.drawLine(QPointF(x0, y0), back)
    _paint_head(painter, QPointF(x1, y1), angle, ink, scale)


def paint_line(painter: QPainter, arrow: Arrow, ink: QColor, scale: float, wide: float) -> None:
    """Paint an arrow whose head is out of sight."""
    painter.setPen(_pen(ink, scale * wide))
    painter.drawLine(QPointF(*arrow.start), QPointF(*arrow.end))


def paint_loop(
    painter: QPainter, at: Point, radius: float, side: int, ink: QColor, scale: float, wide: float
) -> None:
    """Paint a loop from the circle at `at` back to itself, to the right (1) or the left (-1)."""
    path, end, angle = loop_path(at, radius, side, scale)
    painter.setPen(_pen(ink, scale * wide))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawPath(path)
    _paint_head(painter, end, angle, ink, scale)


def loop_path(
    at: Point, radius: float, side: int, scale: float
) -> tuple[QPainterPath, QPointF, float]:
    """Return a loop's way, where its tip is, and where it points."""
    across, up = radius * cos(LEAVES), radius * sin(LEAVES)
    begin = QPointF(at.x + side * across, at.y - up)
    # A cubic goes three quarters of the way towards controls that lie equally far out.
    far = at.x + side * (4 * LOOP * radius - across) / 3
    high = up + STEEP * radius
    out, back = QPointF(far, at.y - high), QPointF(far, at.y + high)
    gone = radius + TIP * scale
    tip = QPointF(at.x + side * gone * cos(LEAVES), at.y + gone * sin(LEAVES))
    angle = atan2(tip.y() - back.y(), tip.x() - back.x())
    stop = QPointF(
        tip.x() - NOTCH * HEAD * scale * cos(angle), tip.y() - NOTCH * HEAD * scale * sin(angle)
    )
    path = QPainterPath(begin)
    path.cubicTo(out, back, stop)
    return path, tip, angle


def _pen(ink: QColor, wide: float) -> QPen:
    return QPen(ink, LINE * wide, Qt.PenStyle.SolidLine, Qt.PenCapStyle.FlatCap)


def _paint_head(painter: QPainter, tip: QPointF, angle: float, ink: QColor, scale: float) -> None:
    along = QPointF(cos(angle), sin(angle)) * (HEAD * scale)
    beside = QPointF(-sin(angle), cos(angle)) * (HALF_HEAD * scale)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(ink)
    painter.drawPolygon(
        QPolygonF([tip, tip - along + beside, tip - along * NOTCH, tip - along - beside])
    )
