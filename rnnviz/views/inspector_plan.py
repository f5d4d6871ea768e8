"""How the inspector's rows are laid out: which columns, how wide, in how many lines."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from PySide6.QtCore import QRectF
from PySide6.QtGui import QFont

from rnnviz.views.inspector_rows import DECIMALS, Row
from rnnviz.views.notation import number
from rnnviz.views.step_label import Type
from rnnviz.views.symbols import Symbols, tabular
from rnnviz.widgets.metrics import SMALL, TEXT

LEAST_DECIMALS = 2
LEAST_BARS = 130
"""Beside the texts; where less room is left, the bars stand below them."""
GAP, LINE, BAR_LINE, BAR, SPACE = 12, 18, 16, 10, 5
"""Between columns; of a line of text, of a line with a bar, of the bar; between rows."""
CALCULATION = "weight × input = product"
SO_FAR = "sum so far"


class Fonts:
    """The type of the rows: names, numbers, the bold last number, calculations and heads."""

    def __init__(self, font: QFont, scale: float) -> None:
        self.names = Symbols(font, TEXT * scale)
        self.numbers = Type(tabular(font, TEXT * scale))
        self.bold = Type(tabular(font, TEXT * scale, bold=True))
        self.small = Type(tabular(font, SMALL * scale))


@dataclass(frozen=True)
class Plan:
    """Columns side by side, or up to three lines of them.

    Attributes
    ----------
    lines : int
        1: all side by side. 2: the bar below the texts. 3: the calculation below the name, too.
    decimals : int
        Of the calculations.
    name, calculation, end : float
        Widths of the columns.
    scale : float
        Of the type.
    """

    lines: int
    decimals: int
    name: float
    calculation: float
    end: float
    scale: float

    @property
    def head(self) -> float:
        """How high the head is."""
        return (LINE + SPACE) * self.scale

    @property
    def row(self) -> float:
        """How high a row is."""
        lines = LINE if self.lines == 1 else (self.lines - 1) * LINE + BAR_LINE
        return (lines + SPACE) * self.scale

    @property
    def bar_middle(self) -> float:
        """How far below a row's top the middle of its bar is."""
        lines = LINE / 2 if self.lines == 1 else (self.lines - 1) * LINE + BAR_LINE / 2
        return lines * self.scale

    @property
    def calculation_end(self) -> float | None:
        """Where a calculation ends if it has a column of its own."""
        beside = self.name + GAP * self.scale + self.calculation
        return beside if self.lines == 1 else None

    def bar_area(self, row: QRectF) -> QRectF:
        """Return where the bar of a row may be."""
        gap, height = GAP * self.scale, BAR * self.scale
        left = 0.0 if self.calculation_end is None else self.calculation_end + gap
        top = row.top() + self.bar_middle - height / 2
        return QRectF(left, top, row.right() - self.end - gap - left, height)


class Measures:
    """What the texts of some rows measure, found out when it is asked for."""

    def __init__(self, rows: tuple[Row, ...], fonts: Fonts, scale: float) -> None:
        self._rows, self._fonts, self._scale = rows, fonts, scale
        self._calculations: dict[int, float] = {}
        self._plans: dict[float, Plan] = {}

    def plan(self, width: float) -> Plan:
        """Return the layout with the fewest lines, and the most decimals that leave room."""
        if width not in self._plans:
            self._plans[width] = self._planned(width)
        return self._plans[width]

    def _planned(self, width: float) -> Plan:
        gap, calculation = GAP * self._scale, self._calculation
        beside = self._name + calculation(DECIMALS) + self._end + 3 * gap
        if beside + LEAST_BARS * self._scale <= width:
            return self._plan(1, DECIMALS)
        for decimals in range(DECIMALS, LEAST_DECIMALS - 1, -1):
            if self._name + gap + calculation(decimals) <= width:
                return self._plan(2, decimals)
        return self._plan(3, DECIMALS)

    def _plan(self, lines: int, decimals: int) -> Plan:
        calculation = self._calculation(decimals)
        return Plan(lines, decimals, self._name, calculation, self._end, self._scale)

    @cached_property
    def _name(self) -> float:
        return max((self._fonts.names.width(row.name) for row in self._rows), default=0.0)

    @cached_property
    def _end(self) -> float:
        wide = self._fonts.bold.metrics.horizontalAdvance
        ends = [wide(number(row.end, DECIMALS)) for row in self._rows]
        return max([self._fonts.small.metrics.horizontalAdvance(SO_FAR), *ends])

    def _calculation(self, decimals: int) -> float:
        """Return how wide calculations are: at least as wide as usual ones, to stay so."""
        if decimals not in self._calculations:
            zero = f"−{0:.{decimals}f}"
            texts = [row.calculation(decimals) for row in self._rows if row.factors]
            wide = self._fonts.small.metrics.horizontalAdvance
            widths = (wide(text) for text in (f"{zero} × {zero} = {zero}", *texts))
            self._calculations[decimals] = max(widths)
        return self._calculations[decimals]
