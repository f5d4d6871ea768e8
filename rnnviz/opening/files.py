"""All that the window does with files that are opened: menus, drops, messages, recordings."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QMainWindow

from rnnviz.opening.drops import Drops
from rnnviz.opening.opening import Opening
from rnnviz.opening.reading import ReadingPanel
from rnnviz.opening.saving_weights import choose_and_save
from rnnviz.panels.recording import RecordingPanel
from rnnviz.session import Session

if TYPE_CHECKING:
    from rnnviz.actions import Commands
    from rnnviz.workspace import Workspace


class Files(QObject):
    """Opens what is chosen, dropped or named on the command line.

    Parameters
    ----------
    session : Session
    window : QMainWindow

    Attributes
    ----------
    opening : Opening
    recording : RecordingPanel
        To be placed above the views.
    reading : ReadingPanel
        To be placed in the status bar.

    Signals
    -------
    refused(sentence) : something was not opened or saved, and why.
    said(sentence) : what was done.
    """

    refused = Signal(str)
    said = Signal(str)

    def __init__(self, session: Session, window: QMainWindow) -> None:
        super().__init__(window)
        self._session, self._window = session, window
        self.opening = Opening(session, window)
        self.recording = RecordingPanel(session)
        self.reading = ReadingPanel()
        self.opening.refused.connect(self.refused)
        self.opening.said.connect(self.said)
        self.opening.reading.connect(self.reading.set_name)
        self.opening.recording_read.connect(self.recording.open)
        self.reading.cancelled.connect(self.opening.cancel)
        self.recording.refused.connect(self.refused)
        self.recording.said.connect(self.said)
        Drops(window).dropped.connect(self.opening.open_files)

    @property
    def busy(self) -> bool:
        """Whether something is being read or asked about, or waits for it."""
        return self.opening.busy or self.recording.busy

    def join(self, workspace: Workspace) -> None:
        """Put the training steps of a recording above the views, and open what panels ask for."""
        workspace.add_above(self.recording)
        workspace.file_wanted.connect(self.opening.choose)

    def commands(self) -> Commands:
        """Return what the entries of the menu do."""
        return {
            "file.open": self.opening.choose,
            "file.open_recording": partial(self.opening.choose, folder=True),
            "file.save_weights": self._save_weights,
        }

    def open_files(self, paths: Iterable[str | Path], kind: str = "any") -> None:
        """Open files, or the folders of recordings, one after the other; see `Opening`."""
        self.opening.open_files(paths, kind)

    def stop(self) -> None:
        """Read nothing any more: the window closes."""
        self.opening.cancel()
        self.recording.stop()

    def finished(self, seconds: float) -> bool:
        """Wait until nothing is read any more, `seconds` at most, and return whether it is so."""
        return self.opening.finished(seconds) and self.recording.finished(seconds)

    def _save_weights(self) -> None:
        choose_and_save(self._session, self._window, self.said.emit, self.refused.emit)
