"""A dock with a quiet title, whose content scrolls rather than squeezes."""

from __future__ import annotations

from collections.abc import Callable

from pydantic import JsonValue
from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QFont, QShowEvent
from PySide6.QtWidgets import (
    QDockWidget,
    QHBoxLayout,
    QLabel,
    QMainWindow,
    QToolButton,
    QWidget,
)

from rnnviz.fields import Frozen
from rnnviz.widgets.metrics import TITLE
from rnnviz.widgets.scroll import Scroll, Scrolled

WIDTH = 246
SHARE = 0.26
"""Of a window's width, what a dock takes when it is first opened."""


class Place(Frozen):
    """How far down the content is scrolled."""

    down: Scrolled


class Dock(QDockWidget):
    """A panel at the side of the window.

    Parameters
    ----------
    name : str
        The object name, under which its place is remembered.
    title : str
    content : QWidget or callable
        The panel, or what makes it when the dock is first shown.
    width : int
        The least.
    """

    def __init__(
        self,
        name: str,
        title: str,
        content: QWidget | Callable[[], QWidget],
        width: int = WIDTH,
    ) -> None:
        super().__init__(title)
        self.setObjectName(name)
        features = QDockWidget.DockWidgetFeature
        self.setFeatures(features.DockWidgetClosable | features.DockWidgetMovable)
        self.setTitleBarWidget(self._title_bar(title))
        self.setMinimumWidth(width)
        self._make: Callable[[], QWidget] | None = None
        if isinstance(content, QWidget):
            self._fill(content)
        else:
            self._make = content

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

    def _fill(self, content: QWidget) -> None:
        scroll = Scroll(content)
        scroll.setAccessibleName(self.windowTitle())
        self.setWidget(scroll)

    def view_state(self) -> dict[str, JsonValue]:
        """Return what a session keeps: how far down the content is scrolled."""
        content = self.widget()
        down = content.verticalScrollBar().value() if isinstance(content, Scroll) else 0
        return Place(down=down).model_dump()

    def restore_view_state(self, state: dict[str, JsonValue]) -> None:
        """Bring back what was kept; raises ValueError where it is something else."""
        content, place = self.widget(), Place.model_validate(state)
        if isinstance(content, Scroll):
            content.verticalScrollBar().setValue(place.down)

    # Qt's own

    def showEvent(self, event: QShowEvent) -> None:
        if self._make is not None:
            make, self._make = self._make, None
            self._fill(make())
            if self.window().isVisible():  # opened by hand, not brought back with the window
                QTimer.singleShot(0, self, self._take_share)  # its place is known by then
        super().showEvent(event)

    def _take_share(self) -> None:
        """Take a share of a wide window, and come before others in the same place."""
        window = self.window()
        self.raise_()
        if isinstance(window, QMainWindow):
            share = max(self.minimumWidth(), round(SHARE * window.width()))
            window.resizeDocks([self], [share], Qt.Orientation.Horizontal)
            window.resizeDocks([self], [self._wanted_height()], Qt.Orientation.Vertical)

    def _wanted_height(self) -> int:
        """Return what the content asks for; Qt gives less where others need it."""
        content = self.widget()
        inner = content.widget() if isinstance(content, Scroll) else content
        parts = (self.titleBarWidget(), inner)
        return sum(part.sizeHint().height() for part in parts if part is not None)
