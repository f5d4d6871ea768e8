"""A drawn nonlinearity with a dot where one unit is."""

from __future__ import annotations

import math

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QFont, QPainter, QPaintEvent, QPalette, QPen, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QWidget

from rnnviz.analysis.terms import FUNCTIONS
from rnnviz.views.notation import function_name
from rnnviz.widgets.metrics import SMALL

REACH = 3.0
"""The curve is drawn at least from -3 to 3."""
POINTS = 121
DOT = 5


class Curve(QWidget):
    """The curve of tanh, ReLU or the straight line, and the point (a, result) on it."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._nonlinearity = "tanh"
        self._point: tuple[float, float] | None = None
        self._scale = 1.0
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Expanding)
        self.setAccessibleName("Curve of the nonlinearity")

    @property
    def point(self) -> tuple[float, float] | None:
        """Where the dot is; None where there is none."""
        return self._point

    def set_point(self, nonlinearity: str, a: float, result: float) -> None:
        """Draw a nonlinearity with a dot at (a, result); no dot where these are not finite."""
        self._nonlinearity = nonlinearity
        self._point = (a, result) if math.isfinite(a) and math.isfinite(result) else None
        self.setAccessibleDescription(f"{function_name(nonlinearity)} at {a:.3g} is {result:.3g}")
        self.update()

    def set_text_scale(self, scale: float) -> None:
        """Scale the picture and its type."""
        self._scale = scale
        self.updateGeometry()
        self.update()

    def _reach(self) -> tuple[float, float]:
        """Return how far the axes reach on either side of zero."""
        a, result = self._point or (0.0, 0.0)
        across = max(REACH, abs(a) * 1.15)
        return across, 1.25 if self._nonlinearity == "tanh" else max(across, abs(result))

    def _place(self, a: float, value: float) -> QPointF:
        across, up = self._reach()
        area = QRectF(self.rect()).adjusted(6, 6, -6, -6)
        return QPointF(
            area.center().x() + a / across * area.width() / 2,
            area.center().y() - value / up * area.height() / 2,
        )

    # Qt's own

    def sizeHint(self) -> QSize:
        return QSize(round(150 * self._scale), round(112 * self._scale))

    def minimumSizeHint(self) -> QSize:
        return QSize(round(120 * self._scale), round(80 * self._scale))

    def paintEvent(self, event: QPaintEvent) -> None:
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            self._paint_axes(painter)
            self._paint_curve(painter)
            if self._point is not None:
                self._paint_dot(painter, *self._point)

    def _paint_axes(self, painter: QPainter) -> None:
        across, up = self._reach()
        painter.setPen(QPen(self.palette().color(QPalette.ColorRole.Mid), 1))
        painter.drawLine(self._place(-across, 0), self._place(across, 0))
        painter.drawLine(self._place(0, -up), self._place(0, up))
        font = QFont(self.font())
        font.setPixelSize(round(SMALL * self._scale))
        painter.setFont(font)
        painter.setPen(self.palette().color(QPalette.ColorRole.PlaceholderText))
        corner = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop
        painter.drawText(self.rect().adjusted(4, 0, -4, 0), corner, self._name())
        if self._nonlinearity == "tanh":
            for value, text in ((1.0, "1"), (-1.0, "−1")):
                at = self._place(0, value)
                painter.drawLine(at - QPointF(3, 0), at + QPointF(3, 0))
                painter.drawText(at + QPointF(6, 4 * self._scale), text)

    def _name(self) -> str:
        return function_name(self._nonlinearity)

    def _paint_curve(self, painter: QPainter) -> None:
        across, up = self._reach()
        function = FUNCTIONS[self._nonlinearity]
        steps = [across * (2 * k / (POINTS - 1) - 1) for k in range(POINTS)]
        line = QPolygonF([self._place(a, function(a)) for a in steps if abs(function(a)) <= up])
        painter.setPen(QPen(self.palette().color(QPalette.ColorRole.WindowText), 2))
        painter.drawPolyline(line)

    def _paint_dot(self, painter: QPainter, a: float, result: float) -> None:
        accent = self.palette().color(QPalette.ColorRole.Accent)
        at = self._place(a, result)
        painter.setPen(QPen(accent, 1, Qt.PenStyle.DashLine))
        painter.drawLine(self._place(a, 0), at)
        painter.drawLine(self._place(0, result), at)
        painter.setPen(QPen(self.palette().color(QPalette.ColorRole.Window), 1.5))
        painter.setBrush(accent)
        radius = DOT * self._scale
        painter.drawEllipse(at, radius, radius)
