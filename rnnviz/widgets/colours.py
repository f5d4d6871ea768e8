"""The colours of heatmaps: diverging maps around zero, and the inks drawn over them."""

from dataclasses import dataclass
from functools import cache, lru_cache

import numpy as np
from numpy.typing import NDArray
from PySide6.QtGui import QColor, QPalette

NOT_FINITE = QColor("#c21fd6")
"""The colour of NaN and infinity: a purple that neither map contains."""

# Blue for negative and red for positive in both maps; that pair survives every common colour
# blindness. In the dark one zero recedes, just above the panel's colour, and both ends are bright;
# in the light one zero is white (that of CET-D1A, the next best, is pink beside a white window).
_DARK_STOPS = (
    "#8ed0ff", "#5fb0f7", "#3a88d8", "#275f9f", "#24405f",
    "#262a32",
    "#5e332f", "#9c3f31", "#d65d40", "#f5805c", "#ffa583",
)  # fmt: skip
_LIGHT_STOPS = (
    "#12265f", "#1f479c", "#3d71cf", "#7fa6ea", "#bed3f7",
    "#ffffff",
    "#fad0c2", "#f0977d", "#d85a43", "#ab2a26", "#6d0f17",
)  # fmt: skip


@dataclass(frozen=True)
class Inks:
    """The colours that a heatmap takes from the palette.

    Attributes
    ----------
    window : QColor
        Where nothing is drawn, and between squares.
    text, muted : QColor
        Labels.
    accent : QColor
        The cursor and the selection.
    focus : QColor
        The ring round what the keyboard reached.
    """

    window: QColor
    text: QColor
    muted: QColor
    accent: QColor
    focus: QColor

    @classmethod
    def of(cls, palette: QPalette) -> "Inks":
        """Return the inks of a palette."""
        role = QPalette.ColorRole
        return cls(
            window=palette.color(role.Window),
            text=palette.color(role.Text),
            muted=palette.color(role.PlaceholderText),
            accent=palette.color(role.Accent),
            focus=palette.color(role.Link),
        )


def is_dark(palette: QPalette) -> bool:
    """Return whether a palette's windows are dark."""
    return palette.color(QPalette.ColorRole.Window).lightnessF() < 0.5


@cache
def lookup_table(dark: bool) -> NDArray[np.uint32]:
    """Return the diverging map: uint32 (256,), ARGB, from the lowest value to the highest."""
    stops = _DARK_STOPS if dark else _LIGHT_STOPS
    colours = [QColor(stop) for stop in stops]
    channels = np.array([(c.red(), c.green(), c.blue()) for c in colours], np.float64).T
    at, known = np.linspace(0, 1, 256), np.linspace(0, 1, len(stops))
    red, green, blue = (np.interp(at, known, channel).astype(np.uint32) for channel in channels)
    table: NDArray[np.uint32] = 0xFF000000 | red << 16 | green << 8 | blue
    table.flags.writeable = False  # it is shared
    return table


@cache
def colour_table(dark: bool) -> NDArray[np.uint32]:
    """Return `lookup_table` and, as entry 256, the colour of what is not finite."""
    table = np.append(lookup_table(dark), np.uint32(NOT_FINITE.rgba()))
    table.flags.writeable = False
    return table


def luminance(colour: QColor) -> float:
    """Return the relative luminance, 0 to 1 (WCAG 2.2)."""
    red, green, blue = (
        channel / 12.92 if channel <= 0.04045 else ((channel + 0.055) / 1.055) ** 2.4
        for channel in (colour.redF(), colour.greenF(), colour.blueF())
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: QColor, other: QColor) -> float:
    """Return the contrast of two colours, 1 to 21 (WCAG 2.2)."""
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


@lru_cache(maxsize=1024)
def text_on(colour: int) -> QColor:
    """Return black or white, whichever reads better on a colour (ARGB); at least 4.5:1."""
    # Both reach sqrt(21) = 4.58 where the luminance is sqrt(1.05 * 0.05) - 0.05.
    light = luminance(QColor.fromRgb(colour)) > 0.1791
    return QColor("black") if light else QColor("white")
