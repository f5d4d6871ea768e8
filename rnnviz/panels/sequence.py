"""The dock "Sequence": what goes in, and the state to begin with."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from rnnviz.changes import with_source
from rnnviz.opened import with_data
from rnnviz.panels.alternatives import Alternatives, choices_of
from rnnviz.panels.panel import SettingsPanel
from rnnviz.sequences import SEQUENCES, Source
from rnnviz.session import Session
from rnnviz.settings import SequenceSettings, SettingsError
from rnnviz.validation import problems_of
from rnnviz.widgets.form import Changes, Field, Form, RefusedError, SettingsForm
from rnnviz.widgets.form_editors import ChoiceEditor

_OWN_LENGTH = {
    "text": "As long as the text.",
    "values": "As many steps as there are rows.",
    "file": "As many steps as are taken of the file.",
}


class SequencePanel(SettingsPanel):
    """The source with its own fields, the length, the seed, the start state."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(session, "sequence", parent)
        self._last: dict[str, Source] = {}
        self._build()
        self.show_settings()

    def show_settings(self) -> None:
        """Show the session's sequence settings."""
        sequence = self._session.settings.sequence
        self._choice.show_values({"source": sequence.source.name})
        self._show_source()
        chance = sequence.source.uses_seed or sequence.start_state == "normal"
        hidden = set() if chance else {"seed"}
        self._form.set_shown(self._form.fields.keys() - hidden)
        self._form.set_values(sequence.model_copy(update={"length": sequence.steps}))
        self._show_whose_length(sequence)

    def _build(self) -> None:
        self._choice = Form("sequence", self._on_source_chosen)
        self._source = Field(
            "source", "Source", ChoiceEditor(choices_of(SEQUENCES)),
            description="Where the sequence comes from.", wide=True,
        )  # fmt: skip
        self._choice.add(self._source)
        self._choice.refused.connect(self._show_source)
        self._choice.restored.connect(self._show_source)
        self._own = Alternatives(self._build_own)
        self._open = self._file_button("sequence.open")
        names = ("length", "seed", "start_state")
        self._form = SettingsForm(
            SequenceSettings, "sequence", self._on_edited, names=names, fold=self.more
        )
        self._add_group(self._choice, self._own, self._open)
        self._add_group(self._form)
        self._end()
        self._add_form(self._choice)
        self._add_form(self._form)

    # Showing

    def _show_source(self) -> None:
        """Show the chosen source's sentence and fields; without fields where it is refused."""
        chosen = self._source.editor.read()
        source = self._session.settings.sequence.source
        own = chosen == source.name
        self._source.set_hint(source.about() if own else SEQUENCES[chosen].sentence)
        self._open.setVisible(own and source.from_file)
        if own:
            form = self._own.show_form(chosen)
            form.set_values(source)
            form.set_shown(form.fields.keys() - source.idle_fields())
        else:
            self._own.put_away()

    def _build_own(self, name: str) -> SettingsForm:
        form = SettingsForm(SEQUENCES[name], "sequence", self._on_source_edited, fold=self.more)
        self._add_form(form)
        return form

    def _show_whose_length(self, sequence: SequenceSettings) -> None:
        own = sequence.source.own_length() is not None
        field = self._form.fields["length"]
        said = _OWN_LENGTH.get(sequence.source.name, "The source has a length of its own.")
        field.set_read_only(own, said)

    # Applying

    def _on_source_chosen(self, changes: Changes) -> None:
        settings = self._session.settings
        before = settings.sequence.source
        default = SEQUENCES[changes["source"]].model_validate({})
        last = self._last.get(default.name, default)
        if default.from_file and last is default:
            self._ask_for_file()
            return
        if not default.from_file and problems_of(with_source(settings, last)):
            last = default
        self._apply_source(last)
        self._last[before.name] = before

    def _on_source_edited(self, changes: Changes) -> None:
        self._apply_source(self._session.settings.sequence.source.model_copy(update=changes))

    def _apply_source(self, source: Source) -> None:
        """Apply a source; sizes follow it, but not against weights that are those of a file."""
        try:
            settings = with_data(self._session.settings, source)
        except SettingsError as error:
            raise RefusedError(
                {p.field.split(".")[-1]: p.sentence for p in error.problems}
            ) from error
        self._apply(settings, "sequence")

    def _on_edited(self, changes: Changes) -> None:
        settings = self._session.settings
        sequence = settings.sequence.model_copy(update=changes)
        self._apply(settings.model_copy(update={"sequence": sequence}), "sequence")
