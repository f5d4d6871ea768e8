"""nn.RNN in both directions, as a person steps through it."""

import numpy as np
import pytest
import torch
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QCheckBox, QDoubleSpinBox, QLabel, QSlider, QWidget

from rnnviz.initialization import Constant, Values
from rnnviz.views.step_label import StepLabel
from rnnviz.widgets.heatmap import Heatmap

LEFT = Qt.MouseButton.LeftButton
T = 10


@pytest.fixture
def both(window):
    """Return the window with the preset of two layers in both directions."""
    window.session.open_preset("bidirectional")
    return window


def go(qtbot, window, move):
    """Go to a move, and wait until it is there: a slow moment leaves it to the worker."""
    window.session.seek(move)
    qtbot.waitUntil(lambda: not window.session.busy)
    assert window.session.cursor == move


def tick(qtbot, window, name):
    box = window.findChild(QCheckBox, name)
    qtbot.mouseClick(box, LEFT, pos=QPoint(8, box.height() // 2))


def row(window, layer):
    return window.findChild(Heatmap, f"view.timeline.hidden.{layer}")


def there(window, layer):
    """Return the steps from 1 on that a row shows."""
    values = row(window, layer).values()[:, 1:]
    return [t + 1 for t in range(values.shape[1]) if not np.isnan(values[:, t]).any()]


def test_each_move_shows_a_position_from_the_left_and_one_from_the_right(qtbot, both):
    for move in range(1, 4):
        qtbot.keyClick(both, Qt.Key.Key_Right)
        qtbot.waitUntil(lambda: not both.session.busy)
        assert there(both, 0) == list(range(1, move + 1))
        assert there(both, 1) == list(range(T - move + 1, T + 1))
        assert there(both, 2) == there(both, 3) == []


def test_the_layer_above_begins_when_the_one_below_is_there(qtbot, both):
    assert both.findChild(QSlider, "transport.slider").maximum() == 2 * T
    go(qtbot, both, T)
    assert there(both, 2) == []
    go(qtbot, both, T + 2)
    assert there(both, 0) == there(both, 1) == list(range(1, T + 1))
    assert (there(both, 2), there(both, 3)) == ([1, 2], [9, 10])


def test_the_trace_is_empty_before_the_last_move_then_torchs_own(qtbot, both):
    session = both.session
    go(qtbot, both, 2 * T - 1)
    assert len(session.trace) == 0
    session.step_forward()
    with torch.no_grad():
        output, h_n = session.network(session.run.inputs, session.run.h0)
    hidden = np.asarray(session.trace.hidden)
    assert np.array_equal(np.concatenate([hidden[1:, 2], hidden[1:, 3]], axis=-1), output)
    assert np.array_equal(hidden[-1, 2], h_n[2]) and np.array_equal(hidden[1, 3], h_n[3])


def test_the_selection_follows_into_the_next_layer_and_back(qtbot, both):
    session = both.session
    session.select(layer=1)
    go(qtbot, both, T + 1)
    assert session.selection.layer == 3
    session.step_back()
    assert session.selection.layer == 1


def test_a_click_on_the_backward_row_goes_to_the_move_that_showed_it(qtbot, both):
    go(qtbot, both, 2 * T)
    heatmap = row(both, 1)
    qtbot.mouseClick(heatmap, LEFT, pos=heatmap.cell_rect(0, 8).center())
    assert both.session.cursor == 3
    assert both.session.selection.layer == 1


def test_what_is_not_there_yet_cannot_be_pointed_at(qtbot, both):
    go(qtbot, both, 3)
    heatmap = row(both, 1)
    assert heatmap.cell_at(heatmap.cell_rect(0, 4).center()) is None
    assert heatmap.cell_at(heatmap.cell_rect(0, 9).center()) == (0, 9)


@pytest.mark.parametrize(
    ("layer", "column", "seen"), [(0, 4, (0, 4)), (1, 4, (3, 10)), (2, 4, (0, 10))]
)
def test_the_part_of_the_input_that_a_state_could_be_told_of(qtbot, both, layer, column, seen):
    go(qtbot, both, 2 * T)
    heatmap = row(both, layer)
    qtbot.mouseMove(heatmap, heatmap.cell_rect(0, column).center())
    inputs = both.findChild(Heatmap, "view.timeline.inputs")
    assert inputs._squares.marks.outline == seen
    assert f"x_{seen[0] + 1} … x_{seen[1]}" in heatmap.toolTip()


def test_the_outline_goes_with_the_record_that_it_was_of(qtbot, both):
    go(qtbot, both, 2 * T)
    heatmap = row(both, 0)
    qtbot.mouseMove(heatmap, heatmap.cell_rect(0, 4).center())
    marks = both.findChild(Heatmap, "view.timeline.inputs")._squares.marks
    assert marks.outline == (0, 4)
    both.session.draw_new_weights()
    assert marks.outline is None


def test_the_equation_of_the_backward_direction_reads_the_state_one_step_later(qtbot, both):
    session = both.session
    session.select(layer=1)
    go(qtbot, both, 3)
    states = session.run.sequence("hidden", 0, T + 1)[:, 1, 0]
    shown = both.findChild(Heatmap, "view.equation.h").values().ravel()
    before = both.findChild(Heatmap, "view.equation.h_prev").values().ravel()
    np.testing.assert_array_equal(shown, states[8])
    np.testing.assert_array_equal(before, states[9])


def test_ticking_both_directions_and_dropout_in_the_form(qtbot, window):
    window.session.open_preset("exercise-rnn")
    window.findChild(QWidget, "network.more").set_open(True)
    tick(qtbot, window, "network.bidirectional")
    assert window.session.network.bidirectional
    spin = window.findChild(QDoubleSpinBox, "network.dropout")
    spin.setValue(0.5)
    tick(qtbot, window, "network.training")
    qtbot.waitUntil(lambda: window.session.network.dropout == 0.5)
    session = window.session
    go(qtbot, window, session.length)
    seed = session.settings.network.dropout_seed
    with torch.no_grad():
        torch.manual_seed(seed)
        output, _ = session.network(session.run.inputs, session.run.h0)
    hidden = np.asarray(session.trace.hidden)
    assert np.array_equal(np.concatenate([hidden[1:, 2], hidden[1:, 3]], axis=-1), output)


def test_nothing_is_read_before_it_is_recorded(qtbot, both):
    row_of_layer = row(both, 3)
    assert row_of_layer.columns_shown == 0
    go(qtbot, both, T + 1)
    assert not row_of_layer.has_not_finite
    recorded = both.session.run.sequence("hidden", 0, T + 1)[:, 3, 0].T
    np.testing.assert_array_equal(row_of_layer.values()[:, T], recorded[:, T])


def test_what_is_not_finite_is_said_when_it_is_shown_and_not_before(qtbot, both):
    session = both.session
    network = session.settings.network.model_copy(update={"nonlinearity": "relu"})
    large = Values(tables={"weight_hh_l0_reverse": tuple((1e6,) * 6 for _ in range(6))})
    init = session.settings.initialization.model_copy(
        update={"scheme": Constant(value=1), "overrides": {"weight_hh_l0_reverse": large}}
    )
    session.apply(session.settings.model_copy(update={"network": network, "initialization": init}))
    bar = row(both, 1).parent().colour_bar
    go(qtbot, both, 1)
    states = session.run.sequence("hidden", 0, T + 1)[:, 1, 0]
    first = max(t for t in range(1, T + 1) if not np.isfinite(states[t]).all())
    assert 1 < first < T
    for move in range(1, T + 1):
        go(qtbot, both, move)
        assert ("purple" in bar.accessibleDescription()) == (T - move + 1 <= first)


def test_the_step_is_said_with_its_layer(qtbot, both):
    label = both.findChild(StepLabel, "view.timeline.step")
    said = []
    for move in (0, 4, T, T + 1, 2 * T):
        go(qtbot, both, move)
        said.append(label.text())
    assert said == [
        "layer 0 · step 0 of 10",
        "layer 0 · step 4 of 10",
        "layer 0 · step 10 of 10",
        "layer 1 · step 1 of 10",
        "layer 1 · step 10 of 10",
    ]
    both.session.open_preset("hello")
    assert label.text().startswith("t = 0 of ")


def test_what_nn_rnn_returns_of_both_directions_is_said(both):
    label = both.findChild(QLabel, "view.timeline.no_output")
    assert label.text() == "nn.RNN has no y: its output is the top layer’s two states, → before ←."


def test_what_dropout_does_is_said_below_the_equation(qtbot, both):
    session, notes = both.session, both.findChild(QLabel, "equation.notes")
    both.resize(1024, 768)
    assert notes.text() == ""
    for training, said in ((False, "off in eval mode"), (True, "once for the whole call")):
        changes = {"dropout": 0.5, "training": training}
        network = session.settings.network.model_copy(update=changes)
        session.apply(session.settings.model_copy(update={"network": network}))
        assert said in notes.text()
        go(qtbot, both, 1)
        assert notes.isVisible()


def test_the_equation_of_an_upper_layer_reads_what_dropout_left(qtbot, both):
    session = both.session
    changes = {"dropout": 0.5, "training": True}
    network = session.settings.network.model_copy(update=changes)
    session.apply(session.settings.model_copy(update={"network": network}))
    go(qtbot, both, T + 4)
    states = session.run.sequence("hidden", 4, 5)[0, :2, 0].ravel()
    x = both.findChild(Heatmap, "view.equation.x").values().ravel()
    dropped = x == 0
    assert 0 < dropped.sum() < len(x)
    np.testing.assert_allclose(x[~dropped], 2 * states[~dropped], rtol=1e-6)
