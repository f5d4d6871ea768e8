"""Editors of single values: plain Qt widgets that let anything be typed and say what is wrong.

An editor knows nothing of drafts and problems (`Field` does). Each has

- ``edited``: a signal, whenever what it shows has been changed by anyone but `show_value`;
- ``read()``: the value, or ValueError with a sentence;
- ``show_value(value)``: shows a value and emits nothing;
- ``at_once``: whether a change is acted upon without a pause.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, ClassVar, Protocol

from PySide6.QtCore import QEvent, QLocale, QSignalBlocker, Qt, Signal, SignalInstance
from PySide6.QtGui import QFocusEvent, QPalette, QValidator
from PySide6.QtWidgets import (
    QAbstractSpinBox,
    QCheckBox,
    QComboBox,
    QDoubleSpinBox,
    QLineEdit,
    QSpinBox,
)

Role = QPalette.ColorRole
Choice = tuple[Any, str]
"""A value, and how it reads."""

_WHOLE = re.compile(r"[+-]?(\d+|\d{1,3}(,\d{3})+)", re.ASCII)
_REAL = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?", re.ASCII | re.IGNORECASE)
_LONGEST = 400
"""Digits of a whole number: Python reads a few thousand at most; a float calls more infinite."""
_DIGITS = 12
"""Decimals that a spin box keeps when it steps: 0.1 + 0.2 is 0.3."""


class Editor(Protocol):
    """What `Field` asks of an editor, besides being a QWidget."""

    at_once: ClassVar[bool]

    @property
    def edited(self) -> SignalInstance: ...
    def read(self) -> Any: ...
    def show_value(self, value: Any) -> None: ...


def number_text(value: float) -> str:
    """Return a number as short as it can be and read back the same: 1, 0.5, 1e-07."""
    return repr(value).removesuffix(".0")


if TYPE_CHECKING:

    class _SpinBase(QAbstractSpinBox):
        """What QSpinBox and QDoubleSpinBox share, though Qt has no common class for it."""

        valueChanged: SignalInstance  # noqa: N815

        def setSuffix(self, suffix: str, /) -> None: ...
        def suffix(self) -> str: ...
        def prefix(self) -> str: ...
        def cleanText(self) -> str: ...
        def setValue(self, val: Any, /) -> None: ...
        def value(self) -> Any: ...
        def singleStep(self) -> Any: ...

else:
    _SpinBase = object


class _Spin(_SpinBase):
    """What both spin boxes share: the text is the truth, Qt's own number follows while it can.

    Qt would correct or swallow what does not fit; here it stays, to be talked about.
    """

    at_once: ClassVar[bool] = False
    edited: SignalInstance

    def _set_up(self, title: str, low: float, high: float, suffix: str, special: str) -> None:
        self._title, self._low, self._high, self._special = title, low, high, special
        self._held: str | None = None
        unit = suffix.strip()
        self._unit = f" {unit}" if unit[:1].isalpha() else unit
        self.setSuffix(self._unit)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)  # not by the wheel
        self.setCorrectionMode(QAbstractSpinBox.CorrectionMode.CorrectToPreviousValue)
        self.lineEdit().textChanged.connect(self._on_changed)  # by typing
        self.valueChanged.connect(self._on_changed)  # by arrow keys, the wheel, a script

    def read(self) -> Any:
        """Return the number that the text says; ValueError with the limits if there is none."""
        text = self.cleanText().strip().replace("−", "-")
        if self._special and text == self._special:
            return self._low
        value = self._parsed(text)
        if value is None or not self._low <= value <= self._high:
            raise ValueError(self._reason(value))
        return value

    def show_value(self, value: Any) -> None:
        """Show a value, without a word to anyone."""
        with QSignalBlocker(self), QSignalBlocker(self.lineEdit()):
            self.setValue(value)
            self._follow_unit()
            # Qt leaves a text that it takes for the same number, as "007".
            self.lineEdit().setText(self.prefix() + self.textFromValue(value) + self.suffix())

    def _parsed(self, text: str) -> float | None:
        raise NotImplementedError

    def _reason(self, value: float | None) -> str:
        raise NotImplementedError

    def _follow_unit(self) -> None:
        """Say 1 step, 2 steps."""
        plural = self._unit.endswith("s") and self.value() != 1
        self.setSuffix(self._unit if plural else self._unit.removesuffix("s"))

    def _on_changed(self) -> None:
        self.edited.emit()

    @contextmanager
    def _holding(self) -> Iterator[None]:
        """Keep Qt from writing its number over the text."""
        self._held = self.cleanText()
        try:
            yield
        finally:
            self._held = None

    def _mute(self) -> None:
        """Look like a text while it is read-only."""
        palette = QPalette()
        if self.isReadOnly():
            palette.setColor(Role.Base, self.palette().color(Role.Window))
            palette.setColor(Role.Text, self.palette().color(Role.PlaceholderText))
        if any(self.palette().color(r) != palette.color(r) for r in (Role.Base, Role.Text)):
            self.setPalette(palette)

    # Qt's own

    def setReadOnly(self, read_only: bool) -> None:
        super().setReadOnly(read_only)
        symbols = QAbstractSpinBox.ButtonSymbols
        self.setButtonSymbols(symbols.NoButtons if read_only else symbols.UpDownArrows)
        self._mute()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            self._mute()

    def validate(self, text: str, position: int) -> tuple[QValidator.State, str, int]:
        return QValidator.State.Acceptable, text, position

    def valueFromText(self, text: str) -> Any:
        try:
            return self.read()
        except ValueError:
            return self.value()

    def textFromValue(self, value: Any) -> str:
        if self._held is not None:
            return self._held
        if self._special and value == self._low:
            return self._special
        return number_text(value)

    def stepBy(self, steps: int) -> None:
        number = self._parsed(self.cleanText().strip())
        if number is not None:  # beyond a limit: step from there back to the limit
            number = min(max(number, self._low), self._high)
        start = self.value() if number is None else number
        stepped = start + steps * self.singleStep()
        self.setValue(type(start)(min(max(stepped, self._low), self._high)))
        self._follow_unit()
        self.selectAll()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        with self._holding():
            super().focusOutEvent(event)


class WholeEditor(_Spin, QSpinBox):
    """A whole number between two limits."""

    edited = Signal()

    def __init__(
        self, title: str, low: int, high: int, *, suffix: str = "", special: str = ""
    ) -> None:
        super().__init__()
        self._set_up(title, low, high, suffix, special)
        self.setRange(low, high)

    def _parsed(self, text: str) -> float | None:
        if not _WHOLE.fullmatch(text):
            return None
        digits = text.replace(",", "")
        return int(digits) if len(digits) <= _LONGEST else float(digits)

    def _reason(self, value: float | None) -> str:
        limits = f"from {self._low:,} to {self._high:,}."
        if value is None:
            return f"Type a whole number {limits}"
        verb = "go" if self._title.split(" a ")[0].endswith("s") else "goes"  # Frames a second go
        return f"{self._title} {verb} {limits}"


class RealEditor(_Spin, QDoubleSpinBox):
    """A number between two limits, with a decimal point."""

    edited = Signal()

    def __init__(
        self,
        title: str,
        low: float,
        high: float,
        *,
        suffix: str = "",
        special: str = "",
        step: float = 0.1,
    ) -> None:
        super().__init__()
        self._set_up(title, low, high, suffix, special)
        self.setLocale(QLocale.c())
        self.setDecimals(_DIGITS)
        self.setRange(low, high)
        self.setSingleStep(step)

    def _parsed(self, text: str) -> float | None:
        return float(text) if _REAL.fullmatch(text) else None

    def _reason(self, value: float | None) -> str:
        limits = f"from {self._low:,g} to {self._high:,g}{self._unit}".replace("-", "−")
        return f"Type a number {limits}." if value is None else f"{self._title} lies {limits}."


class ChoiceEditor(QComboBox):
    """One of several values, each with a text of its own; the value is the item's data."""

    at_once: ClassVar[bool] = True
    edited = Signal()

    def __init__(self, choices: Sequence[Choice | None] = ()) -> None:
        super().__init__()
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        # The panel decides how wide it is, not its longest entry.
        policy = QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon
        self.setSizeAdjustPolicy(policy)
        self.setMinimumContentsLength(4)
        self.setMaxVisibleItems(20)
        self.set_choices(choices)
        self.currentIndexChanged.connect(self._on_index_changed)

    def set_choices(self, choices: Sequence[Choice | None]) -> None:
        """Offer `choices`, None being a line; the one that is shown stays, if it is among them."""
        shown = self.currentData()
        with QSignalBlocker(self):
            self.clear()
            for choice in choices:
                if choice is None:
                    self.insertSeparator(self.count())
                else:
                    self.addItem(choice[1], choice[0])
            self.setCurrentIndex(-1 if shown is None else self.findData(shown))

    def read(self) -> Any:
        """Return the chosen value."""
        if self.currentIndex() < 0:
            raise ValueError("Choose one.")
        return self.currentData()

    def show_value(self, value: Any) -> None:
        """Show a value, without a word to anyone."""
        with QSignalBlocker(self):
            self.setCurrentIndex(self.findData(value))

    def _on_index_changed(self) -> None:
        self.edited.emit()

    # Qt's own

    def showPopup(self) -> None:
        # The list may be wider than the box, so that no entry is cut.
        view = self.view()
        frame = 2 * view.frameWidth() + view.verticalScrollBar().sizeHint().width()
        view.setMinimumWidth(view.sizeHintForColumn(0) + frame)
        super().showPopup()


class FlagEditor(QCheckBox):
    """Yes or no."""

    at_once: ClassVar[bool] = True
    edited = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.toggled.connect(self._on_toggled)

    def read(self) -> bool:
        """Return whether it is ticked."""
        return self.isChecked()

    def show_value(self, value: bool) -> None:
        """Show a value, without a word to anyone."""
        with QSignalBlocker(self):
            self.setChecked(value)

    def _on_toggled(self) -> None:
        self.edited.emit()


class LineEditor(QLineEdit):
    """One line of text."""

    at_once: ClassVar[bool] = False
    edited = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setTextMargins(2, 0, 2, 0)
        self.textChanged.connect(self._on_text_changed)

    def read(self) -> str:
        """Return the text as it is."""
        return self.text()

    def show_value(self, value: str) -> None:
        """Show a value, without a word to anyone."""
        if value != self.text():
            with QSignalBlocker(self):
                self.setText(value)

    def _on_text_changed(self) -> None:
        self.edited.emit()
