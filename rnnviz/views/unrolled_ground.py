"""What does not change from step to step: the arrows with their names, the folded network."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QColor, QImage, QPainter

from rnnviz.views.symbols import Symbols
from rnnviz.views.unrolled_arrows import paint_arrow, paint_line, paint_loop
from rnnviz.views.unrolled_look import Look
from rnnviz.views.unrolled_nodes import Nodes
from rnnviz.views.unrolled_parts import Arrow, Box, Weight
from rnnviz.views.unrolled_sight import Sight, arrows_of
from rnnviz.views.unrolled_strip import DOTS, STUB, Drawing
from rnnviz.views.unrolled_symbols import weight_symbol
from rnnviz.widgets.colour_bar import level_text
from rnnviz.widgets.colours import lookup_table
from rnnviz.widgets.devices import LOSSLESS
from rnnviz.widgets.metrics import OPERATOR

LIT = 1.8
"""So much thicker are the arrows of the weight that is pointed at."""
LEGEND_HEIGHT, LEGEND_WIDTH = 84, 10


class Ground:
    """Paints what lies under the steps."""

    def __init__(self, drawing: Drawing, look: Look, limit: float) -> None:
        self._drawing, self._look, self._limit = drawing, look, limit
        self._column, self._structure = drawing.column, drawing.column.structure
        self._lit: Weight | None = None

    def paint(self, painter: QPainter, sight: Sight, lit: Weight | None) -> None:
        """Paint everything, the arrows of the weight `lit` so that they are seen at once."""
        self._lit = lit
        if self._drawing.folded_at is not None:
            self._paint_folded(painter, self._drawing.folded_at)
        if self._drawing.equals is not None:
            painter.setPen(self._look.inks.text)
            size = OPERATOR * self._look.scale
            self._look.script.write_text(painter, QPointF(*self._drawing.equals), "=", size)
        painter.save()
        painter.translate(0, self._drawing.top)
        self._paint_strip(painter, sight)
        painter.restore()
        if self._drawing.legend is not None:
            self._paint_legend(painter, self._drawing.legend)

    # The folded network

    def _paint_folded(self, painter: QPainter, middle: float) -> None:
        painter.save()
        painter.translate(middle, 0)
        for arrow in self._column.upwards():
            self._paint_arrow(painter, arrow)
        for loop in self._column.loops():
            ink, wide = self._ink(loop.weight)
            at, radius = self._column.states[loop.state], self._column.radius
            paint_loop(painter, at, radius, loop.side, ink, self._look.scale, wide)
            self._write(painter, loop.weight, loop.label)
        Nodes(self._column, self._look, self._limit).paint_folded(painter)
        painter.restore()

    # The unrolled one

    def _paint_strip(self, painter: QPainter, sight: Sight) -> None:
        strip = self._drawing.strip
        for place, t in enumerate(sight.columns):
            painter.save()
            painter.translate(strip.middle(place), 0)
            for arrow in arrows_of(self._column, sight, t, strip.pitch if place else 0.0):
                self._paint_arrow(painter, arrow)
            painter.restore()
        self._paint_beyond(painter, sight, 0, -1)
        self._paint_beyond(painter, sight, sight.count - 1, 1)

    def _paint_beyond(self, painter: QPainter, sight: Sight, place: int, side: int) -> None:
        """Paint what leads to steps out of sight, and dots."""
        later = sight.columns[place] + (side > 0)  # of the two columns that the arrows join
        painter.save()
        painter.translate(self._drawing.strip.middle(place), 0)
        for state, arrow in enumerate(self._column.stubs(side, STUB * self._look.scale)):
            if sight.joined(state, later):
                self._paint_stub(painter, arrow, side)
        painter.restore()

    def _paint_stub(self, painter: QPainter, arrow: Arrow, side: int) -> None:
        scale, (ink, wide) = self._look.scale, self._ink(arrow.weight)
        points_in = (arrow.end.x - arrow.start.x) * side < 0
        (paint_arrow if points_in else paint_line)(painter, arrow, ink, scale, wide)
        x = side * (self._column.half_width + (STUB + DOTS / 2) * scale)
        painter.setPen(self._look.inks.muted)
        self._look.script.write_text(painter, QPointF(x, arrow.end.y), "⋯", self._look.sign)

    # Arrows and their names

    def _paint_arrow(self, painter: QPainter, arrow: Arrow) -> None:
        ink, wide = self._ink(arrow.weight)
        paint_arrow(painter, arrow, ink, self._look.scale, wide)
        if arrow.weight is not None and arrow.label is not None:
            self._write(painter, arrow.weight, arrow.label)

    def _write(self, painter: QPainter, weight: Weight, label: Box) -> None:
        look = self._look
        painter.setPen(look.inks.focus if weight == self._lit else look.inks.text)
        symbol = weight_symbol(weight, self._structure)
        look.script.write(painter, QPointF(label.x, label.y), symbol, look.name)

    def _ink(self, weight: Weight | None) -> tuple[QColor, float]:
        if weight is not None and weight == self._lit:
            return self._look.inks.focus, LIT
        return self._look.inks.muted, 1.0

    # What colours stand for

    def _paint_legend(self, painter: QPainter, left: float) -> None:
        look = self._look
        height = LEGEND_HEIGHT * look.scale
        middle = (self._column.top + self._column.bottom) / 2 + 0.7 * look.name
        bar = QRectF(left, middle - height / 2, LEGEND_WIDTH * look.scale, height)
        colours = lookup_table(look.dark)[:127:-1].copy()
        image = QImage(colours.data, 1, len(colours), 4, QImage.Format.Format_RGB32)
        painter.setRenderHint(LOSSLESS)
        painter.drawImage(bar, image)
        painter.setPen(look.inks.muted)
        beside = bar.right() + 4 * look.scale
        for y, value in ((bar.top(), self._limit), (bar.bottom(), 0.0)):
            text = level_text(value)
            at = QPointF(beside + look.script.text_width(text, look.number) / 2, y)
            look.script.write_text(painter, at, text, look.number)
        title = Symbols(look.script.font, look.name)
        title.draw(painter, QPointF(bar.left(), bar.top() - 0.9 * look.name), "‖h_t‖")
