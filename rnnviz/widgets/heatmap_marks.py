"""What a heatmap draws over its pixels: hairlines, numbers, the cursor, dimming, frames."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass, field

from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter

from rnnviz.widgets.colours import Inks, text_on
from rnnviz.widgets.raster import Colouring, Floats, Grid, Source

HAIRLINE_FROM = 12
"""Squares of so many logical pixels on both sides are set apart by hairlines."""
NUMBERS_FROM = 36
"""Squares of so many logical pixels on both sides carry their number."""
DIM = 0.55
"""So far is what is dimmed blended into the window colour."""

Span = tuple[int, int]  # first, last + 1


@dataclass
class Marks:
    """What is marked; see the setters of `Heatmap`."""

    cursor: int | None = None
    previous: int | None = None
    dim_from: int | None = None
    rows: Collection[int] | None = None
    columns: Collection[int] | None = None
    frame: tuple[int, int, int, int] | None = None
    decimals: int | None = None
    text_scale: float = 1.0
    gap_after_first: bool = False


@dataclass
class Canvas:
    """Where marks are painted: a painter whose unit is one device pixel.

    Attributes
    ----------
    painter : QPainter
    grid : Grid
    unit : float
        Device pixels in a logical pixel.
    rows, shown, total : int
        The number of rows, of columns that exist by now, and of all columns.
    exposed_columns, exposed_rows : tuple of int
        What needs painting, of the columns shown: first and last + 1.
    inks : Inks
    font : QFont
    """

    painter: QPainter
    grid: Grid
    unit: float
    rows: int
    shown: int
    total: int
    exposed_columns: Span
    exposed_rows: Span
    inks: Inks
    font: QFont
    cells: QRect = field(init=False)

    def __post_init__(self) -> None:
        self.cells = self.rect((0, self.rows), (0, self.shown))

    def rect(self, rows: Span, columns: Span) -> QRect:
        """Return the pixels of a block of squares; empty for an empty block."""
        if rows[0] >= rows[1] or columns[0] >= columns[1]:
            return QRect()
        left, top = self.grid.x.begin(columns[0]), self.grid.y.begin(rows[0])
        right, bottom = self.grid.x.end(columns[1] - 1), self.grid.y.end(rows[1] - 1)
        return QRect(left, top, right - left, bottom - top)

    def px(self, logical: float) -> int:
        """Return logical pixels in device pixels, at least one."""
        return max(1, round(logical * self.unit))

    def squares_reach(self, logical: float) -> bool:
        """Return whether both sides of a square have that many logical pixels."""
        return min(self.grid.x.size, self.grid.y.size) >= logical * self.unit


def paint_marks(canvas: Canvas, marks: Marks, source: Source, colouring: Colouring) -> None:
    """Paint everything that lies over the pixels, from the lowest to the highest."""
    _hairlines(canvas)
    if marks.gap_after_first:
        _gap(canvas)
    if marks.decimals is not None and canvas.squares_reach(NUMBERS_FROM):
        _numbers(canvas, marks.decimals, marks.text_scale, source, colouring)
    if marks.dim_from is not None:
        _dim(canvas, (0, canvas.rows), (max(0, marks.dim_from), canvas.shown))
    _emphasis(canvas, marks.rows, marks.columns)
    if marks.previous is not None and 0 <= marks.previous < canvas.total:
        _previous(canvas, marks.previous)
    if marks.cursor is not None and 0 <= marks.cursor < canvas.total:
        _ring(canvas, canvas.rect((0, canvas.rows), (marks.cursor, marks.cursor + 1)))
    if marks.frame is not None and _holds(canvas, marks.frame):
        first_row, last_row, first_column, last_column = marks.frame
        _ring(canvas, canvas.rect((first_row, last_row + 1), (first_column, last_column + 1)))


def _hairlines(canvas: Canvas) -> None:
    """Draw a line on the first pixel of each square but the outermost: it is its own square's."""
    if not canvas.squares_reach(HAIRLINE_FROM):
        return
    colour = QColor(canvas.inks.window)
    colour.setAlphaF(0.5)
    cells = canvas.cells
    for column in range(max(1, canvas.exposed_columns[0]), canvas.exposed_columns[1]):
        x = canvas.grid.x.begin(column)
        canvas.painter.fillRect(QRect(x, cells.top(), 1, cells.height()), colour)
    for row in range(max(1, canvas.exposed_rows[0]), canvas.exposed_rows[1]):
        y = canvas.grid.y.begin(row)
        canvas.painter.fillRect(QRect(cells.left(), y, cells.width(), 1), colour)


def _gap(canvas: Canvas) -> None:
    size = canvas.grid.x.size
    if canvas.shown == 0 or size < 6 * canvas.unit:
        return
    width = max(canvas.px(2), min(canvas.px(6), int(0.15 * size)))
    x = canvas.grid.x.end(0) - width // 2
    strip = QRect(x, canvas.cells.top(), width, canvas.cells.height())
    canvas.painter.fillRect(strip, canvas.inks.window)


def _dim(canvas: Canvas, rows: Span, columns: Span) -> None:
    rect = canvas.rect(rows, (columns[0], min(columns[1], canvas.shown)))
    if not rect.isEmpty():
        veil = QColor(canvas.inks.window)
        veil.setAlphaF(DIM)
        canvas.painter.fillRect(rect, veil)


def _emphasis(
    canvas: Canvas, rows: Collection[int] | None, columns: Collection[int] | None
) -> None:
    if rows is None and columns is None:
        return
    for row_span, row_lit in _spans(rows, canvas.rows):
        if not row_lit:
            _dim(canvas, row_span, (0, canvas.shown))
            continue
        for column_span, column_lit in _spans(columns, canvas.shown):
            if not column_lit:
                _dim(canvas, row_span, column_span)


