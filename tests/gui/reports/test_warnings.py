"""Warnings in the banner: the first number that is not finite, and the way to it."""

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QTextDocument
from PySide6.QtWidgets import QLabel, QPushButton, QSpinBox, QWidget

from rnnviz.arrays import Stored
from rnnviz.colour_map import NOT_FINITE
from rnnviz.initialization import Constant
from rnnviz.initialization import Loaded as LoadedWeights
from rnnviz.selection import Pin
from rnnviz.sequences.loaded import Loaded
from rnnviz.sequences.signals import Impulse
from rnnviz.settings import InitializationSettings, NetworkSettings, SequenceSettings, Settings
from rnnviz.widgets.colour_bar import ColourBar
from rnnviz.widgets.heatmap import Heatmap

LEFT = Qt.MouseButton.LeftButton


def banner(window):
    """Return what the banner says as plain text, or nothing."""
    label = window.findChild(QLabel, "banner.text")
    if not label.isVisible():
        return ""
    document = QTextDocument()
    document.setHtml(label.text())
    return document.toPlainText()


def link(window):
    return window.findChild(QPushButton, "banner.link")


def go(qtbot, window, step):
    window.session.seek(step)
    qtbot.waitUntil(lambda: not window.session.busy)


def doubling(length=200):
    """Return settings of two ReLU units that double: h_t is 2^t, and float32 ends at 2^128."""
    network = NetworkSettings(
        kind="rnn_cell", input_size=1, hidden_size=2, nonlinearity="relu", bias=False
    )
    sequence = SequenceSettings(source=Impulse(at=1, unit=0, amplitude=2), length=length)
    initialization = InitializationSettings(scheme=Constant(value=1))  # each unit adds both
    return Settings(network=network, sequence=sequence, initialization=initialization)


def given(values, **network):
    """Return settings with the numbers of a file as inputs, (T, I)."""
    data = np.asarray(values, np.float32)
    sizes = {"input_size": data.shape[-1], "hidden_size": 3, "kind": "rnn_cell"} | network
    source = Loaded(file="own.npy", data=Stored(data))
    return Settings(
        network=NetworkSettings(**sizes),
        sequence=SequenceSettings(source=source, length=len(data)),
        initialization=InitializationSettings(scheme=Constant(value=0.5)),
    )


def with_weights(**tensors):
    """Return settings of a cell with the weights of a file."""
    stored = {name: Stored(np.asarray(values, np.float32)) for name, values in tensors.items()}
    hidden, inputs = stored["weight_ih"].shape
    network = NetworkSettings(kind="rnn_cell", input_size=inputs, hidden_size=hidden, bias=False)
    scheme = LoadedWeights(file="own.pt", tensors=stored)
    return Settings(network=network, initialization=InitializationSettings(scheme=scheme))


def test_N5_overflow_at_step_128_is_said_and_it_plays_on(qtbot, window):
    session, play = window.session, window.findChild(QAction, "run.play")
    session.apply(doubling())
    go(qtbot, window, 127)
    assert banner(window) == ""
    window.findChild(QSpinBox, "transport.speed").setValue(60)
    play.trigger()
    qtbot.waitUntil(lambda: session.cursor > 130)
    assert play.text() == "&Pause"  # it goes on
    states = np.asarray(session.trace.hidden)[:, 0, 0, 0]
    assert states[127] == 2.0**127 and np.isinf(states[128])
    assert banner(window) == "Overflow at step 128: h128 is infinite in unit 0."
    assert link(window).text() == "Go to step 128"
    qtbot.mouseClick(link(window), LEFT)
    assert session.cursor == 128 and session.selection.pin == Pin("hidden", 0)
    assert play.text() == "&Play"


def test_N4_nan_in_the_input_is_named_and_drawn_in_its_colour(qtbot, window):
    values = np.linspace(-2, 2, 30).reshape(15, 2)
    values[6, 1] = np.nan
    window.session.apply(given(values))
    go(qtbot, window, 6)
    assert banner(window) == ""
    go(qtbot, window, 15)
    assert banner(window) == "The input x7 is NaN in unit 1."
    row = window.findChild(Heatmap, "view.timeline.hidden.0")
    known = np.isfinite(row.values()).all(axis=0)
    assert known.tolist() == [True] * 7 + [False] * 9
    inputs = window.findChild(Heatmap, "view.timeline.inputs")
    assert inputs.levels() == (-2, 2)  # of finite values alone
    cell = inputs.cell_rect(1, 6)
    colour = inputs.grab().toImage().pixelColor(cell.center())
    assert colour.name() == NOT_FINITE
    bar = inputs.parent().findChild(ColourBar)
    assert "purple: NaN or infinite" in bar.accessibleDescription()
    qtbot.mouseClick(link(window), LEFT)
    assert window.session.cursor == 7


def test_N4_an_infinite_input_leaves_the_states_finite(qtbot, window):
    values = np.zeros((9, 1))
    values[3] = np.inf
    window.session.apply(given(values))
    go(qtbot, window, 9)
    assert banner(window) == "The input x4 is infinite in unit 0."
    assert np.isfinite(window.session.trace.hidden).all()


def test_a_weight_is_said_before_anything_is_computed(qtbot, window):
    weights = {"weight_ih": [[1.0], [1.0]], "weight_hh": [[0.0, 1.0], [np.nan, 0.0]]}
    window.session.apply(with_weights(**weights))
    assert banner(window) == "The weight Whh is NaN in row 1, column 0."
    qtbot.mouseClick(link(window), LEFT)
    assert window.session.cursor == 0 and window.session.selection.pin == Pin("hidden", 1)
    go(qtbot, window, 5)
    assert banner(window).startswith("The weight")  # it is the cause of what follows


