"""The heatmap as a widget: its contract, the pointer, the keyboard, what leaves it."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PySide6.QtCore import QEvent, QObject, QPoint, QPointF, Qt
from PySide6.QtGui import QColor, QGuiApplication, QHelpEvent, QImage, QPalette, QWheelEvent
from PySide6.QtWidgets import QApplication, QFileDialog, QToolTip, QWidget
from shiboken6 import isValid

from rnnviz.widgets.colours import NOT_FINITE, colour_table, lookup_table
from rnnviz.widgets.heatmap import Heatmap
from rnnviz.widgets.heatmap_export import MOST_VALUES
from rnnviz.widgets.heatmap_numbers import number_text
from rnnviz.widgets.source import ArraySource


class Counted(ArraySource):
    """A source that knows how many columns were read."""

    def __init__(self, values: object) -> None:
        super().__init__(values)
        self.columns_read = 0

    def read(self, first: int, last: int) -> np.ndarray:
        self.columns_read += last - first
        return super().read(first, last)


@pytest.fixture
def heatmap(qtbot):
    widget = Heatmap()
    qtbot.addWidget(widget)
    widget.resize(240, 120)
    return widget


def shown(qtbot, widget: QWidget) -> None:
    with qtbot.waitExposed(widget):
        widget.show()


def colour_at(heatmap: Heatmap, row: int, column: int) -> QColor:
    return heatmap.grab().toImage().pixelColor(heatmap.cell_rect(row, column).center())


def colours_across(heatmap: Heatmap) -> list[QColor]:
    """Return the colours of a line of pixels in the middle."""
    image = heatmap.grab().toImage()
    return [image.pixelColor(x, image.height() // 2) for x in range(image.width())]


def move_to(qtbot, heatmap: Heatmap, place: QPoint) -> None:
    qtbot.mouseMove(heatmap, place)
    QApplication.processEvents()


# Data


def test_values_are_a_copy_of_what_is_shown(heatmap):
    data = np.arange(12, dtype=np.float32).reshape(3, 4)
    heatmap.set_source(ArraySource(data))
    assert heatmap.values().shape == (3, 0)
    heatmap.show_columns(2)
    heatmap.values()[:] = 99
    np.testing.assert_array_equal(heatmap.values(), data[:, :2])
    assert heatmap.values().dtype == np.float32
    assert heatmap.columns_shown == 2
    with pytest.raises(ValueError, match="4 columns"):
        heatmap.show_columns(5)


def test_levels_are_fixed_and_checked(heatmap):
    heatmap.set_values([[5.0, -9.0]])
    assert heatmap.levels() == (-1, 1)
    heatmap.set_levels(-2, 2)
    assert heatmap.levels() == (-2, 2)
    for wrong in ((1, 1), (2, -2), (0, np.inf), (np.nan, 1)):
        with pytest.raises(ValueError, match="Levels"):
            heatmap.set_levels(*wrong)


def test_squares_have_the_colours_of_their_values(qtbot, heatmap):
    heatmap.set_values([[-1.0, 0.0, 1.0], [0.5, -7.0, np.nan]])
    shown(qtbot, heatmap)
    table = lookup_table(False)
    assert colour_at(heatmap, 0, 0).rgba() == table[0]
    assert colour_at(heatmap, 0, 1).rgba() == table[128]
    assert colour_at(heatmap, 0, 2).rgba() == table[255]
    assert colour_at(heatmap, 1, 0).rgba() == table[191]
    assert colour_at(heatmap, 1, 1).rgba() == table[0]
    assert colour_at(heatmap, 1, 2) == NOT_FINITE
    heatmap.set_levels(-0.5, 0.5)
    assert colour_at(heatmap, 1, 0).rgba() == table[255]


def test_what_is_not_shown_is_background(qtbot, heatmap):
    heatmap.set_source(ArraySource(np.ones((2, 4))))
    heatmap.show_columns(1)
    shown(qtbot, heatmap)
    window = heatmap.palette().color(QPalette.ColorRole.Window)
    assert colour_at(heatmap, 0, 0).rgba() == lookup_table(False)[255]
    assert colour_at(heatmap, 0, 1) == window
    heatmap.show_columns(2)
    assert colour_at(heatmap, 0, 1).rgba() == lookup_table(False)[255]
    heatmap.show_columns(0)
    assert colour_at(heatmap, 0, 0) == window


def test_new_values_of_the_same_shape_are_drawn(qtbot, heatmap):
    heatmap.set_values([[1.0], [1.0]])
    shown(qtbot, heatmap)
    assert colour_at(heatmap, 1, 0).rgba() == lookup_table(False)[255]
    heatmap.set_values([[1.0], [-1.0]])
    assert colour_at(heatmap, 0, 0).rgba() == lookup_table(False)[255]
    assert colour_at(heatmap, 1, 0).rgba() == lookup_table(False)[0]


@pytest.mark.parametrize("size", [(64, 64), (33, 200)])  # pooled rows, and rows of several pixels
def test_a_few_new_rows_are_drawn_alone_and_right(qtbot, heatmap, size):
    values = np.random.default_rng(1).uniform(-1, 1, (64, 64)).astype(np.float32)
    heatmap.resize(*size)
    heatmap.set_values(values)
    shown(qtbot, heatmap)
    heatmap.grab()
    for row, value in ((0, 1.0), (63, -1.0), (31, np.nan), (31, 0.5)):
        values[row, 7:9] = value
        heatmap.set_values(values)
        assert heatmap.has_not_finite == bool(np.isnan(values).any())
        np.testing.assert_array_equal(heatmap.values(), values)
    fresh = Heatmap()
    qtbot.addWidget(fresh)
    fresh.resize(*size)
    fresh.set_values(values)
    shown(qtbot, fresh)
    assert heatmap.grab().toImage() == fresh.grab().toImage()


def test_the_same_values_again_are_not_painted(qtbot, heatmap):
    values = np.zeros((64, 64), np.float32)
    heatmap.set_values(values)
    shown(qtbot, heatmap)
    QApplication.processEvents()
    paints: list[QEvent] = []

    class Watch(QObject):
        def eventFilter(self, watched: QObject, event: QEvent) -> bool:
            if event.type() == QEvent.Type.Paint:
                paints.append(event)
            return False

    watch = Watch()
    heatmap.installEventFilter(watch)
    heatmap.set_values(values)
    QApplication.processEvents()
    assert not paints
    values[5, 5] = 1
    heatmap.set_values(values)
    QApplication.processEvents()
    assert len(paints) == 1


def test_not_finite_is_found_once_it_is_shown(heatmap):
    data = np.zeros((3, 6000), np.float32)
    data[2, 5000] = -np.inf
    source = Counted(data)
    heatmap.set_source(source)
    heatmap.show_columns(5000)
    assert not heatmap.has_not_finite
    source.columns_read = 0
    heatmap.show_columns(5001)
    assert heatmap.has_not_finite
    assert source.columns_read == 1
    heatmap.set_values([[1.0]])
    assert not heatmap.has_not_finite


def test_columns_that_come_from_the_right_are_looked_through_when_they_come(heatmap):
    data = np.zeros((3, 6000), np.float32)
    data[2, 1000] = np.nan
    source = Counted(data)
    heatmap.set_source(source)
    heatmap.show_columns(6000)
    heatmap.hide_columns_before(1001)
    assert not heatmap.has_not_finite
    source.columns_read = 0
    heatmap.hide_columns_before(1000)
    assert heatmap.has_not_finite
    assert source.columns_read == 1
    heatmap.hide_columns_before(1001)
    assert not heatmap.has_not_finite
    heatmap.hide_columns_before(6000)
    assert not heatmap.has_not_finite


def test_columns_that_are_yet_to_come_from_the_right_are_background(qtbot, heatmap):
    heatmap.set_values(np.ones((1, 4)))
    there = colour_at(heatmap, 0, 3)
    heatmap.hide_columns_before(3)
    shown(qtbot, heatmap)
    window = heatmap.palette().color(QPalette.ColorRole.Window)
    assert [colour_at(heatmap, 0, k) for k in range(4)] == [window] * 3 + [there]
    assert np.isnan(heatmap.values()[:, :3]).all() and heatmap.values()[0, 3] == 1
    assert heatmap.cell_at(heatmap.cell_rect(0, 2).center()) is None
    assert heatmap.cell_at(heatmap.cell_rect(0, 3).center()) == (0, 3)
    heatmap.hide_columns_before(2)
    assert colour_at(heatmap, 0, 2) == there


@pytest.mark.parametrize("columns", [12, 5000])
def test_no_pixel_shows_what_is_yet_to_come_from_the_right(qtbot, heatmap, columns):
    data = np.zeros((1, columns), np.float32)
    data[0, : columns // 2] = 1
    heatmap.set_levels(-1, 1)
    heatmap.set_source(ArraySource(data))
    heatmap.show_columns(columns)
    shown(qtbot, heatmap)
    highest = colour_at(heatmap, 0, 0)
    assert highest in colours_across(heatmap)
    heatmap.hide_columns_before(columns // 2)
    assert highest not in colours_across(heatmap)


def test_an_outline_goes_round_its_columns(qtbot, heatmap):
    heatmap.set_values(np.zeros((2, 6)))
    heatmap.set_outline((1, 4))
    shown(qtbot, heatmap)
    link = heatmap.palette().color(QPalette.ColorRole.Link)
    left, right = heatmap.cell_rect(0, 1).left(), heatmap.cell_rect(0, 3).right()
    coloured = [x for x, colour in enumerate(colours_across(heatmap)) if colour == link]
    assert (coloured[0], coloured[-1]) == (left, right)
    heatmap.set_outline(None)
    assert link not in colours_across(heatmap)


def test_a_step_more_reads_that_step_alone(qtbot, heatmap):
    source = Counted(np.zeros((5, 20_000)))
    heatmap.set_source(source)
    heatmap.show_columns(15_000)
    shown(qtbot, heatmap)
    heatmap.repaint()
    source.columns_read = 0
    for count in range(15_001, 15_101):
        heatmap.show_columns(count)
        heatmap.set_step(count - 1)
        QApplication.processEvents()
    assert source.columns_read == 100


@pytest.mark.parametrize("shape", [(1, 100_001), (4096, 3)])
def test_a_spike_is_seen_at_any_size(qtbot, heatmap, shape):
    data = np.zeros(shape, np.float32)
    data[shape[0] // 3, shape[1] // 3] = 1
    heatmap.set_values(data)
    shown(qtbot, heatmap)
    image = heatmap.grab().toImage()
    spike = colour_table(False)[255]
    hits = sum(
        image.pixelColor(x, y).rgba() == spike
        for x in range(image.width())
        for y in range(image.height())
    )
    assert hits > 0
    place = heatmap.cell_rect(shape[0] // 3, shape[1] // 3).center()
    assert heatmap.cell_at(place) == (shape[0] // 3, shape[1] // 3)  # of those sharing the pixel


# Where squares are


@settings(max_examples=60)
@given(
    st.integers(1, 40),
    st.integers(1, 60),
    st.integers(60, 500),
    st.integers(40, 300),
    st.booleans(),
    st.data(),
)
def test_cell_at_inverts_cell_rect(qapp, rows, columns, width, height, row_axis, data):
    heatmap = Heatmap(row_axis=row_axis)
    heatmap.resize(width, height)
    heatmap.set_source(ArraySource(np.zeros((rows, columns))), first_x=1)
    heatmap.show_columns(columns)
    row = data.draw(st.integers(0, rows - 1))
    column = data.draw(st.integers(0, columns - 1))
    rect = heatmap.cell_rect(row, column)
    if (width - 36 * row_axis) >= columns and height >= rows:
        corners = (rect.topLeft(), rect.topRight(), rect.bottomLeft(), rect.bottomRight())
        for place in (*corners, rect.center()):
            assert heatmap.cell_at(place) == (row, column)
    heatmap.deleteLater()


def test_no_square_outside_or_beyond_what_is_shown(heatmap):
    heatmap.set_source(ArraySource(np.zeros((2, 4))))
    heatmap.show_columns(3)
    assert heatmap.cell_at(QPoint(5, 5)) == (0, 0)
    assert heatmap.cell_at(QPointF(179.5, 119.5)) == (1, 2)
    assert heatmap.cell_at(QPoint(200, 5)) is None
    for outside in (QPoint(-1, 5), QPoint(5, -1), QPoint(240, 5), QPoint(5, 120)):
        assert heatmap.cell_at(outside) is None


def test_the_row_axis_is_no_square(qtbot):
    heatmap = Heatmap(row_axis=True)
    qtbot.addWidget(heatmap)
    heatmap.resize(236, 100)
    heatmap.set_values(np.zeros((2, 2)))
    assert heatmap.cell_at(QPoint(20, 20)) is None
    assert heatmap.cell_rect(0, 0).left() == 36


# The pointer


def test_hovering_is_told_when_it_changes(qtbot, heatmap):
    heatmap.set_values(np.zeros((2, 2)))
    shown(qtbot, heatmap)
    told: list[tuple[int, int]] = []
    heatmap.cell_hovered.connect(lambda row, column: told.append((row, column)))
    first = heatmap.cell_rect(0, 0).center()
    move_to(qtbot, heatmap, first)
    move_to(qtbot, heatmap, first + QPoint(3, 3))
    move_to(qtbot, heatmap, heatmap.cell_rect(1, 1).center())
    QApplication.sendEvent(heatmap, QEvent(QEvent.Type.Leave))
    assert told == [(0, 0), (1, 1), (-1, -1)]


@pytest.mark.parametrize("zoomable", [False, True])
def test_a_click_is_told_and_a_drag_is_not(qtbot, zoomable):
    heatmap = Heatmap(zoomable=zoomable)
    qtbot.addWidget(heatmap)
    heatmap.resize(240, 120)
    heatmap.set_values(np.zeros((2, 4)))
    shown(qtbot, heatmap)
    told: list[tuple[int, int]] = []
    heatmap.cell_clicked.connect(lambda row, column: told.append((row, column)))
    place = heatmap.cell_rect(1, 2).center()
    qtbot.mouseClick(heatmap, Qt.MouseButton.LeftButton, pos=place)
    assert told == [(1, 2)]
    qtbot.mouseClick(heatmap, Qt.MouseButton.RightButton, pos=place)
    qtbot.mousePress(heatmap, Qt.MouseButton.LeftButton, pos=place)
    qtbot.mouseMove(heatmap, place - QPoint(40, 0))
    qtbot.mouseRelease(heatmap, Qt.MouseButton.LeftButton, pos=place - QPoint(40, 0))
    assert told == [(1, 2)]


def wheel(heatmap: Heatmap) -> QWheelEvent:
    place = QPointF(heatmap.rect().center())
    event = QWheelEvent(
        place,
        QPointF(heatmap.mapToGlobal(place)),
        QPoint(0, 0),
        QPoint(0, 120),
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(heatmap, event)
    return event


def test_the_wheel_zooms_in_x_alone_and_within_limits(qtbot):
    heatmap = Heatmap(zoomable=True)
    qtbot.addWidget(heatmap)
    heatmap.resize(200, 100)
    heatmap.set_values(np.zeros((4, 100)))
    heatmap.set_x_limits(-0.5, 99.5)
    shown(qtbot, heatmap)
    assert heatmap.x_range() == (-0.5, 99.5)
    wheel(heatmap)
    left, right = heatmap.x_range()
    assert right - left < 99
    assert heatmap.cell_rect(3, 50).bottom() == heatmap.height() - 1  # all rows stay in sight
    for _ in range(200):
        wheel(heatmap)
    left, right = heatmap.x_range()
    assert right - left == pytest.approx(2)
    heatmap.fit_columns()
    assert heatmap.x_range() == (-0.5, 99.5)


def test_a_heatmap_that_does_not_zoom_leaves_the_wheel_to_what_scrolls(qtbot, heatmap):
    heatmap.set_values(np.zeros((4, 100)))
    shown(qtbot, heatmap)
    assert not wheel(heatmap).isAccepted()
    assert heatmap.x_range() == (-0.5, 99.5)


def test_dragging_pans(qtbot):
    heatmap = Heatmap(zoomable=True)
    qtbot.addWidget(heatmap)
    heatmap.resize(200, 100)
    heatmap.set_values(np.zeros((4, 100)))
    heatmap.set_x_range(20, 40)
    shown(qtbot, heatmap)
    qtbot.mousePress(heatmap, Qt.MouseButton.LeftButton, pos=QPoint(100, 50))
    for x in (120, 140, 150):
        qtbot.mouseMove(heatmap, QPoint(x, 50))
    qtbot.mouseRelease(heatmap, Qt.MouseButton.LeftButton, pos=QPoint(150, 50))
    left, right = heatmap.x_range()
    assert right - left == pytest.approx(20)
    assert left == pytest.approx(15)


def test_heatmaps_of_one_range_show_the_same_x(qtbot):
    one, other = Heatmap(zoomable=True, row_axis=True), Heatmap(row_axis=True)
    for heatmap in (one, other):
        qtbot.addWidget(heatmap)
        heatmap.resize(300, 100)
    one.set_source(ArraySource(np.zeros((2, 101))), first_x=0)
    other.set_source(ArraySource(np.zeros((2, 100))), first_x=1, fit=False)
    other.show_columns(100)
    one.show_columns(101)
    for heatmap in (one, other):
        heatmap.set_x_range(9.5, 20.5)
    step = one.cell_rect(0, 12)
    assert other.cell_rect(0, 11) == step


def test_a_range_ascends(heatmap):
    with pytest.raises(ValueError, match="ascend"):
        heatmap.set_x_range(3, 3)


def test_dragging_stays_within_limits_and_is_told(qtbot):
    heatmap = Heatmap(zoomable=True)
    qtbot.addWidget(heatmap)
    heatmap.resize(200, 100)
    heatmap.set_values(np.zeros((4, 100)))
    heatmap.set_x_limits(-0.5, 99.5)
    heatmap.set_x_range(5, 25)
    shown(qtbot, heatmap)
    told: list[tuple[float, float]] = []
    heatmap.range_changed.connect(lambda low, high: told.append((low, high)))
    qtbot.mousePress(heatmap, Qt.MouseButton.LeftButton, pos=QPoint(20, 50))
    qtbot.mouseMove(heatmap, QPoint(180, 50))
    qtbot.mouseRelease(heatmap, Qt.MouseButton.LeftButton, pos=QPoint(180, 50))
    assert heatmap.x_range() == (-0.5, 19.5)
    assert told == [(-0.5, 19.5)]


def test_the_tooltip_is_that_of_the_square_under_the_pointer(qtbot, heatmap):
    heatmap.set_values(np.zeros((2, 2)))
    heatmap.set_tooltip(lambda row, column: f"square {row}, {column}")
    shown(qtbot, heatmap)
    place = heatmap.cell_rect(1, 0).center()
    move_to(qtbot, heatmap, place)
    QApplication.sendEvent(
        heatmap, QHelpEvent(QEvent.Type.ToolTip, place, heatmap.mapToGlobal(place))
    )
    assert QToolTip.text() == "square 1, 0"
    move_to(qtbot, heatmap, heatmap.cell_rect(0, 1).center())
    qtbot.waitUntil(lambda: not QToolTip.isVisible())
    assert heatmap.toolTip() == "square 0, 1"


# Marks


def test_the_cursor_frames_its_column(qtbot, heatmap):
    heatmap.set_values(np.zeros((2, 6)))
    heatmap.set_step(3)
    shown(qtbot, heatmap)
    image = heatmap.grab().toImage()
    rect = heatmap.cell_rect(0, 3)
    accent = heatmap.palette().color(QPalette.ColorRole.Accent)
    window = heatmap.palette().color(QPalette.ColorRole.Window)
    across = [image.pixelColor(x, 60) for x in range(rect.left() - 3, rect.left() + 3)]
    assert across[1:5] == [window, accent, accent, window]
    assert accent not in (across[0], across[5])
    heatmap.set_step(None)
    assert heatmap.grab().toImage().pixelColor(rect.left(), 60) != accent


def test_dimming_blends_towards_the_window(qtbot, heatmap):
    heatmap.set_values(np.ones((1, 2)))
    heatmap.set_step(None, dim_from=1)
    shown(qtbot, heatmap)
    clear, dimmed = colour_at(heatmap, 0, 0), colour_at(heatmap, 0, 1)
    window = heatmap.palette().color(QPalette.ColorRole.Window)
    for part in ("red", "green", "blue"):
        blend = 0.45 * getattr(clear, part)() + 0.55 * getattr(window, part)()
        assert getattr(dimmed, part)() == pytest.approx(blend, abs=2)
    heatmap.set_step(None)
    assert colour_at(heatmap, 0, 1) == clear


@pytest.mark.parametrize(
    ("rows", "columns", "lit"),
    [
        (None, None, {(r, c) for r in range(3) for c in range(3)}),
        ({1}, None, {(1, 0), (1, 1), (1, 2)}),
        (None, {0, 2}, {(r, c) for r in range(3) for c in (0, 2)}),
        ({0, 1}, {2}, {(0, 2), (1, 2)}),
        (set(), None, set()),
        ({7}, None, set()),
    ],
)
def test_emphasis_dims_everything_else(qtbot, heatmap, rows, columns, lit):
    heatmap.set_values(np.ones((3, 3)))
    heatmap.set_emphasis(rows, columns)
    shown(qtbot, heatmap)
    full = QColor.fromRgb(int(lookup_table(False)[255]))
    image = heatmap.grab().toImage()
    places = {(r, c): heatmap.cell_rect(r, c).center() for r in range(3) for c in range(3)}
    assert {cell for cell, place in places.items() if image.pixelColor(place) == full} == lit


def test_the_gap_sets_the_first_column_apart(qtbot):
    heatmap = Heatmap(gap_after_first=True)
    qtbot.addWidget(heatmap)
    heatmap.resize(200, 50)
    heatmap.set_values(np.ones((1, 5)))
    shown(qtbot, heatmap)
    window = heatmap.palette().color(QPalette.ColorRole.Window)
    image = heatmap.grab().toImage()
    strip = [x for x in range(200) if image.pixelColor(x, 25) == window]
    assert strip == [37, 38, 39, 40, 41, 42]
    heatmap.set_values(np.ones((1, 50)))
    image = heatmap.grab().toImage()
    assert not any(image.pixelColor(x, 25) == window for x in range(200))


def test_numbers_stand_in_large_squares_alone(qtbot, heatmap):
    heatmap.set_values(np.full((2, 4), 0.25))
    heatmap.set_decimals(2)
    shown(qtbot, heatmap)
    ink = QColor("black")

    def inked(row: int, column: int) -> bool:
        rect = heatmap.cell_rect(row, column)
        image = heatmap.grab().toImage().copy(rect)
        return any(
            image.pixelColor(x, y) == ink
            for x in range(image.width())
            for y in range(image.height())
        )

    assert inked(0, 0)
    assert inked(1, 3)
    heatmap.resize(4 * 31, 120)
    assert not inked(0, 0)


@pytest.mark.parametrize(
    ("value", "decimals", "text"),
    [
        (-0.256, 2, "−0.26"),
        (-0.04, 1, "0.0"),
        (-0.0, 0, "0"),
        (-10.0, 0, "−10"),
        (3.0, 1, "3.0"),
        (float("nan"), 1, "NaN"),
        (float("-inf"), 1, "−∞"),
    ],
)
def test_numbers_read_as_mathematics(value, decimals, text):
    assert number_text(value, decimals) == text


def test_the_theme_is_followed(qtbot, heatmap):
    heatmap.set_values([[1.0]])
    shown(qtbot, heatmap)
    palette = QPalette(heatmap.palette())
    palette.setColor(QPalette.ColorRole.Window, QColor("#16181d"))
    heatmap.setPalette(palette)
    assert colour_at(heatmap, 0, 0).rgba() == lookup_table(True)[255]
    heatmap.show_columns(0)
    assert colour_at(heatmap, 0, 0) == QColor("#16181d")


# What leaves it


@given(
    st.lists(
        st.lists(st.floats(width=32, allow_nan=True), min_size=3, max_size=3),
        min_size=1,
        max_size=4,
    )
)
def test_copied_values_parse_back_exactly(qapp, rows):
    heatmap = Heatmap()
    heatmap.set_values(rows)
    heatmap.copy_values()
    text = QGuiApplication.clipboard().text()
    back = np.array([[float(word) for word in line.split("\t")] for line in text.split("\n")])
    expected = np.array(rows, np.float32)
    np.testing.assert_array_equal(back.astype(np.float32), expected)
    number = ~np.isnan(expected)  # the sign of a NaN means nothing, and text has none
    np.testing.assert_array_equal(np.signbit(back[number]), np.signbit(expected[number]))
    heatmap.deleteLater()


def test_ctrl_c_copies_after_a_click(qtbot):
    window = QWidget()
    qtbot.addWidget(window)
    window.resize(200, 200)
    heatmap = Heatmap(window)
    heatmap.resize(100, 100)
    heatmap.set_values([[0.1, -2.0]])
    with qtbot.waitActive(window):
        window.show()
        window.activateWindow()
    QGuiApplication.clipboard().setText("before")
    qtbot.mouseClick(heatmap, Qt.MouseButton.LeftButton, pos=QPoint(5, 5))
    qtbot.keyClick(heatmap, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert QGuiApplication.clipboard().text() == "0.1\t-2.0"


def test_too_many_values_are_not_copied(qtbot, heatmap):
    heatmap.set_values(np.zeros((1, MOST_VALUES + 1), np.float32))
    with qtbot.waitSignal(heatmap.failed) as told:
        heatmap.copy_values()
    assert "1,000,001" in told.args[0]


def test_the_menu_copies_and_saves(qtbot, heatmap, tmp_path):
    heatmap.set_values([[4.0]])
    heatmap.setObjectName("view.equation.W_hh")
    copy, save = heatmap.context_menu().actions()
    assert (copy.text(), save.text()) == ("Copy values", "Save picture…")
    copy.trigger()
    save.trigger()
    dialog = heatmap.findChild(QFileDialog, "save_picture")
    dialog.selectFile(str(tmp_path / "picture"))
    dialog.accept()
    assert QGuiApplication.clipboard().text() == "4.0"
    image = QImage(str(tmp_path / "picture.png"))
    assert (image.width(), image.height()) == (480, 240)
    assert heatmap.accessibleName() == "view.equation.W_hh"


def test_a_heatmap_may_go_while_it_is_asked_where_its_picture_goes(qtbot, tmp_path):
    heatmap = Heatmap()
    heatmap.set_values([[4.0]])
    heatmap.context_menu().actions()[1].trigger()
    dialog = heatmap.findChild(QFileDialog, "save_picture")
    assert dialog.isVisible()
    heatmap.deleteLater()
    qtbot.waitUntil(lambda: not isValid(dialog))
    assert not list(Path(tmp_path).iterdir())


def test_a_picture_of_twice_the_size_has_squares_of_whole_pixels(qtbot, heatmap):
    heatmap.set_values(np.linspace(-1, 1, 70).reshape(7, 10))
    shown(qtbot, heatmap)
    before = heatmap.grab().toImage()
    picture = heatmap.picture(2)
    table = set(lookup_table(False).tolist())
    middle = [picture.pixelColor(x, 8).rgba() for x in range(picture.width())]
    changes = [x for x in range(1, 480) if middle[x] in table and middle[x] != middle[x - 1]]
    assert changes == [48 * k + 1 for k in range(1, 10)]  # behind the hairline on each 48th
    assert heatmap.grab().toImage() == before


def test_a_picture_that_cannot_be_written_is_told(qtbot, heatmap, tmp_path):
    with qtbot.waitSignal(heatmap.failed) as told:
        heatmap.save_picture(tmp_path / "missing" / "picture.png")
    assert "cannot be written" in told.args[0]
    assert not list(Path(tmp_path).iterdir())
