"""The plot of a growing difference, in the columns of the timeline's rows."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtGui import QPalette
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from rnnviz.views.growth import GrowthPlot
from rnnviz.views.growth_pieces import Line
from rnnviz.widgets.metrics import SMALL, TITLE, TITLE_WIDTH

OF_EACH_STEP = "largest difference\nof each step"
DOTTED = ";\ndotted: from the\nsame state"


class GrowthRow(QWidget):
    """The plot with its title, in the columns of the timeline's rows."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.plot = GrowthPlot(self)
        self._title = QLabel("Growth", self)
        self._note = QLabel(OF_EACH_STEP, self)
        self._note.setForegroundRole(QPalette.ColorRole.PlaceholderText)
        side = QVBoxLayout()
        side.setSpacing(0)
        side.addWidget(self._title)
        side.addWidget(self._note)
        side.addStretch(1)
        self._side = QWidget(self)
        self._side.setLayout(side)
        side.setContentsMargins(20, 0, 0, 0)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self._side)
        layout.addWidget(self.plot, 1)
        self.set_text_scale(1.0)

    def set_lines(self, lines: Sequence[Line]) -> None:
        """Draw other lines."""
        self.plot.set_lines(lines)
        dotted = any(line.style == "dots" for line in lines)
        self._note.setText(OF_EACH_STEP + (DOTTED if dotted else ""))

    def set_range(self, low: float, high: float) -> None:
        """Show x from `low` to `high`."""
        self.plot.set_range(low, high)

    def set_step(self, t: int) -> None:
        """Mark the step of the cursor."""
        self.plot.set_step(t)

    def set_right_gutter(self, width: int) -> None:
        """Set the width of what is beside the lines."""
        self.plot.set_right_gutter(width)

    def set_text_scale(self, scale: float) -> None:
        """Scale the type."""
        self._side.setFixedWidth(round(TITLE_WIDTH * scale))
        for label, size in ((self._title, TITLE), (self._note, SMALL)):
            font = label.font()
            font.setPixelSize(round(size * scale))
            label.setFont(font)
        self.plot.set_text_scale(scale)
