"""The status bar: what was just done, the square under the pointer, the shapes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtGui import QPalette
from PySide6.QtWidgets import QLabel, QStatusBar, QWidget

if TYPE_CHECKING:
    from rnnviz.session import Session

TEXT = 13
EDGE = 12
NOTICE_MILLISECONDS = 12_000


class Status(QStatusBar):
    """A line along the lower edge of the window."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._square, self._shapes = QLabel(), QLabel()
        self._square.setObjectName("status.square")
        self._shapes.setObjectName("status.shapes")
        self._shapes.setToolTip("The shapes of inputs, states and outputs, as torch writes them.")
        self._shapes.setForegroundRole(QPalette.ColorRole.PlaceholderText)
        self._shapes.setContentsMargins(0, 0, EDGE, 0)
        self.addPermanentWidget(self._square)
        self.addPermanentWidget(self._shapes)
        self.setSizeGripEnabled(False)

    def say(self, sentence: str) -> None:
        """Show for a while what was just done, or is done now: it is on the screen at once."""
        self.showMessage(sentence, NOTICE_MILLISECONDS)
        self.repaint()

    def show_square(self, text: str) -> None:
        """Show what lies under the pointer."""
        self._square.setText(text)

    def show_shapes(self, session: Session) -> None:
        """Show the shapes and the number of parameters, as torch writes them."""
        run, network = session.run, session.settings.network
        steps, batch = run.length, run.batch_size
        parts = [
            f"x ({steps}, {batch}, {network.input_size})",
            f"h ({steps + 1}, {network.layers}, {batch}, {network.hidden_size})",
        ]
        if run.network.output_size is not None:
            parts.append(f"y ({steps}, {batch}, {run.network.output_size})")
        self._shapes.setText(f"{'  →  '.join(parts)}   ·   {network.parameter_count:,} parameters")

    def set_text_scale(self, scale: float) -> None:
        """Scale the type."""
        font = self.font()
        font.setPixelSize(round(TEXT * scale))
        for part in (self, self._square, self._shapes):
            part.setFont(font)
