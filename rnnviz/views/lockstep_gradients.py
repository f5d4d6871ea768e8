"""One bias against two: three gradients that are equal, and the step that is twice as long."""

from __future__ import annotations

import math

import numpy as np
from PySide6.QtCore import QPointF, QRectF, QSize
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from rnnviz.analysis.scales import nice_limit
from rnnviz.lockstep.gradients import BiasGradients
from rnnviz.views.lockstep_strips import paint_squares
from rnnviz.views.notation import number
from rnnviz.views.symbols import Symbols
from rnnviz.widgets.colours import Inks, colour_table, is_dark
from rnnviz.widgets.metrics import TEXT, TITLE
from rnnviz.widgets.raster import Colouring

HEAD, ROW, FOOT, EDGE = 22, 32, 36, 12


class GradientsPicture(QWidget):
    """Three strips of units, the largest gradient's unit in numbers, and the step taken."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("view.lockstep.gradients")
        self._gradients: BiasGradients | None = None
        self._scale = 1.0
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)

    def set_gradients(self, g: BiasGradients) -> None:
        """Show these gradients."""
        self._gradients = g
        self.update()

    def text(self) -> str:
        """Return what is shown, in words."""
        g = self._gradients
        return "" if g is None else "\n".join([*(" ".join(row[1:]) for row in _rows(g)), step(g)])

    def set_text_scale(self, scale: float) -> None:
        """Scale the type."""
        self._scale = scale
        self.updateGeometry()
        self.update()

    # Qt's own

    def sizeHint(self) -> QSize:
        return QSize(round(700 * self._scale), round((HEAD + 3 * ROW + FOOT) * self._scale))

    def minimumSizeHint(self) -> QSize:
        return QSize(420, self.sizeHint().height())

    def paintEvent(self, event: QPaintEvent) -> None:
        if self._gradients is None:
            return
        painter = QPainter(self)
        g, s, inks = self._gradients, self._scale, Inks.of(self.palette())
        limit = nice_limit(_largest(g))
        colouring = Colouring(colour_table(is_dark(self.palette())), -limit, limit)
        small, large = Symbols(self.font(), TEXT * s), Symbols(self.font(), TITLE * s)
        strip = QRectF(EDGE + 150 * s, 0, self.width() - 2 * EDGE - 290 * s, (ROW - 8) * s)
        for place, (values, name, value) in enumerate(_rows(g)):
            top = (HEAD + place * ROW) * s
            area = strip.translated(0, top)
            painter.setPen(inks.text)
            small.draw(painter, QPointF(EDGE, area.center().y() + 5 * s), name)
            paint_squares(painter, area, values[np.newaxis], colouring, inks.window)
            large.draw(painter, QPointF(area.right() + 16, area.center().y() + 5 * s), value)
        large.draw(painter, QPointF(EDGE, (HEAD + 3 * ROW + 20) * s), step(g))
        painter.end()


def _rows(g: BiasGradients) -> tuple[tuple[np.ndarray, str, str], ...]:
    names = ("ElmanRNN b", "nn.RNNCell b_ih", "nn.RNNCell b_hh")
    return tuple(
        (values, name, number(float(values[g.unit]), 4))
        for values, name in zip((g.one, g.ih, g.hh), names, strict=True)
    )


def _largest(g: BiasGradients) -> float:
    values = np.concatenate((g.one, g.ih, g.hh))
    return float(np.abs(values[np.isfinite(values)]).max(initial=0.0))


def step(g: BiasGradients) -> str:
    """Return what one step of SGD did."""
    one, two = float(g.moved_one[g.unit]), float(g.moved_two[g.unit])
    said = f"One step of SGD, η = {g.rate:g}: b moved by {number(one, 4)}, "
    said += f"b_ih + b_hh by {number(two, 4)}"
    if one == 0 or not math.isfinite(two / one):
        return f"{said}."
    return f"{said}: {number(two / one)} times as far."
