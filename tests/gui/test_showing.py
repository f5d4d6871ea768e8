"""``rnnviz.show``: the window on one's own module, from a script and within a running program."""

import gc
import os
import subprocess
import sys
import types

import pytest
import torch
from oracles import assert_same, expanding
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication, QSpinBox
from torch import nn

import rnnviz
from rnnviz import showing

SCRIPT = """
import torch, rnnviz
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication

def windows():
    return [w for w in QApplication.topLevelWidgets() if w.objectName() == "window"]

def close():
    (window,) = windows()
    print(window.session.settings.initialization.scheme.file, window.session.length)
    {before}
    print("closed", window.close())

{application}
QTimer.singleShot(0, close)
print(rnnviz.show(torch.nn.RNN(3, 4, 2), torch.randn(5, 3){arguments}))
QApplication.processEvents()
print(len(windows()))
"""
WITHOUT_DISPLAY = """
import torch, rnnviz
try:
    rnnviz.show(torch.nn.RNN(3, 4, 2), torch.randn(5, 3))
except RuntimeError as error:
    print(error)
"""


@pytest.fixture
def shown(qtbot):
    """Return a function that shows a module without waiting; its windows are closed at the end."""
    windows = []

    def show(*args, **options):
        window = rnnviz.show(*args, block=False, **options)
        windows.append(window)
        qtbot.addWidget(window)
        return window

    yield show
    for window in windows:
        window.close()


def ran(tmp_path, script, **environment):
    """Run a script of the user's and return how it ended."""
    places = {name: str(tmp_path) for name in ("XDG_CONFIG_HOME", "XDG_CACHE_HOME")}
    return subprocess.run(
        [sys.executable, "-c", script],
        env={**os.environ, **places, "QT_QPA_PLATFORM": "offscreen", **environment},
        capture_output=True,
        text=True,
        timeout=60,
    )


def complaints(end):
    """Return what was written to stderr beside what every offscreen window says."""
    return [line for line in end.stderr.splitlines() if "propagateSizeHints" not in line]


@pytest.mark.parametrize(
    ("application", "before"),
    [
        ("app = QApplication([])", "pass"),
        ("app = QApplication([]); app.setQuitOnLastWindowClosed(False)", "pass"),
        ("app = QApplication([])", "window.session.run_to_end()"),
    ],
    ids=["first", "not the last window", "in use"],
)
def test_a_script_waits_until_the_window_is_closed(tmp_path, application, before):
    script = SCRIPT.format(application=application, before=before, arguments="")
    end = ran(tmp_path, script)
    assert end.returncode == 0 and complaints(end) == []
    assert end.stdout.splitlines() == ["RNN 5", "closed True", "None", "0"]


def test_a_script_needs_no_application_of_its_own(tmp_path):
    script = (
        "import threading, torch, rnnviz, rnnviz.showing as showing\n"
        "from PySide6.QtCore import QTimer\n"
        "wait = showing.Shown.wait\n"
        "def closing(shown):\n"
        "    QTimer.singleShot(0, shown.window.close)\n"
        "    wait(shown)\n"
        "showing.Shown.wait = closing\n"
        "for _ in range(2):\n"
        "    print(rnnviz.show(torch.nn.RNNCell(3, 4), torch.randn(5, 3)))\n"
    )
    end = ran(tmp_path, script)
    assert end.returncode == 0 and complaints(end) == []
    assert end.stdout == "None\nNone\n"


def test_without_a_display_it_is_said_what_shows_itself_instead(tmp_path):
    environment = dict.fromkeys(("QT_QPA_PLATFORM", "DISPLAY", "WAYLAND_DISPLAY"), "")
    end = ran(tmp_path, WITHOUT_DISPLAY, **environment)
    if sys.platform.startswith("linux"):
        assert (end.returncode, end.stderr) == (0, "")
        assert "rnnviz.trace(...) needs none" in end.stdout


