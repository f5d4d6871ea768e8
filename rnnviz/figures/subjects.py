"""What a figure can show: views of the session, made anew beside those on the screen."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from PySide6.QtCore import Qt
from PySide6.QtGui import QPaintEvent
from PySide6.QtWidgets import QSplitter, QSplitterHandle, QVBoxLayout, QWidget

from rnnviz.lockstep import SLIPS
from rnnviz.session import Session
from rnnviz.views.equation import EquationView
from rnnviz.views.inspector import InspectorView
from rnnviz.views.lockstep import LockstepView
from rnnviz.views.strip import StripView
from rnnviz.views.timeline import TimelineView
from rnnviz.views.unrolled import UnrolledView

PAGE = "page"


class Subject(NamedTuple):
    """What can be shown.

    Attributes
    ----------
    title : str
    live : str
        The object name of the view that shows it in the window.
    size : tuple of int
        Where it is not on the screen.
    make : callable
        session, the view on the screen or None, a parent → a view that shows the same. It has its
        parent from the beginning: what shows itself without one opens a window.
    """

    title: str
    live: str
    size: tuple[int, int]
    make: Callable[[Session, QWidget | None, QWidget], QWidget]


class EquationFigure(QWidget):
    """The equation, and below it the pinned unit's sum."""

    def __init__(self, session: Session, parent: QWidget) -> None:
        super().__init__(parent)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(EquationView(session, self), 1)
        layout.addWidget(StripView(session, self))


class Handle(QSplitterHandle):
    """What parts the timeline from the equation; `dotted` shows that it can be dragged."""

    dotted = True

    # Qt's own

    def paintEvent(self, event: QPaintEvent) -> None:
        if self.dotted:
            super().paintEvent(event)


class NetworkPage(QSplitter):
    """The timeline, and the equation below it, as in the window."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(Qt.Orientation.Vertical, parent)
        self.setChildrenCollapsible(False)

    # Qt's own

    def createHandle(self) -> QSplitterHandle:
        return Handle(self.orientation(), self)


def _timeline(session: Session, live: QWidget | None, parent: QWidget) -> QWidget:
    view = TimelineView(session, parent)
    if isinstance(live, TimelineView):
        view.take_sight(live)
    return view


def _equation(session: Session, live: QWidget | None, parent: QWidget) -> QWidget:
    return EquationFigure(session, parent)


def _network(session: Session, live: QWidget | None, parent: QWidget) -> QWidget:
    page = NetworkPage(parent)
    shown = live if isinstance(live, QSplitter) else None
    page.addWidget(_timeline(session, shown.widget(0) if shown else None, page))
    page.addWidget(EquationFigure(session, page))
    page.setSizes(shown.sizes() if shown else [45, 55])
    page.setStretchFactor(0, 45)
    page.setStretchFactor(1, 55)
    return page


def _lockstep(session: Session, live: QWidget | None, parent: QWidget) -> QWidget:
    view = LockstepView(session, parent)
    view.show_choices(False)
    if isinstance(live, LockstepView):
        view.rows.take_sight(live.rows)
    return view


def _unrolled(session: Session, live: QWidget | None, parent: QWidget) -> QWidget:
    return UnrolledView(session, parent)


def _inspector(session: Session, live: QWidget | None, parent: QWidget) -> QWidget:
    return InspectorView(session, parent)


_NETWORK = Subject("The page", "splitter", (1180, 620), _network)
SUBJECTS = {
    "timeline": Subject("Timeline", "view.timeline", (1000, 320), _timeline),
    "equation": Subject("Equation", "view.equation", (1000, 340), _equation),
    "lockstep": Subject("Side by side", "view.lockstep", (1180, 620), _lockstep),
    "unrolled": Subject("Unrolled", "view.unrolled", (900, 280), _unrolled),
    "inspector": Subject("Inspector", "view.inspector", (420, 560), _inspector),
}
VIEWS = (PAGE, *SUBJECTS)
"""The names of what a figure can show; the page is what the window shows in its middle."""


def subject(session: Session, view: str) -> Subject:
    """Return what a view's name stands for now.

    Raises
    ------
    ValueError
        If there is no such view, or nothing stands side by side.
    """
    if view == PAGE:
        return _NETWORK if session.lockstep is None else SUBJECTS["lockstep"]
    if view not in SUBJECTS:
        raise ValueError(f"There is no view {view!r}; there are: {', '.join(VIEWS)}.")
    if view == "lockstep" and session.lockstep is None:
        raise ValueError("Nothing stands side by side: choose View > Side by side first.")
    return SUBJECTS[view]


def views_of(session: Session) -> dict[str, str]:
    """Return the views that can be shown now, by name, with their titles."""
    names = [name for name in SUBJECTS if name != "lockstep" or session.lockstep is not None]
    return {PAGE: _NETWORK.title} | {name: SUBJECTS[name].title for name in names}


def title_of(session: Session) -> str:
    """Return what is shown in a line: the network, its sizes, and the step."""
    network, lockstep = session.settings.network, session.lockstep
    layers = f"{network.num_layers} × " if network.num_layers > 1 else ""
    sizes = [f"{network.input_size}", f"{layers}{network.hidden_size}"]
    if session.contract.output_size is not None:
        sizes.append(f"{session.contract.output_size}")
    whose = network.description.title
    if lockstep is not None:
        whose = f"{SLIPS[session.settings.lockstep.slip].title}, {whose}"
    return f"{whose} {' → '.join(sizes)}, {_step(session)}"


def _step(session: Session) -> str:
    run = session.run
    if not run.walk.both:
        return f"t = {session.cursor:,} of {run.length:,}"
    depth = run.walk.depth_at(session.cursor)
    done = run.walk.done(depth * run.network.num_directions, session.cursor)
    return f"layer {depth}, step {done:,} of {run.length:,}"
