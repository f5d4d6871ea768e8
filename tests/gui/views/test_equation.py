"""The equation, driven as a person does: look, point, click."""

import numpy as np
import pytest
import torch
from PySide6.QtCore import QEvent, QPoint, Qt
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import QApplication, QComboBox, QLabel, QToolButton

from rnnviz.initialization import Constant, Zeros
from rnnviz.presets import load_presets
from rnnviz.selection import Pin
from rnnviz.session import Session
from rnnviz.settings import InitializationSettings, NetworkSettings, Settings
from rnnviz.theme import THEMES, palette
from rnnviz.views.equation import HINT, EquationView
from rnnviz.widgets.heatmap import Heatmap

SIZE = 1300, 420


@pytest.fixture
def open_view(qtbot):
    """Return a function from settings to a shown view; its session is closed at the end."""
    sessions = []

    def open_(settings, size=SIZE):
        session = Session(settings)
        sessions.append(session)
        view = EquationView(session)
        qtbot.addWidget(view)
        view.resize(*size)
        with qtbot.waitExposed(view):
            view.show()
        return session, view

    yield open_
    for session in sessions:
        session.close()


@pytest.fixture
def hello(open_view):
    return open_view(load_presets()["hello"].settings)


def network(**fields):
    return Settings(network=NetworkSettings(**fields))


def block(view, name):
    found = view.findChild(Heatmap, f"view.equation.{name}")
    assert found is not None
    return found


def visible(view):
    names = {h.objectName().removeprefix("view.equation.") for h in view.findChildren(Heatmap)}
    return {name for name in names if block(view, name).isVisible()}


def point(qtbot, view, name, row, column):
    heatmap = block(view, name)
    qtbot.mouseMove(heatmap, heatmap.cell_rect(row, column).center())


def click(qtbot, view, name, row, column):
    heatmap = block(view, name)
    place = heatmap.cell_rect(row, column).center()
    qtbot.mouseClick(heatmap, Qt.MouseButton.LeftButton, pos=place)


def colour(view, name, row, column):
    """Return the colour at a corner of a square, where no number and no frame stands."""
    rect = block(view, name).cell_rect(row, column)
    return block(view, name).grab().toImage().pixelColor(rect.topLeft() + QPoint(6, 6)).name()


def line(view):
    return view.findChild(QLabel, "equation.line").text()


# What it shows


def test_values_are_the_networks_and_the_records(hello):
    session, view = hello
    session.seek(3)
    trace, module = session.trace, session.network
    for name in ("W_ih", "W_hh", "W_ho"):
        np.testing.assert_array_equal(block(view, name).values(), getattr(module, name).detach())
    np.testing.assert_array_equal(block(view, "b_ih").values()[:, 0], module.b_ih.detach())
    np.testing.assert_array_equal(block(view, "x").values()[0], trace.inputs[2, 0])
    np.testing.assert_array_equal(block(view, "h_prev").values()[0], trace.hidden[2][0, 0])
    np.testing.assert_array_equal(block(view, "h").values()[:, 0], trace.hidden[3][0, 0])
    np.testing.assert_array_equal(block(view, "h_above").values()[0], trace.hidden[3][0, 0])
    np.testing.assert_array_equal(block(view, "y").values()[:, 0], trace.outputs[2, 0])
    x, h_prev = torch.tensor(trace.inputs[2, 0]), torch.tensor(trace.hidden[2][0, 0])
    expected = module.W_ih @ x + module.W_hh @ h_prev + module.b_ih
    np.testing.assert_allclose(
        block(view, "a").values()[:, 0], expected.detach(), rtol=1e-5, atol=1e-6
    )


