"""The window as a whole, driven as a person would drive it."""

import re
import threading
from pathlib import Path

import numpy as np
import pytest
import torch
from PySide6.QtCore import QPoint, QSettings, QSize, Qt
from PySide6.QtGui import QAction, QGuiApplication, QKeySequence, QScreen
from PySide6.QtWidgets import QComboBox, QDockWidget, QLabel, QSpinBox, QTabBar, QWidget

from rnnviz.app import create_window
from rnnviz.changes import why_no_draw
from rnnviz.reports.dialog import ErrorDialog
from rnnviz.settings import NetworkSettings, SequenceSettings, Settings
from rnnviz.views.timeline import TimelineView
from rnnviz.widgets.colours import is_dark
from rnnviz.widgets.heatmap import Heatmap
from rnnviz.window import LEAST_SIZE

NAMES = Path(__file__).parents[2] / "docs" / "ui-names.md"
LETTERS = "helo"


def press(qtbot, window, key, modifiers=Qt.KeyboardModifier.NoModifier):
    """Press a key where the focus is."""
    qtbot.keyClick(QGuiApplication.focusObject() or window, key, modifiers)


def spelled(session):
    """Return the letters of the largest outputs."""
    return "".join(LETTERS[i] for i in np.asarray(session.trace.outputs)[:, 0].argmax(-1))


def test_first_start_says_hello(window):
    session = window.session
    assert (session.cursor, session.length) == (0, 10)
    inputs = window.findChild(Heatmap, "view.timeline.inputs").values()
    assert "".join(LETTERS[i] for i in inputs.argmax(0)) == "hellohello"
    assert window.findChild(Heatmap, "view.timeline.hidden.0").values().shape == (6, 1)
    session.run_to_end()
    assert spelled(session) == "ellohelloh"


def test_right_arrow_computes_a_step(qtbot, window):
    press(qtbot, window, Qt.Key.Key_Right)
    hidden = window.findChild(Heatmap, "view.timeline.hidden.0")
    x, h = window.session.run.inputs[0, 0], torch.zeros(6)
    y, h = window.session.network(x, h)
    np.testing.assert_array_equal(hidden.values()[:, 1], h.detach().numpy())
    outputs = window.findChild(Heatmap, "view.timeline.outputs").values()
    np.testing.assert_array_equal(outputs[:, 0], y.detach().numpy())
    press(qtbot, window, Qt.Key.Key_Left)
    assert window.session.cursor == 0
    assert hidden.columns_shown == 2


def test_ten_fast_presses_are_ten_steps(qtbot, window):
    for _ in range(10):
        press(qtbot, window, Qt.Key.Key_Right)
    assert window.session.cursor == 10


def test_keys_work_in_a_spin_box_until_something_is_typed(qtbot, window):
    spin = window.findChild(QSpinBox, "network.hidden_size")
    spin.setFocus()
    press(qtbot, window, Qt.Key.Key_Right)
    assert window.session.cursor == 1
    spin.selectAll()
    qtbot.keyClicks(spin, "7")
    qtbot.keyClick(spin, Qt.Key.Key_Left)
    assert window.session.cursor == 1
    with qtbot.waitSignal(window.session.network_changed):
        qtbot.keyClick(spin, Qt.Key.Key_Return)
    assert window.session.network.hidden_size == 7
    assert isinstance(window.focusWidget(), TimelineView)
    press(qtbot, window, Qt.Key.Key_Right)
    assert window.session.cursor == 1


def test_space_plays_and_pauses(qtbot, window):
    window.findChild(QSpinBox, "transport.speed").setValue(60)
    press(qtbot, window, Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: window.session.cursor >= 3)
    press(qtbot, window, Qt.Key.Key_Space)
    cursor = window.session.cursor
    qtbot.wait(80)
    assert window.session.cursor == cursor


