"""The equation as matrices and vectors, in their places; it draws what it is given."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

import numpy as np
from PySide6.QtCore import QEvent, QPointF, QRect, QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QPalette, QResizeEvent
from PySide6.QtWidgets import QLabel, QWidget

from rnnviz.views.equation_blocks import Block, q_rect, set_pixel_size
from rnnviz.views.equation_hover import (
    COLUMNS,
    DARK,
    LAID,
    ROW_BLOCKS,
    VECTOR_OF,
    Lit,
    lit_by,
)
from rnnviz.views.equation_layout import (
    Layout,
    Line,
    Measures,
    Part,
    Rect,
    best_layout,
    layout_for,
    squares_a_pixel,
)
from rnnviz.views.equation_marks import PinFrames, outline
from rnnviz.widgets.heatmap_marks import NUMBERS_FROM
from rnnviz.widgets.metrics import OPERATOR, SMALL, TEXT

MATRICES = ("W_ih", "W_hh", "W_ho")
BIASES = ("b_ih", "b_hh", "b_ho")
VECTORS = ("x", "h_prev", "a", "h", "h_above", "y")
BLOCKS = (*MATRICES, *BIASES, *VECTORS)
FRAME = 2
"""Pixels above and below, for the frames that are drawn round blocks."""
UNDER = {"W_ho": "W_hh", "b_ho": "b_ih", "y": "a"}
"""Which blocks of the output's equation keep below which of the state's."""
LARGEST_SQUARE = 56
WANTED_HEIGHT = 320
THIN = 16
"""A frame within a thinner column would hide its square: it goes round it."""
ARROW = 6
"""The length of an arrow's head."""


