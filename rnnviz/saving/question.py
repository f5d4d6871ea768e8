"""What is asked before a window closes whose changes are not saved."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QMessageBox, QPushButton, QWidget


class SaveQuestion(QMessageBox):
    """Asks what is to become of changes.

    Signals
    -------
    save_chosen()
    discard_chosen()
    """

    save_chosen = Signal()
    discard_chosen = Signal()

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("save_changes")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle("rnnviz")
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setText(f"Save the changes to “{name}” before closing?")
        self.setInformativeText("Otherwise the settings that were changed are lost.")
        roles = QMessageBox.ButtonRole
        save = self._add("save", "Save", roles.AcceptRole)
        discard = self._add("discard", "Don’t save", roles.DestructiveRole)
        cancel = self._add("cancel", "Cancel", roles.RejectRole)
        save.clicked.connect(self.save_chosen)
        discard.clicked.connect(self.discard_chosen)
        self.setDefaultButton(save)
        self.setEscapeButton(cancel)

    def _add(self, name: str, text: str, role: QMessageBox.ButtonRole) -> QPushButton:
        button = self.addButton(text, role)
        button.setObjectName(f"save_changes.{name}")
        return button
