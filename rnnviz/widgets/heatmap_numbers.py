"""Numbers in a heatmap's squares."""

from PySide6.QtCore import QPointF
from PySide6.QtGui import QFont, QFontMetricsF

from rnnviz.widgets.colours import text_on
from rnnviz.widgets.heatmap_canvas import Canvas
from rnnviz.widgets.raster import Colouring
from rnnviz.widgets.source import Source

_TEXT = 13  # logical pixels, where there is room
_LEAST = 6  # logical pixels: smaller numbers are left out
_AROUND = 3  # logical pixels that stay free beside a number
_LARGE = 100_000  # from here on digits behind the point say nothing, and there is no room for them


def paint_numbers(
    canvas: Canvas, decimals: int, text_scale: float, source: Source, colouring: Colouring
) -> None:
    """Write the values of the exposed squares, black or white, in one size."""
    columns, rows = range(*canvas.exposed_columns), range(*canvas.exposed_rows)
    if not columns or not rows:
        return
    values = source.read(columns.start, columns.stop)[rows.start : rows.stop]
    colours = colouring(values).tolist()
    widest = number_text(-max(abs(colouring.low), abs(colouring.high)), decimals)
    writer = _Writer(canvas, text_scale, widest)
    middles = [(canvas.grid.x.begin(c) + canvas.grid.x.end(c)) / 2 for c in columns]
    for row, row_values, row_colours in zip(rows, values.tolist(), colours, strict=True):
        middle = (canvas.grid.y.begin(row) + canvas.grid.y.end(row)) / 2
        for x, value, colour in zip(middles, row_values, row_colours, strict=True):
            writer.write(x, middle, number_text(value, decimals), colour)


def number_text(value: float, decimals: int) -> str:
    """Return a value as it stands in a square: a real minus sign, no minus before a zero."""
    large = _LARGE <= abs(value) < float("inf")
    text = f"{value:.2g}".replace("e+", "e") if large else f"{value:.{decimals}f}"
    if text.startswith("-") and not text.strip("-0."):
        text = text[1:]
    return {"nan": "NaN", "inf": "∞", "-inf": "−∞"}.get(text, text.replace("-", "−"))


class _Writer:
    """Writes numbers round a place, in a size that fits what the levels allow."""

    def __init__(self, canvas: Canvas, text_scale: float, widest: str) -> None:
        self._painter = canvas.painter
        self._room = canvas.grid.x.size - _AROUND * canvas.unit
        self._least = _LEAST * canvas.unit
        self._font = QFont(canvas.font)
        self._font.setFeature(QFont.Tag("tnum"), 1)  # digits of one width do not jump
        high = round(min(_TEXT * text_scale * canvas.unit, 0.45 * canvas.grid.y.size))
        self._size = self._fitting(widest, max(1, high))
        self._known: dict[str, tuple[QFont | None, QPointF]] = {}
        self._colour = -1

    def write(self, x: float, y: float, text: str, colour: int) -> None:
        """Write a number round (x, y) on a square of that colour."""
        if text not in self._known:
            self._known[text] = self._laid_out(text)
        font, corner = self._known[text]
        if font is None:
            return
        if colour != self._colour:
            self._colour = colour
            self._painter.setPen(text_on(colour))
        self._painter.setFont(font)
        self._painter.drawText(QPointF(round(x + corner.x()), round(y + corner.y())), text)

    def _laid_out(self, text: str) -> tuple[QFont | None, QPointF]:
        """Return the font, None where it would be illegible, and where the text starts."""
        size = self._fitting(text, self._size)
        if size < self._least:
            return None, QPointF()
        font = QFont(self._font)
        font.setPixelSize(size)
        metrics = QFontMetricsF(font)
        return font, QPointF(-metrics.horizontalAdvance(text) / 2, metrics.capHeight() / 2)

    def _fitting(self, text: str, size: int) -> int:
        self._font.setPixelSize(size)
        width = QFontMetricsF(self._font).horizontalAdvance(text)
        return max(1, min(size, int(size * self._room / width)))
