"""One row of the timeline: a title, a heatmap, its colour bar."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSizePolicy, QToolButton, QVBoxLayout, QWidget

from rnnviz.widgets.colour_bar import ColourBar
from rnnviz.widgets.heatmap import Heatmap
from rnnviz.widgets.metrics import AXIS_WIDTH, GUTTER_RIGHT, SMALL, TITLE, TITLE_WIDTH
from rnnviz.widgets.source import Floats, Source

LEAST_HEIGHT = 36
FOLDED_HEIGHT = 22
BAR_SPACING = 8
TITLE_MARGIN = 26
"""What stands before a title, and is left behind it."""
MOST_STRETCH = 24
QWIDGETSIZE_MAX = 16_777_215  # as Qt calls it


class TimelineRow(QWidget):
    """A heatmap of units x time with its title at the left and its colours at the right.

    Parameters
    ----------
    symbol : str
        ``x``, ``h`` or ``y``.
    name : str
        What the symbol means, in a word.
    units : int
        The number of rows of the heatmap.
    gap_after_first : bool
        Whether column 0 stands apart.
    below : bool
        Whether the name stands below the symbol, in place of the number of units.
    part : str
        What stands beside the symbol then, such as the layer.

    Signals
    -------
    range_changed(low, high) : the user zoomed or dragged.
    """

    range_changed = Signal(float, float)

    def __init__(
        self,
        symbol: str,
        name: str,
        units: int,
        parent: QWidget,
        *,
        gap_after_first: bool = False,
        below: bool = False,
        part: str = "",
    ) -> None:
        super().__init__(parent)
        self.symbol = symbol
        self.units = units
        self.first_step = 0
        self._source: Source | None = None
        self._named_below = below
        self.heatmap = Heatmap(row_axis=True, zoomable=True, gap_after_first=gap_after_first)
        self.heatmap.range_changed.connect(self.range_changed)
        self.colour_bar = ColourBar()
        self.heatmap.setAccessibleName(", ".join(filter(None, (symbol, name, part))))
        self._build(name, below, part)
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        policy.setVerticalStretch(max(5, min(units, MOST_STRETCH)))
        self.setSizePolicy(policy)
        self.setMinimumHeight(LEAST_HEIGHT)

    def _build(self, name: str, below: bool, part: str) -> None:
        self._fold = QToolButton()
        self._fold.setText(f"{self.symbol} {name}")
        self._fold.setCheckable(True)
        self._fold.setAutoRaise(True)
        self._fold.setArrowType(Qt.ArrowType.DownArrow)
        self._fold.setFixedSize(16, 16)
        self._fold.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._fold.setToolTip("Fold this row")
        self._fold.setAccessibleName(f"Fold {name}")
        self._fold.toggled.connect(self._on_fold)
        units = f"{self.units:,} unit{'' if self.units == 1 else 's'}"
        title = f"<i>{self.symbol}</i><sub>t</sub>"
        self._title = QLabel(f"{title}&nbsp; {part if below else name}")
        self._shape = QLabel(name if below else units)
        self._shape.setForegroundRole(self.palette().ColorRole.PlaceholderText)
        if below:
            self._shape.setToolTip(units)
        line = QHBoxLayout()
        line.setSpacing(4)
        line.addWidget(self._fold)
        line.addWidget(self._title)
        line.addStretch(1)
        self._side = QWidget()
        side = QVBoxLayout(self._side)
        side.setContentsMargins(0, 0, 0, 0)
        side.setSpacing(0)
        side.addLayout(line)
        side.addWidget(self._shape)
        side.addStretch(1)
        self._side.setFixedWidth(TITLE_WIDTH)
        self._left = TITLE_WIDTH + AXIS_WIDTH
        self._shape.setContentsMargins(20, 0, 0, 0)
        self.set_right_gutter(GUTTER_RIGHT)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self._side)
        layout.addWidget(self.heatmap, 1)
        layout.addSpacing(BAR_SPACING)
        layout.addWidget(self.colour_bar)

    def set_source(self, source: Source, *, first_step: int) -> None:
        """Draw another record; its column 0 is step `first_step`."""
        self._source = source
        self.first_step = first_step
        self.heatmap.set_source(source, first_x=first_step, fit=False)
        self.heatmap.set_x_limits(-0.5, first_step + source.shape[1] - 0.5)

    def value(self, unit: int, column: int) -> float:
        """Return the value of one square."""
        assert self._source is not None
        return float(self._source.read(column, column + 1)[unit, 0])

    def column(self, column: int) -> Floats:
        """Return the values of one column."""
        assert self._source is not None
        return self._source.read(column, column + 1)[:, 0]

    def step_of(self, column: int) -> int:
        """Return the step that a column belongs to."""
        return column + self.first_step

    def set_step(self, t: int) -> None:
        """Frame the squares of step t, and what they came from; mute what lies ahead."""
        column = t - self.first_step
        previous = column - 1 if self.symbol == "h" and column > 0 else None
        self.heatmap.set_step(column if column >= 0 else None, previous, column + 1)

    def set_backward_step(self, position: int, before: int) -> None:
        """Frame the squares of a position that is reached from the right; mute what lies ahead.

        Parameters
        ----------
        position : int
            0: none yet.
        before : int
            Where the state lies that it came from; 0 is none of the columns.
        """
        first = self.first_step
        cursor = position - first if position else None
        self.heatmap.set_step(cursor, before - first if before else None, None, cursor)

    def show_backward(self, first: int) -> None:
        """Let the steps from `first` on be there, all others not yet."""
        assert self._source is not None
        columns, column = self._source.shape[1], first - self.first_step
        self.heatmap.show_columns(columns if column < columns else 0)  # else nothing is recorded
        self.heatmap.hide_columns_before(column)

    def set_limit(self, limit: float) -> None:
        """Let the colours stand for the values from -limit to limit."""
        if self.heatmap.levels() != (-limit, limit):
            self.heatmap.set_levels(-limit, limit)
            self.colour_bar.set_levels(-limit, limit)

    def tell_not_finite(self) -> None:
        """Say at the colour bar whether NaN or infinity is among what is shown."""
        self.colour_bar.set_not_finite(self.heatmap.has_not_finite)

    @property
    def folded(self) -> bool:
        """Whether its heatmap is put away."""
        return self._fold.isChecked()

    def set_folded(self, folded: bool) -> None:
        """Put its heatmap away, or bring it back."""
        self._fold.setChecked(folded)

    def set_range(self, low: float, high: float) -> None:
        """Show x from `low` to `high`."""
        self.heatmap.set_x_range(low, high)

    def set_right_gutter(self, width: int) -> None:
        """Set the width of the colour bar and what is around it."""
        self.colour_bar.setFixedWidth(width - BAR_SPACING)

    def set_row_names(self, names: Sequence[str]) -> None:
        """Write names at the units instead of numbers."""
        self.heatmap.set_row_names(names)
        self._share_left()

    def set_text_scale(self, scale: float) -> None:
        """Scale the type."""
        self._sized(self._title, TITLE * scale)
        self._sized(self._shape, SMALL * scale)
        self._left = round(TITLE_WIDTH * scale) + round(AXIS_WIDTH * scale)
        self.heatmap.set_text_scale(scale)
        self._share_left()
        self.colour_bar.set_text_scale(scale)
        self._make_room()

    def _sized(self, label: QLabel, pixels: float) -> None:
        font = label.font()
        font.setPixelSize(round(pixels))
        label.setFont(font)

    def _share_left(self) -> None:
        """Let long names of units have what the title leaves; all rows begin at the same x."""
        title = max(TITLE_MARGIN + label.sizeHint().width() for label in (self._title, self._shape))
        axis = min(self.heatmap.axis_width_hint, self._left - title)
        axis = max(axis, self._left - round(TITLE_WIDTH * self._left / (TITLE_WIDTH + AXIS_WIDTH)))
        self.heatmap.set_axis_width(axis)
        self._side.setFixedWidth(self._left - axis)

    def _make_room(self) -> None:
        """Leave one of two lines out where the row is too low: a name says more than a symbol."""
        lines = self._title.sizeHint().height() + self._shape.sizeHint().height()
        enough = self.height() >= lines
        self._title.setVisible(enough or not self._named_below)
        self._shape.setVisible((enough or self._named_below) and not self._fold.isChecked())

    def _on_fold(self, folded: bool) -> None:
        self._fold.setArrowType(Qt.ArrowType.RightArrow if folded else Qt.ArrowType.DownArrow)
        self._fold.setToolTip("Unfold this row" if folded else "Fold this row")
        self.heatmap.setVisible(not folded)
        self.colour_bar.setVisible(not folded)
        self.setMinimumHeight(FOLDED_HEIGHT if folded else LEAST_HEIGHT)
        self.setMaximumHeight(FOLDED_HEIGHT if folded else QWIDGETSIZE_MAX)

    # Qt's own

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._make_room()
