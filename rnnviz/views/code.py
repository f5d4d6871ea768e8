"""The few lines of PyTorch that compute what is on the screen."""

from __future__ import annotations

from pydantic import JsonValue
from PySide6.QtCore import QEvent, Qt, QTimer
from PySide6.QtGui import QFontDatabase, QGuiApplication, QPalette, QShowEvent
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QPlainTextEdit,
    QPushButton,
    QScrollBar,
    QVBoxLayout,
    QWidget,
)

from rnnviz.fields import Frozen
from rnnviz.session import Session
from rnnviz.views.equation_blocks import set_pixel_size
from rnnviz.widgets.metrics import SMALL, TEXT
from rnnviz.widgets.python_colours import PythonColours
from rnnviz.widgets.scroll import Scrolled, slim_bars

COPY, COPIED = "Copy", "Copied"
SAID_FOR = 2_000
"""So long the button says that it has copied, in milliseconds."""
DEFINES = "Run by Python with torch alone, it defines {names}: the numbers here, to the last bit."
RECORDED = (
    "Run by Python with torch alone, it computes {names} anew from the weights and inputs of the "
    "record; last bits may differ from what was recorded elsewhere."
)
BESIDE = "What runs side by side stands behind it."
CODE_SIZE = 12
"""Of the type, in pixels: in the dock's first width, lines of the exercise's length fit."""


class Place(Frozen):
    """Where it is read, in what the scroll bars count."""

    across: Scrolled
    down: Scrolled


class CodeView(QWidget):
    """The script of the session's settings, to read and to copy.

    Nothing is written while it is hidden.
    """

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("view.code")
        self._session = session
        self._said = QTimer(self, singleShot=True, interval=SAID_FOR)
        self._said.timeout.connect(self._on_said_timeout)
        self._build()
        self.set_text_scale(1.0)
        session.settings_changed.connect(self._show)  # every new run comes with it

    def text(self) -> str:
        """Return the code as it is shown; empty where there is none."""
        return self._text.toPlainText()

    def set_text_scale(self, scale: float) -> None:
        """Scale the type."""
        font = QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont)
        font.setPixelSize(round(CODE_SIZE * scale))
        self._text.setFont(font)
        set_pixel_size(self._about, SMALL * scale)
        set_pixel_size(self._reason, TEXT * scale)
        set_pixel_size(self._copy, SMALL * scale)

    def view_state(self) -> dict[str, JsonValue]:
        """Return what a session keeps of the view."""
        across, down = self._bars()
        return Place(across=across.value(), down=down.value()).model_dump()

    def restore_view_state(self, state: dict[str, JsonValue]) -> None:
        """Bring back what was kept; raises ValueError where it is something else."""
        place = Place.model_validate(state)
        for bar, value in zip(self._bars(), (place.across, place.down), strict=True):
            bar.setValue(value)

    # Building

    def _build(self) -> None:
        self._about = self._label("view.code.about")
        self._reason = self._label("view.code.reason")
        self._about.setForegroundRole(QPalette.ColorRole.PlaceholderText)
        self._copy = QPushButton(COPY, self)
        self._copy.setObjectName("view.code.copy")
        self._copy.setToolTip("Copy all of the code")
        self._copy.clicked.connect(self._on_copy)
        self._text = QPlainTextEdit(self)
        self._text.setObjectName("view.code.text")
        self._text.setAccessibleName("PyTorch code")
        self._text.setReadOnly(True)
        self._text.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self._text.setFrameShape(QFrame.Shape.NoFrame)
        self._text.setTabChangesFocus(True)
        self._text.setCornerWidget(QWidget(self._text))  # the style's own has an edge
        self._text.document().setDocumentMargin(8)
        self._colours = PythonColours(self._text.document(), self.palette())
        slim_bars(self._text, self.palette())
        layout = QVBoxLayout(self)
        layout.setContentsMargins(12, 8, 12, 12)
        layout.setSpacing(8)
        layout.addWidget(self._about)
        layout.addWidget(self._reason)
        layout.addWidget(self._text, 1)
        line = QHBoxLayout()
        line.addWidget(self._copy)
        line.addStretch(1)
        layout.addLayout(line)

    def _label(self, name: str) -> QLabel:
        label = QLabel(self)
        label.setObjectName(name)
        label.setWordWrap(True)
        label.setTextFormat(Qt.TextFormat.PlainText)
        return label

    # Following the session

    def _on_copy(self) -> None:
        QGuiApplication.clipboard().setText(self.text())
        self._copy.setText(COPIED)
        self._said.start()

    def _on_said_timeout(self) -> None:
        self._copy.setText(COPY)

    def _show(self) -> None:
        if not self.isVisible():
            return
        try:
            code, reason = self._session.code(), ""
        except ValueError as error:
            code, reason = "", str(error)
        self._show_text(code)
        self._about.setText(self._said_of_it())
        self._reason.setText(reason)
        for part in (self._about, self._text, self._copy):
            part.setVisible(bool(code))
        self._reason.setVisible(bool(reason))

    def _show_text(self, code: str) -> None:
        """Show other code at the place where the former was read."""
        if code == self.text():
            return
        place = self.view_state()
        self._text.setPlainText(code)
        self.restore_view_state(place)
        self._copy.setText(COPY)

    def _bars(self) -> tuple[QScrollBar, QScrollBar]:
        return self._text.horizontalScrollBar(), self._text.verticalScrollBar()

    def _said_of_it(self) -> str:
        has_output = self._session.contract.output_size is not None
        names = "inputs, hidden and outputs" if has_output else "inputs and hidden"
        recorded = self._session.settings.replay is not None
        said = (RECORDED if recorded else DEFINES).format(names=names)
        return f"{said} {BESIDE}" if self._session.lockstep is not None else said

    # Qt's own

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._show()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            self._colours.take_palette(self.palette())
            slim_bars(self._text, self.palette())
