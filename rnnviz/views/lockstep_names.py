"""Which weight is which: one table of names, in the notations that a student meets."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import Qt
from PySide6.QtGui import QFontDatabase, QPalette
from PySide6.QtWidgets import QFrame, QGridLayout, QLabel, QSizePolicy, QWidget

from rnnviz.networks import NETWORKS
from rnnviz.networks.conversion import CORRESPONDENCE, Correspondence
from rnnviz.views.symbols import tabular
from rnnviz.widgets.metrics import SMALL, TEXT

NOTHING = "—"


@dataclass(frozen=True)
class Notation:
    """A column: what heads it, how it writes a parameter, and whether that is code."""

    head: str
    written: Callable[[Correspondence], str]
    code: bool


def _kind(kind: str, head: str = "") -> Notation:
    return Notation(head or NETWORKS[kind].title, lambda row: row.written(kind), code=True)


NOTATIONS = (
    Notation("the equation", lambda row: row.symbol, code=False),
    _kind("elman", "the exercise"),
    Notation("Wikipedia", lambda row: row.wikipedia, code=False),
    _kind("rnn_cell"),
    _kind("rnn"),
)


class NamesTable(QWidget):
    """A line for each parameter of the equation, a column for each notation."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("view.lockstep.names")
        self.setAccessibleName("Which weight is which")
        self.setAccessibleDescription(self.text())
        self._heads = [QLabel(notation.head) for notation in NOTATIONS]
        self._symbols: list[QLabel] = []
        self._codes: list[QLabel] = []
        self._note = QLabel("<br>".join(_notes(_mathematical)))
        self._note.setWordWrap(True)
        self._note.setContentsMargins(0, 4, 0, 0)
        self._build()
        self.set_text_scale(1.0)

    def _build(self) -> None:
        grid = QGridLayout(self)
        grid.setContentsMargins(12, 4, 12, 6)
        grid.setHorizontalSpacing(28)
        grid.setVerticalSpacing(2)
        grid.setColumnStretch(len(NOTATIONS) - 1, 1)
        for column, head in enumerate(self._heads):
            head.setForegroundRole(QPalette.ColorRole.PlaceholderText)
            grid.addWidget(head, 0, column)
        grid.addWidget(_line(), 1, 0, 1, len(NOTATIONS))
        for place, row in enumerate(CORRESPONDENCE, start=2):
            for column, notation in enumerate(NOTATIONS):
                grid.addWidget(self._cell(notation, row), place, column)
        self._note.setForegroundRole(QPalette.ColorRole.PlaceholderText)
        grid.addWidget(self._note, len(CORRESPONDENCE) + 2, 0, 1, len(NOTATIONS))
        policy = QSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)

    def _cell(self, notation: Notation, row: Correspondence) -> QLabel:
        name = notation.written(row)
        if not notation.code:
            self._symbols.append(QLabel(_mathematical(name)))
            return self._symbols[-1]
        label = QLabel(name or NOTHING)
        label.setTextFormat(Qt.TextFormat.PlainText)
        label.setWordWrap(notation is NOTATIONS[-1])  # a sum of long names, where type is large
        if not name:
            label.setForegroundRole(QPalette.ColorRole.PlaceholderText)
        self._codes.append(label)
        return label

    def text(self) -> str:
        """Return the table, a line for each parameter, and the notes."""
        heads = [notation.head for notation in NOTATIONS]
        rows = (
            [notation.written(row) or NOTHING for notation in NOTATIONS] for row in CORRESPONDENCE
        )
        return "\n".join([*map(" | ".join, (heads, *rows)), *_notes(str)])

    def set_text_scale(self, scale: float) -> None:
        """Scale the type."""
        mono = QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont)
        for label in self._heads:
            label.setFont(tabular(label.font(), SMALL * scale))
        for label in (*self._symbols, self._note):
            label.setFont(tabular(label.font(), TEXT * scale))
        for label in self._codes:
            label.setFont(tabular(mono, TEXT * scale))


def _line() -> QFrame:
    line = QFrame()
    line.setFixedHeight(1)
    line.setAutoFillBackground(True)
    line.setBackgroundRole(QPalette.ColorRole.Mid)
    return line


def _mathematical(symbol: str) -> str:
    """Return a symbol such as ``U_h`` as rich text."""
    letter, index = symbol.split("_")
    return f"<i>{letter}</i><sub>{index}</sub>"


def _notes(write: Callable[[str], str]) -> tuple[str, ...]:
    """Return what the table does not say, its symbols written in one way or another."""
    lost = " and ".join(write(row.symbol) for row in CORRESPONDENCE if not row.names("rnn"))
    wikipedia = {row.symbol: write(row.wikipedia) for row in CORRESPONDENCE}
    return (
        f"{lost} have no counterpart in torch: the output layer is an nn.Linear of your own.",
        f"Wikipedia’s {wikipedia['W_ih']} is the input’s matrix; the hidden state’s "
        f"is {wikipedia['W_hh']}.",
    )
