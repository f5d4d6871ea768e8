"""What the dialogs share that ask something before a file is taken."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QResizeEvent, QShowEvent
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QLabel, QVBoxLayout, QWidget

from rnnviz.widgets.form_parts import MutedLabel, ProblemLabel

SPACE = 16
WIDTH = 470
OF_SCREEN = 0.9
"""How much of a screen's height a dialog may take at once; Qt alone would stop at two thirds."""


class AskingDialog(QDialog):
    """A file's name, what is asked, what there is to know, and two buttons.

    Parameters
    ----------
    name : str
        The object name; those of the parts begin with it.
    title : str
        What stands above.
    accept_text : str
        What the button says that takes the file.
    """

    def __init__(
        self, name: str, title: str, accept_text: str, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(title)
        self.setMinimumWidth(WIDTH)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(SPACE, SPACE, SPACE, SPACE)
        self._column.setSpacing(SPACE)
        self._column.addWidget(_heading(title, f"{name}.title"))
        self._notices = MutedLabel()
        self._notices.setTextFormat(Qt.TextFormat.PlainText)
        self._notices.setObjectName(f"{name}.notices")
        self._problem = ProblemLabel()
        self._problem.setObjectName(f"{name}.problem")
        self._buttons = _buttons(name, accept_text)
        self._buttons.accepted.connect(self.accept)
        self._buttons.rejected.connect(self.reject)

    def add(self, widget: QWidget, stretch: int = 0) -> None:
        """Add a part under what is there."""
        self._column.addWidget(widget, stretch)

    def end(self) -> None:
        """Add what stands at the end: notices, the problem, the buttons."""
        self._column.addWidget(self._notices)
        self._column.addWidget(self._problem)
        self._column.addWidget(self._buttons)
        self.set_problem("")

    def set_notices(self, notices: Sequence[str]) -> None:
        """Show what there is to know of the file."""
        self._notices.setText("\n".join(notices))
        self._notices.setVisible(bool(notices))

    def set_problem(self, sentence: str) -> None:
        """Say why the file cannot be taken like this; empty: it can."""
        self._problem.setText(sentence)
        self._problem.setVisible(bool(sentence))
        ok = self._buttons.button(QDialogButtonBox.StandardButton.Ok)
        ok.setEnabled(not sentence)

    def _keep_room(self) -> None:
        """Be at least as high as the parts need at this width: Qt asks for less than they do."""
        self.setMinimumHeight(self._column.totalMinimumHeightForWidth(self.width()))

    # Qt's own

    def showEvent(self, event: QShowEvent) -> None:
        self._keep_room()
        room = int(self.screen().availableSize().height() * OF_SCREEN)
        wanted = self._column.totalHeightForWidth(self.width())
        self.resize(self.width(), max(self.minimumHeight(), min(wanted, room)))
        super().showEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._keep_room()
        super().resizeEvent(event)

    def event(self, event: QEvent) -> bool:
        done = super().event(event)
        if event.type() == QEvent.Type.LayoutRequest:
            self._keep_room()
        return done


def _heading(text: str, name: str) -> QLabel:
    label = QLabel(text)
    label.setObjectName(name)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setWordWrap(True)
    font = label.font()
    font.setBold(True)
    label.setFont(font)
    return label


def _buttons(name: str, accept_text: str) -> QDialogButtonBox:
    buttons, kinds = QDialogButtonBox(), QDialogButtonBox.StandardButton
    ok, cancel = buttons.addButton(kinds.Ok), buttons.addButton(kinds.Cancel)
    ok.setObjectName(f"{name}.ok")
    ok.setText(accept_text)
    cancel.setObjectName(f"{name}.cancel")
    return buttons
