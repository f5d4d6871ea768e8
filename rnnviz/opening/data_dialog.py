"""How a file of numbers, or a text, is read; shown before it is taken."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any

from PySide6.QtWidgets import QWidget

from rnnviz.formats.data import Data, Reading, is_text, read_data
from rnnviz.formats.unreadable import UnreadableFile
from rnnviz.jobs import Job
from rnnviz.opened import first_steps, with_data
from rnnviz.opening.asking import SPACE, AskingDialog
from rnnviz.opening.preview import Preview
from rnnviz.sequences import Loaded, Source, Text
from rnnviz.settings import Settings, SettingsError
from rnnviz.validation import problems_of
from rnnviz.widgets.form import Changes, Field, Form, SettingsForm
from rnnviz.widgets.form_editors import ChoiceEditor, FlagEditor

DELIMITERS = (
    (",", "Comma"),
    (";", "Semicolon"),
    ("\t", "Tab"),
    (" ", "Space"),
    ("|", "Bar |"),
)
DECIMALS = ((".", "Point: 0.5"), (",", "Comma: 0,5"))
KINDS = ((False, "Numbers, a row a step"), (True, "A text, a letter or word a step"))
WIDE = 620


class DataDialog(AskingDialog):
    """A preview, how the file is read, and what is taken of it.

    Whatever is chosen is read and shown at once.

    Attributes
    ----------
    data : Data
        As it was read last.
    source : Source
        What goes in, in the end.
    """

    def __init__(self, data: Data, settings: Settings, parent: QWidget | None = None) -> None:
        super().__init__("open_data", data.path.name, "Take", parent)
        self.data, self.source = data, source_of(data)
        self._settings = settings
        self._said = ""  # why what was chosen last cannot be read
        self._chosen: Changes = {}  # how it is to be read, as far as somebody has chosen
        self._job = Job(self)
        self._job.done.connect(self._on_read)
        self._job.failed.connect(self._on_failed)
        self._preview = Preview()
        self._preview.column_clicked.connect(self._on_column_clicked)
        self._reading = Form("open_data", self._read_anew)
        self._add_reading()
        self._taking = self._taking_form()
        for part in (self._reading, *self._taking.values()):
            part.set_spacing(SPACE // 2)
            part.committed.connect(self.accept)
        self.add(self._preview, 1)
        self.add(self._reading)
        for form in self._taking.values():
            self.add(form)
        self.end()
        self.setMinimumWidth(WIDE)
        self._show()

    # What can be chosen

    def _add_reading(self) -> None:
        choices = [(name, name) for name in self.data.choices]
        fields = (
            Field("name", "Array", ChoiceEditor(choices), description="What the file names."),
            Field("prose", "Read as", ChoiceEditor(KINDS), description="What the file is.",
                  wide=True),
            Field("delimiter", "Between columns", ChoiceEditor(DELIMITERS),
                  description="What stands between two numbers of a row."),
            Field("decimal", "Decimal sign", ChoiceEditor(DECIMALS),
                  description="How the file writes a half."),
            Field("header", "Names in the first row", FlagEditor(),
                  description="Whether the first row names the columns."),
        )  # fmt: skip
        for field in fields:
            self._reading.add(field)

    def _taking_form(self) -> dict[bool, SettingsForm]:
        """Return the forms of a sequence of numbers (False) and of a text (True)."""
        return {
            False: SettingsForm(Loaded, "open_data", self._take, names=_TAKEN),
            True: SettingsForm(Text, "open_data", self._take, names=_TAKEN_TEXT),
        }

    def _read_anew(self, changes: Changes) -> None:
        if "prose" in changes or "name" in changes:
            self._chosen = {}  # what was chosen of a table, or of another array, is of no use
        self._chosen |= changes
        name = self._chosen.get("name", self.data.name or None)
        self._job.start(partial(_read, self.data, name, self._reading_wanted(changes)))

    def _reading_wanted(self, changes: Changes) -> Reading | None:
        """Return how to read; what was found out hangs on what is changed, but for a header."""
        found = self.data.reading
        if found is None:
            return None
        if changes.keys() == {"header"} and not self._said:
            return replace(found, **self._chosen)
        return Reading(**{"encoding": found.encoding, "prose": found.prose, **self._chosen})

    def _take(self, changes: Changes) -> None:
        self.source = self.source.model_copy(update=changes)
        self._show()

    def _on_column_clicked(self, label: str) -> None:
        if isinstance(self.source, Loaded):
            self.source = self.source.with_toggled(label)
            self._show()

    def _on_read(self, data: Data) -> None:
        same = (data.name, is_text(data)) == (self.data.name, is_text(self.data))
        source = source_of(data)
        self.source = _taken_alike(self.source, source) if same else source
        self.data, self._said = data, ""
        self._show()

    def _on_failed(self, error: Exception) -> None:
        if not isinstance(error, (UnreadableFile, MemoryError)):
            raise error
        self._said = str(error) or "There is not enough memory to read it."
        self._show()

    # Showing

    def _show(self) -> None:
        self._preview.show_data(self.data, self.source)
        self._show_reading()
        text = is_text(self.data)
        for of_text, form in self._taking.items():
            if of_text is text:
                form.set_shown(form.fields.keys() - self.source.idle_fields())
                form.set_values(self.source)
            else:
                form.set_shown(())
        self.set_notices(self.data.notices)
        self.set_problem(self._said or self._misfit())

    def _show_reading(self) -> None:
        reading = self.data.reading
        shown: set[str] = set()
        values: dict[str, Any] = {}
        if len(self.data.choices) > 1:
            shown.add("name")
            values["name"] = self.data.name
        if reading is not None:
            shown |= {"prose"} if is_text(self.data) else {"prose", *_TABLE}
            values |= {name: getattr(reading, name) for name in _TABLE}
            values["prose"] = is_text(self.data)
        if self._said:  # what cannot be read stays on show, beside the reason
            values |= self._chosen
        self._reading.set_shown(shown)
        self._reading.show_values({name: value for name, value in values.items() if name in shown})

    def _misfit(self) -> str:
        """Return why it cannot go in as it is; empty if it can."""
        try:
            problems = problems_of(with_data(self._settings, self.source))
        except SettingsError as error:
            return str(error)
        return problems[0].sentence if problems else ""

    # Qt's own

    def done(self, result: int) -> None:
        self._job.cancel()
        super().done(result)

    def accept(self) -> None:
        for form in (self._reading, *self._taking.values()):
            form.flush()
        if not (self._job.busy or self._said or self._misfit()):
            super().accept()


_TABLE = ("delimiter", "decimal", "header")
_TAKEN = ("batch_first", "columns", "first", "last", "standardise")
_TAKEN_TEXT = ("unit",)


def needs_asking(data: Data, settings: Settings) -> bool:
    """Return whether there is a choice, or a doubt, before a file is taken."""
    if data.reading is not None or len(data.choices) > 1 or _may_be_batch_first(data):
        return True
    try:
        return bool(problems_of(with_data(settings, source_of(data))))
    except SettingsError:
        return True


def source_of(data: Data) -> Source:
    """Return the source of input that a file is, as it was read."""
    if data.text is not None:
        return Text(text=data.text)
    assert data.values is not None, "Data are numbers or a text."
    name = f"{data.path.name} ({data.name})" if data.name else data.path.name
    return first_steps(Loaded(file=name, data=data.values, names=data.columns))


def _may_be_batch_first(data: Data) -> bool:
    """Return whether the first of three axes may be either."""
    shape = () if data.values is None else data.values.shape
    return len(shape) == 3 and min(shape[:2]) > 1


def _taken_alike(before: Source, source: Source) -> Source:
    """Return `source`, of which the same is taken as before if that is there."""
    fields = _TAKEN_TEXT if isinstance(source, Text) else _TAKEN
    alike = source.model_copy(update={name: getattr(before, name) for name in fields})
    return alike if alike.needs_inputs() and alike.own_length() else source


def _read(
    data: Data, name: str | None, reading: Reading | None, stopped: Callable[[], bool]
) -> Any:
    return read_data(data.path, name=name, reading=reading, stopped=stopped)