def test_at_the_start_only_the_state_and_the_hint(hello):
    session, view = hello
    for name in ("x", "h_prev", "a", "h_above", "y"):
        assert block(view, name).values().size == 0
    np.testing.assert_array_equal(block(view, "h").values()[:, 0], np.zeros(6, np.float32))
    assert line(view) == HINT
    session.step_forward()
    assert block(view, "x").values().shape == (1, 4)
    assert line(view) == ""
    session.step_back()
    assert block(view, "y").values().size == 0
    assert line(view) == HINT


@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        (network(kind="elman"), {"W_ih", "W_hh", "W_ho", "b_ih", "b_ho"} | {"y", "h_above"}),
        (network(kind="rnn_cell"), {"W_ih", "W_hh", "b_ih", "b_hh"}),
        (network(kind="rnn", bias=False), {"W_ih", "W_hh"}),
    ],
)
def test_only_the_blocks_that_the_kind_has(open_view, settings, expected):
    _, view = open_view(settings)
    assert visible(view) == expected | {"x", "h_prev", "a", "h"}


def test_another_network_brings_its_own_blocks(hello):
    session, view = hello
    session.seek(2)
    session.apply(network(kind="rnn", input_size=3, hidden_size=5, num_layers=2))
    assert "y" not in visible(view) and "b_hh" in visible(view)
    assert block(view, "W_ih").values().shape == (5, 3)
    np.testing.assert_array_equal(
        block(view, "W_ih").values(), session.network.weight_ih_l0.detach()
    )
    session.step_forward()
    assert block(view, "x").values().shape == (1, 3)


def test_new_weights_are_shown(open_view):
    session, view = open_view(network())
    before = block(view, "W_hh").values()
    session.draw_new_weights()
    after = block(view, "W_hh").values()
    assert not np.array_equal(before, after)
    np.testing.assert_array_equal(after, session.network.W_hh.detach())


def test_squares_have_one_size_and_rows_line_up(hello):
    _, view = hello
    tops = {name: block(view, name).y() for name in ("W_ih", "W_hh", "b_ih", "a", "h")}
    assert len(set(tops.values())) == 1
    hidden, inputs = block(view, "W_hh"), block(view, "W_ih")
    side = hidden.width() // 6
    assert (hidden.width(), hidden.height()) == (6 * side, 6 * side)
    assert (inputs.width(), block(view, "x").height()) == (4 * side, side)
    for row in range(6):
        assert inputs.cell_rect(row, 0).height() == side
        assert hidden.cell_rect(row, 3).top() == block(view, "h").cell_rect(row, 0).top()
    for column in range(6):
        assert hidden.cell_rect(0, column).left() == block(view, "W_hh").width() // 6 * column


@pytest.mark.parametrize("height", range(230, 300, 7))
def test_the_frames_round_blocks_are_whole_at_any_height(open_view, height):
    _, view = open_view(load_presets()["hello"].settings, size=(1300, height))
    for name in visible(view):
        picture = block(view, name).parentWidget()
        above = block(view, name).mapTo(picture, QPoint(0, 0)).y()
        below = picture.height() - above - block(view, name).height()
        assert above >= 2, name
        assert below >= 2, name


def test_large_networks_are_pooled_and_say_so(open_view):
    _, view = open_view(network(input_size=4, hidden_size=900, output_size=3), (900, 300))
    notes = view.findChild(QLabel, "equation.notes").text()
    assert "rows a pixel, largest shown" in notes
    assert block(view, "W_hh").height() < 300


# Colours


def test_tanh_states_keep_their_range_and_others_never_shrink(hello):
    session, view = hello
    tops = []
    for _ in range(session.length):
        session.step_forward()
        assert block(view, "h").levels() == block(view, "h_prev").levels() == (-1.0, 1.0)
        tops.append((block(view, "a").levels()[1], block(view, "y").levels()[1]))
        assert np.abs(block(view, "a").values()).max() <= tops[-1][0]
        assert np.abs(block(view, "y").values()).max() <= tops[-1][1]
    session.seek(1)
    assert (block(view, "a").levels()[1], block(view, "y").levels()[1]) == tops[-1]
    assert tops == sorted(tops)


