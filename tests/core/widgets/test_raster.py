"""Pixels against the definition: each pixel asked, one by one, which squares it shows."""

from math import floor

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rnnviz.pooling import Runs, pool_table
from rnnviz.widgets.grid import Axis, Grid
from rnnviz.widgets.raster import Colouring, Raster, peak
from rnnviz.widgets.source import ArraySource, level_for

PURPLE = 0xFFC21FD6
TABLE = np.append(np.arange(256, dtype=np.uint32) | 0xFF000000, np.uint32(PURPLE))
COLOURS = Colouring(TABLE, -1.0, 1.0)

lengths = st.integers(1, 23)
starts = st.integers(-40, 20).map(lambda n: n / 4)
sizes = st.one_of(st.integers(1, 64).map(lambda n: n / 32), st.integers(2, 90).map(lambda n: n / 8))
axes = st.builds(Axis, starts, sizes, lengths)
values = st.sampled_from([0.0, 0.25, -0.25, 0.5, -0.5, 1.0, -1.0, 3.0, np.nan, np.inf, -np.inf])


def cells_of_pixel(axis: Axis, pixel: int, count: int) -> list[int]:
    """Apply the two rules of the module's docstring to every cell."""
    if axis.size < 1:
        middles = (axis.start + axis.size * (cell + 0.5) for cell in range(count))
        return [cell for cell, middle in enumerate(middles) if floor(middle) == pixel]
    edges = [floor(axis.start + axis.size * cell + 0.5) for cell in range(count + 1)]
    return [cell for cell in range(count) if edges[cell] <= pixel < edges[cell + 1]]


def colour_of(shown: list[float]) -> int:
    """Return the colour of the value of largest magnitude, the first of several."""
    if not shown:
        return 0
    if not all(np.isfinite(shown)):
        return PURPLE
    value = max(shown, key=abs)
    return int(TABLE[round(min(max((value + 1) / 2, 0), 1) * 255)])


@st.composite
def tables(draw: st.DrawFn) -> np.ndarray:
    rows, columns = draw(st.integers(1, 9)), draw(st.integers(1, 40))
    some = draw(st.lists(values, min_size=1, max_size=30))
    return np.resize(np.array(some, np.float32), (rows, columns))


@given(tables(), axes, axes, st.data())
def test_pixels_follow_the_definition(table, x, y, data):
    rows, columns = table.shape
    shown = data.draw(st.integers(0, columns))
    raster = Raster(ArraySource(table), Grid(x, y), COLOURS)
    raster.extend(shown)
    for row in range(y.length):
        for column in range(x.length):
            inside = [
                float(table[r, c])
                for c in cells_of_pixel(x, column, shown)
                for r in cells_of_pixel(y, row, rows)
            ]
            assert raster.pixels[row, column] == colour_of(inside)


@given(tables(), axes, axes, st.data())
def test_growing_step_by_step_equals_drawing_at_once(table, x, y, data):
    columns = table.shape[1]
    stops = sorted(data.draw(st.lists(st.integers(0, columns), max_size=columns)))
    stepped = Raster(ArraySource(table), Grid(x, y), COLOURS)
    at_once = Raster(ArraySource(table), Grid(x, y), COLOURS)
    for stop in [*stops, columns]:
        stepped.extend(stop)
    at_once.extend(columns)
    np.testing.assert_array_equal(stepped.pixels, at_once.pixels)


class Watched(ArraySource):
    """Remembers which columns were read."""

    def __init__(self, values: object) -> None:
        super().__init__(values)
        self.reads: list[tuple[int, int]] = []

    def read(self, first: int, last: int) -> np.ndarray:
        self.reads.append((first, last))
        return super().read(first, last)


@pytest.mark.parametrize("size", [0.01, 0.7, 1.0, 3.3])
def test_one_more_step_reads_that_step_alone(size):
    source = Watched(np.zeros((3, 1000)))
    raster = Raster(source, Grid(Axis(0, size, 4000), Axis(0, 5, 15)), COLOURS)
    raster.extend(700)
    source.reads.clear()
    raster.extend(701)
    assert source.reads == [(700, 701)]


