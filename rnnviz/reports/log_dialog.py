"""Help > Show log: what was written down, to be read and copied."""

from __future__ import annotations

from PySide6.QtCore import Qt, QUrl
from PySide6.QtGui import QDesktopServices, QGuiApplication, QTextCursor
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QPlainTextEdit, QVBoxLayout, QWidget

from rnnviz.reports.dialog import fixed_font
from rnnviz.reports.log import Log
from rnnviz.widgets.form_parts import MutedLabel

SIZE = (820, 480)
SPACE = 16
NONE_KEPT = "This window keeps no log: it was not opened by the program rnnviz."


class LogDialog(QDialog):
    """Shows the end of the log first.

    Parameters
    ----------
    log : Log or None
        None where nothing is kept.
    parent : QWidget, optional
    """

    def __init__(self, log: Log | None, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("log")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle("Log")
        self._log = log
        self._text = QPlainTextEdit("" if log is None else log.text())
        self._build()
        self.resize(*SIZE)
        self._text.moveCursor(QTextCursor.MoveOperation.End)
        self._text.ensureCursorVisible()

    def _build(self) -> None:
        self._text.setObjectName("log.text")
        self._text.setAccessibleName("Log")
        self._text.setReadOnly(True)
        self._text.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self._text.setFont(fixed_font(self.font()))
        where = MutedLabel(_place(self._log))
        where.setObjectName("log.place")
        where.setTextFormat(Qt.TextFormat.PlainText)
        where.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        column = QVBoxLayout(self)
        column.setContentsMargins(SPACE, SPACE, SPACE, SPACE)
        column.setSpacing(SPACE // 2)
        column.addWidget(where)
        column.addWidget(self._text, 1)
        column.addWidget(self._buttons())
        self._close.setFocus()

    def _buttons(self) -> QDialogButtonBox:
        buttons = QDialogButtonBox()
        role = QDialogButtonBox.ButtonRole.ActionRole
        copy = buttons.addButton("Copy", role)
        copy.setObjectName("log.copy")
        copy.clicked.connect(self._on_copy_clicked)
        folder = buttons.addButton("Open folder", role)
        folder.setObjectName("log.folder")
        folder.setEnabled(self._log is not None and self._log.path.parent.is_dir())
        folder.clicked.connect(self._on_folder_clicked)
        self._close = close = buttons.addButton(QDialogButtonBox.StandardButton.Close)
        close.setObjectName("log.close")
        close.setDefault(True)
        buttons.rejected.connect(self.reject)
        return buttons

    def _on_copy_clicked(self) -> None:
        QGuiApplication.clipboard().setText(self._text.toPlainText())

    def _on_folder_clicked(self) -> None:
        assert self._log is not None
        QDesktopServices.openUrl(QUrl.fromLocalFile(str(self._log.path.parent)))


def _place(log: Log | None) -> str:
    """Say where the log is, or why there is none."""
    if log is None:
        return NONE_KEPT
    return log.problem or str(log.path)