def test_slider_and_axis_share_their_edges(qtbot, window):
    slider = window.findChild(QWidget, "transport.slider")
    axis = window.findChild(QWidget, "view.timeline.axis")
    hidden = window.findChild(Heatmap, "view.timeline.hidden.0")
    left = slider.mapTo(window, QPoint(0, 0)).x()
    assert left == axis.mapTo(window, QPoint(0, 0)).x()
    assert slider.width() == axis.width()
    window.session.seek(7)
    column = hidden.cell_rect(0, 7).center()
    assert abs(hidden.mapTo(window, column).x() - left - slider.x_of(7)) <= 2
    assert abs(axis.x_of(7) - slider.x_of(7)) <= 1


def test_click_on_the_axis_seeks(qtbot, window):
    axis = window.findChild(QWidget, "view.timeline.axis")
    qtbot.mouseClick(axis, Qt.MouseButton.LeftButton, pos=QPoint(round(axis.x_of(6)), 8))
    assert window.session.cursor == 6


def test_drag_of_the_slider_scrubs(qtbot, window):
    slider = window.findChild(QWidget, "transport.slider")
    y = slider.height() // 2
    qtbot.mousePress(slider, Qt.MouseButton.LeftButton, pos=QPoint(round(slider.x_of(2)), y))
    qtbot.mouseMove(slider, QPoint(round(slider.x_of(8)), y))
    qtbot.mouseRelease(slider, Qt.MouseButton.LeftButton, pos=QPoint(round(slider.x_of(8)), y))
    assert window.session.cursor == 8
    assert slider.value() == 8


def test_nothing_of_the_future_is_shown(window):
    window.session.seek(3)
    assert window.findChild(Heatmap, "view.timeline.hidden.0").values().shape == (6, 4)
    assert window.findChild(Heatmap, "view.timeline.outputs").values().shape == (4, 3)
    assert window.findChild(Heatmap, "view.timeline.inputs").values().shape == (4, 10)


@pytest.mark.parametrize(
    ("preset", "hidden", "outputs"),
    [
        ("exercise-rnn", 2, False),
        ("exercise-rnncell", 1, False),
        ("exercise-sequence", 1, True),
    ],
)
def test_rows_are_those_of_the_network(window, preset, hidden, outputs):
    window.session.open_preset(preset)
    names = {h.objectName() for h in window.findChildren(Heatmap) if h.isVisibleTo(window)}
    assert f"view.timeline.hidden.{hidden - 1}" in names
    assert f"view.timeline.hidden.{hidden}" not in names
    assert ("view.timeline.outputs" in names) is outputs
    says = window.findChild(QLabel, "view.timeline.no_output")
    assert says.isVisibleTo(window) is not outputs


def test_shapes_are_written_as_torch_writes_them(window):
    window.session.open_preset("exercise-rnn")
    text = window.findChild(QLabel, "status.shapes").text()
    assert "x (5, 3, 10)" in text and "h (6, 2, 3, 20)" in text
    count = sum(p.numel() for p in window.session.network.parameters())
    assert f"{count:,} parameters" in text


def test_zero_memory_button_spells_elllhelllh(qtbot, window):
    window.session.seek(10)
    qtbot.waitUntil(lambda: "memory away" in window.findChild(QWidget, "tries").text())
    qtbot.mouseClick(window.findChild(QWidget, "tries.do"), Qt.MouseButton.LeftButton)
    window.session.run_to_end()
    assert spelled(window.session) == "elllhelllh"


def test_drawing_is_offered_where_there_is_something_to_draw(qtbot, window):
    action = window.findChild(QAction, "init.draw_action")
    button = window.findChild(QWidget, "init.draw")
    assert not action.isEnabled() and not button.isEnabled()  # hello's weights are typed
    assert action.toolTip() == button.toolTip() == why_no_draw(window.session.settings) != ""
    window.session.open_preset("exercise-sequence")
    assert action.isEnabled() and button.isEnabled()
    assert action.toolTip() == button.toolTip()
    with qtbot.waitSignal(window.session.weights_changed):
        action.trigger()
    assert window.session.settings.initialization.seed == 1


