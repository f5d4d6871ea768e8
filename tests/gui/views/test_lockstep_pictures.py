"""The pictures of the lockstep view: what nn.RNN returns, two biases, the table of names."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QEvent, QPoint, QPointF, QRectF, Qt
from PySide6.QtGui import QFontMetricsF, QHelpEvent, QImage, QPainter
from PySide6.QtWidgets import QApplication, QLabel, QToolTip
from torch import nn

from rnnviz import ElmanRNN
from rnnviz.lockstep.gradients import bias_gradients
from rnnviz.lockstep.grid import output_grid
from rnnviz.lockstep.scene import Setup
from rnnviz.networks import network_of
from rnnviz.networks.conversion import carry
from rnnviz.theme import THEMES, apply_theme, palette
from rnnviz.traces.run import Run
from rnnviz.views.lockstep_gradients import GradientsPicture
from rnnviz.views.lockstep_gradients_words import written
from rnnviz.views.lockstep_grid import GridPicture
from rnnviz.views.lockstep_grid_lanes import DIM
from rnnviz.views.lockstep_names import NamesTable
from rnnviz.views.lockstep_strips import paint_squares
from rnnviz.widgets.colours import colour_table
from rnnviz.widgets.raster import Colouring

I, WIDTH, MOST_HEIGHT = 4, 850, 170  # noqa: E741 (torch's own letter)
DARK = THEMES["dark"]


@pytest.fixture(autouse=True)
def dark(qapp):
    apply_theme(qapp, "dark")


def setup_of(module, steps, both=False):
    torch.manual_seed(3)
    x, h0 = torch.randn(steps, 2, I), torch.zeros(1, 2, module.hidden_size)
    return Setup("rnn", Run(network_of(module), x, h0), np.empty, 0, both)


def grid_of(steps=7, units=5, both=False, nonlinearity="tanh"):
    torch.manual_seed(0)
    return output_grid(setup_of(nn.RNN(I, units, nonlinearity=nonlinearity), steps, both))


def gradients_of(units=6):
    torch.manual_seed(2)
    module = ElmanRNN(I, units, 3)
    setup = setup_of(nn.RNN(I, units), 5)
    return bias_gradients(setup, network_of(module))


@pytest.fixture
def show(qtbot):
    """Return a function that shows a widget at a size."""

    def show_(widget, width=WIDTH, height=500):
        qtbot.addWidget(widget)
        widget.resize(width, height)
        with qtbot.waitExposed(widget):
            widget.show()
        return widget

    return show_


@pytest.fixture
def show_grid(show):
    def show_(grid, **size):
        picture = GridPicture()
        picture.set_grid(grid)
        return show(picture, **size)

    return show_


@pytest.fixture
def show_gradients(show):
    def show_(gradients, **size):
        picture = GradientsPicture()
        picture.set_gradients(gradients)
        return show(picture, **size)

    return show_


def image_of(widget, ratio=1.0):
    size = widget.size()
    image = QImage(
        round(size.width() * ratio), round(size.height() * ratio), QImage.Format.Format_RGB32
    )
    image.setDevicePixelRatio(ratio)
    widget.render(image)
    return image


def pixels(image):
    """Return the colours of an image, (height, width)."""
    whole = image.convertToFormat(QImage.Format.Format_RGB32)
    table = np.frombuffer(whole.constBits(), np.uint32).reshape(whole.height(), whole.width())
    return table | 0xFF000000


def part(table, rect, ratio=1.0):
    left, top = round(rect.left() * ratio), round(rect.top() * ratio)
    return table[top : round(rect.bottom() * ratio), left : round(rect.right() * ratio)]


def argb(colour):
    return int(colour.lstrip("#"), 16) | 0xFF000000


def channels(colour):
    return np.array([int(colour) >> shift & 255 for shift in (16, 8, 0)], float)


def box(table, colour):
    """Return the left, top, right and bottom of all pixels of a colour."""
    rows, columns = np.nonzero(table == argb(colour))
    return columns.min(), rows.min(), columns.max(), rows.max()


def middle_colours(table, square, units):
    """Return the colour in the middle of each unit of a square."""
    x = int(square.center().x())
    return [table[int(square.top() + (u + 0.5) * square.height() / units), x] for u in range(units)]


def colours_of(values, limit=1.0):
    return list(Colouring(colour_table(True), -limit, limit)(np.asarray(values)))


def tip_of(widget, place):
    at = place.toPoint()
    event = QHelpEvent(QEvent.Type.ToolTip, at, widget.mapToGlobal(at))
    QApplication.sendEvent(widget, event)
    return QToolTip.text()


def words(label):
    return label.text().replace("&nbsp;", " ")


# What nn.RNN returns


@pytest.mark.parametrize("both", [False, True])
def test_the_squares_within_the_outlines_are_what_the_call_returned(show_grid, both):
    grid = grid_of(both=both)
    picture = show_grid(grid)
    plan, table = picture.lanes.plan(), pixels(image_of(picture.lanes))
    units, lanes = grid.h_n.shape[1], len(grid.h_n)
    for lane in range(lanes):
        last = plan.square(lane, 0 if both and lane % 2 else grid.steps - 1)
        assert middle_colours(table, last, units) == colours_of(grid.h_n[lane])
    directions = 2 if both else 1
    for step in range(grid.steps):
        for half in range(directions):
            shown = middle_colours(table, plan.square(lanes - directions + half, step), units)
            assert shown == colours_of(grid.output[step, half * units : (half + 1) * units])


@pytest.mark.parametrize("both", [False, True])
def test_the_top_layer_lies_above_and_is_outlined_whole(show_grid, both):
    grid = grid_of(both=both)
    picture = show_grid(grid)
    plan, table = picture.lanes.plan(), pixels(image_of(picture.lanes))
    tops = [plan.strip(lane).top() for lane in range(len(grid.states))]
    assert max(tops[len(tops) // 2 :]) < min(tops[: len(tops) // 2])
    assert not both or (tops[2] < tops[3] and tops[0] < tops[1])  # forward before backward
    inside = plan.strip(len(tops) - 1).united(plan.strip(len(tops) // 2))
    below = table[: int(plan.strip(0).top())]
    columns = slice(int(inside.left()) - 9, int(inside.right()) + 9)
    under_title = slice(int(inside.top()) - 9, None)
    left, top, right, bottom = box(below[under_title, columns], DARK.accent)
    assert (left, top) == (0, 0) and right == columns.stop - columns.start - 1
    assert inside.bottom() < bottom + under_title.start < plan.strip(0).top()
    assert argb(DARK.accent) not in table[int(plan.strip(0).top()) :, columns]


def test_the_last_states_of_one_direction_have_one_outline(show_grid):
    grid = grid_of()
    picture = show_grid(grid)
    plan, table = picture.lanes.plan(), pixels(image_of(picture.lanes))
    column = plan.square(1, 6).united(plan.square(0, 6))
    under_title = int(column.top()) - 9
    beside = int(column.right()) + 9
    left, top, right, bottom = box(table[under_title:, :beside], DARK.focus)
    assert column.left() - left == 4 and right - column.right() == 3
    assert column.top() - (top + under_title) == 4
    assert bottom + under_title - column.bottom() == 3
    between = int((plan.strip(1).bottom() + plan.strip(0).top()) / 2)
    assert table[between, left] == argb(DARK.focus)


def test_the_last_states_of_both_directions_are_outlined_at_both_ends(show_grid):
    grid = grid_of(both=True)
    picture = show_grid(grid)
    plan, table = picture.lanes.plan(), pixels(image_of(picture.lanes))
    for lane in range(4):
        around = [
            step
            for step in range(grid.steps)
            if table[int(plan.strip(lane).center().y()), int(plan.square(lane, step).right()) + 1]
            == argb(DARK.focus)
        ]
        assert around == [0 if lane % 2 else grid.steps - 1]


def test_the_state_that_output_has_instead_of_the_last_is_marked(show_grid):
    grid = grid_of(both=True)
    picture = show_grid(grid)
    plan, table = picture.lanes.plan(), pixels(image_of(picture.lanes))
    wrong = plan.square(3, grid.steps - 1)
    line = table[int(wrong.top()) + 1 : int(wrong.bottom()) - 1, int(wrong.left()) - 1]
    dashes = line == argb(DARK.accent)
    assert dashes.any() and not dashes.all()
    one = show_grid(grid_of())
    corner = one.lanes.plan().square(1, 6)
    inner = part(pixels(image_of(one.lanes)), corner)
    assert argb(DARK.accent) not in inner


def test_an_arrow_below_each_lane_points_at_its_last_step(show_grid):
    picture = show_grid(grid_of(both=True))
    plan, table = picture.lanes.plan(), pixels(image_of(picture.lanes))
    for lane in range(4):
        strip = plan.strip(lane)
        below = table[int(strip.bottom()) + 5 : int(strip.bottom()) + 16]
        drawn = (below == argb(DARK.muted)).sum(axis=0)
        head = int(np.argmax(drawn))
        assert drawn[head] >= 5
        beside = plan.square(lane, 1 if lane % 2 else 5)
        assert beside.left() <= head <= beside.right()
        end = beside.left() if lane % 2 else beside.right()
        assert abs(head - end) < 14


def test_states_that_are_not_returned_are_dim(show_grid):
    grid = grid_of()
    picture = show_grid(grid)
    plan, table = picture.lanes.plan(), pixels(image_of(picture.lanes))
    plain = colours_of(grid.states[0, 2])
    window = channels(argb(DARK.window))
    for seen, colour in zip(middle_colours(table, plan.square(0, 2), 5), plain, strict=True):
        wanted = channels(colour) + (window - channels(colour)) * DIM / 255
        assert channels(seen) == pytest.approx(wanted, abs=2)


@pytest.mark.parametrize("ratio", [1.0, 1.25, 1.5, 2.0])
def test_squares_cover_whole_device_pixels(show_grid, ratio):
    grid = grid_of(units=12, both=True)
    picture = show_grid(grid, width=WIDTH + 3, height=473)
    plan, table = picture.lanes.plan(), pixels(image_of(picture.lanes, ratio))
    middle = plan.square(2, 3)  # of the top layer, away from outlines
    seen = set(part(table, middle.adjusted(2, 2, -2, -2), ratio).flat)
    assert seen <= {*colours_of(grid.states[2, 3]), argb(DARK.window)}
    accent = table[: round(plan.strip(0).top() * ratio)] == argb(DARK.accent)
    assert (accent.sum(axis=0) > 100 * ratio).sum() >= 2 * int(3 * ratio)  # both upright lines


def test_the_largest_of_the_units_that_share_a_pixel_is_seen(show_grid):
    grid = grid_of(units=512)
    grid.states[1] *= 0.01
    grid.states[1, 3, 200] = -1.0
    picture = show_grid(grid, height=400)
    plan = picture.lanes.plan()
    assert plan.strip(1).height() < 256
    inside = part(pixels(image_of(picture.lanes)), plan.square(1, 3))
    assert colours_of([-1.0])[0] in inside
    assert colours_of([-1.0])[0] not in part(pixels(image_of(picture.lanes)), plan.square(1, 2))


def test_relu_states_have_a_range_of_their_own(show_grid):
    grid = grid_of(nonlinearity="relu")
    grid.states[:] *= 2.4 / np.abs(grid.states).max()
    picture = show_grid(grid)
    assert "colours from −3 to 3" in picture.text()
    grid.states[0, 0, 0] = np.nan
    picture.set_grid(grid)
    table = pixels(image_of(picture.lanes))
    assert "colours from −3 to 3" in picture.text()
    shown = middle_colours(table, picture.lanes.plan().square(1, 2), 5)
    assert shown == colours_of(grid.states[1, 2], 3.0)


@pytest.mark.parametrize("both", [False, True])
def test_its_text_has_the_shapes_of_the_call(show_grid, both):
    picture = show_grid(grid_of(both=both))
    with torch.no_grad():
        output, h_n = nn.RNN(I, 5, 2, bidirectional=both)(torch.zeros(7, 1, I))
    lines = picture.text().splitlines()
    assert lines[0] == f"output (T, B, D·H) = {tuple(output.shape)}"
    assert lines[1] == f"h_n (D·L, B, H) = {tuple(h_n.shape)}"
    if both:
        assert "layer 1 ← ends at t = 1: h_n[3]" in lines
        assert (
            "output[-1, :, H:] has read only x_7; the backward direction ends at t = 1: "
            "h_n[3] is output[0, :, H:]." in lines
        )
        assert torch.equal(h_n[3], output[0, :, 5:]) and not torch.equal(h_n[3], output[-1, :, 5:])
    else:
        assert "layer 1 → ends at t = 7: h_n[1]" in lines
        assert torch.equal(h_n[1], output[-1])
    assert picture.accessibleDescription() == picture.text()
    note = picture.findChild(QLabel, "view.lockstep.grid.note")
    assert ("has read only <i>x</i><sub>7</sub>" in words(note)) == both


def test_of_a_single_step_nothing_is_taken_for_something_else(show_grid):
    picture = show_grid(grid_of(steps=1, units=1, both=True), height=400)
    note = picture.findChild(QLabel, "view.lockstep.grid.note")
    assert words(note) == "With a single step both directions end at t = 1."
    assert (
        "T = 1 step, B = 1 sequence, L = 2 layers, D = 2 directions, H = 1 unit" in picture.text()
    )
    image_of(picture)


@pytest.mark.parametrize(
    ("lane", "step", "unit", "places"),
    [
        (3, 0, 2, ["output[0, 0, 7]", "h_n[3, 0, 2]"]),
        (3, 6, 2, ["output[6, 0, 7]"]),
        (2, 6, 4, ["output[6, 0, 4]", "h_n[2, 0, 4]"]),
        (1, 0, 0, ["h_n[1, 0, 0]"]),
        (0, 3, 1, ["not returned"]),
    ],
)
def test_a_square_says_where_it_is_returned(show_grid, lane, step, unit, places):
    grid = grid_of(both=True)
    picture = show_grid(grid)
    square = picture.lanes.plan().square(lane, step)
    place = QPointF(square.center().x(), square.top() + (unit + 0.5) * square.height() / 5)
    head, *rest = tip_of(picture.lanes, place).splitlines()
    arrow = "←" if lane % 2 else "→"
    value = f"{grid.states[lane, step, unit]:.4f}".replace("-", "−")
    assert head == f"layer {lane // 2} {arrow}, t = {step + 1}, unit {unit}: {value}"
    assert rest == places
    for named in rest:
        where = {"output": grid.output, "h_n": grid.h_n}.get(named.split("[")[0])
        if where is not None:
            first, _, last = map(int, named.partition("[")[2].rstrip("]").split(","))
            assert where[first, last] == grid.states[lane, step, unit]
    QToolTip.hideText()


def test_nothing_is_said_beside_the_squares(show_grid):
    picture = show_grid(grid_of())
    assert picture.lanes.plan().at(QPointF(2, 2)) is None


@pytest.mark.parametrize("both", [False, True])
@pytest.mark.parametrize("scale", [1.0, 1.5])
def test_the_grid_fits_the_page(qtbot, both, scale):
    picture = GridPicture()
    qtbot.addWidget(picture)
    picture.set_text_scale(scale)
    picture.set_grid(grid_of(steps=12, units=512, both=both))
    least = picture.minimumSizeHint()
    assert least.width() <= WIDTH and least.height() <= 400 * scale
    picture.resize(WIDTH, round(420 * scale))
    with qtbot.waitExposed(picture):
        picture.show()
    plan, lanes = picture.lanes.plan(), picture.lanes
    assert plan.axis + 10 * scale <= lanes.height()
    assert plan.strip(0).right() < lanes.width() - 40 * scale


@pytest.mark.parametrize(("width", "height"), [(760, 476), (1015, 476), (850, 520)])
def test_on_a_low_page_the_strips_give_way_and_the_steps_keep_their_numbers(show, width, height):
    picture = GridPicture()
    picture.set_text_scale(1.5)
    picture.set_grid(grid_of(steps=12, both=True))
    show(picture, width=width, height=height)
    lanes = picture.lanes
    plan, table = lanes.plan(), pixels(image_of(lanes))
    assert lanes.height() < lanes.minimumSizeHint().height()
    below = table[int(plan.axis) :, int(plan.square(0, 11).left()) : int(plan.strip(0).right())]
    _, top, _, bottom = box(below, DARK.muted)
    assert bottom - top > 8 and bottom < len(below) - 1  # the twelve is there, all of it
    assert plan.strip_height >= 16


# Two biases


def oracle(module, cell):
    """Return torch's gradients of ElmanRNN's bias, and of the cell's two."""
    torch.manual_seed(3)
    x = torch.randn(5, 2, I)
    h = g = torch.zeros(2, cell.hidden_size)
    for x_t in x:
        h, g = cell(x_t, h), torch.tanh(x_t @ module.W_ih.T + module.b_ih + g @ module.W_hh.T)
    (h.square().mean() / 2).backward()
    (g.square().mean() / 2).backward()
    return module.b_ih.grad, cell.bias_ih.grad, cell.bias_hh.grad


