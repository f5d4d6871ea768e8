"""Squares as shapes, for drawings that are looked at in any size."""

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QRect, QRectF
from PySide6.QtGui import QColor, QImage, QPainter, QPainterPath

from rnnviz.widgets.devices import LOSSLESS
from rnnviz.widgets.grid import Axis, Grid
from rnnviz.widgets.raster import Pixels

MOST_SQUARES = 50_000
"""So many squares at most are drawn as shapes, about 60 bytes each in a file."""
MOST_TOGETHER = 5_000
"""So many rectangles at most are one shape: of more points than 32,767 Qt reads the first ones."""
FINE = 4
"""Beyond that a logical pixel has so many pixels on each side."""
INSET = 0.5
"""So far within is the picture beneath: readers of PDF round pictures outwards."""


def fits(grid: Grid, rows: int, columns: int) -> bool:
    """Return whether each visible square can be a shape of its own."""
    first_column, last_column = grid.x.visible(columns)
    first_row, last_row = grid.y.visible(rows)
    count = (last_column - first_column) * (last_row - first_row)
    return not (grid.x.pooled or grid.y.pooled) and count <= MOST_SQUARES


def paint_exact(
    painter: QPainter, grid: Grid, first: tuple[int, int], colours: Pixels, within: QRect
) -> None:
    """Paint squares as rectangles with exact edges, those of one colour as one shape or a few.

    A picture of them lies beneath: where two smooth edges meet, the ground would shine through.

    Parameters
    ----------
    painter : QPainter
        Its unit is one pixel of the grid.
    grid : Grid
    first : tuple of int
        The row and the column of the first colour.
    colours : numpy.ndarray
        uint32 (rows, columns), ARGB.
    within : QRect
        What lies outside is cut off.
    """
    if not colours.size or within.isEmpty():
        return
    rows, columns = colours.shape
    tops = _edges(grid.y, first[0], rows, within.top(), within.bottom() + 1)
    lefts = _edges(grid.x, first[1], columns, within.left(), within.right() + 1)
    _paint_beneath(painter, colours, QRectF(within).adjusted(INSET, INSET, -INSET, -INSET))
    for colour in np.unique(colours).tolist():
        runs = _runs(colours == colour)
        for some in range(0, len(runs), MOST_TOGETHER):
            shape = QPainterPath()
            for row, begin, end in runs[some : some + MOST_TOGETHER]:
                left, top = lefts[begin], tops[row]
                shape.addRect(left, top, lefts[end] - left, tops[row + 1] - top)
            painter.fillPath(shape, QColor.fromRgb(colour))


def _paint_beneath(painter: QPainter, colours: Pixels, place: QRectF) -> None:
    rows, columns = colours.shape
    pixels = np.ascontiguousarray(colours)
    image = QImage(pixels.data, columns, rows, columns * 4, QImage.Format.Format_RGB32)
    painter.setRenderHint(LOSSLESS)
    painter.drawImage(place, image.copy())


def _edges(axis: Axis, first: int, count: int, low: int, high: int) -> list[int]:
    """Return where squares begin, and where the last one ends, between two pixels."""
    begins = [axis.begin(cell) for cell in range(first, first + count)]
    return [min(max(edge, low), high) for edge in (*begins, axis.end(first + count - 1))]


def _runs(chosen: NDArray[np.bool_]) -> list[tuple[int, int, int]]:
    """Return the runs of chosen cells: row, first and last + 1."""
    rows, columns = chosen.shape
    padded = np.zeros((rows, columns + 2), np.int8)
    padded[:, 1:-1] = chosen
    changes = np.diff(padded, axis=1)
    row, begin = np.nonzero(changes == 1)
    _, end = np.nonzero(changes == -1)
    return list(zip(row.tolist(), begin.tolist(), end.tolist(), strict=True))
