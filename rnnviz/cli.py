"""The command line."""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import rnnviz
from rnnviz.lockstep import SLIPS, THREE_NETWORKS

if TYPE_CHECKING:
    from rnnviz.selection import Part
    from rnnviz.settings import Settings
    from rnnviz.window import MainWindow

EXPLAINING = ("unrolled", "inspector", "code")
"""The docks that are closed at first."""
EXPORTED = ("page", "timeline", "equation", "lockstep", "unrolled", "inspector")
"""What --export can draw; `rnnviz.figures.subjects.VIEWS`, without loading them."""
SIZE_LIMITS = (320, 16_384)


@dataclass(frozen=True)
class Options:
    """What the command line asked for."""

    preset: str | None = None
    screenshot: Path | None = None
    steps: int = 0
    size: tuple[int, int] | None = None
    theme: str | None = None
    project: bool = False
    slip: str | None = None
    both_directions: bool = False
    open: tuple[str, ...] = ()
    pin: tuple[Part, int] | None = None
    settings: Settings | None = None
    layer: int = 0
    sequence: int = 0
    files: tuple[Path, ...] = ()
    weights: tuple[Path, ...] = ()
    data: tuple[Path, ...] = ()
    export: Path | None = None
    export_view: str = "page"
    scale: int | None = None


def open_as(window: MainWindow, options: Options) -> Iterable[None]:
    """Open in a filled window what the command line asked for beside the preset.

    Returns
    -------
    iterable
        What is left to do, as files take their time: the event loop has to run between two pieces.

    Raises
    ------
    ValueError
        If the network has no such unit, or what is asked for would take too much memory.
    """
    if options.files or options.weights or options.data:
        return _open_files(window, options)
    _look(window, options)
    return ()


def _open_files(window: MainWindow, options: Options) -> Iterator[None]:
    window.open_files(options.files)
    window.open_files(options.weights, "weights")
    window.open_files(options.data, "data")
    while window.opening:
        yield
    _look(window, options)


def _look(window: MainWindow, options: Options) -> None:
    from rnnviz.selection import Pin
    from rnnviz.settings import LockstepSettings

    session = window.session
    if options.sequence or options.layer:
        session.select(sequence=options.sequence, layer=options.layer)
    if options.pin is not None:
        session.select(pin=Pin(*options.pin))
    for name in options.open:
        window.open_dock(name)
    if options.slip is not None:
        both = options.both_directions
        session.apply_lockstep(LockstepSettings(on=True, slip=options.slip, both_directions=both))
    if options.steps:
        session.seek(options.steps)
    window.set_projection(options.project)


class _Parser(argparse.ArgumentParser):
    """Ends with one line on standard error and exit code 2."""

    def error(self, message: str) -> NoReturn:
        self.exit(2, f"rnnviz: {message}\n")


