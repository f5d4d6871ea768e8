"""The head of the lockstep view: what is shown, in a sentence and in code."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QFont, QFontDatabase, QPalette, QResizeEvent
from PySide6.QtWidgets import QCheckBox, QGridLayout, QHBoxLayout, QLabel, QToolButton, QWidget

from rnnviz.lockstep import SLIPS, THREE_NETWORKS, Slip
from rnnviz.widgets.metrics import SMALL, TEXT, TITLE
from rnnviz.widgets.notation import lowered

EDGE, SPACE = 12, 12


class LockstepHead(QWidget):
    """Title, sentence, the line that slips and the one that was meant."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("lockstep.head")
        self._title, self._sentence = QLabel(), QLabel()
        self._sentence.setObjectName("lockstep.sentence")
        self._sentence.setWordWrap(True)
        self._words = [QLabel("wrong"), QLabel("right")]
        self._codes = [QLabel(), QLabel()]
        self.names = QToolButton()
        self.names.setObjectName("lockstep.names")
        self.names.setText("Names of the weights")
        self.names.setCheckable(True)
        self.names.setToolTip("Which weight is which: the equation, the exercise, torch")
        self.both_directions = QCheckBox("Both directions")
        self.both_directions.setObjectName("lockstep.both_directions")
        self.both_directions.setToolTip("Whether the network reads from the end as well")
        self._build()
        self.set_text_scale(1.0)

    def _build(self) -> None:
        line = QHBoxLayout()
        line.addWidget(self._title)
        line.addStretch(1)
        line.addWidget(self.both_directions)
        line.addWidget(self.names)
        self._grid = grid = QGridLayout(self)
        grid.setContentsMargins(EDGE, 10, EDGE, 4)
        grid.setHorizontalSpacing(SPACE)
        grid.setVerticalSpacing(4)
        grid.addLayout(line, 0, 0, 1, 4)
        grid.addWidget(self._sentence, 1, 0, 1, 4)
        for place, (word, code) in enumerate(zip(self._words, self._codes, strict=True)):
            word.setForegroundRole(QPalette.ColorRole.PlaceholderText)
            word.setAlignment(Qt.AlignmentFlag.AlignTop)
            code.setTextFormat(Qt.TextFormat.PlainText)
            code.setAlignment(Qt.AlignmentFlag.AlignTop)
            code.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            code.setMinimumWidth(1)  # a long line must not widen the window
            grid.addWidget(word, 2, 2 * place)
            grid.addWidget(code, 2, 2 * place + 1)
        grid.setColumnStretch(1, 1)
        grid.setColumnStretch(3, 1)

    def _place_right(self) -> None:
        """Put what was meant beside what slips, or below it where both do not fit."""
        parts = (*self._words, *self._codes)
        wanted = sum(part.sizeHint().width() for part in parts if not part.isHidden())
        below = wanted + 3 * SPACE + 2 * EDGE > self.width()
        row, column = (3, 0) if below else (2, 2)
        self._grid.addWidget(self._words[1], row, column)
        self._grid.addWidget(self._codes[1], row, column + 1)
        self._grid.setColumnStretch(3, 0 if below else 1)

    def show_slip(self, name: str, both_directions: bool) -> None:
        """Say what is shown."""
        slip = SLIPS[name]
        self._title.setText(f"<b>{slip.title}</b>")
        self._sentence.setText(lowered(slip.sentence))
        self._show_code(slip)
        self.names.setVisible(name == THREE_NETWORKS)
        self.both_directions.setVisible(name == "output_h_n")
        self.both_directions.setChecked(both_directions)

    def _show_code(self, slip: Slip) -> None:
        texts = (slip.wrong, slip.right) if slip.wrong else (slip.right, "")
        for word, code, text in zip(self._words, self._codes, texts, strict=True):
            code.setText(text)
            code.setVisible(bool(text))
            word.setVisible(bool(slip.wrong))
        self._place_right()

    def set_text_scale(self, scale: float) -> None:
        """Scale the type."""
        mono = QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont)
        for label, size in ((self._title, TITLE), (self._sentence, TEXT)):
            _size(label, label.font(), size * scale)
        for label in self._words:
            _size(label, label.font(), SMALL * scale)
        for label in self._codes:
            _size(label, mono, 12 * scale)
        for part in (self.names, self.both_directions):
            _size(part, part.font(), TEXT * scale)
        self._place_right()

    # Qt's own

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if event.size().width() != event.oldSize().width():
            self._place_right()


def _size(widget: QWidget, font: QFont, pixels: float) -> None:
    font = QFont(font)
    font.setPixelSize(round(pixels))
    widget.setFont(font)
