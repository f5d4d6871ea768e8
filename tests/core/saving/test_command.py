"""File > Copy as command: the command line gives the same settings back."""

import shlex

import numpy as np
import pytest
import torch
from hypothesis import given
from oracles import every_settings

from rnnviz import initialization, sequences
from rnnviz.arrays import Stored
from rnnviz.cli import Options, parse
from rnnviz.history import Moment
from rnnviz.lockstep import SLIPS
from rnnviz.presets import load_presets
from rnnviz.saving import command
from rnnviz.saving.command import command_of
from rnnviz.selection import Pin, Selection
from rnnviz.settings import (
    InitializationSettings,
    LockstepSettings,
    SequenceSettings,
    Settings,
)

PRESETS = load_presets()


def parsed(text: str) -> Options:
    """Return what the program would be asked for by a shell that runs `text`."""
    name, *arguments = shlex.split(text)
    assert name == "rnnviz"
    return parse(arguments)


def settings_of(options: Options) -> Settings:
    """Return the settings that the program begins with, as `open_as` puts them together."""
    settings = options.settings or PRESETS[options.preset].settings
    if options.slip is None:
        return settings
    both = options.both_directions
    beside = LockstepSettings(on=True, slip=options.slip, both_directions=both)
    return settings.model_copy(update={"lockstep": beside})


@given(settings=every_settings())
def test_settings_come_back(settings):
    assert settings_of(parsed(command_of(Moment(settings), ()))) == settings


@given(settings=every_settings())
def test_it_is_one_line_of_plain_characters(settings):
    text = command_of(Moment(settings), ())
    assert text.isascii()
    assert text.isprintable()


@pytest.mark.parametrize("name", PRESETS)
def test_a_preset_is_called_by_its_name(name):
    assert command_of(Moment(PRESETS[name].settings), ()) == f"rnnviz --preset {name}"


@pytest.mark.parametrize("slip", SLIPS)
@pytest.mark.parametrize("both", [False, True])
@pytest.mark.parametrize("on", [False, True])
def test_what_runs_side_by_side(slip, both, on):
    beside = LockstepSettings(on=on, slip=slip, both_directions=both)
    settings = PRESETS["hello"].settings.model_copy(update={"lockstep": beside})
    text = command_of(Moment(settings), ())
    assert settings_of(parsed(text)) == settings
    said = on and (not both or slip == "output_h_n")
    assert ("--side-by-side" in text) == said


def test_where_one_is_and_what_is_open():
    settings = PRESETS["exercise-rnn"].settings
    moment = Moment(settings, selection=Selection(1, 2, Pin("output", 3)), cursor=7)
    options = parsed(command_of(moment, ("unrolled", "code")))
    assert (options.sequence, options.layer, options.pin) == (1, 2, ("output", 3))
    assert (options.steps, options.open) == (7, ("unrolled", "code"))


@pytest.mark.parametrize(
    "text", ['it\'s "a" $HOME `ls` \\ ! ~ * ;|&\n\t', "√2 – schön", "\ud800", "--preset"]
)
def test_texts_that_a_shell_would_read_otherwise(text):
    source = sequences.SEQUENCES["text"](text=text)
    settings = Settings(sequence=SequenceSettings(source=source))
    assert settings_of(parsed(command_of(Moment(settings), ()))) == settings


def test_only_what_is_not_as_by_default_is_written():
    settings = Settings(sequence=SequenceSettings(length=77))
    text = command_of(Moment(settings), ())
    assert text == "rnnviz --settings '" + '{"sequence":{"length":77}}' + "'"


def test_numbers_of_files_are_not_held_by_a_command():
    scheme = initialization.Loaded(tensors={"W_hh": Stored(np.zeros((2, 2)))})
    settings = Settings(initialization=InitializationSettings(scheme=scheme))
    with pytest.raises(ValueError, match=r"come from a file.*File > Save"):
        command_of(Moment(settings), ())


def test_neither_are_recorded_states_and_those_of_the_run_before():
    with pytest.raises(ValueError, match="come from a recording"):
        command_of(Moment(Settings(replay=object())), ())
    carry = Settings(sequence=SequenceSettings(start_state="carry"))
    with pytest.raises(ValueError, match="the last state of the one before"):
        command_of(Moment(carry, carried=torch.zeros(1, 1, 20)), ())
    assert settings_of(parsed(command_of(Moment(carry), ()))) == carry


def test_a_command_that_is_too_long(monkeypatch):
    monkeypatch.setattr(command, "MAX_COMMAND", 20)
    with pytest.raises(ValueError, match=r"would have \d+ characters; at most 20"):
        command_of(Moment(Settings(sequence=SequenceSettings(length=77))), ())


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{", "this is no JSON"),
        ("[" * 100_000, "this is no JSON"),
        ("3", "Input should be a valid dictionary"),
        ('{"network":{"hidden_size":0}}', "network.hidden_size: Input should be greater"),
        ('{"network":{"kind":"lstm"}}', "network.kind"),
        ('{"what":1}', "what: Extra inputs"),
        (
            '{"initialization":{"scheme":{"name":"file","tensors":{"a":{"sha256":"0"}}}}}',
            "are not there",
        ),
    ],
)
def test_settings_that_are_none_end_with_one_line(capsys, text, said):
    with pytest.raises(SystemExit) as ended:
        parse(["--settings", text])
    assert ended.value.code == 2
    error = capsys.readouterr().err
    assert said in error
    assert error.count("\n") == 1


def test_settings_or_a_preset(capsys):
    with pytest.raises(SystemExit):
        parse(["--preset", "hello", "--settings", "{}"])
    assert "exclude each other" in capsys.readouterr().err
    assert parse(["--settings", "{}"]).settings == Settings()
