"""The strip under the equation: one pinned unit's sum, written out for a room."""

from __future__ import annotations

from itertools import zip_longest

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent, QPalette, QResizeEvent
from PySide6.QtWidgets import (
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QSizePolicy,
    QStackedLayout,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from rnnviz.analysis.terms import UnitSum
from rnnviz.session import Session
from rnnviz.views.curve import Curve
from rnnviz.views.equation_blocks import set_pixel_size
from rnnviz.views.equation_levels import Ranges
from rnnviz.views.notation import number, plain, rich
from rnnviz.views.pinned import PinnedUnit, Writer, sum_name, title_text, unit_name
from rnnviz.views.strip_tiles import MOST_TILES, ROOM_TEXT, Tile, Tiles

HINT = "Press → to compute the first step"
SUM_LINES = 4
"""At most two products and two biases, above their sum."""
FULL_WIDTH, LEAST_FIT = 1090, 0.6
"""Below this width the type shrinks, down to this part of its size."""


class StripView(QWidget):
    """Weights, inputs and products of the pinned unit, their sum, and what becomes of it.

    Hidden while no unit is pinned.
    """

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("equation.strip")
        self._session = session
        self._pinned = PinnedUnit(session, self)
        self._ranges = Ranges(session)
        self._terms: UnitSum | None = None
        self._scale = 1.0
        self._build()
        self.set_text_scale(1.0)
        session.trace_reset.connect(self._show_unit)
        session.weights_changed.connect(self._show_unit)
        session.settings_changed.connect(self._show_unit)
        session.cursor_moved.connect(self._on_cursor_moved)
        session.selection_changed.connect(self._show_unit)
        self._show_unit()

    def text(self) -> str:
        """Return all that is written, in plain text, line by line; empty without a unit."""
        pin = self._session.selection.pin
        if pin is None:
            return ""
        if self._terms is None:
            return f"{unit_name(pin.part, pin.unit, plain)}\n{HINT}"
        return "\n".join([title_text(self._terms, plain), *self._term_texts(self._terms)])

    def set_text_scale(self, scale: float) -> None:
        """Scale the type."""
        self._scale = scale
        self._size_all()

    def _size_all(self) -> None:
        """Give everything its size, less where the strip is narrow."""
        fit = min(1.0, max(LEAST_FIT, self.width() / (FULL_WIDTH * self._scale)))
        for label in (self._title, self._hint, self._close):
            set_pixel_size(label, ROOM_TEXT * self._scale)
        for label in (*self._names, *self._numbers):
            set_pixel_size(label, ROOM_TEXT * self._scale * fit)
        self._tiles.set_text_scale(self._scale * fit)
        self._curve.set_text_scale(self._scale * fit)

    # Building

    def _build(self) -> None:
        self._title = QLabel(self)
        self._close = QToolButton(self)
        self._close.setObjectName("equation.strip.close")
        self._close.setText("×")
        self._close.setAutoRaise(True)
        self._close.setToolTip("Close (Esc)")
        self._close.setAccessibleName("Close the sum")
        self._close.clicked.connect(self._on_close)
        self._hint = QLabel(HINT, self)
        self._hint.setAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop)
        self._hint.setForegroundRole(QPalette.ColorRole.PlaceholderText)
        self._tiles = Tiles(self)
        self._curve = Curve(self)
        self._content = QWidget(self)
        head = QHBoxLayout()
        head.addWidget(self._title, 1)
        head.addWidget(self._close)
        content = QHBoxLayout(self._content)
        content.setContentsMargins(0, 0, 0, 0)
        content.setSpacing(24)
        content.addWidget(self._tiles)
        content.addLayout(self._build_sums())
        content.addWidget(self._curve)
        content.addStretch(1)
        self._either = QStackedLayout()  # of one height: nothing moves at the first step
        self._either.addWidget(self._content)
        self._either.addWidget(self._hint)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(12, 8, 12, 12)
        layout.setSpacing(8)
        layout.addLayout(head)
        layout.addLayout(self._either, 1)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.setAutoFillBackground(True)
        self.setBackgroundRole(QPalette.ColorRole.Base)

    def _build_sums(self) -> QGridLayout:
        grid = QGridLayout()
        grid.setHorizontalSpacing(12)
        grid.setVerticalSpacing(0)
        self._names = [QLabel(self) for _ in range(SUM_LINES + 1)]
        self._numbers = [QLabel(self) for _ in range(SUM_LINES + 1)]
        right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        for row, (name, value) in enumerate(zip(self._names, self._numbers, strict=True)):
            value.setAlignment(right)
            place = row if row < SUM_LINES else row + 1  # the sum stands below a rule
            grid.addWidget(name, place, 0)
            grid.addWidget(value, place, 1)
        rule = QWidget(self)
        rule.setFixedHeight(1)
        rule.setAutoFillBackground(True)
        rule.setBackgroundRole(QPalette.ColorRole.PlaceholderText)
        grid.addWidget(rule, SUM_LINES, 0, 1, 2)
        grid.setRowStretch(SUM_LINES + 2, 1)
        return grid

    # Following the session

    def _on_cursor_moved(self, t: int) -> None:
        self._show_unit()

    def _on_close(self) -> None:
        self._session.select(pin=None)

    def _show_unit(self) -> None:
        pin = self._session.selection.pin
        self._terms = self._pinned.terms()
        self._either.setCurrentWidget(self._hint if self._terms is None else self._content)
        if pin is not None and self._terms is None:
            self._title.setText(unit_name(pin.part, pin.unit, rich))
        if self._terms is not None:
            self._show_terms(self._terms)
        self.setVisible(pin is not None)

    def _show_terms(self, terms: UnitSum) -> None:
        self._title.setText(title_text(terms, rich))
        self._tiles.set_tiles(self._tiles_of(terms), terms.others(MOST_TILES))
        self._curve.set_point(terms.nonlinearity, terms.a, terms.result)
        *lines, total = self._sums(terms, rich)
        for name, value, line in zip_longest(self._names[:-1], self._numbers[:-1], lines):
            name.setVisible(line is not None)
            value.setVisible(line is not None)
            if line is not None:
                name.setText(line[0])
                value.setText(line[1])
        self._names[-1].setText(f"<b>{total[0]}</b>")
        self._numbers[-1].setText(f"<b>{total[1]}</b>")

    def _tiles_of(self, terms: UnitSum) -> tuple[Tile, ...]:
        limits = self._ranges.recorded(self._session.selection.layer)
        inputs = {"x": limits["x"], "h_prev": limits["h"], "h": limits["h"]}
        return tuple(
            Tile(terms.unit, product, limits["weights"], inputs[product.vector])
            for product in terms.largest(MOST_TILES)
        )

    # What is written

    def _sums(self, terms: UnitSum, write: Writer) -> list[tuple[str, str]]:
        """Return what is added up, line by line, and the sum."""
        lines = [
            (f"{write(group.matrix)} {write(self._symbol(group.vector))}", number(group.subtotal))
            for group in terms.groups
        ]
        lines += [(write(name), number(value)) for name, value in terms.biases.items()]
        return [*lines, (sum_name(terms.part, terms.unit, write), number(terms.a))]

    def _symbol(self, vector: str) -> str:
        contract, layer = self._session.contract, self._session.selection.layer
        return "h_next" if vector == "h_prev" and contract.is_backward(layer) else vector

    def _term_texts(self, terms: UnitSum) -> list[str]:
        texts = [
            f"{plain(p.matrix)}[{terms.unit}, {p.place}] × "
            f"{plain(self._symbol(p.vector))}[{p.place}]: "
            f"{number(p.weight)} × {number(p.input)} = {number(p.product)}"
            for p in terms.largest(MOST_TILES)
        ]
        count, total = terms.others(MOST_TILES)
        if count:
            texts.append(f"{count:,} other{'' if count == 1 else 's'}: {number(total)}")
        return texts + [f"{name}: {value}" for name, value in self._sums(terms, plain)]

    # Qt's own

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if event.size().width() != event.oldSize().width():
            self._size_all()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self._on_close()
        else:
            super().keyPressEvent(event)
