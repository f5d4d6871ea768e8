"""The timeline: inputs, states and outputs as heatmaps, units x time, on one time axis."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from rnnviz.analysis.scales import hidden_limit, input_limit, output_limit
from rnnviz.session import Session
from rnnviz.traces.run import Run
from rnnviz.views.columns import HiddenColumns, InputColumns, OutputColumns
from rnnviz.views.step_label import StepLabel
from rnnviz.views.time_axis import TimeAxis
from rnnviz.views.time_window import TimeWindow
from rnnviz.views.timeline_row import BAR_SPACING, TimelineRow
from rnnviz.widgets.metrics import AXIS_WIDTH, GUTTER_RIGHT, SMALL, TITLE_WIDTH
from rnnviz.widgets.scroll import BAR_WIDTH, Scroll

MINUS = "−"


class TimelineView(QWidget):
    """Every step so far, with a frame round the squares of the step that the cursor is at.

    Signals
    -------
    square_hovered(text) : the square under the pointer, its place and value; empty on leaving.
    """

    square_hovered = Signal(str)

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("view.timeline")
        self._session = session
        self._scale = 1.0
        self._window = TimeWindow()
        self._rows: list[TimelineRow] = []
        self._inputs: TimelineRow | None = None
        self._hidden: list[TimelineRow] = []
        self._outputs: TimelineRow | None = None
        self._sequence = 0
        self._build()
        session.network_changed.connect(self._on_network_changed)
        session.trace_reset.connect(self._on_trace_reset)
        session.trace_extended.connect(self._on_trace_extended)
        session.cursor_moved.connect(self._on_cursor_moved)
        session.selection_changed.connect(self._on_selection_changed)
        self._on_network_changed()

    # Building

    def _build(self) -> None:
        self.axis = TimeAxis()
        self.axis.step_clicked.connect(self._session.seek)
        self._stack = QWidget()
        self._stack_layout = QVBoxLayout(self._stack)
        self._stack_layout.setContentsMargins(0, 0, 0, 0)
        self._stack_layout.setSpacing(8)
        self._no_output = QLabel()
        self._no_output.setObjectName("view.timeline.no_output")
        self._no_output.setForegroundRole(self._no_output.palette().ColorRole.PlaceholderText)
        self._scroll = Scroll(self._stack)
        self._scroll.verticalScrollBar().rangeChanged.connect(self._on_bar_range_changed)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(12, 12, 0, 0)
        layout.setSpacing(4)
        layout.addWidget(self._scroll, 1)
        layout.addLayout(self._axis_line())

    def _axis_line(self) -> QHBoxLayout:
        line = QHBoxLayout()
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(0)
        self._axis_title = StepLabel()
        self._axis_title.setObjectName("view.timeline.step")
        self._pooled = QLabel()
        self._pooled.setObjectName("view.timeline.pooled")
        self._pooled.setForegroundRole(self._pooled.palette().ColorRole.PlaceholderText)
        self._pooled.setToolTip("Of the steps that share a pixel the largest number is shown.")
        self._pooled.setContentsMargins(BAR_SPACING, 0, 0, 0)
        self._scale_pooled()
        line.addWidget(self._axis_title)
        line.addWidget(self.axis, 1)
        line.addWidget(self._pooled)
        return line

    def _on_network_changed(self) -> None:
        for row in self._rows:
            self._stack_layout.removeWidget(row)
            row.hide()  # or a show that the layout has queued would make it a window
            row.setParent(None)  # nobody shall find it by its name any more
            row.deleteLater()
        self._stack_layout.removeWidget(self._no_output)
        network = self._session.contract
        layers = network.num_layers
        self._inputs = TimelineRow("x", "input", network.input_size, self)
        self._inputs.heatmap.setObjectName("view.timeline.inputs")
        self._hidden = [self._hidden_row(layer, layers) for layer in range(layers)]
        self._outputs = None
        if network.output_size is not None:
            self._outputs = TimelineRow("y", "output", network.output_size, self)
            self._outputs.heatmap.setObjectName("view.timeline.outputs")
        self._rows = [self._inputs, *self._hidden]
        if self._outputs is not None:
            self._rows.append(self._outputs)
        for row in self._rows:
            self._connect(row)
            self._stack_layout.addWidget(row)
            row.show()
        self._stack_layout.addWidget(self._no_output)
        title = self._session.settings.network.description.title
        state = "top layer’s state" if layers > 1 else "state"
        self._no_output.setText(f"{title} has no y: its output is the {state}.")
        self._no_output.setVisible(self._outputs is None)
        self._on_trace_reset()

    def _hidden_row(self, layer: int, layers: int) -> TimelineRow:
        name = "state" if layers == 1 else f"layer {layer}"
        row = TimelineRow("h", name, self._session.contract.hidden_size, self, gap_after_first=True)
        row.heatmap.setObjectName(f"view.timeline.hidden.{layer}")
        return row

    def _connect(self, row: TimelineRow) -> None:
        row.set_text_scale(self._scale)
        row.heatmap.cell_hovered.connect(partial(self._on_hovered, row))
        row.heatmap.cell_clicked.connect(partial(self._on_clicked, row))
        row.heatmap.failed.connect(self._session.notice)
        row.heatmap.set_tooltip(partial(self._describe, row))
        row.range_changed.connect(self._on_range_changed)

    # Following the session

    def _on_trace_reset(self) -> None:
        run, source = self._session.run, self._session.settings.sequence.source
        self.axis.set_length(run.length, source.labels())
        self._window.set_length(run.length)
        self._take_sources()
        self._fit_window()
        self._on_cursor_moved(self._session.cursor)

    def _take_sources(self) -> None:
        """Draw the selected sequence; what is in sight stays."""
        run, sequence = self._session.run, self._session.selection.sequence
        self._sequence = sequence
        source = self._session.settings.sequence.source
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
        for row in self._rows:
            row.set_limit(limits[row.symbol])

    def _show_revealed(self, run: Run) -> None:
        for row in self._hidden:
            row.heatmap.show_columns(run.revealed + 1)
        if self._outputs is not None:
            self._outputs.heatmap.show_columns(run.revealed)
        for row in self._rows:
            row.tell_not_finite()

    def _on_trace_extended(self, first: int, last: int) -> None:
        self._set_levels(self._session.run)
        self._show_revealed(self._session.run)

    def _on_cursor_moved(self, t: int) -> None:
        if self._window.follow(t):
            self._apply_window()
        for row in self._rows:
            row.set_step(t)
        self.axis.set_step(t)
        self._axis_title.set_step(t, self._session.length)

    def _on_selection_changed(self) -> None:
        if self._session.selection.sequence != self._sequence:
            self._take_sources()

    # The window on time

    def fit_all(self) -> None:
        """Show all steps, however narrow."""
        self._window.show_all()
        self._window.automatic = False
        self._apply_window()

    def _fit_window(self) -> None:
        self._window.fit(self._session.cursor, self.axis.width())
        self._apply_window()

    def _apply_window(self) -> None:
        low, high = self._window.low, self._window.high
        self.axis.set_range(low, high)
        for row in self._rows:
            row.set_range(low, high)
        share = (high - low) / max(1, self.axis.width())
        self._pooled.setText(f"{share:,.0f} steps a pixel" if share >= 1.5 else "")

    def _on_range_changed(self, low: float, high: float) -> None:
        self._window.take(low, high)
        self._apply_window()

    # What is under the pointer

    def _on_hovered(self, row: TimelineRow, unit: int, column: int) -> None:
        self.square_hovered.emit("" if unit < 0 else self._value_text(row, unit, column))

    def _on_clicked(self, row: TimelineRow, unit: int, column: int) -> None:
        if row in self._hidden:
            self._session.select(layer=self._hidden.index(row))
        self._session.seek(row.step_of(column))

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

    def set_text_scale(self, scale: float) -> None:
        """Scale the type."""
        self._scale = scale
        self.axis.set_text_scale(scale)
        for row in self._rows:
            row.set_text_scale(scale)
        self._axis_title.set_text_scale(scale)
        self._scale_pooled()
        self._align()

    def _scale_pooled(self) -> None:
        font = self._pooled.font()
        font.setPixelSize(round(SMALL * self._scale))
        self._pooled.setFont(font)

    def _align(self) -> None:
        """Give rows and axis the same gutters; a scroll bar takes its width from the right one."""
        bar = self._scroll.verticalScrollBar()
        self._on_bar_range_changed(bar.minimum(), bar.maximum())
        self._axis_title.setFixedWidth(
            round(TITLE_WIDTH * self._scale) + round(AXIS_WIDTH * self._scale)
        )
        self._pooled.setFixedWidth(GUTTER_RIGHT)

    def _on_bar_range_changed(self, low: int, high: int) -> None:
        for row in self._rows:
            row.set_right_gutter(GUTTER_RIGHT - (BAR_WIDTH if high > low else 0))

    # Qt's own

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._align()
        self._fit_window()
