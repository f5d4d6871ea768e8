"""Lanes on one time axis: each network's states, what lies between them, how it grows."""

from __future__ import annotations

from functools import partial

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import Signal
from PySide6.QtWidgets import QLabel, QWidget

from rnnviz.analysis.scales import hidden_limit, nice_limit, output_limit
from rnnviz.lockstep.gap import Gap
from rnnviz.lockstep.lockstep import Lockstep
from rnnviz.lockstep.scene import Lane
from rnnviz.session import Session
from rnnviz.traces.run import Run
from rnnviz.views.columns import HiddenColumns, OutputColumns
from rnnviz.views.growth_pieces import Line
from rnnviz.views.growth_row import GrowthRow
from rnnviz.views.notation import magnitude, number
from rnnviz.views.time_rows import TimeRows
from rnnviz.views.timeline_row import TimelineRow

DELTA = "Δ"


class GapColumns:
    """A gap as a table of units x time."""

    has_pools = True

    def __init__(self, gap: Gap, sequence: int) -> None:
        self._gap, self._sequence = gap, sequence
        columns = gap.reference.length + (gap.part == "hidden")
        self.shape = (gap.values.row_shape[-1], columns)

    def read(self, first: int, last: int) -> NDArray[np.float32]:
        """Return columns ``first`` to ``last - 1``, (units, n)."""
        rows: NDArray[np.float32] = self._gap.values.read(first, last)
        return rows[:, self._sequence].T

    def pooled(self, level: int, first: int, last: int) -> NDArray[np.float32]:
        """Return the pools ``first`` to ``last - 1`` of a level, (units, n)."""
        rows: NDArray[np.float32] = self._gap.values.pools.read(level, first, last)
        return rows[:, self._sequence].T