def _spans(chosen: Collection[int] | None, count: int) -> Iterator[tuple[Span, bool]]:
    """Yield the runs of cells that are all chosen, or all not; None chooses all."""
    if chosen is None:
        yield (0, count), True
        return
    first = 0
    for cell in sorted({cell for cell in chosen if 0 <= cell < count}):
        if cell > first:
            yield (first, cell), False
        yield (cell, cell + 1), True
        first = cell + 1
    if first < count:
        yield (first, count), False


def _holds(canvas: Canvas, frame: tuple[int, int, int, int]) -> bool:
    first_row, last_row, first_column, last_column = frame
    return 0 <= first_row <= last_row < canvas.rows and (
        0 <= first_column <= last_column < canvas.total
    )


def _outline(canvas: Canvas, rect: QRect, width: int, colour: QColor) -> QRect:
    """Paint a frame just inside `rect`, and return what is left within."""
    inner = rect.adjusted(width, width, -width, -width)
    if inner.isEmpty():
        canvas.painter.fillRect(rect, colour)
        return QRect()
    left, top, right, bottom = rect.left(), rect.top(), inner.right() + 1, inner.bottom() + 1
    for side in (
        QRect(left, top, rect.width(), width),
        QRect(left, bottom, rect.width(), width),
        QRect(left, inner.top(), width, inner.height()),
        QRect(right, inner.top(), width, inner.height()),
    ):
        canvas.painter.fillRect(side, colour)
    return inner


def _limits(canvas: Canvas) -> QRect:
    """Return the place of the whole table: frames lie within it, so that no side is lost."""
    return canvas.rect((0, canvas.rows), (0, canvas.total))


def _ring(canvas: Canvas, rect: QRect) -> None:
    """Paint two pixels of accent between one of the window colour on each side.

    It stands on the edge of a large square and outside of a small one, which it must not cover.
    """
    grow_x = canvas.px(2) if rect.width() >= 12 * canvas.unit else canvas.px(4)
    grow_y = canvas.px(2) if rect.height() >= 12 * canvas.unit else canvas.px(4)
    grown = rect.adjusted(-grow_x, -grow_y, grow_x, grow_y)
    left_over = grown.intersected(_limits(canvas))
    for width, colour in (
        (canvas.px(1), canvas.inks.window),
        (canvas.px(2), canvas.inks.accent),
        (canvas.px(1), canvas.inks.window),
    ):
        if left_over.isEmpty():
            return
        left_over = _outline(canvas, left_over, width, colour)


def _previous(canvas: Canvas, column: int) -> None:
    rect = canvas.rect((0, canvas.rows), (column, column + 1))
    if rect.width() < 4 * canvas.unit:
        rect.adjust(-canvas.px(1), 0, canvas.px(1), 0)
    _outline(canvas, rect.intersected(_limits(canvas)), canvas.px(1), canvas.inks.muted)


def number_text(value: float, decimals: int) -> str:
    """Return a value as it stands in a square: a real minus sign, no minus before a zero."""
    text = f"{value:.{decimals}f}"
    if text.startswith("-") and not text.strip("-0."):
        text = text[1:]
    return {"nan": "NaN", "inf": "∞", "-inf": "−∞"}.get(text, text.replace("-", "−"))


def _numbers(
    canvas: Canvas, decimals: int, text_scale: float, source: Source, colouring: Colouring
) -> None:
    (first, last), rows = canvas.exposed_columns, canvas.exposed_rows
    if first >= last:
        return
    values: Floats = source.read(first, last)
    colours = colouring(values)
    writer = _Writer(canvas, decimals, text_scale, max(abs(colouring.low), abs(colouring.high)))
    for row in range(*rows):
        for column in range(first, last):
            at = row, column - first
            rect = canvas.rect((row, row + 1), (column, column + 1))
            writer.write(rect, float(values[at]), QColor.fromRgb(int(colours[at])))


class _Writer:
    """Writes numbers into squares, in one size that fits what the levels allow."""

    def __init__(self, canvas: Canvas, decimals: int, text_scale: float, extreme: float) -> None:
        self._painter = canvas.painter
        self._decimals = decimals
        self._room = canvas.grid.x.size - 6 * canvas.unit
        self._font = QFont(canvas.font)
        self._font.setFeature(QFont.Tag("tnum"), 1)  # digits of one width do not jump
        high = 0.45 * canvas.grid.y.size
        self._size = max(1, round(min(13 * text_scale * canvas.unit, high)))
        self._size = self._fitting(number_text(-extreme, decimals))
        self._font.setPixelSize(self._size)
        self._metrics = QFontMetricsF(self._font)
        self._least = 6 * canvas.unit

    def _fitting(self, text: str) -> int:
        self._font.setPixelSize(self._size)
        width = QFontMetricsF(self._font).horizontalAdvance(text)
        return max(1, min(self._size, int(self._size * self._room / width)))

    def write(self, rect: QRect, value: float, background: QColor) -> None:
        """Write a number; a longer one than expected shrinks, and is left out if illegible."""
        text = number_text(value, self._decimals)
        font = self._font
        if self._metrics.horizontalAdvance(text) > self._room:
            size = self._fitting(text)
            self._font.setPixelSize(self._size)
            if size < self._least:
                return
            font = QFont(self._font)
            font.setPixelSize(size)
        self._painter.setFont(font)
        self._painter.setPen(text_on(background))
        self._painter.drawText(rect, Qt.AlignmentFlag.AlignCenter, text)
