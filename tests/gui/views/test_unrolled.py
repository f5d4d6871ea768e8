"""The loop unrolled: looked at, pointed at and clicked, as a person would."""

import re

import numpy as np
import pytest
import torch
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QApplication, QWidget

from rnnviz.initialization import Constant
from rnnviz.presets import load_presets
from rnnviz.session import Session
from rnnviz.settings import InitializationSettings, NetworkSettings, SequenceSettings, Settings
from rnnviz.theme import THEMES, apply_theme
from rnnviz.views import unrolled
from rnnviz.views.unrolled import UnrolledView
from rnnviz.views.unrolled_look import Look
from rnnviz.views.unrolled_nodes import Nodes
from rnnviz.views.unrolled_parts import Structure, Weight
from rnnviz.views.unrolled_symbols import weight_symbol
from rnnviz.widgets.colours import NOT_FINITE, colour_table
from rnnviz.widgets.scroll import Scroll


@pytest.fixture
def open_view(qtbot):
    """Return a function from settings to a session and its view, shown as it is in its dock."""
    sessions, shown = [], []

    def open_(settings, size=(1240, 190)):
        session = Session(settings)
        sessions.append(session)
        view = UnrolledView(session)
        scroll = Scroll(view)
        shown.append(scroll)
        qtbot.addWidget(scroll)
        scroll.resize(*size)
        with qtbot.waitExposed(scroll):
            scroll.show()
        return session, view

    yield open_
    for session in sessions:
        session.close()


@pytest.fixture
def hello(open_view):
    return open_view(load_presets()["hello"].settings)


def rnn(length=10, layers=1, **network):
    """Return settings of an nn.RNN."""
    return Settings(
        network=NetworkSettings(kind="rnn", num_layers=layers, hidden_size=5, **network),
        sequence=SequenceSettings(length=length),
    )


def picture(view):
    return view.findChild(QWidget, "view.unrolled.picture")


def state_at(view, t, layer=0):
    """Return the middle of a state's circle, which is in sight."""
    rect = view.state_rect(t, layer)
    assert not rect.isEmpty() and picture(view).rect().contains(rect)
    return rect.center()


def pointed(qtbot, view, at):
    """Point at a place, and return the lines of what appears."""
    qtbot.mouseMove(picture(view), at)
    text = picture(view).toolTip().replace("<sub>", "_").replace("<br>", "\n")
    return re.sub("<[^>]*>", "", text).splitlines()


def colour_at(view, at):
    return picture(view).grab().toImage().pixelColor(at)


def inside(view, t, layer=0):
    """Return a place in a circle, beside what is written in it."""
    rect = view.state_rect(t, layer)
    return QPoint(rect.center().x(), rect.top() + 4)


@pytest.mark.parametrize("bidirectional", [False, True])
def test_the_norms_are_numpys(open_view, bidirectional):
    session, view = open_view(rnn(6, 2, bidirectional=bidirectional, batch_size=3), (1900, 500))
    session.run_to_end()
    states = session.trace.hidden[:].astype(np.float64)  # (T + 1, L, B, H)
    for sequence in range(3):
        session.select(sequence=sequence)
        wanted = np.linalg.norm(states[:, :, sequence], axis=-1).T
        shown = view.values()
        assert list(view.columns_in_sight()) == list(range(7 + bidirectional))
        np.testing.assert_array_equal(shown[:, 1:7], wanted[:, 1:])
        forward = slice(None, None, 1 + bidirectional)
        np.testing.assert_array_equal(shown[forward, 0], wanted[forward, 0])
        if bidirectional:
            np.testing.assert_array_equal(shown[1::2, 7], wanted[1::2, 0])
            assert np.isnan(shown[1::2, 0]).all() and np.isnan(shown[::2, 7]).all()


def test_nothing_is_shown_before_it_is_revealed(hello):
    session, view = hello
    window = view.palette().window().color()
    session.seek(3)
    assert np.isfinite(view.values()[0, :4]).all() and np.isnan(view.values()[0, 4:]).all()
    assert colour_at(view, inside(view, 4)) == window
    session.seek(4)
    assert colour_at(view, inside(view, 4)) != window


