"""What a window has to bear, each test named after its entry in docs/reliability.md."""

import json
import os
import subprocess
import sys
import threading

import numpy as np
import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QAccessible, QAction, QDragEnterEvent, QDropEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QDialog,
    QDockWidget,
    QLabel,
    QSpinBox,
    QSplitter,
    QWidget,
)

import rnnviz
from rnnviz import walker
from rnnviz.limits import MAX_FILES
from rnnviz.saving.layout import layout_of
from rnnviz.settings import NetworkSettings, SequenceSettings, Settings
from rnnviz.widgets.colours import is_dark

Key, Left = Qt.Key, Qt.MouseButton.LeftButton
WORKER = "rnnviz worker"
LONG = "1" * 10_000_000


def act(window, name):
    window.findChild(QAction, name).trigger()


def click(qtbot, window, name):
    qtbot.mouseClick(window.findChild(QWidget, name), Left)


def workers():
    return sum(thread.name == WORKER for thread in threading.enumerate())


def is_own_record(session):
    """Return whether the record is that of a fresh run of the same network."""
    again = rnnviz.trace(session.network, session.run.inputs, session.run.h0)
    return np.array_equal(session.trace.hidden, again.hidden[: len(session.trace) + 1])


def said(window):
    banner, label = (window.findChild(QWidget, name) for name in ("banner", "banner.text"))
    return label.text() if banner.isVisible() else window.statusBar().currentMessage()


@pytest.fixture
def playing(qtbot, window):
    """Return a window that plays a long run as fast as can be."""
    sequence = SequenceSettings(length=3_000)
    window.session.apply(Settings(network=NetworkSettings(hidden_size=24), sequence=sequence))
    window.findChild(QSpinBox, "transport.speed").setValue(60)
    act(window, "run.play")
    qtbot.waitUntil(lambda: window.session.cursor > 2)
    yield window
    if window.findChild(QAction, "run.play").text() == "&Pause":
        act(window, "run.play")


def plays_on(qtbot, window):
    before = window.session.cursor
    qtbot.waitUntil(lambda: window.session.cursor > before + 2)
    return window.findChild(QAction, "run.play").text() == "&Pause"


# G2


@pytest.mark.parametrize("inline", [True, False])
def test_G2_five_hundred_clicks_are_five_hundred_steps(qtbot, window, monkeypatch, inline):
    if not inline:  # the worker delivers, and the clicks come faster than it
        monkeypatch.setattr(walker, "INLINE_SECONDS", 0.0)
    session = window.session
    session.apply(Settings(sequence=SequenceSettings(length=1_000)))
    button, most = window.findChild(QWidget, "transport.step_forward"), 0
    for _ in range(500):
        qtbot.mouseClick(button, Left)
        most = max(most, workers())
    qtbot.waitUntil(lambda: not session.busy)
    assert session.cursor == 500 and most <= 1
    assert is_own_record(session)


def test_G2_clicks_on_all_buttons_leave_one_worker_and_no_queue(qtbot, window, monkeypatch):
    monkeypatch.setattr(walker, "INLINE_SECONDS", 0.0)
    session = window.session
    session.apply(Settings(sequence=SequenceSettings(length=1_000)))
    names = ("step_forward", "play", "to_end", "to_start", "step_forward", "step_back", "play")
    for number in range(100):
        click(qtbot, window, f"transport.{names[number % len(names)]}")
        assert workers() <= 1
    act(window, "run.to_start")
    for _ in range(3):
        click(qtbot, window, "transport.step_forward")
    qtbot.waitUntil(lambda: not session.busy)
    qtbot.wait(100)  # nothing that waited comes after it
    assert session.cursor == 3 and is_own_record(session)


# G3


def test_G3_resized_maximised_and_split_while_it_plays(qtbot, playing):
    splitter = playing.findChild(QSplitter, "splitter")
    for number in range(12):
        playing.resize(1000 + 40 * (number % 5), 700 + 30 * (number % 3))
        splitter.setSizes([100 + 40 * number, 400])
        if number % 4 == 3:
            playing.showMaximized() if number % 8 == 3 else playing.showNormal()
        QApplication.processEvents()
    assert plays_on(qtbot, playing)
    assert is_own_record(playing.session)


# G4