class LockstepRows(TimeRows):
    """A row for each layer of each lane, one for each gap, and the plot of their growth.

    Signals
    -------
    square_hovered(text) : the square under the pointer, its place and value; empty on leaving.
    """

    square_hovered = Signal(str)

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(session, "view.lockstep.rows", parent)
        self._lockstep: Lockstep | None = None
        self._lanes: list[tuple[TimelineRow, Run]] = []
        self._gaps: list[tuple[TimelineRow, Gap]] = []
        self._reasons: list[QLabel] = []
        self._layers: list[int] = []
        self.growth = GrowthRow(self)
        self.growth.hide()

    def show_lockstep(self, lockstep: Lockstep) -> None:
        """Show other lanes."""
        self._clear()
        self._lockstep = lockstep
        for place, lane in enumerate(lockstep.lanes):
            self._add_lane(place, lane)
            if place in lockstep.gaps:
                self._add_gap(place, lockstep.gaps[place])
        self._add_growth(lockstep)
        self.take_sequence()
        self.show_sequence()
        self._align()
        self.fit_window()
        self.take_step(self.session.cursor)

    def show_sequence(self) -> None:
        """Draw the selected sequence of the batch."""
        sequence = self.session.selection.sequence
        for (row, run), layer in zip(self._lanes, self._layers, strict=True):
            if self._part == "output":
                row.set_source(OutputColumns(run, sequence), first_step=1)
            else:
                row.set_source(HiddenColumns(run, layer, sequence), first_step=0)
        for row, gap in self._gaps:
            row.set_source(GapColumns(gap, sequence), first_step=int(gap.part == "output"))
        self.show_revealed()

    def show_revealed(self) -> None:
        """Show all that is revealed by now."""
        if self._lockstep is None:
            return
        self._set_levels()
        for row, run in self._lanes:
            row.heatmap.show_columns(len(run.trace) + 1 - row.first_step)
        for row, gap in self._gaps:
            row.heatmap.show_columns(self._rows_shown(gap))
        for row in (*(row for row, _ in self._lanes), *(row for row, _ in self._gaps)):
            row.tell_not_finite()
        if self._gaps:
            self.growth.plot.show_steps(self._lockstep.revealed)

    def take_step(self, t: int) -> None:
        """Mark step `t`, or the last one where there are moves beyond it."""
        super().take_step(min(t, self.session.run.length))

    # Building

    @property
    def _part(self) -> str:
        return self._lockstep.scene.part if self._lockstep is not None else "hidden"

    def _clear(self) -> None:
        self.remove_rows()
        self.plots = []
        self.stack.removeWidget(self.growth)
        self.growth.hide()
        for label in self._reasons:
            self.stack.removeWidget(label)
            label.hide()
            label.deleteLater()
        self._lanes, self._gaps, self._reasons, self._layers = [], [], [], []

    def _add_lane(self, place: int, lane: Lane) -> None:
        if lane.run is not None:
            layers = lane.run.network.num_layers if self._part == "hidden" else 1
            for layer in range(layers):
                row = self._lane_row(place, layer, lane.title, lane.run)
                row.setToolTip(lane.said)
                self._lanes.append((row, lane.run))
                self._layers.append(layer)
        else:
            self._add_reason(place, f"{lane.title}: {lane.said}" if lane.title else lane.said)

    def _lane_row(self, place: int, layer: int, title: str, run: Run) -> TimelineRow:
        output = self._part == "output"
        units = (run.network.output_size or 0) if output else run.network.hidden_size
        several = run.network.num_layers > 1 and not output
        part = run.network.layer_name(layer) if several else ""
        row = TimelineRow(
            "y" if output else "h",
            title,
            units,
            self,
            gap_after_first=not output,
            below=True,
            part=part,
        )
        name = f"view.lockstep.lane.{place}"
        row.heatmap.setObjectName(name if layer == 0 else f"{name}.{layer}")
        self._connect(row, title)
        return row

    def _add_gap(self, place: int, gap: Gap) -> None:
        assert self._lockstep is not None
        first, other = self._lockstep.lanes[0].title, self._lockstep.lanes[place].title
        units, title = gap.values.row_shape[-1], "difference"
        row = TimelineRow(
            DELTA, title, units, self, gap_after_first=gap.part == "hidden", below=True
        )
        row.heatmap.setObjectName(f"view.lockstep.gap.{place}")
        row.setToolTip(f"{other} − {first}")
        self._connect(row, f"{other} − {first}")
        self._gaps.append((row, gap))

    def _connect(self, row: TimelineRow, title: str) -> None:
        row.heatmap.cell_hovered.connect(partial(self._on_hovered, row, title))
        row.heatmap.cell_clicked.connect(partial(self._on_clicked, row))
        row.heatmap.failed.connect(self.session.notice)
        row.heatmap.set_tooltip(partial(self._describe, row, title))
        self.add_row(row)

    def _add_reason(self, place: int, text: str) -> None:
        label = QLabel(text)
        label.setObjectName(f"view.lockstep.said.{place}")
        label.setWordWrap(True)
        label.setContentsMargins(20, 0, 12, 0)
        label.setForegroundRole(label.palette().ColorRole.PlaceholderText)
        self._reasons.append(label)
        self.stack.addWidget(label)

    def _add_growth(self, lockstep: Lockstep) -> None:
        lines = []
        for place, gap in lockstep.gaps.items():
            lines.append(Line(lockstep.lanes[place].title, gap.peaks))
            if gap.from_same_state:
                lines.append(Line("", gap.one_step, "dots"))
        if lines:
            lines.append(Line("tolerance", next(iter(lockstep.gaps.values())).tolerances, "thin"))
        self.growth.set_lines(lines)
        if lines:
            self.plots = [self.growth]
            self.stack.addWidget(self.growth)
            self.growth.show()

    # Following the session

    def _set_levels(self) -> None:
        runs = [run for _, run in self._lanes]
        find = output_limit if self._part == "output" else hidden_limit
        limit = max(map(find, runs), default=1.0)
        for row, _ in self._lanes:
            row.set_limit(limit)
        for row, gap in self._gaps:
            row.set_limit(nice_limit(gap.values.largest(self._rows_shown(gap))))

    @staticmethod
    def _rows_shown(gap: Gap) -> int:
        revealed = min(len(gap.reference.trace), len(gap.other.trace))
        return min(len(gap.values), revealed + (gap.part == "hidden"))

    # What is under the pointer

    def _on_hovered(self, row: TimelineRow, title: str, unit: int, column: int) -> None:
        self.square_hovered.emit("" if unit < 0 else self._describe(row, title, unit, column))

    def _on_clicked(self, row: TimelineRow, unit: int, column: int) -> None:
        self.session.seek(row.step_of(column))

    def _describe(self, row: TimelineRow, title: str, unit: int, column: int) -> str:
        value = row.value(unit, column)
        written = magnitude(value) if row.symbol == DELTA else number(value)
        return f"{row.symbol}_{row.step_of(column)}[{unit}], {title} = {written}"
