"""The pictures of the documentation: each is made by a command that is written beside it."""

import re
import shlex
from pathlib import Path

import pytest

from rnnviz.cli import parse
from rnnviz.presets import load_presets

DOCS = Path(__file__).parents[2] / "docs"
EXERCISE = (DOCS / "exercise.md").read_text(encoding="utf-8")
COMMANDS = [line for line in EXERCISE.splitlines() if line.startswith("rnnviz --")]


def test_every_picture_has_its_command_and_is_there():
    shown = re.findall(r"\(images/([\w-]+\.png)\)", EXERCISE)
    made = [parse(shlex.split(command)[1:]).screenshot.name for command in COMMANDS]
    assert sorted(shown) == sorted(made)
    assert all((DOCS / "images" / name).stat().st_size > 10_000 for name in shown)


@pytest.mark.parametrize("command", COMMANDS)
def test_a_command_is_one_that_the_program_takes(command):
    options = parse(shlex.split(command)[1:])
    assert options.preset in load_presets()
    assert options.steps <= load_presets()[options.preset].settings.sequence.steps


def test_the_presets_that_it_names_exist():
    titles = {preset.title for preset in load_presets().values()}
    named = re.findall(r"\*\*Presets > ([^*]+)\*\*", EXERCISE)
    named += re.findall(r"\| (Exercise: [^|]+) \|", EXERCISE)
    assert named and {name.strip() for name in named} <= titles