class EquationPicture(QWidget):
    """All blocks that a layer has, with symbols, shapes and operators between them.

    Signals
    -------
    hovered(name, row, column) : the block and square under the pointer; (-1, -1) on leaving.
    clicked(name, row, column)
    failed(reason) : what a block could not do: be copied, or saved as a picture.
    arranged(pooled) : so many squares share a pixel now, in either direction.
    """

    hovered = Signal(str, int, int)
    clicked = Signal(str, int, int)
    failed = Signal(str)
    arranged = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._scale = 1.0
        self._layout: Layout | None = None
        self._pin: tuple[str, int] | None = None
        self.blocks = {name: Block(name, name in LAID, self) for name in BLOCKS}
        for name, block in self.blocks.items():
            block.heatmap.cell_hovered.connect(partial(self.hovered.emit, name))
            block.heatmap.cell_clicked.connect(partial(self.clicked.emit, name))
            block.heatmap.failed.connect(self.failed)
        self._operators = {name: self._label() for name in BLOCKS}
        self._caption = self._label()
        self._caption.setForegroundRole(QPalette.ColorRole.PlaceholderText)
        self._frames = PinFrames(self)

    def _label(self) -> QLabel:
        label = QLabel(self)
        label.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        return label

    def set_structure(
        self,
        shapes: Mapping[str, tuple[int, ...]],
        operators: Mapping[str, str],
        caption: str,
    ) -> None:
        """Show these blocks, still without numbers.

        Parameters
        ----------
        shapes : mapping of str to tuple of int
            The blocks that exist, as torch writes their shapes.
        operators : mapping of str to str
            What stands before a block; a word is a function and gets an arrow.
        caption : str
            A line above x_t; none if empty.
        """
        for name, block in self.blocks.items():
            block.set_visible(name in shapes)
            if name in shapes:
                block.set_shape(shapes[name])
        for name, label in self._operators.items():
            label.setText(operators.get(name, "") if name in shapes else "")
            label.setVisible(bool(label.text()))
        self._caption.setText(caption)
        self._caption.setVisible(bool(caption))
        self.light(None)
        self.set_text_scale(self._scale)

    def visible(self, names: tuple[str, ...] = BLOCKS) -> list[Block]:
        """Return those of the named blocks that exist."""
        return [self.blocks[name] for name in names if self.blocks[name].visible]

    def show_vector(self, name: str, values: np.ndarray | None) -> None:
        """Show a vector's numbers; None leaves its place empty."""
        block = self.blocks[name]
        was_empty = block.empty
        block.show_values(values)
        if was_empty != block.empty:
            self.update()  # an empty place has an outline

    def light(self, square: tuple[str, int, int] | None) -> None:
        """Dim what does not belong to a square; None dims nothing."""
        lit = lit_by(*square) if square else None
        for block in self.visible():
            here = Lit() if lit is None else lit.get(block.name, DARK)
            block.heatmap.set_emphasis(here.rows, here.columns)

    def set_pin(self, pin: tuple[str, int] | None) -> None:
        """Frame the row of a unit, given as its part and number, in all its blocks."""
        self._pin, around = pin, []
        for part, names in ROW_BLOCKS.items():
            row = pin[1] if pin is not None and pin[0] == part else None
            for block in self.visible(names):
                thin = self._thin(block)
                columns = block.shape[-1] if len(block.shape) == 2 else 1
                frame = None if row is None or thin is not None else (row, row, 0, columns - 1)
                block.heatmap.set_frame(frame)
                if row is not None and thin is not None:
                    around.append(self._square_at(thin, row))
        self._frames.set_rects(around)

    def _thin(self, block: Block) -> Rect | None:
        """Return the place of a column too thin for a frame within; None for other blocks."""
        if self._layout is None or len(block.shape) == 2:
            return None
        rect = self._layout.blocks[block.name]
        return rect if rect.width < THIN else None

    def _square_at(self, column: Rect, row: int) -> QRect:
        square = self._layout.square if self._layout else 1.0
        top = column.top + int(row * square)
        return QRect(column.left, top, column.width, max(1, round(square)))

    def set_text_scale(self, scale: float) -> None:
        """Make all text, and the squares at most, so many times as large."""
        self._scale = scale
        for block in self.blocks.values():
            block.set_text_scale(scale)
        for name, label in self._operators.items():
            set_pixel_size(label, (TEXT if self._is_function(name) else OPERATOR) * scale)
        set_pixel_size(self._caption, SMALL * scale)
        self.updateGeometry()
        self._arrange()

    def _is_function(self, name: str) -> bool:
        return len(self._operators[name].text()) > 1

    # Where everything goes

    def _lines(self) -> list[Line]:
        shapes = {block.name: block.shape for block in self.visible()}
        lines = []
        for part, names in COLUMNS.items():
            matrices = [name for name in ROW_BLOCKS[part] if name in MATRICES and name in shapes]
            if matrices:
                parts = [Part(name, shapes[name][1], VECTOR_OF[name]) for name in matrices]
                parts += [Part(name) for name in names if name in shapes]
                lines.append(Line(shapes[matrices[0]][0], tuple(parts), UNDER))
        return lines

    def _measures(self) -> Measures:
        symbols = {block.name: block.symbol_size() for block in self.visible()}
        operators = {
            name: self._operator_size(name)
            for name, label in self._operators.items()
            if label.text()
        }
        caption = self._caption.sizeHint().height() if self._caption.text() else 0
        return Measures(symbols, operators, caption)

    def _operator_size(self, name: str) -> tuple[int, int]:
        size = self._operators[name].sizeHint()
        if self._is_function(name):  # the word above the middle, its arrow in it
            return size.width() + 4, 2 * size.height()
        return size.width(), size.height()

    def _arrange(self) -> None:
        lines = self._lines()
        if not lines:
            return
        ratio, largest = self.devicePixelRatioF(), round(LARGEST_SQUARE * self._scale)
        area = self.width(), self.height() - 2 * FRAME
        layout = best_layout(lines, self._measures(), area, ratio=ratio, largest=largest)
        self._layout = layout.moved(0, FRAME)
        self._place(self._layout)
        self._frames.setGeometry(self.rect())
        self.set_pin(self._pin)
        self.update()
        self.arranged.emit(squares_a_pixel(self._layout.square, ratio))

    def _place(self, layout: Layout) -> None:
        centre, right = Qt.AlignmentFlag.AlignHCenter, Qt.AlignmentFlag.AlignRight
        for block in self.visible():
            upright = block.name in (*COLUMNS["hidden"], *COLUMNS["output"])
            places = layout.blocks[block.name], layout.symbols[block.name]
            block.place(*places, centre if upright else right)
        for name, rect in layout.operators.items():
            top, middle = Qt.AlignmentFlag.AlignTop, Qt.AlignmentFlag.AlignVCenter
            self._operators[name].setAlignment(
                centre | (top if self._is_function(name) else middle)
            )
            self._operators[name].setGeometry(q_rect(rect))
        if layout.caption is not None:
            width = self._caption.sizeHint().width()
            caption = layout.caption
            self._caption.setGeometry(caption.left, caption.top, width, caption.height)

    # Painting what is no block

    def _paint_arrow(self, painter: QPainter, rect: Rect) -> None:
        ink = self.palette().color(QPalette.ColorRole.WindowText)
        middle, length = rect.top + rect.height // 2, round(ARROW * self._scale)
        right = rect.right - 1  # clear of the frame round h_t
        painter.fillRect(rect.left, middle, right - length - rect.left, 1, ink)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(ink)
        y, back = middle + 0.5, right - length
        half = length / 2
        painter.drawPolygon([QPointF(right, y), QPointF(back, y - half), QPointF(back, y + half)])
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)

    # Qt's own

    def sizeHint(self) -> QSize:
        """Return the size at which squares carry their numbers, or less for larger networks."""
        lines = self._lines()
        if not lines:
            return self.minimumSizeHint()
        rows = max(line.rows for line in lines)
        square = max(4.0, min(NUMBERS_FROM * self._scale, WANTED_HEIGHT // rows))
        while True:
            layout = layout_for(lines, self._measures(), square, below=False)
            if layout.height <= 2 * WANTED_HEIGHT or square < 0.01:
                return QSize(layout.width, layout.height + 2 * FRAME)
            square /= 2

    def minimumSizeHint(self) -> QSize:
        """Return a size at which something can still be recognised."""
        return QSize(440, 190)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._arrange()

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.DevicePixelRatioChange:
            self._arrange()  # squares cover whole pixels of another screen
        return bool(super().event(event))

    def paintEvent(self, event: QPaintEvent) -> None:
        if self._layout is None:
            return
        with QPainter(self) as painter:
            border = self.palette().color(QPalette.ColorRole.Mid)
            for block in self.visible():
                if block.empty:
                    outline(painter, q_rect(self._layout.blocks[block.name]), 1, 1, border)
            accent = self.palette().color(QPalette.ColorRole.Accent)
            outline(painter, q_rect(self._layout.blocks["h"]), 3, 2, accent)
            for name, rect in self._layout.operators.items():
                if self._is_function(name):
                    self._paint_arrow(painter, rect)
