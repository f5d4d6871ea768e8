"""One field of a form: label, editor, hint and problem, and the draft that is not applied yet."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, cast

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QMouseEvent
from PySide6.QtWidgets import (
    QAbstractSpinBox,
    QCheckBox,
    QGridLayout,
    QLineEdit,
    QPlainTextEdit,
    QSizePolicy,
    QWidget,
)

from rnnviz.widgets.form_editors import Editor
from rnnviz.widgets.form_parts import (
    BETWEEN,
    INSIDE,
    EditorFrame,
    MutedLabel,
    ProblemLabel,
    SentenceLabel,
    small,
)
from rnnviz.widgets.form_text import TableEditor
from rnnviz.widgets.notation import lowered

PAUSE = 400
"""Milliseconds without typing after which a draft is tried."""
LABEL_SAMPLE = "Sequence seed"
"""Labels up to this width stand on one line; longer ones take two."""
LONGEST_LINE = 60
"""Characters; Qt breaks the lines of rich tooltips alone."""
_NOTHING = object()


class Field(QWidget):
    """A labelled editor that holds a value, or a draft that differs from it.

    A draft is tried after a pause, at once when the editor is left or Enter is pressed, and stays
    until it is taken (`accept`) or given up (`restore`).

    Parameters
    ----------
    name : str
        The field's name in its form.
    title, description : str
        The label, and the help text.
    editor : QWidget
        An `Editor`; see form_editors.
    wide : bool
        Whether the editor stands under its label and takes the whole width.

    Signals
    -------
    drafted() : there is a readable draft to try.
    restored() : a draft is gone without having been applied.
    entered() : Enter was pressed, and no draft is left.
    """

    drafted = Signal()
    restored = Signal()
    entered = Signal()

    def __init__(
        self,
        name: str,
        title: str,
        editor: QWidget,
        *,
        description: str = "",
        wide: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.name, self.title, self.widget = name, title, editor
        self.editor = cast(Editor, editor)
        self._value: Any = _NOTHING
        self._draft = self._quiet = False
        self._help = " ".join(filter(None, (description, getattr(editor, "hint", ""))))
        self._pause = QTimer(self, singleShot=True, interval=PAUSE)
        self._pause.timeout.connect(self._on_pause_over)
        self._build(wide)
        self.editor.edited.connect(self._on_edited)
        editor.installEventFilter(self)

    # What it shows

    def set_value(self, value: Any) -> None:
        """Show the value that is applied; a draft stays while it is typed.

        A draft that was refused goes when somebody else has changed the value since.
        """
        moved, self._value = value != self._value, value
        if self._draft and not self._reads(value) and (self.is_typing() or not moved):
            return
        self._drop_draft()
        if not self._reads(value) or not self.widget.hasFocus():
            self._show(value)

    def value(self) -> Any:
        """Return the value that is applied."""
        return self._value

    def set_hint(self, sentence: str) -> None:
        """Say under the editor what its value means."""
        self.hint.say(sentence)

    def set_problem(self, sentence: str, *, framed: bool = True) -> None:
        """Say under the editor what is wrong, framed if this value is the cause; "": nothing."""
        self.problem.say(sentence)
        self._set_framed(framed and bool(sentence))

    def set_framed(self) -> None:
        """Frame the editor: its value is not applied, and the reason stands at another field."""
        self.problem.say("")
        self._set_framed(True)

    def set_names(self, prefix: str) -> None:
        """Give editor and problem the names ``prefix.name`` and ``prefix.name.problem``."""
        name = f"{prefix}.{self.name}" if prefix else ""
        self.widget.setObjectName(name)
        self.problem.setObjectName(name and f"{name}.problem")

    def set_help(self, text: str) -> None:
        """Set the tooltip, which is read out as well."""
        self.widget.setToolTip(_tooltip(text))
        self.label.setToolTip(_tooltip(text))
        self.widget.setAccessibleDescription(text)

    def set_read_only(self, read_only: bool, why: str = "") -> None:
        """Let the value be read but not changed (a spin box or a text), and say why."""
        if isinstance(self.widget, (QAbstractSpinBox, QLineEdit, QPlainTextEdit)):
            self.widget.setReadOnly(read_only)
        self.set_help(why if read_only else self._help)

    # The draft

    def has_draft(self) -> bool:
        """Return whether it shows something that is not applied."""
        return self._draft

    def is_typing(self) -> bool:
        """Return whether the user is at it: the draft has not been tried, or has the focus."""
        return self._pause.isActive() or (self._draft and self.widget.hasFocus())

    def was_refused(self) -> bool:
        """Return whether there is a readable draft that has been tried in vain."""
        return self._draft and not self._pause.isActive() and self.is_readable()

    def is_readable(self) -> bool:
        """Return whether what it shows is a value within its own limits."""
        try:
            self.editor.read()
        except ValueError:
            return False
        return True

    def accept(self) -> None:
        """Take the draft for the value."""
        self._pause.stop()
        self._value = self.editor.read()
        self._drop_draft()

    def restore(self) -> None:
        """Give the draft up, and show the value."""
        self._pause.stop()
        had_draft = self._draft
        self._drop_draft()
        self._show(self._value)
        if had_draft:
            self.restored.emit()

    def settle(self) -> None:
        """Try the draft now, or say what is wrong with it."""
        self._pause.stop()
        if not self._draft:
            self.set_problem("")
            return
        try:
            self.editor.read()
        except ValueError as error:
            self.set_problem(str(error))
        else:
            self.drafted.emit()

    # How it is done

    def _build(self, wide: bool) -> None:
        self.label = MutedLabel(lowered(self.title))
        self.label.setBuddy(self.widget)
        self.hint, self.problem = SentenceLabel(), ProblemLabel()
        self._frame = EditorFrame(self.widget, always=not isinstance(self.widget, QCheckBox))
        self.widget.setAccessibleName(self.title)
        self.set_help(self._help)
        horizontal = QSizePolicy.Policy.Expanding
        self.widget.setSizePolicy(horizontal, self.widget.sizePolicy().verticalPolicy())
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(BETWEEN)
        grid.setVerticalSpacing(INSIDE)
        grid.setColumnStretch(1, 1)
        if wide:
            grid.addWidget(self.label, 0, 0, 1, 2)
            grid.addWidget(self.widget, 1, 0, 1, 2)
        else:
            grid.addWidget(self.label, 0, 0, Qt.AlignmentFlag.AlignVCenter)
            grid.addWidget(self.widget, 0, 1)
        grid.addWidget(self.hint, 2, 0, 1, 2)
        grid.addWidget(self.problem, 3, 0, 1, 2)
        self._wide = wide
        self._follow_font()

    def _follow_font(self) -> None:
        for label in (self.hint, self.problem):
            label.setFont(small(self.font()))
        if isinstance(self.widget, TableEditor):
            self.widget.follow_font(self.font())
        if not self._wide:
            width = self.fontMetrics().horizontalAdvance(LABEL_SAMPLE) + INSIDE
            self.label.setFixedWidth(width)

    def _reads(self, value: Any) -> bool:
        try:
            return bool(self.editor.read() == value)
        except ValueError:
            return False

    def _show(self, value: Any) -> None:
        with self._quietly():
            self.editor.show_value(value)

    @contextmanager
    def _quietly(self) -> Iterator[None]:
        self._quiet = True
        try:
            yield
        finally:
            self._quiet = False

    def _drop_draft(self) -> None:
        self._draft = False
        self._pause.stop()
        self.set_problem("")

    def _set_framed(self, framed: bool) -> None:
        self._frame.set_problem(framed)
        self.widget.setProperty("problem", framed)
        self.widget.setAccessibleDescription(
            " ".join(filter(None, (self.problem.text(), self._help)))
        )

    def _on_edited(self) -> None:
        if self._quiet:
            return
        had_draft, self._draft = self._draft, not self._reads(self._value)
        if self.widget.property("problem") and self.is_readable():
            self.set_problem("")
        if had_draft and not self._draft:
            self.restored.emit()
        if self.editor.at_once:
            self.settle()
        else:
            self._pause.start()

    def _on_pause_over(self) -> None:
        self.settle()

    def _on_left(self) -> None:
        if self._pause.isActive():
            self.settle()
        if not self._draft:
            self._show(self._value)  # "007" becomes 7

    def _on_enter(self) -> None:
        self.settle()
        if not self._draft:
            self._show(self._value)
            self.entered.emit()

    def _takes_enter(self, event: QKeyEvent) -> bool:
        if event.key() not in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            return False
        modifiers = event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
        if modifiers == Qt.KeyboardModifier.ControlModifier:
            return True
        return not modifiers and bool(getattr(self.widget, "enter_commits", True))

    def _takes_key(self, event: QKeyEvent) -> bool:
        if event.key() == Qt.Key.Key_Escape:
            return self._draft
        return self._takes_enter(event)

    # Qt's own

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        kind = event.type()
        if kind == QEvent.Type.Wheel and not self.widget.hasFocus():
            event.ignore()  # so that the panel scrolls
            return True
        if isinstance(event, QKeyEvent) and self._takes_key(event):
            if kind == QEvent.Type.ShortcutOverride:
                event.accept()  # the key press follows
                return True
            if kind == QEvent.Type.KeyPress:
                self.restore() if event.key() == Qt.Key.Key_Escape else self._on_enter()
                return True
        if isinstance(event, QFocusEvent) and event.lostFocus():
            menu = event.reason() == Qt.FocusReason.PopupFocusReason
            if not menu:
                self._on_left()
        return False

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        # The label of a check box ticks it, as everywhere.
        on_label = self.label.geometry().contains(event.position().toPoint())
        if isinstance(self.widget, QCheckBox) and on_label:
            self.widget.click()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange:
            self._follow_font()


def _tooltip(text: str) -> str:
    """Return `text` as rich text where it has symbols or is too long for one line."""
    written = lowered(text)
    return text if written == text and len(text) <= LONGEST_LINE else f"<p>{written}</p>"


def typing_in(widget: QWidget | None) -> bool:
    """Return whether `widget` lies in a field that shows something that is not applied."""
    while widget is not None and not isinstance(widget, Field):
        widget = widget.parentWidget()
    return widget is not None and widget.has_draft()
