"""The plot of a difference: adding steps leaves the picture that drawing all at once does."""

import numpy as np
import pytest
from PySide6.QtCore import QPoint

from rnnviz.views.growth import GrowthPlot
from rnnviz.views.growth_pieces import Line

RIGHT = 100


@pytest.fixture
def plot(qtbot):
    made = GrowthPlot()
    qtbot.addWidget(made)
    made.resize(500, 120)
    made.set_right_gutter(RIGHT)
    made.show()
    return made


def lines(steps=200):
    values = 1e-8 * 1.1 ** np.arange(steps + 1)
    return [Line("nn.RNN", values), Line("", np.full(steps + 1, 1e-7), style="dots")]


def pixels(plot):
    image = plot.grab().toImage()
    return np.array(image.constBits()).reshape(image.height(), image.width(), 4).copy()


def shown(plot, steps, *, one_by_one, found, length=200):
    plot.set_range(-0.5, length + 0.5)
    plot.set_lines(found)
    plot.set_step(0)
    for step in range(1, steps + 1) if one_by_one else [steps]:
        plot.show_steps(step)
        plot.set_step(step)
        if one_by_one:
            plot.repaint()
    return pixels(plot)


@pytest.mark.parametrize("steps", [1, 2, 57, 200])
def test_step_by_step_it_is_the_picture_of_all_at_once(plot, steps):
    whole = shown(plot, steps, one_by_one=False, found=lines())
    np.testing.assert_array_equal(whole, shown(plot, steps, one_by_one=True, found=lines()))


@pytest.mark.parametrize("steps", [1, 6, 7, 998, 1500])
def test_also_where_steps_share_a_pixel(plot, steps):
    found = [Line("nn.RNN", np.random.default_rng(0).random(1501)), *lines(1500)[1:]]
    whole = shown(plot, steps, one_by_one=False, found=found, length=1500)
    late = shown(plot, steps, one_by_one=True, found=found, length=1500)
    np.testing.assert_array_equal(whole, late)


def test_going_back_to_a_shorter_run_leaves_nothing_behind(plot):
    short = shown(plot, 20, one_by_one=False, found=lines())
    shown(plot, 150, one_by_one=False, found=lines())
    assert np.array_equal(short, shown(plot, 20, one_by_one=False, found=lines()))


def test_the_largest_of_the_steps_that_share_a_pixel_is_drawn(plot):
    values = np.full(100_001, 1e-8)
    values[77_777] = 1.0
    plot.set_range(-0.5, 100_000.5)
    plot.set_lines([Line("a", values)])
    plot.show_steps(100_000)
    steps, magnitudes = plot.points(Line("a", values))
    assert len(steps) < 1_000
    at = int(magnitudes.argmax())
    assert magnitudes[at] == 1.0
    assert steps[at] <= 77_777 < steps[at + 1]


def test_what_is_not_computed_is_not_drawn(plot):
    values = np.full(201, np.nan)
    values[:5] = 1e-3
    plot.set_range(-0.5, 200.5)
    plot.show_steps(200)
    steps, _ = plot.points(Line("a", values))
    assert list(steps) == [0, 1, 2, 3, 4]


def test_a_difference_beyond_ten_makes_room_for_itself(plot):
    before = shown(plot, 10, one_by_one=False, found=lines())
    large = shown(plot, 10, one_by_one=False, found=[Line("a", np.full(201, 1e6))])
    assert not np.array_equal(before, large)
    area_top = plot.childAt(QPoint(0, 0))
    assert area_top is None  # nothing but what is painted
    assert plot.points(Line("a", np.full(201, np.inf)))[1].max() == np.inf
    shown(plot, 10, one_by_one=False, found=[Line("a", np.full(201, np.inf))])


def test_zero_lies_on_the_floor(plot):
    plot.set_range(-0.5, 10.5)
    plot.set_lines([Line("a", np.zeros(11))])
    plot.show_steps(10)
    assert np.isfinite(plot._y(np.zeros(3))).all()
