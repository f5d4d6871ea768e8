"""Projection: full screen, panels folded away, large type, and a black sheet."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QByteArray, Qt
from PySide6.QtWidgets import QMainWindow, QWidget

from rnnviz.arrangement import Arrangement

SCALE = 1.5
"""How much larger the type is."""


class Projection:
    """What a room sees of the window.

    Parameters
    ----------
    window : QMainWindow
    arrangement : Arrangement
    set_text_scale : callable
        Called with the scale of the type.

    Attributes
    ----------
    on : bool
    """

    def __init__(
        self,
        window: QMainWindow,
        arrangement: Arrangement,
        set_text_scale: Callable[[float], None],
    ) -> None:
        self.on = False
        self._window, self._arrangement = window, arrangement
        self._set_text_scale = set_text_scale
        self._before = QByteArray()
        self._state = Qt.WindowState.WindowNoState
        self._sheet = QWidget(window)
        self._sheet.setObjectName("projection.blank")
        self._sheet.setAutoFillBackground(True)
        self._sheet.setPalette(Qt.GlobalColor.black)
        self._sheet.hide()

    def set_on(self, on: bool) -> None:
        """Begin or end it."""
        if on == self.on:
            return
        self.on = on
        self._window.menuBar().setVisible(not on)
        self._begin() if on else self._end()

    def toggle_blank(self) -> None:
        """Cover all with a black sheet, or take it away."""
        self._sheet.setGeometry(self._window.rect())
        self._sheet.raise_()
        self._sheet.setVisible(self._sheet.isHidden())

    def _begin(self) -> None:
        self._before = self._arrangement.state()
        self._state = self._window.windowState()
        self._arrangement.hide_docks()
        self._set_text_scale(SCALE)
        self._window.showFullScreen()

    def _end(self) -> None:
        self._sheet.hide()
        self._set_text_scale(1.0)
        self._window.setWindowState(self._state & ~Qt.WindowState.WindowFullScreen)
        self._arrangement.set_state(self._before)
