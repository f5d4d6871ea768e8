"""Which key does what, wherever the focus is."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractSpinBox,
    QApplication,
    QComboBox,
    QLineEdit,
    QMenu,
    QMenuBar,
    QPlainTextEdit,
    QWidget,
)

Key = Qt.Key
RUN_KEYS = {
    (Key.Key_Right, False): "step_forward",
    (Key.Key_Left, False): "step_back",
    (Key.Key_Space, False): "play",
    (Key.Key_Right, True): "to_end",
    (Key.Key_Left, True): "to_start",
}
"""(key, with Ctrl) → action."""
EDIT_KEYS = {
    (Key.Key_Z, Qt.KeyboardModifier.ControlModifier): "undo",
    (Key.Key_Z, Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier): "redo",
    (Key.Key_Y, Qt.KeyboardModifier.ControlModifier): "redo",
}
"""What a field has for itself while something is typed in it, and never else."""
PROJECTION_KEYS = {
    Key.Key_PageDown: "step_forward",
    Key.Key_PageUp: "step_back",
    Key.Key_Period: "blank",
    Key.Key_B: "blank",
    Key.Key_F5: "",
    Key.Key_Escape: "",
}
"""What clickers send; an empty action swallows the key."""


class KeyRouter(QObject):
    """Gives Run's keys, and those of undo and redo, to the program before a widget can take them.

    A field with typing that is not committed keeps its keys, and so does a text being edited.

    Parameters
    ----------
    window : QWidget
        Keys for its widgets are routed; dialogs and menus keep theirs.
    act : callable
        Called with the action's name.
    pending : callable
        Says whether the focused widget has uncommitted typing.
    projecting : callable
        Says whether the window is projected.
    """

    def __init__(
        self,
        window: QWidget,
        act: Callable[[str], None],
        pending: Callable[[QWidget], bool],
        projecting: Callable[[], bool],
    ) -> None:
        super().__init__(window)
        self._window = window
        self._act = act
        self._pending = pending
        self._projecting = projecting
        application = QApplication.instance()
        assert isinstance(application, QApplication)
        # Not the whole application: each of its events would come by, some fifty for one step.
        application.focusChanged.connect(self._on_focus_changed)
        window.installEventFilter(self)
        self._on_focus_changed(None, QApplication.focusWidget())

    def _on_focus_changed(self, old: QWidget | None, new: QWidget | None) -> None:
        if old is not None and old is not self._window:
            old.removeEventFilter(self)
        if new is not None and new.window() is self._window:
            new.installEventFilter(self)

    def _action_of(self, event: QKeyEvent, focus: QWidget) -> str | None:
        key = Key(event.key())
        modifiers = event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
        if edit := EDIT_KEYS.get((key, modifiers)):
            return None if self._pending(focus) or isinstance(focus, (QMenu, QMenuBar)) else edit
        control = modifiers == Qt.KeyboardModifier.ControlModifier
        if modifiers and not control:
            return None
        if self._projecting() and not control and key in PROJECTION_KEYS:
            return PROJECTION_KEYS[key]
        action = RUN_KEYS.get((key, control))
        if action is None or self._pending(focus) or self._keeps(focus, key):
            return None
        return action

    def _keeps(self, focus: QWidget, key: Key) -> bool:
        if isinstance(focus, (QMenu, QMenuBar)):
            return True
        if isinstance(focus, QPlainTextEdit):
            return True
        if isinstance(focus, QLineEdit):
            return not isinstance(focus.parentWidget(), QAbstractSpinBox)
        # Without the space bar, buttons and lists cannot be used from the keyboard.
        return key == Key.Key_Space and isinstance(focus, (QAbstractButton, QComboBox))

    # Qt's own

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        kind = event.type()
        if kind not in (QEvent.Type.KeyPress, QEvent.Type.ShortcutOverride):
            return False
        if not (isinstance(watched, QWidget) and isinstance(event, QKeyEvent)):
            return False
        if watched.window() is not self._window or QApplication.activePopupWidget() is not None:
            return False
        # A key that a field let pass comes by again at its parents: the field's word counts.
        action = self._action_of(event, QApplication.focusWidget() or watched)
        if action is None:
            return False
        if kind == QEvent.Type.ShortcutOverride:
            event.accept()  # the key press follows, and comes here as well
            return True
        if action:
            self._act(action)
        return True
