"""What the unrolled network is put together from: pictures that are painted once and kept."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from math import ceil

from PySide6.QtCore import QPoint, QRect, QSize, Qt
from PySide6.QtGui import QPainter, QPixmap

from rnnviz.views.unrolled_ground import Ground
from rnnviz.views.unrolled_look import Look
from rnnviz.views.unrolled_nodes import Nodes, Step
from rnnviz.views.unrolled_parts import Weight
from rnnviz.views.unrolled_sight import Sight
from rnnviz.views.unrolled_strip import Drawing

MOST = 4
"""So many times as many columns as are in sight are kept."""
AROUND = 4
"""Around a column's circles and boxes in its picture."""


class Pictures:
    """The pictures for one size, one look, one range of colours.

    Attributes
    ----------
    half : int
        The middle of a column in its picture, from the left.
    """

    def __init__(
        self, drawing: Drawing, look: Look, limit: float, size: QSize, ratio: float
    ) -> None:
        self.half = ceil(drawing.column.half_width) + AROUND
        self._size, self._ratio, self._look = size, ratio, look
        self._painted_ground = Ground(drawing, look, limit)
        self._nodes = Nodes(drawing.column, look, limit)
        self._most = MOST * drawing.strip.count
        self._ground: tuple[tuple[tuple[int, int], Weight | None], QPixmap] | None = None
        self._steps: dict[Step, QPixmap] = {}
        self._marks: dict[tuple[int | None, ...], QPixmap] = {}

    @property
    def ratio(self) -> float:
        """Device pixels in a logical one."""
        return self._ratio

    def ground(self, sight: Sight, lit: Weight | None) -> QPixmap:
        """Return what lies under the steps, painted anew where other arrows are seen or lit."""
        if self._ground is None or self._ground[0] != (sight.ends, lit):
            picture = self._new(self._size.width())
            with _on(picture) as painter:
                self.paint_ground(painter, sight, lit)
            self._ground = (sight.ends, lit), picture
        return self._ground[1]

    def step(self, step: Step) -> QPixmap:
        """Return a step's circles and boxes."""
        if step not in self._steps:
            if len(self._steps) >= self._most:
                del self._steps[next(iter(self._steps))]  # the oldest
            self._steps[step] = picture = self._new_column()
            with _on(picture) as painter:
                painter.translate(self.half, 0)
                self.paint_step(painter, step)
        return self._steps[step]

    def marks(self, states: tuple[int | None, ...]) -> QPixmap:
        """Return the accent round some of a column's states; None: round x_t and y_t."""
        if states not in self._marks:
            self._marks[states] = picture = self._new_column()
            with _on(picture) as painter:
                painter.translate(self.half, 0)
                self.paint_marks(painter, states)
        return self._marks[states]

    def paint_ground(self, painter: QPainter, sight: Sight, lit: Weight | None) -> None:
        """Paint what `ground` is a picture of."""
        painter.fillRect(QRect(QPoint(0, 0), self._size), self._look.inks.window)
        self._painted_ground.paint(painter, sight, lit)

    def paint_step(self, painter: QPainter, step: Step) -> None:
        """Paint a step round the painter's origin."""
        self._nodes.paint(painter, step)

    def paint_marks(self, painter: QPainter, states: tuple[int | None, ...]) -> None:
        """Paint the accent round some states of the column at the painter's origin."""
        for state in states:
            self._nodes.paint_mark(painter, state)

    def _new_column(self) -> QPixmap:
        picture = self._new(2 * self.half)
        picture.fill(Qt.GlobalColor.transparent)
        return picture

    def _new(self, width: int) -> QPixmap:
        picture = QPixmap(ceil(width * self._ratio), ceil(self._size.height() * self._ratio))
        picture.setDevicePixelRatio(self._ratio)
        return picture


@contextmanager
def _on(picture: QPixmap) -> Iterator[QPainter]:
    painter = QPainter(picture)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    try:
        yield painter
    finally:
        painter.end()
