"""The inspector: the pinned unit's whole computation, at any size."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QGuiApplication, QPalette, QShowEvent
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QPushButton,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from rnnviz.analysis.terms import Part
from rnnviz.analysis.waterfall import waterfall
from rnnviz.selection import Pin
from rnnviz.session import Session
from rnnviz.views.curve import Curve
from rnnviz.views.equation_blocks import set_pixel_size
from rnnviz.views.inspector_bars import WaterfallBars
from rnnviz.views.inspector_rows import Inspection, Place, Row
from rnnviz.views.notation import exact
from rnnviz.views.pinned import PinnedUnit, unit_name
from rnnviz.widgets.metrics import SMALL, TEXT, TITLE
from rnnviz.widgets.notation import lowered

NOTHING = "Click a square of h, a or y in the equation: here stands how its number came about."
NOT_YET = "There is no {name} yet. Press → to compute the first step."
GIVEN = "{name} = {value} is given, not computed: {start}"
START_STATES = {
    "zeros": "the start state is zeros.",
    "normal": "the start state is drawn from a standard normal distribution.",
    "carry": "the start state is the last state of the previous run, or zeros if none fits.",
}
CURVE_HEIGHT, CURVE_WIDTH = 140, 380


class InspectorView(QWidget):
    """Every term of the pinned unit's sum, what they make, and what the record has.

    Nothing is worked out while it is hidden.

    Signals
    -------
    square_hovered(text) : the bar under the pointer in words; empty on leaving.
    square_pointed(square) : the square of the equation that this bar comes from,
        ``(block, row, column)``, or None.
    """

    square_hovered = Signal(str)
    square_pointed = Signal(object)

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("view.inspector")
        self._session = session
        self._pinned = PinnedUnit(session, self)
        self._build()
        self.set_text_scale(1.0)
        for signal in (session.trace_reset, session.weights_changed, session.settings_changed):
            signal.connect(self._show)
        session.selection_changed.connect(self._show)
        session.cursor_moved.connect(self._on_cursor_moved)

    def text(self) -> str:
        """Return all that is written, in plain text, the numbers in full."""
        inspection = self._inspect()
        return self._hint_text() if inspection is None else inspection.text()

    def pin_square(self, part: Part, layer: int, unit: int) -> None:
        """Pin a unit that was clicked elsewhere, if this is on show."""
        if self.isVisible():
            self._session.select(layer=layer, pin=Pin(part, unit))

    def set_text_scale(self, scale: float) -> None:
        """Scale the type."""
        set_pixel_size(self._title, TITLE * scale, semibold=True)
        for label in (self._hint, self._sum, self._result):
            set_pixel_size(label, TEXT * scale)
        for widget in (self._where, self._copy):
            set_pixel_size(widget, SMALL * scale)
        self.bars.set_text_scale(scale)
        self._curve.set_text_scale(scale)
        self._curve.setFixedHeight(round(CURVE_HEIGHT * scale))
        self._curve.setMaximumWidth(round(CURVE_WIDTH * scale))

    # Building

    def _build(self) -> None:
        self._title = self._label("view.inspector.title")
        self._where = self._label("view.inspector.where", muted=True)
        self._hint = self._label("view.inspector.hint", muted=True)
        self._sum = self._label("view.inspector.sum")
        self._result = self._label("view.inspector.result")
        for label in (self._sum, self._result):
            label.setTextFormat(Qt.TextFormat.PlainText)  # which is laid out in less time
        self.bars = WaterfallBars(self)
        self.bars.row_hovered.connect(self._on_row_hovered)
        self._curve = Curve(self)
        self._curve.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._copy = QPushButton("Copy", self)
        self._copy.setObjectName("view.inspector.copy")
        self._copy.setToolTip("Copy all of it as text, the numbers in full")
        self._copy.clicked.connect(self._on_copy)
        self._parts = (
            self._title, self._where, self.bars, self._sum, self._curve, self._result, self._copy,
        )  # fmt: skip
        layout = QVBoxLayout(self)
        layout.setContentsMargins(12, 8, 12, 12)
        layout.setSpacing(8)
        layout.addWidget(self._hint)
        for part in self._parts[:-1]:
            layout.addWidget(part)
        line = QHBoxLayout()
        line.addWidget(self._copy)
        line.addStretch(1)
        layout.addLayout(line)
        layout.addStretch(1)

    def _label(self, name: str, *, muted: bool = False) -> QLabel:
        label = QLabel(self)
        label.setObjectName(name)
        label.setWordWrap(True)
        label.setTextFormat(Qt.TextFormat.RichText)
        label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        if muted:
            label.setForegroundRole(QPalette.ColorRole.PlaceholderText)
        return label

    # Following the session

    def _on_cursor_moved(self, t: int) -> None:
        self._show()

    def _on_copy(self) -> None:
        QGuiApplication.clipboard().setText(self.text())
        self._session.notice.emit("Copied the sum, term by term.")

    def _on_row_hovered(self, row: Row | None) -> None:
        self.square_pointed.emit(row.square if row is not None else None)
        self.square_hovered.emit(f"{row.name} = {exact(row.value)}" if row is not None else "")

    def _show(self) -> None:
        if not self.isVisible():
            return
        inspection = self._inspect()
        self._hint.setVisible(inspection is None)
        for part in self._parts:
            part.setVisible(inspection is not None)
        if inspection is None:
            self._hint.setText(lowered(self._hint_text()))
        else:
            self._show_inspection(inspection)

    def _show_inspection(self, inspection: Inspection) -> None:
        terms, where = inspection.made.terms, inspection.place.where()
        self._title.setText(lowered(inspection.title()).replace("= ", "=&nbsp;"))  # no lonely sign
        self._where.setText(lowered(where))
        self._where.setVisible(bool(where))
        self.bars.set_rows(inspection.rows)
        self.bars.setAccessibleDescription(inspection.text())
        self._sum.setText(" ".join(inspection.sum_sentences()))
        self._curve.set_point(terms.nonlinearity, terms.a, terms.result)
        result = inspection.result_sentences()
        self._result.setText(" ".join(result))
        self._result.setVisible(bool(result))

    def _inspect(self) -> Inspection | None:
        """Take the pinned unit apart; None where there is nothing to take apart."""
        terms = self._pinned.terms()
        return None if terms is None else Inspection(waterfall(terms), self._place())

    def _place(self) -> Place:
        session, selection = self._session, self._session.selection
        network, layer, walk = session.contract, selection.layer, session.run.walk
        t = walk.position(layer, session.cursor)
        return Place(
            t=t,
            layer=layer,
            sequence=selection.sequence,
            before=walk.before(layer, t),
            below=network.below(layer),
            layers=network.num_layers,
            batch=session.run.batch_size,
            hidden_size=network.hidden_size,
            parameter_names=network.parameter_names(layer),
        )

    def _hint_text(self) -> str:
        pin = self._session.selection.pin
        if pin is None:
            return NOTHING
        name = unit_name(pin.part, pin.unit, self._place().symbol)
        if pin.part == "output":
            return NOT_YET.format(name=name)
        value = float(self._pinned.moment().h[pin.unit])
        start = START_STATES[self._session.settings.sequence.start_state]
        return GIVEN.format(name=name, value=exact(value), start=start)

    # Qt's own

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._show()
