"""The inside of the window, once everything is loaded: views, panels and their session."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Protocol, Union

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QSplitter, QStackedWidget, QVBoxLayout, QWidget

from rnnviz.panels.initialization import InitializationPanel
from rnnviz.panels.network import NetworkPanel
from rnnviz.panels.panel import SettingsPanel
from rnnviz.panels.sequence import SequencePanel
from rnnviz.panels.transport import TransportPanel
from rnnviz.player import Player
from rnnviz.selection import Part, Pin
from rnnviz.session import Session
from rnnviz.views.equation import EquationView
from rnnviz.views.strip import StripView
from rnnviz.views.timeline import TimelineView
from rnnviz.views.tries import TriesView
from rnnviz.widgets.dock import Dock
from rnnviz.widgets.form_field import typing_in
from rnnviz.widgets.heatmap import Heatmap

if TYPE_CHECKING:
    from rnnviz.panels.recording import RecordingPanel
    from rnnviz.views.code import CodeView
    from rnnviz.views.inspector import InspectorView
    from rnnviz.views.lockstep import LockstepView
    from rnnviz.views.time_rows import TimeRows
    from rnnviz.views.unrolled import UnrolledView


Explaining = Union["InspectorView", "CodeView", "UnrolledView"]


class Scaled(Protocol):
    """What has type that an audience reads."""

    def set_text_scale(self, scale: float) -> None: ...


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
    file_wanted() : a file is to be chosen and opened.
    """

    square_hovered = Signal(str)
    committed = Signal()
    file_wanted = Signal()

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
        self.timeline.square_activated.connect(self._pin)
        self._session = session
        self._scale = 1.0
        self.lockstep: LockstepView | None = None
        self._scaled: list[Scaled] = [
            self.timeline,
            self.equation,
            self.strip,
            self.tries,
            self.transport,
        ]
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
        self.pages = QStackedWidget()
        self.pages.setObjectName("pages")
        self.pages.addWidget(self.splitter)
        layout.addWidget(self.pages, 1)
        layout.addWidget(self.transport)
        self._session.lockstep_changed.connect(self._on_lockstep_changed)
        self._on_lockstep_changed()

    def _on_lockstep_changed(self) -> None:
        """Show one network, or several side by side; that page is made when it is first needed."""
        beside = self._session.lockstep is not None
        if beside and self.lockstep is None:
            self.lockstep = self._make_lockstep()
        self.pages.setCurrentIndex(int(beside))

    def _make_lockstep(self) -> LockstepView:
        from rnnviz.views.lockstep import LockstepView

        view = LockstepView(self._session)
        view.square_hovered.connect(self.square_hovered)
        self._add_scaled(view)
        self.pages.addWidget(view)
        return view

    @property
    def timeline_in_sight(self) -> TimeRows:
        """The rows on a time axis that are on show."""
        if self.lockstep is not None and self.pages.currentIndex():
            return self.lockstep.rows
        return self.timeline

    def add_above(self, view: RecordingPanel) -> None:
        """Put a panel above the pages; it has type that an audience reads."""
        layout = self.layout()
        assert isinstance(layout, QVBoxLayout)
        layout.insertWidget(0, view)
        self._add_scaled(view)

    def make_docks(self) -> list[Dock]:
        """Make the panels, and a dock for each."""
        return [self._dock(*panel) for panel in PANELS]

    def make_explaining(self) -> list[tuple[Dock, Qt.DockWidgetArea]]:
        """Make a dock for each view that explains, empty until it is opened; and its side."""
        side = Qt.DockWidgetArea
        return [
            (self._late_dock("unrolled", "Unrolled", self._make_unrolled), side.TopDockWidgetArea),
            (
                self._late_dock("inspector", "Inspector", self._make_inspector),
                side.RightDockWidgetArea,
            ),
            (self._late_dock("code", "Code", self._make_code), side.RightDockWidgetArea),
        ]

    def _late_dock(self, name: str, title: str, make: Callable[[], Explaining]) -> Dock:
        def scaled() -> QWidget:
            view = make()
            self._add_scaled(view)
            return view

        return Dock(f"dock.{name}", title, scaled)

    def _make_inspector(self) -> InspectorView:
        from rnnviz.views.inspector import InspectorView

        view = InspectorView(self._session)
        self.timeline.square_clicked.connect(view.pin_square)
        view.square_pointed.connect(self.equation.point_at)
        view.square_hovered.connect(self.square_hovered)
        return view

    def _make_code(self) -> CodeView:
        from rnnviz.views.code import CodeView

        return CodeView(self._session)

    def _make_unrolled(self) -> UnrolledView:
        from rnnviz.views.unrolled import UnrolledView

        view = UnrolledView(self._session)
        view.square_hovered.connect(self.square_hovered)
        return view

    def _pin(self, part: Part, layer: int, unit: int) -> None:
        self._session.select(layer=layer, pin=Pin(part, unit))

    def _add_scaled(self, view: Scaled) -> None:
        self._scaled.append(view)
        view.set_text_scale(self._scale)

    def _dock(self, name: str, title: str, make: Callable[[Session], SettingsPanel]) -> Dock:
        panel = make(self._session)
        panel.committed.connect(self.committed)
        panel.file_wanted.connect(self.file_wanted)
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
        self._scale = scale
        for part in self._scaled:
            part.set_text_scale(scale)