def test_it_shows_what_flowed_and_then_computes(shown, qtbot):
    module, inputs, h0 = expanding(nn.RNN(3, 6)), torch.randn(70, 2, 3), torch.randn(1, 2, 6)
    window = shown(module, inputs, h0)
    assert window.isVisible()
    session = window.session
    session.run_to_end()
    qtbot.waitUntil(lambda: session.cursor == 70)
    wanted = rnnviz.trace(module, inputs, h0)
    assert_same(session.trace.hidden, wanted.hidden)
    assert_same(session.trace.inputs, wanted.inputs)
    assert_same(
        window.findChild(object, "view.timeline.hidden.0").values(), wanted.hidden[:, 0, 0].T
    )

    hidden_size = window.findChild(QSpinBox, "network.hidden_size")
    hidden_size.setValue(4)
    qtbot.waitUntil(lambda: session.settings.network.hidden_size == 4)
    assert session.settings.replay is None
    session.run_to_end()
    qtbot.waitUntil(lambda: session.cursor == 70)
    alone = rnnviz.trace(session.network, session.trace.inputs)
    assert_same(session.trace.hidden, alone.hidden)


def test_a_layer_of_a_module(shown):
    model = nn.Sequential()
    model.add_module("embedding", nn.Embedding(7, 3))
    model.add_module("rnn", nn.RNN(3, 5, 2, bidirectional=True))
    session = shown(model, torch.arange(6).reshape(6, 1), layer="rnn").session
    assert session.settings.initialization.scheme.file == "Sequential, rnn"
    assert session.trace.hidden.shape[1:] == (4, 1, 5)


def visible():
    """Return the program's windows that are on the screen."""
    widgets = QApplication.topLevelWidgets()
    return [w for w in widgets if w.objectName() == "window" and w.isVisible()]


def test_a_window_that_nobody_holds_stays_until_it_is_closed(qtbot):
    rnnviz.show(nn.RNNCell(2, 3), torch.zeros(4, 2), block=False)
    gc.collect()
    (window,) = visible()
    window.session.step_forward()
    assert window.session.cursor == 1
    with qtbot.waitSignal(window.destroyed):
        window.close()


def test_torch_has_its_threads_again_when_the_last_window_is_closed(qtbot):
    before = torch.get_num_threads()
    torch.set_num_threads(2)
    try:
        windows = [rnnviz.show(nn.RNNCell(2, 3), torch.zeros(4, 2), block=False) for _ in range(2)]
        counts = []
        for window in windows:
            counts.append(torch.get_num_threads())
            with qtbot.waitSignal(window.destroyed):
                window.close()
        assert [*counts, torch.get_num_threads()] == [1, 1, 2]
    finally:
        torch.set_num_threads(before)


def test_in_a_running_loop_it_returns_at_once_unless_told_to_wait(qtbot):
    returned = []

    def show(block):
        returned.append(rnnviz.show(nn.RNNCell(2, 3), torch.zeros(4, 2), block=block))

    QTimer.singleShot(0, lambda: show(None))
    qtbot.waitUntil(lambda: len(returned) == 1)
    assert visible() == returned
    with qtbot.waitSignal(returned[0].destroyed):
        returned[0].close()

    seen = []

    def close():
        seen.extend((len(visible()), len(returned)))
        visible()[0].close()

    QTimer.singleShot(0, lambda: (QTimer.singleShot(0, close), show(True)))
    qtbot.waitUntil(lambda: len(returned) == 2)
    assert seen == [1, 1] and returned[1] is None and visible() == []


@pytest.mark.parametrize(
    ("gui", "runs"), [("qt6", True), ("qt", True), ("tk", False), (None, False)]
)
def test_it_asks_ipython_whether_its_loop_is_qts(qapp, monkeypatch, gui, runs):
    shell = types.SimpleNamespace(active_eventloop=gui)
    ipython = types.SimpleNamespace(get_ipython=lambda: shell)
    monkeypatch.setitem(sys.modules, "IPython", ipython)
    assert showing._loop_runs() is runs


def test_what_cannot_be_shown_leaves_no_window(qapp):
    before = QApplication.topLevelWidgets()
    with pytest.raises(ValueError, match="has no recurrent layer"):
        rnnviz.show(nn.Linear(2, 2), torch.zeros(3, 2), block=False)
    with pytest.raises(ValueError, match="100,000"):
        rnnviz.show(nn.RNN(1, 1), torch.zeros(100_001, 1), block=False)
    assert not [w for w in QApplication.topLevelWidgets() if w not in before and w.isVisible()]
