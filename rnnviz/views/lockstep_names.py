"""Which weight is which: one table of names, in the notations that a student meets."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QFontDatabase, QPalette
from PySide6.QtWidgets import QFrame, QGridLayout, QLabel, QSizePolicy, QWidget

from rnnviz.networks import NETWORKS
from rnnviz.networks.conversion import CORRESPONDENCE
from rnnviz.views.symbols import tabular
from rnnviz.widgets.metrics import SMALL, TEXT

KINDS = {"elman": "the exercise", "rnn_cell": "", "rnn": ""}
"""The columns of code, and what heads them; empty: the kind's own title."""
NOTHING = "—"


class NamesTable(QWidget):
    """A line for each parameter of the equation, a column for each notation."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("view.lockstep.names")
        self._heads = [QLabel(head) for head in _heads()]
        self._symbols: list[QLabel] = []
        self._codes: list[QLabel] = []
        self._note = QLabel(_note_rich())
        self._note.setWordWrap(True)
        self._line = QFrame()
        self._build()
        self.set_text_scale(1.0)

    def _build(self) -> None:
        grid = QGridLayout(self)
        grid.setContentsMargins(12, 4, 12, 8)
        grid.setHorizontalSpacing(28)
        grid.setVerticalSpacing(2)
        for column, head in enumerate(self._heads):
            head.setForegroundRole(QPalette.ColorRole.PlaceholderText)
            grid.addWidget(head, 0, column)
        self._line.setFixedHeight(1)
        self._line.setAutoFillBackground(True)
        self._line.setBackgroundRole(QPalette.ColorRole.Mid)
        grid.addWidget(self._line, 1, 0, 1, len(self._heads))
        for place, row in enumerate(CORRESPONDENCE, start=2):
            for column, symbol in enumerate((row.symbol, row.wikipedia)):
                self._symbols.append(QLabel(_mathematical(symbol)))
                grid.addWidget(self._symbols[-1], place, column)
            for column, kind in enumerate(KINDS, start=2):
                self._codes.append(_code(row.written(kind)))
                grid.addWidget(self._codes[-1], place, column)
        self._note.setForegroundRole(QPalette.ColorRole.PlaceholderText)
        grid.addWidget(self._note, len(CORRESPONDENCE) + 2, 0, 1, len(self._heads))
        grid.setColumnStretch(len(self._heads) - 1, 1)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)

    def text(self) -> str:
        """Return the table, a line for each parameter, and the notes."""
        lines = [" | ".join(_heads())]
        for row in CORRESPONDENCE:
            codes = [row.written(kind) or NOTHING for kind in KINDS]
            lines.append(" | ".join((row.symbol, row.wikipedia, *codes)))
        return "\n".join([*lines, *_notes()])

    def set_text_scale(self, scale: float) -> None:
        """Scale the type."""
        mono = QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont)
        for label in self._heads:
            label.setFont(tabular(label.font(), SMALL * scale))
        for label in (*self._symbols, self._note):
            label.setFont(tabular(label.font(), TEXT * scale))
        for label in self._codes:
            label.setFont(tabular(mono, TEXT * scale))


def _heads() -> list[str]:
    kinds = [head or NETWORKS[kind].title for kind, head in KINDS.items()]
    return ["the equation", "Wikipedia", *kinds]


def _mathematical(symbol: str) -> str:
    """Return a symbol such as ``U_h`` as rich text."""
    letter, index = symbol.split("_")
    return f"<i>{letter}</i><sub>{index}</sub>"


def _code(names: str) -> QLabel:
    label = QLabel(names or NOTHING)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    if not names:
        label.setForegroundRole(QPalette.ColorRole.PlaceholderText)
    return label


def _notes() -> list[str]:
    lost = [row.symbol for row in CORRESPONDENCE if not row.names("rnn")]
    wikipedia = {row.symbol: row.wikipedia for row in CORRESPONDENCE}
    return [
        f"{' and '.join(lost)} have no counterpart in torch: an nn.Linear on h_t would be them.",
        f"Wikipedia's {wikipedia['W_ih']} is the input's matrix; "
        f"the hidden state's is {wikipedia['W_hh']}.",
    ]


def _note_rich() -> str:
    return "<br>".join(_notes())
