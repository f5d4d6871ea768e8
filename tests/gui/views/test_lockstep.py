"""Several networks side by side, as a person shows them."""

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QToolButton, QWidget

from rnnviz.initialization import TorchDefault, Uniform, Zeros
from rnnviz.lockstep import SLIPS
from rnnviz.settings import Settings
from rnnviz.widgets.heatmap import Heatmap

LEFT = Qt.MouseButton.LeftButton


def click(qtbot, window, name):
    qtbot.mouseClick(window.findChild(QWidget, name), LEFT)


@pytest.fixture
def beside(qtbot, window):
    """Return the window with three networks side by side, one click from the start."""
    click(qtbot, window, "switch.lockstep")
    return window


def values(window, name):
    return window.findChild(Heatmap, name).values()


def said(window):
    return window.findChild(QWidget, "lockstep.badge").text()


def large(scheme, hidden_size=128, length=60):
    """Return settings of nn.RNNCell, whose two biases the others round differently."""
    return Settings.model_validate(
        {
            "network": {"kind": "rnn_cell", "input_size": 10, "hidden_size": hidden_size},
            "initialization": {"scheme": scheme.model_dump()},
            "sequence": {"length": length},
            "lockstep": {"on": True},
        }
    )


def test_the_three_networks_are_one_click_from_the_start(qtbot, beside):
    assert window_page(beside) == "view.lockstep"
    for _ in range(3):
        qtbot.keyClick(beside, Qt.Key.Key_Right)
    assert beside.session.cursor == 3
    lanes = [values(beside, f"view.lockstep.lane.{place}") for place in range(3)]
    assert [lane.shape for lane in lanes] == [(6, 4)] * 3
    for lane in lanes[1:]:
        np.testing.assert_allclose(lane, lanes[0], atol=1e-6)
    for place in (1, 2):
        gap = values(beside, f"view.lockstep.gap.{place}")
        np.testing.assert_array_equal(gap, lanes[place] - lanes[0])


def window_page(window):
    return window.findChild(QWidget, "pages").currentWidget().objectName()


@pytest.mark.parametrize("slip", SLIPS)
def test_every_slip_is_two_clicks_from_the_start(qtbot, beside, slip):
    click(qtbot, beside, f"lockstep.{slip}")
    assert beside.session.settings.lockstep.slip == slip
    beside.session.run_to_end()
    sentence = beside.findChild(QWidget, "lockstep.sentence")
    assert sentence.isVisible() and sentence.text()
    shown = "view.lockstep.grid" if slip == "output_h_n" else "view.lockstep.lane.1"
    assert beside.findChild(QWidget, shown).isVisible()


def test_back_to_the_one_network_nothing_runs_beside_it(qtbot, beside):
    click(qtbot, beside, "switch.network")
    assert beside.session.lockstep is None
    assert window_page(beside) == "splitter"
    assert beside.findChild(QToolButton, "switch.network").isChecked()


def test_the_cursor_stays_and_the_others_catch_up(qtbot, window):
    for _ in range(4):
        qtbot.keyClick(window, Qt.Key.Key_Right)
    click(qtbot, window, "switch.lockstep")
    assert window.session.cursor == 4
    assert values(window, "view.lockstep.lane.2").shape == (6, 5)


def test_equality_is_never_said_without_figure_and_tolerance(beside):
    assert "no step yet" in said(beside)
    beside.session.seek(5)
    for line in said(beside).splitlines()[:2]:
        assert "equal" in line
        assert "largest difference" in line and "tolerance" in line


def test_agreement_to_the_last_bit_is_no_lesson_on_rounding(beside):
    beside.session.apply(large(Zeros(), hidden_size=5))
    beside.session.seek(9)
    assert said(beside).count("equal to the last bit") == 2
    assert "every sum was rounded alike" in said(beside)


def to_the_end(qtbot, window):
    window.session.run_to_end()
    qtbot.waitUntil(lambda: window.session.cursor == window.session.length)


