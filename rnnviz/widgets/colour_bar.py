"""A slim legend of a heatmap's colours."""

from PySide6.QtCore import QEvent, QRect, QSize, Qt
from PySide6.QtGui import QFont, QFontMetrics, QImage, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from rnnviz.colour_map import level_text as level_text
from rnnviz.widgets.colours import NOT_FINITE, Inks, is_dark, lookup_table
from rnnviz.widgets.devices import LOSSLESS

_WIDTH = 10
_TICK = 4
_SPACE = 4
_TEXT = 11
_NOT_FINITE_TEXT = "NaN, inf"


class ColourBar(QWidget):
    """A vertical gradient with its lowest and highest value and zero beside it.

    Where there is too little height for three labels, zero keeps its tick alone; for two, the
    highest value stands alone.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._levels = (-1.0, 1.0)
        self._not_finite = False
        self._text_scale = 1.0
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Expanding)
        self._describe()

    def levels(self) -> tuple[float, float]:
        """Return the values at the bottom and at the top."""
        return self._levels

    def set_levels(self, low: float, high: float) -> None:
        """Show the colours of these levels; ValueError unless low < high."""
        if not low < high:
            raise ValueError(f"Levels must ascend: {low}, {high}.")
        self._levels = (float(low), float(high))
        self._describe()

    def set_not_finite(self, shown: bool) -> None:
        """Say below the gradient which colour NaN and infinity have, or no longer."""
        if shown != self._not_finite:
            self._not_finite = shown
            self._describe()

    def set_text_scale(self, scale: float) -> None:
        """Make the text so many times as large."""
        self._text_scale = scale
        self._describe()

    def marks(self) -> list[tuple[int, str]]:
        """Return the labels from the top: the y of each one's middle, and its text."""
        low, high = self._levels
        bar = self.bar_rect()
        labels = [(bar.top(), high), (bar.bottom(), low)]
        if low < 0 < high:
            labels.insert(1, (self._y(0.0), 0.0))
        return [(y, level_text(value)) for y, value in labels]

    def bar_rect(self) -> QRect:
        """Return where the gradient is."""
        half = self._metrics().height() // 2
        below = self._legend_height() if self._not_finite else 0
        return QRect(0, half, _WIDTH, max(2, self.height() - 2 * half - below))

    def _describe(self) -> None:
        low, high = self._levels
        text = f"Colours from {level_text(low)} to {level_text(high)}"
        purple = "; purple: NaN or infinite" if self._not_finite else ""
        self.setAccessibleName("Colour bar")
        self.setAccessibleDescription(text + purple)
        self.updateGeometry()
        self.update()

    def _y(self, value: float) -> int:
        bar = self.bar_rect()
        low, high = self._levels
        return bar.bottom() - round((value - low) / (high - low) * (bar.height() - 1))

    def _text_font(self) -> QFont:
        font = QFont(self.font())
        font.setPixelSize(max(1, round(_TEXT * self._text_scale)))
        return font

    def _metrics(self) -> QFontMetrics:
        return QFontMetrics(self._text_font())

    def _legend_height(self) -> int:
        return self._metrics().height() + 2 * _SPACE

    def _texts(self) -> list[str]:
        texts = [level_text(level) for level in (*self._levels, 0.0)]
        return [*texts, _NOT_FINITE_TEXT] if self._not_finite else texts

    # Qt's overrides

    def sizeHint(self) -> QSize:
        widest = max(self._metrics().horizontalAdvance(text) for text in self._texts())
        return QSize(_WIDTH + _TICK + _SPACE + widest + 1, 120)

    def minimumSizeHint(self) -> QSize:
        below = self._legend_height() if self._not_finite else 0
        return QSize(self.sizeHint().width(), 2 * self._metrics().height() + below)

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() in (QEvent.Type.PaletteChange, QEvent.Type.FontChange):
            self._describe()

    def paintEvent(self, event: QPaintEvent) -> None:
        with QPainter(self) as painter:
            painter.setFont(self._text_font())
            self._paint_gradient(painter)
            self._paint_labels(painter)
            if self._not_finite:
                self._paint_legend(painter)

    def _paint_gradient(self, painter: QPainter) -> None:
        column = lookup_table(is_dark(self.palette()))[::-1].copy()
        image = QImage(column.data, 1, len(column), 4, QImage.Format.Format_RGB32)
        painter.setRenderHint(LOSSLESS)
        painter.drawImage(self.bar_rect(), image)

    def _paint_labels(self, painter: QPainter) -> None:
        inks = Inks.of(self.palette())
        height = self._metrics().height()
        marks = self.marks()
        for y, _ in marks:
            painter.fillRect(QRect(_WIDTH, y, _TICK, 1), inks.muted)
        painter.setPen(inks.muted)
        left = _WIDTH + _TICK + _SPACE
        for y, text in _legible(marks, height):
            place = QRect(left, y - height // 2, self.width() - left, height)
            painter.drawText(
                place, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, text
            )

    def _paint_legend(self, painter: QPainter) -> None:
        height = self._metrics().height()
        top = self.height() - height
        painter.fillRect(QRect(0, top + (height - _WIDTH) // 2, _WIDTH, _WIDTH), NOT_FINITE)
        left = _WIDTH + _TICK + _SPACE
        place = QRect(left, top, self.width() - left, height)
        painter.setPen(Inks.of(self.palette()).muted)
        painter.drawText(
            place, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, _NOT_FINITE_TEXT
        )


def _legible(marks: list[tuple[int, str]], height: int) -> list[tuple[int, str]]:
    """Return the labels that overlap none that says more: the highest, the lowest, then zero."""
    kept: list[tuple[int, str]] = []
    for mark in (marks[0], marks[-1], *marks[1:-1]):
        if all(abs(mark[0] - y) >= height for y, _ in kept):
            kept.append(mark)
    return kept