def test_the_gradients_are_those_of_autograd_and_so_is_the_step(show_gradients):
    torch.manual_seed(2)
    module = ElmanRNN(I, 6, 3)
    cell = carry(module, "rnn_cell").module
    lines = show_gradients(gradients_of()).text().splitlines()
    one, ih, hh = oracle(module, cell)
    unit = int(one.abs().argmax())
    named = zip(
        ("ElmanRNN, gradient of b", "nn.RNNCell, gradient of b_ih", "nn.RNNCell, gradient of b_hh"),
        (one, ih, hh),
        lines[1:4],
        strict=True,
    )
    for name, gradient, line in named:
        said, _, figure = line.rpartition(": ")
        assert said == f"{name} at unit {unit}"
        assert float(figure.replace("−", "-")) == pytest.approx(float(gradient[unit]), rel=5e-4)
    step = lines[4].replace("−", "-")
    assert step.startswith("One step of SGD, η = 0.1: b moved by ")
    moved, both = (
        float(step.split(start)[1].split(end)[0])
        for start, end in (("b moved by ", ", b_ih"), ("b_hh by ", ": 2"))
    )
    assert moved == pytest.approx(-0.1 * float(one[unit]), rel=6e-4)
    assert both == pytest.approx(-0.1 * float(ih[unit] + hh[unit]), rel=6e-4)
    assert step.endswith(": 2.00 times as far.")


