"""The one dialog of an error: what happened, what was kept, what to do."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QFont, QFontDatabase, QGuiApplication
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QLabel,
    QPlainTextEdit,
    QVBoxLayout,
    QWidget,
)

from rnnviz.widgets.form_parts import Fold, MutedLabel
from rnnviz.widgets.metrics import SMALL, TITLE

WIDTH, REPORT_HEIGHT = 520, 220
SPACE = 16
KEPT = "It was stopped. Your settings and the record so far are as they were."
TO_DO = (
    "You can go on. If it happens again, save the session and start rnnviz anew; "
    "the report helps whoever mends it."
)


class ErrorDialog(QDialog):
    """Says what happened, and what now; the report is folded and can be copied.

    Parameters
    ----------
    sentence : str
        What happened.
    report : str
    parent : QWidget, optional
    """

    def __init__(self, sentence: str, report: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("error")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle("Something went wrong")
        self._sentence = _plain("error.text", sentence)
        self._count = _plain("error.count", "")
        self._count.hide()
        self._report = QPlainTextEdit(report)
        self._build()

    def text(self) -> str:
        """Return what happened, in a sentence."""
        return self._sentence.text()

    def set_count(self, times: int) -> None:
        """Say how often it has happened."""
        self._count.setText(f"It has happened {times:,} times.")
        self._count.show()
        self._fit()

    def copy_report(self) -> None:
        """Put the report on the clipboard."""
        QGuiApplication.clipboard().setText(self._report.toPlainText())

    def _build(self) -> None:
        font = QFont(self._sentence.font())
        font.setPixelSize(TITLE)
        font.setWeight(QFont.Weight.DemiBold)
        self._sentence.setFont(font)
        column = QVBoxLayout(self)
        column.setContentsMargins(SPACE, SPACE, SPACE, SPACE)
        column.setSpacing(SPACE // 2)
        for part in (self._sentence, self._count, _plain("error.kept", KEPT)):
            column.addWidget(part)
        column.addWidget(MutedLabel(TO_DO))
        column.addSpacing(SPACE // 2)
        column.addWidget(self._details())
        column.addSpacing(SPACE // 2)
        column.addWidget(self._buttons())
        self._close.setFocus()
        column.setSizeConstraint(QVBoxLayout.SizeConstraint.SetNoConstraint)
        self._fit()

    def _details(self) -> Fold:
        self._report.setObjectName("error.report")
        self._report.setAccessibleName("Report")
        self._report.setReadOnly(True)
        self._report.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self._report.setFont(fixed_font(self.font()))
        self._report.setFixedHeight(REPORT_HEIGHT)
        self._fold = Fold("Details")
        self._fold.setObjectName("error.details")
        self._fold.add(self._report)
        self._fold.toggled.connect(self._fit)
        return self._fold

    def _buttons(self) -> QDialogButtonBox:
        buttons = QDialogButtonBox()
        copy = buttons.addButton("Copy report", QDialogButtonBox.ButtonRole.ActionRole)
        copy.setObjectName("error.copy")
        copy.clicked.connect(self.copy_report)
        self._close = close = buttons.addButton(QDialogButtonBox.StandardButton.Close)
        close.setObjectName("error.close")
        close.setDefault(True)
        buttons.rejected.connect(self.reject)
        return buttons

    def _fit(self) -> None:
        """Be as high as the lines are at this width: a label that wraps asks for too much."""
        layout, inner = self.layout(), self._fold.layout()
        assert layout is not None and inner is not None
        for changed in (inner, layout):
            changed.invalidate()
        layout.activate()
        self.resize(WIDTH, layout.totalHeightForWidth(WIDTH))


def fixed_font(font: QFont) -> QFont:
    """Return the font of code, in the size of hints."""
    made = QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont)
    made.setPixelSize(SMALL if font.pixelSize() <= 0 else min(SMALL, font.pixelSize()))
    return made


def _plain(name: str, text: str) -> QLabel:
    """Return a label for a text that may quote anything, and that can be selected."""
    label = QLabel(text)
    label.setObjectName(name)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setWordWrap(True)
    label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    return label
