"""Settings that come with the program, one JSON file each in ``resources/presets``."""

from __future__ import annotations

from rnnviz.assets import asset
from rnnviz.fields import Frozen
from rnnviz.initialization import AnyScheme
from rnnviz.settings import Settings

FIRST = "hello"
"""The preset of the first start."""


class TryLine(Frozen):
    """One thing to try with a preset.

    Attributes
    ----------
    text : str
        What to do and what to see.
    until_step : int, optional
        The next line comes when the cursor goes beyond this step.
    button : str
        The text of a button that does `overrides` at a click; none if empty.
    overrides : dict
        Schemes for single parameters.
    """

    text: str
    until_step: int | None = None
    button: str = ""
    overrides: dict[str, AnyScheme] = {}


class Preset(Frozen):
    """A named setup.

    Attributes
    ----------
    title, sentence : str
        What the user reads.
    position : int
        The place in the menu.
    settings : Settings
    tries : tuple of TryLine
        Shown one after the other under the equation.
    """

    title: str
    sentence: str
    position: int
    settings: Settings
    tries: tuple[TryLine, ...] = ()


def load_presets() -> dict[str, Preset]:
    """Read all presets, by file name without its ending, in the order of the menu."""
    files = asset("presets").glob("*.json")
    found = {f.stem: Preset.model_validate_json(f.read_text(encoding="utf-8")) for f in files}
    return dict(sorted(found.items(), key=lambda item: item[1].position))
