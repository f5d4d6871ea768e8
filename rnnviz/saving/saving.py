"""File > Save: where a session is kept, the window's title, and what is asked at the end."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QFileDialog, QMainWindow

from rnnviz.files import reason_of
from rnnviz.formats.session_file import ENDING, SavedSession, write_session
from rnnviz.jobs import Job
from rnnviz.saving.document import Document
from rnnviz.saving.keeping import Keeping
from rnnviz.saving.question import SaveQuestion
from rnnviz.saving.recent import Recent
from rnnviz.session import Session
from rnnviz.settings import Settings, SettingsError

FILTER = f"Sessions (*{ENDING})"


class Saving(QObject):
    """Saves the session, beside the window, and knows whether that is needed.

    Parameters
    ----------
    window : QMainWindow
    session : Session
    keeping : Keeping
    recent : Recent

    Attributes
    ----------
    document : Document
    keeping : Keeping

    Signals
    -------
    said(sentence) : what was done.
    failed(sentence) : why nothing was saved or opened.
    asking() : a question is about to be asked.
    """

    said = Signal(str)
    failed = Signal(str)
    asking = Signal()

    def __init__(
        self, window: QMainWindow, session: Session, keeping: Keeping, recent: Recent
    ) -> None:
        super().__init__(window)
        self._window, self._session = window, session
        self.keeping, self._recent = keeping, recent
        self.document = document = Document(session, self)
        self._closes = self._may_lose = False
        self._job = Job(self)
        self._job.done.connect(self._on_saved)
        self._job.failed.connect(self._on_failed)
        document.changed.connect(self._show_title)
        self._show_title()

    @property
    def busy(self) -> bool:
        """Whether a session is on its way to a file, or into the window."""
        return self._job.busy or self.keeping.busy

    # Saving

    def save(self) -> None:
        """Save where it was saved before, or else ask where."""
        if self.document.path is None:
            self.save_as()
        else:
            self._write(self.document.path)

    def save_as(self) -> None:
        """Ask where to save."""
        self.asking.emit()
        dialog = QFileDialog(self._window, "Save session", "", FILTER)
        dialog.setObjectName("save.file")
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setDefaultSuffix(ENDING.removeprefix("."))
        dialog.selectFile(str(self.document.path or f"session{ENDING}"))
        dialog.fileSelected.connect(lambda path: self._write(Path(path)))
        dialog.rejected.connect(self._stay)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def _write(self, path: Path) -> None:
        """Write a session whose numbers nobody can change meanwhile."""
        self._job.start(partial(_written, path, self.keeping.taken(), self._session.settings))

    def _on_saved(self, done: tuple[Path, SavedSession, Settings]) -> None:
        path, saved, settings = done
        self.document.take(path, settings)
        self._recent.remember(path)
        self.said.emit(" ".join((f"Saved {path.name}.", *saved.notices)))
        if self._closes:
            self._window.close()

    def _on_failed(self, error: Exception) -> None:
        self._stay()
        self.failed.emit(f"The session was not saved: {reason_of(error)}.")

    def hold_layout(self, hold: bool) -> None:
        """Save the layout of now until it is let go, whatever becomes of it meanwhile."""
        self.keeping.hold_layout(hold)

    # Opening

    def open(self, saved: SavedSession, path: Path) -> None:
        """Show what was read from `path`; what this machine cannot take leaves all as it was."""
        try:
            self.keeping.bring_back(saved, path.name)
        except SettingsError as error:
            self.failed.emit(f"{path.name}: {error}")
            return
        self.document.take(path, self._session.settings)
        self._recent.remember(path)
        if notices := self.keeping.notices(saved):
            self.said.emit(" ".join((f"Opened {path.name}.", *notices)))

    def recover(self, saved: SavedSession, path: Path | None, modified: bool) -> bool:
        """Show what was not saved, and return whether that was possible; it is not saved yet.

        Parameters
        ----------
        saved : SavedSession
        path : Path or None
            The file that it belongs to, if any.
        modified : bool
            Whether that file holds other settings.
        """
        try:
            self.keeping.bring_back(saved, "unsaved work")
        except SettingsError as error:
            self.failed.emit(f"The unsaved work cannot be restored here: {error}")
            return False
        self.document.take(path, None if modified else self._session.settings)
        return True

    def open_preset(self, name: str) -> None:
        """Open a preset; what was in a file stays there."""
        self._session.open_preset(name)
        self.document.take(None, self._session.settings)

    # Closing

    def may_close(self, asks: bool) -> bool:
        """Return whether the window may close; else close it later, with `asks` after a question.

        It waits for a file that is being written.
        """
        if self._job.busy:
            self._closes = True
            return False
        if not asks or self._may_lose or not self.document.modified:
            return True
        self._ask()
        return False

    def _ask(self) -> None:
        self.asking.emit()
        question = SaveQuestion(self.document.name, self._window)
        question.save_chosen.connect(self._save_and_close)
        question.discard_chosen.connect(self._discard)
        question.open()

    def _save_and_close(self) -> None:
        self._closes = True
        self.save()

    def _discard(self) -> None:
        self._may_lose = True
        self._window.close()

    def _stay(self) -> None:
        self._closes = False

    # The title

    def _show_title(self) -> None:
        document = self.document
        self._window.setWindowFilePath(str(document.path or ""))
        name = document.name.replace("[*]", "[*][*]")  # else Qt takes it for the mark's place
        self._window.setWindowTitle("rnnviz[*]" if document.path is None else f"{name}[*] – rnnviz")
        self._window.setWindowModified(document.modified)


def _written(
    path: Path, saved: SavedSession, settings: Settings, stopped: Callable[[], bool]
) -> tuple[Path, SavedSession, Settings]:
    write_session(path, saved)
    return path, saved, settings
