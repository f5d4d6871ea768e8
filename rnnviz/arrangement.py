"""Where docks and splitter stand, now and at the next start."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QByteArray, QSettings, Qt, QTimer
from PySide6.QtWidgets import QDockWidget, QMainWindow, QSplitter, QTabWidget

from rnnviz.store import remember_sealed, remembered_bytes, remembered_sealed

VERSION = 2
"""Of the docks' state in the store."""
DOCK_SHARES = [230, 330, 250]


class Arrangement:
    """Puts docks and splitter in their places, and keeps where a user put them.

    Parameters
    ----------
    window : QMainWindow
    docks : sequence of QDockWidget
        They stand at the left.
    explaining : sequence of (QDockWidget, Qt.DockWidgetArea)
        They are closed at first; each has its side of the window.
    splitter : QSplitter
    """

    def __init__(
        self,
        window: QMainWindow,
        docks: Sequence[QDockWidget],
        explaining: Sequence[tuple[QDockWidget, Qt.DockWidgetArea]],
        splitter: QSplitter,
    ) -> None:
        self._window, self._docks, self._splitter = window, list(docks), splitter
        self._explaining = list(explaining)
        window.setTabPosition(Qt.DockWidgetArea.AllDockWidgetAreas, QTabWidget.TabPosition.North)

    def reset(self) -> None:
        """Bring docks and splitter to where they were at the first start."""
        for dock in self._docks:
            self._window.removeDockWidget(dock)
            self._window.addDockWidget(Qt.DockWidgetArea.LeftDockWidgetArea, dock)
            dock.show()
        first: dict[Qt.DockWidgetArea, QDockWidget] = {}
        for dock, area in self._explaining:
            self._window.addDockWidget(area, dock)
            if area in first:
                self._window.tabifyDockWidget(first[area], dock)
            first.setdefault(area, dock)
            dock.hide()
        QTimer.singleShot(0, self._window, self._share_space)  # sizes are known by then

    def hide_docks(self) -> None:
        """Fold the panels away; what explains stays where it is open."""
        for dock in self._docks:
            dock.hide()

    def state(self) -> QByteArray:
        """Return where the docks are."""
        return self._window.saveState(VERSION)

    def set_state(self, state: QByteArray) -> None:
        """Bring the docks back to where they were."""
        self._window.restoreState(state, VERSION)

    def save(self, store: QSettings) -> None:
        """Keep the window's size, docks and splitter."""
        store.setValue("geometry", self._window.saveGeometry())
        remember_sealed(store, "state", self.state())
        remember_sealed(store, "splitter", self._splitter.saveState())

    def restore(self, store: QSettings) -> None:
        """Bring back what was kept."""
        state, splitter = remembered_sealed(store, "state"), remembered_sealed(store, "splitter")
        if state is not None and splitter is not None:
            if self._window.isVisible():  # else Qt leaves tabs of closed docks in the corner
                self._restore_parts(state, splitter)
            # Once more when all is laid out: only then do the sizes hold.
            QTimer.singleShot(0, self._window, lambda: self._restore_parts(state, splitter))
        geometry = remembered_bytes(store, "geometry")
        if geometry is not None:
            self._window.restoreGeometry(geometry)

    def _restore_parts(self, state: QByteArray, splitter: QByteArray) -> None:
        self.set_state(state)
        self._splitter.restoreState(splitter)

    def _share_space(self) -> None:
        self._window.resizeDocks(self._docks, DOCK_SHARES, Qt.Orientation.Vertical)
        widths = [dock.minimumWidth() for dock in self._docks]
        self._window.resizeDocks(self._docks, widths, Qt.Orientation.Horizontal)
        height = self._splitter.height()
        self._splitter.setSizes([round(height * 0.45), round(height * 0.55)])
