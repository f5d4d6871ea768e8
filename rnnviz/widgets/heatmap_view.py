"""What a heatmap is as a widget: its place, its colours, and where the pointer is."""

from collections.abc import Callable
from math import ceil, floor

from PySide6.QtCore import QEvent, QPoint, QPointF, QRect, QSize, Qt, Signal
from PySide6.QtGui import (
    QFocusEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QTransform,
    QWheelEvent,
)
from PySide6.QtWidgets import QApplication, QToolTip, QWidget

from rnnviz.widgets.heatmap_squares import Plot, Squares
from rnnviz.widgets.metrics import AXIS_WIDTH
from rnnviz.widgets.raster import peak
from rnnviz.widgets.row_labels import RowLabels

Cell = tuple[int, int]
_NOWHERE: Cell = (-1, -1)
_MARGIN = 6
"""Logical pixels: so far do frames reach beyond their squares."""
_NOTCH = 120
"""What a wheel tells for one notch (QWheelEvent)."""
_CLOSER = 0.75
"""So much of what was in sight remains so after a notch."""
_LEAST_SPAN = 2.0
"""Columns that stay in sight however far one zooms in."""
_BY_KEYBOARD = (
    Qt.FocusReason.TabFocusReason,
    Qt.FocusReason.BacktabFocusReason,
    Qt.FocusReason.ShortcutFocusReason,
)


