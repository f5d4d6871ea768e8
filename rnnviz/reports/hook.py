"""Errors that nobody caught: they are shown, and the program goes on."""

from __future__ import annotations

import sys
import traceback
from types import TracebackType

from PySide6.QtCore import QObject, Qt, Signal


class ExceptionHook(QObject):
    """Takes over `sys.excepthook`, so that an error in a slot is shown and the program goes on.

    It may have come while a widget was painted. So it is told when Qt is done with that; and its
    traceback must not keep a painter alive, over which Qt would end the program.

    Signals
    -------
    raised(error)
    """

    raised = Signal(object)
    _came = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._came.connect(self.raised, Qt.ConnectionType.QueuedConnection)

    def install(self) -> None:
        """Begin."""
        sys.excepthook = self._on_exception

    def remove(self) -> None:
        """Give Python's own hook back."""
        sys.excepthook = sys.__excepthook__

    def _on_exception(
        self, kind: type[BaseException], error: BaseException, trace: TracebackType | None
    ) -> None:
        sys.__excepthook__(kind, error, trace)
        if issubclass(kind, Exception):
            _forget_locals(error)
            self._came.emit(error)


def _forget_locals(error: BaseException | None) -> None:
    """Let go of what the functions held that an error came through; and those before it."""
    while error is not None:
        traceback.clear_frames(error.__traceback__)
        error = error.__cause__ or error.__context__
