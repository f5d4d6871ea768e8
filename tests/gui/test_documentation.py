"""The pictures of the documentation: each is made by a command that is written beside it."""

import re
import shlex
from pathlib import Path

import pytest

from rnnviz.cli import parse
from rnnviz.presets import load_presets

DOCS = Path(__file__).parents[2] / "docs"
EXERCISE = (DOCS / "exercise.md").read_text(encoding="utf-8")
PAGES = {"exercise": EXERCISE, "your-own": (DOCS / "your-own.md").read_text(encoding="utf-8")}


def commands_of(page):
    return [line for line in page.splitlines() if line.startswith("rnnviz --")]


COMMANDS = [command for page in PAGES.values() for command in commands_of(page)]


@pytest.mark.parametrize("page", PAGES.values(), ids=PAGES)
def test_every_picture_has_its_command_and_is_there(page):
    shown = re.findall(r"\(images/([\w-]+\.png)\)", page)
    made = [parse(shlex.split(command)[1:]).screenshot.name for command in commands_of(page)]
    assert sorted(shown) == sorted(made)
    assert all((DOCS / "images" / name).stat().st_size > 10_000 for name in shown)


@pytest.mark.parametrize("command", COMMANDS)
def test_a_command_is_one_that_the_program_takes(command):
    options = parse(shlex.split(command)[1:])
    if options.preset is None:
        files = (*options.files, *options.weights, *options.data)
        assert files and all((DOCS.parent / file).is_file() for file in files)
        return
    assert options.steps <= load_presets()[options.preset].settings.sequence.steps


def test_the_presets_that_it_names_exist():
    titles = {preset.title for preset in load_presets().values()}
    named = re.findall(r"\*\*Presets > ([^*]+)\*\*", EXERCISE)
    named += re.findall(r"\| (Exercise: [^|]+) \|", EXERCISE)
    assert named and {name.strip() for name in named} <= titles
