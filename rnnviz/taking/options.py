"""What is exported, and how: what the dialog asks and the command line says."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from PySide6.QtGui import QPalette

from rnnviz.figures import figure as figures
from rnnviz.figures.figure import Figure
from rnnviz.figures.subjects import PAGE
from rnnviz.formats import trace_file
from rnnviz.taking import encoding
from rnnviz.taking.filming import Film
from rnnviz.theme import THEMES, palette

What = Literal["figure", "record", "film"]
SUFFIXES: dict[What, tuple[str, ...]] = {
    "figure": figures.SUFFIXES,
    "record": trace_file.SUFFIXES,
    "film": encoding.SUFFIXES,
}
AS_ON_SCREEN, OWN = "screen", "own"
SIZES = {"1280x720": (1280, 720), "1920x1080": (1920, 1080)}
LEAST_SIDE, MOST_SIDE = 160, 8192
MOST_SPEED = 50
"""Frames a second: a GIF counts in hundredths of a second, and no program shows one in one."""


@dataclass(frozen=True)
class Options:
    """What is exported; the rest of the fields belongs to one or two of the three.

    Attributes
    ----------
    what : str
        ``figure``, ``record`` or ``film``.
    view : str
    title : str
    theme : str
        ``screen``, or one of `THEMES`.
    size : str
        ``screen``, one of `SIZES`, or ``own``: `width` and `height`.
    width, height : int
    scale : int
    first, last : int
    speed : int
    """

    what: What = "figure"
    view: str = PAGE
    title: str = ""
    theme: str = "light"
    size: str = AS_ON_SCREEN
    width: int = 1280
    height: int = 720
    scale: int = 2
    figure_format: str = ".png"
    record_format: str = ".npz"
    film_format: str = ".gif"
    first: int = 0
    last: int = 0
    speed: int = 4

    @property
    def suffix(self) -> str:
        """How the file's name ends."""
        return str(getattr(self, f"{self.what}_format"))

    @property
    def pixels(self) -> tuple[int, int] | None:
        """Width and height; None: as on the screen."""
        return (self.width, self.height) if self.size == OWN else SIZES.get(self.size)

    @property
    def colours(self) -> QPalette | None:
        """The palette; None: that of the program."""
        return None if self.theme == AS_ON_SCREEN else palette(THEMES[self.theme])

    def figure(self) -> Figure:
        """Return the figure that is meant."""
        return Figure(self.view, self.title, self.pixels, self.scale, self.colours)

    def film(self) -> Film:
        """Return the film that is meant."""
        return Film(self.first, self.last, self.speed, self.pixels, self.colours, self.view)


def what_is(suffix: str) -> What:
    """Return what a file that ends with `suffix` holds.

    Raises
    ------
    ValueError
        If nothing is written like that.
    """
    for what, suffixes in SUFFIXES.items():
        if suffix.lower() in suffixes:
            return what
    known = ", ".join(suffix for suffixes in SUFFIXES.values() for suffix in suffixes)
    raise ValueError(f"Nothing is written as {suffix or 'a file without an ending'}: use {known}.")


def sentence_about(path_name: str, error: BaseException) -> str:
    """Return why a file was not written."""
    if isinstance(error, OSError):
        return f"{path_name} was not written: {error.strerror or error}."
    if isinstance(error, MemoryError):
        return f"{path_name} was not written: there is too little memory."
    said = str(error).strip().splitlines()
    return said[0] if said else f"{path_name} was not written: {type(error).__name__}."
