"""The three gradients, strip under strip, and the numbers of one unit beside them."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QEvent, QPointF, QRectF, QSize
from PySide6.QtGui import QFont, QHelpEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from rnnviz.lockstep.gradients import BiasGradients
from rnnviz.views.lockstep_gradients_words import rows, written
from rnnviz.views.lockstep_strips import paint_frame, paint_squares
from rnnviz.views.notation import exact
from rnnviz.views.step_label import Type
from rnnviz.views.symbols import Symbols, tabular
from rnnviz.widgets.colours import Inks, colour_table, is_dark
from rnnviz.widgets.metrics import OPERATOR, SMALL, TEXT, TITLE
from rnnviz.widgets.raster import Colouring

NAME, SYMBOL, GAP = 84, 40, 16
"""The columns: whose bias, and its symbol; before the number of its gradient."""
HEAD, ROW, SPACE = 18, 22, 5
"""How high: the line that names the unit, a strip; and from strip to strip."""
FRAME = 2


class Fonts:
    """The type of the strips."""

    def __init__(self, font: QFont, scale: float) -> None:
        self.symbol = Symbols(font, TITLE * scale)
        self.name = Type(tabular(font, TEXT * scale))
        self.unit = Type(tabular(font, SMALL * scale, bold=True))
        self.number = Type(tabular(font, OPERATOR * scale, bold=True))


class GradientStrips(QWidget):
    """One colour range for all three, so that equal gradients look equal."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("view.lockstep.gradients.strips")
        self._gradients: BiasGradients | None = None
        self._limit, self._scale = 1.0, 1.0
        self._fonts = Fonts(self.font(), 1.0)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)

    def set_gradients(self, g: BiasGradients, limit: float) -> None:
        """Show gradients, in colours from ``-limit`` to ``limit``."""
        self._gradients, self._limit = g, limit
        self.updateGeometry()
        self.update()

    def set_text_scale(self, scale: float) -> None:
        """Scale the type."""
        self._scale = scale
        self._fonts = Fonts(self.font(), scale)
        self.updateGeometry()
        self.update()

    def strip(self, row: int) -> QRectF:
        """Return where the squares of a row are."""
        s = self._scale
        left, right = round((NAME + SYMBOL) * s), round(self._number_width() + GAP * s)
        top = round((HEAD + row * (ROW + SPACE)) * s)
        return QRectF(left, top, max(1, self.width() - left - right), round(ROW * s))

    def _number_width(self) -> float:
        texts = _numbers(self._gradients) if self._gradients is not None else ()
        return max(map(self._fonts.number.metrics.horizontalAdvance, texts), default=0.0)

    def unit_at(self, x: float) -> int:
        """Return the unit at a place across."""
        assert self._gradients is not None
        strip, units = self.strip(0), len(self._gradients.one)
        return min(max(0, int((x - strip.left()) / strip.width() * units)), units - 1)

    def _unit_rect(self, g: BiasGradients) -> QRectF:
        """Return where the squares of the unit in numbers are, in all strips."""
        all_strips = self.strip(0).united(self.strip(2))
        wide = all_strips.width() / len(g.one)
        left = all_strips.left() + g.unit * wide
        return QRectF(left, all_strips.top(), max(2.0, wide), all_strips.height())

    # Painting

    def _paint_row(self, painter: QPainter, row: int, g: BiasGradients) -> None:
        (name, symbol, values), strip = rows(g)[row], self.strip(row)
        inks, fonts, s = Inks.of(self.palette()), self._fonts, self._scale
        colouring = Colouring(colour_table(is_dark(self.palette())), -self._limit, self._limit)
        paint_squares(painter, strip, values[np.newaxis], colouring, inks.window)
        base = strip.center().y() + 0.36 * TITLE * s
        painter.setPen(inks.muted)
        painter.setFont(fonts.name.font)
        painter.drawText(QPointF(0, base), name)
        painter.setPen(inks.text)
        fonts.symbol.draw(painter, QPointF(NAME * s, base), symbol)
        text = _numbers(g)[row]
        painter.setFont(fonts.number.font)
        left = self.width() - fonts.number.metrics.horizontalAdvance(text)
        painter.drawText(QPointF(left, strip.center().y() + 0.36 * OPERATOR * s), text)

    def _paint_unit(self, painter: QPainter, g: BiasGradients) -> None:
        inks, kind, place = Inks.of(self.palette()), self._fonts.unit, self._unit_rect(g)
        paint_frame(painter, place, FRAME * self._scale, inks.accent, inks.window)
        text = f"unit {g.unit}"
        wide, base = kind.metrics.horizontalAdvance(text), 11 * self._scale
        painter.setPen(inks.accent)
        painter.setFont(kind.font)
        strip = self.strip(0)
        left = min(max(strip.left(), place.center().x() - wide / 2), strip.right() - wide)
        painter.drawText(QPointF(left, base), text)
        painter.drawText(QPointF(self.width() - wide, base), text)

    # Qt's own

    def sizeHint(self) -> QSize:
        height = HEAD + 3 * ROW + 2 * SPACE + 4
        return QSize(round(640 * self._scale), round(height * self._scale))

    def minimumSizeHint(self) -> QSize:
        return QSize(
            round((NAME + SYMBOL + GAP + 80) * self._scale + self._number_width()),
            self.sizeHint().height(),
        )

    def paintEvent(self, event: QPaintEvent) -> None:
        if self._gradients is None:
            return
        with QPainter(self) as painter:
            for row in range(len(rows(self._gradients))):
                self._paint_row(painter, row, self._gradients)
            self._paint_unit(painter, self._gradients)

    def event(self, event: QEvent) -> bool:
        if isinstance(event, QHelpEvent) and self._gradients is not None:
            QToolTip.showText(event.globalPos(), self._tip(event.pos().x()), self)
            return True
        return super().event(event)

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange:
            self.set_text_scale(self._scale)

    def _tip(self, x: float) -> str:
        """Return the three numbers of the unit at a place; empty beside the strips."""
        assert self._gradients is not None
        strip, unit = self.strip(0), self.unit_at(x)
        if not strip.left() <= x < strip.right():
            return ""
        lines = (
            f"{name}, gradient of {symbol.removesuffix('_{}')}: {exact(float(values[unit]))}"
            for name, symbol, values in rows(self._gradients)
        )
        return "\n".join([f"unit {unit}", *lines])


def _numbers(g: BiasGradients) -> list[str]:
    """Return the gradients of the unit in numbers."""
    return [written(float(values[g.unit])) for _, _, values in rows(g)]
