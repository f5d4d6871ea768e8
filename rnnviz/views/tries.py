"""What to try with a preset: one line after the other, under the equation."""

from __future__ import annotations

import math

from pydantic import Field, JsonValue
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QSizePolicy, QToolButton, QWidget

from rnnviz.fields import Frozen
from rnnviz.presets import Preset, TryLine
from rnnviz.session import Session
from rnnviz.widgets.form_parts import set_there
from rnnviz.widgets.metrics import TEXT
from rnnviz.widgets.notation import lowered


class LineShown(Frozen):
    """The line that is on show, counted from 0, and whether any is."""

    open: bool
    line: int = Field(ge=0)


class TriesView(QWidget):
    """A line of a preset's suggestions; gone when it is closed or the network is another."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("tries")
        self._session = session
        self._lines: tuple[TryLine, ...] = ()
        self._at = 0
        self._open = False
        self._scale = 1.0
        self._build()
        session.preset_opened.connect(self.show_preset)
        session.network_changed.connect(self.close_lines)
        session.selection_changed.connect(self._update_visibility)
        session.cursor_moved.connect(self._on_cursor_moved)
        if session.preset is not None:
            self.show_preset(session.preset)
        self._update_visibility()

    def _build(self) -> None:
        self._count = QLabel()
        self._count.setForegroundRole(self.palette().ColorRole.BrightText)
        self._text = QLabel()
        self._text.setObjectName("tries.text")
        self._text.setTextFormat(Qt.TextFormat.RichText)
        self._text.setWordWrap(True)
        self._text.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self._button = QPushButton()
        self._button.setObjectName("tries.do")
        self._button.clicked.connect(self._on_do)
        self._back = self._tool("tries.back", "‹", "The line before", lambda: self._go(-1))
        self._next = self._tool("tries.next", "›", "The next line", lambda: self._go(1))
        close = self._tool("tries.close", "×", "Close the suggestions", self.close_lines)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(12, 4, 12, 4)
        layout.setSpacing(8)
        self._parts = (self._count, self._text, self._button, self._back, self._next, close)
        for part in self._parts:
            layout.addWidget(part)

    def _tool(self, name: str, text: str, tip: str, do: object) -> QToolButton:
        button = QToolButton()
        button.setObjectName(name)
        button.setText(text)
        button.setToolTip(tip)
        button.setAccessibleName(tip)
        button.setAutoRaise(True)
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        button.clicked.connect(do)
        return button

    def show_preset(self, preset: Preset | None) -> None:
        """Begin with the first line of a preset; None has no lines."""
        self._lines = preset.tries if preset is not None else ()
        self._at = 0
        self._show_line()
        self._open = bool(self._lines)
        self._update_visibility()

    def close_lines(self) -> None:
        """Show no more lines until a preset is opened."""
        self._open = False
        self._update_visibility()

    def _update_visibility(self) -> None:
        # Projected, the pinned unit's sum needs the room.
        crowded = self._scale > 1 and self._session.selection.pin is not None
        set_there(self, self._open and not crowded)

    def view_state(self) -> dict[str, JsonValue]:
        """Return what a session keeps of the view."""
        return LineShown(open=self._open, line=self._at).model_dump()

    def restore_view_state(self, state: dict[str, JsonValue]) -> None:
        """Bring back what was kept; raises ValueError where it is something else."""
        shown = LineShown.model_validate(state)
        self._at = max(0, min(shown.line, len(self._lines) - 1))
        self._show_line()
        self._open = shown.open and bool(self._lines)
        self._update_visibility()

    def text(self) -> str:
        """Return the line on show, plain."""
        return self._lines[self._at].text if self._lines else ""

    def set_text_scale(self, scale: float) -> None:
        """Scale the type."""
        self._scale = scale
        self._update_visibility()
        for part in self._parts:
            font = part.font()
            font.setPixelSize(round(TEXT * scale))
            part.setFont(font)

    def _go(self, by: int) -> None:
        self._at = max(0, min(self._at + by, len(self._lines) - 1))
        self._show_line()

    def _show_line(self) -> None:
        if not self._lines:
            return
        line = self._lines[self._at]
        several = len(self._lines) > 1
        self._count.setText(f"Try {self._at + 1} of {len(self._lines)}" if several else "Try")
        self._text.setText(lowered(line.text))
        self._button.setText(line.button)
        self._button.setVisible(bool(line.button))
        self._back.setVisible(several)
        self._next.setVisible(several)
        self._back.setEnabled(self._at > 0)
        self._next.setEnabled(self._at < len(self._lines) - 1)

    def _on_cursor_moved(self, t: int) -> None:
        while self._at + 1 < len(self._lines) and t > self._until():
            self._go(1)

    def _until(self) -> float:
        until = self._lines[self._at].until_step
        return math.inf if until is None else until

    def _on_do(self) -> None:
        init = self._session.settings.initialization
        overrides = {**init.overrides, **self._lines[self._at].overrides}
        self._session.apply_initialization(init.model_copy(update={"overrides": overrides}))
