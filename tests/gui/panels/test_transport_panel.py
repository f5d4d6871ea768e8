"""The transport: its handle stands where the cursor is, whatever became of the way there."""

import threading

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QAction

from rnnviz import walker as walker_module
from rnnviz.panels.transport import BUTTONS, TransportPanel
from rnnviz.player import Player
from rnnviz.session import Session
from rnnviz.settings import NetworkSettings, SequenceSettings, Settings

LONG = Settings(network=NetworkSettings(hidden_size=4), sequence=SequenceSettings(length=5_000))


@pytest.fixture
def run(qapp):
    """Return a session of many steps."""
    made = Session(LONG)
    yield made
    made.close()


@pytest.fixture
def gate(run, monkeypatch):
    """Return an event that the worker waits for before each block."""
    monkeypatch.setattr(walker_module, "INLINE_SECONDS", 0.0)
    opened, compute = threading.Event(), run.contract.run

    def wait_and_compute(*args):
        assert opened.wait(20)
        return compute(*args)

    monkeypatch.setattr(run.contract, "run", wait_and_compute)
    yield opened
    opened.set()


@pytest.fixture
def panel(qtbot, run):
    """Return the transport on the screen."""
    made = TransportPanel(run, Player(run), {name: QAction() for name in BUTTONS})
    qtbot.addWidget(made)
    made.resize(800, 40)
    made.show()
    return made


def drag(qtbot, slider, to):
    """Take the handle and hold it at a step."""
    y = slider.height() // 2
    start = QPoint(round(slider.x_of(slider.value())), y)
    qtbot.mousePress(slider, Qt.MouseButton.LeftButton, pos=start)
    qtbot.mouseMove(slider, QPoint(round(slider.x_of(to)) - 1, y))


def release(qtbot, slider):
    qtbot.mouseRelease(slider, Qt.MouseButton.LeftButton)


def test_a_held_handle_waits_for_the_cursor_and_goes_back_when_it_is_cancelled(
    qtbot, panel, run, gate
):
    drag(qtbot, panel.slider, 4_990)
    assert run.busy and panel.slider.value() == run.target > 4_900
    run.cancel()
    assert panel.slider.value() == run.cursor == 0
    release(qtbot, panel.slider)
    assert panel.slider.value() == 0 and not run.busy


def test_a_handle_that_was_let_go_goes_back_to_the_cursor(qtbot, panel, run, gate):
    drag(qtbot, panel.slider, 4_990)
    release(qtbot, panel.slider)
    assert run.busy and run.target > 4_900
    run.cancel()
    assert panel.slider.value() == run.cursor == 0


def test_it_arrives_with_the_cursor(qtbot, panel, run, gate):
    drag(qtbot, panel.slider, 200)
    gate.set()
    qtbot.waitUntil(lambda: not run.busy)
    assert panel.slider.value() == run.cursor == run.target > 100
    release(qtbot, panel.slider)
    assert panel.slider.value() == run.cursor


def test_a_step_that_the_worker_could_not_make_moves_nothing(qtbot, panel, run, monkeypatch):
    def refuse(*_):
        raise RuntimeError("no more")

    monkeypatch.setattr(walker_module, "INLINE_SECONDS", 0.0)
    monkeypatch.setattr(run.contract, "run", refuse)
    with qtbot.waitSignal(run.failed):
        drag(qtbot, panel.slider, 4_990)
    assert panel.slider.value() == run.cursor == 0
    release(qtbot, panel.slider)


def test_a_step_that_is_refused_at_once_moves_nothing(qtbot, panel, run, monkeypatch):
    def refuse(*_):
        raise RuntimeError("no more")

    monkeypatch.setattr(walker_module, "INLINE_SECONDS", 1e9)
    monkeypatch.setattr(run.contract, "run", refuse)
    with qtbot.captureExceptions():
        drag(qtbot, panel.slider, 4_990)
    assert panel.slider.value() == run.cursor == 0
    release(qtbot, panel.slider)


def test_a_value_set_by_a_script_is_a_step(panel, run):
    panel.slider.setValue(30)
    assert run.cursor == panel.slider.value() == 30
