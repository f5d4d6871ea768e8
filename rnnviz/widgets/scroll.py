"""A scroll area that scrolls up and down only, with a slim bar."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import QFrame, QScrollArea, QWidget

BAR_WIDTH = 8
_BAR = """
QScrollBar:vertical {{ background: transparent; width: {width}px; margin: 0; }}
QScrollBar::handle:vertical {{ background: {handle}; border-radius: 3px; min-height: 24px;
                               margin: 0 1px; }}
QScrollBar::add-line, QScrollBar::sub-line, QScrollBar::add-page, QScrollBar::sub-page
{{ background: transparent; height: 0; }}
"""


class Scroll(QScrollArea):
    """Shows `content` at its own height."""

    def __init__(self, content: QWidget, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWidget(content)
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._take_palette()

    def _take_palette(self) -> None:
        handle = self.palette().color(QPalette.ColorRole.Mid).name()
        self.verticalScrollBar().setStyleSheet(_BAR.format(width=BAR_WIDTH, handle=handle))

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            self._take_palette()