def test_reads_slices_and_only_what_is_visible():
    source = Watched(np.zeros((1, 30_000), np.float32))
    Raster(source, Grid(Axis(-100, 0.01, 100), Axis(0, 5, 5)), COLOURS).extend(30_000)
    assert source.reads[0][0] == 10_000
    assert source.reads[-1][1] == 20_000
    assert max(last - first for first, last in source.reads) <= 4096


@pytest.mark.parametrize("width", [1, 2, 7, 640, 1872])
@pytest.mark.parametrize("spike", [0, 1, 54_321, 100_000])
def test_a_spike_among_100_000_columns_keeps_its_colour(width, spike):
    values = np.full((2, 100_001), 0.1, np.float32)
    values[1, spike] = -1
    grid = Grid(Axis(0.0, width / 100_001, width), Axis(0.0, 10.0, 20))
    raster = Raster(ArraySource(values), grid, COLOURS)
    raster.extend(100_001)
    hit = raster.pixels == TABLE[0]
    assert not hit[:10].any()
    assert hit[10:].sum(axis=1).tolist() == [1] * 10


@pytest.mark.parametrize("height", [1, 100, 333, 1000])
@pytest.mark.parametrize("spike", [0, 2047, 4095])
def test_a_spike_among_4096_rows_keeps_its_colour(height, spike):
    values = np.full((4096, 3), -0.1, np.float32)
    values[spike, 1] = 1
    grid = Grid(Axis(0.0, 4.0, 12), Axis(0.0, height / 4096, height))
    raster = Raster(ArraySource(values), grid, COLOURS)
    raster.extend(3)
    assert (raster.pixels == TABLE[255]).sum() == 4


@given(axes, st.integers(1, 60))
def test_every_visible_pixel_of_the_table_belongs_to_a_cell(axis, count):
    for pixel in range(axis.length):
        first, last = axis.cells(pixel, pixel + 1, count)
        assert list(range(first, last)) == cells_of_pixel(axis, pixel, count)
        inside = axis.start + 1 <= pixel < axis.start + axis.size * count - 1
        assert not inside or first < last


def test_what_is_not_finite_beats_everything():
    row = np.array([[9, np.nan, 1, 1, -np.inf, 5, -7, 7]], np.float32)
    pooled = pool_table(row, None, Runs.of(np.array([4, 4, 5, 7, 7, 7, 8, 8])))
    np.testing.assert_array_equal(pooled, [[np.nan, 1, -np.inf, -7]])
    assert peak(row) == (0, 1)
    assert peak(np.array([[1, -3], [2, 0]], np.float32)) == (0, 1)


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("limit", [1e-45, 1e-42, 1e-38, 3.4e38])
def test_N6_denormal_and_largest_numbers_have_their_colours(limit):
    values = np.array([-limit, 0, limit], np.float32)
    colours = Colouring(TABLE, float(values[0]), float(values[2]))(values)
    assert colours.tolist() == [TABLE[0], TABLE[128], TABLE[255]]


def test_colours_saturate_beyond_the_levels():
    wide = Colouring(TABLE, -2.0, 2.0)(np.array([-1e38, -2, 0, 2, 1e38, np.nan], np.float32))
    assert wide.tolist() == [TABLE[0], TABLE[0], TABLE[128], TABLE[255], TABLE[255], PURPLE]


def test_a_source_refuses_what_is_no_table():
    with pytest.raises(ValueError, match=r"\(4,\)"):
        ArraySource([1, 2, 3, 4])


def test_a_source_keeps_its_own_copy():
    values = np.ones((1, 2), np.float32)
    source = ArraySource(values)
    values[:] = 5
    assert source.read(0, 2).tolist() == [[1, 1]]


