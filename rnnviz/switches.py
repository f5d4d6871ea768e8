"""The buttons at the right of the menu bar: presets, pages, and what explains."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QAction, QPainter, QPaintEvent, QPalette
from PySide6.QtWidgets import QHBoxLayout, QMenu, QSizePolicy, QToolButton, QWidget

LINE = 2
"""The line under a switch that is on, in pixels."""


class Switch(QToolButton):
    """A flat button of an action, with a line in the accent colour under it while it is on."""

    def __init__(self, name: str, action: QAction) -> None:
        super().__init__()
        self.setDefaultAction(action)
        self.setObjectName(name)
        self.setAutoRaise(True)
        self.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextOnly)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Expanding)

    # Qt's own

    def sizeHint(self) -> QSize:
        metrics = self.fontMetrics()
        return QSize(metrics.horizontalAdvance(self._text()) + 16, metrics.height() + 10)

    def _text(self) -> str:
        return self.text().replace("&", "")

    def paintEvent(self, event: QPaintEvent) -> None:
        with QPainter(self) as painter:
            on, roles = self.isChecked(), QPalette.ColorRole
            if self.underMouse() or self.hasFocus():
                painter.fillRect(self.rect(), self.palette().color(roles.AlternateBase))
            painter.setPen(self.palette().color(roles.WindowText if on else roles.PlaceholderText))
            painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, self._text())
            if on:
                line = QRect(8, self.height() - LINE, self.width() - 16, LINE)
                painter.fillRect(line, self.palette().color(roles.Accent))


class PresetButton(QToolButton):
    """Opens the menu of presets."""

    def __init__(self, menu: QMenu) -> None:
        super().__init__()
        self.setObjectName("switch.presets")
        self.setText("Presets")
        self.setToolTip("Ready-made setups, the cells of the exercise among them")
        self.setMenu(menu)
        self.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.setAutoRaise(True)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)


class Switches(QWidget):
    """Presets; then one of the pages; then what may be open beside them.

    Parameters
    ----------
    presets : QMenu
    pages, docks : sequence of QAction
        Checkable; a button ``switch.<the name's last part>`` shows each.
    """

    def __init__(self, presets: QMenu, pages: Sequence[QAction], docks: Sequence[QAction]) -> None:
        super().__init__()
        self.setObjectName("switches")
        line = QHBoxLayout(self)
        line.setContentsMargins(0, 0, 8, 0)
        line.setSpacing(0)
        line.addWidget(PresetButton(presets))
        for group in (pages, docks):
            line.addSpacing(16)
            for action in group:
                last = action.objectName().rsplit(".", 1)[-1]
                line.addWidget(Switch(f"switch.{last}", action))
