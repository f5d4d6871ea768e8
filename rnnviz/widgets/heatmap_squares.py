"""The squares of a heatmap: pixels at device resolution, kept between repaints."""

from dataclasses import dataclass
from math import ceil, floor

import numpy as np
from PySide6.QtCore import QPoint, QRect, QRectF
from PySide6.QtGui import QFont, QImage, QPainter, QPalette, QTransform

from rnnviz.widgets.colours import Inks, colour_table, is_dark
from rnnviz.widgets.devices import LOSSLESS, is_drawing
from rnnviz.widgets.grid import Axis, Grid
from rnnviz.widgets.heatmap_canvas import Canvas
from rnnviz.widgets.heatmap_exact import FINE, fits, paint_exact
from rnnviz.widgets.heatmap_marks import Marks, paint_marks
from rnnviz.widgets.raster import Colouring, Raster
from rnnviz.widgets.source import ArraySource, Floats, Source, level_for


@dataclass(frozen=True)
class Plot:
    """Where the squares are on a widget, in logical pixels, and which x are in sight.

    All rows are always in sight.

    Attributes
    ----------
    left, width, height : int
    low, high : float
    """

    left: int
    width: int
    height: int
    low: float
    high: float

    def x_of(self, x: float) -> float:
        """Return the pixel of an x."""
        return self.left + (x - self.low) / (self.high - self.low) * self.width


@dataclass(frozen=True)
class Place:
    """Where the squares are on device pixels.

    Attributes
    ----------
    grid : Grid
        On the pixels of `window`.
    window : QRect
        The visible ones of all device pixels.
    table : QRect
        The window's pixels that all squares cover together, shown or not.
    full : bool
        Whether the squares cover all of the plot, to the last pixel.
    from_pixels : QTransform
        The way from the window's pixels to the widget's logical ones.
    """

    grid: Grid
    window: QRect
    table: QRect
    full: bool
    from_pixels: QTransform

    def pixels_of(self, rect: QRect, device: QTransform) -> QRect:
        """Return the window's pixels, from its corner, that a logical rectangle touches."""
        ratio, x, y, window = device.m11(), device.dx(), device.dy(), self.window
        left, top = rect.left(), rect.top()
        right, bottom = left + rect.width(), top + rect.height()
        area = QRect(0, 0, window.width(), window.height())
        x, y = x - window.left(), y - window.top()
        area.setLeft(max(0, floor(left * ratio + x) - 1))
        area.setTop(max(0, floor(top * ratio + y) - 1))
        area.setRight(min(area.right(), ceil(right * ratio + x)))
        area.setBottom(min(area.bottom(), ceil(bottom * ratio + y)))
        return area