def parse(argv: Sequence[str]) -> Options:
    """Read the arguments; a wrong one ends the program with one line and exit code 2."""
    given = _parser().parse_args(argv)
    if given.list_presets:
        _list_presets()
        sys.exit(0)
    if given.preset is not None:
        _check_preset(given.preset)
        if given.settings is not None:
            _parser().error("--preset and --settings exclude each other")
    if given.both_directions and given.side_by_side != "output_h_n":
        _parser().error("--both-directions belongs to --side-by-side output_h_n")
    return Options(
        given.preset,
        given.screenshot,
        given.steps,
        given.size,
        given.theme,
        given.project,
        given.side_by_side,
        given.both_directions,
        tuple(given.open),
        given.pin,
        given.settings,
        given.layer,
        given.sequence,
        tuple(given.files),
        tuple(given.weights),
        tuple(given.data),
        given.export,
        given.export_view,
        given.scale,
    )


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(
        prog="rnnviz",
        description="Step a sequence through a recurrent network and watch every number.",
    )
    add = parser.add_argument
    add("--preset", metavar="NAME", help="open a preset (see --list-presets)")
    add("files", metavar="FILE", type=Path, nargs="*", help="open this, such as a .rnnviz session")
    add("--weights", metavar="FILE", type=Path, action="append", default=[],
        help="open the weights of this checkpoint")  # fmt: skip
    add("--data", metavar="FILE", type=Path, action="append", default=[],
        help="let the numbers, or the text, of this file go in")  # fmt: skip
    add("--settings", metavar="JSON", type=_settings,
        help="open these settings, as File > Copy as command writes them")  # fmt: skip
    add("--list-presets", action="store_true", help="list the presets and end")
    add("--project", action="store_true", help="start in projection: full screen, large type")
    add("--side-by-side", metavar="NAME", nargs="?", const=THREE_NETWORKS, choices=tuple(SLIPS),
        help="run other networks beside this one: the three kinds, or one of "
        f"{', '.join(name for name in SLIPS if name != THREE_NETWORKS)}")  # fmt: skip
    add("--open", metavar="DOCK", action="append", default=[], choices=EXPLAINING,
        help=f"open what explains: {', '.join(EXPLAINING)} (may be repeated)")  # fmt: skip
    add("--both-directions", action="store_true",
        help="with --side-by-side output_h_n: let the network read from the end too")  # fmt: skip
    add("--pin", metavar="UNIT", type=_pin, help="write out the sum of a unit: h2, or y0")
    add("--layer", metavar="N", type=_steps, default=0, help="look at this layer, from 0")
    add("--sequence", metavar="N", type=_steps, default=0,
        help="look at this sequence of the batch, from 0")  # fmt: skip
    add("--screenshot", metavar="FILE", type=Path, help="draw the window to a PNG file and end")
    add("--steps", metavar="N", type=_steps, default=0, help="go N steps first")
    add("--export", metavar="FILE", type=Path,
        help="write a figure (.png, .svg, .pdf), the record (.npz, .csv, .safetensors), or a film "
        "of the steps 0 to N (.gif, .mp4), and end")  # fmt: skip
    add("--export-view", choices=EXPORTED, default=EXPORTED[0],
        help=f"with --export: what is drawn (default: {EXPORTED[0]})")  # fmt: skip
    add("--scale", type=int, choices=range(1, 5),
        help="with --export: pixels of a .png for each logical one (default: 2)")  # fmt: skip
    add("--size", metavar="WxH", type=_size,
        help="the size of the window (default: 1440x900), or of what is exported")  # fmt: skip
    add("--theme", choices=("dark", "light"),
        help="the theme (default: dark, with --export light)")  # fmt: skip
    add("--version", action="version", version=f"rnnviz {rnnviz.__version__}")
    return parser


def _steps(text: str) -> int:
    if not (text.isascii() and text.isdigit()):
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number from 0")
    return int(text)


def _settings(text: str) -> Settings:
    from rnnviz.saving.command import settings_from

    try:
        return settings_from(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from error


def _pin(text: str) -> tuple[Part, int]:
    match = re.fullmatch(r"([hy])(\d{1,6})", text, re.ASCII)
    if match is None:
        raise argparse.ArgumentTypeError(f"{text!r} is not a unit such as h2 or y0")
    return ("hidden" if match[1] == "h" else "output"), int(match[2])


def _size(text: str) -> tuple[int, int]:
    match = re.fullmatch(r"(\d{1,6})x(\d{1,6})", text, re.ASCII)
    low, high = SIZE_LIMITS
    size = (int(match[1]), int(match[2])) if match else (0, 0)
    if not all(low <= side <= high for side in size):
        raise argparse.ArgumentTypeError(
            f"{text!r} is not a size such as 1280x720, from {low} to {high} each"
        )
    return size


def _check_preset(name: str) -> None:
    from rnnviz.presets import load_presets

    presets = load_presets()
    if name not in presets:
        _parser().error(f"there is no preset {name!r}; there are: {', '.join(presets)}")


def _list_presets() -> None:
    from rnnviz.presets import load_presets

    presets = load_presets()
    width = max(map(len, presets))
    for name, preset in presets.items():
        print(f"{name:<{width}}  {preset.sentence}")
