"""A start: the window first, then what is large, then the keys that were pressed meanwhile."""

import gc

import pytest
from PySide6.QtCore import QEvent, QObject, Qt, QTimer
from PySide6.QtGui import QAction, QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QSpinBox, QWidget

from rnnviz import startup as startup_module
from rnnviz import torch_loader
from rnnviz.startup import Startup
from rnnviz.torch_loader import TorchError
from rnnviz.typeahead import MOST
from rnnviz.views.timeline import TimelineView
from rnnviz.window import MainWindow

CONTROL = Qt.KeyboardModifier.ControlModifier


@pytest.fixture
def shell(qtbot, store):
    """Return an empty window, active."""
    made = MainWindow(store)
    made.resize(1280, 720)
    qtbot.addWidget(made)
    with qtbot.waitActive(made):
        made.show()
        made.activateWindow()
    return made


@pytest.fixture
def unfreeze():
    """Let the garbage collector go through everything again afterwards."""
    yield
    gc.unfreeze()


pytestmark = pytest.mark.usefixtures("unfreeze")


def complete(window):
    """Return whether the window is filled and has got its keys."""
    return window.findChild(QWidget, "view.timeline") is not None and gc.isenabled()


def test_the_shell_is_there_first(shell):
    assert shell.findChild(QLabel, "loading.text").text() == "Loading PyTorch …"
    assert shell.findChild(QWidget, "view.timeline") is None
    assert [a.objectName() for a in shell.actions()] == ["file.quit"]


def test_it_is_filled(qtbot, shell):
    told = []
    Startup(shell, "exercise-rnn", lambda: told.append(shell.session.preset.title))
    qtbot.waitUntil(lambda: complete(shell))
    assert told == [shell.session.preset.title]
    assert shell.session.settings.network.kind == "rnn"
    assert not shell.loading.isVisible()


class ShownWindows(QObject):
    """Notes whatever is shown as a window."""

    def __init__(self, application) -> None:
        super().__init__()
        self.seen = []
        application.installEventFilter(self)

    def eventFilter(self, watched, event):
        if event.type() == QEvent.Type.Show and isinstance(watched, QWidget) and watched.isWindow():
            self.seen.append(watched.objectName())
        return False


def test_no_part_flashes_up_as_a_window_of_its_own(qtbot, qapp, shell):
    shown = ShownWindows(qapp)
    Startup(shell)
    qtbot.waitUntil(lambda: complete(shell))
    assert shown.seen == []
    assert isinstance(shell.focusWidget(), TimelineView)


def test_alt_is_for_the_menus(qtbot, shell):
    Startup(shell)
    QTest.keyClick(shell, Qt.Key.Key_Alt, Qt.KeyboardModifier.AltModifier)
    QTest.keyClick(shell, Qt.Key.Key_Right, Qt.KeyboardModifier.AltModifier)
    qtbot.waitUntil(lambda: complete(shell))
    assert isinstance(QGuiApplication.focusObject(), TimelineView)
    assert shell.session.cursor == 0


def test_keys_pressed_meanwhile_come_in_their_order(qtbot, shell):
    Startup(shell)
    for key in ("Key_Right", "Key_Right", "Key_Right", "Key_Left"):
        QTest.keyClick(shell, getattr(Qt.Key, key))
    qtbot.waitUntil(lambda: complete(shell))
    assert shell.session.cursor == 2
    QTest.keyClick(QGuiApplication.focusObject(), Qt.Key.Key_Right)
    assert shell.session.cursor == 3


def test_shortcuts_pressed_meanwhile_work(qtbot, shell):
    Startup(shell)
    QTest.keyClick(shell, Qt.Key.Key_Right, CONTROL)
    QTest.keyClick(shell, Qt.Key.Key_F1)
    qtbot.waitUntil(lambda: complete(shell))
    assert shell.session.cursor == 10
    qtbot.waitUntil(lambda: shell.findChild(QWidget, "help.keys_dialog") is not None)
    shell.findChild(QWidget, "help.keys_dialog").close()


def test_characters_go_where_the_focus_is(qtbot, shell):
    def focus_a_field():
        field = shell.findChild(QSpinBox, "network.hidden_size")
        field.setFocus()
        field.selectAll()

    Startup(shell, then=focus_a_field)
    QTest.keyClicks(shell, "7")
    QTest.keyClick(shell, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: complete(shell))
    assert shell.session.settings.network.hidden_size == 7


def test_no_more_keys_are_kept_than_a_hand_would_press(qtbot, shell):
    Startup(shell, "exercise-rnncell-sequence")
    for _ in range(MOST // 2 + 10):
        QTest.keyClick(shell, Qt.Key.Key_Right)
        QTest.keyClick(shell, Qt.Key.Key_Left)
    QTest.keyClick(shell, Qt.Key.Key_Right)
    qtbot.waitUntil(lambda: complete(shell))
    assert shell.session.cursor == 0  # the last one was one too many


def test_without_torch_the_window_says_so_and_closes(qtbot, shell, monkeypatch):
    def missing():
        raise TorchError("PyTorch is missing. Install it.")

    monkeypatch.setattr(torch_loader, "import_torch", missing)
    Startup(shell)
    QTest.keyClick(shell, Qt.Key.Key_Right)
    text = shell.findChild(QLabel, "loading.text")
    qtbot.waitUntil(lambda: text.text() == "PyTorch is missing. Install it.")
    copy = shell.findChild(QWidget, "loading.copy")
    qtbot.mouseClick(copy, Qt.MouseButton.LeftButton)
    assert "TorchError: PyTorch is missing" in QGuiApplication.clipboard().text()
    assert gc.isenabled()
    QTest.keyClick(shell, Qt.Key.Key_Q, CONTROL)
    assert not shell.isVisible()


def test_whatever_fails_while_it_is_filled_is_said(qtbot, shell, monkeypatch):
    def fail(*_):
        raise RuntimeError("no workspace today")

    monkeypatch.setattr(MainWindow, "_fill", fail)
    Startup(shell)
    text = shell.findChild(QLabel, "loading.text")
    qtbot.waitUntil(lambda: "no workspace today" in text.text())
    assert text.text().startswith("rnnviz could not be loaded")
    assert shell.close()


def test_a_library_that_is_not_there_is_said(qtbot, shell, monkeypatch):
    monkeypatch.setattr(startup_module, "BEFORE_TORCH", ("no_such_library",))
    Startup(shell)
    text = shell.findChild(QLabel, "loading.text")
    qtbot.waitUntil(lambda: "no_such_library" in text.text())


def test_quit_does_not_wait(qtbot, shell):
    started = Startup(shell)
    QTest.keyClick(shell, Qt.Key.Key_Q, CONTROL)
    assert not shell.isVisible()
    qtbot.waitUntil(lambda: not started.findChild(QTimer).isActive())
    assert not started.is_importing and not hasattr(shell, "session")


def test_a_window_that_is_not_painted_is_filled_all_the_same(qtbot, shell):
    Startup(shell)
    shell.loading.painted.disconnect()
    qtbot.waitUntil(lambda: complete(shell))
    assert shell.findChild(QAction, "run.play") is not None
