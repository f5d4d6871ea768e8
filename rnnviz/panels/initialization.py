"""The dock "Initialisation": how the parameters get their numbers."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, JsonValue, ValidationError, create_model
from PySide6.QtWidgets import QPushButton, QVBoxLayout, QWidget

from rnnviz.changes import why_no_draw
from rnnviz.fields import other, sentence_of
from rnnviz.initialization import INIT_SCHEMES, Scheme, Values
from rnnviz.panels.alternatives import Alternatives, choices_of
from rnnviz.panels.panel import SettingsPanel
from rnnviz.session import Session
from rnnviz.settings import InitializationSettings
from rnnviz.tables import Rows
from rnnviz.widgets.form import Changes, Field, Form, RefusedError, SettingsForm
from rnnviz.widgets.form_editors import ChoiceEditor
from rnnviz.widgets.form_parts import INSIDE

ALL = ""
"""Stands for all parameters in the one list, and for their scheme in the other."""
FormKey = tuple[str, ...]
"""A scheme's name, and for Values the names of the parameters that it has tables for."""


class InitializationPanel(SettingsPanel):
    """A scheme for all parameters or for one, its own fields, the seed, and new weights.

    Which parameter is looked at belongs to the panel alone; it changes no settings.
    """

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(session, "init", parent)
        self._parameter = ALL
        self._last: dict[tuple[str, str], Scheme] = {}
        self._build()
        session.weights_changed.connect(self._follow_weights)
        self.show_settings()

    def show_settings(self) -> None:
        """Show the session's initialisation settings."""
        settings = self._session.settings
        if self._parameter not in settings.network.shapes:
            self._parameter = ALL
        self._show_parameters()
        self._show_scheme()
        self._form.set_values(settings.initialization)
        self._follow_weights()

    def view_state(self) -> dict[str, JsonValue]:
        """Return what a session keeps of the panel."""
        return {**super().view_state(), "parameter": self._parameter}

    def restore_view_state(self, state: dict[str, JsonValue]) -> None:
        """Bring back what was kept, if there is such a parameter."""
        super().restore_view_state(state)
        self._parameter = str(state.get("parameter", ALL))
        self.show_settings()

    # Building

    def _build(self) -> None:
        self._which = Form("init", self._on_parameter_chosen)
        self._parameters, self._schemes = ChoiceEditor(), ChoiceEditor()
        said = "Which weights the scheme below fills."
        self._which.add(
            Field("parameter", "Parameter", self._parameters, description=said, wide=True)
        )
        self._choice = Form("init", self._on_scheme_chosen)
        said = "How the weights get their first numbers."
        self._choice.add(Field("scheme", "Scheme", self._schemes, description=said, wide=True))
        self._choice.refused.connect(self._show_scheme)
        self._choice.restored.connect(self._show_scheme)
        self._own: Alternatives[FormKey] = Alternatives(self._build_own)
        self._open = self._file_button("init.open")
        self._form = SettingsForm(
            InitializationSettings, "init", self._on_edited, names=("seed", "weight_range"),
            fold=self.more,
        )  # fmt: skip
        self._add_group(self._which)
        self._add_group(self._choice, self._own, self._open)
        self._add_group(self._form, self._build_buttons())
        self._end()
        for form in (self._which, self._choice, self._form):
            self._add_form(form)

    def _build_buttons(self) -> QWidget:
        self._draw = QPushButton("Draw new weights")
        self._draw.setObjectName("init.draw")
        self._draw.clicked.connect(self._on_draw_clicked)
        self._restore = QPushButton("Back to the previous weights")
        self._restore.setObjectName("init.restore")
        self._restore.clicked.connect(self._session.restore_previous_weights)
        both = QWidget()
        column = QVBoxLayout(both)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(INSIDE)
        column.addWidget(self._draw)
        column.addWidget(self._restore)
        return both

    def _build_own(self, key: FormKey) -> SettingsForm:
        if key[0] == "values":
            form = SettingsForm(_tables_model(key[1:]), "init.values", self._on_tables_edited)
        else:
            form = SettingsForm(INIT_SCHEMES[key[0]], "init", self._on_own_edited, fold=self.more)
        self._add_form(form)
        return form

    # Showing

    def _show_parameters(self) -> None:
        settings = self._session.settings
        field, shapes = self._which.fields["parameter"], settings.network.shapes
        self._parameters.set_choices(
            [(ALL, "All parameters"), None, *((n, _with_shape(n, s)) for n, s in shapes.items())]
        )
        field.set_value(self._parameter)
        own = list(settings.initialization.overrides_for(shapes))
        schemes = "a scheme of its own" if len(own) == 1 else "schemes of their own"
        verb = "has" if len(own) == 1 else "have"
        said = f"{', '.join(own)} {verb} {schemes}." if own and self._parameter == ALL else ""
        field.set_hint(said)

    def _show_scheme(self) -> None:
        """Show the chosen scheme's sentence and fields; without fields where it is refused."""
        field, applied = self._choice.fields["scheme"], self._applied()
        first = [] if self._parameter == ALL else [(ALL, "As for all parameters"), None]
        # A file fills all parameters or none.
        index = {n: s for n, s in INIT_SCHEMES.items() if not (first and s.from_file)}
        self._schemes.set_choices([*first, *choices_of(index)])
        field.set_value(applied.name if applied else ALL)
        chosen = field.editor.read()
        base = self._session.settings.initialization.scheme
        own = applied if applied and chosen == applied.name else None
        said = INIT_SCHEMES[chosen].sentence if chosen else f"{base.title}. {base.about()}"
        field.set_hint(own.about() if own else said)
        self._open.setVisible(own is not None and own.from_file)
        if applied is None or chosen != applied.name:
            self._own.put_away()
        elif isinstance(applied, Values):
            names = self._names()
            tables: dict[str, Any] = {name: applied.tables.get(name, ()) for name in names}
            form = self._own.show_form((applied.name, *names))
            form.set_values(_tables_model(names).model_construct(**tables))
        else:
            self._own.show_form((applied.name,)).set_values(applied)

    def _follow_weights(self) -> None:
        """Enable the buttons that can do something, and say of the others why they cannot."""
        why_not = why_no_draw(self._session.settings)
        self._draw.setEnabled(not why_not)
        self._draw.setToolTip(why_not or "Take the next weights seed.")
        previous = self._session.previous_weights is not None
        self._restore.setEnabled(previous)
        self._restore.setToolTip("" if previous else "There are no previous weights.")

    def _applied(self) -> Scheme | None:
        """Return the scheme of what is looked at; None for a parameter that has none of its own."""
        init = self._session.settings.initialization
        return init.scheme if self._parameter == ALL else init.overrides.get(self._parameter)

    def _names(self) -> tuple[str, ...]:
        """Return the parameters that the scheme of what is looked at fills."""
        if self._parameter != ALL:
            return (self._parameter,)
        settings = self._session.settings
        overrides = settings.initialization.overrides
        return tuple(name for name in settings.network.shapes if name not in overrides)

    # Applying

    def _on_parameter_chosen(self, changes: Changes) -> None:
        self._own.flush()  # what was typed is meant for the parameter before
        self._choice.restore()
        self._own.put_away()
        self._parameter = changes["parameter"]
        self._show_parameters()
        self._show_scheme()

    def _on_scheme_chosen(self, changes: Changes) -> None:
        name = changes["scheme"]
        before = self._applied()
        if name == ALL:
            self._use(None)
        elif name == "values":
            self._use(self._numbers_as_they_are())
        elif last := self._last.get((self._parameter, name)):
            self._use(last)
        elif INIT_SCHEMES[name].from_file:
            self._ask_for_file()
            return
        else:
            self._use(INIT_SCHEMES[name]())
        if before is not None:
            self._last[self._parameter, before.name] = before

    def _on_own_edited(self, changes: Changes) -> None:
        applied = self._applied()
        assert applied is not None, "Without a scheme there are no fields."
        self._use(applied.model_copy(update=changes))

    def _on_tables_edited(self, changes: Changes) -> None:
        applied, shapes = self._applied(), self._session.settings.network.shapes
        assert isinstance(applied, Values), "Tables belong to Values."
        problems = {name: _misfit(name, rows, shapes[name]) for name, rows in changes.items()}
        if any(problems.values()):
            raise RefusedError({name: said for name, said in problems.items() if said})
        self._use(applied.model_copy(update={"tables": applied.tables | changes}))

    def _on_edited(self, changes: Changes) -> None:
        self._apply_initialization(self._session.settings.initialization, changes)

    def _use(self, scheme: Scheme | None) -> None:
        """Let `scheme` fill what is looked at; None: as for all parameters."""
        init = self._session.settings.initialization
        if self._parameter == ALL:
            self._apply_initialization(init, {"scheme": scheme})
            return
        overrides: dict[str, Any] = dict(init.overrides)
        overrides.pop(self._parameter, None)
        if scheme is not None:
            overrides[self._parameter] = scheme
        self._apply_initialization(init, {"overrides": overrides})

    def _apply_initialization(self, init: InitializationSettings, changes: Changes) -> None:
        initialization = init.model_copy(update=changes)
        settings = self._session.settings.model_copy(update={"initialization": initialization})
        self._apply(settings, "initialization")

    def _numbers_as_they_are(self) -> Values:
        """Return the numbers that the parameters have now; `RefusedError` if they are too many."""
        shapes = self._session.settings.network.shapes
        parameters = dict(self._session.network.named_parameters())
        for name in self._names():
            if said := Values().misfit(name, shapes[name]):
                raise RefusedError({"scheme": said})
        try:
            return Values(tables={name: _rows(parameters[name]) for name in self._names()})
        except ValidationError as error:  # NaN cannot be typed
            raise RefusedError({"scheme": sentence_of(error)}) from error

    def _on_draw_clicked(self) -> None:
        self.flush()
        self._session.draw_new_weights()


def _tables_model(names: tuple[str, ...]) -> type[BaseModel]:
    """Return a model with a table for each parameter."""
    said = "The rows of the matrix; a bias is one row. If empty: zeros."
    fields: dict[str, Any] = {name: (Rows, other((), name, said, editor="table")) for name in names}
    return create_model("Tables", **fields)


def _with_shape(name: str, shape: tuple[int, ...]) -> str:
    return f"{name} ({' × '.join(str(side) for side in shape)})"


def _misfit(name: str, rows: Rows, shape: tuple[int, ...]) -> str | None:
    try:
        return Values(tables={name: rows}).misfit(name, shape)
    except ValidationError as error:
        return sentence_of(error)


def _rows(parameter: Any) -> Rows:
    """Return a parameter's rows, each number as short as float32 allows: 0.1, not 0.10000000149."""
    array = parameter.detach().numpy()
    rows = array if array.ndim == 2 else array[None]
    return tuple(tuple(float(str(number)) for number in row) for row in rows)