def test_one_range_of_colours_shows_that_all_three_are_equal(show_gradients):
    gradients = gradients_of()
    picture = show_gradients(gradients, height=160)
    strips = picture.strips
    table = pixels(image_of(strips))
    rows = []
    for row in range(3):
        strip = strips.strip(row)
        y, wide = int(strip.center().y()), strip.width() / 6
        rows.append([table[y, int(strip.left() + (u + 0.5) * wide)] for u in range(6)])
    assert rows[0] == rows[1] == rows[2]
    ends = picture.text().splitlines()[0].rpartition("colours from −")[2]
    assert rows[0] == colours_of(gradients.one, float(ends.partition(" to ")[0]))


def test_the_unit_in_numbers_is_outlined_in_all_strips(show_gradients):
    gradients = gradients_of()
    picture = show_gradients(gradients, height=160)
    strips = picture.strips
    table = pixels(image_of(strips))
    wide = strips.strip(0).width() / 6
    left = round(strips.strip(0).left() + gradients.unit * wide)
    for row in range(3):
        y = int(strips.strip(row).center().y())
        edges = np.nonzero(table[y, : int(strips.strip(0).right()) + 4] == argb(DARK.accent))[0]
        assert abs(edges.min() - left) <= 4 and abs(edges.max() - (left + wide)) <= 4