TWO_SCREENS = """
import sys
from PySide6.QtCore import QSettings
from PySide6.QtWidgets import QApplication
app = QApplication(sys.argv[:1])
from rnnviz.app import create_window
from rnnviz.widgets.heatmap import Heatmap
first, second = app.screens()
window = create_window(store=QSettings(sys.argv[1], QSettings.Format.IniFormat))
window.move(second.geometry().topLeft())
window.show()
app.processEvents()
assert window.screen().name() == "right"
window.session.run_to_end()
seen = []
for screen in (first, second, first):  # as when the one that it is on is taken away
    window.windowHandle().setScreen(screen)
    window.move(screen.geometry().topLeft())
    app.processEvents()
    assert window.isVisible() and window.screen().name() == screen.name()
    assert window.frameGeometry().intersects(screen.geometry())
    seen.append(window.findChild(Heatmap, "view.timeline.hidden.0").grab().toImage())
assert seen[0] == seen[1] == seen[2]
window.move(second.geometry().center())
app.processEvents()
window.close()
"""
ONE_SCREEN = """
import sys
from PySide6.QtCore import QSettings
from PySide6.QtWidgets import QApplication
app = QApplication(sys.argv[:1])
from rnnviz.app import create_window
window = create_window(store=QSettings(sys.argv[1], QSettings.Format.IniFormat))
window.show()
for _ in range(3):
    app.processEvents()
assert window.screen().geometry().contains(window.frameGeometry().topLeft())
window.close()
"""


@pytest.mark.slow
def test_G4_a_screen_is_taken_away(tmp_path):
    # Offscreen, windows keep the pixel ratio 1; that of heatmaps is in test_heatmap_dirty.py.
    left = {"name": "left", "x": 0, "y": 0, "width": 1600, "height": 1000}
    right = {**left, "name": "right", "x": 1600}
    for script, screens in ((TWO_SCREENS, [left, right]), (ONE_SCREEN, [left])):
        (tmp_path / "screens.json").write_text(json.dumps({"screens": screens}))
        ended = subprocess.run(
            [sys.executable, "-c", script, str(tmp_path / "rnnviz.ini")],
            env={**os.environ, "QT_QPA_PLATFORM": f"offscreen:configfile={tmp_path}/screens.json"},
            capture_output=True,
            text=True,
            timeout=200,
        )
        assert ended.returncode == 0, ended.stderr[-2000:]


# G5


def test_G5_another_theme_while_it_plays(qtbot, playing):
    for theme, dark in (("light", False), ("dark", True)):
        before = playing.grab().toImage()
        act(playing, f"view.theme.{theme}")
        qtbot.waitUntil(lambda dark=dark: is_dark(playing.palette()) is dark)
        assert plays_on(qtbot, playing)
        assert playing.grab().toImage() != before


# G10


def test_G10_other_sizes_while_it_plays(qtbot, playing):
    session = playing.session
    for name, value in (("hidden_size", 9), ("input_size", 4), ("batch_size", 3)):
        spin = playing.findChild(QSpinBox, f"network.{name}")
        spin.setFocus()
        spin.selectAll()
        qtbot.keyClicks(spin, str(value))
        qtbot.keyClick(spin, Key.Key_Return)
        assert getattr(session.settings.network, name) == value
        assert session.cursor == 0  # another run is not played by itself
        act(playing, "run.play")
        assert plays_on(qtbot, playing)
    assert session.trace.hidden.shape[1:] == (1, 3, 9) and is_own_record(session)


# G11


def drop(window, *urls):
    """Drop addresses on the window, and return whether it takes them."""
    data = QMimeData()
    data.setUrls([QUrl(url) for url in urls])
    actions, keys = Qt.DropAction.CopyAction, Qt.KeyboardModifier.NoModifier
    enter = QDragEnterEvent(QPoint(300, 300), actions, data, Left, keys)
    QApplication.sendEvent(window, enter)
    if enter.isAccepted():
        event = QDropEvent(QPointF(300, 300), actions, data, Left, keys)
        QApplication.sendEvent(window, event)
    return enter.isAccepted()


def opened(qtbot, window):
    qtbot.waitUntil(lambda: not window.opening)


