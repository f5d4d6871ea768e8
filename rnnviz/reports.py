"""What the user sees when something went wrong: a dialog with a report, or a banner."""

from __future__ import annotations

import platform
import sys
import traceback
from types import TracebackType

from PySide6.QtCore import QObject, Qt, Signal, qVersion
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QHBoxLayout, QLabel, QMessageBox, QToolButton, QWidget

import rnnviz


def report_of(error: BaseException) -> str:
    """Return what a developer needs to know: versions, and where it happened."""
    torch = sys.modules.get("torch")
    versions = (
        f"rnnviz {rnnviz.__version__}, Python {platform.python_version()}, Qt {qVersion()}, "
        f"torch {getattr(torch, '__version__', 'not loaded')}, {platform.platform()}"
    )
    return versions + "\n\n" + "".join(traceback.format_exception(error))


def sentence_of(error: BaseException) -> str:
    """Return what happened in a sentence."""
    said = str(error).strip().splitlines()
    return said[0] if said else type(error).__name__


class ErrorDialog(QMessageBox):
    """Says what happened and what was kept; the report is folded and can be copied."""

    def __init__(self, error: BaseException, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("error")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setIcon(QMessageBox.Icon.Warning)
        self.setWindowTitle("Something went wrong")
        self.setText(f"<b>Something went wrong, and was stopped.</b><br>{sentence_of(error)}")
        self.setInformativeText("Your settings and the record so far are as they were.")
        self._report = report_of(error)
        self.setDetailedText(self._report)
        self.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        copy = self.addButton("Copy report", QMessageBox.ButtonRole.ActionRole)
        copy.setObjectName("error.copy")
        copy.clicked.disconnect()  # it shall not close the dialog
        copy.clicked.connect(self.copy_report)
        self.addButton(QMessageBox.StandardButton.Close)

    def copy_report(self) -> None:
        """Put the report on the clipboard."""
        QGuiApplication.clipboard().setText(self._report)


class Banner(QWidget):
    """One sentence across the top of the window, which a projected audience may see."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("banner")
        self.setAutoFillBackground(True)
        self.setBackgroundRole(self.palette().ColorRole.AlternateBase)
        self._text = QLabel()
        self._text.setObjectName("banner.text")
        self._text.setWordWrap(True)
        self._text.setTextFormat(Qt.TextFormat.PlainText)
        close = QToolButton()
        close.setObjectName("banner.close")
        close.setText("×")
        close.setToolTip("Close")
        close.setAutoRaise(True)
        close.clicked.connect(self.hide)
        layout = QHBoxLayout(self)
        layout.addWidget(self._text, 1)
        layout.addWidget(close)
        self.hide()

    def say(self, sentence: str) -> None:
        """Show a sentence until it is closed or replaced."""
        self._text.setText(sentence)
        self.show()


class ExceptionHook(QObject):
    """Takes over `sys.excepthook`, so that an error in a slot is shown and the program goes on.

    Signals
    -------
    raised(error)
    """

    raised = Signal(object)

    def install(self) -> None:
        """Begin."""
        sys.excepthook = self._on_exception

    def remove(self) -> None:
        """Give Python's own hook back."""
        sys.excepthook = sys.__excepthook__

    def _on_exception(
        self, kind: type[BaseException], error: BaseException, trace: TracebackType | None
    ) -> None:
        sys.__excepthook__(kind, error, trace)
        if issubclass(kind, Exception):
            self.raised.emit(error)
