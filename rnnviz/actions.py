"""How an action is made: its name, text, shortcut and tip."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QActionGroup, QKeySequence
from PySide6.QtWidgets import QMainWindow, QMenu

Commands = Mapping[str, Callable[..., object]]
"""What each action does, by its name; called with the state if the action is checkable."""


@dataclass(frozen=True)
class Entry:
    """One line of a menu.

    Attributes
    ----------
    name : str
        The object name; its last part is the key of the action.
    text : str
        With Qt's & for the mnemonic.
    keys : sequence of str
        Shortcuts.
    tip : str
        The text by default.
    icon : str
        The name of a file in ``resources/icons``.
    checkable : bool
    """

    name: str
    text: str
    keys: Sequence[str] = ()
    tip: str = ""
    icon: str = ""
    checkable: bool = False


def add_entries(
    window: QMainWindow, menu: QMenu, entries: Sequence[Entry | None], commands: Commands
) -> None:
    """Add actions to a menu and to the window; None is a line between two groups."""
    for entry in entries:
        if entry is None:
            menu.addSeparator()
        else:
            menu.addAction(make_action(window, entry, commands[entry.name]))


def add_choice(
    window: QMainWindow, menu: QMenu, entries: Sequence[Entry], commands: Commands, chosen: str
) -> None:
    """Add actions of which one is ticked; `chosen` is its name."""
    group = QActionGroup(window)
    for entry in entries:
        action = make_action(window, entry, commands[entry.name])
        action.setCheckable(True)
        action.setChecked(entry.name == chosen)
        group.addAction(action)
        menu.addAction(action)


def make_action(window: QMainWindow, entry: Entry, do: Callable[..., object]) -> QAction:
    """Make one action, whose shortcuts work anywhere in the window."""
    action = QAction(entry.text, window)
    action.setObjectName(entry.name)
    action.setCheckable(entry.checkable)
    action.setShortcuts([QKeySequence(keys) for keys in entry.keys])
    action.setShortcutContext(Qt.ShortcutContext.WindowShortcut)
    set_tip(action, entry.tip or entry.text.replace("&", ""))
    if entry.icon:
        action.setProperty("icon_name", entry.icon)
    if entry.checkable:
        action.toggled.connect(do)
    else:
        action.triggered.connect(lambda *_: do())
    window.addAction(action)
    return action


def set_tip(action: QAction, tip: str) -> None:
    """Set an action's tooltip, with its shortcuts behind it."""
    keys = keys_of(action)
    action.setToolTip(f"{tip} ({keys})" if keys else tip)


def keys_of(action: QAction) -> str:
    """Return an action's shortcuts as the user's system writes them."""
    native = QKeySequence.SequenceFormat.NativeText
    return ", ".join(keys.toString(native) for keys in action.shortcuts())
