"""One step of the unrolled network, without its arrows: x_t, the states, y_t."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QColor, QPainter, QPen

from rnnviz.views.notation import number
from rnnviz.views.unrolled_geometry import Column
from rnnviz.views.unrolled_look import KEPT, Look
from rnnviz.views.unrolled_parts import Box, Point
from rnnviz.views.unrolled_stamps import Shape, Stamps, rect_of
from rnnviz.views.unrolled_symbols import Symbol, state_symbol
from rnnviz.widgets.colours import text_on

NUMBER_FROM = 17.5
"""Circles of this radius carry the norm below the name."""
OUTLINE = 1.5
CORNER = 6.0
MARK, MARK_EDGE = 2.0, 1.0
"""The accent, and what stands on either side of it to be seen on every colour."""


class Step(NamedTuple):  # which is quickly made and compared
    """What is shown of one step.

    Attributes
    ----------
    lowered : str
        What stands lowered beside its symbols.
    norms : tuple of (float or None)
        Of the states that are shown; None where a circle stays empty.
    exists, given, later : tuple of bool
        Which states have a circle, which are start states, and which come after the cursor.
    within : bool
        Whether there is an x_t and a y_t; not beside the sequence.
    output : bool
        Whether y_t is known.
    letter : str
        Below x_t.
    """

    lowered: str
    norms: tuple[float | None, ...]
    exists: tuple[bool, ...]
    given: tuple[bool, ...]
    later: tuple[bool, ...]
    within: bool
    output: bool
    letter: str = ""


@dataclass(frozen=True)
class Now:
    """Where the cursor is.

    Attributes
    ----------
    column : int
        What is kept in sight.
    marks : tuple of (int, tuple of (int or None))
        What has the accent: a column, and its states or its x_t and y_t (None).
    layer : int or None
        The selected state, marked in the folded network; None where there is only one.
    """

    column: int
    marks: tuple[tuple[int, tuple[int | None, ...]], ...] = ()
    layer: int | None = None


class Nodes:
    """Paints steps around the middle of their column."""

    def __init__(self, column: Column, look: Look, limit: float) -> None:
        self._column, self._look, self._limit = column, look, limit
        self._stamps = Stamps(OUTLINE * look.scale)

    def paint(self, painter: QPainter, step: Step) -> None:
        """Paint a step; the painter's origin is the column's middle."""
        for state, at in enumerate(self._column.states):
            if step.exists[state]:
                self._paint_state(painter, at, state, step)
        if step.within:
            painter.setOpacity(KEPT if all(step.later) else 1.0)
            self._paint_ends(painter, step)
            painter.setOpacity(1.0)

    def _paint_ends(self, painter: QPainter, step: Step) -> None:
        """Paint x_t, y_t, and where both directions come together."""
        column, look = self._column, self._look
        self._paint_box(painter, column.x, Symbol("x", step.lowered), known=True)
        for bar in column.bars:
            self._paint_bar(painter, bar)
        if column.y is not None:
            self._paint_box(painter, column.y, Symbol("y", step.lowered), known=step.output)
        if step.letter:
            painter.setPen(look.inks.text)
            at, room = QPointF(0, column.letter), 2 * column.half_width
            look.script.write_text(painter, at, step.letter, look.name, room)

    def _paint_state(self, painter: QPainter, at: Point, state: int, step: Step) -> None:
        norm, look = step.norms[state], self._look
        fill = None if norm is None else look.of_norm(norm, self._limit)
        muted = look.inks.muted
        if step.later[state]:
            muted = look.dimmed(muted)
            fill = None if fill is None else look.dimmed(fill)
        self._paint_circle(painter, at, fill, muted, step.given[state])
        painter.setPen(muted if fill is None else text_on(fill.rgb()))
        symbol = state_symbol(state, step.lowered, self._column.structure)
        self._write_in(painter, at, symbol, "" if norm is None else number(norm))

    def _paint_circle(
        self, painter: QPainter, at: Point, fill: QColor | None, ink: QColor, given: bool = False
    ) -> None:
        radius = self._column.radius
        place = Box(*at, radius, radius)
        self._stamps.paint(painter, place, Shape(_rgb(fill), ink.rgba(), radius, dashed=given))

    def _write_in(self, painter: QPainter, at: Point, symbol: Symbol, norm: str) -> None:
        radius, look = self._column.radius, self._look
        with_number = norm and radius >= NUMBER_FROM * look.scale
        rise = 0.26 * radius if with_number else 0.0
        size = max(look.name, min(look.sign, 0.6 * radius))
        place = QPointF(at.x, at.y - rise)
        look.script.write(painter, place, symbol, size, room=1.6 * radius)
        if with_number:
            place = QPointF(at.x, at.y + 0.5 * radius)
            look.script.write_text(painter, place, norm, look.number, room=1.55 * radius)

    def _paint_box(self, painter: QPainter, box: Box, symbol: Symbol, *, known: bool) -> None:
        look = self._look
        fill = look.base if known else None
        self._stamps.paint(
            painter, box, Shape(_rgb(fill), look.inks.muted.rgba(), CORNER * look.scale)
        )
        painter.setPen(look.inks.text if known else look.inks.muted)
        middle = QPointF(box.x, box.y - 0.06 * look.name)
        look.script.write(painter, middle, symbol, look.name, room=1.65 * box.half_width)

    def _paint_bar(self, painter: QPainter, bar: Box) -> None:
        """Paint both directions' states one behind the other: a vector in two halves."""
        look = self._look
        self._stamps.paint(painter, bar, Shape(look.base.rgba(), look.inks.muted.rgba(), 0.0))
        painter.setPen(QPen(look.inks.muted, OUTLINE * look.scale))
        painter.drawLine(QPointF(bar.x, bar.top), QPointF(bar.x, bar.bottom))

    def paint_folded(self, painter: QPainter) -> None:
        """Paint the network for any step t."""
        column, look = self._column, self._look
        for state, at in enumerate(column.states):
            self._paint_circle(painter, at, look.base, look.inks.muted)
            painter.setPen(look.inks.text)
            self._write_in(painter, at, state_symbol(state, "t", column.structure), "")
        states = len(column.states)
        every = (True,) * states
        self._paint_ends(painter, Step("t", (None,) * states, every, every, every, True, True))

    # What is marked

    def paint_mark(self, painter: QPainter, state: int | None) -> None:
        """Paint the accent round a state or, for None, round x_t and y_t."""
        column, inks, scale = self._column, self._look.inks, self._look.scale
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for ink, wide in ((inks.window, MARK + 2 * MARK_EDGE), (inks.accent, MARK)):
            painter.setPen(QPen(ink, wide * scale))
            if state is not None:
                painter.drawEllipse(QPointF(*column.states[state]), column.radius, column.radius)
            else:
                for box in filter(None, (column.x, column.y)):
                    painter.drawRoundedRect(rect_of(box), CORNER * scale, CORNER * scale)


def _rgb(colour: QColor | None) -> int | None:
    return None if colour is None else colour.rgba()