def test_rounding_that_stays_rounding(qtbot, beside):
    beside.session.apply(large(TorchDefault()))
    to_the_end(qtbot, beside)
    assert "equal within tolerance" in said(beside)
    assert "that is all the difference" in said(beside)


def test_rounding_that_grows_until_they_part(qtbot, beside):
    beside.session.apply(large(Uniform()))
    to_the_end(qtbot, beside)
    assert said(beside).count("steps equal, chains part") == 2
    assert "Rounding has grown to 2.00" in said(beside)


def test_several_layers_say_why_the_others_cannot_come_along(window):
    window.session.open_preset("exercise-rnn")
    window.session.set_lockstep(True)
    window.session.run_to_end()
    for place in (1, 2):
        reason = window.findChild(QWidget, f"view.lockstep.said.{place}")
        assert reason.isVisible() and "layers" in reason.text()


def test_both_directions_have_no_company(qtbot, window):
    window.session.open_preset("bidirectional")
    click(qtbot, window, "switch.lockstep")
    window.session.run_to_end()
    assert window.session.cursor == 20
    assert "untick Both directions" in window.findChild(QWidget, "view.lockstep.said.0").text()


def test_the_grid_reads_both_directions_at_a_click(qtbot, beside):
    click(qtbot, beside, "lockstep.output_h_n")
    assert beside.session.lockstep.scene.picture.directions == 1
    click(qtbot, beside, "lockstep.both_directions")
    assert beside.session.lockstep.scene.picture.directions == 2


def test_a_forgotten_state_is_told_from_the_second_step_on(qtbot, beside):
    click(qtbot, beside, "lockstep.state_forgotten")
    beside.session.seek(1)
    assert "equal so far" in said(beside)
    beside.session.seek(2)
    assert "different from t = 2 on" in said(beside)


def test_the_names_of_the_weights_open_and_close(qtbot, beside):
    table = beside.findChild(QWidget, "view.lockstep.names")
    assert not table.isVisible()
    click(qtbot, beside, "lockstep.names")
    assert table.isVisible()
    click(qtbot, beside, "lockstep.names")
    assert not table.isVisible()


def test_a_click_goes_to_a_step(qtbot, beside):
    beside.session.seek(8)
    heatmap = beside.findChild(Heatmap, "view.lockstep.gap.1")
    qtbot.mouseClick(heatmap, LEFT, pos=heatmap.cell_rect(0, 5).center())
    assert beside.session.cursor == 5


def test_what_would_not_fit_is_refused_and_the_page_stays(qtbot, window):
    from rnnviz.budget import bytes_needed
    from rnnviz.memory import MemoryLimits

    needed = sum(bytes_needed(window.session.settings))
    window.session.set_limits(MemoryLimits(needed + 10, needed))
    click(qtbot, window, "switch.lockstep")
    assert window.session.lockstep is None
    assert window_page(window) == "splitter"
    assert window.findChild(QToolButton, "switch.network").isChecked()


def test_other_weights_while_side_by_side(beside):
    beside.session.seek(5)
    beside.session.draw_new_weights()
    beside.session.apply(large(TorchDefault(), hidden_size=9, length=12))
    beside.session.run_to_end()
    assert values(beside, "view.lockstep.lane.0").shape == (9, 13)


def test_keys_switch_pages(qtbot, window):
    qtbot.keyClick(window, Qt.Key.Key_2, Qt.KeyboardModifier.ControlModifier)
    assert window_page(window) == "view.lockstep"
    qtbot.keyClick(window, Qt.Key.Key_1, Qt.KeyboardModifier.ControlModifier)
    assert window_page(window) == "splitter"


@pytest.mark.parametrize("slip", SLIPS)
def test_no_text_widens_the_window(qtbot, beside, slip):
    beside.resize(1024, 700)
    click(qtbot, beside, f"lockstep.{slip}")
    beside.set_projection(True)
    beside.showNormal()
    beside.resize(1280, 720)
    assert beside.minimumSizeHint().width() <= 1280
    beside.set_projection(False)
    assert beside.minimumSizeHint().width() <= 1024
