"""Where a heatmap's marks are painted."""

from dataclasses import dataclass, field

from PySide6.QtCore import QRect
from PySide6.QtGui import QFont, QPainter

from rnnviz.widgets.colours import Inks
from rnnviz.widgets.raster import Grid

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
