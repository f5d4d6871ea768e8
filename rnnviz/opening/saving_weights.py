"""File > Save weights: under torch's names or the exercise's, as safetensors or as torch does."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Literal

from PySide6.QtWidgets import QFileDialog, QWidget

from rnnviz.formats.weights_out import save_weights
from rnnviz.session import Session

Names = Literal["", "torch", "exercise"]
FILTERS: dict[str, tuple[Names, str]] = {
    "Weights (*.safetensors)": ("", ".safetensors"),
    "Weights, by torch.save (*.pt)": ("", ".pt"),
    "Weights under nn.RNN's names (*.safetensors)": ("torch", ".safetensors"),
    "Weights under nn.RNN's names, by torch.save (*.pt)": ("torch", ".pt"),
    "Weights under the exercise's names (*.safetensors)": ("exercise", ".safetensors"),
    "Weights under the exercise's names, by torch.save (*.pt)": ("exercise", ".pt"),
}
"""What the dialog lists → the names to write under, and the file's ending."""


def choose_and_save(
    session: Session,
    window: QWidget,
    said: Callable[[str], object],
    refused: Callable[[str], object],
) -> None:
    """Let the user choose where, and save the weights there; both callables take a sentence."""
    dialog = QFileDialog(window, "Save weights")
    dialog.setObjectName("save_weights")
    dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
    dialog.setNameFilters(list(FILTERS))
    dialog.setDefaultSuffix("safetensors")
    dialog.filterSelected.connect(lambda chosen: dialog.setDefaultSuffix(FILTERS[chosen][1][1:]))
    dialog.fileSelected.connect(
        lambda path: _save(session, Path(path), dialog.selectedNameFilter(), said, refused)
    )
    dialog.finished.connect(dialog.deleteLater)
    dialog.open()


def _save(
    session: Session,
    path: Path,
    chosen: str,
    said: Callable[[str], object],
    refused: Callable[[str], object],
) -> None:
    names, _ = FILTERS[chosen]
    try:
        notices = save_weights(path, session.contract, names=names)
    except OSError as error:
        refused(f"{path.name} was not saved: {error.strerror or error}.")
    except ValueError as reason:
        refused(f"{path.name} was not saved: {reason}")
    else:
        said(" ".join([f"Saved the weights as {path.name}.", *notices]))
