"""What the docks at the left share: they show the session's settings, and apply what is changed."""

from __future__ import annotations

from pydantic import JsonValue
from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QPushButton, QVBoxLayout, QWidget

from rnnviz.session import Session
from rnnviz.settings import Settings, SettingsError
from rnnviz.widgets.form import Fold, Form, RefusedError
from rnnviz.widgets.form_parts import BETWEEN, order_tabs

EDGE = 12


class SettingsPanel(QWidget):
    """A column of forms that follow ``session.settings``.

    Attributes
    ----------
    more : Fold
        The fold of all forms of the panel; a subclass adds it to its layout.

    Signals
    -------
    committed() : Enter was pressed in a field and all is applied; the focus may go elsewhere.
    file_wanted() : a file is to be chosen and opened.
    """

    committed = Signal()
    file_wanted = Signal()

    def __init__(self, session: Session, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        self._session = session
        self._forms: list[Form] = []
        self.more = Fold(parent=self)
        self.more.setObjectName(f"{name}.more")
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(EDGE, EDGE, EDGE, EDGE)
        self._column.setSpacing(BETWEEN)
        self._again = QTimer(self, singleShot=True, interval=0)
        self._again.timeout.connect(self._retry)
        session.settings_changed.connect(self._on_settings_changed)
        for another in (session.preset_opened, session.returned):
            another.connect(self._give_drafts_up)

    def has_pending(self) -> bool:
        """Return whether a field has typing that is not committed yet.

        A value that was refused counts while the focus is in it, and no longer.
        """
        return any(form.is_typing() for form in self._forms)

    def flush(self) -> None:
        """Apply now what waits for the pause after typing."""
        for form in list(self._forms):
            form.flush()

    def show_settings(self) -> None:
        """Show the session's settings."""
        raise NotImplementedError

    def view_state(self) -> dict[str, JsonValue]:
        """Return what a session keeps of the panel."""
        return {"more": self.more.is_open()}

    def restore_view_state(self, state: dict[str, JsonValue]) -> None:
        """Bring back what was kept."""
        self.more.set_open(state.get("more") is True)

    # How it is done

    def _add_form(self, form: Form) -> None:
        """Take care of a form; its place in the layout is the panel's."""
        self._forms.append(form)
        form.committed.connect(self.committed)

    def _apply(self, settings: Settings, prefix: str) -> None:
        """Apply `settings`; problems of fields called ``prefix.…`` go to the field's own row."""
        try:
            self._session.apply(settings)
        except SettingsError as error:
            found = {p.field.removeprefix(f"{prefix}."): p.sentence for p in error.problems}
            raise RefusedError(found) from error

    def _file_button(self, name: str) -> QPushButton:
        """Return the button that opens a file, hidden until `QWidget.setVisible` shows it."""
        button = QPushButton("Open file …")
        button.setObjectName(name)
        button.clicked.connect(self.file_wanted)
        button.hide()
        return button

    def _ask_for_file(self) -> None:
        """Let a file be chosen; what is set stays so, and on show, until one is open."""
        self.file_wanted.emit()
        QTimer.singleShot(0, self, self.show_settings)

    def _add_group(self, *widgets: QWidget) -> None:
        """Put `widgets` under each other, with some room above them."""
        if self._column.count():
            self._column.addSpacing(BETWEEN)
        for widget in widgets:
            self._column.addWidget(widget)

    def _end(self) -> None:
        """Put the fold and what is left of the height under all else."""
        self._column.addWidget(self.more)
        self._column.addStretch(1)
        order_tabs(self)

    def _on_settings_changed(self) -> None:
        self.show_settings()
        # Not at once: others have yet to hear of the change that made room.
        self._again.start()

    def _give_drafts_up(self) -> None:
        for form in self._forms:
            form.restore()

    def _retry(self) -> None:
        for form in list(self._forms):
            form.retry()
