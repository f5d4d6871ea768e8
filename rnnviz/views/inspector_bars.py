"""The waterfall as it is painted: each bar starts where the sum stands."""

from __future__ import annotations

import math

import numpy as np
from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Signal
from PySide6.QtGui import QColor, QHelpEvent, QMouseEvent, QPainter, QPaintEvent, QPalette, QPen
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from rnnviz.views.inspector_plan import CALCULATION, LINE, SO_FAR, Fonts, Measures, Plan
from rnnviz.views.inspector_rows import DECIMALS, Row
from rnnviz.views.notation import number
from rnnviz.views.step_label import Type
from rnnviz.widgets.colours import NOT_FINITE, Inks, colour_table, is_dark
from rnnviz.widgets.metrics import TEXT
from rnnviz.widgets.raster import Colouring

USUAL_WIDTH = 316
DROP = 0.36
"""From the middle of a line down to where its text stands, in parts of the size of the type."""


class WaterfallBars(QWidget):
    """Rows from the largest product down to what all of them make.

    Signals
    -------
    row_hovered(row) : the `Row` under the pointer, or None.
    """

    row_hovered = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("view.inspector.bars")
        self.setAccessibleName("The sum, bar by bar")
        self._rows: tuple[Row, ...] = ()
        self._hovered: Row | None = None
        self._limits = (0.0, 0.0)
        self._scale = 1.0
        self._make_fonts()
        self.setMouseTracking(True)
        policy = QSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)

    @property
    def rows(self) -> tuple[Row, ...]:
        """What is on show."""
        return self._rows

    def set_rows(self, rows: tuple[Row, ...]) -> None:
        """Show these rows."""
        before = self.heightForWidth(self.width())
        self._hover(None)
        self._rows, self._limits = rows, _limits(rows)
        self._measures = Measures(rows, self._fonts, self._scale)
        if self.heightForWidth(self.width()) != before:
            self.updateGeometry()
        self.update()

    def set_text_scale(self, scale: float) -> None:
        """Scale the type."""
        self._scale = scale
        self._make_fonts()

    def row_rect(self, index: int) -> QRectF:
        """Return where a row is."""
        plan = self._plan()
        return QRectF(0, plan.head + index * plan.row, self.width(), plan.row)

    def row_at(self, y: float) -> Row | None:
        """Return the row at a height."""
        plan = self._plan()
        index = math.floor((y - plan.head) / plan.row)
        return self._rows[index] if 0 <= index < len(self._rows) else None

    def _make_fonts(self) -> None:
        self._fonts = Fonts(self.font(), self._scale)
        self._measures = Measures(self._rows, self._fonts, self._scale)
        self.updateGeometry()
        self.update()

    def _plan(self) -> Plan:
        return self._measures.plan(self.width())

    # Painting

    def _paint_head(self, painter: QPainter, plan: Plan) -> None:
        kind, base = self._fonts.small, self._base(0)
        painter.setPen(Inks.of(self.palette()).muted)
        self._write_right(painter, kind, self.width(), base, SO_FAR)
        if plan.calculation_end is not None:
            self._write_right(painter, kind, plan.calculation_end, base, CALCULATION)
        elif kind.metrics.horizontalAdvance(f"{CALCULATION}  {SO_FAR}") <= self.width():
            painter.drawText(QPointF(0, base), CALCULATION)

    def _paint_row(self, painter: QPainter, row: Row, rect: QRectF, plan: Plan) -> None:
        if row is self._hovered:
            painter.fillRect(rect, self.palette().color(QPalette.ColorRole.AlternateBase))
        inks, base = Inks.of(self.palette()), self._base(rect.top())
        painter.setPen(inks.text)
        self._fonts.names.draw(painter, QPointF(0, base), row.name)
        kind = self._fonts.bold if row.total else self._fonts.numbers
        beside = rect.top() + plan.bar_middle + DROP * TEXT * self._scale
        self._write_right(painter, kind, rect.right(), beside, number(row.end, DECIMALS))
        painter.setPen(inks.muted)
        self._paint_calculation(painter, row, base, plan)
        self._paint_bar(painter, row, plan.bar_area(rect))

    def _base(self, top: float) -> float:
        """Return where the text of a line stands."""
        return top + (LINE / 2 + DROP * TEXT) * self._scale

    def _paint_calculation(self, painter: QPainter, row: Row, base: float, plan: Plan) -> None:
        text, kind = row.calculation(plan.decimals), self._fonts.small
        if plan.lines == 3:
            painter.setFont(kind.font)
            painter.drawText(QPointF(0, base + LINE * self._scale), text)
        else:
            right = self.width() if plan.calculation_end is None else plan.calculation_end
            self._write_right(painter, kind, right, base, text)

    def _write_right(
        self, painter: QPainter, kind: Type, right: float, base: float, text: str
    ) -> None:
        painter.setFont(kind.font)
        painter.drawText(QPointF(right - kind.metrics.horizontalAdvance(text), base), text)

    def _paint_bar(self, painter: QPainter, row: Row, area: QRectF) -> None:
        if not (math.isfinite(row.start) and math.isfinite(row.end)):
            painter.fillRect(area, NOT_FINITE)
            return
        low, high = self._limits
        per_unit = area.width() / (high - low) if high > low else 0.0
        start, end = (area.left() + (place - low) * per_unit for place in (row.start, row.end))
        zero = area.left() - low * per_unit
        painter.setPen(QPen(self.palette().color(QPalette.ColorRole.Mid), 1))
        painter.drawLine(QPointF(zero, area.top() - 3), QPointF(zero, area.bottom() + 3))
        bar = QRectF(min(start, end), area.top(), max(1.0, abs(end - start)), area.height())
        painter.fillRect(bar, self._colour(row))

    def _colour(self, row: Row) -> QColor:
        if row.total:
            return self.palette().color(QPalette.ColorRole.Accent)
        if row.value == 0:
            return Inks.of(self.palette()).muted
        colouring = Colouring(colour_table(is_dark(self.palette())), -1.0, 1.0)
        shade = np.array([math.copysign(0.8, row.value)], np.float32)
        return QColor.fromRgb(int(colouring(shade)[0]))

    # The pointer

    def _hover(self, row: Row | None) -> None:
        if row is not self._hovered:
            self._hovered = row
            self.row_hovered.emit(row)
            self.update()

    # Qt's own

    def sizeHint(self) -> QSize:
        width = round(USUAL_WIDTH * self._scale)
        return QSize(width, self.heightForWidth(width))

    def minimumSizeHint(self) -> QSize:
        return QSize(0, 0)  # its height depends on the width

    def heightForWidth(self, width: int) -> int:
        plan = self._measures.plan(width)
        return math.ceil(plan.head + len(self._rows) * plan.row)

    def paintEvent(self, event: QPaintEvent) -> None:
        with QPainter(self) as painter:
            plan, exposed = self._plan(), QRectF(event.rect())
            self._paint_head(painter, plan)
            for index, row in enumerate(self._rows):
                rect = self.row_rect(index)
                if rect.intersects(exposed):
                    self._paint_row(painter, row, rect, plan)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._hover(self.row_at(event.position().y()))

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        self._hover(None)

    def event(self, event: QEvent) -> bool:
        if isinstance(event, QHelpEvent):
            row = self.row_at(event.pos().y())
            QToolTip.showText(event.globalPos(), row.tip if row else "", self)
            return True
        return super().event(event)

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange:
            self._make_fonts()


def _limits(rows: tuple[Row, ...]) -> tuple[float, float]:
    """Return the lowest and the highest place of the sum; with 0, where it begins."""
    places = [value for row in rows for value in (row.start, row.end)]
    places = [0.0, *filter(math.isfinite, places)]
    return min(places), max(places)
