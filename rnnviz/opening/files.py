"""All that the window does with files that are opened: menus, drops, messages, recordings."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QMainWindow

from rnnviz.opening.drops import Drops
from rnnviz.opening.reading import ReadingPanel
from rnnviz.panels.recording import RecordingPanel
from rnnviz.session import Session

if TYPE_CHECKING:
    from rnnviz.actions import Commands
    from rnnviz.opening.opening import Opening
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
        Made, with all readers, when it is first needed: most starts open no file.
    recording : RecordingPanel
        To be placed above the views.
    reading : ReadingPanel
        To be placed in the status bar.

    Signals
    -------
    refused(sentence) : something was not opened or saved, and why.
    said(sentence) : what was done.
    asking() : a dialog is about to open.
    session_read(saved, path)
    """

    refused = Signal(str)
    said = Signal(str)
    asking = Signal()
    session_read = Signal(object, object)

    def __init__(self, session: Session, window: QMainWindow) -> None:
        super().__init__(window)
        self._session, self._window = session, window
        self.recording = RecordingPanel(session)
        self.reading = ReadingPanel()
        self.recording.refused.connect(self.refused)
        self.recording.said.connect(self.said)
        Drops(window).dropped.connect(self.open_files)

    @cached_property
    def opening(self) -> Opening:
        from rnnviz.opening.opening import Opening

        made = Opening(self._session, self._window)
        made.refused.connect(self.refused)
        made.said.connect(self.said)
        made.asking.connect(self.asking)
        made.reading.connect(self.reading.set_name)
        made.recording_read.connect(self.recording.open)
        made.session_read.connect(self.session_read)
        self.reading.cancelled.connect(made.cancel)
        return made

    @property
    def busy(self) -> bool:
        """Whether something is being read or asked about, or waits for it."""
        return (self._was_needed and self.opening.busy) or self.recording.busy

    def join(self, workspace: Workspace) -> None:
        """Put the training steps of a recording above the views, and open what panels ask for."""
        workspace.add_above(self.recording)
        workspace.file_wanted.connect(self._choose)

    def commands(self) -> Commands:
        """Return what the entries of the menu do."""
        return {
            "file.open": self._choose,
            "file.open_recording": partial(self._choose, folder=True),
            "file.save_weights": self._save_weights,
        }

    def open_files(self, paths: Iterable[str | Path], kind: str = "any") -> None:
        """Open files, or the folders of recordings, one after the other; see `Opening`."""
        self.opening.open_files(paths, kind)

    def stop(self) -> None:
        """Read nothing any more: the window closes."""
        if self._was_needed:
            self.opening.cancel()
        self.recording.stop()

    def finished(self, seconds: float) -> bool:
        """Wait until nothing is read any more, `seconds` at most, and return whether it is so."""
        over = not self._was_needed or self.opening.finished(seconds)
        return over and self.recording.finished(seconds)

    @property
    def _was_needed(self) -> bool:
        return "opening" in vars(self)

    def _choose(self, folder: bool = False) -> None:
        self.opening.choose(folder)

    def _save_weights(self) -> None:
        from rnnviz.opening.saving_weights import choose_and_save

        self.asking.emit()
        choose_and_save(self._session, self._window, self.said.emit, self.refused.emit)
