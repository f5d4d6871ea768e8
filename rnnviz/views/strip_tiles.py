"""The largest products of a sum, side by side: weight, input, and what they make."""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil

import numpy as np
from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from rnnviz.analysis.terms import Product
from rnnviz.views.notation import number, plain
from rnnviz.views.symbols import Symbols, tabular
from rnnviz.widgets.colours import Inks, colour_table, is_dark, text_on
from rnnviz.widgets.metrics import SMALL
from rnnviz.widgets.raster import Colouring

ROOM_TEXT = 18
"""Large enough to be read from the last row."""
LEAST_TEXT = 10
MOST_TILES = 8


@dataclass(frozen=True)
class Tile:
    """One product, and what the last colour stands for in its two factors."""

    unit: int
    product: Product
    weight_limit: float
    input_limit: float


class Tiles(QWidget):
    """Products from the largest on; what they leave out stands behind them in one sum."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._tiles: tuple[Tile, ...] = ()
        self._others: tuple[int, float] = (0, 0.0)
        self._scale = 1.0
        self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Expanding)
        self.setAccessibleName("The largest products")

    def set_tiles(self, tiles: tuple[Tile, ...], others: tuple[int, float]) -> None:
        """Show these products, and the number and sum of all others."""
        self._tiles, self._others = tiles, others
        self.updateGeometry()
        self.update()

    def set_text_scale(self, scale: float) -> None:
        """Scale the type."""
        self._scale = scale
        self.updateGeometry()
        self.update()

    def text_size(self) -> int:
        """Return the size of the numbers: that of a room, or less where the strip is narrow."""
        room = ROOM_TEXT * self._scale
        shrink = min(1.0, self.width() / max(1.0, self._width(room)))
        return max(round(LEAST_TEXT * self._scale), int(room * shrink))

    def _places(self) -> int:
        return len(self._tiles) + bool(self._others[0])

    def _width(self, text: float) -> float:
        return self._label_width(text) + self._places() * self._pitch(text)

    def _pitch(self, text: float) -> float:
        return 3.6 * text

    def _label_width(self, text: float) -> float:
        return 4.4 * text

    # Qt's own

    def sizeHint(self) -> QSize:
        text = ROOM_TEXT * self._scale
        return QSize(ceil(self._width(text)), round(6.4 * text))

    def minimumSizeHint(self) -> QSize:
        text = LEAST_TEXT * self._scale
        return QSize(ceil(self._width(text)), round(6.4 * text))

    def paintEvent(self, event: QPaintEvent) -> None:
        with QPainter(self) as painter:
            text = float(self.text_size())
            self._paint_labels(painter, text)
            left = self._label_width(text)
            largest = max((abs(tile.product.product) for tile in self._tiles), default=0.0)
            for tile in self._tiles:
                self._paint_tile(painter, tile, left, text, largest)
                left += self._pitch(text)
            if self._others[0]:
                self._paint_others(painter, left, text)

    def _rows(self, left: float, text: float) -> list[QRectF]:
        """Return the places of the head, the weight, the input, the product."""
        width, height = self._pitch(text) - 6, 1.6 * text
        tops = (0.0, 1.2 * text, 2.9 * text, 4.6 * text)
        heights = (1.1 * text, height, height, height)
        return [QRectF(left, top, width, high) for top, high in zip(tops, heights, strict=True)]

    def _paint_labels(self, painter: QPainter, text: float) -> None:
        painter.setFont(tabular(self.font(), max(SMALL * self._scale, 0.72 * text)))
        painter.setPen(Inks.of(self.palette()).muted)
        left = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        for row, label in zip(
            self._rows(0, text)[1:], ("weight", "× input", "= product"), strict=True
        ):
            row.setWidth(self._label_width(text))
            painter.drawText(row, left, label)

    def _paint_tile(
        self, painter: QPainter, tile: Tile, left: float, text: float, largest: float
    ) -> None:
        head, weight, given, product = self._rows(left, text)
        inks = Inks.of(self.palette())
        painter.setPen(inks.muted)
        self._paint_symbol(painter, tile, head, 0.68 * text)
        self._paint_square(painter, weight, text, tile.product.weight, tile.weight_limit)
        self._paint_square(painter, given, text, tile.product.input, tile.input_limit)
        painter.setPen(inks.text)
        value = tile.product.product
        self._write(painter, product, number(value), text, bold=True)
        if largest > 0 and np.isfinite(value):
            length = abs(value) / largest * product.width()
            bar = QRectF(product.left(), product.bottom(), length, max(3.0, text / 5))
            painter.fillRect(bar, self._colour(float(np.sign(value)) * 0.8, 1.0))

    def _write(
        self, painter: QPainter, rect: QRectF, text: str, size: float, *, bold: bool = False
    ) -> None:
        """Write into the middle of a place, smaller where it would not fit."""
        font = tabular(self.font(), size, bold=bold)
        wide = QFontMetricsF(font).horizontalAdvance(text)
        if wide > rect.width():
            font = tabular(self.font(), size * rect.width() / wide, bold=bold)
        painter.setFont(font)
        painter.drawText(rect, Qt.AlignmentFlag.AlignCenter, text)

    def _paint_symbol(self, painter: QPainter, tile: Tile, head: QRectF, size: float) -> None:
        """Write which weight it is, smaller where long numbers take more room."""
        text = f"{plain(tile.product.matrix)}[{tile.unit},{tile.product.place}]"
        symbols = Symbols(self.font(), size)
        width = symbols.width(text)
        if width > head.width():
            size *= head.width() / width
            symbols = Symbols(self.font(), size)
            width = symbols.width(text)
        left = head.center().x() - width / 2
        symbols.draw(painter, QPointF(left, head.bottom() - 0.35 * size), text)

    def _paint_square(
        self, painter: QPainter, rect: QRectF, text: float, value: float, limit: float
    ) -> None:
        colour = self._colour(value, limit)
        painter.fillRect(rect.toAlignedRect(), colour)
        painter.setPen(text_on(colour.rgb()))
        self._write(painter, rect, number(value), text)

    def _paint_others(self, painter: QPainter, left: float, text: float) -> None:
        count, total = self._others
        _, _, middle, product = self._rows(left, text)
        inks = Inks.of(self.palette())
        painter.setFont(tabular(self.font(), 0.72 * text))
        painter.setPen(inks.muted)
        word = "other" if count == 1 else "others"
        painter.drawText(middle, Qt.AlignmentFlag.AlignCenter, f"{count:,}\n{word}")
        painter.setPen(inks.text)
        self._write(painter, product, number(total), text, bold=True)

    def _colour(self, value: float, limit: float) -> QColor:
        colouring = Colouring(colour_table(is_dark(self.palette())), -limit, limit)
        return QColor.fromRgb(int(colouring(np.array([value], np.float32))[0]))
