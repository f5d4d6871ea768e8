"""What a heatmap draws over its pixels: hairlines, the gap, dimming, the cursor, frames."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass

from PySide6.QtCore import QRect
from PySide6.QtGui import QColor

from rnnviz.widgets.heatmap_canvas import Canvas, Span
from rnnviz.widgets.heatmap_numbers import paint_numbers
from rnnviz.widgets.raster import Colouring
from rnnviz.widgets.source import Source

HAIRLINES_FROM = 12
"""Squares of so many logical pixels on both sides are set apart by hairlines."""
NUMBERS_FROM = 32
"""Squares of so many logical pixels on both sides carry their number."""
DIM = 0.55
"""So far is what is dimmed blended into the window colour."""


@dataclass
class Marks:
    """What is marked; see the setters of `Heatmap`."""

    cursor: int | None = None
    previous: int | None = None
    dim_from: int | None = None
    dim_before: int | None = None
    absent_before: int = 0
    outline: tuple[int, int] | None = None
    rows: Collection[int] | None = None
    columns: Collection[int] | None = None
    frame: tuple[int, int, int, int] | None = None
    decimals: int | None = None
    text_scale: float = 1.0
    gap_after_first: bool = False

    def none_at(self, logical: float) -> bool:
        """Return whether nothing at all is marked where squares have so many logical pixels."""
        return (
            logical < HAIRLINES_FROM
            and (self.cursor is self.previous is self.dim_from is self.rows is self.columns is None)
            and (self.frame is self.dim_before is self.outline is None)
            and not self.absent_before
            and not self.gap_after_first
        )


def paint_marks(canvas: Canvas, marks: Marks, source: Source, colouring: Colouring) -> None:
    """Paint everything that lies over the pixels, from the lowest to the highest."""
    _hairlines(canvas)
    if marks.gap_after_first:
        _gap(canvas)
    if marks.decimals is not None and canvas.squares_reach(NUMBERS_FROM):
        paint_numbers(canvas, marks.decimals, marks.text_scale, source, colouring)
    if marks.dim_from is not None:
        _dim(canvas, (0, canvas.rows), (max(0, marks.dim_from), canvas.shown))
    if marks.dim_before is not None:
        _dim(canvas, (0, canvas.rows), (0, min(marks.dim_before, canvas.shown)))
    if marks.absent_before:
        absent = canvas.rect((0, canvas.rows), (0, min(marks.absent_before, canvas.shown)))
        canvas.painter.fillRect(absent, canvas.inks.window)
    _emphasis(canvas, marks.rows, marks.columns)
    if marks.outline is not None:
        _outline_columns(canvas, *marks.outline)
    if marks.previous is not None and 0 <= marks.previous < canvas.total:
        _previous(canvas, marks.previous)
    if marks.cursor is not None and 0 <= marks.cursor < canvas.total:
        _ring(canvas, canvas.rect((0, canvas.rows), (marks.cursor, marks.cursor + 1)))
    if marks.frame is not None and _holds(canvas, marks.frame):
        first_row, last_row, first_column, last_column = marks.frame
        _ring(canvas, canvas.rect((first_row, last_row + 1), (first_column, last_column + 1)))


def _outline_columns(canvas: Canvas, first: int, last: int) -> None:
    """Frame the columns ``first`` to ``last - 1`` with a thin line."""
    rect = canvas.rect((0, canvas.rows), (first, last))
    if not rect.isEmpty():
        _outline(canvas, rect, canvas.px(2), canvas.inks.focus)


def _hairlines(canvas: Canvas) -> None:
    """Draw a line on the first pixel of each square but the outermost: it is its own square's."""
    if not canvas.squares_reach(HAIRLINES_FROM):
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


def _outline(canvas: Canvas, rect: QRect, thick: int, colour: QColor) -> None:
    """Paint a frame just inside `rect`."""
    left, top, width, height = rect.left(), rect.top(), rect.width(), rect.height()
    fill, inside = canvas.painter.fillRect, height - 2 * thick
    if inside <= 0 or width <= 2 * thick:
        fill(rect, colour)
        return
    fill(left, top, width, thick, colour)
    fill(left, top + height - thick, width, thick, colour)
    fill(left, top + thick, thick, inside, colour)
    fill(left + width - thick, top + thick, thick, inside, colour)


def _limits(canvas: Canvas) -> QRect:
    """Return the place of the whole table: frames lie within it, so that no side is lost."""
    return canvas.rect((0, canvas.rows), (0, canvas.total))


def _ring(canvas: Canvas, rect: QRect) -> None:
    """Paint two pixels of accent between one of the window colour on each side.

    It stands on the edge of a large square and outside of a small one, which it must not cover.
    """
    grow_x = canvas.px(2) if rect.width() >= 12 * canvas.unit else canvas.px(4)
    grow_y = canvas.px(2) if rect.height() >= 12 * canvas.unit else canvas.px(4)
    ring = rect.adjusted(-grow_x, -grow_y, grow_x, grow_y).intersected(_limits(canvas))
    edge, line = canvas.px(1), canvas.px(2)
    if not ring.isEmpty():
        _outline(canvas, ring, 2 * edge + line, canvas.inks.window)
        inner = ring.adjusted(edge, edge, -edge, -edge)
        if not inner.isEmpty():
            _outline(canvas, inner, line, canvas.inks.accent)


def _previous(canvas: Canvas, column: int) -> None:
    rect = canvas.rect((0, canvas.rows), (column, column + 1))
    if rect.width() < 4 * canvas.unit:
        rect.adjust(-canvas.px(1), 0, canvas.px(1), 0)
    _outline(canvas, rect.intersected(_limits(canvas)), canvas.px(1), canvas.inks.muted)
