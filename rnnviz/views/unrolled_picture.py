"""The network folded and unrolled, as it is painted and pointed at."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from math import ceil

from PySide6.QtCore import QEvent, QPointF, QRect, QSize, Qt, Signal
from PySide6.QtGui import QMouseEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from rnnviz.views.unrolled_look import Look
from rnnviz.views.unrolled_nodes import Now, Step
from rnnviz.views.unrolled_parts import Metrics, Structure, Weight
from rnnviz.views.unrolled_pictures import Pictures
from rnnviz.views.unrolled_sight import Hit, Sight, hit_at
from rnnviz.views.unrolled_stacking import least_height, wanted_height
from rnnviz.views.unrolled_strip import Drawing, drawing
from rnnviz.views.unrolled_symbols import weight_symbol
from rnnviz.widgets.devices import is_drawing, pixel_ratio

LETTER = 20
"""The height of a step's label under x_t."""
LABEL, WITH_LAYER = 17, 21
"""The height of a name on an arrow, and of one with a raised index."""
LEAST_WIDTH, WANTED_WIDTH = 220, 900


class UnrolledPicture(QWidget):
    """Paints the steps that it is given.

    What lies under the steps is painted once, and so is each step: only pictures are put together
    when the cursor moves.

    Signals
    -------
    clicked(hit), hovered(hit) : the `Hit` under the pointer; `hovered` with None on leaving.
    """

    clicked = Signal(object)
    hovered = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._structure, self._length, self._lettered = Structure(1), 1, False
        self._step: Callable[[int], Step] | None = None
        self._tooltip: Callable[[Hit], str] | None = None
        self._now = Now(0)
        self._limit, self._scale = 1.0, 1.0
        self._at: QPointF | None = None
        self._hit: Hit | None = None
        self._pressed: Hit | None = None
        self._look = Look.of(self.palette(), self.font(), self._scale)
        self._drawing: Drawing | None = None
        self._pictures: Pictures | None = None
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setMouseTracking(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)

    # What it shows

    def set_structure(self, structure: Structure, length: int, lettered: bool) -> None:
        """Draw a network of this structure over `length` steps, with or without labels."""
        self._structure, self._length, self._lettered = structure, length, lettered
        self._hit = self._pressed = None
        self._arrange()

    def set_step(self, step: Callable[[int], Step]) -> None:
        """Ask for what a column shows by calling ``step(t)``."""
        self._step = step
        self.update()

    def set_tooltip(self, text: Callable[[Hit], str]) -> None:
        """Ask for the tooltip of what is pointed at by calling ``text(hit)``."""
        self._tooltip = text

    def set_limit(self, limit: float) -> None:
        """Give the last colour to this norm."""
        if limit != self._limit:
            self._limit, self._pictures = limit, None
            self.update()

    def set_now(self, now: Now) -> None:
        """Mark where the cursor is, and bring it into sight."""
        self._now = now
        self.update()
        if self._at is not None:
            self._point_at(self._at)  # something else may be there now

    def set_text_scale(self, scale: float) -> None:
        """Make everything so many times as large."""
        self._scale = scale
        self._take_look()

    # What is where

    @property
    def sight(self) -> Sight:
        """The columns in sight."""
        strip = self._places().strip
        return Sight(self._structure, strip.first(self._now.column), strip.count, self._length)

    def state_rect(self, t: int, state: int) -> QRect:
        """Return where a state's circle is, empty where it is out of sight."""
        sight, places = self.sight, self._places()
        if t not in sight.columns or not sight.exists(state, t):
            return QRect()
        at, radius = places.column.states[state], places.column.radius
        x = places.strip.middle(t - sight.first) + at.x
        return QRect(
            round(x - radius),
            round(places.top + at.y - radius),
            round(2 * radius),
            round(2 * radius),
        )

    def row_rect(self, state: int) -> QRect:
        """Return the height that a state's row takes with what it reads."""
        column, top = self._places().column, self._places().top
        radius, at = column.radius, column.states[state]
        lowest = column.bottom if state < self._structure.directions else at.y + 2 * radius
        return QRect(0, round(top + at.y - 2 * radius), 1, round(lowest - at.y + 2 * radius))

    def _metrics(self) -> Metrics:
        weights = [Weight("W_hh", state) for state in range(self._structure.states)]
        symbols = [weight_symbol(weight, self._structure) for weight in weights]
        wide = max(self._look.script.width(symbol, self._look.name) for symbol in symbols)
        letter = LETTER * self._scale if self._lettered else 0.0
        high = WITH_LAYER if symbols[0].raised else LABEL
        return Metrics(self._scale, wide + 2, high * self._scale, letter)

    def _places(self) -> Drawing:
        if self._drawing is None:
            total = self._structure.columns(self._length)
            self._drawing = drawing(
                self._structure, self._metrics(), self.width(), self.height(), total
            )
        return self._drawing

    def _pictures_for(self, ratio: float) -> Pictures:
        if self._pictures is None or self._pictures.ratio != ratio:
            self._pictures = Pictures(self._places(), self._look, self._limit, self.size(), ratio)
        return self._pictures

    def _top(self, t: int) -> QPointF:
        """Return the middle of a column in sight, at its top."""
        strip = self._places().strip
        return QPointF(strip.middle(t - strip.first(self._now.column)), self._places().top)

    def _marked(self) -> Iterator[tuple[QPointF, tuple[int | None, ...]]]:
        """Yield what is marked with the accent, and at which column's top."""
        for t, states in self._now.marks:
            if t in self.sight.columns:
                yield self._top(t), states
        folded = self._places().folded_at
        if folded is not None and self._now.layer is not None:
            yield QPointF(folded, 0), (self._now.layer,)

    def _arrange(self) -> None:
        self.setMinimumHeight(ceil(least_height(self._structure, self._metrics())))
        self._drawing = self._pictures = None
        self.updateGeometry()
        self.update()

    def _take_look(self) -> None:
        self._look = Look.of(self.palette(), self.font(), self._scale)
        self._arrange()

    # Painting

    def _paint(self, painter: QPainter, pictures: Pictures) -> None:
        """Put the pictures together."""
        sight, half = self.sight, QPointF(pictures.half, 0)
        painter.drawPixmap(0, 0, pictures.ground(sight, self._hit.weight if self._hit else None))
        if self._step is not None:
            for t in sight.columns:
                painter.drawPixmap(self._top(t) - half, pictures.step(self._step(t)))
        for top, states in self._marked():
            painter.drawPixmap(top - half, pictures.marks(states))

    def _draw(self, painter: QPainter, pictures: Pictures) -> None:
        """Draw the same as shapes."""
        sight = self.sight
        pictures.paint_ground(painter, sight, None)
        if self._step is not None:
            for t in sight.columns:
                with _moved(painter, self._top(t)):
                    pictures.paint_step(painter, self._step(t))
        for top, states in self._marked():
            with _moved(painter, top):
                pictures.paint_marks(painter, states)

    # The pointer

    def _point_at(self, at: QPointF | None) -> None:
        """Take what is under the pointer; None: it has left."""
        self._at = at
        hit = None if at is None else self._hit_at(at)
        if hit != self._hit:
            QToolTip.hideText()  # it was about something else
            self.update()
        self._hit = hit
        clickable = hit is not None and hit.t >= 0
        shape = Qt.CursorShape.PointingHandCursor if clickable else Qt.CursorShape.ArrowCursor
        self.setCursor(shape)
        self.setToolTip(self._tooltip(hit) if hit and self._tooltip else "")
        self.hovered.emit(hit)

    def _hit_at(self, at: QPointF) -> Hit | None:
        return hit_at(self._places(), self.sight, at.x(), at.y())

    # Qt's own

    def sizeHint(self) -> QSize:
        height = wanted_height(self._structure, self._metrics())
        return QSize(round(WANTED_WIDTH * self._scale), ceil(height))

    def minimumSizeHint(self) -> QSize:
        return QSize(round(LEAST_WIDTH * self._scale), self.minimumHeight())

    def paintEvent(self, event: QPaintEvent) -> None:
        with QPainter(self) as painter:
            pictures = self._pictures_for(pixel_ratio(painter))
            (self._draw if is_drawing(painter) else self._paint)(painter, pictures)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._drawing = self._pictures = None

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() in (QEvent.Type.PaletteChange, QEvent.Type.FontChange):
            self._take_look()

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.DevicePixelRatioChange:
            self._arrange()
        return bool(super().event(event))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self._pressed = self._hit_at(event.position())

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        pressed, self._pressed = self._pressed, None
        if event.button() != Qt.MouseButton.LeftButton or pressed is None:
            return
        if pressed == self._hit_at(event.position()):
            self.clicked.emit(pressed)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        self.mousePressEvent(event)  # the second click of two fast ones counts as well

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._point_at(event.position())

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        self._point_at(None)


@contextmanager
def _moved(painter: QPainter, origin: QPointF) -> Iterator[None]:
    painter.save()
    painter.translate(origin)
    yield
    painter.restore()