def test_weights_share_one_range_that_a_field_can_fix(hello):
    session, view = hello
    matrices = ("W_ih", "W_hh", "W_ho", "b_ih", "b_ho")
    assert {block(view, name).levels() for name in matrices} == {(-2.0, 2.0)}  # 1.6, rounded up
    init = session.settings.initialization
    session.apply_initialization(init.model_copy(update={"weight_range": 0.7}))
    assert {block(view, name).levels() for name in matrices} == {(-0.7, 0.7)}


def test_upper_layer_reads_states_in_the_states_range(open_view):
    session, view = open_view(network(kind="rnn", num_layers=2))
    session.select(layer=1)
    session.step_forward()
    assert block(view, "x").levels() == (-1.0, 1.0)


# Pointing


def test_pointing_at_a_state_lights_its_row_and_what_went_in(hello, qtbot):
    session, view = hello
    session.seek(4)
    names = [("W_hh", 2, 0), ("W_hh", 3, 0), ("x", 0, 1), ("h_prev", 0, 5), ("a", 2, 0)]
    names += [("a", 1, 0), ("W_ho", 0, 0)]
    before = {place: colour(view, *place) for place in names}
    point(qtbot, view, "h", 2, 0)
    changed = {place for place in names if colour(view, *place) != before[place]}
    assert changed == {("W_hh", 3, 0), ("a", 1, 0), ("W_ho", 0, 0)}


def test_pointing_at_a_weight_tells_its_product(hello, qtbot):
    session, view = hello
    session.seek(3)  # the first l: x_t[2] is 1
    said = []
    view.square_hovered.connect(said.append)
    before = {c: colour(view, "x", 0, c) for c in (1, 2)}
    point(qtbot, view, "W_ih", 2, 2)
    assert said == ["W_ih[2, 2] = −0.50"]
    assert line(view).endswith("= −0.50 × 1.00 = <b>−0.50</b>")
    assert colour(view, "x", 0, 2) == before[2]
    assert colour(view, "x", 0, 1) != before[1]
    session.step_forward()
    session.step_forward()  # an o: this input is 0 now, and the line follows
    assert line(view).endswith("= −0.50 × 0.00 = <b>0.00</b>")
    QApplication.sendEvent(block(view, "W_ih"), QEvent(QEvent.Type.Leave))
    assert said[-1] == ""
    assert line(view) == ""
    assert colour(view, "W_hh", 5, 5) == _undimmed(view, "W_hh", 5, 5)


def _undimmed(view, name, row, column):
    heatmap = Heatmap()
    heatmap.setPalette(view.palette())
    heatmap.resize(block(view, name).size())
    heatmap.set_levels(*block(view, name).levels())
    heatmap.set_values(block(view, name).values())
    place = heatmap.cell_rect(row, column).topLeft() + QPoint(6, 6)
    return heatmap.grab().toImage().pixelColor(place).name()


def test_pointing_at_an_input_lights_its_column(hello, qtbot):
    session, view = hello
    session.seek(4)
    before = {c: colour(view, "W_hh", 1, c) for c in (3, 4)}
    point(qtbot, view, "h_prev", 0, 3)
    assert colour(view, "W_hh", 1, 3) == before[3]
    assert colour(view, "W_hh", 1, 4) != before[4]


def test_a_smaller_network_forgets_the_square_under_the_pointer(hello, qtbot):
    session, view = hello
    session.seek(2)
    point(qtbot, view, "W_hh", 5, 5)
    session.apply(network(input_size=2, hidden_size=2, output_size=1))
    assert line(view) == HINT
    assert colour(view, "W_hh", 0, 0) == _undimmed(view, "W_hh", 0, 0)