def test_a_unit_says_its_three_numbers(show_gradients):
    gradients = gradients_of()
    picture = show_gradients(gradients, height=160)
    strips = picture.strips
    strip = strips.strip(1)
    lines = tip_of(strips, QPointF(strip.left() + strip.width() * 4.5 / 6, strip.center().y()))
    head, *numbers = lines.splitlines()
    assert head == "unit 4"
    found = [np.float32(line.rpartition(": ")[2].replace("−", "-")) for line in numbers]
    assert found == [gradients.one[4], gradients.ih[4], gradients.hh[4]]
    QToolTip.hideText()


def without(gradients, value):
    """Return gradients that are all `value`, and the movement that SGD would make of it."""
    all_of_it = np.full_like(gradients.one, value)
    return replace(
        gradients,
        one=all_of_it,
        ih=all_of_it,
        hh=all_of_it,
        moved_one=-0.1 * all_of_it,
        moved_two=-0.2 * all_of_it,
    )


def test_zero_is_not_compared(show_gradients):
    picture = show_gradients(without(gradients_of(), 0.0))
    assert picture.text().endswith("by 0: nothing to compare, the gradient is 0.")
    assert "times" not in picture.text()
    image_of(picture)


@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_what_is_not_finite_is_not_compared(show_gradients, value):
    picture = show_gradients(without(gradients_of(), value))
    assert picture.text().endswith(": not finite, so nothing can be compared.")
    assert "largest difference between the three: not finite" in picture.text()
    strip = picture.strips.strip(0)
    place = strip.center().toPoint() - QPoint(20, 0)
    assert image_of(picture.strips).pixelColor(place).rgba() == int(colour_table(True)[256])


