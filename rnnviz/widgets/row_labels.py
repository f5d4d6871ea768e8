"""The numbers, or the names, of a heatmap's rows, at its left."""

import math
from collections.abc import Sequence

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter

_TEXT = 11  # pixels
_LEAST = 9  # pixels: names smaller than this are left out
_APART = 15  # pixels between the middles of two labels
_OFFSET = 6  # pixels between a label and its row


class RowLabels:
    """As many labels as fit, each beside the middle of its row.

    Attributes
    ----------
    names : sequence of str
        Written instead of the first numbers.
    text_scale : float
    """

    def __init__(self) -> None:
        self.names: Sequence[str] = ()
        self.text_scale = 1.0

    def font(self, rows: int, height: float) -> QFont:
        """Return the font of the labels; names are rather small than left out."""
        pixels = _TEXT * self.text_scale
        if self._all_named(rows):
            pixels = min(pixels, max(_LEAST, height / rows))
        font = QFont()
        font.setPixelSize(max(1, round(pixels)))
        return font

    def width(self) -> int:
        """Return how many pixels the column takes in which no name is cut."""
        metrics = QFontMetricsF(self.font(0, 0.0))
        widest = max((metrics.horizontalAdvance(name) for name in self.names), default=0.0)
        return math.ceil(widest) + 2 * _OFFSET

    def places(self, rows: int, height: float) -> list[tuple[QRectF, str]]:
        """Return where labels stand, within x from 0 to 1, and what they say, from the top.

        Parameters
        ----------
        rows : int
        height : float
            Of all rows together, in logical pixels.
        """
        high = QFontMetricsF(self.font(rows, height)).height()
        labels = []
        for row in range(0, rows, self._step(rows, height)) if height > 0 else ():
            middle = (row + 0.5) * height / rows
            top = max(0.0, min(middle - high / 2, height - high))  # none is cut at the edges
            labels.append((QRectF(0, top, 1, high), self._label(row)))
        return labels

    def paint(self, painter: QPainter, rows: int, width: int, height: int, ink: QColor) -> None:
        """Write the labels into a column of this size."""
        font = self.font(rows, height)
        painter.setFont(font)
        metrics = QFontMetricsF(font)
        painter.setPen(ink)
        right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        for place, text in self.places(rows, height):
            place.setWidth(width - _OFFSET)
            cut = metrics.elidedText(text, Qt.TextElideMode.ElideRight, place.width())
            painter.drawText(place, right, cut)

    def _all_named(self, rows: int) -> bool:
        return 0 < rows <= len(self.names)

    def _label(self, row: int) -> str:
        # Names may be fewer than rows: the rest has numbers.
        return self.names[row] if row < len(self.names) else str(row)

    def _step(self, rows: int, height: float) -> int:
        """Return the smallest of 1, 2, 5, 10, 20, ... that leaves room for each label."""
        apart = _LEAST if self._all_named(rows) else _APART * self.text_scale
        room = apart * rows / height
        decade = 1
        while True:
            for factor in (1, 2, 5):
                if factor * decade >= room:
                    return factor * decade
            decade *= 10