def test_tooltips_know_both_notations(open_view):
    session, view = open_view(network(kind="rnn", num_layers=2))
    session.step_forward()
    assert "weight_hh_l0" in view._tooltip("W_hh", 0, 0)
    assert "A column vector, laid down" in view._tooltip("h_prev", 0, 0)
    assert "x_1 = inputs[0]" in view._tooltip("x", 0, 0)
    session.select(layer=1)
    assert "weight_hh_l1" in view._tooltip("W_hh", 0, 0)
    assert "state of layer 0 at the same step" in view._tooltip("x", 0, 0)


# Pinning


@pytest.mark.parametrize(
    ("name", "row", "column", "pin"),
    [
        ("h", 2, 0, Pin("hidden", 2)),
        ("a", 1, 0, Pin("hidden", 1)),
        ("W_hh", 4, 3, Pin("hidden", 4)),
        ("b_ih", 5, 0, Pin("hidden", 5)),
        ("y", 3, 0, Pin("output", 3)),
        ("W_ho", 1, 5, Pin("output", 1)),
    ],
)
def test_a_click_pins_a_unit_and_a_second_lets_go(hello, qtbot, name, row, column, pin):
    session, view = hello
    session.seek(2)
    click(qtbot, view, name, row, column)
    assert session.selection.pin == pin
    click(qtbot, view, name, row, column)
    assert session.selection.pin is None


def test_escape_lets_go(hello, qtbot):
    session, view = hello
    click(qtbot, view, "h", 0, 0)
    assert session.selection.pin == Pin("hidden", 0)
    qtbot.keyClick(block(view, "h"), Qt.Key.Key_Escape)
    assert session.selection.pin is None


def test_laid_vectors_pin_nothing(hello, qtbot):
    session, view = hello
    session.seek(2)
    click(qtbot, view, "x", 0, 1)
    click(qtbot, view, "h_prev", 0, 1)
    assert session.selection.pin is None


@pytest.mark.parametrize("size", [SIZE, (700, 260)], ids=["wide", "thin columns"])
def test_the_pinned_row_has_the_accents_frame(hello, size):
    session, view = hello
    view.resize(*size)
    session.seek(2)
    accent = view.palette().color(QPalette.ColorRole.Accent).rgb()

    def accents(name, row):
        heatmap = block(view, name)
        picture = view.grab().toImage()
        rect = (
            heatmap.cell_rect(row, 0)
            .translated(heatmap.mapTo(view, QPoint()))
            .adjusted(-3, -3, 3, 3)
        )
        pixels = [
            picture.pixel(x, y)
            for x in range(max(0, rect.left()), rect.right() + 1)
            for y in range(rect.top(), rect.bottom() + 1)
        ]
        return pixels.count(accent)

    assert accents("b_ih", 2) == accents("W_hh", 2) == 0
    session.select(pin=Pin("hidden", 2))
    assert accents("b_ih", 2) > 20 and accents("W_hh", 2) > 20 and accents("a", 2) > 20
    assert accents("b_ho", 2) == 0
    session.select(pin=None)
    assert accents("b_ih", 2) == 0


# Sequences and layers


def test_one_sequence_of_a_batch_is_chosen(open_view, qtbot):
    session, view = open_view(network(kind="rnn", batch_size=3, num_layers=2))
    combo = view.findChild(QComboBox, "equation.sequence")
    assert [combo.itemText(k) for k in range(3)] == [f"Sequence {k} of 3" for k in (1, 2, 3)]
    assert [combo.itemData(k) for k in range(3)] == [0, 1, 2]
    session.seek(2)
    combo.setFocus()
    qtbot.keyClick(combo, Qt.Key.Key_Down)
    assert session.selection.sequence == 1
    np.testing.assert_array_equal(block(view, "x").values()[0], session.trace.inputs[1, 1])
    session.select(sequence=2)
    assert combo.currentData() == 2
    np.testing.assert_array_equal(block(view, "h").values()[:, 0], session.trace.hidden[2][0, 2])


