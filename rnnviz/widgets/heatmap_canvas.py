"""Where a heatmap's marks are painted."""

from dataclasses import dataclass
from functools import cached_property

from PySide6.QtCore import QRect
from PySide6.QtGui import QFont, QPainter

from rnnviz.widgets.colours import Inks
from rnnviz.widgets.grid import Grid

Span = tuple[int, int]  # first, last + 1


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
    exposed : QRect
        The pixels that need painting.
    inks : Inks
    font : QFont
    """

    painter: QPainter
    grid: Grid
    unit: float
    rows: int
    shown: int
    total: int
    exposed: QRect
    inks: Inks
    font: QFont

    @cached_property
    def cells(self) -> QRect:
        """The pixels of all squares that exist."""
        return self.rect((0, self.rows), (0, self.shown))

    @cached_property
    def exposed_columns(self) -> Span:
        """The columns, of those that exist, that need painting: first and last + 1."""
        return self.grid.x.cells(self.exposed.left(), self.exposed.right() + 1, self.shown)

    @cached_property
    def exposed_rows(self) -> Span:
        """The rows that need painting: first and last + 1."""
        return self.grid.y.cells(self.exposed.top(), self.exposed.bottom() + 1, self.rows)

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
