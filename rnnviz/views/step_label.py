"""Which step of how many: ``t = 5 of 10,000``, or ``layer 1 · step 5 of 10,000``."""

from __future__ import annotations

from functools import cached_property

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QFont, QFontMetricsF, QPainter, QPaintEvent, QPalette, QResizeEvent
from PySide6.QtWidgets import QWidget

from rnnviz.widgets.metrics import TITLE

_NUMBER = 2  # the place of the number among the pieces


class Type:
    """A font and its measures, which take longer to make than to use."""

    def __init__(self, font: QFont) -> None:
        self.font = font

    @cached_property
    def metrics(self) -> QFontMetricsF:
        """The measures of the font as it is when they are first asked for."""
        return QFontMetricsF(self.font)


class StepLabel(QWidget):
    """Painted as it is: laying out rich text would be a large part of what a step costs."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._step, self._length = 0, 0
        self._layer: int | None = None
        self._scale = 1.0
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self._places: list[QRectF] = []
        self._lay_out()

    def text(self) -> str:
        """Return what it says, plain."""
        return "".join(text for text, _, _ in self._pieces())

    def set_step(self, step: int, length: int) -> None:
        """Say at which step of how many the cursor is."""
        before, self._step = self._step, step
        if length != self._length or len(f"{step:,}") != len(f"{before:,}"):
            self._length = length
            self._lay_out()
        elif step != before:
            self.update(self._places[_NUMBER].toAlignedRect())

    def set_layer(self, layer: int | None) -> None:
        """Say whose step it is, where layers are gone through one by one; None: that of all."""
        if layer != self._layer:
            self._layer = layer
            self._lay_out()

    def set_text_scale(self, scale: float) -> None:
        """Scale the type."""
        self._scale = scale
        self.updateGeometry()
        self._lay_out()

    def _lay_out(self) -> None:
        """Find the places of the pieces; digits have one width, so that they keep them."""
        self._make_fonts(1.0)
        wide = self._widest()
        if wide > self.width() > 0:
            self._make_fonts(self.width() / wide)  # smaller, where numbers are long
        self._places, x = [], 0.0
        for text, kind, _ in self._pieces():
            width = kind.metrics.horizontalAdvance(text)
            self._places.append(QRectF(x, 0, width, self.height()))
            x += width
        self.update()

    def _widest(self) -> float:
        """Return the width with the longest number, so that the type keeps its size."""
        texts = [(text, kind.metrics) for text, kind, _ in self._pieces()]
        texts[_NUMBER] = f"{self._length:,}", texts[_NUMBER][1]
        return sum(metrics.horizontalAdvance(text) for text, metrics in texts)

    def _make_fonts(self, shrink: float) -> None:
        self._plain, self._italic, self._bold = (Type(self._font()) for _ in range(3))
        self._italic.font.setItalic(True)
        self._bold.font.setBold(True)
        for kind in (self._plain, self._italic, self._bold):
            kind.font.setPixelSize(max(1, int(TITLE * self._scale * shrink)))

    def _font(self) -> QFont:
        font = QFont(self.font())
        font.setFeature(QFont.Tag("tnum"), 1)  # digits of one width do not jump
        return font

    def _pieces(self) -> tuple[tuple[str, Type, QPalette.ColorRole], ...]:
        text, muted = QPalette.ColorRole.WindowText, QPalette.ColorRole.PlaceholderText
        whose = (("t", self._italic, text), (" = ", self._plain, text))
        if self._layer is not None:
            layer = f"layer {self._layer}"
            whose = ((layer, self._plain, text), (" · step ", self._plain, muted))
        return (
            *whose,
            (f"{self._step:,}", self._bold, text),
            (f" of {self._length:,}", self._plain, muted),
        )

    # Qt's own

    def sizeHint(self) -> QSize:
        return QSize(120, round((TITLE + 6) * self._scale))

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def paintEvent(self, event: QPaintEvent) -> None:
        with QPainter(self) as painter:
            painter.fillRect(event.rect(), self.palette().color(QPalette.ColorRole.Window))
            y = (self.height() + self._plain.metrics.capHeight()) / 2
            exposed = QRectF(event.rect())
            for place, (text, kind, role) in zip(self._places, self._pieces(), strict=True):
                if place.intersects(exposed):
                    painter.setFont(kind.font)
                    painter.setPen(self.palette().color(role))
                    painter.drawText(QPointF(place.left(), y), text)

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange:
            self._lay_out()
        if event.type() == QEvent.Type.PaletteChange:
            self.update()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._lay_out()