def test_both_directions_are_revealed_move_by_move(open_view):
    session, view = open_view(rnn(4, 2, bidirectional=True), (1900, 500))
    for move in range(session.length + 1):
        session.seek(move)
        shown = np.isfinite(view.values())  # 4 layers x columns 0 to 5
        for layer in range(4):
            done = min(max(move - layer // 2 * 4, 0), 4)
            columns = range(5 - done, 6) if layer % 2 else range(done + 1)
            assert list(np.flatnonzero(shown[layer])) == list(columns)


@pytest.mark.parametrize("theme", THEMES)
def test_a_circle_has_the_colour_of_its_norm(qapp, open_view, theme):
    apply_theme(qapp, theme)
    session, view = open_view(rnn(), (1240, 200))
    session.seek(4)
    for t in (2, 3, 4):
        share = np.linalg.norm(session.trace.hidden[t][0, 0]) / np.sqrt(5)
        place = int(share * 127.5 + 128)
        colour = QColor.fromRgb(int(colour_table(theme == "dark")[place]))
        found = colour_at(view, inside(view, t))
        assert np.abs(np.subtract(found.getRgb(), colour.getRgb())).max() <= 4
    session.seek(3)  # what comes after the cursor recedes
    window = QColor(THEMES[theme].window)
    found = colour_at(view, inside(view, 4))
    for channel in (QColor.red, QColor.green, QColor.blue):
        low, high = sorted((channel(colour), channel(window)))
        assert low <= channel(found) <= high and found != colour


def test_what_is_not_finite_has_its_own_colour(open_view):
    init = InitializationSettings(overrides={"weight_hh_l0": Constant(value=1000)})
    settings = rnn(60, nonlinearity="relu").model_copy(update={"initialization": init})
    session, view = open_view(settings)
    session.run_to_end()
    assert np.isinf(session.trace.hidden[60][0, 0]).any() and not np.isfinite(view.values()[0, -1])
    assert colour_at(view, inside(view, 60)) == NOT_FINITE


def test_a_click_goes_to_the_step_and_selects_the_layer(qtbot, open_view):
    session, view = open_view(rnn(10, 3), (1240, 300))
    session.seek(8)
    qtbot.mouseClick(picture(view), Qt.MouseButton.LeftButton, pos=state_at(view, 5, 2))
    assert session.cursor == 5 and session.selection.layer == 2
    qtbot.mouseClick(picture(view), Qt.MouseButton.LeftButton, pos=state_at(view, 0, 1))
    assert session.cursor == 0 and session.selection.layer == 1
    qtbot.mouseClick(picture(view), Qt.MouseButton.LeftButton, pos=state_at(view, 9, 1))
    assert session.cursor == 9 and len(session.trace) == 9  # also where nobody has been


def test_a_click_on_either_direction_goes_to_its_move(qtbot, open_view):
    session, view = open_view(rnn(4, 2, bidirectional=True), (1900, 500))
    for t, layer, move in ((3, 0, 3), (3, 1, 2), (4, 2, 8), (4, 3, 5), (5, 3, 0)):
        qtbot.mouseClick(picture(view), Qt.MouseButton.LeftButton, pos=state_at(view, t, layer))
        assert session.cursor == move and session.selection.layer == layer


def test_a_click_on_an_input_or_an_output_goes_to_its_step(qtbot, hello):
    session, view = hello
    middle = state_at(view, 6)
    for y, move in ((view.height() - 40, 6), (view.height() - 40, 6), (22, 2)):
        x = state_at(view, move).x()
        qtbot.mouseClick(picture(view), Qt.MouseButton.LeftButton, pos=QPoint(x, y))
        assert session.cursor == move
    qtbot.mouseClick(picture(view), Qt.MouseButton.LeftButton, pos=middle - QPoint(45, -20))
    assert session.cursor == 2  # there is nothing


def test_a_press_that_is_let_go_elsewhere_is_no_click(qtbot, hello):
    session, view = hello
    qtbot.mousePress(picture(view), Qt.MouseButton.LeftButton, pos=state_at(view, 5))
    qtbot.mouseRelease(picture(view), Qt.MouseButton.LeftButton, pos=state_at(view, 7))
    assert session.cursor == 0


def test_pointing_at_a_state_says_its_norm_and_its_step(qtbot, open_view):
    session, view = open_view(rnn(10, 2), (1240, 250))
    session.seek(5)
    norm = np.linalg.norm(session.trace.hidden[5][1, 0])
    with qtbot.waitSignal(view.square_hovered) as said:
        title, equation = pointed(qtbot, view, state_at(view, 5, 1))
    assert title == f"h_5, layer 1: norm {norm:.2f}"
    assert equation == "h_5 = tanh(W_ih h_5 (layer 0) + b_ih + W_hh h_4 + b_hh)"
    assert said.args == [f"‖h_5‖ (layer 1) = {norm:.2f}"]
    assert pointed(qtbot, view, state_at(view, 6, 1))[0] == "h_6, layer 1"


def test_what_is_pointed_at_is_told_anew_when_steps_move(qtbot, open_view):
    session, view = open_view(rnn(200))
    session.seek(50)
    assert pointed(qtbot, view, state_at(view, 49))[0].startswith("h_49: norm")
    session.step_forward()
    assert "h<sub>50" in picture(view).toolTip().replace("</i>", "").replace("<i>", "")


def test_the_same_name_is_on_every_arrow_of_one_weight(qtbot, open_view):
    session, view = open_view(rnn(10, 2), (1240, 260))
    session.seek(3)
    for layer in range(2):
        titles = set()
        for t in list(view.columns_in_sight())[1:]:
            between = (state_at(view, t - 1, layer) + state_at(view, t, layer)) / 2
            titles.add(pointed(qtbot, view, between)[0])
        assert titles == {f"W_hh, layer {layer}: weight_hh_l{layer} (5, 5)"}
        assert pointed(qtbot, view, between)[1] == "The same matrix at every step."


def test_names_differ_from_layer_to_layer_and_carry_no_layer_where_there_is_one():
    assert weight_symbol(Weight("W_hh", 0), Structure(1)) == ("W", "hh", "")
    both = Structure(layers=3, directions=2)
    symbols = {weight_symbol(Weight(name, k), both) for name in ("W_ih", "W_hh") for k in range(6)}
    assert len(symbols) == 12
    assert ("W", "ih", "←(2)") in symbols


def test_arrows_of_the_weight_that_is_pointed_at_are_lit(qtbot, open_view):
    _, view = open_view(rnn(10), (1240, 200))
    before = picture(view).grab().toImage()
    pointed(qtbot, view, (state_at(view, 2) + state_at(view, 3)) / 2)
    lit = picture(view).grab().toImage()
    places = [(state_at(view, t) + state_at(view, t + 1)) / 2 for t in range(1, 6)]
    places = [QPoint(place.x(), state_at(view, 1).y()) for place in places]
    focus = view.palette().link().color()
    assert all(lit.pixelColor(place) == focus for place in places)
    assert not any(before.pixelColor(place) == focus for place in places)
    pointed(qtbot, view, QPoint(2, 2))
    assert picture(view).grab().toImage() == before


def test_the_cursor_stays_in_sight_and_in_its_place(open_view):
    session, view = open_view(rnn(500))
    session.seek(100)
    place = state_at(view, 100)
    for _ in range(20):
        session.step_forward()
        assert state_at(view, session.cursor) == place
    for move in (500, 499, 0, 1, 250):
        session.seek(move)
        assert session.cursor == move
        state_at(view, move)


def test_the_selected_direction_is_followed(open_view):
    session, view = open_view(rnn(60, 1, bidirectional=True))
    session.seek(10)
    assert 10 in view.columns_in_sight()
    session.select(layer=1)
    assert 51 in view.columns_in_sight() and 10 not in view.columns_in_sight()
    session.seek(0)
    assert view.columns_in_sight()[-1] == 61  # where its start state is


def test_the_cursors_step_has_the_accent(open_view):
    session, view = open_view(rnn(10), (1240, 200))
    session.seek(4)
    accent = view.palette().accent().color()
    image = picture(view).grab().toImage()
    for t in range(1, 7):
        rect = view.state_rect(t, 0)
        edge = [QPoint(rect.left() + k, rect.center().y()) for k in range(-3, 4)]
        assert any(image.pixelColor(at) == accent for at in edge) == (t == 4)


def test_a_hidden_view_reads_nothing_and_catches_up(monkeypatch, open_view):
    session, view = open_view(rnn(50))
    read = []
    real = unrolled.state_norms
    monkeypatch.setattr(unrolled, "state_norms", lambda *a: read.append(a) or real(*a))
    view.window().hide()
    session.seek(30)
    session.select(sequence=0)
    session.apply(rnn(60, 2))
    session.seek(20)
    QApplication.processEvents()
    assert not read
    view.window().show()
    QApplication.processEvents()
    assert 20 in view.columns_in_sight() and len(view.values()) == 2
    assert read


def test_a_step_paints_no_step_anew_that_was_painted(monkeypatch, open_view):
    session, view = open_view(rnn(500))
    session.seek(40)
    picture(view).grab()
    painted, paint = [], Nodes.paint
    monkeypatch.setattr(
        Nodes,
        "paint",
        lambda self, painter, step: painted.append(step) or paint(self, painter, step),
    )
    session.step_forward()
    picture(view).grab()
    assert {step.lowered for step in painted} == {"41", str(view.columns_in_sight()[-1])}


@pytest.mark.parametrize("scale", [1.0, 1.6])
@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("size", [(1240, 190), (1900, 220), (360, 500), (240, 130)])
def test_it_is_drawn_at_every_size(qapp, open_view, size, theme, scale):
    apply_theme(qapp, theme)
    session, view = open_view(rnn(30, 8), size)
    view.set_text_scale(scale)
    session.seek(12)
    QApplication.processEvents()
    image = view.window().grab().toImage()
    assert image.pixelColor(1, 1).name() == THEMES[theme].window
    state_at(view, 12)
    accent = QColor(THEMES[theme].accent)
    colours = {image.pixel(x, y) for x in range(image.width()) for y in range(image.height())}
    assert accent.rgba() in colours  # the selected layer is scrolled to


@pytest.mark.parametrize("length", [1, 2, 100_000])
def test_any_length(qtbot, open_view, length):
    session, view = open_view(
        Settings(
            network=NetworkSettings(kind="rnn_cell", hidden_size=1, input_size=1),
            sequence=SequenceSettings(length=length),
        )
    )
    picture(view).grab()
    session.run_to_end()
    qtbot.waitUntil(lambda: session.cursor == length, timeout=60_000)
    picture(view).grab()
    wanted = np.abs(session.trace.hidden[length][0, 0, 0])
    assert view.values()[0, length - view.columns_in_sight().start] == wanted
    state_at(view, length)


def test_resizing_while_it_goes_on(open_view):
    session, view = open_view(rnn(300, 2), (1240, 260))
    for k in range(40):
        session.step_forward()
        view.window().resize(300 + 37 * k, 120 + 11 * k)
        view.set_text_scale(1 + k % 3 / 4)
        QApplication.processEvents()
        view.window().grab()
        state_at(view, session.cursor)


def test_other_networks_and_sequences_are_followed(open_view):
    session, view = open_view(rnn(10, 3), (1240, 300))
    session.seek(5)
    for settings in (
        load_presets()["hello"].settings,
        rnn(3, 1, bidirectional=True),
        rnn(7, 2, nonlinearity="relu"),
    ):
        session.apply(settings)
        session.seek(2)
        QApplication.processEvents()
        picture(view).grab()
        assert len(view.values()) == session.contract.num_layers
        assert np.isfinite(view.values()[0, :3]).all()
    session.draw_new_weights()
    session.seek(2)
    wanted = torch.tensor(np.asarray(session.trace.hidden)[2, 1, 0]).double().norm()
    assert view.values()[1, 2] == pytest.approx(float(wanted))


def test_the_range_of_colours_is_said(qtbot, hello):
    _, view = hello
    lines = pointed(qtbot, view, QPoint(view.width() - 40, view.height() // 2))
    assert lines[0] == "‖h_t‖ from 0 to 2.45"


def test_the_theme_can_change_while_it_is_shown(qapp, hello):
    session, view = hello
    session.seek(3)
    for theme in THEMES:
        apply_theme(qapp, theme)
        QApplication.processEvents()
        assert picture(view).grab().toImage().pixelColor(1, 1).name() == THEMES[theme].window


def test_it_opens_in_the_window_and_moves_its_cursor(qtbot, window):
    window.open_dock("unrolled")
    view = window.findChild(QWidget, "view.unrolled")
    qtbot.waitUntil(lambda: not view.state_rect(3, 0).isEmpty())
    qtbot.mouseClick(picture(view), Qt.MouseButton.LeftButton, pos=state_at(view, 3))
    assert window.session.cursor == 3
    assert np.isfinite(view.values()[0, :4]).all()


@pytest.mark.filterwarnings("error")
def test_norms_beyond_float32_have_the_colour_of_their_place(qapp):
    look = Look.of(qapp.palette(), qapp.font(), 1.0)
    assert look.of_norm(3e39, 5e39) == look.of_norm(0.6, 1.0)
    assert look.of_norm(5e39, 5e39) == look.of_norm(1.0, 1.0)