def test_a_step_that_float32_does_not_feel_is_not_compared(show_gradients):
    still = np.zeros(6, np.float32)
    picture = show_gradients(replace(gradients_of(), moved_one=still, moved_two=still))
    assert picture.text().endswith("nothing to compare, too short a step for float32.")


def test_a_factor_that_is_rounded_says_so(show_gradients):
    gradients = gradients_of()
    rounded = replace(gradients, moved_two=1.5 * gradients.moved_one)
    assert show_gradients(rounded).text().endswith(": 1.50 times as far, 2 but for rounding.")


def test_small_gradients_keep_their_digits(show_gradients):
    picture = show_gradients(without(gradients_of(), -3.94e-5))
    assert "gradient of b_hh at unit 0: −3.940 · 10⁻⁵" in picture.text()
    assert picture.text().endswith(
        "b moved by 3.940 · 10⁻⁶, b_ih + b_hh by 7.880 · 10⁻⁶: 2.00 times as far."
    )


def read(figure):
    """Return the number that a figure stands for."""
    mantissa, _, raised = figure.replace("−", "-").partition(" · 10")
    exponent = raised.translate(str.maketrans("⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "-0123456789"))
    return float(mantissa) * 10.0 ** int(exponent or 0)


@given(st.floats(1e-30, 1e30) | st.floats(-1e3, -1e-4))
def test_the_written_numbers_divide_to_the_written_factor(value):
    assert read(written(value)) == pytest.approx(value, rel=5.1e-4)
    assert f"{read(written(2 * value)) / read(written(value)):.2f}" == "2.00"


@pytest.mark.parametrize(
    ("value", "figure"),
    [
        (0.040213, "0.04021"),
        (-369.9353, "−369.9"),
        (999.96, "1000"),
        (1000.0, "1.000 · 10³"),
        (0.00099999, "1.000 · 10⁻³"),
        (0.0, "0"),
        (-np.inf, "−∞"),
    ],
)
def test_figures_have_four_digits(value, figure):
    assert written(value) == figure


@pytest.mark.parametrize("units", [1, 6, 512])
def test_two_biases_leave_room_for_the_rows_below(show_gradients, units):
    picture = show_gradients(gradients_of(units))
    assert picture.heightForWidth(WIDTH) <= MOST_HEIGHT
    assert picture.minimumSizeHint().width() <= WIDTH
    image_of(picture)


# Names


def table_of(names):
    return [line.split(" | ") for line in names.text().splitlines()]


def test_each_name_is_one_that_the_module_has(show):
    heads, *rows = table_of(show(NamesTable()))
    rows = rows[:5]
    assert heads == ["the equation", "the exercise", "Wikipedia", "nn.RNNCell", "nn.RNN"]
    for column, module in ((1, ElmanRNN(2, 3, 4)), (3, nn.RNNCell(2, 3)), (4, nn.RNN(2, 3))):
        found = [name for row in rows for name in row[column].split(" + ") if name != "—"]
        assert sorted(found) == sorted(name for name, _ in module.named_parameters())


def test_wikipedias_names_are_in_its_equation(show):
    rows = table_of(show(NamesTable()))[1:6]
    assert [row[2] for row in rows] == ["W_h", "U_h", "b_h", "W_y", "b_y"]
    assert [row[0] for row in rows] == ["W_ih", "W_hh", "b_ih", "W_ho", "b_ho"]
    assert [row[4] for row in rows][3:] == ["—", "—"]


def test_it_says_what_has_no_counterpart_and_what_misleads(show):
    *_, lost, misleading = show(NamesTable()).text().splitlines()
    assert lost == (
        "W_ho and b_ho have no counterpart in torch: the output layer is an nn.Linear of your own."
    )
    assert misleading == "Wikipedia’s W_h is the input’s matrix; the hidden state’s is U_h."


def test_symbols_are_mathematics_and_names_are_code(show):
    names = show(NamesTable(), height=170)
    labels = {label.text(): label for label in names.findChildren(QLabel)}
    assert labels["<i>U</i><sub>h</sub>"].textFormat() != Qt.TextFormat.PlainText
    code = labels["bias_ih_l0 + bias_hh_l0"]
    assert code.textFormat() == Qt.TextFormat.PlainText
    width = QFontMetricsF(code.font()).horizontalAdvance
    assert width("iiii") == width("WWWW")
    column = [labels[name].x() for name in ("weight_ih_l0", "weight_hh_l0", code.text(), "nn.RNN")]
    assert len(set(column)) == 1


def test_the_table_of_names_fits_the_page(show):
    names = show(NamesTable())
    assert names.minimumSizeHint().width() <= WIDTH
    assert names.heightForWidth(WIDTH) <= MOST_HEIGHT


def test_of_large_type_only_a_sum_of_long_names_is_broken(show):
    names = NamesTable()
    names.set_text_scale(1.5)
    assert names.minimumSizeHint().width() <= WIDTH
    names = show(names, height=names.heightForWidth(WIDTH))
    assert names.width() == WIDTH
    codes = [label for label in names.findChildren(QLabel) if label.text().startswith("bias_")]
    cell, rnn = sorted(codes, key=lambda label: label.x())
    line = QFontMetricsF(rnn.font()).lineSpacing()
    assert cell.heightForWidth(cell.width()) < 1.5 * line
    assert 2 * line <= rnn.height() + 1 and rnn.geometry().right() <= WIDTH


# All of them


def pictures():
    grid, gradients = GridPicture(), GradientsPicture()
    grid.set_grid(grid_of(both=True))
    gradients.set_gradients(gradients_of())
    return grid, gradients, NamesTable()


def test_their_names(qtbot):
    for picture, name in zip(pictures(), ("grid", "gradients", "names"), strict=True):
        qtbot.addWidget(picture)
        assert picture.objectName() == f"view.lockstep.{name}"


def test_before_anything_is_given_they_are_empty(show):
    for picture in (GridPicture(), GradientsPicture()):
        assert show(picture).text() == ""
        image_of(picture)


def test_type_grows_with_the_scale(show):
    for picture in pictures():
        show(picture)
        before = picture.sizeHint()
        picture.set_text_scale(1.5)
        assert picture.sizeHint().height() > 1.2 * before.height()
        picture.set_text_scale(1.0)
        assert picture.sizeHint() == before


def test_they_follow_the_theme_while_they_are_shown(show):
    grid, gradients, _ = (show(picture, height=400) for picture in pictures())
    light = THEMES["light"]
    for picture, colours in ((grid, (light.accent, light.focus)), (gradients, (light.accent,))):
        picture.setPalette(palette(light))
        table = pixels(image_of(picture))
        for colour in colours:
            assert (table == argb(colour)).sum() > 300
        assert not (table == argb(DARK.accent)).any()
    note = grid.findChild(QLabel, "view.lockstep.grid.note")
    step = gradients.findChild(QLabel, "view.lockstep.gradients.step")
    assert light.focus in note.text() and light.accent in step.text()


def test_an_area_without_pixels_paints_nothing(qapp):
    image = QImage(4, 4, QImage.Format.Format_RGB32)
    image.fill(Qt.GlobalColor.white)
    painter = QPainter(image)
    colouring = Colouring(colour_table(True), -1.0, 1.0)
    paint_squares(painter, QRectF(1, 1, 0, 2), np.ones((2, 2), np.float32), colouring, Qt.black)
    painter.end()
    assert (pixels(image) == 0xFFFFFFFF).all()
