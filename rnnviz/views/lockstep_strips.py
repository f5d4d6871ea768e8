"""Strips of squares and the frames around them, on whole device pixels."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QRect, QRectF
from PySide6.QtGui import QColor, QImage, QPainter, QTransform

from rnnviz.widgets.devices import LOSSLESS, is_drawing
from rnnviz.widgets.grid import Axis, Grid
from rnnviz.widgets.heatmap_exact import fits, paint_exact
from rnnviz.widgets.raster import Colouring, Pixels, Raster
from rnnviz.widgets.source import ArraySource, Floats

HAIRLINES = 12
"""So many logical pixels wide or high, squares have lines between them."""


def paint_squares(
    painter: QPainter, area: QRectF, values: Floats, colouring: Colouring, lines: QColor
) -> None:
    """Paint a table of (rows, columns) over an area; where several share a pixel, the largest."""
    place = _on_device(painter, area)
    rows, columns = values.shape
    if place.isEmpty() or not values.size:
        return
    grid = Grid(
        Axis(0, place.width() / columns, place.width()),
        Axis(0, place.height() / rows, place.height()),
    )
    with _DevicePixels(painter):
        if is_drawing(painter) and fits(grid, rows, columns):
            _paint_shapes(painter, place, grid, colouring(values))
        else:
            _paint_pixels(painter, place, Raster(ArraySource(values), grid, colouring), columns)
        _paint_hairlines(painter, place, grid, (rows, columns), lines)


def _paint_shapes(painter: QPainter, place: QRect, grid: Grid, colours: Pixels) -> None:
    painter.save()
    painter.translate(place.topLeft())
    paint_exact(painter, grid, (0, 0), colours, QRect(QPoint(0, 0), place.size()))
    painter.restore()


def _paint_pixels(painter: QPainter, place: QRect, raster: Raster, columns: int) -> None:
    raster.extend(columns)
    pixels = raster.pixels
    image = QImage(
        pixels.data, place.width(), place.height(), pixels.strides[0], QImage.Format.Format_RGB32
    )
    painter.setRenderHint(LOSSLESS)
    painter.drawImage(place.topLeft(), image)


def _paint_hairlines(
    painter: QPainter, place: QRect, grid: Grid, shape: tuple[int, int], colour: QColor
) -> None:
    """Part squares that are large enough; the line is the first pixel of the later one."""
    ratio, (rows, columns) = painter.device().devicePixelRatio(), shape
    if grid.x.size >= HAIRLINES * ratio:
        for column in range(1, columns):
            x = place.left() + grid.x.begin(column)
            painter.fillRect(x, place.top(), 1, place.height(), colour)
    if grid.y.size >= HAIRLINES * ratio:
        for row in range(1, rows):
            y = place.top() + grid.y.begin(row)
            painter.fillRect(place.left(), y, place.width(), 1, colour)


def paint_frame(
    painter: QPainter, area: QRectF, width: float, colour: QColor, ground: QColor
) -> None:
    """Paint a frame outside of an area, with a line of the ground's colour on each side of it."""
    ratio = painter.deviceTransform().m11()
    inner, thick = _on_device(painter, area), max(1, round(width * ratio))
    line = max(1, round(ratio))
    with _DevicePixels(painter):
        for grown, wide, ink in (
            (2 * line + thick, 2 * line + thick, ground),
            (line + thick, thick, colour),
        ):
            _paint_border(painter, inner.adjusted(-grown, -grown, grown, grown), wide, ink)


def _paint_border(painter: QPainter, outer: QRect, width: int, colour: QColor) -> None:
    """Fill the `width` outermost pixels of a rectangle."""
    inside = outer.height() - 2 * width
    for left, top, wide, high in (
        (outer.left(), outer.top(), outer.width(), width),
        (outer.left(), outer.bottom() - width + 1, outer.width(), width),
        (outer.left(), outer.top() + width, width, inside),
        (outer.right() - width + 1, outer.top() + width, width, inside),
    ):
        painter.fillRect(left, top, wide, high, colour)


def _on_device(painter: QPainter, area: QRectF) -> QRect:
    """Return an area in device pixels, its edges rounded."""
    exact = painter.deviceTransform().mapRect(area)
    left, top = round(exact.left()), round(exact.top())
    return QRect(left, top, round(exact.right()) - left, round(exact.bottom()) - top)


class _DevicePixels:
    """Within it, a painter's unit is the device's pixel."""

    def __init__(self, painter: QPainter) -> None:
        self._painter, self._before = painter, QTransform(painter.transform())

    def __enter__(self) -> None:
        from_pixels, _ = self._painter.deviceTransform().inverted()
        self._painter.setTransform(from_pixels * self._before)

    def __exit__(self, *_: object) -> None:
        self._painter.setTransform(self._before)
