"""Forms: fields that hold drafts until they are applied, built from pydantic models."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from typing import Any, Literal, get_args, get_origin

from pydantic import BaseModel, ValidationError
from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from rnnviz.fields import hints_of, limits_of, sentence_of
from rnnviz.widgets.form_editors import (
    ChoiceEditor,
    FlagEditor,
    LineEditor,
    RealEditor,
    WholeEditor,
)
from rnnviz.widgets.form_field import Field, typing_in
from rnnviz.widgets.form_parts import BETWEEN, Fold, set_there
from rnnviz.widgets.form_text import TableEditor, TextEditor

__all__ = ["Field", "Fold", "Form", "RefusedError", "SettingsForm", "typing_in"]

Changes = dict[str, Any]
"""Field name → new value."""
LONGEST_BESIDE = 14
"""Choices with longer texts stand under their label, where there is room for them."""
_LEAST, _MOST = -(2**31), 2**31 - 1


class RefusedError(ValueError):
    """Changes that cannot be applied.

    Attributes
    ----------
    problems : dict of str to str
        Field name → sentence. A name that the form does not know stands for the field that was
        edited.
    """

    def __init__(self, problems: Mapping[str, str]) -> None:
        super().__init__(" ".join(problems.values()))
        self.problems = dict(problems)


class Form(QWidget):
    """Fields under each other; what is drafted in them is applied together.

    Parameters
    ----------
    prefix : str
        What the names of the editors begin with.
    apply : callable
        Called with the changes; raises `RefusedError` if they cannot be applied.
    fold : Fold, optional
        Where folded fields go.

    Attributes
    ----------
    fields : dict of str to Field

    Signals
    -------
    committed() : Enter was pressed and all is applied: the focus may go elsewhere.
    refused() : a draft could not be applied.
    restored() : a draft is gone without having been applied.
    """

    committed = Signal()
    refused = Signal()
    restored = Signal()

    def __init__(
        self,
        prefix: str,
        apply: Callable[[Changes], None],
        *,
        fold: Fold | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.fields: dict[str, Field] = {}
        self._prefix, self._apply, self._fold = prefix, apply, fold
        self._folded: set[str] = set()
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._layout.setSpacing(BETWEEN)

    def add(self, field: Field, *, folded: bool = False) -> None:
        """Add `field` as the last one, under the fold if there is one and it is `folded`."""
        self.fields[field.name] = field
        field.set_names(self._prefix)
        field.drafted.connect(lambda: self._try(field))
        field.restored.connect(self._on_restored)
        field.entered.connect(self.committed)
        if folded and self._fold is not None:
            self._folded.add(field.name)
            self._fold.add(field)
        else:
            self._layout.addWidget(field)

    def set_spacing(self, pixels: int) -> None:
        """Set the space between two fields."""
        self._layout.setSpacing(pixels)

    def show_values(self, values: Mapping[str, Any]) -> None:
        """Show what is applied; nothing is emitted, and what is being typed stays."""
        for name in self.fields.keys() & values.keys():
            self.fields[name].set_value(values[name])

    def set_shown(self, names: Collection[str]) -> None:
        """Show the rows of `names` and no others; drafts in hidden rows are given up."""
        for name, field in self.fields.items():
            if name not in names and field.has_draft():
                field.restore()
            field.setHidden(name not in names)
        set_there(self, bool(set(names) & self.fields.keys() - self._folded))

    def put_away(self) -> None:
        """Hide the form and give its names up to the form that takes its place."""
        self.set_shown(())
        for field in self.fields.values():
            field.set_names("")

    def bring_back(self) -> None:
        """Show all rows, under their names."""
        self.set_shown(self.fields)
        for field in self.fields.values():
            field.set_names(self._prefix)

    def has_pending(self) -> bool:
        """Return whether a field shows something that is not applied."""
        return any(field.has_draft() for field in self.fields.values())

    def is_typing(self) -> bool:
        """Return whether the user is at a draft: it waits for its pause, or has the focus."""
        return any(field.is_typing() for field in self.fields.values())

    def flush(self) -> None:
        """Try now what waits for its pause."""
        for field in self.fields.values():
            if field.is_typing():
                field.settle()

    def retry(self) -> None:
        """Try again what was refused; other settings may have made room for it."""
        self._forget_notes()
        for field in self.fields.values():
            if field.was_refused():
                self._try(field)

    def restore(self) -> None:
        """Give all drafts up."""
        for field in self.fields.values():
            field.restore()

    # How it is done

    def _check(self, changes: Changes) -> None:
        """Raise `RefusedError` for changes that cannot be right whatever else is set."""

    def _try(self, field: Field) -> None:
        """Apply all readable drafts, or else that of `field` alone, or else say what is wrong."""
        drafts = (f for f in self.fields.values() if f.has_draft() and f.is_readable())
        together = {draft.name: draft.editor.read() for draft in drafts}
        alone = {field.name: field.editor.read()}
        try:
            self._take(together)
        except RefusedError as refused:
            if together == alone:
                self._say(refused, field)
                return
            try:
                self._take(alone)
            except RefusedError as refused_alone:
                self._say(refused_alone, field)

    def _take(self, changes: Changes) -> None:
        self._check(changes)
        self._apply(changes)
        for name in changes:
            self.fields[name].accept()
        self._forget_notes()

    def _say(self, refused: RefusedError, edited: Field) -> None:
        """Say each problem beside its own field, and what belongs to none beside the edited one."""
        problems = dict(refused.problems)
        own = {name: problems.pop(name) for name in self.fields.keys() & problems.keys()}
        edited_says = own.pop(edited.name, "") or " ".join(problems.values())
        for name, sentence in own.items():
            self.fields[name].set_problem(sentence, framed=self.fields[name].has_draft())
        if edited_says:
            edited.set_problem(edited_says)
        else:
            edited.set_framed()
        if self._fold is not None and self._folded & {edited.name, *own}:
            self._fold.set_open(True)
        self.refused.emit()

    def _forget_notes(self) -> None:
        """Take away what stood at fields on account of a draft in another one."""
        for field in self.fields.values():
            if not field.has_draft():
                field.set_problem("")

    def _on_restored(self) -> None:
        self._forget_notes()
        self.restored.emit()


class SettingsForm(Form):
    """A form with one row for each field of a pydantic model, built once.

    Title, help, limits and choices come from the model's fields (rnnviz.fields). What is typed must
    pass the model's own validation before it is applied.

    Parameters
    ----------
    model : type of BaseModel
    prefix : str
        What the names of the editors begin with.
    apply : callable
        Called with the changes; raises `RefusedError` if they cannot be applied.
    names : collection of str, optional
        The fields to show, all that have a title by default.
    fold : Fold, optional
        Where fields with the hint ``fold=True`` go.
    """

    def __init__(
        self,
        model: type[BaseModel],
        prefix: str,
        apply: Callable[[Changes], None],
        *,
        names: Collection[str] | None = None,
        fold: Fold | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(prefix, apply, fold=fold, parent=parent)
        self._shown: BaseModel | None = None
        for name in names if names is not None else model.model_fields:
            if names is not None or model.model_fields[name].title:
                hint = hints_of(model, name)
                self.add(_field(model, name, hint), folded=bool(hint.get("fold")))
        self.set_shown(self.fields)

    def set_values(self, values: BaseModel) -> None:
        """Show the values of a model; nothing is emitted, and what is being typed stays."""
        self._shown = values
        self.show_values({name: getattr(values, name) for name in self.fields})

    def _check(self, changes: Changes) -> None:
        assert self._shown is not None, "The form shows no values yet."
        names = type(self._shown).model_fields
        given = {name: getattr(self._shown, name) for name in names} | changes
        try:
            type(self._shown).model_validate(given)
        except ValidationError as error:
            place = error.errors()[0]["loc"]
            name = str(place[0]) if place else ""
            raise RefusedError({name: sentence_of(error)}) from error


def _field(model: type[BaseModel], name: str, hints: Mapping[str, Any]) -> Field:
    info = model.model_fields[name]
    title = info.title or name
    editor, wide = _editor(model, name, title, hints)
    return Field(name, title, editor, description=info.description or "", wide=wide)


def _editor(
    model: type[BaseModel], name: str, title: str, hints: Mapping[str, Any]
) -> tuple[QWidget, bool]:
    """Return the editor for a field, and whether it needs the whole width."""
    kind = model.model_fields[name].annotation
    if hints.get("editor") == "table":
        return TableEditor(), True
    if hints.get("editor") == "text":
        return TextEditor(), True
    if get_origin(kind) is Literal:
        return _choice(get_args(kind), hints.get("labels", {}))
    if kind is bool:
        return FlagEditor(), False
    if kind is int or kind is float:
        return _number(limits_of(model, name), title, hints, whole=kind is int), False
    if kind is str:
        return LineEditor(), False
    raise TypeError(f"{model.__name__}.{name}: no editor for {kind}.")


def _choice(values: tuple[Any, ...], labels: Mapping[Any, str]) -> tuple[QWidget, bool]:
    choices = [(value, labels.get(value, str(value))) for value in values]
    return ChoiceEditor(choices), max(len(label) for _, label in choices) > LONGEST_BESIDE


def _number(
    limits: tuple[float | None, float | None],
    title: str,
    hints: Mapping[str, Any],
    *,
    whole: bool,
) -> QWidget:
    low, high = (_LEAST if limits[0] is None else limits[0]), limits[1]
    high = _MOST if high is None else high
    texts = {"suffix": hints.get("suffix", ""), "special": hints.get("special", "")}
    if whole:
        return WholeEditor(title, int(low), int(high), **texts)
    step = 1.0 if texts["suffix"] else 0.1  # what has a unit is counted
    return RealEditor(title, float(low), float(high), step=step, **texts)