def test_playing_says_once_that_a_step_fails(qtbot, window, monkeypatch):
    def refuse(*_):
        raise RuntimeError("no more")

    monkeypatch.setattr(window.session.contract, "run", refuse)
    window.findChild(QSpinBox, "transport.speed").setValue(60)
    with qtbot.captureExceptions() as raised:
        play = window.findChild(QAction, "run.play")
        play.trigger()
        qtbot.waitUntil(lambda: play.text() == "&Play")
        qtbot.wait(100)  # six more ticks, if there were any
    assert len(raised) <= 1
    for kind, error, _ in raised:  # as the program's own hook does
        assert kind is RuntimeError
        window.show_error(error)
    qtbot.waitUntil(lambda: window.findChild(ErrorDialog) is not None)
    window.findChild(ErrorDialog).close()


def test_theme_and_layout_come_back(qtbot, window, store):
    window.findChild(QAction, "view.theme.light").trigger()
    window.findChild(QDockWidget, "dock.sequence").hide()
    window.resize(780, 690)  # within the offscreen screen of 800 x 800
    window.close()
    again = create_window(store=QSettings(store.fileName(), QSettings.Format.IniFormat))
    qtbot.addWidget(again)
    again.show()
    qtbot.waitUntil(lambda: again.findChild(QDockWidget, "dock.sequence").isHidden())
    assert not any(bar.count() for bar in again.findChildren(QTabBar) if bar.isVisible())
    assert again.size() == window.size()
    qtbot.waitUntil(lambda: not is_dark(again.palette()))
    again.findChild(QAction, "view.reset_layout").trigger()
    assert not again.findChild(QDockWidget, "dock.sequence").isHidden()
    again.findChild(QAction, "view.theme.dark").trigger()


class TestProjection:
    def test_f11_goes_in_and_out(self, qtbot, window):
        press(qtbot, window, Qt.Key.Key_F11)
        assert window.projecting and window.isFullScreen()
        assert window.findChild(QDockWidget, "dock.network").isHidden()
        press(qtbot, window, Qt.Key.Key_F11)
        assert not window.projecting
        assert not window.findChild(QDockWidget, "dock.network").isHidden()

    def test_a_clicker_steps_and_blanks(self, qtbot, window):
        press(qtbot, window, Qt.Key.Key_F11)
        press(qtbot, window, Qt.Key.Key_PageDown)
        press(qtbot, window, Qt.Key.Key_PageDown)
        press(qtbot, window, Qt.Key.Key_PageUp)
        assert window.session.cursor == 1
        for key in (Qt.Key.Key_F5, Qt.Key.Key_Escape):
            press(qtbot, window, key)
            assert window.projecting
        blank = window.findChild(QWidget, "projection.blank")
        press(qtbot, window, Qt.Key.Key_Period)
        assert blank.isVisible()
        press(qtbot, window, Qt.Key.Key_B)
        assert not blank.isVisible()

    def test_a_clicker_never_reaches_a_field(self, qtbot, window):
        press(qtbot, window, Qt.Key.Key_F11)
        speed = window.findChild(QSpinBox, "transport.speed")
        speed.setFocus()
        value = speed.value()
        qtbot.keyClick(speed, Qt.Key.Key_PageDown)
        assert speed.value() == value
        assert window.session.cursor == 1

    def test_errors_are_a_banner(self, qtbot, window):
        press(qtbot, window, Qt.Key.Key_F11)
        window.show_error(ValueError("the reason"))
        assert window.findChild(ErrorDialog) is None
        assert window.findChild(QLabel, "banner.text").text() == "the reason"


