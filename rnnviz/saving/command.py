"""The command line that opens the program as it is now, where that needs no file."""

from __future__ import annotations

import json
import shlex
from collections.abc import Iterator, Sequence

from pydantic import BaseModel, ValidationError

from rnnviz.arrays import stored_in
from rnnviz.fields import sentence_of
from rnnviz.history import Moment
from rnnviz.limits import MAX_COMMAND
from rnnviz.presets import load_presets
from rnnviz.selection import Selection
from rnnviz.settings import LockstepSettings, Settings

LETTERS = {"hidden": "h", "output": "y"}


def command_of(moment: Moment, docks: Sequence[str]) -> str:
    """Return a command for a POSIX shell that opens the program like this.

    Parameters
    ----------
    moment : Moment
        Settings, selection and cursor.
    docks : sequence of str
        The names of those that explain and are open.

    Raises
    ------
    ValueError
        If no command can: the reason, in sentences.
    """
    if reason := _why_not(moment):
        raise ValueError(f"{reason} File > Save keeps all of it.")
    words = [*_settings_words(moment.settings), *_place_words(moment.selection, moment.cursor)]
    words += [word for dock in docks for word in ("--open", dock)]
    command = shlex.join(["rnnviz", *words])
    if len(command) > MAX_COMMAND:
        raise ValueError(
            f"The command would have {len(command):,} characters; at most {MAX_COMMAND:,} are "
            "taken. File > Save keeps all of it."
        )
    return command


def settings_from(text: str) -> Settings:
    """Return the settings that ``--settings`` gives as JSON.

    Raises
    ------
    ValueError
        In one line, what is wrong.
    """
    try:
        return Settings.model_validate(json.loads(text))
    except ValidationError as error:
        place = ".".join(map(str, error.errors()[0]["loc"]))
        raise ValueError(f"{place}: {sentence_of(error)}".removeprefix(": ")) from error
    except (ValueError, RecursionError) as error:
        raise ValueError("this is no JSON") from error


def _why_not(moment: Moment) -> str:
    if moment.settings.replay is not None:
        return "These states come from a recording, which no command holds."
    if next(stored_in(moment.settings), None) is not None:
        return "Numbers here come from a file, and a command holds none."
    if moment.carried is not None:
        return "This run starts from the last state of the one before, which no command holds."
    return ""


def _settings_words(settings: Settings) -> list[str]:
    """Return a preset with what runs beside it, or else all that is not as by default."""
    for name, preset in load_presets().items():
        beside = _beside_words(preset.settings.lockstep, settings.lockstep)
        alone = settings.model_copy(update={"lockstep": preset.settings.lockstep})
        if beside is not None and alone == preset.settings:
            return ["--preset", name, *beside]
    return ["--settings", json.dumps(_changed(settings), separators=(",", ":"))]


def _beside_words(preset: LockstepSettings, wanted: LockstepSettings) -> list[str] | None:
    """Return what leads from one to the other; None where nothing does."""
    if wanted == preset:
        return []
    both = ["--both-directions"] if wanted.both_directions else []
    if not wanted.on or (both and wanted.slip != "output_h_n"):
        return None
    return ["--side-by-side", wanted.slip, *both]


def _changed(model: BaseModel) -> dict[str, object]:
    """Return the fields that are not as by default, and the name that says which model it is."""
    return dict(_fields(model))


def _fields(model: BaseModel) -> Iterator[tuple[str, object]]:
    written = model.model_dump(mode="json")
    for name, field in type(model).model_fields.items():
        value = getattr(model, name)
        if name in written and (name == "name" or value != field.get_default()):
            yield name, _changed(value) if isinstance(value, BaseModel) else written[name]


def _place_words(selection: Selection, cursor: int) -> Iterator[str]:
    """Yield what is looked at; what is 0 need not be said."""
    for option, number in (("--layer", selection.layer), ("--sequence", selection.sequence)):
        if number:
            yield from (option, str(number))
    if selection.pin is not None:
        yield from ("--pin", f"{LETTERS[selection.pin.part]}{selection.pin.unit}")
    if cursor:
        yield from ("--steps", str(cursor))
