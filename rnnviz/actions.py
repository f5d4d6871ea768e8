"""The menus: every action with its name, text, shortcut and what it does."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QActionGroup, QKeySequence
from PySide6.QtWidgets import QMainWindow, QMenu


@dataclass(frozen=True)
class Entry:
    """One line of a menu.

    Attributes
    ----------
    name : str
        The object name; its last part is the key of the action.
    text, tip : str
        With Qt's & for the mnemonic.
    keys : sequence of str
        Shortcuts.
    do : callable
        Called without arguments, or with the state if `checkable`.
    """

    name: str
    text: str
    do: Callable[..., object]
    keys: Sequence[str] = ()
    tip: str = ""
    icon: str = ""
    checkable: bool = False


def add_entries(window: QMainWindow, menu: QMenu, entries: Sequence[Entry | None]) -> None:
    """Add actions to a menu and to the window; None is a line between two groups."""
    for entry in entries:
        if entry is None:
            menu.addSeparator()
            continue
        menu.addAction(make_action(window, entry))


def make_action(window: QMainWindow, entry: Entry) -> QAction:
    """Make one action, whose shortcuts work anywhere in the window."""
    action = QAction(entry.text, window)
    action.setObjectName(entry.name)
    action.setCheckable(entry.checkable)
    action.setShortcuts([QKeySequence(keys) for keys in entry.keys])
    action.setShortcutContext(Qt.ShortcutContext.WindowShortcut)
    tip = entry.tip or entry.text.replace("&", "")
    action.setToolTip(f"{tip} ({keys_of(action)})" if entry.keys else tip)
    if entry.icon:
        action.setProperty("icon_name", entry.icon)
    if entry.checkable:
        action.toggled.connect(entry.do)
    else:
        action.triggered.connect(lambda *_: entry.do())
    window.addAction(action)
    return action


def keys_of(action: QAction) -> str:
    """Return an action's shortcuts as the user's system writes them."""
    native = QKeySequence.SequenceFormat.NativeText
    return ", ".join(keys.toString(native) for keys in action.shortcuts())


def add_choice(
    window: QMainWindow, menu: QMenu, entries: Sequence[Entry], chosen: str
) -> QActionGroup:
    """Add actions of which one is ticked; `chosen` is its name."""
    group = QActionGroup(window)
    for entry in entries:
        action = make_action(window, entry)
        action.setCheckable(True)
        action.setChecked(entry.name == chosen)
        group.addAction(action)
        menu.addAction(action)
    return group
