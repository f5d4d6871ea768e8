"""A small curve of positive numbers, logarithmic, with a mark at one of them."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray
from PySide6.QtCore import QPointF, QSize
from PySide6.QtGui import QPainter, QPaintEvent, QPalette, QPen, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QWidget

HEIGHT = 20
INSET = 7
"""Half of a slider's handle: the curve ends where the handle's middle can be."""


class Spark(QWidget):
    """As wide as the slider below it; what is not positive and finite leaves a gap."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._values: NDArray[np.float64] = np.zeros(0)
        self._mark: int | None = None
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def set_values(self, values: ArrayLike) -> None:
        """Draw numbers, evenly spaced."""
        self._values = np.asarray(values, dtype=np.float64)
        self.update()

    def set_mark(self, index: int | None) -> None:
        """Mark one of the numbers, or none."""
        self._mark = index
        self.update()

    def points(self) -> list[QPointF | None]:
        """Return where each number is drawn, or None where it has no place.

        Of more numbers than there are pixels, the largest of each pixel is drawn.
        """
        values = self._thinned()
        there = np.isfinite(values) & (values > 0)
        if not there.any():
            return [None] * len(values)
        logs = np.log10(values, where=there, out=np.zeros_like(values))
        low, high = logs[there].min(), logs[there].max()
        span, across = (high - low) or 1.0, self.width() - 2 * INSET
        return [
            QPointF(
                INSET + across * k / max(1, len(values) - 1),
                2 + (self.height() - 4) * (1 - (logs[k] - low) / span if high > low else 0.5),
            )
            if there[k]
            else None
            for k in range(len(values))
        ]

    def _thinned(self) -> NDArray[np.float64]:
        count = max(2, self.width())
        if len(self._values) <= count:
            return self._values
        starts = np.linspace(0, len(self._values), count, endpoint=False).astype(int)
        return np.fmax.reduceat(self._values, starts)

    # Qt's own

    def sizeHint(self) -> QSize:
        return QSize(120, HEIGHT)

    def paintEvent(self, event: QPaintEvent) -> None:
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(QPen(self.palette().color(QPalette.ColorRole.PlaceholderText), 1.2))
            line: list[QPointF] = []
            for point in [*self.points(), None]:
                if point is not None:
                    line.append(point)
                    continue
                if len(line) > 1:
                    painter.drawPolyline(QPolygonF(line))
                elif line:
                    painter.drawPoint(line[0])
                line = []
            if self._mark is not None and self._mark < len(self._values):
                x = INSET + (self.width() - 2 * INSET) * self._mark / max(1, len(self._values) - 1)
                painter.setPen(QPen(self.palette().color(QPalette.ColorRole.Accent), 2))
                painter.drawLine(QPointF(x, 0), QPointF(x, self.height()))
