"""Rows of heatmaps on one time axis: what every view of units x time has in common."""

from __future__ import annotations

from typing import Protocol

from pydantic import JsonValue
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from rnnviz.fields import Frozen
from rnnviz.session import Session
from rnnviz.views.step_label import StepLabel
from rnnviz.views.time_axis import TimeAxis
from rnnviz.views.time_window import TimeWindow
from rnnviz.views.timeline_row import BAR_SPACING, TimelineRow
from rnnviz.widgets.metrics import AXIS_WIDTH, GUTTER_RIGHT, SMALL, TITLE_WIDTH
from rnnviz.widgets.scroll import BAR_WIDTH, Scroll, Scrolled

TOP = 12


class TimeSight(Frozen):
    """What is in sight: a range of steps, whether it follows the cursor, and how far down."""

    low: float
    high: float
    automatic: bool
    down: Scrolled


class TimePlot(Protocol):
    """What moves with the axis as a row does."""

    def set_range(self, low: float, high: float) -> None: ...
    def set_step(self, t: int) -> None: ...
    def set_right_gutter(self, width: int) -> None: ...
    def set_text_scale(self, scale: float) -> None: ...


class TimeRows(QWidget):
    """Rows that scroll above an axis; zooming or dragging one moves all of them.

    A subclass fills `stack`, keeps its rows in `rows`, and calls `take_sequence` for a new
    sequence and `take_step` for a move of the cursor.

    Parameters
    ----------
    session : Session
    name : str
        The object name, with which those of the axis and its labels begin.

    Attributes
    ----------
    rows : list of TimelineRow
    plots : list of TimePlot
        What else moves with the axis.
    stack : QVBoxLayout
        Where rows and what else scrolls with them are put.
    scale : float
        Of the type.
    """

    def __init__(self, session: Session, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        self.session = session
        self.scale = 1.0
        self.rows: list[TimelineRow] = []
        self.plots: list[TimePlot] = []
        self._window = TimeWindow()
        self._build(name)

    def _build(self, name: str) -> None:
        self.axis = TimeAxis()
        self.axis.setObjectName(f"{name}.axis")
        self.axis.step_clicked.connect(self.seek_step)
        content = QWidget()
        self.stack = QVBoxLayout(content)
        self.stack.setContentsMargins(0, 0, 0, 0)
        self.stack.setSpacing(8)
        self._scroll = Scroll(content)
        self._scroll.setAccessibleName("Rows")
        self._scroll.verticalScrollBar().rangeChanged.connect(self._on_bar_range_changed)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(12, TOP, 0, 0)
        layout.setSpacing(4)
        layout.addWidget(self._scroll, 1)
        layout.addLayout(self._axis_line(name))

    def _axis_line(self, name: str) -> QHBoxLayout:
        line = QHBoxLayout()
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(0)
        self._axis_title = StepLabel()
        self._axis_title.setObjectName(f"{name}.step")
        self._pooled = QLabel()
        self._pooled.setObjectName(f"{name}.pooled")
        self._pooled.setForegroundRole(self._pooled.palette().ColorRole.PlaceholderText)
        self._pooled.setToolTip("Of the steps that share a pixel the largest number is shown.")
        self._pooled.setContentsMargins(BAR_SPACING, 0, 0, 0)
        self._scale_pooled()
        line.addWidget(self._axis_title)
        line.addWidget(self.axis, 1)
        line.addWidget(self._pooled)
        return line

    def add_row(self, row: TimelineRow) -> None:
        """Put a row below the others."""
        row.set_text_scale(self.scale)
        row.range_changed.connect(self._on_range_changed)
        self.rows.append(row)
        self.stack.addWidget(row)
        row.show()

    def remove_rows(self) -> None:
        """Take all rows away."""
        for row in self.rows:
            self.stack.removeWidget(row)
            row.hide()  # or a show that the layout has queued would make it a window
            row.setParent(None)  # nobody shall find it by its name any more
            row.deleteLater()
        self.rows = []

    def _moving(self) -> list[TimelineRow | TimePlot]:
        return [*self.rows, *self.plots]

    # Following the session

    def take_sequence(self) -> None:
        """Begin anew with the axis of the session's sequence; all of it comes into sight."""
        source = self.session.settings.sequence.source
        self.axis.set_length(self.session.run.length, source.labels())
        self._window.set_length(self.session.run.length)

    def take_step(self, t: int) -> None:
        """Mark step `t`; the page is turned if it is out of sight."""
        if self._window.follow(t):
            self._apply_window()
        self.mark_rows(t)
        self.axis.set_step(t)
        self._axis_title.set_step(t, self.session.run.length)

    def seek_step(self, t: int) -> None:
        """Go to a step that was clicked."""
        self.session.seek(t)

    def mark_rows(self, t: int) -> None:
        """Mark step `t` in every row."""
        for row in self._moving():
            row.set_step(t)

    # The window on time

    def fit_all(self) -> None:
        """Show all steps, however narrow."""
        self._window.show_all()
        self._window.automatic = False
        self._apply_window()

    def fit_window(self) -> None:
        """Show all steps as long as each has some pixels, else those around the cursor."""
        self._window.fit(self.session.cursor, self.axis.width())
        self._apply_window()

    def view_state(self) -> dict[str, JsonValue]:
        """Return what a session keeps of the view."""
        window, down = self._window, self._scroll.verticalScrollBar().value()
        sight = TimeSight(low=window.low, high=window.high, automatic=window.automatic, down=down)
        return sight.model_dump()

    def restore_view_state(self, state: dict[str, JsonValue]) -> None:
        """Bring back what was kept; raises ValueError where it is something else."""
        sight = TimeSight.model_validate(state)
        self._window.bring_back(sight.low, sight.high, sight.automatic)
        self._apply_window()
        self._scroll.verticalScrollBar().setValue(sight.down)

    def take_sight(self, other: TimeRows) -> None:
        """Have in sight what other rows of the same session have."""
        self._window.take(other._window.low, other._window.high)
        self._apply_window()
        for row, like in zip(self.rows, other.rows, strict=True):
            row.set_folded(like.folded)

    def _apply_window(self) -> None:
        low, high = self._window.low, self._window.high
        self.axis.set_range(low, high)
        for row in self._moving():
            row.set_range(low, high)
        share = (high - low) / max(1, self.axis.width())
        self._pooled.setText(f"{share:,.0f} steps a pixel" if share >= 1.5 else "")

    def _on_range_changed(self, low: float, high: float) -> None:
        self._window.take(low, high)
        self._apply_window()

    # How it lines up

    def set_text_scale(self, scale: float) -> None:
        """Scale the type."""
        self.scale = scale
        self.axis.set_text_scale(scale)
        for row in self._moving():
            row.set_text_scale(scale)
        self._axis_title.set_text_scale(scale)
        self._scale_pooled()
        self._align()

    def _scale_pooled(self) -> None:
        font = self._pooled.font()
        font.setPixelSize(round(SMALL * self.scale))
        self._pooled.setFont(font)

    def _align(self) -> None:
        """Give rows and axis the same gutters; a scroll bar takes its width from the right one."""
        bar = self._scroll.verticalScrollBar()
        self._on_bar_range_changed(bar.minimum(), bar.maximum())
        self._axis_title.setFixedWidth(
            round(TITLE_WIDTH * self.scale) + round(AXIS_WIDTH * self.scale)
        )
        self._pooled.setFixedWidth(GUTTER_RIGHT)

    def _on_bar_range_changed(self, low: int, high: int) -> None:
        for row in self._moving():
            row.set_right_gutter(GUTTER_RIGHT - (BAR_WIDTH if high > low else 0))

    # Qt's own

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._align()
        self.fit_window()