def test_layers_are_a_stack_to_click(open_view, qtbot):
    session, view = open_view(network(kind="rnn", num_layers=3, input_size=4, hidden_size=6))
    buttons = [view.findChild(QToolButton, f"equation.layer.{k}") for k in range(3)]
    assert buttons[2].y() < buttons[1].y() < buttons[0].y()
    assert [button.isChecked() for button in buttons] == [True, False, False]
    session.seek(2)
    qtbot.mouseClick(buttons[2], Qt.MouseButton.LeftButton)
    assert session.selection.layer == 2
    assert [button.isChecked() for button in buttons] == [False, False, True]
    assert block(view, "W_ih").values().shape == (6, 6)
    np.testing.assert_array_equal(block(view, "x").values()[0], session.trace.hidden[2][1, 0])
    captions = [label.text() for label in view.findChildren(QLabel) if label.isVisible()]
    assert "x<sub>t</sub> is the state of layer 1 at the same step" in captions
    session.select(layer=0)
    assert not any("state of layer" in x.text() for x in view.findChildren(QLabel) if x.isVisible())


def test_no_choice_without_several(hello):
    _, view = hello
    assert not view.findChild(QComboBox, "equation.sequence").isVisible()
    assert not view.findChild(QToolButton, "equation.layer.0").isVisible()


def test_a_batch_that_comes_later_brings_its_choice(open_view):
    session, view = open_view(network())
    session.apply(network(batch_size=2))
    assert view.findChild(QComboBox, "equation.sequence").isVisible()
    session.select(sequence=1)
    session.apply(network())
    assert not view.findChild(QComboBox, "equation.sequence").isVisible()
    assert session.selection.sequence == 0


# Cost and looks


def test_a_step_gives_new_values_to_vectors_alone(open_view, monkeypatch):
    session, _ = open_view(network())
    session.step_forward()
    touched = []
    original = Heatmap.set_values
    monkeypatch.setattr(
        Heatmap, "set_values", lambda h, v: (touched.append(h.objectName()), original(h, v))[1]
    )
    session.step_forward()
    names = ("x", "h_prev", "a", "h", "h_above", "y")
    assert sorted(touched) == sorted(f"view.equation.{name}" for name in names)


def test_zero_weights_and_what_is_not_finite_are_drawn(open_view):
    zero = InitializationSettings(scheme=Zeros())
    session, view = open_view(Settings(initialization=zero))
    session.step_forward()
    assert block(view, "W_hh").levels() == (-1.0, 1.0)
    large = InitializationSettings(scheme=Constant(value=1000.0))
    relu = NetworkSettings(nonlinearity="relu")
    session.apply(Settings(network=relu, initialization=large))
    session.run_to_end()
    assert not np.isfinite(block(view, "h").values()).all()
    low, high = block(view, "a").levels()
    assert np.isfinite(high) and low == -high
    view.grab()


def test_it_follows_the_theme(hello):
    _, view = hello
    for theme in THEMES.values():
        view.setPalette(palette(theme))
        picture = view.grab().toImage()
        frame = block(view, "h").mapTo(view, QPoint(-2, -2))
        assert picture.pixelColor(frame).name() == theme.accent


def test_all_sizes_can_be_scaled_and_drawn(hello):
    _, view = hello
    view.set_text_scale(2.0)
    label = next(x for x in view.findChildren(QLabel) if x.text() == "<i>h</i><sub>t</sub>")
    assert label.font().pixelSize() == 30
    for size in ((480, 160), (1024, 300), (1920, 800)):
        view.resize(*size)
        view.grab()
    assert view.sizeHint().isValid()


def test_a_picture_that_cannot_be_saved_is_said(qtbot, session, tmp_path):
    view = EquationView(session)
    qtbot.addWidget(view)
    weights = view.findChild(Heatmap, "view.equation.W_hh")
    with qtbot.waitSignal(session.notice) as said:
        weights.save_picture(tmp_path / "no folder" / "W_hh.png")
    assert "cannot be written" in said.args[0]
