"""What the user did last, for a report: names of actions and of settings, never what is in them."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Iterable
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject
from PySide6.QtGui import QAction

if TYPE_CHECKING:
    from rnnviz.session import Session
    from rnnviz.settings import Settings

MOST = 20
"""So many are kept; one that is done again and again counts once."""


class LastActions(QObject):
    """Listens to actions and to the settings of a session."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._done: deque[tuple[str, str, int]] = deque(maxlen=MOST)  # when, what, how often

    def follow(self, actions: Iterable[QAction], session: Session) -> None:
        """Listen from now on."""
        for action in actions:
            action.triggered.connect(partial(self._on_triggered, action))
        self._session, self._settings = session, session.settings
        session.settings_changed.connect(self._on_settings_changed)

    def note(self, name: str) -> None:
        """Remember that this was done."""
        times = 1
        if self._done and self._done[-1][1] == name:
            times += self._done.pop()[2]
        self._done.append((time.strftime("%H:%M:%S"), name, times))

    def lines(self) -> list[str]:
        """Return what was done, a line each, the latest at the end."""
        return [
            f"{when} {name}" + (f" × {times}" if times > 1 else "")
            for when, name, times in self._done
        ]

    def _on_triggered(self, action: QAction, *_: bool) -> None:
        self.note(action.objectName() or "an action without a name")

    def _on_settings_changed(self) -> None:
        before, self._settings = self._settings, self._session.settings
        if self._settings is not before:
            self.note(_name_of(before, self._settings))


def _name_of(before: Settings, now: Settings) -> str:
    """Return what was changed; sizes with their numbers, else nothing of what was entered."""
    from rnnviz.history.naming import named

    change = named(before, now)
    return change.name if change.subject.startswith("network.") else change.subject
