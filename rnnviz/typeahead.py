"""Keys that are pressed while the window is being filled: kept, and given to it afterwards."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QAction, QKeyEvent, QKeySequence
from PySide6.QtWidgets import QApplication, QMenu, QMenuBar, QWidget

MOST = 100
"""Keys that are kept; whatever follows is dropped."""
ALT = Qt.KeyboardModifier.AltModifier


class TypeAhead(QObject):
    """Keeps the keys that are meant for a window, in their order.

    Parameters
    ----------
    window : QWidget
        Its actions' shortcuts count when the keys are given back.
    """

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._window = window
        self._kept: list[QKeyEvent] = []
        _application().installEventFilter(self)

    def stop(self) -> None:
        """Keep no more keys, and forget those that were kept."""
        _application().removeEventFilter(self)
        self._kept.clear()

    def give_back(self) -> None:
        """Give the keys back as if they were pressed now, and keep no more."""
        kept = list(self._kept)
        self.stop()
        for event in kept:
            self._press(event)

    def _press(self, event: QKeyEvent) -> None:
        """Do what Qt does with a key: the focus may claim it, then come shortcuts, then typing."""
        target = QApplication.focusWidget() or self._window.focusWidget() or self._window
        claim = _again(event, QEvent.Type.ShortcutOverride)
        claim.ignore()
        QApplication.sendEvent(target, claim)
        action = None if claim.isAccepted() else self._action_of(event)
        if action is not None:
            action.trigger()
            return
        for kind in (QEvent.Type.KeyPress, QEvent.Type.KeyRelease):
            QApplication.sendEvent(target, _again(event, kind))

    def _action_of(self, event: QKeyEvent) -> QAction | None:
        if QApplication.activeModalWidget() is not None:
            return None
        keys = QKeySequence(event.keyCombination())
        found = (a for a in self._window.actions() if keys in a.shortcuts() and a.isEnabled())
        return next(found, None)

    def _keeps(self, event: QKeyEvent) -> bool:
        opens_menu = event.key() == Qt.Key.Key_Alt or event.modifiers() & ALT
        return len(self._kept) < MOST and not opens_menu

    # Qt's own

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() != QEvent.Type.KeyPress or not isinstance(event, QKeyEvent):
            return False
        if not isinstance(watched, QWidget) or isinstance(watched, (QMenu, QMenuBar)):
            return False
        if watched.window() is not self._window:
            return False
        if self._keeps(event):
            self._kept.append(_again(event, QEvent.Type.KeyPress))
        return False


def _again(event: QKeyEvent, kind: QEvent.Type) -> QKeyEvent:
    return QKeyEvent(kind, event.key(), event.modifiers(), event.text())


def _application() -> QApplication:
    application = QApplication.instance()
    assert isinstance(application, QApplication)
    return application
