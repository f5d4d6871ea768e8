"""A dock with a quiet title, whose content scrolls rather than squeezes."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QFont, QPalette
from PySide6.QtWidgets import (
    QDockWidget,
    QFrame,
    QHBoxLayout,
    QLabel,
    QScrollArea,
    QToolButton,
    QWidget,
)

from rnnviz.widgets.metrics import TITLE

WIDTH = 246
_SCROLL_BAR = """
QScrollBar:vertical {{ background: transparent; width: 8px; margin: 0; }}
QScrollBar::handle:vertical {{ background: {handle}; border-radius: 3px; min-height: 24px;
                               margin: 0 1px; }}
QScrollBar::add-line, QScrollBar::sub-line, QScrollBar::add-page, QScrollBar::sub-page
{{ background: transparent; height: 0; }}
"""


class Dock(QDockWidget):
    """A panel at the side of the window.

    Parameters
    ----------
    name : str
        The object name, under which its place is remembered.
    title : str
    content : QWidget
    """

    def __init__(self, name: str, title: str, content: QWidget) -> None:
        super().__init__(title)
        self.setObjectName(name)
        features = QDockWidget.DockWidgetFeature
        self.setFeatures(features.DockWidgetClosable | features.DockWidgetMovable)
        self._area = QScrollArea()
        self._area.setWidget(content)
        self._area.setWidgetResizable(True)
        self._area.setFrameShape(QFrame.Shape.NoFrame)
        self._area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setWidget(self._area)
        self.setTitleBarWidget(self._title_bar(title))
        self.setMinimumWidth(WIDTH)
        self._take_palette()

    def _title_bar(self, title: str) -> QWidget:
        label = QLabel(title)
        font = QFont(label.font())
        font.setPixelSize(TITLE)
        font.setWeight(QFont.Weight.DemiBold)
        label.setFont(font)
        close = QToolButton()
        close.setObjectName(f"{self.objectName()}.close")
        close.setText("×")
        close.setAutoRaise(True)
        close.setToolTip(f"Close {title} (View opens it again)")
        close.setAccessibleName(f"Close {title}")
        close.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        close.clicked.connect(self.close)
        bar = QWidget()
        line = QHBoxLayout(bar)
        line.setContentsMargins(12, 6, 8, 0)
        line.addWidget(label, 1)
        line.addWidget(close)
        return bar

    def _take_palette(self) -> None:
        handle = self.palette().color(QPalette.ColorRole.Mid).name()
        self._area.verticalScrollBar().setStyleSheet(_SCROLL_BAR.format(handle=handle))

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange and hasattr(self, "_area"):
            self._take_palette()
