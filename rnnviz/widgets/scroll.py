"""Slim scroll bars, and a scroll area that scrolls up and down only."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import QAbstractScrollArea, QFrame, QScrollArea, QWidget

BAR_WIDTH = 8
Scrolled = Annotated[int, Field(ge=0, le=2**31 - 1)]
"""A scroll bar's value, as it is kept."""
_BAR = """
QScrollBar:vertical {{ background: transparent; width: {width}px; margin: 0; }}
QScrollBar:horizontal {{ background: transparent; height: {width}px; margin: 0; }}
QScrollBar::handle {{ background: {handle}; border-radius: 3px; }}
QScrollBar::handle:vertical {{ min-height: 24px; margin: 0 1px; }}
QScrollBar::handle:horizontal {{ min-width: 24px; margin: 1px 0; }}
QScrollBar::add-line, QScrollBar::sub-line, QScrollBar::add-page, QScrollBar::sub-page
{{ background: transparent; width: 0; height: 0; }}
"""


def slim_bars(area: QAbstractScrollArea, palette: QPalette) -> None:
    """Give a scroll area slim bars, in the colours of a palette."""
    handle = palette.color(QPalette.ColorRole.Mid).name()
    for bar in (area.verticalScrollBar(), area.horizontalScrollBar()):
        bar.setStyleSheet(_BAR.format(width=BAR_WIDTH, handle=handle))


class Scroll(QScrollArea):
    """Shows `content` at its own height."""

    def __init__(self, content: QWidget, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWidget(content)
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        slim_bars(self, self.palette())

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            slim_bars(self, self.palette())
