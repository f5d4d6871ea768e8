"""What goes wrong while the window is measured: no figure of a broken one shall be printed."""

from __future__ import annotations

import sys
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from types import TracebackType

from PySide6.QtCore import qInstallMessageHandler

MEANINGLESS = ("propagateSizeHints", "does not support raise")
"""What the offscreen platform says of every window."""


def means_something(message: str) -> bool:
    """Return whether a message of Qt's tells of anything that went wrong."""
    return not any(known in message for known in MEANINGLESS)


@contextmanager
def raised() -> Iterator[None]:
    """Raise at the end what Qt warned of, or what was raised in a slot or a paint event.

    Raises
    ------
    RuntimeError
        With the first complaint.
    """
    complaints: list[str] = []

    def on_message(kind: object, context: object, message: str) -> None:
        if means_something(message):
            complaints.append(message)

    def on_exception(
        kind: type[BaseException], error: BaseException, where: TracebackType | None
    ) -> None:
        complaints.append("".join(traceback.format_exception(kind, error, where)))

    hook, sys.excepthook = sys.excepthook, on_exception
    handler = qInstallMessageHandler(on_message)
    try:
        yield
    finally:
        sys.excepthook = hook
        qInstallMessageHandler(handler)
    if complaints:
        raise RuntimeError(f"{len(complaints)} complaints, the first: {complaints[0]}")