class HeatmapView(QWidget):
    """A plain widget around `Squares`, all rows always in sight; see `Heatmap` for the whole.

    A plain widget, because a graphics view costs more than all else in a step.

    Attributes
    ----------
    cell_hovered : Signal(int, int)
        The row and column under the pointer when they change, (-1, -1) where there is none.
    cell_clicked : Signal(int, int)
        The row and column of a left click that was no drag.
    cell_activated : Signal(int, int)
        The row and column of a double click.
    range_changed : Signal(float, float)
        The x in sight after the user has zoomed or dragged.
    """

    cell_hovered = Signal(int, int)
    cell_clicked = Signal(int, int)
    cell_activated = Signal(int, int)
    range_changed = Signal(float, float)

    def __init__(self, parent: QWidget | None, *, row_axis: bool, zoomable: bool) -> None:
        super().__init__(parent)
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self.setMouseTracking(True)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self._squares = Squares()
        self._labels = RowLabels() if row_axis else None
        self._zoomable = zoomable
        self._range = (-0.5, 0.5)
        self._limits: tuple[float, float] | None = None
        self._axis_width = AXIS_WIDTH if row_axis else 0
        self._tooltip: Callable[[int, int], str] | None = None
        self._hovered = _NOWHERE
        self._pressed: QPointF | None = None
        self._dragged_from: tuple[float, float] | None = None
        self._ringed = False
        self._plotted: tuple[QSize, Plot] | None = None
        self._squares.font = self.font()
        self._take_palette()

    # What is in sight

    def x_range(self) -> tuple[float, float]:
        """Return the x in sight; column c lies round x = first_x + c."""
        return self._range

    def set_x_range(self, low: float, high: float) -> None:
        """Bring the x from `low` to `high` into sight; ValueError unless low < high."""
        low, high = float(low), float(high)
        if not low < high:
            raise ValueError(f"The range must ascend: {low}, {high}.")
        if (low, high) != self._range:
            self._range = (low, high)
            self._plot_anew()

    def set_x_limits(self, low: float, high: float) -> None:
        """Keep zooming and dragging between two x."""
        self._limits = (low, high)

    # Where squares are

    def set_tooltip(self, text: Callable[[int, int], str] | None) -> None:
        """Ask for the tooltip of a square by calling ``text(row, column)``."""
        self._tooltip = text

    def cell_at(self, pos: QPoint | QPointF) -> Cell | None:
        """Return the row and column at a place of the widget; None where nothing is shown.

        Where squares share a pixel it is the one that the pixel shows.
        """
        device = self._to_device()
        place = self._squares.place(self._plot(), device)
        grid, window = place.grid, place.window
        point = device.map(QPointF(pos))
        x, y = floor(point.x()) - window.left(), floor(point.y()) - window.top()
        if not (0 <= x < grid.x.length and 0 <= y < grid.y.length):
            return None
        source = self._squares.source
        rows = grid.y.cells(y, y + 1, source.shape[0])
        columns = grid.x.cells(x, x + 1, self._squares.shown)
        columns = max(columns[0], self._squares.marks.absent_before), columns[1]
        if rows[0] >= rows[1] or columns[0] >= columns[1]:
            return None
        if rows[1] - rows[0] == 1 and columns[1] - columns[0] == 1:
            return rows[0], columns[0]
        row, column = peak(source.read(*columns)[slice(*rows)])
        return rows[0] + row, columns[0] + column

    def cell_rect(self, row: int, column: int) -> QRect:
        """Return the place of a square on the widget; its points lie in that square alone."""
        device = self._to_device()
        place = self._squares.place(self._plot(), device)
        grid, window = place.grid, place.window
        ratio = device.m11()

        def span(begin: int, end: int, origin: float) -> tuple[int, int]:
            first = ceil((begin - origin) / ratio)
            return first, max(1, ceil((end - origin) / ratio) - first)

        x, width = span(grid.x.begin(column), grid.x.end(column), device.dx() - window.left())
        y, height = span(grid.y.begin(row), grid.y.end(row), device.dy() - window.top())
        return QRect(x, y, width, height)

    def _plot(self) -> Plot:
        size = self.size()
        if self._plotted is None or size != self._plotted[0]:
            width = max(1, size.width() - self._axis_width)
            plot = Plot(self._axis_width, width, size.height(), *self._range)
            self._plotted = size, plot
        return self._plotted[1]

    def _plot_anew(self) -> None:
        """Forget where the squares are: another range, or another width of the labels."""
        self._plotted = None
        self.update()

    def _to_device(self) -> QTransform:
        """Return the way from the widget's pixels to the screen's."""
        ratio = self.devicePixelRatioF()
        origin = QPointF(self.mapTo(self.window(), QPoint(0, 0))) * ratio
        return QTransform(ratio, 0, 0, ratio, origin.x(), origin.y())

    def _update_columns(self, first: int, last: int) -> None:
        """Ask for a repaint of the columns ``first`` to ``last - 1``, and the frames round them."""
        if first >= last:
            return
        plot, x = self._plot(), self._squares.first_x - 0.5
        left = max(plot.left, plot.x_of(x + first) - _MARGIN)
        right = min(plot.left + plot.width, plot.x_of(x + last) + _MARGIN)
        if left < right:
            self.update(floor(left), 0, ceil(right) - floor(left), plot.height)

    def _update_pixels(self, span: tuple[int, int] | None) -> None:
        """Ask for a repaint of rows of device pixels; None stands for all of them."""
        if span is None:
            self.update()
        elif span[0] < span[1]:
            ratio = self.devicePixelRatioF()
            top, bottom = floor(span[0] / ratio), ceil(span[1] / ratio)
            self.update(0, top - 1, self.width(), bottom - top + 2)

    def _take_palette(self) -> None:
        self._squares.set_palette(self.palette())
        self.update()

    # The pointer

    def _hover(self, cell: Cell) -> None:
        if cell == self._hovered:
            return
        self._hovered = cell
        QToolTip.hideText()  # it was about another square
        tip = self._tooltip if cell != _NOWHERE else None
        self.setToolTip(tip(*cell) if tip else "")
        self.cell_hovered.emit(*cell)

    def _was_drag(self, position: QPointF) -> bool:
        if self._pressed is None:
            return True
        moved = (position - self._pressed).manhattanLength()
        return bool(moved >= QApplication.startDragDistance())

    def _drag(self, position: QPointF) -> None:
        assert self._pressed is not None
        if self._dragged_from is None and self._was_drag(position):
            self._dragged_from = self._range
        if self._dragged_from is not None:
            low, high = self._dragged_from
            plot = self._plot()
            by = (self._pressed.x() - position.x()) * (high - low) / plot.width
            self._choose_range(low + by, high + by)

    def _zoom(self, x: float, factor: float) -> None:
        """Show `factor` times as many columns, the one at pixel `x` staying where it is."""
        low, high = self._range
        plot = self._plot()
        at = low + (x - plot.left) / plot.width * (high - low)
        span = max(_LEAST_SPAN, factor * (high - low))
        if self._limits is not None:
            span = min(span, self._limits[1] - self._limits[0])
        left = at - (at - low) * span / (high - low)
        self._choose_range(left, left + span)

    def _choose_range(self, low: float, high: float) -> None:
        """Take a range that the user chose, moved to lie within the limits."""
        if self._limits is not None:
            by = max(0.0, self._limits[0] - low) + min(0.0, self._limits[1] - high)
            low, high = low + by, high + by
        if (low, high) != self._range:
            self.set_x_range(low, high)
            self.range_changed.emit(low, high)

    # Qt's overrides

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            self._take_palette()
        if event.type() == QEvent.Type.FontChange:
            self._squares.font = self.font()
            self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        with QPainter(self) as painter:
            exposed, inks, plot = event.rect(), self._squares.inks, self._plot()
            self._squares.paint(painter, plot, exposed)
            if self._labels is not None and exposed.left() < plot.left:
                rows = self._squares.source.shape[0]
                self._labels.paint(painter, rows, plot.left, plot.height, inks.muted)
            if self._ringed:
                self._paint_ring(painter)

    def _paint_ring(self, painter: QPainter) -> None:
        width, height = self.width(), self.height()
        for side in (
            QRect(0, 0, width, 2),
            QRect(0, height - 2, width, 2),
            QRect(0, 0, 2, height),
            QRect(width - 2, 0, 2, height),
        ):
            painter.fillRect(side, self._squares.inks.focus)

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self._ringed = event.reason() in _BY_KEYBOARD
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self._ringed = False
        self.update()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self._pressed, self._dragged_from = event.position(), None
        event.accept()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._zoomable and self._pressed is not None:
            self._drag(event.position())
        self._hover(self.cell_at(event.position()) or _NOWHERE)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        event.accept()
        if event.button() != Qt.MouseButton.LeftButton:
            return
        cell = None if self._was_drag(event.position()) else self.cell_at(event.position())
        self._pressed = None
        if cell is not None:
            self.cell_clicked.emit(*cell)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        self.mousePressEvent(event)  # the second click of two fast ones counts as well
        cell = self.cell_at(event.position())
        if cell is not None and event.button() == Qt.MouseButton.LeftButton:
            self.cell_activated.emit(*cell)

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        self._hover(_NOWHERE)

    def wheelEvent(self, event: QWheelEvent) -> None:
        across, along = event.angleDelta().x(), event.angleDelta().y()
        if not self._zoomable:
            event.ignore()  # whatever scrolls around it shall scroll
            return
        if along:
            self._zoom(event.position().x(), _CLOSER ** (along / _NOTCH))
        elif across:
            low, high = self._range
            by = -across / _NOTCH * (high - low) / 8
            self._choose_range(low + by, high + by)
        event.accept()
