"""The equation of one step as a picture: every matrix and vector a live heatmap."""

from __future__ import annotations

from functools import partial

import numpy as np
from pydantic import JsonValue, NonNegativeFloat
from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from rnnviz.analysis.moments import Moments
from rnnviz.analysis.terms import Moment
from rnnviz.fields import Frozen
from rnnviz.selection import Pin
from rnnviz.session import Session
from rnnviz.views.equation_blocks import Block
from rnnviz.views.equation_footer import EquationFooter
from rnnviz.views.equation_hover import part_of
from rnnviz.views.equation_levels import Ranges
from rnnviz.views.equation_picture import BIASES, MATRICES, VECTORS, EquationPicture
from rnnviz.views.equation_side import EquationSide
from rnnviz.views.equation_words import Words, about_dropout
from rnnviz.views.notation import function_name

HINT = "Press → to compute the first step"
WAITING = "This layer begins when the one below has been read from both ends"
EDGE, TOP, SPACE = 12, 4, 16
LEAST_EDGE = 4
"""Of the picture, which is centred: it needs the room where squares are to carry numbers."""


class Sums(Frozen):
    """The largest sum a_t of each layer that was on show: its colours tell no larger ones apart."""

    sums: dict[int, NonNegativeFloat]


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
        self._hovered: tuple[str, int, int] | None = None
        self._values: dict[str, np.ndarray] = {}
        self._vectors: list[Block] = []
        self._ranges = Ranges(session)
        self._moments = Moments(session.run)
        self._structure: object = None
        self._step = self._pooled = 0
        self._coloured: tuple[dict[str, float], bool] = ({}, False)
        self._build()
        session.network_changed.connect(self._on_network_changed)
        session.weights_changed.connect(self._on_weights_changed)
        session.settings_changed.connect(self._take_ranges)
        session.trace_reset.connect(self._on_trace_reset)
        session.cursor_moved.connect(self._on_cursor_moved)
        session.selection_changed.connect(self._on_selection_changed)
        self.set_text_scale(1.0)
        self._on_network_changed()

    def _build(self) -> None:
        self._picture = EquationPicture(self)
        self._picture.hovered.connect(self._on_hovered)
        self._picture.clicked.connect(self._on_clicked)
        self._picture.failed.connect(self._session.notice)
        self._picture.arranged.connect(self._on_arranged)
        for name, block in self._picture.blocks.items():
            block.heatmap.set_tooltip(partial(self._tooltip, name))
        self._side = EquationSide(self._session, self)
        self._footer = EquationFooter(self)
        upper = QHBoxLayout()
        upper.setSpacing(SPACE)
        upper.addWidget(self._side)
        upper.addWidget(self._picture, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(LEAST_EDGE, TOP, LEAST_EDGE, 0)
        layout.setSpacing(0)
        layout.addLayout(upper, 1)
        layout.addWidget(self._footer)
        self._side.setContentsMargins(EDGE - LEAST_EDGE, 0, 0, 0)
        self._footer.setContentsMargins(EDGE - LEAST_EDGE, 0, EDGE - LEAST_EDGE, 0)

    def set_text_scale(self, scale: float) -> None:
        """Make all text, and the squares at most, so many times as large."""
        for part in (self._picture, self._side, self._footer):
            part.set_text_scale(scale)

    def view_state(self) -> dict[str, JsonValue]:
        """Return what a session keeps of the view."""
        return Sums(sums=self._ranges.sums).model_dump(mode="json")

    def restore_view_state(self, state: dict[str, JsonValue]) -> None:
        """Bring back what was kept; raises ValueError where it is something else."""
        self._ranges.bring_sums_back(Sums.model_validate(state).sums)
        self._take_ranges()

    # What the network has

    def _on_network_changed(self) -> None:
        self._side.rebuild()
        self._take_structure()
        self._show_notes()
        self._on_weights_changed()
        self._show_moment()
        self._show_pin()

    def _take_structure(self) -> None:
        """Show the blocks that the selected layer has, still without numbers."""
        layer = self._session.selection.layer
        self._structure = (self._session.contract, layer)
        self._values = {}
        self._hovered = None
        self._coloured = {}, False
        lower = self._lower()
        caption = f"x<sub>t</sub> is {lower}" if lower else ""
        self._picture.set_structure(self._shapes(), self._operators(), caption)
        self._picture.blocks["h_prev"].set_symbol(self._previous())
        self._vectors = self._picture.visible(VECTORS)

    def _lower(self) -> str:
        """Say what an upper layer reads; empty for the lowest."""
        session = self._session
        below = session.contract.below(session.selection.layer)
        names = " and ".join(session.contract.layer_name(entry) for entry in below)
        dropped = ", after dropout" if session.settings.network.drops else ""
        return f"the state of {names} at the same step{dropped}" if below else ""

    def _previous(self) -> str:
        """Return the symbol of the state that goes into this one."""
        backward = self._session.contract.is_backward(self._session.selection.layer)
        return "h_next" if backward else "h_prev"

    def _shapes(self) -> dict[str, tuple[int, ...]]:
        parameters = self._session.contract.parameters(self._session.selection.layer)
        shapes = {name: tuple(tensor.shape) for name, tensor in parameters.items()}
        units, inputs = shapes["W_ih"]
        shapes |= {"x": (inputs,), "h_prev": (units,), "a": (units,), "h": (units,)}
        if "W_ho" in shapes:
            shapes |= {"h_above": (units,), "y": (shapes["W_ho"][0],)}
        return shapes

    def _operators(self) -> dict[str, str]:
        contract = self._session.contract
        output = contract.output_nonlinearity
        return {
            **dict.fromkeys(("W_hh", "b_ih", "b_hh", "b_ho"), "+"),
            "a": "=",
            "h": function_name(contract.nonlinearity),
            "y": "=" if output in (None, "linear") else function_name(output),
        }

    def _on_arranged(self, pooled: int) -> None:
        self._pooled = pooled
        self._show_notes()

    def _show_notes(self) -> None:
        rows = f"{self._pooled} rows a pixel, largest shown." if self._pooled > 1 else ""
        dropout = about_dropout(self._session.settings.network)
        self._footer.set_notes(" ".join(filter(None, (rows, dropout))))

    # What it holds

    def _on_weights_changed(self) -> None:
        self._ranges.forget_weights()
        self._moments = Moments(self._session.run)  # its sums were those of other weights
        self._show_weights()

    def _show_weights(self) -> None:
        parameters = self._session.contract.parameters(self._session.selection.layer)
        for block in self._picture.visible((*MATRICES, *BIASES)):
            self._values[block.name] = parameters[block.name].numpy()
            block.show_values(self._values[block.name])
        self._take_ranges()
        self._talk()

    def _on_trace_reset(self) -> None:
        self._side.rebuild()
        self._show_moment()
        self._show_pin()

    def _on_cursor_moved(self, t: int) -> None:
        self._show_moment()

    def _on_selection_changed(self) -> None:
        self._side.show_selection()
        self._show_moment()
        self._show_pin()

    def _show_pin(self) -> None:
        pin = self._session.selection.pin
        self._picture.set_pin((pin.part, pin.unit) if pin is not None else None)

    def _show_moment(self) -> None:
        session, selection = self._session, self._session.selection
        if self._structure != (session.contract, selection.layer):
            self._take_structure()
            self._show_weights()
        if self._moments.run is not session.run:
            self._moments = Moments(session.run)
        now = self._moments.at(session.cursor, selection.layer, selection.sequence)
        self._step = now.t
        for block in self._vectors:
            values = _vector(now, block.name)
            self._picture.show_vector(block.name, values)
            if values is None:
                self._values.pop(block.name, None)
            else:
                self._values[block.name] = values
        self._take_ranges()
        self._talk()

    def _take_ranges(self) -> None:
        layer = self._session.selection.layer
        if self._structure != (self._session.contract, layer):
            return  # the new network is on its way
        limits = self._ranges.limits(layer, self._values.get("a"))
        not_finite = not (self._ranges.weights_finite and all(map(_finite, self._results())))
        if (limits, not_finite) != self._coloured:
            self._coloured = limits, not_finite
            self._show_ranges(limits, not_finite)

    def _results(self) -> list[np.ndarray]:
        """Return the vectors that cannot all be finite if any other is not."""
        names = ("a", "h", "y") if "a" in self._values else ("h",)
        return [self._values[name] for name in names if name in self._values]

    def _show_ranges(self, limits: dict[str, float], not_finite: bool) -> None:
        for block in self._picture.visible():
            limit = limits[_range_of(block.name)]
            block.heatmap.set_levels(-limit, limit)
        shown = ("weights", "x", "a", "h", "y")
        ranges = tuple((name, limits[name]) for name in shown if name in limits)
        self._footer.legend.set_ranges(ranges, not_finite)

    # What the user points at

    def _on_hovered(self, name: str, row: int, column: int) -> None:
        self._hovered = (name, row, column) if row >= 0 else None
        self._picture.light(self._hovered)
        self._talk()
        self.square_hovered.emit(self._words().status(*self._hovered) if self._hovered else "")

    def point_at(self, square: tuple[str, int, int] | None) -> None:
        """Light up a square that is pointed at elsewhere."""
        self._hovered = square
        self._picture.light(square)
        self._talk()

    def _on_clicked(self, name: str, row: int, column: int) -> None:
        part = part_of(name)
        if part is not None:
            pin = Pin(part, row)
            self._session.select(pin=None if pin == self._session.selection.pin else pin)

    def _tooltip(self, name: str, row: int, column: int) -> str:
        return self._words().tooltip(name, row, column)

    def _words(self) -> Words:
        session, layer = self._session, self._session.selection.layer
        return Words(
            values=self._values,
            t=self._step,
            before=session.run.walk.before(layer, self._step),
            previous=self._previous(),
            lower=self._lower(),
            nonlinearity=session.contract.nonlinearity,
            parameter_names=session.contract.parameter_names(layer),
        )

    def _talk(self) -> None:
        if self._hovered and self._hovered[0] in self._values:
            self._footer.say(self._words().line(*self._hovered))
        else:
            self._footer.say(self._hint())

    def _hint(self) -> str:
        if self._step:
            return ""
        return HINT if self._session.cursor == 0 else WAITING

    # Qt's own

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape and self._session.selection.pin is not None:
            self._session.select(pin=None)
        else:
            super().keyPressEvent(event)


def _finite(values: np.ndarray) -> bool:
    return bool(np.isfinite(values).all())


def _vector(now: Moment, name: str) -> np.ndarray | None:
    """Return what a vector's block shows; h_t goes on to the output once there is one."""
    if name == "h_above":
        return None if now.y is None else now.h
    values: np.ndarray | None = getattr(now, name)
    return values


def _range_of(name: str) -> str:
    """Return which range a block's colours have."""
    if name not in VECTORS:
        return "weights"
    return {"h_prev": "h", "h_above": "h"}.get(name, name)