def test_layer_and_sequence_are_said_where_there_are_several(qtbot, window):
    values = np.zeros((5, 2, 1))
    values[2, 1] = np.nan
    window.session.apply(given(values, kind="rnn", num_layers=2, batch_size=2))
    go(qtbot, window, 5)
    assert banner(window) == "The input x3 is NaN in unit 0, sequence 2 of 2."
    qtbot.mouseClick(link(window), LEFT)
    assert window.session.selection.sequence == 1


def test_it_goes_when_it_is_not_true_any_more_and_comes_back(qtbot, window):
    session = window.session
    session.apply(doubling())
    go(qtbot, window, 200)
    assert banner(window) != ""
    network = session.settings.network.model_copy(update={"nonlinearity": "tanh"})
    session.apply(session.settings.model_copy(update={"network": network}))
    go(qtbot, window, 200)
    assert banner(window) == ""
    session.undo()
    qtbot.waitUntil(lambda: not session.busy)
    assert banner(window) == "Overflow at step 128: h128 is infinite in unit 0."


def test_what_was_closed_stays_closed_until_another_run(qtbot, window):
    window.session.apply(doubling())
    go(qtbot, window, 150)
    qtbot.mouseClick(window.findChild(QWidget, "banner.close"), LEFT)
    assert banner(window) == ""
    go(qtbot, window, 0)
    go(qtbot, window, 200)
    assert banner(window) == ""
    window.session.apply(doubling(length=201))
    go(qtbot, window, 201)
    assert banner(window) != ""


def test_an_error_comes_before_a_warning_which_is_shown_after_it(qtbot, window):
    window.session.apply(doubling())
    window.set_projection(True)
    window.show_error(ValueError("the reason"))
    go(qtbot, window, 200)
    assert banner(window) == "the reason"
    qtbot.mouseClick(window.findChild(QWidget, "banner.close"), LEFT)
    assert banner(window).startswith("Overflow")
    assert link(window).isVisible()
    qtbot.mouseClick(window.findChild(QWidget, "banner.close"), LEFT)
    assert banner(window) == ""


def test_beside_other_networks_the_first_one_is_warned_of(qtbot, window):
    session = window.session
    session.apply(doubling())
    session.set_lockstep(True)
    go(qtbot, window, 200)
    assert banner(window).startswith("Overflow at step 128")
    qtbot.mouseClick(link(window), LEFT)
    assert session.cursor == 128


OPEN = ("unrolled", "inspector")


def look_at_all(qtbot, window):
    """Have every view paint itself, with a unit pinned, at the last step and beside others."""
    session = window.session
    for dock in OPEN:
        window.open_dock(dock)
    go(qtbot, window, session.length)
    session.select(pin=Pin("hidden", 0))
    window.grab()
    session.set_lockstep(True)
    qtbot.waitUntil(lambda: not session.busy)
    window.grab()
    session.set_lockstep(False)
    window.grab()


def has_a_scale(heatmap):
    low, high = heatmap.levels()
    return low < high and np.isfinite([low, high]).all()


@pytest.mark.filterwarnings("error")
def test_N3_one_step_and_one_unit_have_axes_and_a_scale(qtbot, window):
    window.session.apply(given(np.ones((1, 1)), hidden_size=1))
    look_at_all(qtbot, window)
    heatmaps = [h for h in window.findChildren(Heatmap) if h.isVisible()]
    assert len(heatmaps) >= 8 and all(map(has_a_scale, heatmaps))
    assert window.findChild(QWidget, "view.timeline.axis").isVisible()
    (mark, *others) = [bar for bar in window.findChildren(ColourBar) if bar.isVisible()]
    assert all(len(bar.marks()) == 3 for bar in (mark, *others))


@pytest.mark.filterwarnings("error")
def test_N6_equal_numbers_divide_by_nothing(qtbot, window):
    for value in (0.0, 1e-42, 0.25):  # the second one is denormal
        settings = given(np.full((12, 2), value))
        scheme = InitializationSettings(scheme=Constant(value=value))
        window.session.apply(settings.model_copy(update={"initialization": scheme}))
        look_at_all(qtbot, window)
        assert all(has_a_scale(h) for h in window.findChildren(Heatmap) if h.isVisible())
        states = np.asarray(window.session.trace.hidden)[1:]
        assert (states == states[..., :1]).all() and np.isfinite(states).all()
        assert banner(window) == ""


@pytest.mark.filterwarnings("error")
def test_N9_matrices_without_a_basis_of_eigenvectors_are_shown(qtbot, window):
    turning, defective = [[0.0, -1.0], [1.0, 0.0]], [[0.5, 10.0], [0.0, 0.5]]
    zero, nan = [[0.0, 0.0], [0.0, 0.0]], [[np.nan, 0.0], [0.0, np.nan]]
    for matrix in (turning, defective, zero, nan):
        window.session.apply(with_weights(weight_ih=[[1.0], [1.0]], weight_hh=matrix))
        look_at_all(qtbot, window)
        shown = window.findChild(Heatmap, "view.equation.W_hh").values()
        np.testing.assert_array_equal(shown, np.asarray(matrix, np.float32))
        assert ("NaN" in banner(window)) == bool(np.isnan(matrix).any())
