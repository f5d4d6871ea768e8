"""The one heatmap of the program: timelines, matrices and vectors. It knows no network."""

from collections.abc import Collection, Sequence
from pathlib import Path

import numpy as np
from PySide6.QtCore import Signal
from PySide6.QtGui import QContextMenuEvent, QGuiApplication, QImage, QKeyEvent, QKeySequence
from PySide6.QtWidgets import QFileDialog, QMenu, QWidget

from rnnviz.widgets.heatmap_export import MOST_VALUES, picture_of, values_text
from rnnviz.widgets.heatmap_view import HeatmapView
from rnnviz.widgets.metrics import AXIS_WIDTH
from rnnviz.widgets.png import write_png
from rnnviz.widgets.source import ArraySource, Floats, Source, next_values


class Heatmap(HeatmapView):
    """Values as coloured squares, rows from the top, columns from the left.

    Parameters
    ----------
    row_axis : bool
        Whether row numbers stand at the left.
    zoomable : bool
        Whether the wheel zooms and dragging pans, in x only.
    gap_after_first : bool
        Whether a strip sets column 0 apart.

    Attributes
    ----------
    failed : Signal(str)
        A sentence for the user: something could not be copied or saved.
    """

    failed = Signal(str)

    def __init__(
        self,
        parent: QWidget | None = None,
        *,
        row_axis: bool = False,
        zoomable: bool = False,
        gap_after_first: bool = False,
    ) -> None:
        super().__init__(parent, row_axis=row_axis, zoomable=zoomable)
        self._looked = (0, 0)  # columns looked through for what is not finite: from, up to before
        self._not_finite = False
        self._squares.marks.gap_after_first = gap_after_first
        self.objectNameChanged.connect(self._name_itself)

    def _name_itself(self, name: str) -> None:
        if not self.accessibleName():
            self.setAccessibleName(name)

    # What is drawn

    def set_source(self, source: Source, *, first_x: int = 0, fit: bool = True) -> None:
        """Draw a source; none of its columns is shown until `show_columns` says so.

        Parameters
        ----------
        source : Source
            Has ``shape`` (rows, columns) and ``read(first, last)``.
        first_x : int
            The x of column 0's middle.
        fit : bool
            Whether all columns come into view; False leaves x as it is.
        """
        self._squares.set_source(source, first_x)
        self._look_anew()
        if fit:
            self.fit_columns()

    def set_values(self, values: object) -> None:
        """Draw a table (rows, columns), all of it; vectors are (n, 1) or (1, n).

        Where it has the shape of the one before, only rows that differ are drawn.
        """
        table, squares = np.asarray(values, np.float32), self._squares
        before = squares.source
        if table.shape != before.shape or squares.first_x or not isinstance(before, ArraySource):
            self.set_source(ArraySource(table))
            self.show_columns(table.shape[1])
            return
        rows = before.changed_rows(table) if squares.shown == table.shape[1] else None
        if rows is None:
            squares.source, squares.shown = ArraySource(table), table.shape[1]
            self._look_anew()
        elif rows[0] < rows[1]:
            self._looked, self._not_finite = (0, 0), False
            self._update_pixels(squares.take_rows(table, *rows))

    def show_columns(self, count: int) -> None:
        """Let the columns 0 to `count` - 1 exist; ValueError beyond what the source has."""
        total = self._squares.source.shape[1]
        if not 0 <= count <= total:
            raise ValueError(f"There are {total} columns; {count} cannot be shown.")
        before, self._squares.shown = self._squares.shown, count
        if count < before:  # pixels that several columns share would keep what is gone
            self._look_anew()
        else:
            self._update_columns(before, count)

    def hide_columns_before(self, first: int) -> None:
        """Let columns below `first` not exist, although others do: they come from the right."""
        marks = self._squares.marks
        if first != marks.absent_before:
            if first > marks.absent_before:  # what was found may be gone
                self._looked, self._not_finite = (0, 0), False
            span = sorted((first, marks.absent_before))
            marks.absent_before = first
            self._update_columns(*span)

    def set_outline(self, columns: tuple[int, int] | None) -> None:
        """Frame the columns from the first up to before the last one; None frames none."""
        if columns != self._squares.marks.outline:
            self._squares.marks.outline = columns
            self.update()

    @property
    def columns_shown(self) -> int:
        """So many columns exist by now."""
        return self._squares.shown

    def fit_columns(self) -> None:
        """Bring all columns into view, those not yet shown included."""
        columns = max(1, self._squares.source.shape[1])
        left = self._squares.first_x - 0.5
        self.set_x_range(left, left + columns)

    def _look_anew(self) -> None:
        """Draw everything anew, and look again for what is not finite."""
        self._looked, self._not_finite = (0, 0), False
        self._refresh()

    def _refresh(self) -> None:
        self._squares.refresh()
        self.update()

    def values(self) -> Floats:
        """Return a copy of what is shown, float32 (rows, columns_shown); NaN: not there yet."""
        found = np.array(self._squares.source.read(0, self._squares.shown), dtype=np.float32)
        found[:, : self._squares.marks.absent_before] = np.nan
        return found

    @property
    def has_not_finite(self) -> bool:
        """Whether NaN or infinity is among the values shown."""
        squares = self._squares
        begin, end = min(squares.marks.absent_before, squares.shown), squares.shown
        first, last = self._looked if self._looked[0] < self._looked[1] else (end, end)
        for low, high in ((begin, first), (last, end)):
            while low < high and not self._not_finite:
                values, low = next_values(squares.source, low, high)
                self._not_finite = not np.isfinite(values).all()
        self._looked = begin, end
        return self._not_finite

    def levels(self) -> tuple[float, float]:
        """Return the values of the lowest and the highest colour."""
        return self._squares.levels

    def set_levels(self, low: float, high: float) -> None:
        """Fix the values of the lowest and the highest colour; ValueError unless low < high."""
        if (low, high) == self._squares.levels:
            return
        low, high = float(low), float(high)
        if not (np.isfinite(high - low) and low < high):
            raise ValueError(f"Levels must be finite and ascend: {low}, {high}.")
        self._squares.levels = (low, high)
        self._refresh()

    # What is marked

    def set_step(
        self,
        cursor: int | None,
        previous: int | None = None,
        dim_from: int | None = None,
        dim_before: int | None = None,
    ) -> None:
        """Mark what belongs to a step.

        Parameters
        ----------
        cursor : int or None
            The column that is framed in the accent colour.
        previous : int or None
            The column that is framed with a thin muted line.
        dim_from : int or None
            This column and all after it, of those shown, are muted.
        dim_before : int or None
            All columns before this one are muted.
        """
        marks, nowhere = self._squares.marks, self._squares.source.shape[1]
        moved = [(marks.cursor, cursor), (marks.previous, previous)]
        ends = [at for one, other in moved if one != other for at in (one, other)]
        spans = [(at, at + 1) for at in ends if at is not None]
        dims = [nowhere if at is None else at for at in (marks.dim_from, dim_from)]
        spans.append((min(dims), min(max(dims), self._squares.shown)))
        befores = [0 if at is None else at for at in (marks.dim_before, dim_before)]
        spans.append((min(befores), min(max(befores), self._squares.shown)))
        marks.cursor, marks.previous = cursor, previous
        marks.dim_from, marks.dim_before = dim_from, dim_before
        for first, last in _merged(spans):
            self._update_columns(first, last)

    def set_emphasis(self, rows: Collection[int] | None, columns: Collection[int] | None) -> None:
        """Dim the squares outside of these rows and columns; None stands for all of them."""
        marks = self._squares.marks
        chosen = [None if cells is None else frozenset(cells) for cells in (rows, columns)]
        if chosen != [marks.rows, marks.columns]:
            marks.rows, marks.columns = chosen
            self.update()

    def set_frame(self, frame: tuple[int, int, int, int] | None) -> None:
        """Frame a block of squares: first and last row, first and last column."""
        if frame != self._squares.marks.frame:
            self._squares.marks.frame = frame
            self.update()

    def set_decimals(self, decimals: int | None) -> None:
        """Write the value in squares of 32 pixels and more, with so many decimals."""
        if decimals != self._squares.marks.decimals:
            self._squares.marks.decimals = decimals
            self.update()

    def set_text_scale(self, scale: float) -> None:
        """Make all text so many times as large."""
        self._squares.marks.text_scale = scale
        if self._labels is not None:
            self._labels.text_scale = scale
            self._axis_width = round(AXIS_WIDTH * scale)
        self._plot_anew()

    @property
    def axis_width_hint(self) -> int:
        """How wide the row axis would be if no name were cut, in pixels."""
        usual = round(AXIS_WIDTH * self._squares.marks.text_scale)
        return 0 if self._labels is None else max(usual, self._labels.width())

    def set_axis_width(self, width: int) -> None:
        """Give the row axis so many pixels; until the text is scaled again."""
        if self._labels is not None and width != self._axis_width:
            self._axis_width = width
            self._plot_anew()

    def set_row_names(self, names: Sequence[str]) -> None:
        """Write names at the row axis instead of numbers."""
        if self._labels is not None and tuple(names) != self._labels.names:
            self._labels.names = tuple(names)
            self.update()

    # What leaves it

    def copy_values(self) -> None:
        """Put the values shown on the clipboard, tab-separated, each exact."""
        count = self._squares.source.shape[0] * self._squares.shown
        if count > MOST_VALUES:
            self.failed.emit(f"Up to {MOST_VALUES:,} values can be copied; there are {count:,}.")
        else:
            QGuiApplication.clipboard().setText(values_text(self.values()))

    def picture(self, scale: float = 2.0) -> QImage:
        """Return what is in view, with `scale` pixels for each logical one."""
        return picture_of(self, scale, self._squares.inks.window)

    def save_picture(self, path: str | Path) -> None:
        """Write the picture as PNG; what goes wrong is told by `failed`."""
        try:
            write_png(self.picture(), path)
        except OSError as error:
            self.failed.emit(str(error))

    def context_menu(self) -> QMenu:
        """Return a new menu of what can be done with the heatmap."""
        menu = QMenu(self)
        menu.addAction("Copy values", QKeySequence.StandardKey.Copy, self.copy_values)
        menu.addAction("Save picture…", self._ask_where_to_save)
        return menu

    def _ask_where_to_save(self) -> None:
        """Ask, while all goes on: a heatmap may be gone before there is an answer."""
        dialog = QFileDialog(self, "Save picture", "", "PNG picture (*.png)")
        dialog.setObjectName("save_picture")
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setDefaultSuffix("png")
        dialog.selectFile(f"{self.objectName() or 'heatmap'}.png")
        dialog.fileSelected.connect(self.save_picture)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    # Qt's overrides

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.matches(QKeySequence.StandardKey.Copy):
            self.copy_values()
        else:
            event.ignore()  # a view would scroll

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        menu = self.context_menu()
        menu.aboutToHide.connect(menu.deleteLater)
        menu.popup(event.globalPos())


def _merged(spans: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Return the same columns in as few spans, those that touch made one."""
    merged: list[tuple[int, int]] = []
    for first, last in sorted(span for span in spans if span[0] < span[1]):
        if merged and first <= merged[-1][1]:
            merged[-1] = merged[-1][0], max(last, merged[-1][1])
        else:
            merged.append((first, last))
    return merged