def test_long_run_answers_and_cancels(qtbot, window):
    combo = window.findChild(QComboBox, "network.kind")
    combo.setCurrentIndex(combo.findData("rnn"))
    session = window.session
    session.apply(
        Settings(
            network=NetworkSettings(kind="elman", hidden_size=256),
            sequence=SequenceSettings(length=100_000),
        )
    )
    press(qtbot, window, Qt.Key.Key_Right, Qt.KeyboardModifier.ControlModifier)
    assert session.busy
    qtbot.waitUntil(lambda: session.cursor > 500, timeout=20_000)
    progress = window.findChild(QWidget, "progress")
    qtbot.waitUntil(progress.isVisible)
    press(qtbot, window, Qt.Key.Key_Escape)
    kept = session.cursor
    assert not session.busy and kept > 500
    assert len(session.trace) == kept
    h = torch.zeros(1, 256)
    with torch.no_grad():
        for x in session.run.inputs[:kept]:
            _, h = session.network(x, h)
    np.testing.assert_array_equal(session.trace.hidden[kept][0], h.numpy())


def test_closing_in_the_middle_of_a_run_leaves_no_thread(qtbot, store):
    settings = Settings(
        network=NetworkSettings(hidden_size=256), sequence=SequenceSettings(length=100_000)
    )
    before = set(threading.enumerate())
    window = create_window(settings, store=store)
    qtbot.addWidget(window)
    window.show()
    window.session.run_to_end()
    qtbot.waitUntil(lambda: window.session.cursor > 100, timeout=20_000)
    assert window.session.busy
    window.close()
    assert window.session.wait_closed(20)
    assert set(threading.enumerate()) <= before


def documented_names():
    """Return the names of the documentation as patterns; <…> stands for one part."""
    quoted = re.findall(r"`([\w.<>-]+)`", NAMES.read_text(encoding="utf-8"))
    return [re.compile(re.sub(r"<\w+>", r"[\\w-]+", re.escape(name))) for name in quoted]


def test_every_control_is_named_in_the_documentation(window):
    patterns = documented_names()
    found = set()
    for dock in ("unrolled", "inspector", "code"):
        window.open_dock(dock)
    for preset in ("hello", "exercise-rnn", "exercise-rnncell", "bidirectional", "lockstep"):
        if preset == "lockstep":
            window.session.open_preset("hello")
            window.session.set_lockstep(True)
        else:
            window.session.open_preset(preset)
        for thing in (*window.findChildren(QWidget), *window.findChildren(QAction)):
            name = thing.objectName().removesuffix(".problem")
            if name and not name.startswith(("qt_", "_", "Q")):
                found.add(name)
    assert {name for name in found if not any(p.fullmatch(name) for p in patterns)} == set()
    for name in (
        "network.hidden_size", "view.timeline.hidden.1", "run.play", "equation.strip",
        "view.lockstep.gap.2", "view.inspector.copy", "view.code.text", "view.unrolled",
    ):  # fmt: skip
        assert name in found


@pytest.mark.parametrize(
    ("screen", "size"),
    [((1920, 1080), (1440, 900)), ((1280, 720), (1280, 680)), ((800, 600), LEAST_SIZE)],
)
def test_the_first_window_is_on_the_screen(monkeypatch, qtbot, store, screen, size):
    monkeypatch.setattr(QScreen, "availableSize", lambda *_: QSize(*screen))
    window = create_window(store=store)
    qtbot.addWidget(window)
    assert window.size().toTuple() == size


@pytest.mark.parametrize("key", ["Left", "Escape", "Right", "Ctrl+Left"])
def test_a_move_by_hand_ends_playing(qtbot, window, key):
    window.session.seek(4)
    qtbot.keyClick(window, Qt.Key.Key_Space)
    assert window._player.playing
    pressed = QKeySequence(key)[0]
    qtbot.keyClick(window, pressed.key(), pressed.keyboardModifiers())
    assert not window._player.playing


def test_a_maximised_window_comes_back_so_from_projection(qtbot, window):
    window.showMaximized()
    qtbot.keyClick(window, Qt.Key.Key_F11)
    assert window.isFullScreen()
    qtbot.keyClick(window, Qt.Key.Key_F11)
    assert window.isMaximized()
    assert not window.isFullScreen()
