"""The colours of heatmaps: diverging maps around zero, and the inks drawn over them."""

from dataclasses import dataclass
from functools import lru_cache

from PySide6.QtGui import QColor, QPalette

from rnnviz import colour_map
from rnnviz.colour_map import colour_table as colour_table
from rnnviz.colour_map import lookup_table as lookup_table

NOT_FINITE = QColor(colour_map.NOT_FINITE)
"""The colour of NaN and infinity: a purple that neither map contains."""


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
