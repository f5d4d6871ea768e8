"""Editors of several lines: a text, or a table of numbers."""

from __future__ import annotations

import math
from functools import lru_cache
from typing import ClassVar

from PySide6.QtCore import QEvent, QMimeData, QSignalBlocker, Qt, Signal
from PySide6.QtGui import QFont, QFontDatabase, QResizeEvent
from PySide6.QtWidgets import QApplication, QPlainTextEdit

from rnnviz.limits import MAX_PASTED
from rnnviz.tables import Rows, parse_table, table_text
from rnnviz.widgets.form_parts import small

MOST_LINES = 8
MOST_WRAPPED = 2_000


class _Lines(QPlainTextEdit):
    """A text that is as high as its lines, up to `MOST_LINES`."""

    at_once: ClassVar[bool] = False
    enter_commits: ClassVar[bool] = True
    edited = Signal()

    def __init__(self, least_lines: int, *, wraps: bool) -> None:
        super().__init__()
        self._least_lines = least_lines
        self._wraps = wraps
        self._too_long = ""
        self.setTabChangesFocus(True)
        self.setAcceptDrops(False)  # a file is for the window, not its name for the text
        self.document().setDocumentMargin(4)
        self.textChanged.connect(self._on_text_changed)
        self._fit()

    def set_text(self, text: str) -> None:
        """Show `text`, without a word to anyone."""
        self._too_long = ""
        if text != self.toPlainText():
            with QSignalBlocker(self):
                self._wrap_for(max(len(text), self.document().characterCount()))
                self.setPlainText(text)
                self._wrap_for(len(text))
            self._fit()

    def typed(self) -> str:
        """Return the text as it is; ValueError after a paste that was too long to take."""
        if self._too_long:
            raise ValueError(self._too_long)
        return self.toPlainText()

    def _wrap_for(self, length: int) -> None:
        """Wrap short texts only: the time Qt takes to wrap one line grows with its square."""
        if self._wraps:
            modes = QPlainTextEdit.LineWrapMode
            self.setLineWrapMode(modes.WidgetWidth if length <= MOST_WRAPPED else modes.NoWrap)

    def _on_text_changed(self) -> None:
        self._too_long = ""
        self._fit()
        self.edited.emit()

    def _fit(self) -> None:
        """Take the height of the lines, and of a scroll bar below them where there is one."""
        lines = round(self.document().size().height())
        policy = Qt.ScrollBarPolicy
        self.setVerticalScrollBarPolicy(
            policy.ScrollBarAsNeeded if lines > MOST_LINES else policy.ScrollBarAlwaysOff
        )
        shown = min(max(lines, self._least_lines), MOST_LINES)
        first = self.document().firstBlock()
        self.blockBoundingRect(first)  # lays it out, if that has not been done yet
        line = first.layout().lineAt(0).height()
        margins = 2 * (self.document().documentMargin() + self.frameWidth())
        bar = self.horizontalScrollBar()
        scrolling = bar.sizeHint().height() if bar.maximum() > bar.minimum() else 0
        height = math.ceil(shown * line + margins) + 1 + scrolling
        if height != self.height():
            self.setFixedHeight(height)

    # Qt's own

    def insertFromMimeData(self, source: QMimeData) -> None:
        cursor = self.textCursor()
        kept = self.document().characterCount() - abs(cursor.position() - cursor.anchor())
        length = len(source.text()) + kept - 1  # Qt counts an end that nobody sees
        if length > MAX_PASTED:
            self._too_long = (
                f"With what was pasted there are {length:,} characters; "
                f"at most {MAX_PASTED:,} are taken."
            )
            self.edited.emit()
            return
        self._wrap_for(length)
        super().insertFromMimeData(source)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange:
            self._fit()


class TextEditor(_Lines):
    """A text; Enter commits it, Shift+Enter is a line break."""

    hint = "Enter applies the text at once; Shift+Enter is a line break."

    def __init__(self) -> None:
        super().__init__(least_lines=2, wraps=True)

    def read(self) -> str:
        """Return the text as it is; ValueError after a paste that was too long to take."""
        return self.typed()

    def show_value(self, value: str) -> None:
        """Show a value, without a word to anyone."""
        self.set_text(value)


class TableEditor(_Lines):
    """Rows of numbers, typed or pasted; Enter begins a row, Ctrl+Enter commits."""

    enter_commits: ClassVar[bool] = False
    hint = "A row a line, with spaces between the numbers. Ctrl+Enter applies them at once."

    def __init__(self) -> None:
        super().__init__(least_lines=1, wraps=False)
        self.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self.follow_font(QApplication.font())

    def read(self) -> Rows:
        """Return the rows; ValueError with a sentence if they are none."""
        return _rows(self.typed())

    def show_value(self, value: Rows) -> None:
        """Show a value, without a word to anyone."""
        self.set_text(table_text(value))

    def follow_font(self, font: QFont) -> None:
        """Use digits of one width, small enough for six columns in a narrow panel."""
        wanted = small(font)
        wanted.setFamily(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont).family())
        self.setFont(wanted)


@lru_cache(maxsize=8)
def _rows(text: str) -> Rows:
    """Return the rows of a text: a field asks for them several times, and a long one takes long."""
    return parse_table(text)
