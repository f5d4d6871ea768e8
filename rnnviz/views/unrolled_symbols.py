"""Symbols as mathematics writes them, painted: an italic letter, an index lowered, one raised."""

from __future__ import annotations

from typing import NamedTuple

from PySide6.QtCore import QPointF
from PySide6.QtGui import QFont, QFontMetricsF, QPainter

from rnnviz.views.notation import SYMBOLS
from rnnviz.views.symbols import INDEX_DROP, INDEX_SIZE, tabular
from rnnviz.views.unrolled_parts import Structure, Weight

RAISED = 0.42
"""How far an index stands over the line, in parts of the letter's size."""


class Symbol(NamedTuple):
    """A letter and its indices."""

    letter: str
    lowered: str
    raised: str = ""


def weight_symbol(weight: Weight, structure: Structure) -> Symbol:
    """Return how a matrix is written: ``W_hh``, with its layer where there are several."""
    letter, lowered = SYMBOLS[weight.symbol]
    return Symbol(
        letter, lowered, "" if weight.symbol == "W_ho" else which(weight.state, structure)
    )


def state_symbol(state: int, index: str, structure: Structure) -> Symbol:
    """Return how a state is written: ``h_5``, with its layer where there are several."""
    return Symbol("h", index, which(state, structure))


def which(state: int, structure: Structure) -> str:
    """Return what stands raised: the layer where there are several, an arrow the direction."""
    layer = f"({state // structure.directions})" if structure.layers > 1 else ""
    if structure.directions == 1:
        return layer
    return ("←" if structure.backward(state) else "→") + layer


class Script:
    """Writes symbols and plain text in one font at several sizes; measures are made once."""

    def __init__(self, font: QFont) -> None:
        self.font = font
        self._made: dict[tuple[float, bool], tuple[QFont, QFontMetricsF]] = {}

    def width(self, symbol: Symbol, size: float) -> float:
        """Return how wide a symbol is."""
        return self._letter_width(symbol, size) + self._index_width(symbol, size)

    def text_width(self, text: str, size: float) -> float:
        """Return how wide plain text is."""
        return self._type(size, False)[1].horizontalAdvance(text)

    def write(
        self, painter: QPainter, at: QPointF, symbol: Symbol, size: float, room: float = 1e9
    ) -> None:
        """Write a symbol around a place, smaller where it would be wider than `room`."""
        wide = self.width(symbol, size)
        if wide > room:
            size *= room / wide
            wide = room
        italic, metrics = self._type(size, True)
        small, _ = self._type(INDEX_SIZE * size, False)
        x, y = at.x() - wide / 2, at.y() + metrics.capHeight() / 2
        painter.setFont(italic)
        painter.drawText(QPointF(x, y), symbol.letter)
        x += self._letter_width(symbol, size)
        painter.setFont(small)
        painter.drawText(QPointF(x, y + INDEX_DROP * size), symbol.lowered)
        if symbol.raised:
            painter.drawText(QPointF(x, y - RAISED * size), symbol.raised)

    def write_text(
        self, painter: QPainter, at: QPointF, text: str, size: float, room: float = 1e9
    ) -> None:
        """Write plain text around a place, smaller where it would be wider than `room`."""
        font, metrics = self._type(size, False)
        wide = metrics.horizontalAdvance(text)
        if wide > room:
            font, metrics = self._type(size * room / wide, False)
            wide = metrics.horizontalAdvance(text)
        painter.setFont(font)
        painter.drawText(QPointF(at.x() - wide / 2, at.y() + metrics.capHeight() / 2), text)

    def _letter_width(self, symbol: Symbol, size: float) -> float:
        return self._type(size, True)[1].horizontalAdvance(symbol.letter) + 0.04 * size

    def _index_width(self, symbol: Symbol, size: float) -> float:
        metrics = self._type(INDEX_SIZE * size, False)[1]
        return max(map(metrics.horizontalAdvance, (symbol.lowered, symbol.raised)))

    def _type(self, size: float, italic: bool) -> tuple[QFont, QFontMetricsF]:
        pixels = max(1, round(size))
        if (pixels, italic) not in self._made:
            font = tabular(self.font, pixels)
            font.setItalic(italic)
            self._made[pixels, italic] = font, QFontMetricsF(font)
        return self._made[pixels, italic]
