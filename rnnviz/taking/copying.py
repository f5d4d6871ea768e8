"""Edit > Copy image: what is on the screen, as it is."""

from __future__ import annotations

from PySide6.QtGui import QCursor
from PySide6.QtWidgets import QApplication, QWidget

VIEWS = {
    "view.timeline": "the timeline",
    "view.equation": "the equation",
    "equation.strip": "the sum",
    "view.lockstep": "the networks side by side",
    "view.unrolled": "the unrolled network",
    "view.inspector": "the inspector",
    "view.code": "the code",
}
PAGE = "pages"


def copy_image(window: QWidget) -> str:
    """Put a picture of a view on the clipboard, and say of which.

    It is the view under the pointer, else the one with the focus inside, else the page.
    """
    views = [(view, said) for name, said in VIEWS.items() if (view := _shown(window, name))]
    pointed, focus = QApplication.widgetAt(QCursor.pos()), QApplication.focusWidget()
    for view, said in views:
        if pointed is not None and view.isAncestorOf(pointed):
            return _copied(view, said)
    for view, said in views:  # the window gives the focus to a whole view when nobody wants it
        if focus is not None and focus is not view and view.isAncestorOf(focus):
            return _copied(view, said)
    page = _shown(window, PAGE)
    return "There is nothing to copy yet." if page is None else _copied(page, "the page")


def _shown(window: QWidget, name: str) -> QWidget | None:
    view = window.findChild(QWidget, name)
    return view if view is not None and view.isVisible() else None


def _copied(view: QWidget, said: str) -> str:
    QApplication.clipboard().setImage(view.grab().toImage())
    return f"Copied an image of {said}."
