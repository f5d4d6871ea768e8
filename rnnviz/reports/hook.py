"""Errors that nobody caught: they are shown, and the program goes on."""

from __future__ import annotations

import sys
from types import TracebackType

from PySide6.QtCore import QObject, Signal


class ExceptionHook(QObject):
    """Takes over `sys.excepthook`, so that an error in a slot is shown and the program goes on.

    Signals
    -------
    raised(error)
    """

    raised = Signal(object)

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
            self.raised.emit(error)
