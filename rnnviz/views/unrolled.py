"""The network folded and, beside it, unrolled over the steps around the cursor."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QRect, QTimer, Signal
from PySide6.QtGui import QResizeEvent, QShowEvent
from PySide6.QtWidgets import QScrollArea, QVBoxLayout, QWidget

from rnnviz.analysis.norms import norm_limit, state_norms
from rnnviz.session import Session
from rnnviz.views.unrolled_nodes import Now, Step
from rnnviz.views.unrolled_parts import Structure
from rnnviz.views.unrolled_picture import UnrolledPicture
from rnnviz.views.unrolled_sight import Hit
from rnnviz.views.unrolled_words import Words

MOST_NORMS = 4096
"""So many steps' norms are kept at most."""


class UnrolledView(QWidget):
    """The same weights on every arrow, each state coloured by its norm; a click goes there.

    While it is hidden it follows nothing; it catches up when it is shown.

    Signals
    -------
    square_hovered(text) : the state under the pointer and its norm; empty on leaving.
    """

    square_hovered = Signal(str)

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("view.unrolled")
        self._session = session
        self._labels: tuple[str, ...] = ()
        self._norms: dict[int, tuple[float, ...]] = {}
        self._build()
        session.trace_reset.connect(self._take_run)
        session.trace_extended.connect(self._on_trace_extended)
        session.cursor_moved.connect(self._on_cursor_moved)
        session.selection_changed.connect(self._on_selection_changed)
        self._take_structure()

    def _build(self) -> None:
        self._picture = UnrolledPicture()
        self._picture.setObjectName("view.unrolled.picture")
        self._picture.setAccessibleName("The network unrolled over time")
        self._picture.set_tooltip(self._tooltip)
        self._picture.clicked.connect(self._on_clicked)
        self._picture.hovered.connect(self._on_hovered)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._picture)

    def set_text_scale(self, scale: float) -> None:
        """Make all of it so many times as large."""
        self._picture.set_text_scale(scale)

    # What is on show

    def columns_in_sight(self) -> range:
        """Return the columns in sight: t, 0 for start states, T + 1 for those of the other end."""
        return self._picture.sight.columns

    def state_rect(self, t: int, layer: int) -> QRect:
        """Return where the state's circle is in `view.unrolled.picture`; empty out of sight."""
        return self._picture.state_rect(t, layer)

    def values(self) -> NDArray[np.float64]:
        """Return the norms in sight, layers x columns, NaN where none is shown."""
        steps = [self._step(t) for t in self.columns_in_sight()]
        shown = [[np.nan if norm is None else norm for norm in step.norms] for step in steps]
        return np.array(shown, np.float64).T

    # Following the session

    def _take_structure(self) -> None:
        """Take what decides about sizes, also while it is hidden: a dock asks for them."""
        network, run = self._session.contract, self._session.run
        self._structure = Structure(
            network.depth, network.num_directions, network.output_size is not None
        )
        self._labels = tuple(self._session.settings.sequence.source.labels() or ())
        self._picture.set_structure(self._structure, run.length, bool(self._labels))

    def _take_run(self) -> None:
        self._take_structure()
        if self.isVisible():
            self._take_states()
            self._show_layer()

    def _take_states(self) -> None:
        self._norms.clear()
        self._picture.set_limit(norm_limit(self._session.run))
        self._picture.set_step(self._step)
        self._show_cursor()

    def _on_trace_extended(self, first: int, last: int) -> None:
        if self.isVisible():
            self._picture.set_limit(norm_limit(self._session.run))

    def _on_cursor_moved(self, t: int) -> None:
        if self.isVisible():
            self._show_cursor()

    def _on_selection_changed(self) -> None:
        if self.isVisible():
            self._take_states()
            self._show_layer()

    def _show_cursor(self) -> None:
        """Bring the cursor into sight: that of the selected direction, where there are two."""
        layer, now = self._session.selection.layer, self._states_now()
        column = self._column_now(now[layer % self._structure.directions])
        selected = layer if self._structure.states > 1 else None
        self._picture.set_now(Now(column, self._marks(now, column), selected))

    def _marks(self, now: range, column: int) -> tuple[tuple[int, tuple[int | None, ...]], ...]:
        if self._structure.directions == 2:
            return tuple((self._column_now(state), (state,)) for state in now)
        return ((column, (*now, None) if column else tuple(now)),)

    def _states_now(self) -> range:
        """Return the states that the cursor is at: one layer's, where layers come in turn."""
        states = self._structure.states
        if self._structure.directions == 1:
            return range(states)
        first = 2 * self._session.run.walk.depth_at(self._session.cursor)
        return range(first, first + 2)

    def _column_now(self, state: int) -> int:
        """Return the column in which the cursor has come to a state."""
        run = self._session.run
        position = run.walk.position(state, self._session.cursor)
        return position or self._structure.start(state, run.length)

    def _show_layer(self) -> None:
        """Scroll to the selected layer, where not all of them are in sight."""
        area = _scroll_area_around(self)
        content = area.widget() if area is not None else None
        if area is not None and content is not None:
            row = self._picture.row_rect(self._session.selection.layer)
            at = self._picture.mapTo(content, row.center())
            area.ensureVisible(0, at.y(), 0, row.height() // 2)

    # What a column shows

    def _step(self, t: int) -> Step:
        run, structure, length = self._session.run, self._structure, self._session.run.length
        states, within = range(structure.states), 1 <= t <= length
        moves = [self._move_to(state, t) for state in states]
        return Step(
            lowered=str(t) if within else "0",
            norms=tuple([self._norm(state, t) for state in states]),
            exists=tuple([structure.exists(state, t, length) for state in states]),
            given=tuple([structure.given(state, t, length) for state in states]),
            later=tuple([move > self._session.cursor for move in moves]),
            within=within,
            output=within and max(moves) <= run.revealed,
            letter=self._labels[t - 1] if within and self._labels else "",
        )

    def _norm(self, state: int, t: int) -> float | None:
        """Return the norm of a state, None where there is none, or not yet."""
        run = self._session.run
        if self._structure.given(state, t, run.length):
            return self._norms_of(0)[state]
        shown = 1 <= t <= run.length and run.walk.move_to(state, t) <= run.revealed
        return self._norms_of(t)[state] if shown else None

    def _norms_of(self, row: int) -> tuple[float, ...]:
        if row not in self._norms:
            if len(self._norms) >= MOST_NORMS:
                self._norms.clear()
            norms = state_norms(self._session.run, row, self._session.selection.sequence)
            self._norms[row] = tuple(norms.tolist())
        return self._norms[row]

    def _move_to(self, state: int, t: int) -> int:
        """Return the move that shows a state; start states are there from the beginning."""
        run = self._session.run
        given = self._structure.given(state, t, run.length)
        return 0 if given else run.walk.move_to(state, t)

    # The pointer

    def _on_clicked(self, hit: Hit) -> None:
        if hit.kind == "state":
            self._session.seek(self._move_to(hit.state, hit.t))
            self._session.select(layer=hit.state)  # last: a move to another layer selects that
        elif hit.kind in ("x", "y"):
            now = self._states_now()
            state = now[self._session.selection.layer % self._structure.directions]
            self._session.seek(self._move_to(state, hit.t))

    def _on_hovered(self, hit: Hit | None) -> None:
        said = "" if hit is None else self._words().line(hit, self._norm_at(hit))
        self.square_hovered.emit(said)

    def _tooltip(self, hit: Hit) -> str:
        return self._words().tooltip(hit, self._norm_at(hit))

    def _norm_at(self, hit: Hit) -> float | None:
        return self._norm(hit.state, hit.t) if hit.kind == "state" else None

    def _words(self) -> Words:
        session = self._session
        return Words(
            session.contract,
            self._structure,
            session.run.length,
            self._labels,
            norm_limit(session.run),
            session.settings.network.drops,
        )

    # Qt's own

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._take_states()
        QTimer.singleShot(0, self, self._show_layer)  # sizes are known by then

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._show_layer()


def _scroll_area_around(widget: QWidget) -> QScrollArea | None:
    """Return what the widget scrolls in, as it does in a dock."""
    around = widget.parentWidget()
    while around is not None and not isinstance(around, QScrollArea):
        around = around.parentWidget()
    return around
