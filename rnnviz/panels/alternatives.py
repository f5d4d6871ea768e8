"""The own fields of schemes and sources: one form each, one of them there at a time."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping
from typing import Generic, TypeVar

from PySide6.QtWidgets import QVBoxLayout, QWidget

from rnnviz.fields import Described
from rnnviz.widgets.form import SettingsForm
from rnnviz.widgets.form_editors import Choice
from rnnviz.widgets.form_parts import BETWEEN, order_tabs, set_there

Key = TypeVar("Key", bound=Hashable)


class Alternatives(QWidget, Generic[Key]):
    """Forms that take each other's place; each is built when it is first needed, and kept.

    Parameters
    ----------
    build : callable
        Key → a new form.
    """

    def __init__(self, build: Callable[[Key], SettingsForm]) -> None:
        super().__init__()
        self._build = build
        self._forms: dict[Key, SettingsForm] = {}
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._layout.setSpacing(BETWEEN)
        self.hide()

    def show_form(self, key: Key) -> SettingsForm:
        """Show the form of `key` instead of the one that is there."""
        if key not in self._forms:
            self._forms[key] = self._build(key)
            self._layout.addWidget(self._forms[key])
            order_tabs(self.parentWidget() or self)
        for other, form in self._forms.items():
            if other != key:
                form.put_away()
        shown = self._forms[key]
        shown.bring_back()
        set_there(self, not shown.isHidden())
        return shown

    def put_away(self) -> None:
        """Show none."""
        for form in self._forms.values():
            form.put_away()
        self.hide()

    def flush(self) -> None:
        """Try now what waits for its pause."""
        for form in self._forms.values():
            form.flush()


def choices_of(index: Mapping[str, type[Described]]) -> list[Choice | None]:
    """Return an index as a list to choose from: the common ones, a line (None), the rest."""
    common: list[Choice | None] = [(n, d.title) for n, d in index.items() if d.common]
    rest: list[Choice | None] = [(n, d.title) for n, d in index.items() if not d.common]
    return [*common, None, *rest]