class Pooled(Watched):
    """An array with pools, made by the definition."""

    has_pools = True

    def pooled(self, level: int, first: int, last: int) -> np.ndarray:
        size = 16**level
        self.reads.append((first * size, last * size))
        runs = self.values[:, first * size : last * size].reshape(-1, size)
        largest = [max(run.tolist(), key=abs) for run in runs]
        return np.array(largest, np.float32).reshape(len(self.values), last - first)


def pooled_axis(columns: int, width: int, source: ArraySource) -> Axis:
    size = width / columns
    return Axis(0.0, size, width, level_for(source, size))


@given(st.integers(700, 9000), st.integers(3, 40), st.integers(0, 2**20), st.data())
def test_pools_are_drawn_as_their_columns_would_be(columns, width, seed, data):
    """Every pixel shows the largest of the pools whose middle it holds, and of no other column."""
    values = np.random.default_rng(seed).normal(size=(2, columns)).astype(np.float32)
    shown = data.draw(st.integers(1, columns))
    source = Pooled(values)
    axis = pooled_axis(columns, width, source)
    raster = Raster(source, Grid(axis, Axis(0, 3, 6)), COLOURS)
    raster.extend(shown)
    together = 16**axis.level
    for pixel in range(width):
        inside = [
            column
            for column in range(shown)
            if floor(axis.size * (column // together + 0.5) * together + 1e-9) == pixel
        ]
        for row in range(2):
            expected = colour_of([float(values[row, column]) for column in inside])
            assert raster.pixels[3 * row, pixel] == expected


@given(st.integers(700, 9000), st.integers(3, 40), st.data())
def test_growing_with_pools_equals_drawing_at_once(columns, width, data):
    values = np.random.default_rng(columns).normal(size=(1, columns)).astype(np.float32)
    stops = sorted(data.draw(st.lists(st.integers(0, columns), max_size=12)))
    grid = Grid(pooled_axis(columns, width, Pooled(values)), Axis(0, 3, 3))
    stepped, at_once = (Raster(Pooled(values), grid, COLOURS) for _ in range(2))
    for stop in [*stops, columns]:
        stepped.extend(stop)
    at_once.extend(columns)
    np.testing.assert_array_equal(stepped.pixels, at_once.pixels)


def test_where_pools_are_few_a_pixel_columns_are_read():
    source = Pooled(np.zeros((1, 1000)))
    assert level_for(source, 1 / 31) == 0
    assert level_for(source, 1 / 32) == 1
    assert level_for(source, 1 / 511) == 1
    assert level_for(source, 1 / 512) == 2
    assert level_for(ArraySource(np.zeros((1, 1000))), 1 / 512) == 0


def test_a_pixel_is_asked_for_the_columns_that_it_shows():
    source = Pooled(np.zeros((1, 100_000), np.float32))
    axis = pooled_axis(100_000, 400, source)
    first, last = axis.cells(100, 101, 100_000)
    assert {axis.begin(column) for column in range(first, last)} == {100}
    assert axis.begin(first - 1) == 99
    assert axis.begin(last) == 101


def test_a_restart_draws_the_other_source():
    grid = Grid(Axis(0, 2, 6), Axis(0, 2, 2))
    raster = Raster(ArraySource([[1, 1, 1]]), grid, COLOURS)
    raster.extend(3)
    raster.restart(ArraySource([[-1, 0, 1]]), COLOURS)
    raster.extend(3)
    assert raster.pixels[0].tolist() == [TABLE[0]] * 2 + [TABLE[128]] * 2 + [TABLE[255]] * 2


def test_a_network_that_saturates_shows_both_signs():
    values = np.random.default_rng(0).choice(np.array([-1, 1], np.float32), (64, 6400))
    for source in (ArraySource(values), Pooled(values)):
        axis = pooled_axis(6400, 100, source)
        raster = Raster(source, Grid(axis, Axis(0.0, 0.5, 32)), COLOURS)
        raster.extend(6400)
        share = (raster.pixels == TABLE[255]).mean()
        assert 0.4 < share < 0.6
        assert ((raster.pixels == TABLE[255]) | (raster.pixels == TABLE[0])).all()
