"""The file that a session is kept in, and whether it holds what there is."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QObject, Signal

from rnnviz.session import Session
from rnnviz.settings import Settings


class Document(QObject):
    """Settings that a file holds, or that one begins with, against those of the session.

    Attributes
    ----------
    path : Path or None
        None as long as it was never saved.

    Signals
    -------
    changed() : another path, or `modified` may be another.
    """

    changed = Signal()

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.path: Path | None = None
        self._session = session
        self._kept: Settings | None = session.settings
        session.settings_changed.connect(self.changed)

    @property
    def name(self) -> str:
        """What the user reads."""
        return "Untitled" if self.path is None else self.path.name

    @property
    def modified(self) -> bool:
        """Whether settings would be lost; what comes with the program never is."""
        preset, settings = self._session.preset, self.settings
        if self.path is None and preset is not None and settings == preset.settings:
            return False
        return settings != self._kept

    @property
    def settings(self) -> Settings:
        """Those of the session."""
        return self._session.settings

    def take(self, path: Path | None, kept: Settings | None) -> None:
        """Belong to a file.

        Parameters
        ----------
        path : Path or None
            None: to no file any more.
        kept : Settings or None
            What the file holds, or what one begins with; None: others than those of the session.
        """
        self.path, self._kept = path, kept
        self.changed.emit()
