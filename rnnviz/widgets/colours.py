"""The colours of heatmaps: diverging maps around zero, and the inks drawn over them."""

from dataclasses import dataclass
from functools import cache

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray
from PySide6.QtGui import QColor, QPalette

NOT_FINITE = QColor("#c21fd6")
"""The colour of NaN and infinity: a purple that neither map contains."""

# Blue for negative and red for positive in both maps; that pair survives every common colour
# blindness. In the dark one zero recedes, just above the panel's colour, and both ends are bright.
_DARK_STOPS = (
    "#b9e1ff", "#7cc3ff", "#3d97ea", "#2266b0", "#254267",
    "#262a32",
    "#65332f", "#ab3f31", "#ea6647", "#ff9f80", "#ffd2bf",
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
    if dark:
        colour_map = pg.ColorMap(np.linspace(0, 1, len(_DARK_STOPS)), list(_DARK_STOPS))
    else:
        colour_map = pg.colormap.get("CET-D1A")
    red, green, blue = colour_map.getLookupTable(nPts=256, alpha=False).astype(np.uint32).T
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
    channels = np.array(colour.getRgbF()[:3])
    linear = np.where(channels <= 0.04045, channels / 12.92, ((channels + 0.055) / 1.055) ** 2.4)
    return float(linear @ [0.2126, 0.7152, 0.0722])


def contrast(one: QColor, other: QColor) -> float:
    """Return the contrast of two colours, 1 to 21 (WCAG 2.2)."""
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def text_on(colour: QColor) -> QColor:
    """Return black or white, whichever reads better on `colour` (at least 4.5:1)."""
    # Both reach sqrt(21) = 4.58 where the luminance is sqrt(1.05 * 0.05) - 0.05.
    return QColor("black") if luminance(colour) > 0.1791 else QColor("white")
