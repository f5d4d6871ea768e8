"""The list of what can be looked at side by side: one click shows it."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QPalette
from PySide6.QtWidgets import QButtonGroup, QLabel, QSizePolicy, QToolButton, QVBoxLayout, QWidget

from rnnviz.lockstep import SLIPS, THREE_NETWORKS
from rnnviz.widgets.metrics import SMALL, TEXT

WIDTH = 176
BAR = 3
"""The bar at the left of the chosen one."""


class Choice(QToolButton):
    """One line of the list."""

    def __init__(self, name: str, title: str) -> None:
        super().__init__()
        self.setObjectName(f"lockstep.{name}")
        self.setText(title)
        self.setCheckable(True)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    # Qt's own

    def paintEvent(self, event: QPaintEvent) -> None:
        roles = QPalette.ColorRole
        with QPainter(self) as painter:
            if self.isChecked() or self.underMouse() or self.hasFocus():
                painter.fillRect(self.rect(), self.palette().color(roles.AlternateBase))
            if self.isChecked():
                painter.fillRect(0, 0, BAR, self.height(), self.palette().color(roles.Accent))
            role = roles.WindowText if self.isChecked() else roles.PlaceholderText
            painter.setPen(self.palette().color(role))
            left = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
            painter.drawText(self.rect().adjusted(12, 0, -4, 0), left, self.text())


class LockstepList(QWidget):
    """The three networks, then the slips.

    Signals
    -------
    chosen(name) : the user clicked one.
    """

    chosen = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("lockstep.list")
        self._group = QButtonGroup(self)
        self._choices = {name: Choice(name, slip.title) for name, slip in SLIPS.items()}
        self._heads = [self._head("Networks"), self._head("Easily got wrong")]
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 8, 0, 8)
        layout.setSpacing(2)
        layout.addWidget(self._heads[0])
        for name, choice in self._choices.items():
            self._group.addButton(choice)
            choice.clicked.connect(lambda *_, name=name: self.chosen.emit(name))
            layout.addWidget(choice)
            if name == THREE_NETWORKS:
                layout.addSpacing(8)
                layout.addWidget(self._heads[1])
        layout.addStretch(1)
        self.set_text_scale(1.0)

    def show_choice(self, name: str) -> None:
        """Mark the one that is on show."""
        self._choices[name].setChecked(True)

    def set_text_scale(self, scale: float) -> None:
        """Scale the type."""
        self.setFixedWidth(round(WIDTH * scale))
        for widgets, size in ((self._heads, SMALL), (self._choices.values(), TEXT)):
            for widget in widgets:
                font = widget.font()
                font.setPixelSize(round(size * scale))
                widget.setFont(font)
        for choice in self._choices.values():
            choice.setFixedHeight(round((TEXT + 15) * scale))

    def _head(self, text: str) -> QLabel:
        label = QLabel(text)
        label.setContentsMargins(12, 0, 0, 2)
        label.setForegroundRole(QPalette.ColorRole.PlaceholderText)
        return label
