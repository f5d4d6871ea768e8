"""The colours and sizes of type that the unrolled network is painted in."""

from __future__ import annotations

from dataclasses import dataclass
from math import isfinite

import numpy as np
from PySide6.QtGui import QColor, QFont, QPalette

from rnnviz.views.unrolled_symbols import Script
from rnnviz.widgets.colours import Inks, colour_table, is_dark
from rnnviz.widgets.metrics import SMALL, TEXT, TITLE
from rnnviz.widgets.raster import Colouring

KEPT = 0.5
"""So much is left of the colours of what comes after the cursor."""


@dataclass(frozen=True)
class Look:
    """What a theme, a font and a scale make of the drawing.

    Attributes
    ----------
    inks : Inks
    base, border : QColor
        Within boxes and empty circles, and around them.
    dark : bool
    script : Script
    scale : float
        Of the type and of everything else.
    """

    inks: Inks
    base: QColor
    border: QColor
    dark: bool
    script: Script
    scale: float

    @classmethod
    def of(cls, palette: QPalette, font: QFont, scale: float) -> Look:
        """Return the look of a widget."""
        base, border = palette.color(palette.ColorRole.Base), palette.color(palette.ColorRole.Mid)
        return cls(Inks.of(palette), base, border, is_dark(palette), Script(font), scale)

    @property
    def name(self) -> float:
        """The size of names on arrows and in boxes."""
        return TEXT * self.scale

    @property
    def number(self) -> float:
        """The size of numbers and of a step's label."""
        return SMALL * self.scale

    @property
    def sign(self) -> float:
        """The size of dots."""
        return TITLE * self.scale

    def of_norm(self, norm: float, limit: float) -> QColor:
        """Return the colour of a norm: that of a unit as far along its own range."""
        known = min(norm, limit) if isfinite(norm) else norm
        colouring = Colouring(colour_table(self.dark), -limit, limit)
        return QColor.fromRgb(int(colouring(np.array([known]))[0]))

    def dimmed(self, colour: QColor) -> QColor:
        """Return a colour as it is after the cursor: on its way into the window's."""
        one, other, share = colour, self.inks.window, 1 - KEPT
        return QColor(
            round(one.red() + share * (other.red() - one.red())),
            round(one.green() + share * (other.green() - one.green())),
            round(one.blue() + share * (other.blue() - one.blue())),
        )
