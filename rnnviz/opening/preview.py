"""The beginning of a file, as it was read."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QFont, QPalette
from PySide6.QtWidgets import (
    QAbstractItemView,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from rnnviz.formats.data import Data, is_text
from rnnviz.formats.numbers import preview_of
from rnnviz.sequences import Loaded, Source
from rnnviz.tables import counted
from rnnviz.widgets.form_parts import MutedLabel

ROW = 24
ROWS_IN_SIGHT = 7
MOST_NAMES = 200
"""Characters of a vocabulary that are shown."""


class Preview(QWidget):
    """A table of the first rows, and a sentence about the whole.

    Signals
    -------
    column_clicked(label) : the head of a column of numbers, by its name or number.
    """

    column_clicked = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.table = QTableWidget()
        self.table.setObjectName("open_data.preview")
        self.table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.table.setSelectionMode(QAbstractItemView.SelectionMode.NoSelection)
        self.table.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.table.verticalHeader().setDefaultSectionSize(ROW)
        self.table.verticalHeader().hide()
        self.table.setMinimumHeight(ROW * ROWS_IN_SIGHT)
        self.table.setToolTip("Click on the head of a column to leave it out, or take it again.")
        self.table.horizontalHeader().setSectionsClickable(True)
        self.table.horizontalHeader().setHighlightSections(False)
        self.table.horizontalHeader().sectionClicked.connect(self._on_section_clicked)
        self._about = MutedLabel()
        self._about.setObjectName("open_data.about")
        self._about.setTextFormat(Qt.TextFormat.PlainText)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.table, 1)
        column.addWidget(self._about)

    def show_data(self, data: Data, source: Source) -> None:
        """Show how a file was read, and what goes in of it."""
        header = data.reading is not None and bool(data.reading.header)
        rows = _rows(data, source)
        names = list(rows.pop(0)) if header and rows else []
        width = max(map(len, [*rows, names]), default=0)
        self.table.setColumnCount(width)
        self.table.setRowCount(len(rows))
        self.table.horizontalHeader().setVisible(not is_text(data))
        labels = names or [str(column) for column in range(width)]
        self.table.setHorizontalHeaderLabels(labels)
        taken = _taken(source, labels)
        for row, cells in enumerate(rows):
            for column, text in enumerate(cells):
                item = self._item(text, right=not is_text(data))
                if column not in taken:
                    item.setForeground(self.palette().color(QPalette.ColorRole.Mid))
                self.table.setItem(row, column, item)
        self.table.horizontalHeader().setStretchLastSection(is_text(data))
        self.table.resizeColumnsToContents()
        self._about.setText(_about(data, source))

    def _on_section_clicked(self, column: int) -> None:
        item = self.table.horizontalHeaderItem(column)
        if item is not None:
            self.column_clicked.emit(item.text())

    def _item(self, text: str, *, right: bool) -> QTableWidgetItem:
        item = QTableWidgetItem(text)
        side = Qt.AlignmentFlag.AlignRight if right else Qt.AlignmentFlag.AlignLeft
        item.setTextAlignment(side | Qt.AlignmentFlag.AlignVCenter)
        font = QFont(self.table.font())
        font.setFeature(QFont.Tag("tnum"), 1)
        item.setFont(font)
        return item


def _rows(data: Data, source: Source) -> list[tuple[str, ...]]:
    """Return the first rows, of the first sequence where there are several."""
    if isinstance(source, Loaded) and source.batch_first and len(source.data.shape) == 3:
        return list(preview_of(source.data.values.swapaxes(0, 1)))
    return list(data.preview)


def _taken(source: Source, labels: list[str]) -> set[int]:
    """Return which columns of the table go in."""
    if not isinstance(source, Loaded):
        return set(range(len(labels)))
    try:
        chosen = source.chosen()
    except ValueError:  # it is said beside the field
        return set()
    wanted = {source.names[k] if source.names else str(k) for k in chosen}
    return {column for column, label in enumerate(labels) if label in wanted}


def _about(data: Data, source: Source) -> str:
    """Return what goes in: how many steps of how many numbers; of a text, the vocabulary."""
    steps = counted(source.own_length() or 0, "step")
    if not is_text(data):
        columns, batch = source.needs_inputs(), source.own_batch()
        several = f"{counted(batch, 'sequence')} of " if batch else ""
        return f"{source.about()} {several}{steps} of {counted(columns or 0)} go in."
    names = source.unit_names() or ()
    listed = " ".join(names)
    more = f" … ({len(names):,} in all)" if len(listed) > MOST_NAMES else ""
    return f"{steps}. The vocabulary, a unit each: {listed[:MOST_NAMES]}{more}"
