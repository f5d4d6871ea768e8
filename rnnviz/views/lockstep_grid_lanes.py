"""The lanes of the grid as they are painted, and the two outlines that the eye meets first."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, QSizeF
from PySide6.QtGui import (
    QColor,
    QFont,
    QFontDatabase,
    QHelpEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QPolygonF,
)
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from rnnviz.lockstep.grid import OutputGrid
from rnnviz.views.lockstep_grid_plan import Margins, Plan, least_height
from rnnviz.views.lockstep_grid_words import (
    LAST,
    OUTPUT,
    end_tags,
    lane_name,
    shapes,
    slip_tags,
    tip,
)
from rnnviz.views.lockstep_strips import paint_frame, paint_squares
from rnnviz.views.step_label import Type
from rnnviz.views.symbols import Symbols, tabular
from rnnviz.widgets.colours import Inks, colour_table, is_dark
from rnnviz.widgets.metrics import SMALL, TEXT, TITLE
from rnnviz.widgets.raster import Colouring

FRAME = 3
DIM = 135
"""The window's colour over what is not returned: its alpha, of 255."""
TITLE_LINE = 22
PAD = 8
"""Between the outlines and the texts beside them."""


class Fonts:
    """The type of the grid."""

    def __init__(self, font: QFont, scale: float) -> None:
        mono = QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont)
        self.words = Symbols(font, TEXT * scale)
        self.why = Symbols(font, 12 * scale)
        self.steps = Type(tabular(font, SMALL * scale))
        self.time = Type(tabular(font, SMALL * scale))
        self.time.font.setItalic(True)
        self.title = Type(tabular(mono, TITLE * scale, bold=True))
        self.shape = Type(tabular(mono, TEXT * scale))
        self.tag = Type(tabular(mono, 12 * scale, bold=True))