class Squares:
    """The squares of a source: column c round x = first_x + c, rows from the top.

    Only a painter knows where device pixels are; everything else says which columns changed. Pixels
    are kept for the last geometry that was painted.

    Attributes
    ----------
    source : Source
    first_x : int
    shown : int
        The columns before this one exist.
    levels : tuple of float
        The values of the lowest and the highest colour.
    marks : Marks
    inks : Inks
    font : QFont
    """

    def __init__(self) -> None:
        self.source: Source = ArraySource(np.zeros((1, 1), np.float32))
        self.first_x = 0
        self.shown = 0
        self.levels = (-1.0, 1.0)
        self.marks = Marks()
        self.font = QFont()
        self.set_palette(QPalette())
        self._raster: Raster | None = None
        self._image = QImage()
        self._fresh = False
        self._known: tuple[object, Place] | None = None

    def set_palette(self, palette: QPalette) -> None:
        """Take the colours from a palette."""
        self.inks = Inks.of(palette)
        self._table = colour_table(is_dark(palette))
        self.refresh()

    def set_source(self, source: Source, first_x: int) -> None:
        """Draw another source from now on; none of its columns is shown yet."""
        if source.shape != self.source.shape or source.has_pools != self.source.has_pools:
            self._raster = self._known = None
        self.source, self.first_x, self.shown = source, first_x, 0
        self.refresh()

    def take_rows(self, values: Floats, first: int, last: int) -> tuple[int, int] | None:
        """Draw the rows ``first`` to ``last - 1`` of another table, the others being the same.

        Returns
        -------
        tuple of int or None
            The device pixels, from the top of the squares, that change: first and last + 1; None
            where all of them may.
        """
        assert isinstance(self.source, ArraySource)
        self.source.values[first:last] = values[first:last]
        if self._raster is None or not self._fresh:
            return None
        return self._raster.redraw_rows(first, last)

    def refresh(self) -> None:
        """Draw everything anew at the next paint."""
        self._fresh = False

    def colouring(self) -> Colouring:
        """Return how values become colours now."""
        return Colouring(self._table, *self.levels)

    def place(self, plot: Plot, device: QTransform) -> Place:
        """Return where squares lie on the visible device pixels.

        Parameters
        ----------
        plot : Plot
        device : QTransform
            The way from the widget's logical pixels to device pixels; without turns.
        """
        key = (plot, self.first_x, device.m11(), device.dx(), device.dy())
        if self._known is None or self._known[0] != key:
            self._known = key, self._new_place(plot, device)
        return self._known[1]

    def _new_place(self, plot: Plot, device: QTransform) -> Place:
        rows, columns = self.source.shape
        left = max(plot.left, plot.x_of(self.first_x - 0.5))
        right = min(plot.left + plot.width, plot.x_of(self.first_x + columns - 0.5))
        inside = QRectF(left, 0, max(0.0, right - left), plot.height if rows else 0)
        window = device.mapRect(inside).toAlignedRect()
        width = device.m11() * plot.width / (plot.high - plot.low)
        height = device.m22() * plot.height / max(1, rows)
        x = device.m11() * plot.x_of(self.first_x - 0.5) + device.dx() - window.left()
        level = level_for(self.source, width)
        # Rounding takes the noise out of transforms, so that a square of one pixel has one pixel.
        grid = Grid(
            Axis(round(x, 6), round(width, 12), window.width(), level),
            Axis(round(device.dy() - window.top(), 6), round(height, 12), window.height()),
        )
        corner = QTransform.fromTranslate(-window.left(), -window.top())
        from_pixels, _ = (device * corner).inverted()
        table = QRect(QPoint(grid.x.begin(0), grid.y.begin(0)), QPoint(0, 0))
        table.setRight(grid.x.end(columns - 1) - 1)
        table.setBottom(grid.y.end(rows - 1) - 1)
        inside_table = left == plot.left and right == plot.left + plot.width
        full = inside_table and table == QRect(0, 0, window.width(), window.height())
        return Place(grid, window, table, full, from_pixels)

    def paint(self, painter: QPainter, plot: Plot, exposed: QRect) -> None:
        """Draw the exposed part of the widget, pixel by pixel; in a drawing, square by square."""
        device = painter.deviceTransform()
        place = self.place(plot, device)
        drawing = is_drawing(painter)
        if drawing and not fits(place.grid, *self.source.shape):
            device = device * QTransform.fromScale(FINE, FINE)
            place = self.place(plot, device)
        covered = place.full and self.shown == self.source.shape[1] and exposed.left() >= plot.left
        if not covered:
            painter.fillRect(exposed, self.inks.window)
        part = place.pixels_of(exposed, device)
        if part.isEmpty():
            return
        painter.setTransform(place.from_pixels * painter.transform())
        grid, unit = place.grid, device.m11()
        cells = self._existing(place, part)
        if not cells.isEmpty():
            self._paint_cells(painter, grid, cells, exact=drawing)
        if not self.marks.none_at(min(grid.x.size, grid.y.size) / unit):
            painter.setClipRect(part)
            canvas = self._canvas(painter, grid, unit, part)
            paint_marks(canvas, self.marks, self.source, self.colouring())
            painter.setClipping(False)
        painter.resetTransform()

    def _paint_cells(self, painter: QPainter, grid: Grid, cells: QRect, *, exact: bool) -> None:
        """Paint those pixels of the squares."""
        if exact and fits(grid, *self.source.shape):
            rows, columns = grid.y.visible(self.source.shape[0]), grid.x.visible(self.shown)
            values = self.source.read(*columns)[slice(*rows)]
            paint_exact(painter, grid, (rows[0], columns[0]), self.colouring()(values), cells)
            return
        self._draw(grid)
        painter.setRenderHint(LOSSLESS)
        painter.drawImage(cells.topLeft(), self._image, cells)

    def _existing(self, place: Place, part: QRect) -> QRect:
        """Return those pixels of a part that belong to columns which exist."""
        cells = part.intersected(place.table)
        if self.shown == 0:
            return QRect()
        if self.shown < self.source.shape[1]:
            cells.setRight(min(cells.right(), place.grid.x.end(self.shown - 1) - 1))
        return cells

    def _draw(self, grid: Grid) -> None:
        """Bring the kept pixels up to date."""
        raster = self._raster
        if raster is None or not (raster.grid is grid or raster.grid == grid):
            raster = self._raster = Raster(self.source, grid, self.colouring())
            height, width = raster.pixels.shape
            self._image = QImage(
                raster.pixels.data, width, height, width * 4, QImage.Format.Format_RGB32
            )
        elif not self._fresh:
            raster.restart(self.source, self.colouring())
        self._fresh = True
        raster.extend(self.shown)

    def _canvas(self, painter: QPainter, grid: Grid, unit: float, part: QRect) -> Canvas:
        rows, columns = self.source.shape
        return Canvas(
            painter=painter,
            grid=grid,
            unit=unit,
            rows=rows,
            shown=self.shown,
            total=columns,
            exposed=part,
            inks=self.inks,
            font=self.font,
        )
