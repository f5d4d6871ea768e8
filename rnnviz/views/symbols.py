"""Painted texts with lowered indices: ``W_hh[2, 5]`` without the cost of laying out rich text."""

from __future__ import annotations

from PySide6.QtCore import QPointF
from PySide6.QtGui import QFont, QPainter

from rnnviz.views.step_label import Type
from rnnviz.widgets.notation import indexed_pieces

INDEX_SIZE, INDEX_DROP = 0.7, 0.25
"""Of an index, in parts of the size of the text: how large it is, and how far it is lowered."""


class Symbols:
    """Writes in one size, with digits of one width.

    Parameters
    ----------
    font : QFont
        Its family and weight are taken.
    pixels : float
    """

    def __init__(self, font: QFont, pixels: float) -> None:
        plain = tabular(font, pixels)
        symbol, index = QFont(plain), tabular(font, INDEX_SIZE * pixels)
        symbol.setItalic(True)
        self._types = {"plain": Type(plain), "symbol": Type(symbol), "index": Type(index)}
        self._drop = INDEX_DROP * pixels

    def width(self, text: str) -> float:
        """Return how wide a text in the plain notation is, such as ``W_hh[2, 5]``."""
        return sum(
            self._types[kind].metrics.horizontalAdvance(piece)
            for piece, kind in indexed_pieces(text)
        )

    def draw(self, painter: QPainter, at: QPointF, text: str) -> None:
        """Write a text; `at` is where its baseline begins."""
        x = at.x()
        for piece, kind in indexed_pieces(text):
            painter.setFont(self._types[kind].font)
            drop = self._drop if kind == "index" else 0.0
            painter.drawText(QPointF(x, at.y() + drop), piece)
            x += self._types[kind].metrics.horizontalAdvance(piece)


def tabular(font: QFont, pixels: float, *, bold: bool = False) -> QFont:
    """Return a font of this size whose digits have one width, so that they do not jump."""
    made = QFont(font)
    made.setPixelSize(max(1, round(pixels)))
    made.setBold(bold)
    made.setFeature(QFont.Tag("tnum"), 1)
    return made