class GridLanes(QWidget):
    """A strip of units x time for each layer and direction."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("view.lockstep.grid.lanes")
        self._grid: OutputGrid | None = None
        self._limit, self._scale = 1.0, 1.0
        self._fonts = Fonts(self.font(), 1.0)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Expanding)

    def set_grid(self, grid: OutputGrid, limit: float) -> None:
        """Show states, in colours from ``-limit`` to ``limit``."""
        self._grid, self._limit = grid, limit
        self.updateGeometry()
        self.update()

    def set_text_scale(self, scale: float) -> None:
        """Scale the type."""
        self._scale = scale
        self._fonts = Fonts(self.font(), scale)
        self.updateGeometry()
        self.update()

    def plan(self) -> Plan:
        """Return where everything is."""
        assert self._grid is not None
        return Plan(
            self._grid, QSizeF(self.size()), self._margins(self._grid, self.width()), self._scale
        )

    def _margins(self, grid: OutputGrid, width: float) -> Margins:
        """Return what the texts around the lanes take on a widget of this width."""
        s, lanes, tag = self._scale, range(len(grid.states)), self._fonts.tag.metrics
        name = max(self._fonts.words.width(lane_name(grid, lane)) for lane in lanes)
        left = name + PAD * s
        if any(slip_tags(grid, lane)[0] for lane in lanes):  # its h_n stands at the left
            left += tag.horizontalAdvance(f"h_n[{len(lanes)}]") + PAD * s
        beside = [
            text for lane in lanes for text in (*end_tags(grid, lane), *slip_tags(grid, lane))
        ]
        right = max(map(tag.horizontalAdvance, beside)) + PAD * s
        both = sum(self._title_width(name, shapes(grid)) for name in (OUTPUT, LAST)) + 3 * PAD * s
        lines = 1 if both <= width - left - right else 2
        return Margins(left, right, (lines * TITLE_LINE + 4) * s, 16 * s)

    # Painting

    def _paint_lane(self, painter: QPainter, plan: Plan, lane: int) -> None:
        grid, strip, inks = plan.grid, plan.strip(lane), Inks.of(self.palette())
        colouring = Colouring(colour_table(is_dark(self.palette())), -self._limit, self._limit)
        paint_squares(painter, strip, grid.states[lane].T, colouring, inks.window)
        if not grid.in_output(lane):
            last = plan.square(lane, grid.last_step(lane))
            veil = QColor(inks.window)
            veil.setAlpha(DIM)
            painter.fillRect(QRectF(strip.topLeft(), last.bottomLeft()), veil)
            painter.fillRect(QRectF(last.topRight(), strip.bottomRight()), veil)
        painter.setPen(inks.text)
        self._fonts.words.draw(painter, QPointF(0, self._middle(strip)), lane_name(grid, lane))
        self._paint_arrow(painter, *plan.arrow(lane))

    def _paint_arrow(self, painter: QPainter, start: QPointF, end: QPointF) -> None:
        size, ink = 4.0 * self._scale, Inks.of(self.palette()).muted
        back = size if end.x() > start.x() else -size
        if abs(end.x() - start.x()) < 2 * size:
            return
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(ink, 1.25 * self._scale))
        painter.drawLine(start, end - QPointF(back, 0))
        painter.setBrush(ink)
        painter.setPen(QPen(ink, 0.1))
        wings = (end - QPointF(1.6 * back, size), end - QPointF(1.6 * back, -size))
        painter.drawPolygon(QPolygonF([end, *wings]))
        painter.restore()

    def _paint_outlines(self, painter: QPainter, plan: Plan) -> None:
        inks, wide = Inks.of(self.palette()), FRAME * self._scale
        grown = plan.room - wide - 1
        around = plan.output().adjusted(-grown, -grown, grown, grown)
        paint_frame(painter, around, wide, inks.accent, inks.window)
        for place in plan.last_states():
            paint_frame(painter, place, wide, inks.focus, inks.window)

    def _paint_titles(self, painter: QPainter, plan: Plan) -> None:
        inks, output, texts = Inks.of(self.palette()), plan.output(), shapes(plan.grid)
        left, right = output.left() - plan.room, output.right() + plan.room
        base = output.top() - plan.room - 8 * self._scale
        self._title(painter, QPointF(left, base), OUTPUT, texts, inks.accent)
        stacked = plan.margins.top > 2 * TITLE_LINE * self._scale
        wide = self._title_width(LAST, texts)
        above = base - TITLE_LINE * self._scale
        at = QPointF(left, above) if stacked else QPointF(right - wide, base)
        self._title(painter, at, LAST, texts, inks.focus)

    def _title_width(self, name: str, texts: dict[str, str]) -> float:
        title, shape = self._fonts.title.metrics, self._fonts.shape.metrics
        return title.horizontalAdvance(f"{name} ") + shape.horizontalAdvance(texts[name])

    def _title(
        self, painter: QPainter, at: QPointF, name: str, texts: dict[str, str], ink: QColor
    ) -> None:
        self._write(painter, self._fonts.title, at, name, ink)
        at += QPointF(self._fonts.title.metrics.horizontalAdvance(f"{name} "), 0)
        self._write(painter, self._fonts.shape, at, texts[name], Inks.of(self.palette()).text)

    def _write(self, painter: QPainter, kind: Type, at: QPointF, text: str, ink: QColor) -> None:
        painter.setPen(ink)
        painter.setFont(kind.font)
        painter.drawText(at, text)

    def _paint_tags(self, painter: QPainter, plan: Plan, lane: int) -> None:
        inks, strip = Inks.of(self.palette()), plan.strip(lane)
        right = QPointF(strip.right() + plan.room + PAD * self._scale, self._middle(strip))
        line = QPointF(0, 8 * self._scale)
        (last, in_output), (slip, why) = end_tags(plan.grid, lane), slip_tags(plan.grid, lane)
        if slip:
            self._paint_slip(painter, plan.square(lane, plan.grid.steps - 1))
            wide = self._fonts.tag.metrics.horizontalAdvance(last) + PAD * self._scale
            left = QPointF(strip.left() - plan.room - wide, right.y())
            self._write(painter, self._fonts.tag, left, last, inks.focus)
            self._write(painter, self._fonts.tag, right - line, slip, inks.accent)
            painter.setPen(inks.text)
            self._fonts.why.draw(painter, right + line, why)
            return
        self._write(
            painter, self._fonts.tag, right - line if in_output else right, last, inks.focus
        )
        self._write(painter, self._fonts.tag, right + line, in_output, inks.accent)

    def _paint_slip(self, painter: QPainter, square: QRectF) -> None:
        """Mark what is taken for a last state."""
        inks, grown = Inks.of(self.palette()), 1.5 * self._scale
        around = square.adjusted(-grown, -grown, grown, grown)
        painter.setPen(QPen(inks.window, 4 * self._scale))
        painter.drawRect(around)
        pen = QPen(inks.accent, 2 * self._scale)
        pen.setDashPattern([3, 2])
        painter.setPen(pen)
        painter.drawRect(around)

    def _paint_steps(self, painter: QPainter, plan: Plan) -> None:
        muted, kind = Inks.of(self.palette()).muted, self._fonts.steps
        base = plan.axis + kind.metrics.ascent()
        left = plan.strip(0).left() - plan.room - PAD * self._scale
        at = QPointF(left - self._fonts.time.metrics.horizontalAdvance("t"), base)
        self._write(painter, self._fonts.time, at, "t", muted)
        for step in range(plan.grid.steps):
            wide = kind.metrics.horizontalAdvance(str(step + 1))
            at = QPointF(plan.square(0, step).center().x() - wide / 2, base)
            self._write(painter, kind, at, str(step + 1), muted)

    def _middle(self, strip: QRectF) -> float:
        """Return where a text stands that is centred beside a strip."""
        return strip.center().y() + 0.36 * TEXT * self._scale

    # Qt's own

    def sizeHint(self) -> QSize:
        least = self.minimumSizeHint()
        return QSize(round(760 * self._scale), max(least.height(), round(320 * self._scale)))

    def minimumSizeHint(self) -> QSize:
        if self._grid is None:
            return QSize(0, 0)
        margins = self._margins(self._grid, 0)
        height = least_height(self._grid, margins, self._scale)
        wide = margins.left + margins.right + self._grid.steps * 16 * self._scale
        return QSize(round(wide), round(height))

    def paintEvent(self, event: QPaintEvent) -> None:
        if self._grid is None:
            return
        plan = self.plan()
        with QPainter(self) as painter:
            lanes = range(len(self._grid.states))
            for lane in lanes:
                self._paint_lane(painter, plan, lane)
            self._paint_outlines(painter, plan)
            for lane in lanes:
                self._paint_tags(painter, plan, lane)
            self._paint_titles(painter, plan)
            self._paint_steps(painter, plan)

    def event(self, event: QEvent) -> bool:
        if isinstance(event, QHelpEvent) and self._grid is not None:
            place = self.plan().at(QPointF(event.pos()))
            QToolTip.showText(event.globalPos(), tip(self._grid, *place) if place else "", self)
            return True
        return super().event(event)

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange:
            self.set_text_scale(self._scale)
