"""The inside of the window, once everything is loaded: views, panels and their session."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QSplitter, QVBoxLayout, QWidget

from rnnviz.panels.initialization import InitializationPanel
from rnnviz.panels.network import NetworkPanel
from rnnviz.panels.panel import SettingsPanel
from rnnviz.panels.sequence import SequencePanel
from rnnviz.panels.transport import TransportPanel
from rnnviz.player import Player
from rnnviz.session import Session
from rnnviz.views.equation import EquationView
from rnnviz.views.strip import StripView
from rnnviz.views.timeline import TimelineView
from rnnviz.views.tries import TriesView
from rnnviz.widgets.dock import Dock
from rnnviz.widgets.form_field import typing_in
from rnnviz.widgets.heatmap import Heatmap

PANELS: tuple[tuple[str, str, Callable[[Session], SettingsPanel]], ...] = (
    ("network", "Network", NetworkPanel),
    ("initialization", "Initialisation", InitializationPanel),
    ("sequence", "Sequence", SequencePanel),
)


class Workspace(QWidget):
    """The central widget: timeline, equation, strip, suggestions, transport.

    Signals
    -------
    square_hovered(text) : what lies under the pointer.
    committed() : a field was left with Enter.
    """

    square_hovered = Signal(str)
    committed = Signal()

    def __init__(
        self,
        session: Session,
        player: Player,
        actions: dict[str, QAction],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.timeline = TimelineView(session)
        self.equation = EquationView(session)
        self.strip = StripView(session)
        self.tries = TriesView(session)
        self.transport = TransportPanel(session, player, actions)
        self.timeline.square_hovered.connect(self.square_hovered)
        self.equation.square_hovered.connect(self.square_hovered)
        self._session = session
        self._build()

    def _build(self) -> None:
        below = QWidget()
        lower = QVBoxLayout(below)
        lower.setContentsMargins(0, 0, 0, 0)
        lower.setSpacing(0)
        lower.addWidget(self.equation, 1)
        lower.addWidget(self.strip)
        lower.addWidget(self.tries)
        self.splitter = QSplitter(Qt.Orientation.Vertical)
        self.splitter.setObjectName("splitter")
        self.splitter.addWidget(self.timeline)
        self.splitter.addWidget(below)
        self.splitter.setChildrenCollapsible(False)
        self.splitter.setStretchFactor(0, 45)
        self.splitter.setStretchFactor(1, 55)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.splitter, 1)
        layout.addWidget(self.transport)

    def make_docks(self) -> list[Dock]:
        """Make the panels, and a dock for each."""
        return [self._dock(*panel) for panel in PANELS]

    def _dock(self, name: str, title: str, make: Callable[[Session], SettingsPanel]) -> Dock:
        panel = make(self._session)
        panel.committed.connect(self.committed)
        return Dock(f"dock.{name}", title, panel)

    def copy_values(self) -> str:
        """Copy the values of the heatmap under the pointer or with the focus; say what was done."""
        for heatmap in self.findChildren(Heatmap):
            if heatmap.underMouse() or heatmap.hasFocus():
                heatmap.copy_values()
                return f"Copied the values of {heatmap.accessibleName()}."
        return "Point at a heatmap to copy its values."

    def has_pending(self, focus: QWidget) -> bool:
        """Return whether the focused field has typing that is not committed yet."""
        return typing_in(focus)

    def set_text_scale(self, scale: float) -> None:
        """Scale the type of everything that an audience reads."""
        for part in (self.timeline, self.equation, self.strip, self.tries, self.transport):
            part.set_text_scale(scale)
