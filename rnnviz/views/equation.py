"""The equation of one step as a picture: every matrix and vector a live heatmap."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QEvent, QPointF, QRect, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent, QPalette, QResizeEvent
from PySide6.QtWidgets import QLabel, QWidget

from rnnviz.analysis.terms import Moment, moment
from rnnviz.session import Pin, Session
from rnnviz.views.equation_blocks import Block, q_rect, set_pixel_size
from rnnviz.views.equation_hover import COLUMNS, DARK, LAID, ROW_BLOCKS, VECTOR_OF, lit_by, part_of
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
from rnnviz.views.equation_legend import Legend
from rnnviz.views.equation_levels import Ranges
from rnnviz.views.equation_side import EquationSide
from rnnviz.views.equation_words import Words
from rnnviz.views.notation import function_name
from rnnviz.widgets.heatmap_marks import NUMBERS_FROM
from rnnviz.widgets.metrics import OPERATOR, SMALL, TEXT, TITLE

MATRICES = ("W_ih", "W_hh", "W_ho")
BIASES = ("b_ih", "b_hh", "b_ho")
VECTORS = ("x", "h_prev", "a", "h", "h_above", "y")
BLOCKS = (*MATRICES, *BIASES, *VECTORS)
HINT = "Press → to compute the first step"
EDGE, TOP, SPACE = 12, 6, 16
FOOTER = 22
LARGEST_SQUARE = 56
ARROW = 6  # pixels: the length of an arrow's head


class EquationView(QWidget):
    """``a_t = W_ih x_t + W_hh h_{t-1} + b``, ``h_t = tanh(a_t)``, ``y_t = W_ho h_t + b_ho``.

    Signals
    -------
    square_hovered(text) : the square under the pointer, its place and value; empty on leaving.
    """

    square_hovered = Signal(str)

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("view.equation")
        self._session = session
        self._scale = 1.0
        self._layout: Layout | None = None
        self._hovered: tuple[str, int, int] | None = None
        self._values: dict[str, np.ndarray] = {}
        self._ranges = Ranges(session)
        self._shown_structure: object = None
        self._build()
        session.network_changed.connect(self._on_network_changed)
        session.weights_changed.connect(self._on_weights_changed)
        session.settings_changed.connect(self._on_settings_changed)
        session.trace_reset.connect(self._on_trace_reset)
        session.cursor_moved.connect(self._on_cursor_moved)
        session.selection_changed.connect(self._on_selection_changed)
        self.set_text_scale(1.0)
        self._on_network_changed()

    # Building

    def _build(self) -> None:
        self._blocks = {name: Block(name, name in LAID, self) for name in BLOCKS}
        for name, block in self._blocks.items():
            block.heatmap.cell_hovered.connect(lambda r, c, n=name: self._on_hovered(n, r, c))
            block.heatmap.cell_clicked.connect(lambda r, c, n=name: self._on_clicked(n, r))
            block.heatmap.set_tooltip(lambda r, c, n=name: self._words().tooltip(n, r, c))
        self._operators = {name: self._label() for name in BLOCKS}
        for label in self._operators.values():
            label.setAlignment(Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignVCenter)
        self._caption = self._label(muted=True)
        self._notes = self._label(muted=True)
        self._notes.setObjectName("equation.notes")
        self._line = self._label()
        self._line.setObjectName("equation.line")
        self._legend = Legend(self)
        self._side = EquationSide(self._session, self)

    def _label(self, *, muted: bool = False) -> QLabel:
        label = QLabel(self)
        label.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        if muted:
            label.setForegroundRole(QPalette.ColorRole.PlaceholderText)
        return label

    def set_text_scale(self, scale: float) -> None:
        """Make all text, and the squares at most, so many times as large."""
        self._scale = scale
        for block in self._blocks.values():
            block.set_text_scale(scale)
        for name, label in self._operators.items():
            arrow = self._arrow(name)
            set_pixel_size(label, (TITLE if arrow else OPERATOR) * scale)
        set_pixel_size(self._caption, SMALL * scale)
        set_pixel_size(self._notes, SMALL * scale)
        set_pixel_size(self._line, TEXT * scale)
        self._legend.set_text_scale(scale)
        self._side.set_text_scale(scale)
        self._place()

    # What the network has

    def _on_network_changed(self) -> None:
        self._side.rebuild()
        self._take_structure()
        self._on_weights_changed()
        self._show_moment()

    def _take_structure(self) -> None:
        """Show the blocks that the selected layer has, in their shapes, still without numbers."""
        shapes = self._shapes()
        for name, block in self._blocks.items():
            block.set_visible(name in shapes)
            if name in shapes:
                block.set_shape(shapes[name])
        for name, label in self._operators.items():
            label.setText(self._operator_text(name))
            label.setVisible(bool(label.text()) and name in shapes)
        layer = self._session.selection.layer
        self._caption.setText(f"x<sub>t</sub> is the state of layer {layer - 1} at the same step")
        self._caption.setVisible(layer > 0)
        self._values = {}
        self._shown_structure = (self._session.contract, layer)
        self.set_text_scale(self._scale)

    def _shapes(self) -> dict[str, tuple[int, ...]]:
        contract = self._session.contract
        parameters = contract.parameters(self._session.selection.layer)
        shapes = {name: tuple(tensor.shape) for name, tensor in parameters.items()}
        units, inputs = shapes["W_ih"]
        shapes |= {"x": (inputs,), "h_prev": (units,), "a": (units,), "h": (units,)}
        if "W_ho" in shapes:
            shapes |= {"h_above": (units,), "y": (shapes["W_ho"][0],)}
        return {name: shapes[name] for name in BLOCKS if name in shapes}

    def _operator_text(self, name: str) -> str:
        contract = self._session.contract
        squashed = contract.output_nonlinearity not in (None, "linear")
        texts = {
            "W_hh": "+",
            "b_ih": "+",
            "b_hh": "+",
            "a": "=",
            "h": function_name(contract.nonlinearity),
            "b_ho": "+",
            "y": function_name(contract.output_nonlinearity or "") if squashed else "=",
        }
        return texts.get(name, "")

    def _arrow(self, name: str) -> bool:
        """Return whether the operator before a block is a function, drawn over an arrow."""
        return len(self._operators[name].text()) > 1

    def _visible(self, names: tuple[str, ...]) -> list[Block]:
        return [self._blocks[name] for name in names if self._blocks[name].visible]

    # What it holds

    def _on_weights_changed(self) -> None:
        parameters = self._session.contract.parameters(self._session.selection.layer)
        for block in self._visible((*MATRICES, *BIASES)):
            values = parameters[block.name].numpy()
            block.show_values(values)
            self._values[block.name] = values
        self._take_ranges()
        self._talk()

    def _on_settings_changed(self) -> None:
        self._take_ranges()

    def _on_trace_reset(self) -> None:
        self._side.rebuild()
        self._show_moment()

    def _on_cursor_moved(self, t: int) -> None:
        self._show_moment()

    def _on_selection_changed(self) -> None:
        self._side.show_selection()
        if self._shown_structure != (self._session.contract, self._session.selection.layer):
            self._on_network_changed()
        else:
            self._show_moment()
        self._show_pin()

    def _show_moment(self) -> None:
        session = self._session
        if self._shown_structure != (session.contract, session.selection.layer):
            self._take_structure()  # the selection was moved into a smaller network
        selection = session.selection
        now = moment(
            session.contract, session.trace, session.cursor, selection.layer, selection.sequence
        )
        were_empty = self._blocks["x"].empty
        for block in self._visible(VECTORS):
            values = _vector(now, block.name)
            block.show_values(values)
            if values is None:
                self._values.pop(block.name, None)
            else:
                self._values[block.name] = values
        self._take_ranges()
        self._show_pin()
        self._talk()
        if were_empty != self._blocks["x"].empty:
            self.update()  # the empty places' outlines

    def _take_ranges(self) -> None:
        limits = self._ranges.limits(self._session.selection.layer, self._values.get("a"))
        for block in self._visible(BLOCKS):
            limit = limits[_range_of(block.name)]
            block.heatmap.set_levels(-limit, limit)
        shown = [("weights", limits["weights"]), ("x", limits["x"]), ("a", limits["a"])]
        shown += [("h", limits["h"])] + [("y", limits[key]) for key in ("y",) if key in limits]
        blocks = self._visible(BLOCKS)
        self._legend.set_ranges(tuple(shown), any(b.heatmap.has_not_finite for b in blocks))
        self._place_footer()

    # What the user points at

    def _on_hovered(self, name: str, row: int, column: int) -> None:
        self._hovered = (name, row, column) if row >= 0 else None
        lit = lit_by(*self._hovered) if self._hovered else None
        for block in self._visible(BLOCKS):
            here = None if lit is None else lit.get(block.name, DARK)
            block.heatmap.set_emphasis(here and here.rows, here and here.columns)
        self._talk()
        self.square_hovered.emit(self._words().status(*self._hovered) if self._hovered else "")

    def _on_clicked(self, name: str, row: int) -> None:
        part = part_of(name)
        if part is None:
            return
        pin = Pin(part, row)
        self._session.select(pin=None if pin == self._session.selection.pin else pin)

    def _show_pin(self) -> None:
        pin = self._session.selection.pin
        for part, names in ROW_BLOCKS.items():
            for block in self._visible(names):
                pinned = pin is not None and pin.part == part
                columns = self._blocks[block.name].shape[-1] if len(block.shape) == 2 else 1
                frame = (pin.unit, pin.unit, 0, columns - 1) if pinned and pin else None
                block.heatmap.set_frame(frame)

    def _words(self) -> Words:
        session = self._session
        layer = session.selection.layer
        names = session.contract.parameter_names(layer)
        return Words(self._values, session.cursor, layer, session.contract.nonlinearity, names)

    def _talk(self) -> None:
        if self._hovered and self._hovered[0] in self._values:
            text = self._words().line(*self._hovered)
        else:
            text = HINT if self._session.cursor == 0 else ""
        self._line.setText(text)
        self._place_footer()

    # Where it goes

    def _lines(self) -> list[Line]:
        shapes = {block.name: block.shape for block in self._visible(BLOCKS)}
        lines = []
        for part, names in COLUMNS.items():
            matrices = [name for name in ROW_BLOCKS[part] if name in MATRICES and name in shapes]
            if not matrices:
                continue
            parts = [Part(name, shapes[name][1], VECTOR_OF[name]) for name in matrices]
            parts += [Part(name) for name in names if name in shapes]
            under = {"W_ho": "W_hh", "b_ho": "b_ih", "y": "a"} if part == "output" else {}
            lines.append(Line(shapes[matrices[0]][0], tuple(parts), under))
        return lines

    def _measures(self) -> Measures:
        symbols = {block.name: block.symbol_size() for block in self._visible(BLOCKS)}
        operators = {
            name: self._operator_size(name)
            for name, label in self._operators.items()
            if label.text()
        }
        caption = self._caption.sizeHint().height() if self._session.selection.layer else 0
        return Measures(symbols, operators, caption)

    def _operator_size(self, name: str) -> tuple[int, int]:
        size = self._operators[name].sizeHint()
        if self._arrow(name):  # the word above the middle, an arrow in it
            return size.width() + 4, 2 * size.height()
        return size.width(), size.height()

    def _notes_text(self, pooled: int) -> str:
        notes = []
        if self._session.contract.output_size is None:
            title = self._session.settings.network.description.title
            state = "top layer’s state" if self._session.contract.num_layers > 1 else "state"
            notes.append(f"{title} has no y: its output is the {state}.")
        if pooled > 1:
            notes.append(f"{pooled} rows a pixel, largest shown.")
        return "   ".join(notes)

    def _area(self) -> QRect:
        """Return where the equation may be."""
        left = EDGE
        if not self._side.isHidden():
            left += self._side.sizeHint().width() + SPACE
        return QRect(left, TOP, self.width() - left - EDGE, self.height() - TOP - self._footer())

    def _footer(self) -> int:
        return max(round(FOOTER * self._scale), self._legend.sizeHint().height())

    def _place(self) -> None:
        if self._shown_structure is None:
            return
        area, ratio = self._area(), self.devicePixelRatioF()
        size = area.width(), area.height()
        largest = round(LARGEST_SQUARE * self._scale)
        layout = best_layout(self._lines(), self._measures(), size, ratio=ratio, largest=largest)
        self._notes.setText(self._notes_text(squares_a_pixel(layout.square, ratio)))
        self._layout = layout.moved(area.left(), area.top())
        self._place_blocks(self._layout)
        if not self._side.isHidden():
            side = self._side.sizeHint()
            self._side.setGeometry(EDGE, area.top(), side.width(), side.height())
        self._place_footer()
        self.update()

    def _place_blocks(self, layout: Layout) -> None:
        for block in self._visible(BLOCKS):
            centred = block.name in (*COLUMNS["hidden"], *COLUMNS["output"])
            aligned = Qt.AlignmentFlag.AlignHCenter if centred else Qt.AlignmentFlag.AlignRight
            block.place(layout.blocks[block.name], layout.symbols[block.name], aligned)
        for name, rect in layout.operators.items():
            label = self._operators[name]
            top = Qt.AlignmentFlag.AlignTop if self._arrow(name) else Qt.AlignmentFlag.AlignVCenter
            label.setAlignment(Qt.AlignmentFlag.AlignHCenter | top)
            label.setGeometry(q_rect(rect))
        if layout.caption is not None:
            width = self._caption.sizeHint().width()
            caption = layout.caption
            self._caption.setGeometry(caption.left, caption.top, width, caption.height)

    def _place_footer(self) -> None:
        """Put the legend at the right, and what is said at the left, notes where there is room."""
        height = self._footer()
        top = self.height() - height - 2
        legend = self._legend.sizeHint().width()
        end = max(EDGE, self.width() - EDGE - legend)
        self._legend.setGeometry(end, top, legend, height)
        room = max(0, end - EDGE - SPACE)
        said = self._line.sizeHint().width() if self._line.text() else 0
        self._line.setGeometry(EDGE, top, room, height)
        notes = self._notes.sizeHint().width()
        left = EDGE + said + (SPACE if said else 0)
        self._notes.setGeometry(left, top, notes, height)
        self._notes.setVisible(bool(self._notes.text()) and left + notes <= EDGE + room)

    # Painting what is no block

    def _paint_arrow(self, painter: QPainter, rect: Rect) -> None:
        ink = self.palette().color(QPalette.ColorRole.WindowText)
        middle, length = rect.top + rect.height // 2, round(ARROW * self._scale)
        painter.fillRect(rect.left, middle, rect.width - length, 1, ink)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(ink)
        y, half = middle + 0.5, length / 2
        tip, back = QPointF(rect.right, y), rect.right - length
        painter.drawPolygon([tip, QPointF(back, y - half), QPointF(back, y + half)])
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)

    # Qt's own

    def sizeHint(self) -> QSize:
        """Return the size at which squares carry their numbers, or less for larger networks."""
        rows = max(line.rows for line in self._lines())
        square = max(4, min(round(NUMBERS_FROM * self._scale), 320 // rows))
        layout = layout_for(self._lines(), self._measures(), square, below=False)
        area = self._area()
        around = QSize(self.width() - area.width(), self.height() - area.height())
        return QSize(layout.width, layout.height) + around

    def minimumSizeHint(self) -> QSize:
        """Return a size at which something can still be recognised."""
        return QSize(480, 160)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._place()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape and self._session.selection.pin is not None:
            self._session.select(pin=None)
        else:
            super().keyPressEvent(event)

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        if self._layout is None:
            return
        painter = QPainter(self)
        border = self.palette().color(QPalette.ColorRole.Mid)
        for block in self._visible(BLOCKS):
            if block.empty:
                _outline(painter, q_rect(self._layout.blocks[block.name]), 1, 1, border)
        accent = self.palette().color(QPalette.ColorRole.Accent)
        _outline(painter, q_rect(self._layout.blocks["h"]), 3, 2, accent)
        for name, rect in self._layout.operators.items():
            if self._arrow(name):
                self._paint_arrow(painter, rect)
        painter.end()


def _vector(now: Moment, name: str) -> np.ndarray | None:
    """Return what a vector's block shows; h_t goes on to the output once there is one."""
    if name == "h_above":
        return None if now.y is None else now.h
    values: np.ndarray | None = getattr(now, name)
    return values


def _range_of(name: str) -> str:
    """Return which range a block's colours have."""
    if name[0] in "Wb":
        return "weights"
    return {"h_prev": "h", "h_above": "h"}.get(name, name)


def _outline(painter: QPainter, rect: QRect, distance: int, width: int, colour: object) -> None:
    """Paint a frame of a width round a rectangle, its outer edge at a distance."""
    outer = rect.adjusted(-distance, -distance, distance, distance)
    for side in (
        QRect(outer.left(), outer.top(), outer.width(), width),
        QRect(outer.left(), outer.bottom() - width + 1, outer.width(), width),
        QRect(outer.left(), outer.top(), width, outer.height()),
        QRect(outer.right() - width + 1, outer.top(), width, outer.height()),
    ):
        painter.fillRect(side, colour)  # type: ignore[call-overload]
