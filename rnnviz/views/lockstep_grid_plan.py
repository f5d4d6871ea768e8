"""Where the lanes of the grid are, and the frames around what is returned."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF, QSizeF

from rnnviz.lockstep.grid import OutputGrid

ARROW = 16
"""Below each strip, for the arrow of the direction it is read in."""
LAYERS_APART = 20
LEAST_STRIP, LARGEST_UNIT = 26, 40
"""How high a strip asks to be at least, and a unit is at most."""
SQUEEZED = 8
"""How low a strip gets where the page is too low, before the numbers of the steps are cut off."""
ROOM = 9
"""From the squares to the outline of ``output``: that of ``h_n`` lies between."""


@dataclass(frozen=True)
class Margins:
    """What the texts around the lanes take, in pixels."""

    left: float
    right: float
    top: float
    bottom: float


@dataclass(frozen=True)
class Plan:
    """The places of all lanes on a widget.

    Attributes
    ----------
    grid : OutputGrid
    size : QSizeF
    margins : Margins
    scale : float
        Of the type.
    """

    grid: OutputGrid
    size: QSizeF
    margins: Margins
    scale: float

    @property
    def cell(self) -> int:
        """How wide a step is: whole pixels."""
        free = self.size.width() - self.margins.left - self.margins.right - 2 * self.room
        return max(1, int(free / self.grid.steps))

    @property
    def room(self) -> float:
        """From the squares to the outline of ``output``."""
        return ROOM * self.scale

    @property
    def strip_height(self) -> int:
        """How high a lane's squares are: whole pixels."""
        lanes = len(self.grid.states)
        free = self.size.height() - self.margins.top - self.margins.bottom - 2 * self.room
        free -= between(self.grid, self.scale)
        most = round(LARGEST_UNIT * self.scale * max(2, self.grid.states.shape[2]))
        return min(max(SQUEEZED, int(free / lanes)), most)

    def strip(self, lane: int) -> QRectF:
        """Return where a lane's squares are."""
        row = self._row(lane)
        apart = row // self.grid.directions * LAYERS_APART + row * ARROW
        top = self.margins.top + self.room + row * self.strip_height + round(apart * self.scale)
        left = round(self.margins.left + self.room)
        return QRectF(left, round(top), self.cell * self.grid.steps, self.strip_height)

    def square(self, lane: int, step: int) -> QRectF:
        """Return where one step of a lane is; `step` is an index."""
        strip = self.strip(lane)
        return QRectF(strip.left() + step * self.cell, strip.top(), self.cell, strip.height())

    def output(self) -> QRectF:
        """Return what the outline of ``output`` goes around: strips, and the arrows below them."""
        lanes = [lane for lane in range(len(self.grid.states)) if self.grid.in_output(lane)]
        strips = self.strip(lanes[0]).united(self.strip(lanes[-1]))
        return strips.adjusted(0, 0, 0, round((ARROW - 5) * self.scale))

    def last_states(self) -> list[QRectF]:
        """Return what the outlines of ``h_n`` go around: one where all lanes end at one step."""
        lanes = range(len(self.grid.states))
        ends = [self.square(lane, self.grid.last_step(lane)) for lane in lanes]
        return [ends[0].united(ends[-1])] if self.grid.directions == 1 else ends

    def arrow(self, lane: int) -> tuple[QPointF, QPointF]:
        """Return where the arrow of a lane begins and where it points: at its last step."""
        strip, end = self.strip(lane), self.square(lane, self.grid.last_step(lane))
        y = strip.bottom() + (ARROW / 2 + 1) * self.scale
        if self.grid.last_step(lane) == 0 and self.grid.steps > 1:
            return QPointF(strip.right(), y), QPointF(end.right() + 5 * self.scale, y)
        return QPointF(strip.left(), y), QPointF(end.left() - 5 * self.scale, y)

    @property
    def axis(self) -> float:
        """Where the numbers of the steps begin."""
        lowest = max(self.strip(lane).bottom() for lane in range(len(self.grid.states)))
        return lowest + ARROW * self.scale

    def at(self, place: QPointF) -> tuple[int, int, int] | None:
        """Return the lane, step and unit at a place."""
        for lane in range(len(self.grid.states)):
            strip = self.strip(lane)
            if strip.contains(place):
                units = self.grid.states.shape[2]
                unit = int((place.y() - strip.top()) / strip.height() * units)
                step = int((place.x() - strip.left()) / self.cell)
                return lane, min(step, self.grid.steps - 1), min(unit, units - 1)
        return None

    def _row(self, lane: int) -> int:
        """Return a lane's place from the top: the top layer first, forward before backward."""
        directions = self.grid.directions
        layers = len(self.grid.states) // directions
        return (layers - 1 - lane // directions) * directions + lane % directions


def between(grid: OutputGrid, scale: float) -> float:
    """Return how high all is that lies below strips and between them."""
    lanes = len(grid.states)
    return (lanes * ARROW + (lanes // grid.directions - 1) * LAYERS_APART) * scale


def least_height(grid: OutputGrid, margins: Margins, scale: float) -> float:
    """Return how high the picture has to be."""
    strips = len(grid.states) * round(LEAST_STRIP * scale) + between(grid, scale)
    return strips + margins.top + margins.bottom + 2 * ROOM * scale
