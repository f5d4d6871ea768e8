"""What is painted while something is measured: only what can be seen counts."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QEvent, QObject
from PySide6.QtWidgets import QAbstractScrollArea, QWidget


def check_painted(window: QWidget, names: Sequence[str], move: Callable[[], object]) -> None:
    """Make sure that when `move` returns, the widgets of these names have been painted anew.

    Raises
    ------
    RuntimeError
        If some have not, so that timing `move` would leave their painting out.
    """
    watch = _PaintWatch({drawn_on(window, name): name for name in names})
    move()
    if missing := set(names) - watch.seen:
        raise RuntimeError(f"It ends before these are painted: {', '.join(sorted(missing))}.")


def drawn_on(window: QWidget, name: str) -> QWidget:
    """Return the widget of this name, or the viewport that it draws on."""
    widget = window.findChild(QWidget, name)
    if widget is None:
        raise LookupError(f"The window has no widget {name!r}.")
    return widget.viewport() if isinstance(widget, QAbstractScrollArea) else widget


class _PaintWatch(QObject):
    """Notes the names of widgets that are painted, for as long as it lives."""

    def __init__(self, names: dict[QWidget, str]) -> None:
        super().__init__()
        self.seen: set[str] = set()
        self._names = names
        for widget in names:
            widget.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Paint:
            self.seen.update(name for widget, name in self._names.items() if widget is watched)
        return False
