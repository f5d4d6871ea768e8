"""The strip that offers unsaved work: what it looked like, when that was, and what to do."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QImage, QPainter, QPaintEvent, QPalette
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QSizePolicy, QVBoxLayout, QWidget

from rnnviz.widgets.metrics import SMALL, TEXT, TITLE

HEIGHT = 64
"""Of the picture, in pixels."""
EDGE, GAP = 12, 8


class Offer(QWidget):
    """Says what was left behind; it stays until one of its buttons is pressed.

    Parameters
    ----------
    title : str
        When it was.
    about : str
        What it is.
    others : int
        How many more there are.
    picture : QImage
        Null if none was taken.

    Signals
    -------
    restore_chosen()
    later_chosen()
    discard_chosen()
    """

    restore_chosen = Signal()
    later_chosen = Signal()
    discard_chosen = Signal()

    def __init__(
        self, title: str, about: str, others: int, picture: QImage, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setObjectName("recovery")
        self.setAutoFillBackground(True)
        self.setBackgroundRole(QPalette.ColorRole.AlternateBase)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(EDGE, GAP, EDGE, GAP)
        layout.setSpacing(2 * GAP)
        if not picture.isNull():
            layout.addWidget(_Picture(picture))
        layout.addLayout(self._texts(title, about, others), 1)
        layout.addLayout(self._buttons())

    def _texts(self, title: str, about: str, others: int) -> QVBoxLayout:
        column = QVBoxLayout()
        column.setSpacing(4)
        column.addStretch()
        column.addWidget(self._text("title", title, TITLE))
        column.addWidget(self._text("about", about, TEXT))
        column.addWidget(self._text("others", _about_others(others), SMALL))
        column.addStretch()
        return column

    def _text(self, name: str, text: str, size: int) -> QLabel:
        label = QLabel(text)
        label.setObjectName(f"recovery.{name}")
        label.setTextFormat(Qt.TextFormat.PlainText)
        label.setWordWrap(True)
        label.setMinimumWidth(0)
        font = label.font()
        font.setPixelSize(size)
        if size == TITLE:
            font.setWeight(font.Weight.DemiBold)
        else:
            label.setForegroundRole(QPalette.ColorRole.PlaceholderText)
        label.setFont(font)
        return label

    def _buttons(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(GAP)
        for name, text, tip, signal in (
            ("restore", "Restore", "Bring it back; undo returns to what is here now.",
             self.restore_chosen),
            ("later", "Later", "Ask again at the next start.", self.later_chosen),
            ("discard", "Discard", "Remove it when this window is closed.", self.discard_chosen),
        ):  # fmt: skip
            button = QPushButton(text)
            button.setObjectName(f"recovery.{name}")
            button.setToolTip(tip)
            button.clicked.connect(signal)
            row.addWidget(button)
        return row


class _Picture(QWidget):
    """A small picture with the border of the theme, sharp on any screen."""

    def __init__(self, image: QImage) -> None:
        super().__init__()
        self.setObjectName("recovery.picture")
        self.setAccessibleName("What the window looked like")
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self._image = image

    # Qt's own

    def sizeHint(self) -> QSize:
        return QSize(round(HEIGHT * self._image.width() / max(1, self._image.height())), HEIGHT)

    def paintEvent(self, event: QPaintEvent) -> None:
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
            painter.drawImage(QRectF(self.rect()), self._image)
            painter.setPen(self.palette().color(QPalette.ColorRole.Mid))
            painter.drawRect(self.rect().adjusted(0, 0, -1, -1))


def _about_others(count: int) -> str:
    if not count:
        return "The program ended before it was saved."
    more = "one more is" if count == 1 else f"{count} more are"
    return f"The program ended before it was saved; {more} kept."
