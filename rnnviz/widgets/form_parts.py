"""The quiet parts of a form: labels, the sentence and the frame of a problem, the fold."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from PySide6.QtCore import QEvent, QObject, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QFont, QPainter, QPaintEvent, QPalette, QPen
from PySide6.QtWidgets import QLabel, QLayout, QSizePolicy, QToolButton, QVBoxLayout, QWidget

from rnnviz.widgets.metrics import SMALL, TEXT

INSIDE, BETWEEN = 4, 8
"""Spaces inside a field, and between fields."""


def warning_colour(palette: QPalette) -> QColor:
    """Return the colour of problems: at least 4.5:1 on all backgrounds of both themes."""
    dark = palette.color(QPalette.ColorRole.Window).lightness() < 128
    return QColor("#ff9a8f" if dark else "#b3261e")


def small(font: QFont) -> QFont:
    """Return the font of hints, in proportion to the font of the text."""
    made = QFont(font)
    if font.pixelSize() > 0:
        made.setPixelSize(round(font.pixelSize() * SMALL / TEXT))
    else:
        made.setPointSizeF(font.pointSizeF() * SMALL / TEXT)
    return made


def set_there(widget: QWidget, there: bool) -> None:
    """Show or hide `widget` in its parent; without a parent, showing it would open a window."""
    if not there or widget.parentWidget() is not None:
        widget.setVisible(there)


def in_order(widget: QWidget) -> Iterator[QWidget]:
    """Go through what takes the Tab key inside `widget`, as it is laid out."""
    layout = widget.layout()
    if widget.focusPolicy() & Qt.FocusPolicy.TabFocus:
        yield widget
    elif layout is not None:
        yield from _in_layout(layout)


def _in_layout(layout: QLayout) -> Iterator[QWidget]:
    items = (layout.itemAt(index) for index in range(layout.count()))
    for item in filter(None, items):
        if (widget := item.widget()) is not None:
            yield from in_order(widget)
        elif (inner := item.layout()) is not None:
            yield from _in_layout(inner)


def order_tabs(widget: QWidget) -> None:
    """Let the Tab key go through `widget` as it is laid out, whenever its parts were made."""
    for one, following in pairwise(in_order(widget)):
        QWidget.setTabOrder(one, following)


class MutedLabel(QLabel):
    """A text in the muted colour, over as many lines as it needs."""

    def __init__(self, text: str = "") -> None:
        super().__init__(text)
        self.setWordWrap(True)
        self.setForegroundRole(QPalette.ColorRole.PlaceholderText)


class SentenceLabel(MutedLabel):
    """A sentence under a field, there only while it says something."""

    def __init__(self) -> None:
        super().__init__()
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.hide()

    def say(self, sentence: str) -> None:
        """Show `sentence`, or nothing at all if it is empty."""
        self.setText(sentence)
        self.setHidden(not sentence)


class ProblemLabel(SentenceLabel):
    """What is wrong with a value, in the colour of problems."""

    def __init__(self) -> None:
        super().__init__()
        self.setForegroundRole(QPalette.ColorRole.WindowText)
        self._colour()

    def _colour(self) -> None:
        wanted = warning_colour(self.palette())
        if self.palette().color(QPalette.ColorRole.WindowText) != wanted:
            palette = QPalette()  # this one role alone, so that the theme keeps the others
            palette.setColor(QPalette.ColorRole.WindowText, wanted)
            self.setPalette(palette)

    # Qt's own

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            self._colour()


class EditorFrame(QWidget):
    """A frame over an editor: a hairline, the colour of the focus, or that of a problem.

    Parameters
    ----------
    editor : QWidget
    always : bool
        Whether it is there without a problem, too.
    """

    def __init__(self, editor: QWidget, *, always: bool = True) -> None:
        super().__init__(editor)
        self._editor, self._always, self._problem = editor, always, False
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        editor.installEventFilter(self)

    def set_problem(self, problem: bool) -> None:
        """Set whether it warns."""
        if problem != self._problem:
            self._problem = problem
            self.raise_()
            self.update()

    def _pen(self) -> QPen | None:
        if self._problem:
            return QPen(warning_colour(self.palette()), 2)
        if not self._always:
            return None
        if self._editor.hasFocus():
            return QPen(self.palette().color(QPalette.ColorRole.Link), 1)
        return QPen(self.palette().color(QPalette.ColorRole.Mid), 1)

    # Qt's own

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() in (QEvent.Type.Resize, QEvent.Type.Show):
            self.setGeometry(self._editor.rect())
        elif event.type() in (QEvent.Type.FocusIn, QEvent.Type.FocusOut):
            self.update()
        return False

    def paintEvent(self, event: QPaintEvent) -> None:
        pen = self._pen()
        if pen is None:
            return
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(pen)
            inset = pen.widthF() / 2
            rect = QRectF(self.rect()).adjusted(inset, inset, -inset, -inset)
            painter.drawRoundedRect(rect, 2, 2)


class Fold(QWidget):
    """A line "More" that opens what lies under it; without visible fields it is not there.

    superqt's collapsible cuts what grows after it was opened, and its closed fields take the
    Tab key.

    Signals
    -------
    toggled(open)
    """

    toggled = Signal(bool)

    def __init__(self, title: str = "More", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._button = QToolButton()
        self._button.setText(title)
        self._button.setAutoRaise(True)
        self._button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self._button.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._button.clicked.connect(self._on_clicked)
        self._body = QWidget()
        self._fields = QVBoxLayout(self._body)
        self._fields.setContentsMargins(0, 0, 0, 0)
        self._fields.setSpacing(BETWEEN)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(BETWEEN)
        layout.addWidget(self._button)
        layout.addWidget(self._body)
        self.set_open(False)

    def add(self, widget: QWidget) -> None:
        """Put `widget` under the fold, as the last one."""
        self._fields.addWidget(widget)
        widget.installEventFilter(self)
        self._follow()

    def is_open(self) -> bool:
        """Return whether what lies under it is shown."""
        return not self._body.isHidden()

    def set_open(self, is_open: bool) -> None:
        """Open or close it."""
        changed = is_open != self.is_open()
        self._button.setArrowType(Qt.ArrowType.DownArrow if is_open else Qt.ArrowType.RightArrow)
        self._body.setVisible(is_open)
        if changed:
            self.toggled.emit(is_open)

    def _on_clicked(self) -> None:
        self.set_open(not self.is_open())

    def _follow(self) -> None:
        """Be there if there is something to show."""
        items = (self._fields.itemAt(index) for index in range(self._fields.count()))
        widgets = (item.widget() for item in items if item is not None)
        set_there(self, any(not widget.isHidden() for widget in widgets if widget is not None))

    # Qt's own

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() in (QEvent.Type.ShowToParent, QEvent.Type.HideToParent):
            self._follow()
        return False
