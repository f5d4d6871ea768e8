"""The graphics item behind `Heatmap`: pixels at device resolution, kept between repaints."""

from math import hypot

from PySide6.QtCore import QRect, QRectF
from PySide6.QtGui import QFont, QImage, QPainter, QPalette, QTransform
from PySide6.QtWidgets import QGraphicsItem, QGraphicsObject, QStyleOptionGraphicsItem, QWidget

from rnnviz.widgets.colours import Inks, colour_table, is_dark
from rnnviz.widgets.heatmap_canvas import Canvas
from rnnviz.widgets.heatmap_marks import Marks, paint_marks
from rnnviz.widgets.raster import Axis, Colouring, Grid, Raster, Source

_MARGIN = 6  # logical pixels: so far do frames reach beyond their squares


class HeatmapItem(QGraphicsObject):
    """The squares of a source: column c round x = first_x + c, row r from y = r to r + 1.

    Only `paint` knows the pixels' geometry, from its painter; everything else says which columns
    have changed. A painter with the geometry of the screen draws from pixels that are kept, any
    other (an export, a picture of twice the size) gets pixels of its own.

    Attributes
    ----------
    marks : Marks
        Read by `paint`; whoever changes them asks for the repaint.
    shown : int
        The columns before this one exist.
    live : bool
        Whether the paint now going on is the screen's, whose pixels are worth keeping.
    """

    def __init__(self, source: Source, parent: QGraphicsItem | None = None) -> None:
        super().__init__(parent)
        self.setFlag(QGraphicsItem.GraphicsItemFlag.ItemUsesExtendedStyleOption)
        self.marks = Marks()
        self.shown = 0
        self.live = False
        self.font = QFont()
        self.source = source
        self.first_x = 0
        self.levels = (-1.0, 1.0)
        self.visible = QRectF()
        self._raster: Raster | None = None
        self.set_palette(QPalette())

    def set_source(self, source: Source, first_x: int) -> None:
        """Draw another source from now on; none of its columns is shown yet."""
        self.prepareGeometryChange()
        self.source, self.first_x, self.shown = source, first_x, 0
        self.refresh()

    def set_palette(self, palette: QPalette) -> None:
        """Take the colours from a palette."""
        self.inks = Inks.of(palette)
        self._table = colour_table(is_dark(palette))
        self.refresh()

    def refresh(self) -> None:
        """Forget the pixels and draw everything anew."""
        self._raster = None
        self.update()

    def update_columns(self, first: int, last: int) -> None:
        """Ask for a repaint of the columns ``first`` to ``last - 1``, and the frames round them."""
        if first < last:
            scale = self.sceneTransform().m11()
            left, right = self.first_x + first - 0.5, self.first_x + last - 0.5
            margin = _MARGIN / scale if scale > 0 else 0.0
            height = self.source.shape[0]
            self.update(QRectF(left - margin, 0, right - left + 2 * margin, height))

    def colouring(self) -> Colouring:
        """Return how values become colours now."""
        return Colouring(self._table, *self.levels)

    def grid(self, to_pixels: QTransform, window: QRect) -> Grid:
        """Return where squares lie on the pixels of `window`, given the item's place on them."""
        # Rounding takes the noise out of transforms, so that a square of one pixel has one pixel.
        x = to_pixels.m11() * (self.first_x - 0.5) + to_pixels.dx() - window.left()
        y = to_pixels.dy() - window.top()
        return Grid(
            Axis(round(x, 6), round(to_pixels.m11(), 12), window.width()),
            Axis(round(y, 6), round(to_pixels.m22(), 12), window.height()),
        )

    def visible_pixels(self, to_pixels: QTransform) -> QRect:
        """Return the pixels on which the item's visible part lies."""
        visible = self.boundingRect().intersected(self.visible)
        return to_pixels.mapRect(visible).toAlignedRect()

    def boundingRect(self) -> QRectF:
        """Return all columns, shown or not."""
        rows, columns = self.source.shape
        return QRectF(self.first_x - 0.5, 0, columns, rows)

    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionGraphicsItem,
        widget: QWidget | None = None,
    ) -> None:
        """Draw the exposed part, pixel by pixel."""
        to_pixels = _upright(painter.deviceTransform())
        window = self.visible_pixels(to_pixels)
        exposed = to_pixels.mapRect(option.exposedRect).toAlignedRect().adjusted(-1, -1, 1, 1)
        exposed = exposed.intersected(window)
        if exposed.isEmpty():
            return
        raster, window = self._raster_for(to_pixels, window, exposed)
        corner = QTransform.fromTranslate(-window.left(), -window.top())
        from_pixels, _ = (to_pixels * corner).inverted()
        painter.save()
        painter.setTransform(from_pixels * painter.transform())
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, False)
        canvas = self._canvas(
            painter, raster.grid, to_pixels, exposed.translated(-window.topLeft())
        )
        _blit(painter, raster, exposed.translated(-window.topLeft()).intersected(canvas.cells))
        paint_marks(canvas, self.marks, self.source, self.colouring())
        painter.restore()

    def _raster_for(
        self, to_pixels: QTransform, window: QRect, exposed: QRect
    ) -> tuple[Raster, QRect]:
        grid = self.grid(to_pixels, window)
        raster = self._raster
        if raster is None or raster.grid != grid:
            if self.live:
                raster = self._raster = Raster(self.source, grid, self.colouring())
            else:
                window = exposed
                raster = Raster(self.source, self.grid(to_pixels, window), self.colouring())
        raster.extend(self.shown)
        return raster, window

    def _canvas(
        self, painter: QPainter, grid: Grid, to_pixels: QTransform, exposed: QRect
    ) -> Canvas:
        rows, columns = self.source.shape
        return Canvas(
            painter=painter,
            grid=grid,
            unit=to_pixels.m11() / self.sceneTransform().m11(),
            rows=rows,
            shown=self.shown,
            total=columns,
            exposed_columns=grid.x.cells(exposed.left(), exposed.right() + 1, self.shown),
            exposed_rows=grid.y.cells(exposed.top(), exposed.bottom() + 1, rows),
            inks=self.inks,
            font=self.font,
        )


def _upright(transform: QTransform) -> QTransform:
    """Return a transform without turns and flips, of the same scale; most are so already."""
    across, down = transform.m12(), transform.m21()
    if across == 0 and down == 0 and transform.m11() > 0 and transform.m22() > 0:
        return transform
    return QTransform.fromScale(hypot(transform.m11(), across), hypot(transform.m22(), down))


def _blit(painter: QPainter, raster: Raster, part: QRect) -> None:
    if part.isEmpty():
        return
    pixels = raster.pixels
    height, width = pixels.shape
    image = QImage(pixels.data, width, height, width * 4, QImage.Format.Format_RGB32)
    painter.drawImage(part.topLeft(), image, part)
