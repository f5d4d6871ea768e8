"""Where docks and splitter are, in words of our own that nothing can go wrong with."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDockWidget, QMainWindow, QSplitter, QTabBar

from rnnviz.formats.session_file import DockPlace, Layout

AREAS = {
    "left": Qt.DockWidgetArea.LeftDockWidgetArea,
    "right": Qt.DockWidgetArea.RightDockWidgetArea,
    "top": Qt.DockWidgetArea.TopDockWidgetArea,
    "bottom": Qt.DockWidgetArea.BottomDockWidgetArea,
}
NAMES = {area: name for name, area in AREAS.items()}


def layout_of(window: QMainWindow, splitter: QSplitter) -> Layout:
    """Return where a window's docks are, and its splitter."""
    places = [place for group in _groups(window) for place in _places(window, group)]
    return Layout(docks=tuple(places), splitter=tuple(splitter.sizes()))


def put_docks(window: QMainWindow, layout: Layout) -> None:
    """Put the docks where `layout` says, as far as they are there, and show those that are open."""
    docks = {dock.objectName(): dock for dock in _docks(window)}
    for place in layout.docks:
        if place.name in docks:
            _put(window, docks[place.name], place, docks)


def size_parts(window: QMainWindow, splitter: QSplitter, layout: Layout) -> None:
    """Give docks and splitter their sizes, once they are in their places."""
    docks = {dock.objectName(): dock for dock in _docks(window)}
    seen = [place for place in layout.docks if place.name in docks and _has_size(place)]
    for area in AREAS:
        places = [place for place in seen if place.area == area]
        here = [docks[place.name] for place in places]
        window.resizeDocks(here, [place.width for place in places], Qt.Orientation.Horizontal)
        window.resizeDocks(here, [place.height for place in places], Qt.Orientation.Vertical)
        for dock in here:
            dock.raise_()
    if len(layout.splitter) == splitter.count():
        splitter.setSizes(list(layout.splitter))


def _has_size(place: DockPlace) -> bool:
    """Return whether it was seen; Qt takes no sizes of 0."""
    return place.front and place.width > 0 and place.height > 0


# What there is


def _docks(window: QMainWindow) -> list[QDockWidget]:
    flags = Qt.FindChildOption.FindDirectChildrenOnly
    return window.findChildren(QDockWidget, options=flags)


def _groups(window: QMainWindow) -> list[list[QDockWidget]]:
    """Return the docks, those together that share a place, in the order of their tabs."""
    groups: list[list[QDockWidget]] = []

    def place(dock: QDockWidget) -> tuple[str, int, int]:
        return NAMES[window.dockWidgetArea(dock)], dock.y(), dock.x()

    # One that is being dragged is nowhere.
    placed = [dock for dock in _docks(window) if window.dockWidgetArea(dock) in NAMES]
    for dock in sorted(placed, key=place):
        if not any(dock in group for group in groups):
            groups.append(_in_order([dock, *window.tabifiedDockWidgets(dock)], _bars(window)))
    return groups


def _bars(window: QMainWindow) -> list[list[str]]:
    """Return the titles on each bar of tabs."""
    bars = window.findChildren(QTabBar)
    return [[bar.tabText(tab) for tab in range(bar.count())] for bar in bars if bar.isVisible()]


def _in_order(group: list[QDockWidget], bars: Iterable[list[str]]) -> list[QDockWidget]:
    """Return `group` as its bar has it; what is closed comes last."""
    titles = {dock.windowTitle() for dock in group}
    bar = next((bar for bar in bars if titles.issuperset(bar)), [])
    place = {title: number for number, title in enumerate(bar)}
    return sorted(group, key=lambda dock: place.get(dock.windowTitle(), len(bar)))


def _places(window: QMainWindow, group: Sequence[QDockWidget]) -> list[DockPlace]:
    first = group[0].objectName()
    return [
        DockPlace(
            name=dock.objectName(),
            area=NAMES[window.dockWidgetArea(dock)],
            tab_of="" if dock is group[0] else first,
            open=not dock.isHidden(),
            front=_is_front(dock),
            width=dock.width() if _is_front(dock) else 0,
            height=dock.height() if _is_front(dock) else 0,
        )
        for dock in group
    ]


def _is_front(dock: QDockWidget) -> bool:
    """Return whether it is seen: what is behind a tab lies outside of the window."""
    return not dock.isHidden() and dock.x() >= 0 and dock.y() >= 0


# Bringing it about


def _put(
    window: QMainWindow, dock: QDockWidget, place: DockPlace, docks: dict[str, QDockWidget]
) -> None:
    """Put one behind those that were put before."""
    window.removeDockWidget(dock)
    window.addDockWidget(AREAS[place.area], dock)
    if place.tab_of in docks and place.tab_of != place.name:
        window.tabifyDockWidget(docks[place.tab_of], dock)
    dock.setVisible(place.open)
