"""The timeline: inputs, states and outputs as heatmaps, units x time, on one time axis."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import Signal
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
    """

    square_hovered = Signal(str)

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(session, "view.timeline", parent)
        self._inputs: TimelineRow | None = None
        self._hidden: list[TimelineRow] = []
        self._outputs: TimelineRow | None = None
        self._sequence = 0
        self._no_output = QLabel()
        self._no_output.setObjectName("view.timeline.no_output")
        self._no_output.setForegroundRole(self._no_output.palette().ColorRole.PlaceholderText)
        session.network_changed.connect(self._on_network_changed)
        session.trace_reset.connect(self._on_trace_reset)
        session.trace_extended.connect(self._on_trace_extended)
        session.cursor_moved.connect(self.take_step)
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
        title = self.session.settings.network.description.title
        state = "top layer’s state" if layers > 1 else "state"
        self._no_output.setText(f"{title} has no y: its output is the {state}.")
        self._no_output.setVisible(self._outputs is None)
        self._on_trace_reset()

    def _hidden_row(self, layer: int, layers: int) -> TimelineRow:
        name = "state" if layers == 1 else f"layer {layer}"
        row = TimelineRow("h", name, self.session.contract.hidden_size, self, gap_after_first=True)
        row.heatmap.setObjectName(f"view.timeline.hidden.{layer}")
        return row

    def _connect(self, row: TimelineRow) -> None:
        row.heatmap.cell_hovered.connect(partial(self._on_hovered, row))
        row.heatmap.cell_clicked.connect(partial(self._on_clicked, row))
        row.heatmap.failed.connect(self.session.notice)
        row.heatmap.set_tooltip(partial(self._describe, row))

    # Following the session

    def _on_trace_reset(self) -> None:
        self.take_sequence()
        self._take_sources()
        self.fit_window()
        self.take_step(self.session.cursor)

    def _take_sources(self) -> None:
        """Draw the selected sequence; what is in sight stays."""
        run, sequence = self.session.run, self.session.selection.sequence
        self._sequence = sequence
        source = self.session.settings.sequence.source
        names = source.unit_names() or ()
        assert self._inputs is not None
        self._inputs.set_source(InputColumns(run, sequence), first_step=1)
        self._inputs.heatmap.set_row_names(names)
        for layer, row in enumerate(self._hidden):
            row.set_source(HiddenColumns(run, layer, sequence), first_step=0)
        if self._outputs is not None:
            self._outputs.set_source(OutputColumns(run, sequence), first_step=1)
            same = run.network.output_size == run.network.input_size
            self._outputs.heatmap.set_row_names(names if same else ())
        self._set_levels(run)
        self._inputs.heatmap.show_columns(run.length)
        self._show_revealed(run)

    def _set_levels(self, run: Run) -> None:
        limits = {"x": input_limit(run), "h": hidden_limit(run), "y": output_limit(run)}
        for row in self.rows:
            row.set_limit(limits[row.symbol])

    def _show_revealed(self, run: Run) -> None:
        for row in self._hidden:
            row.heatmap.show_columns(run.revealed + 1)
        if self._outputs is not None:
            self._outputs.heatmap.show_columns(run.revealed)
        for row in self.rows:
            row.tell_not_finite()

    def _on_trace_extended(self, first: int, last: int) -> None:
        self._set_levels(self.session.run)
        self._show_revealed(self.session.run)

    def _on_selection_changed(self) -> None:
        if self.session.selection.sequence != self._sequence:
            self._take_sources()

    # What is under the pointer

    def _on_hovered(self, row: TimelineRow, unit: int, column: int) -> None:
        self.square_hovered.emit("" if unit < 0 else self._value_text(row, unit, column))

    def _on_clicked(self, row: TimelineRow, unit: int, column: int) -> None:
        if row in self._hidden:
            self.session.select(layer=self._hidden.index(row))
        self.session.seek(row.step_of(column))

    def _value_text(self, row: TimelineRow, unit: int, column: int) -> str:
        value = row.value(unit, column)
        several = len(self._hidden) > 1 and row in self._hidden
        layer = f" (layer {self._hidden.index(row)})" if several else ""
        number = f"{value:.4f}".replace("-", MINUS)
        return f"{row.symbol}_{row.step_of(column)}[{unit}]{layer} = {number}"

    def _describe(self, row: TimelineRow, unit: int, column: int) -> str:
        return f"{self._value_text(row, unit, column)}\n{self._both_countings(row, column)}"

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
        return f"h_{t} = hidden[{t}] = output[{t - 1}]"
