"""The axis at a heatmap's left: the numbers, or the names, of its rows."""

from collections.abc import Sequence
from typing import Any

import pyqtgraph as pg
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QFont, QPainter, QPen

_TEXT = 11  # pixels
_APART = 15  # pixels between the middles of two labels


class UnitAxis(pg.AxisItem):
    """Row numbers beside the middle of their rows, as many as fit.

    Parameters
    ----------
    view_box : pyqtgraph.ViewBox
        Its y range is that of the rows.
    """

    def __init__(self, view_box: pg.ViewBox) -> None:
        super().__init__("left", linkView=view_box, pen=QPen(Qt.PenStyle.NoPen))
        self.rows = 0
        self._names: tuple[str, ...] = ()
        self._text_scale = 1.0
        self.setStyle(
            tickLength=0, tickTextOffset=6, autoExpandTextSpace=False, hideOverlappingLabels=False
        )
        self.set_text_scale(1.0)

    def set_rows(self, rows: int) -> None:
        """Write the numbers 0 to `rows` - 1."""
        self.rows = rows
        self._redraw()

    def set_names(self, names: Sequence[str]) -> None:
        """Write names where there are some, instead of the numbers."""
        self._names = tuple(names)
        self._redraw()

    def set_colour(self, colour: QColor) -> None:
        self.setTextPen(colour)

    def set_text_scale(self, scale: float) -> None:
        self._text_scale = scale
        font = QFont()
        font.setPixelSize(max(1, round(_TEXT * scale)))
        self.setTickFont(font)
        self._redraw()

    def tickValues(
        self, minVal: float, maxVal: float, size: float
    ) -> list[tuple[int, list[float]]]:
        if self.rows == 0 or size <= 0:
            return []
        step = self._step(size)
        # The axis of linked names may have fewer names than rows: the rest has numbers.
        return [(step, [row + 0.5 for row in range(0, self.rows, step)])]

    def tickStrings(self, values: list[float], scale: float, spacing: float) -> list[str]:
        return [self._label(int(value)) for value in values]

    def generateDrawSpecs(self, p: QPainter) -> tuple[object, list[object], list[Any]] | None:
        """Leave out line and ticks, and keep the outermost labels within the axis."""
        specs = super().generateDrawSpecs(p)
        if specs is None:
            return None
        line, _, texts = specs
        bottom = self.size().height()  # the bounding rectangle is larger
        kept = [(self._moved(rect, bottom), flags, text) for rect, flags, text in texts]
        return line, [], kept

    @staticmethod
    def _moved(rect: QRectF, bottom: float) -> QRectF:
        return rect.translated(0, max(0.0, -rect.top()) + min(0.0, bottom - rect.bottom()))

    def _label(self, row: int) -> str:
        return self._names[row] if row < len(self._names) else str(row)

    def _step(self, size: float) -> int:
        """Return the smallest of 1, 2, 5, 10, 20, ... that leaves room for each label."""
        room = _APART * self._text_scale * self.rows / size
        decade = 1
        while True:
            for factor in (1, 2, 5):
                if factor * decade >= room:
                    return factor * decade
            decade *= 10

    def _redraw(self) -> None:
        self.picture = None
        self.update()
