"""What a heatmap is as a widget: its layout, its colours, and where the pointer is."""

from collections.abc import Callable
from math import ceil, floor

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QEvent, QPoint, QPointF, QRect, QRectF, Qt, Signal
from PySide6.QtGui import (
    QFocusEvent,
    QHelpEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
    QTransform,
    QWheelEvent,
)
from PySide6.QtWidgets import QApplication, QToolTip, QWidget

from rnnviz.widgets.heatmap_item import HeatmapItem
from rnnviz.widgets.metrics import AXIS_WIDTH
from rnnviz.widgets.raster import ArraySource, peak
from rnnviz.widgets.unit_axis import UnitAxis

Cell = tuple[int, int]
_NOWHERE: Cell = (-1, -1)
_BY_KEYBOARD = (
    Qt.FocusReason.TabFocusReason,
    Qt.FocusReason.BacktabFocusReason,
    Qt.FocusReason.ShortcutFocusReason,
)


class HeatmapView(pg.GraphicsView):
    """A view of one `HeatmapItem`, all its rows always in sight; see `Heatmap` for the whole.

    Attributes
    ----------
    view_box : pyqtgraph.ViewBox
        For linking x with others; column c lies round x = first_x + c.
    cell_hovered : Signal(int, int)
        The row and column under the pointer when they change, (-1, -1) where there is none.
    cell_clicked : Signal(int, int)
        The row and column of a left click that was no drag.
    """

    cell_hovered = Signal(int, int)
    cell_clicked = Signal(int, int)

    _ready = False  # the base class lays out before this one has parts

    def __init__(self, parent: QWidget | None, *, row_axis: bool, zoomable: bool) -> None:
        super().__init__(parent, useOpenGL=False, background=None)
        self.setCacheMode(self.CacheModeFlag.CacheNone)
        self.setAntialiasing(False)
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self._zoomable = zoomable
        self._tooltip: Callable[[int, int], str] | None = None
        self._hovered = _NOWHERE
        self._pressed: QPointF | None = None
        self._ringed = False
        self._axis_width = AXIS_WIDTH
        self._build(row_axis)
        self._ready = True
        self._take_palette()
        self._item.font = self.font()
        self._lay_out()

    def _build(self, row_axis: bool) -> None:
        self.setCentralItem(None)
        self.view_box = pg.ViewBox(
            invertY=True, enableMenu=False, enableMouse=False, defaultPadding=0
        )
        self.view_box.setMouseEnabled(x=self._zoomable, y=False)
        self.view_box.disableAutoRange()
        self.addItem(self.view_box)
        self._item = HeatmapItem(ArraySource(np.zeros((1, 1), np.float32)))
        self.view_box.addItem(self._item, ignoreBounds=True)
        self.view_box.sigRangeChanged.connect(self._on_range_changed)
        self._axis = UnitAxis(self.view_box) if row_axis else None
        if self._axis is not None:
            self.addItem(self._axis)

    def set_tooltip(self, text: Callable[[int, int], str] | None) -> None:
        """Ask for the tooltip of a square by calling ``text(row, column)``."""
        self._tooltip = text

    def cell_at(self, pos: QPoint | QPointF) -> Cell | None:
        """Return the row and column at a place of the widget; None where nothing is shown.

        Where squares share a pixel it is the one that the pixel shows.
        """
        to_pixels, window = self._pixels()
        point = self._to_device().map(QPointF(pos))
        x, y = floor(point.x()) - window.left(), floor(point.y()) - window.top()
        grid = self._item.grid(to_pixels, window)
        if not (0 <= x < grid.x.length and 0 <= y < grid.y.length):
            return None
        rows = grid.y.cells(y, y + 1, self._item.source.shape[0])
        columns = grid.x.cells(x, x + 1, self._item.shown)
        if rows[0] >= rows[1] or columns[0] >= columns[1]:
            return None
        if rows[1] - rows[0] == 1 and columns[1] - columns[0] == 1:
            return rows[0], columns[0]
        row, column = peak(self._item.source.read(*columns)[slice(*rows)])
        return rows[0] + row, columns[0] + column

    def cell_rect(self, row: int, column: int) -> QRect:
        """Return the place of a square on the widget; its points lie in that square alone."""
        to_pixels, window = self._pixels()
        grid = self._item.grid(to_pixels, window)
        device = self._to_device()
        ratio = device.m11()

        def span(begin: int, end: int, origin: float) -> tuple[int, int]:
            first = ceil((begin - origin) / ratio)
            return first, max(1, ceil((end - origin) / ratio) - first)

        x, width = span(grid.x.begin(column), grid.x.end(column), device.dx() - window.left())
        y, height = span(grid.y.begin(row), grid.y.end(row), device.dy() - window.top())
        return QRect(x, y, width, height)

    def _to_device(self) -> QTransform:
        """Return the way from the widget's pixels to the screen's."""
        ratio = self.viewport().devicePixelRatioF()
        origin = QPointF(self.viewport().mapTo(self.window(), QPoint(0, 0))) * ratio
        return QTransform(ratio, 0, 0, ratio, origin.x(), origin.y())

    def _settle(self) -> None:
        """Take the size that a hidden widget was given; Qt would tell only when it is shown."""
        if self.testAttribute(Qt.WidgetAttribute.WA_PendingResizeEvent):
            event = QResizeEvent(self.size(), self.size())
            QApplication.sendEvent(self, event)  # for the viewport's size
            self.resizeEvent(event)  # which the viewport, hidden as well, would keep back

    def _pixels(self) -> tuple[QTransform, QRect]:
        self._settle()
        self.view_box.updateMatrix()
        to_widget = self._item.sceneTransform() * self.viewportTransform()
        to_pixels = to_widget * self._to_device()
        return to_pixels, self._item.visible_pixels(to_pixels)

    def _take_palette(self) -> None:
        self._item.set_palette(self.palette())
        self.setBackgroundBrush(self._item.inks.window)
        if self._axis is not None:
            self._axis.set_colour(self._item.inks.muted)

    def _lay_out(self) -> None:
        left = self._axis_width if self._axis is not None else 0
        width, height = self.width(), self.height()
        self.view_box.setGeometry(QRectF(left, 0, max(1, width - left), height))
        if self._axis is not None:
            self._axis.setWidth(left)
            self._axis.setGeometry(QRectF(0, 0, left, height))

    def _on_range_changed(self) -> None:
        self._item.visible = self.view_box.viewRect()

    def _hover(self, cell: Cell) -> None:
        if cell != self._hovered:
            self._hovered = cell
            self.cell_hovered.emit(*cell)

    def _was_drag(self, position: QPointF) -> bool:
        if self._pressed is None:
            return True
        moved = (position - self._pressed).manhattanLength()
        return bool(moved >= QApplication.startDragDistance())

    # Qt's overrides. pyqtgraph's scene gets the mouse only where there is something to drag.

    def close(self) -> bool:
        """Close as any widget does: pyqtgraph's own takes the view apart, and Qt crashes."""
        return QWidget.close(self)

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if self._ready and event.type() == QEvent.Type.PaletteChange:
            self._take_palette()
        if self._ready and event.type() == QEvent.Type.FontChange:
            self._item.font = self.font()
            self._item.update()

    def resizeEvent(self, event: QResizeEvent | None) -> None:
        super().resizeEvent(event)
        if self._ready:
            self._lay_out()

    def paintEvent(self, event: QPaintEvent) -> None:
        self._item.live = True
        try:
            super().paintEvent(event)
        finally:
            self._item.live = False
        if self._ringed:
            self._paint_ring()

    def _paint_ring(self) -> None:
        painter = QPainter(self.viewport())
        width, height = self.width(), self.height()
        for side in (
            QRect(0, 0, width, 2),
            QRect(0, height - 2, width, 2),
            QRect(0, 0, 2, height),
            QRect(width - 2, 0, 2, height),
        ):
            painter.fillRect(side, self._item.inks.focus)
        painter.end()

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self._ringed = event.reason() in _BY_KEYBOARD
        self.viewport().update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self._ringed = False
        self.viewport().update()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() != Qt.MouseButton.LeftButton:
            event.accept()
            return
        self._pressed = event.position()
        if self._zoomable:
            super().mousePressEvent(event)
        event.accept()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._zoomable:
            super().mouseMoveEvent(event)
        self._hover(self.cell_at(event.position()) or _NOWHERE)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if event.button() != Qt.MouseButton.LeftButton:
            event.accept()
            return
        if self._zoomable:
            super().mouseReleaseEvent(event)
        cell = None if self._was_drag(event.position()) else self.cell_at(event.position())
        self._pressed = None
        if cell is not None:
            self.cell_clicked.emit(*cell)
        event.accept()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        self.mousePressEvent(event)  # the second click of two fast ones counts as well

    def wheelEvent(self, event: QWheelEvent) -> None:
        if self._zoomable:
            super().wheelEvent(event)
        else:
            event.ignore()  # whatever scrolls around it shall scroll

    def viewportEvent(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            self._show_tooltip(event)
            return True
        if event.type() == QEvent.Type.Leave:
            self._hover(_NOWHERE)
        return bool(super().viewportEvent(event))

    def _show_tooltip(self, event: QHelpEvent) -> None:
        cell = self.cell_at(event.pos())
        if cell is None or self._tooltip is None:
            QToolTip.hideText()
            return
        rect = self.cell_rect(*cell)
        QToolTip.showText(event.globalPos(), self._tooltip(*cell), self.viewport(), rect)