def file_urls(tmp_path, count):
    for number in range(count):
        np.save(tmp_path / f"{number} ü.npy", np.full((3, 2), number, np.float32))
    return [QUrl.fromLocalFile(str(tmp_path / f"{n} ü.npy")).toString() for n in range(count)]


def test_G11_what_is_no_file_is_not_taken(window):
    before = window.session.settings
    for urls in ([], ["https://example.org/a.pt"], ["ftp://x/y", "data:,a"], [""]):
        assert not drop(window, *urls)
        assert window.session.settings == before and not window.opening


def test_G11_two_files_are_opened_one_after_the_other(qtbot, window, tmp_path):
    assert drop(window, *file_urls(tmp_path, 2))
    opened(qtbot, window)
    assert window.session.settings.sequence.source.file == "1 ü.npy"
    act(window, "edit.undo")
    assert window.session.settings.sequence.source.file == "0 ü.npy"


def test_G11_five_hundred_files_are_refused(qtbot, window, tmp_path):
    before = window.session.settings
    assert drop(window, *file_urls(tmp_path, 3) * 167)
    opened(qtbot, window)
    assert said(window) == "501 files are too many: at most 20 are opened in a row."
    assert window.session.settings == before
    assert drop(window, *file_urls(tmp_path, MAX_FILES))
    opened(qtbot, window)
    assert window.session.settings.sequence.source.file == f"{MAX_FILES - 1} ü.npy"


def test_G11_a_folder_that_is_no_recording_is_refused(qtbot, window, tmp_path):
    before = window.session.settings
    assert drop(window, QUrl.fromLocalFile(str(tmp_path)).toString())
    opened(qtbot, window)
    assert tmp_path.name in said(window) and window.session.settings == before


# G12


def test_G12_a_dialog_is_open_while_it_plays(qtbot, playing):
    act(playing, "edit.preferences")
    dialog = playing.findChild(QDialog, "preferences")
    assert QApplication.activeModalWidget() is dialog
    assert plays_on(qtbot, playing)
    field = dialog.findChild(QWidget, "preferences.memory_budget")
    field.setFocus()
    field.selectAll()
    qtbot.keyClicks(field, "2")
    assert plays_on(qtbot, playing)
    qtbot.mouseClick(dialog.findChild(QWidget, "preferences.ok"), Left)
    assert playing.session.limits.budget == 2 * 10**9
    assert plays_on(qtbot, playing)


# G13


