"""What random hands do: each act chooses among all that is visible and enabled."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QAction, QDragEnterEvent, QDragLeaveEvent, QDropEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDialog, QDockWidget, QFileDialog, QWidget
from shiboken6 import isValid

from hands.things import LONG_TEXT, TEXTS

if TYPE_CHECKING:
    from hands.person import Hands

Key, Button, Modifier = Qt.Key, Qt.MouseButton, Qt.KeyboardModifier
MODIFIERS = (
    Modifier.NoModifier,
    Modifier.ShiftModifier,
    Modifier.ControlModifier,
    Modifier.AltModifier,
    Modifier.ControlModifier | Modifier.ShiftModifier,
)
KEYS = (
    *(Key.Key_Right, Key.Key_Left, Key.Key_Up, Key.Key_Down, Key.Key_Home, Key.Key_End),
    *(Key.Key_PageUp, Key.Key_PageDown, Key.Key_Space, Key.Key_Return, Key.Key_Enter),
    *(Key.Key_Escape, Key.Key_Tab, Key.Key_Backtab, Key.Key_Backspace, Key.Key_Delete),
    *(Key.Key_F1, Key.Key_F5, Key.Key_F11, Key.Key_B, Key.Key_Period, Key.Key_Menu),
    *(Key.Key_A, Key.Key_C, Key.Key_V, Key.Key_X, Key.Key_Z, Key.Key_Y, Key.Key_1, Key.Key_2),
    *(Key.Key_U, Key.Key_I, Key.Key_K, Key.Key_Comma, Key.Key_Alt, Key.Key_E),
)
EDITING = (Key.Key_A, Key.Key_C, Key.Key_V, Key.Key_X, Key.Key_Z, Key.Key_Y)
TYPED = "0123456789012345678901234567890123456789.-+e ,xh\n"
SIZES = ((500, 1300), (400, 850))
LEAVING = frozenset({"file.quit"})
STATES = ("showMaximized", "showNormal", "showNormal", "showNormal", "showMinimized")
AREAS = (
    Qt.DockWidgetArea.LeftDockWidgetArea,
    Qt.DockWidgetArea.RightDockWidgetArea,
    Qt.DockWidgetArea.TopDockWidgetArea,
    Qt.DockWidgetArea.BottomDockWidgetArea,
)

# The pointer


def click(hands: Hands) -> str:
    return _click(hands, Button.LeftButton)


def click_right(hands: Hands) -> str:
    return _click(hands, Button.RightButton)


def click_middle(hands: Hands) -> str:
    return _click(hands, Button.MiddleButton)


def _click(hands: Hands, button: Button) -> str:
    widget, place = hands.place()
    said, handle = hands.named(widget, place), hands.handle(widget)
    modifier = hands.random.choice(MODIFIERS[:3])
    QTest.mousePress(handle, button, modifier, place)
    if isValid(handle):  # a menu may be gone by then
        QTest.mouseRelease(handle, button, modifier, place)
    return said


def click_twice(hands: Hands) -> str:
    if QApplication.activePopupWidget() is not None:
        return click(hands)  # which closes it
    widget, place = hands.place()
    said = hands.named(widget, place)
    QTest.mouseDClick(hands.handle(widget), Button.LeftButton, Modifier.NoModifier, place)
    return said


def hover(hands: Hands) -> str:
    widget, place = hands.place()
    said = hands.named(widget, place)
    QTest.mouseMove(hands.handle(widget), place)
    return said


def drag(hands: Hands) -> str:
    """Press in a widget, move anywhere in its window, and let go; now and then by the edge."""
    widget, start = hands.place()
    said = hands.named(widget, start)
    if _moves_a_dock(widget):
        return f"{said}, not dragged"
    handle, box = hands.handle(widget), widget.window().rect().adjusted(-20, -20, 20, 20)
    modifier = hands.random.choice(MODIFIERS[:3])
    QTest.mousePress(handle, Button.LeftButton, modifier, start)
    end = start
    for _ in range(hands.random.randint(1, 4)):
        end = QPoint(
            hands.random.randint(box.left(), box.right()),
            hands.random.randint(box.top(), box.bottom()),
        )
        if hands.random.random() < 0.6:  # often within the same part
            end = start + (end - start) / 8
        if isValid(handle):
            QTest.mouseMove(handle, end)
    if isValid(handle):
        QTest.mouseRelease(handle, Button.LeftButton, modifier, end)
    return f"{said} to {end.toTuple()}"


def _moves_a_dock(widget: QWidget) -> bool:
    """Return whether Qt would take a drag for that of a dock, which cannot end offscreen.

    It needs the mouse grabbed; `move_dock` does what such a drag does.
    """
    while not isinstance(widget, QDockWidget):
        parent = widget.parentWidget()
        if parent is None:
            return False
        if isinstance(parent, QDockWidget) and parent.titleBarWidget() is not widget:
            return False
        widget = parent
    return True


def turn_wheel(hands: Hands) -> str:
    widget, place = hands.place()
    turn = QPoint(0, hands.random.choice((-1200, -240, -120, -3, 3, 120, 240, 1200)))
    if hands.random.random() < 0.2:
        turn = turn.transposed()
    modifier, said = hands.random.choice(MODIFIERS), hands.named(widget, place)
    QTest.wheelEvent(hands.handle(widget), QPointF(place), turn, QPoint(), modifier)
    return f"{said} by {turn.toTuple()}"


# Keys


def press_key(hands: Hands) -> str:
    key, modifier = hands.random.choice(KEYS), hands.random.choice((*MODIFIERS, *MODIFIERS[:1] * 5))
    for _ in range(hands.random.choice((1, 1, 1, 2, 12))):
        if not hands.may_type():
            return "nothing: a file is chosen"
        _press(hands, key, modifier)
    return f"{key.name} {modifier}"


def type_text(hands: Hands) -> str:
    text = "".join(hands.random.choices(TYPED, k=hands.random.randint(1, 3)))
    for letter in text:
        if hands.may_type():
            _press(hands, _key_of(letter))
    return repr(text)


def _press(hands: Hands, key: Key, modifier: Modifier = Modifier.NoModifier) -> None:
    """Press a key and let it go; a menu or a dialog may be gone after the first part of it."""
    modal = QApplication.activeModalWidget() is not None and key not in EDITING
    if modal or QApplication.activePopupWidget() is not None:
        modifier = Modifier.NoModifier  # which QTest gives to the same window before and after
    for press in (QTest.keyPress, QTest.keyRelease):
        if isValid(handle := hands.focus()):
            press(handle, key, modifier)


def _key_of(letter: str) -> Key:
    return Key.Key_Return if letter == "\n" else Key(ord(letter.upper()))


def paste(hands: Hands) -> str:
    text = LONG_TEXT if hands.random.random() < 0.03 else hands.random.choice(TEXTS)
    QApplication.clipboard().setText(text)
    _press(hands, Key.Key_V, Modifier.ControlModifier)
    QApplication.clipboard().clear()
    return f"{len(text):,} characters"


# Menus


def choose(hands: Hands) -> str:
    """Choose something of a menu, whether it is open or not."""
    found = [a for a in hands.window.findChildren(QAction) if _can_be_chosen(a)]
    action = hands.random.choice(found)
    action.trigger()
    return action.objectName() or action.text()


def _can_be_chosen(action: QAction) -> bool:
    known = action.isEnabled() and action.isVisible() and not action.isSeparator()
    return known and action.menu() is None and action.objectName() not in LEAVING


def leave(hands: Hands) -> str:
    hands.window.findChild(QAction, "file.quit").trigger()
    return ""


# The window


def resize(hands: Hands) -> str:
    width, height = (hands.random.randint(*span) for span in SIZES)
    hands.window.resize(width, height)
    return f"{width}x{height}"


def change_state(hands: Hands) -> str:
    state = hands.random.choice(STATES)
    getattr(hands.window, state)()
    return state


def move_dock(hands: Hands) -> str:
    """Close a dock, open it, put it elsewhere or on another one; none of them floats."""
    dock, other = hands.random.sample(hands.window.findChildren(QDockWidget), 2)
    way = hands.random.choice(("close", "show", "put", "tabify"))
    if way == "put":
        hands.window.addDockWidget(hands.random.choice(AREAS), dock)
    elif way == "tabify":
        hands.window.tabifyDockWidget(other, dock)
    else:
        getattr(dock, way)()
    return f"{way} {dock.objectName()}"


def drop(hands: Hands) -> str:
    """Drop no file, one, two or five hundred, a folder, an address, or rubbish."""
    data, said = _dropped(hands)
    actions, buttons = Qt.DropAction.CopyAction | Qt.DropAction.MoveAction, Button.LeftButton
    keys = Modifier.NoModifier
    at = QPoint(hands.window.width() // 2, hands.window.height() // 2)
    enter = QDragEnterEvent(at, actions, data, buttons, keys)
    QApplication.sendEvent(hands.window, enter)
    if not enter.isAccepted():
        return f"{said}, not taken"
    if hands.random.random() < 0.1:
        QApplication.sendEvent(hands.window, QDragLeaveEvent())
    else:
        event = QDropEvent(QPointF(at), actions, data, buttons, keys, QEvent.Type.Drop)
        QApplication.sendEvent(hands.window, event)
    return said


def _dropped(hands: Hands) -> tuple[QMimeData, str]:
    data, count = QMimeData(), hands.random.choice((0, 1, 1, 1, 2, 2, 500, -1, -2))
    if count == -1:
        data.setUrls([QUrl("https://example.org/weights.pt")])
        return data, "an address"
    if count == -2:
        data.setData("application/x-rubbish", bytes(range(256)))
        data.setText("file:///no/such")
        return data, "rubbish"
    paths = list(itertools.islice(itertools.cycle(hands.random.sample(hands.files, 2)), count))
    data.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    return data, f"{count} × {sorted({path.name for path in paths})}"


# Time, and what is asked


def wait(hands: Hands) -> str:
    time = hands.random.choice((0, 1, 5))
    QTest.qWait(time)
    return f"{time} ms"


def dismiss(hands: Hands) -> str:
    """Dismiss a menu or a dialog; return which, empty if there is none."""
    popup, modal = QApplication.activePopupWidget(), QApplication.activeModalWidget()
    if popup is not None:
        popup.close()
        return "a menu"
    if isinstance(modal, QDialog):
        modal.reject()
        return modal.objectName() or "a dialog"
    return ""


def answer(hands: Hands) -> str:
    """Answer the file dialog: nothing is ever chosen but in the test's own folder."""
    dialog = QApplication.activeModalWidget()
    assert isinstance(dialog, QFileDialog)
    if hands.random.random() < 0.3:
        dialog.reject()
        return f"{dialog.objectName()}: Cancel"
    paths = _chosen(hands, dialog)
    names = [str(path) for path in paths]
    dialog.filesSelected.emit(names)  # as its own button does, which asks before it replaces
    if len(names) == 1:
        dialog.fileSelected.emit(names[0])
    QDialog.accept(dialog)
    return f"{dialog.objectName()}: {[path.name for path in paths]}"


def _chosen(hands: Hands, dialog: QFileDialog):
    modes = QFileDialog.FileMode
    if dialog.acceptMode() == QFileDialog.AcceptMode.AcceptSave:
        name = f"saved {hands.random.randint(0, 3)}"
        return [hands.folder / (name + hands.random.choice(("", ".rnnviz", ".pt", ".png")))]
    if dialog.fileMode() == modes.Directory:
        return [hands.folder / "run.zarr"]
    files = [path for path in hands.files if path.is_file()]
    return hands.random.sample(files, hands.random.choice((1, 1, 2)))


def press_escape(widget: QWidget) -> None:
    QTest.keyPress(widget.windowHandle(), Key.Key_Escape)


COMMON = (click, click_twice, click_right, click_middle, hover, drag, turn_wheel)
COMMON += (press_key, press_key, type_text, paste, wait)
ANYWHERE = (resize, change_state, move_dock, drop)
"""What can be done while nothing is asked, besides."""
