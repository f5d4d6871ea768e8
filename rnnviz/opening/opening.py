"""Opening files, one after the other: read beside the window, asked about, then taken."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from pydantic import ValidationError
from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QDialog, QFileDialog, QWidget

from rnnviz.fields import sentence_of
from rnnviz.formats import UnreadableFile
from rnnviz.formats.any_file import read_any
from rnnviz.formats.data import Data, read_data
from rnnviz.formats.recording import Recording
from rnnviz.formats.session_file import SavedSession
from rnnviz.formats.weights import Weights, read_weights
from rnnviz.jobs import Job
from rnnviz.limits import MAX_FILES
from rnnviz.opened import with_data, with_weights
from rnnviz.opening.data_dialog import DataDialog, needs_asking, source_of
from rnnviz.opening.weights_dialog import WeightsDialog
from rnnviz.settings import Settings, SettingsError

if TYPE_CHECKING:
    from rnnviz.sequences import Source
    from rnnviz.session import Session

FILTERS = (
    "All that can be opened (*.rnnviz *.safetensors *.pt *.pth *.bin *.ckpt *.npy *.npz *.csv "
    "*.tsv *.txt)",
    "Sessions (*.rnnviz)",
    "Weights (*.safetensors *.pt *.pth *.bin *.ckpt)",
    "Numbers and texts (*.npy *.npz *.csv *.tsv *.txt *.pt *.safetensors)",
    "All files (*)",
)

Reader = Callable[..., object]
"""Takes a path, and ``stopped``."""
READERS: dict[str, Reader] = {
    "any": lambda path, stopped: read_any(path, stopped=stopped),
    "weights": read_weights,
    "data": read_data,
}


class Opening(QObject):
    """Reads what is given, asks what has to be asked, and changes the session's settings.

    Whatever cannot be opened leaves everything as it was.

    Parameters
    ----------
    session : Session
    window : QWidget
        The parent of dialogs.

    Attributes
    ----------
    asks : bool
        Whether there is somebody to ask; else the first layer is taken, with tanh, and data as
        they are.

    Signals
    -------
    refused(sentence) : a file was not opened, and why.
    said(sentence) : what was opened, and what there is to know of it.
    asking() : a dialog is about to open.
    reading(name) : the file that is being read; empty when there is none any more.
    session_read(saved, path)
    recording_read(recording)
    idle() : all that was given is dealt with.
    """

    refused = Signal(str)
    said = Signal(str)
    asking = Signal()
    reading = Signal(str)
    session_read = Signal(object, object)
    recording_read = Signal(object)
    idle = Signal()

    def __init__(self, session: Session, window: QWidget) -> None:
        super().__init__(window)
        self._session, self._window = session, window
        self.asks = True
        self._waiting: list[tuple[Path, Reader]] = []
        self._path = Path()
        self._dialog: QDialog | None = None
        self._job = Job(self)
        self._job.done.connect(self._on_read)
        self._job.failed.connect(self._on_failed)

    @property
    def busy(self) -> bool:
        """Whether a file is being read or asked about, or waits for it."""
        return self._job.busy or self._dialog is not None or bool(self._waiting)

    def choose(self, folder: bool = False) -> None:
        """Let the user choose files or, for a recording, a folder."""
        self.asking.emit()
        dialog = QFileDialog(self._window, "Open recording" if folder else "Open")
        dialog.setObjectName("open.files")
        if folder:
            dialog.setFileMode(QFileDialog.FileMode.Directory)
            dialog.setOption(QFileDialog.Option.ShowDirsOnly)
        else:
            dialog.setFileMode(QFileDialog.FileMode.ExistingFiles)
            dialog.setNameFilters(FILTERS)
        dialog.filesSelected.connect(self.open_files)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def open_files(self, paths: Iterable[str | Path], kind: str = "any") -> None:
        """Open files, or the folders of recordings, one after the other.

        Parameters
        ----------
        paths : iterable of path-like
        kind : {"any", "weights", "data"}
            What they are, where neither ending nor contents shall decide.
        """
        waiting = [*self._waiting, *((Path(path), READERS[kind]) for path in paths)]
        if len(waiting) > MAX_FILES:
            self.refused.emit(
                f"{len(waiting):,} files are too many: at most {MAX_FILES} are opened in a row."
            )
            return
        self._waiting = waiting
        if not self._job.busy and self._dialog is None:
            self._go_on()

    def cancel(self) -> None:
        """Open nothing more."""
        self._waiting.clear()
        self._job.cancel()
        if self._dialog is not None:
            self._dialog.reject()
        self.reading.emit("")

    def finished(self, seconds: float) -> bool:
        """Wait until nothing is read any more, `seconds` at most, and return whether it is so."""
        return self._job.finished(seconds)

    # Reading

    def _go_on(self) -> None:
        """Read the next file, if one waits."""
        if not self._waiting:
            self.reading.emit("")
            self.idle.emit()
            return
        self._path, read = self._waiting.pop(0)
        self.reading.emit(self._path.name)
        self._job.start(partial(_read, self._path, read))

    def _on_failed(self, error: Exception) -> None:
        if isinstance(error, UnreadableFile):
            self.refused.emit(str(error))
        elif isinstance(error, MemoryError):
            self.refused.emit(f"{self._path.name}: There is not enough memory to read it.")
        else:
            self._go_on()
            raise error
        self._go_on()

    def _on_read(self, found: object) -> None:
        self.reading.emit("")
        take: dict[type, Callable[..., None]] = {
            Data: self._ask_about_data,
            Recording: self._take_recording,
            SavedSession: self._take_session,
            Weights: self._ask_about_weights,
        }
        take[type(found)](found)

    # Weights

    def _ask_about_weights(self, weights: Weights) -> None:
        known = len(weights.layers) == 1 and not weights.layers[0].unknown
        if known or not self.asks:
            self._take_weights(weights, 0, {})
            self._go_on()
            return
        dialog = WeightsDialog(weights, self._window)
        dialog.accepted.connect(lambda: self._take_weights(weights, dialog.index, dialog.answers))
        self._ask(dialog)

    def _take_weights(self, weights: Weights, index: int, answers: dict[str, object]) -> None:
        layer = weights.layers[index]
        network = {"kind": layer.kind, **layer.sizes, **answers}
        name = f"{weights.path.name} ({layer.name})" if layer.name else weights.path.name
        self._take(
            lambda settings: with_weights(settings, network, layer.tensors, name),
            (*weights.notices, *layer.notices),
        )

    # Data

    def _ask_about_data(self, data: Data) -> None:
        if not self.asks or not needs_asking(data, self._session.settings):
            self._take_data(data, source_of(data))
            self._go_on()
            return
        dialog = DataDialog(data, self._session.settings, self._window)
        dialog.accepted.connect(lambda: self._take_data(dialog.data, dialog.source))
        self._ask(dialog)

    def _take_data(self, data: Data, source: Source) -> None:
        self._take(lambda settings: with_data(settings, source), data.notices)

    # Sessions and recordings

    def _take_session(self, saved: SavedSession) -> None:
        self.session_read.emit(saved, self._path)
        self._go_on()

    def _take_recording(self, recording: Recording) -> None:
        self.recording_read.emit(recording)
        self._go_on()

    # How it is done

    def _ask(self, dialog: QDialog) -> None:
        self.asking.emit()
        self._dialog = dialog
        dialog.finished.connect(self._on_asked)
        dialog.open()

    def _on_asked(self) -> None:
        self._dialog = None
        self._go_on()

    def _take(self, change: Callable[[Settings], Settings], notices: Iterable[str]) -> None:
        name = self._path.name
        self._session.history.part()  # two files are two steps, however soon they follow
        try:
            self._session.apply(change(self._session.settings))
        except ValidationError as error:
            self.refused.emit(f"{name}: {sentence_of(error)}")
        except SettingsError as error:
            self.refused.emit(f"{name}: {error}")
        else:
            self.said.emit(" ".join([f"Opened {name}.", *notices]))


def _read(path: Path, read: Reader, stopped: Callable[[], bool]) -> object:
    return read(path, stopped=stopped)
