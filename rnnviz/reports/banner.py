"""A line across the top of the window: an error, or else a warning, with a link to its place."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from PySide6.QtCore import QEvent, QRect, Qt
from PySide6.QtGui import QAccessible, QAccessibleEvent, QColor, QPainter, QPaintEvent, QPalette
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QToolButton, QWidget

from rnnviz.widgets.metrics import TITLE

STRIPE, EDGE, SPACE = 4, 12, 8


Kind = Literal["error", "warning", "hint"]


@dataclass(frozen=True)
class Message:
    """What a banner says, and where it leads.

    Attributes
    ----------
    sentence : str
        Of a warning, ``h_5`` in it is shown with a lowered 5.
    link : str
        What the button says that leads there; there is none if it is empty.
    follow : callable
        What it does.
    kind : {"error", "warning", "hint"}
    """

    sentence: str
    link: str = ""
    follow: Callable[[], object] = lambda: None
    kind: Kind = "error"


class Banner(QWidget):
    """One sentence at a time, which a projected audience may see.

    What was said stays until it is closed, or something else is said; a warning until it is closed
    or taken back. What was said comes before a warning, which is shown again after it.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("banner")
        self._said: Message | None = None
        self._warning: Message | None = None
        self._build()
        self.set_text_scale(1.0)
        self.hide()

    def _build(self) -> None:
        self._text = QLabel()
        self._text.setObjectName("banner.text")
        self._text.setWordWrap(True)
        self._text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._link = QPushButton()
        self._link.setObjectName("banner.link")
        self._link.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._link.clicked.connect(self._on_link_clicked)
        self._close = QToolButton()
        self._close.setObjectName("banner.close")
        self._close.setText("×")
        self._close.setToolTip("Close")
        self._close.setAccessibleName("Close the message")
        self._close.setAutoRaise(True)
        self._close.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._close.clicked.connect(self._on_close_clicked)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(STRIPE + EDGE, SPACE, EDGE, SPACE)
        layout.setSpacing(SPACE)
        layout.addWidget(self._text, 1)
        layout.addWidget(self._link)
        layout.addWidget(self._close)

    def say(
        self, sentence: str, link: str = "", follow: Callable[[], object] = lambda: None
    ) -> None:
        """Show what went wrong, with a button if `link` says what it does."""
        self._said = Message(sentence, link, follow)
        self._show()

    def hint(
        self, sentence: str, link: str = "", follow: Callable[[], object] = lambda: None
    ) -> None:
        """Show something that somebody asked for, or did; it goes when the link is followed."""
        self._said = Message(sentence, link, follow, kind="hint")
        self._show()

    def warn(self, warning: Message | None) -> None:
        """Show a warning, or take the last one back."""
        self._warning = warning
        self._show()

    @property
    def shown(self) -> Message | None:
        """What it says; None if it is not there."""
        return self._said or self._warning

    def set_text_scale(self, scale: float) -> None:
        """Scale the type."""
        font = self.font()
        font.setPixelSize(round(TITLE * scale))
        for part in (self._text, self._link, self._close):
            part.setFont(font)

    def _show(self) -> None:
        shown = self.shown
        if shown is not None:
            self._show_sentence(shown)
            if not self.isVisible() or self._text.accessibleName() != shown.sentence:
                self._text.setAccessibleName(shown.sentence)
                alert = QAccessibleEvent(self._text, QAccessible.Event.Alert)
                QAccessible.updateAccessibility(alert)
            self._link.setText(shown.link)
            self._link.setVisible(bool(shown.link))
            self.update()
        self.setVisible(shown is not None)

    def _show_sentence(self, shown: Message) -> None:
        from rnnviz.widgets.notation import lowered  # not before the first paint

        rich = shown.kind == "warning"  # an error may quote anything
        self._text.setTextFormat(Qt.TextFormat.RichText if rich else Qt.TextFormat.PlainText)
        self._text.setText(lowered(shown.sentence) if rich else shown.sentence)

    def _on_link_clicked(self) -> None:
        shown = self.shown
        if shown is None:
            return
        if shown.kind == "hint":
            self._on_close_clicked()
        shown.follow()

    def _on_close_clicked(self) -> None:
        if self._said is not None:
            self._said = None
        else:
            self._warning = None
        self._show()

    def _mark(self, kind: Kind) -> QColor:
        """Return the colour of problems or, of a warning, that of the numbers it is about."""
        if kind == "hint":
            return self.palette().color(QPalette.ColorRole.Link)
        from rnnviz.colour_map import NOT_FINITE
        from rnnviz.widgets.form_parts import warning_colour

        return QColor(NOT_FINITE) if kind == "warning" else warning_colour(self.palette())

    # Qt's own

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        with QPainter(self) as painter:
            painter.fillRect(self.rect(), self.palette().color(QPalette.ColorRole.AlternateBase))
            if self.shown is not None:
                painter.fillRect(QRect(0, 0, STRIPE, self.height()), self._mark(self.shown.kind))
            line = QRect(0, self.height() - 1, self.width(), 1)
            painter.fillRect(line, self.palette().color(QPalette.ColorRole.Mid))