def paste(window, name, text):
    """Paste over all there is, and return what the field shows then."""
    QApplication.clipboard().setText(text)
    field = window.findChild(QWidget, name)
    field.setFocus()
    field.selectAll()
    QTest.keyClick(QApplication.focusWidget(), Key.Key_V, Qt.KeyboardModifier.ControlModifier)
    shown = field.text() if hasattr(field, "text") else field.toPlainText()
    QTest.keyClick(field, Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    return shown


def problem(window, name):
    return window.findChild(QLabel, f"{name}.problem").text()


NUMBERS = {
    "network.hidden_size": "Hidden size goes from 1 to 100,000.",
    "init.low": "From lies from −1,000 to 1,000.",
    "init.seed": "Weights seed goes from 0 to 2,147,483,647.",
    "sequence.length": "Length goes from 1 to 100,000.",
}


def test_G13_ten_megabytes_in_a_number(window):
    window.session.open_preset("exercise-sequence")
    before = window.session.settings
    for name, sentence in NUMBERS.items():
        assert len(paste(window, name, LONG)) < 40_000
        assert problem(window, name) == sentence
        field = window.findChild(QWidget, name)
        QTest.keyClick(field, Key.Key_Up)  # to the limit, as from any number beyond it
        assert field.value() == field.maximum()
        QTest.keyClick(field, Key.Key_Escape)
        assert problem(window, name) == "" and window.session.settings == before


def test_G13_ten_megabytes_in_a_text_and_in_a_table(window):
    before = window.session.settings
    for name in ("sequence.text", "init.values.W_ih"):
        kept = window.findChild(QWidget, name).toPlainText()
        assert paste(window, name, LONG) == kept
        assert "10,000,000 characters; at most 200,000" in problem(window, name)
    assert window.session.settings == before


def test_G13_many_pastes_are_bounded_like_one(window):
    text = window.findChild(QWidget, "sequence.text")
    QApplication.clipboard().setText("ab" * 45_000)
    text.setFocus()
    for _ in range(4):
        QTest.keyClick(text, Key.Key_V, Qt.KeyboardModifier.ControlModifier)
    assert len(text.toPlainText()) <= 200_000
    QTest.keyClick(text, Key.Key_Return)
    assert "at most 200,000 are taken" in problem(window, "sequence.text")
    QTest.keyClick(text, Key.Key_Escape)


def test_G13_ten_megabytes_in_a_line(qtbot, window):
    act(window, "file.export")
    dialog = window.findChild(QDialog, "export")
    assert len(paste(dialog, "export.title", LONG)) < 40_000
    dialog.reject()


# G14


def spoken(widget):
    """Return what a screen reader calls a widget: its own name, or that of its label."""
    interface = QAccessible.queryAccessibleInterface(widget)
    return interface.text(QAccessible.Text.Name)


def controls(window):
    """Return all that takes the keyboard or is pressed, but for the insides of Qt's own."""
    found = [w for w in window.findChildren(QWidget) if w.isVisible() and w.isEnabled()]
    insides = ("qt_spinbox_lineedit", "qt_scrollarea_viewport")
    return [
        w
        for w in found
        if (w.focusPolicy() != Qt.FocusPolicy.NoFocus or isinstance(w, QAbstractButton))
        and w.objectName() not in insides
    ]


@pytest.fixture
def all_open(qtbot, window):
    """Return a window with all its docks."""
    window.resize(1600, 1000)
    for name in ("unrolled", "inspector", "code"):
        window.open_dock(name)
    qtbot.waitUntil(lambda: window.findChild(QWidget, "view.code.copy") is not None)
    return window


def test_G14_every_control_has_a_name_and_tab_comes_to_it(all_open):
    for page in ("view.lockstep", "view.network"):
        act(all_open, page)
        QApplication.processEvents()
        nameless = [w.objectName() or type(w) for w in controls(all_open) if not spoken(w)]
        assert nameless == []
    all_open.findChild(QWidget, "view.timeline").setFocus()
    reached = []
    while (focus := QApplication.focusWidget()) not in reached:
        reached.append(focus)
        QTest.keyClick(focus, Key.Key_Tab)
    wanted = [w for w in controls(all_open) if w.focusPolicy() & Qt.FocusPolicy.TabFocus]
    assert [w.objectName() for w in wanted if w not in reached] == []
    assert len(reached) > 30


def test_G14_by_keys_alone(qtbot, window):
    def press(key, modifier=Qt.KeyboardModifier.NoModifier):
        QTest.keyClick(QApplication.focusWidget() or window, key, modifier)

    def tab_to(name):
        for _ in range(100):
            if QApplication.focusWidget().objectName() == name:
                return
            press(Key.Key_Tab)
        raise AssertionError(f"Tab does not come to {name}.")

    control = Qt.KeyboardModifier.ControlModifier
    session = window.session
    tab_to("network.hidden_size")
    qtbot.keyClicks(QApplication.focusWidget(), "5")  # all of it is selected
    press(Key.Key_Return)
    assert session.settings.network.hidden_size == 5
    tab_to("network.kind")
    press(Key.Key_Down)
    assert session.settings.network.kind != "elman"
    press(Key.Key_Return)
    for key, modifier, cursor in (
        (Key.Key_Right, Qt.KeyboardModifier.NoModifier, 1),
        (Key.Key_Right, control, session.length),
        (Key.Key_Left, Qt.KeyboardModifier.NoModifier, session.length - 1),
        (Key.Key_Left, control, 0),
    ):
        press(key, modifier)
        qtbot.waitUntil(lambda cursor=cursor: session.cursor == cursor)
    press(Key.Key_Z, control)
    assert session.settings.network.kind == "elman"


# Found by random hands


def test_a_dock_that_is_nowhere_hinders_neither_projection_nor_saving(window):
    dock = window.findChild(QDockWidget, "dock.network")
    window.removeDockWidget(dock)  # as while it is being dragged
    names = [p.name for p in layout_of(window, window.findChild(QSplitter, "splitter")).docks]
    assert "dock.network" not in names and "dock.sequence" in names
    act(window, "view.projection")
    assert window.projecting
