"""What nn.RNN returns, outlined in all of its states: ``output`` and ``h_n``."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import QLabel, QSizePolicy, QVBoxLayout, QWidget

from rnnviz.analysis.scales import nice_limit
from rnnviz.lockstep.grid import OutputGrid
from rnnviz.views.lockstep_grid_lanes import GridLanes
from rnnviz.views.lockstep_grid_words import key, lane_name, note, note_rich, shapes
from rnnviz.views.symbols import tabular
from rnnviz.widgets.colours import Inks
from rnnviz.widgets.metrics import SMALL, TEXT


class GridPicture(QWidget):
    """Layers x time, the top layer above; below, what it teaches and what the letters mean."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("view.lockstep.grid")
        self.setAccessibleName("What nn.RNN returns")
        self._grid: OutputGrid | None = None
        self.lanes = GridLanes()
        self._note, self._key = QLabel(), QLabel()
        self._note.setObjectName("view.lockstep.grid.note")
        self._key.setForegroundRole(QPalette.ColorRole.PlaceholderText)
        self._key.setTextFormat(Qt.TextFormat.PlainText)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(12, 8, 12, 8)
        layout.setSpacing(4)
        layout.addWidget(self.lanes, 1)
        for label in (self._note, self._key):
            label.setWordWrap(True)
            layout.addWidget(label)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Expanding)
        self.set_text_scale(1.0)

    def set_grid(self, grid: OutputGrid) -> None:
        """Show these states."""
        limit = colour_limit(grid)
        self._grid = grid
        self.lanes.set_grid(grid, limit)
        self._note.setText(note_rich(grid, Inks.of(self.palette())))
        self._key.setText(key(grid, limit))
        self.setAccessibleDescription(self.text())

    def text(self) -> str:
        """Return what is shown, in words."""
        grid = self._grid
        if grid is None:
            return ""
        ends = (
            f"{lane_name(grid, lane)} ends at t = {grid.last_step(lane) + 1}: h_n[{lane}]"
            for lane in range(len(grid.states))
        )
        returned = (f"{name} {shape}" for name, shape in shapes(grid).items())
        return "\n".join([*returned, *ends, note(grid), self._key.text()])

    def set_text_scale(self, scale: float) -> None:
        """Scale the type."""
        self.lanes.set_text_scale(scale)
        self._note.setFont(tabular(self._note.font(), TEXT * scale))
        self._key.setFont(tabular(self._key.font(), SMALL * scale))

    # Qt's own

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange and self._grid is not None:
            self._note.setText(note_rich(self._grid, Inks.of(self.palette())))


def colour_limit(grid: OutputGrid) -> float:
    """Return 1 where no state is larger, as under tanh, else the limit of the largest."""
    finite = np.abs(grid.states[np.isfinite(grid.states)])
    return nice_limit(max(1.0, float(finite.max(initial=0.0))))
