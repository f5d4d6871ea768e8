"""What nn.RNN returns, outlined in all of its states: ``output`` and ``h_n``."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QPointF, QRectF, QSize
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from rnnviz.analysis.scales import nice_limit
from rnnviz.lockstep.grid import OutputGrid
from rnnviz.views.lockstep_strips import paint_frame, paint_squares
from rnnviz.views.notation import shape_text
from rnnviz.views.symbols import Symbols
from rnnviz.widgets.colours import Inks, colour_table, is_dark
from rnnviz.widgets.metrics import TEXT
from rnnviz.widgets.raster import Colouring

LEFT, RIGHT, TOP, BOTTOM, GAP = 96, 200, 40, 30, 18


class GridPicture(QWidget):
    """Layers x time, the top layer above."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("view.lockstep.grid")
        self._grid: OutputGrid | None = None
        self._scale = 1.0
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Expanding)

    def set_grid(self, grid: OutputGrid) -> None:
        """Show these states."""
        self._grid = grid
        self.updateGeometry()
        self.update()

    def text(self) -> str:
        """Return what is shown, in words."""
        grid = self._grid
        if grid is None:
            return ""
        steps, wide = grid.output.shape
        lanes, units = grid.h_n.shape
        return "\n".join(
            (
                f"output (T, B, D·H) = {shape_text((steps, 1, wide))}",
                f"h_n (D·L, B, H) = {shape_text((lanes, 1, units))}",
            )
        )

    def set_text_scale(self, scale: float) -> None:
        """Scale the type."""
        self._scale = scale
        self.updateGeometry()
        self.update()

    # Qt's own

    def sizeHint(self) -> QSize:
        return QSize(800, 360)

    def minimumSizeHint(self) -> QSize:
        lanes = 2 if self._grid is None else len(self._grid.states)
        return QSize(480, round((TOP + BOTTOM + lanes * 48) * self._scale))

    def paintEvent(self, event: QPaintEvent) -> None:
        if self._grid is None:
            return
        painter = QPainter(self)
        grid, s, inks = self._grid, self._scale, Inks.of(self.palette())
        names = Symbols(self.font(), TEXT * s)
        limit = nice_limit(float(np.abs(grid.states).max()))
        colouring = Colouring(colour_table(is_dark(self.palette())), -limit, limit)
        lanes, cell = len(grid.states), int((self.width() - (LEFT + RIGHT) * s) / grid.steps)
        pitch = (self.height() - (TOP + BOTTOM) * s) / lanes
        areas = [
            QRectF(
                LEFT * s, TOP * s + (lanes - 1 - lane) * pitch, cell * grid.steps, pitch - GAP * s
            )
            for lane in range(lanes)
        ]
        for lane, area in enumerate(areas):
            paint_squares(painter, area, grid.states[lane].T, colouring)
            painter.setPen(inks.text)
            arrow = "←" if grid.last_step(lane) == 0 and grid.directions == 2 else "→"
            label = f"layer {lane // grid.directions} {arrow}"
            names.draw(painter, QPointF(12, area.center().y()), label)
        top = [area for lane, area in enumerate(areas) if grid.in_output(lane)]
        whole = top[0].united(top[-1])
        paint_frame(painter, whole, 3, inks.accent, inks.window)
        for lane, area in enumerate(areas):
            column = QRectF(
                area.left() + cell * grid.last_step(lane), area.top(), cell, area.height()
            )
            paint_frame(painter, column, 3, inks.focus, inks.window)
        first, second = self.text().splitlines()
        painter.setPen(inks.accent)
        names.draw(painter, QPointF(whole.left(), whole.top() - 12 * s), first)
        painter.setPen(inks.focus)
        names.draw(painter, QPointF(whole.right() + 14, areas[0].center().y()), second)
        painter.end()
