"""Several networks side by side: the three kinds with the same weights, and the slips."""

from __future__ import annotations

from pydantic import JsonValue
from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from rnnviz.fields import Frozen
from rnnviz.lockstep.gradients import BiasGradients
from rnnviz.lockstep.grid import OutputGrid
from rnnviz.session import Session
from rnnviz.settings import SettingsError
from rnnviz.views.lockstep_badge import LockstepBadge
from rnnviz.views.lockstep_gradients import GradientsPicture
from rnnviz.views.lockstep_grid import GridPicture
from rnnviz.views.lockstep_head import LockstepHead
from rnnviz.views.lockstep_list import LockstepList
from rnnviz.views.lockstep_names import NamesTable
from rnnviz.views.lockstep_rows import LockstepRows
from rnnviz.views.lockstep_words import lesson, verdicts
from rnnviz.widgets.scroll import Scroll


class Beside(Frozen):
    """What is open beside the rows."""

    names: bool


class LockstepView(QWidget):
    """The list of what can be shown, and what is shown.

    Signals
    -------
    square_hovered(text) : the square under the pointer, its place and value; empty on leaving.
    """

    square_hovered = Signal(str)

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("view.lockstep")
        self._session = session
        self._lists = LockstepList()
        self._head = LockstepHead()
        self._names = NamesTable()
        self._grid = GridPicture()
        self._gradients = GradientsPicture()
        self.rows = LockstepRows(session)
        self._badge = LockstepBadge()
        self._build()
        self._connect()
        self._on_lockstep_changed()

    def _build(self) -> None:
        right = QVBoxLayout()
        right.setContentsMargins(0, 0, 0, 0)
        right.setSpacing(0)
        right.addWidget(self._head)
        for part in (self._names, self._gradients):
            part.hide()
            right.addWidget(part)
        right.addWidget(self._grid, 1)
        right.addWidget(self.rows, 1)
        right.addWidget(self._badge)
        self._side = Scroll(self._lists)
        self._side.setAccessibleName("What is shown side by side")
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self._side)
        layout.addLayout(right, 1)

    def _connect(self) -> None:
        session = self._session
        self.rows.square_hovered.connect(self.square_hovered)
        self._lists.chosen.connect(self._on_chosen)
        self._head.names.toggled.connect(self._on_names_toggled)
        self._head.both_directions.clicked.connect(self._on_both_directions_clicked)
        session.lockstep_changed.connect(self._on_lockstep_changed)
        session.trace_extended.connect(self._on_trace_extended)
        session.cursor_moved.connect(self._on_cursor_moved)
        session.selection_changed.connect(self._on_selection_changed)

    # Following the session

    def _on_lockstep_changed(self) -> None:
        lockstep, chosen = self._session.lockstep, self._session.settings.lockstep
        if lockstep is None:
            return
        self._lists.show_choice(chosen.slip)
        self._head.show_slip(chosen.slip, chosen.both_directions)
        self._on_names_toggled(self._head.names.isChecked())
        self._show_picture(lockstep.scene.picture)
        self.rows.show_lockstep(lockstep)
        self.rows.setVisible(bool(lockstep.lanes))
        self._talk()

    def _show_picture(self, picture: object) -> None:
        self._grid.setVisible(isinstance(picture, OutputGrid))
        self._gradients.setVisible(isinstance(picture, BiasGradients))
        if isinstance(picture, OutputGrid):
            self._grid.set_grid(picture)
        if isinstance(picture, BiasGradients):
            self._gradients.set_gradients(picture)

    def _on_trace_extended(self, first: int, last: int) -> None:
        if self._session.lockstep is not None:
            self.rows.show_revealed()
            self._talk()

    def _on_cursor_moved(self, t: int) -> None:
        if self._session.lockstep is not None:
            self.rows.take_step(t)
            self._talk()

    def _on_selection_changed(self) -> None:
        if self._session.lockstep is not None:
            self.rows.show_sequence()

    def _talk(self) -> None:
        lockstep = self._session.lockstep
        if lockstep is not None:
            step = self._session.cursor
            self._badge.say(verdicts(lockstep, step), lesson(lockstep, step))

    # What the user does

    def _on_chosen(self, name: str) -> None:
        self._apply(slip=name)

    def _on_both_directions_clicked(self, on: bool) -> None:
        self._apply(both_directions=on)

    def _apply(self, **changes: object) -> None:
        lockstep = self._session.settings.lockstep.model_copy(update=changes)
        try:
            self._session.apply_lockstep(lockstep)
        except SettingsError as error:
            self._session.notice.emit(str(error))
            self._on_lockstep_changed()

    def _on_names_toggled(self, on: bool) -> None:
        self._names.setVisible(on and not self._head.names.isHidden())

    def view_state(self) -> dict[str, JsonValue]:
        """Return what a session keeps of the view; the rows keep theirs."""
        return Beside(names=self._head.names.isChecked()).model_dump()

    def restore_view_state(self, state: dict[str, JsonValue]) -> None:
        """Bring back what was kept; raises ValueError where it is something else."""
        self._head.names.setChecked(Beside.model_validate(state).names)

    def show_choices(self, shown: bool) -> None:
        """Show the list of what can be shown, or only what is."""
        self._side.setVisible(shown)

    def fit_all(self) -> None:
        """Show all steps, however narrow."""
        self.rows.fit_all()

    def set_text_scale(self, scale: float) -> None:
        """Scale the type."""
        parts = (self._lists, self._head, self._names, self._grid, self._gradients)
        for part in (*parts, self.rows, self._badge):
            part.set_text_scale(scale)
        self._side.setFixedWidth(self._lists.width() + 1)
