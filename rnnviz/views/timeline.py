"""The timeline: inputs, states and outputs as heatmaps, units x time, on one time axis."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import Signal, SignalInstance
from PySide6.QtWidgets import QLabel, QWidget

from rnnviz.analysis.scales import hidden_limit, input_limit, output_limit
from rnnviz.session import Session
from rnnviz.traces.run import Run
from rnnviz.views.columns import HiddenColumns, InputColumns, OutputColumns
from rnnviz.views.time_rows import TimeRows
from rnnviz.views.timeline_row import TimelineRow

MINUS = "−"


class TimelineView(TimeRows):
    """Every step so far, with a frame round the squares of the step that the cursor is at.

    Signals
    -------
    square_hovered(text) : the square under the pointer, its place and value; empty on leaving.
    square_clicked(part, layer, unit), square_activated(part, layer, unit) : a state or an output
        was clicked, or clicked twice.
    """

    square_hovered = Signal(str)
    square_clicked = Signal(str, int, int)
    square_activated = Signal(str, int, int)

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(session, "view.timeline", parent)
        self._inputs: TimelineRow | None = None
        self._hidden: list[TimelineRow] = []
        self._outputs: TimelineRow | None = None
        self._sequence = 0
        self._depth = self._move = 0
        self._no_output = QLabel()
        self._no_output.setObjectName("view.timeline.no_output")
        self._no_output.setForegroundRole(self._no_output.palette().ColorRole.PlaceholderText)
        session.network_changed.connect(self._on_network_changed)
        session.trace_reset.connect(self._on_trace_reset)
        session.trace_extended.connect(self._on_trace_extended)
        session.cursor_moved.connect(self._on_cursor_moved)
        session.selection_changed.connect(self._on_selection_changed)
        self._on_network_changed()

    # Building

    def _on_network_changed(self) -> None:
        self.remove_rows()
        self.stack.removeWidget(self._no_output)
        network = self.session.contract
        layers = network.num_layers
        self._inputs = TimelineRow("x", "input", network.input_size, self)
        self._inputs.heatmap.setObjectName("view.timeline.inputs")
        self._hidden = [self._hidden_row(layer, layers) for layer in range(layers)]
        self._outputs = None
        if network.output_size is not None:
            self._outputs = TimelineRow("y", "output", network.output_size, self)
            self._outputs.heatmap.setObjectName("view.timeline.outputs")
        for row in (self._inputs, *self._hidden, self._outputs):
            if row is not None:
                self._connect(row)
                self.add_row(row)
        self.stack.addWidget(self._no_output)
        self._no_output.setText(self._about_output())
        self._no_output.setVisible(self._outputs is None)
        self._on_trace_reset()

    def _about_output(self) -> str:
        network = self.session.contract
        title = self.session.settings.network.description.title
        of_top = "top layer’s " if network.depth > 1 else ""
        if network.num_directions == 1:
            return f"{title} has no y: its output is the {of_top}state."
        return f"{title} has no y: its output is the {of_top}two states, → before ←."

    def _hidden_row(self, layer: int, layers: int) -> TimelineRow:
        name = "state" if layers == 1 else self.session.contract.layer_name(layer)
        row = TimelineRow("h", name, self.session.contract.hidden_size, self, gap_after_first=True)
        row.heatmap.setObjectName(f"view.timeline.hidden.{layer}")
        return row

    def _connect(self, row: TimelineRow) -> None:
        row.heatmap.cell_hovered.connect(partial(self._on_hovered, row))
        row.heatmap.cell_clicked.connect(partial(self._on_clicked, row))
        row.heatmap.cell_activated.connect(partial(self._on_activated, row))
        row.heatmap.failed.connect(self.session.notice)
        row.heatmap.set_tooltip(partial(self._describe, row))

    # Following the session

    def _on_trace_reset(self) -> None:
        self.take_sequence()
        self._take_sources()
        self.fit_window()
        self._on_cursor_moved(self.session.cursor)

    def _take_sources(self) -> None:
        """Draw the selected sequence; what is in sight stays."""
        run, sequence = self.session.run, self.session.selection.sequence
        self._sequence = sequence
        source = self.session.settings.sequence.source
        names = source.unit_names() or ()
        assert self._inputs is not None
        self._inputs.set_source(InputColumns(run, sequence), first_step=1)
        self._inputs.heatmap.set_outline(None)  # that of a square that is gone
        self._inputs.set_row_names(names)
        for layer, row in enumerate(self._hidden):
            row.set_source(HiddenColumns(run, layer, sequence), first_step=0)
        if self._outputs is not None:
            self._outputs.set_source(OutputColumns(run, sequence), first_step=1)
            same = run.network.output_size == run.network.input_size
            self._outputs.set_row_names(names if same else ())
        self._set_levels(run)
        self._inputs.heatmap.show_columns(run.length)
        self._show_revealed(run)

    def _set_levels(self, run: Run) -> None:
        limits = {"x": input_limit(run), "h": hidden_limit(run), "y": output_limit(run)}
        for row in self.rows:
            row.set_limit(limits[row.symbol])

    def _show_revealed(self, run: Run) -> None:
        for layer, row in enumerate(self._hidden):
            shown = run.walk.shown(layer, run.revealed)
            if run.network.is_backward(layer):
                row.show_backward(shown.start)
            else:
                row.heatmap.show_columns(shown.stop)
        if self._outputs is not None:
            self._outputs.heatmap.show_columns(run.revealed)
        for row in self.rows:
            row.tell_not_finite()

    def _on_trace_extended(self, first: int, last: int) -> None:
        self._set_levels(self.session.run)
        self._show_revealed(self.session.run)

    def _on_cursor_moved(self, move: int) -> None:
        walk = self.session.run.walk
        self._depth = walk.depth_at(move)
        self._move = move
        self._axis_title.set_layer(self._depth if walk.both else None)
        self.take_step(walk.done(self._depth * self.session.contract.num_directions, move))

    def seek_step(self, t: int) -> None:
        """Go to a step of the layer that the cursor is in."""
        first = self._depth * self.session.contract.num_directions
        self.session.seek(self.session.run.walk.move_to(first, t) if t else 0)

    def mark_rows(self, t: int) -> None:
        """Mark step `t`, and where the other direction is."""
        super().mark_rows(t)
        run = self.session.run
        if not run.walk.both:
            return
        for layer, row in enumerate(self._hidden):
            position = run.walk.position(layer, self._move)
            if run.network.is_backward(layer):
                row.set_backward_step(position, run.walk.before(layer, position))
            else:
                row.set_step(position)
        self._mark_inputs(t, run.length)

    def _mark_inputs(self, t: int, length: int) -> None:
        """Frame what both directions read, while they read the input."""
        assert self._inputs is not None
        reads = t > 0 and self._depth == 0
        both = (t - 1, length - t) if reads else (None, None)
        self._inputs.heatmap.set_step(*both)

    def _on_selection_changed(self) -> None:
        if self.session.selection.sequence != self._sequence:
            self._take_sources()

    # What is under the pointer

    def _on_hovered(self, row: TimelineRow, unit: int, column: int) -> None:
        self.square_hovered.emit("" if unit < 0 else self._value_text(row, unit, column))
        self._show_seen(row, column if unit >= 0 else 0)

    def _show_seen(self, row: TimelineRow, column: int) -> None:
        """Outline the part of the input that the state under the pointer could be told of."""
        assert self._inputs is not None
        seen = self._seen(row, column)
        self._inputs.heatmap.set_outline((seen.start - 1, seen.stop - 1) if seen else None)

    def _seen(self, row: TimelineRow, column: int) -> range:
        if row not in self._hidden:
            return range(0)
        return self.session.run.walk.seen(self._hidden.index(row), row.step_of(column))

    def _on_clicked(self, row: TimelineRow, unit: int, column: int) -> None:
        self.session.seek(self._move_to(row, column))
        if row in self._hidden:  # behind the move, which may select the layer that it leads to
            self.session.select(layer=self._hidden.index(row))
        self._tell(self.square_clicked, row, unit)

    def _move_to(self, row: TimelineRow, column: int) -> int:
        """Return the move that shows a square."""
        layer = self._hidden.index(row) if row in self._hidden else 0
        return self.session.run.walk.move_to(layer, row.step_of(column))

    def _on_activated(self, row: TimelineRow, unit: int, column: int) -> None:
        self._tell(self.square_activated, row, unit)

    def _tell(self, signal: SignalInstance, row: TimelineRow, unit: int) -> None:
        """Say which state or output it was; an input did not come about in the network."""
        if row in self._hidden:
            signal.emit("hidden", self._hidden.index(row), unit)
        elif row is self._outputs:
            signal.emit("output", len(self._hidden) - 1, unit)

    def _value_text(self, row: TimelineRow, unit: int, column: int) -> str:
        value = row.value(unit, column)
        several = len(self._hidden) > 1 and row in self._hidden
        name = self.session.contract.layer_name(self._hidden.index(row)) if several else ""
        layer = f" ({name})" if name else ""
        number = f"{value:.4f}".replace("-", MINUS)
        return f"{row.symbol}_{row.step_of(column)}[{unit}]{layer} = {number}"

    def _describe(self, row: TimelineRow, unit: int, column: int) -> str:
        said = f"{self._value_text(row, unit, column)}\n{self._both_countings(row, column)}"
        seen = self._seen(row, column)
        if not seen:
            return said
        last = seen.stop - 1
        steps = f"x_{seen.start}" if seen.start == last else f"x_{seen.start} … x_{last}"
        return f"{said}\nIt could be told of {steps}."

    def _both_countings(self, row: TimelineRow, column: int) -> str:
        t = row.step_of(column)
        if row is self._inputs:
            return f"x_{t} = inputs[{t - 1}]"
        if row is self._outputs:
            return f"y_{t} = outputs[{t - 1}]"
        if t == 0:
            return "h_0 = hidden[0], the start state"
        if self._outputs is not None:
            return f"h_{t} = hidden[{t}]"
        if (
            len(self._hidden) > 1
            and row not in self._hidden[-self.session.contract.num_directions :]
        ):
            return f"h_{t} = hidden[{t}]"
        return f"h_{t} = hidden[{t}] = output[{t - 1}]"
