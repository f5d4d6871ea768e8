"""Sessions, as a person saves and opens them: the title, the questions, and the same picture."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QAction, QGuiApplication, QImage
from PySide6.QtWidgets import (
    QDockWidget,
    QFileDialog,
    QLabel,
    QMainWindow,
    QMessageBox,
    QPushButton,
    QSpinBox,
    QSplitter,
    QToolButton,
    QWidget,
)

from rnnviz import initialization, sequences
from rnnviz.app import create_window
from rnnviz.arrays import Stored
from rnnviz.changes import with_network
from rnnviz.cli import open_as, parse
from rnnviz.formats.session_file import (
    DockPlace,
    Layout,
    SavedSession,
    read_session,
    write_session,
)
from rnnviz.saving.keeping import keepers
from rnnviz.saving.layout import AREAS, layout_of, put_docks, size_parts
from rnnviz.saving.recent import MOST
from rnnviz.selection import Pin, Selection
from rnnviz.settings import (
    InitializationSettings,
    NetworkSettings,
    SequenceSettings,
    Settings,
)

NAME = "Sitzung √2 – a b.rnnviz"
LAYERS = Settings(
    network=NetworkSettings(kind="rnn", num_layers=2, hidden_size=24),
    sequence=SequenceSettings(length=300),
)


def trigger(window, name):
    """Choose an entry of a menu."""
    window.findChild(QAction, name).trigger()


def settled(qtbot, window):
    """Wait until what was saved or opened is all there."""
    qtbot.waitUntil(lambda: not window.opening, timeout=20_000)


def type_name(dialog, path):
    """Choose a path, whatever was selected before."""
    dialog.selectFile(str(path))


def save_to(qtbot, window, path):
    """Answer the dialog that asks where to save."""
    found = window.findChildren(QFileDialog, "save.file")
    dialog = next(dialog for dialog in found if dialog.isVisible())
    type_name(dialog, path)
    dialog.accept()
    settled(qtbot, window)


def save_as(qtbot, window, path):
    trigger(window, "file.save_as")
    save_to(qtbot, window, path)


def open_path(qtbot, window, path):
    window.open_files([path])
    settled(qtbot, window)


def change(window, size=7):
    """Change a setting, as typing it would."""
    settings = window.session.settings
    network = settings.network.model_copy(update={"hidden_size": size})
    window.session.apply(with_network(settings, network))


def question(window):
    """Return the question before closing, if it is asked."""
    found = window.findChildren(QMessageBox, "save_changes")
    return next((box for box in found if box.isVisible()), None)


def answer(qtbot, window, name):
    box = question(window)
    button = box.findChild(QPushButton, f"save_changes.{name}")
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)


def banner_text(window):
    label = window.findChild(QLabel, "banner.text")
    return label.text() if label.isVisible() else ""


def titled(window):
    return window.windowTitle(), window.isWindowModified()


@pytest.fixture
def path(tmp_path):
    """Return a path with spaces and letters beyond ASCII."""
    return tmp_path / NAME


# Saving


def test_save_asks_where_and_then_no_more(qtbot, window, path):
    assert titled(window) == ("rnnviz[*]", False)
    change(window)
    assert titled(window) == ("rnnviz[*]", True)
    trigger(window, "file.save")
    save_to(qtbot, window, path)
    assert titled(window) == (f"{NAME}[*] – rnnviz", False)
    assert window.windowFilePath() == str(path)
    assert f"Saved {NAME}." in window.statusBar().currentMessage()
    assert read_session(path).settings == window.session.settings
    change(window, 9)
    assert titled(window) == (f"{NAME}[*] – rnnviz", True)
    trigger(window, "file.save")
    settled(qtbot, window)
    assert window.findChild(QFileDialog, "save.file") is None
    assert not window.isWindowModified()
    assert read_session(path).settings.network.hidden_size == 9


def test_undoing_the_change_takes_the_mark_away(qtbot, window, path):
    save_as(qtbot, window, path)
    change(window)
    assert window.isWindowModified()
    window.session.undo()
    assert not window.isWindowModified()


def test_the_ending_is_added(qtbot, window, tmp_path):
    save_as(qtbot, window, tmp_path / "mine")
    assert [file.name for file in tmp_path.glob("mine*")] == ["mine.rnnviz"]


def test_a_name_that_looks_like_qts_mark(qtbot, window, tmp_path):
    save_as(qtbot, window, tmp_path / "a[*]b.rnnviz")
    assert window.windowTitle() == "a[*][*]b.rnnviz[*] – rnnviz"


def test_S1_a_full_disk_is_said_and_nothing_is_lost(qtbot, window, path):
    resource = pytest.importorskip("resource")
    save_as(qtbot, window, path)
    before = path.read_bytes()
    change(window)
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (len(before) // 2, limits[1]))
    try:
        trigger(window, "file.save")
        settled(qtbot, window)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert banner_text(window) == "The session was not saved: File too large."
    assert window.isWindowModified()
    assert path.read_bytes() == before
    assert not list(path.parent.glob(f".{path.name[:5]}*"))
    trigger(window, "file.save")
    settled(qtbot, window)
    assert not window.isWindowModified()


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no named pipes")
def test_F2_a_pipe_is_not_written_to(qtbot, window, path):
    os.mkfifo(path)
    change(window)
    window.saving._write(path)
    settled(qtbot, window)
    assert banner_text(window) == "The session was not saved: This is not a plain file."
    assert window.isWindowModified()


def test_F1_a_file_that_vanishes_before_it_is_read(qtbot, window, path):
    before = window.session.settings
    write_session(path, SavedSession(settings=LAYERS))
    window.open_files([path])
    path.unlink()
    settled(qtbot, window)
    there = window.session.settings == LAYERS  # it may have been read already
    assert there or "no such file" in banner_text(window)
    assert there or window.session.settings == before


def test_S3_a_link_is_saved_through(qtbot, window, path):
    link = path.with_name("link.rnnviz")
    save_as(qtbot, window, path)
    link.symlink_to(path)
    change(window)
    window.saving._write(link)
    settled(qtbot, window)
    assert link.is_symlink()
    assert read_session(path).settings == window.session.settings


def test_S5_what_is_saved_while_it_plays_is_one_moment(qtbot, window, path):
    window.session.apply(LAYERS)
    window.findChild(QSpinBox, "transport.speed").setValue(60)
    trigger(window, "run.play")
    qtbot.waitUntil(lambda: window.session.cursor > 3)
    write, seen = window.saving._write, []
    for number in range(3):
        before = window.session.cursor
        write(path.with_name(str(number)))
        seen.append((before, path.with_name(str(number))))
        qtbot.waitUntil(lambda before=before: window.session.cursor > before)
        settled(qtbot, window)
    trigger(window, "run.play")
    for cursor, file in seen:
        saved = read_session(file)
        assert saved.cursor == saved.revealed == cursor
        assert saved.settings == LAYERS


def test_where_nothing_is_chosen_nothing_happens(qtbot, window, tmp_path):
    change(window)
    trigger(window, "file.save")
    window.findChild(QFileDialog, "save.file").reject()
    assert titled(window) == ("rnnviz[*]", True)


def test_a_preset_is_not_written_over_the_file(qtbot, window, path):
    save_as(qtbot, window, path)
    trigger(window, "preset.exercise-rnn")
    assert titled(window) == ("rnnviz[*]", False)
    trigger(window, "file.save")
    assert window.findChild(QFileDialog, "save.file") is not None


# Closing


@pytest.fixture
def asking(window):
    """Return a window that asks before it closes, as that of `main` does."""
    window.asks_before_closing = True
    yield window
    window.asks_before_closing = False


def test_a_window_from_python_closes_silently(window):
    change(window)
    assert window.close()


def test_a_fresh_start_a_preset_and_steps_are_no_changes(qtbot, asking):
    asking.session.run_to_end()
    trigger(asking, "preset.exercise-rnn")
    asking.session.step_forward()
    assert asking.close()


def test_close_asks_and_cancel_stays(qtbot, asking):
    change(asking)
    assert not asking.close()
    assert "“Untitled” before closing?" in question(asking).text()
    answer(qtbot, asking, "cancel")
    assert asking.isVisible()
    assert question(asking) is None
    assert not asking.close()  # it asks again
    qtbot.keyClick(question(asking), Qt.Key.Key_Escape)
    assert asking.isVisible()


def test_dont_save_closes(qtbot, asking):
    change(asking)
    asking.close()
    answer(qtbot, asking, "discard")
    assert not asking.isVisible()


def test_save_saves_and_closes(qtbot, asking, path):
    change(asking)
    asking.close()
    answer(qtbot, asking, "save")
    save_to(qtbot, asking, path)
    qtbot.waitUntil(lambda: not asking.isVisible())
    assert read_session(path).settings.network.hidden_size == 7


def test_save_goes_to_the_file_that_there_is(qtbot, asking, path):
    save_as(qtbot, asking, path)
    change(asking)
    asking.close()
    assert NAME in question(asking).text()
    answer(qtbot, asking, "save")
    qtbot.waitUntil(lambda: not asking.isVisible())
    assert read_session(path).settings.network.hidden_size == 7


def test_no_name_no_end(qtbot, asking):
    change(asking)
    asking.close()
    answer(qtbot, asking, "save")
    asking.findChild(QFileDialog, "save.file").reject()
    assert asking.isVisible()
    save = asking.saving
    assert not save.busy


def test_S1_a_window_whose_changes_cannot_be_saved_stays(qtbot, asking, tmp_path):
    folder = tmp_path / "gone"
    folder.mkdir()
    save_as(qtbot, asking, folder / "a.rnnviz")
    shutil.rmtree(folder)
    change(asking)
    asking.close()
    answer(qtbot, asking, "save")
    settled(qtbot, asking)
    assert banner_text(asking) == "The session was not saved: No such file or directory."
    assert asking.isVisible()
    assert asking.isWindowModified()


def test_it_waits_for_a_file_that_is_being_written(qtbot, window, path):
    change(window)
    trigger(window, "file.save_as")
    dialog = window.findChild(QFileDialog, "save.file")
    type_name(dialog, path)
    dialog.accept()
    assert not window.close()
    qtbot.waitUntil(lambda: not window.isVisible())
    assert read_session(path).settings == window.session.settings


def test_projection_ends_before_it_is_asked(qtbot, asking):
    change(asking)
    asking.set_projection(True)
    asking.close()
    assert not asking.projecting
    assert question(asking) is not None
    answer(qtbot, asking, "cancel")


def test_what_projection_folds_away_is_saved_as_it_was(qtbot, window, path):
    before = layout_of(window, window.findChild(QSplitter, "splitter"))
    window.set_projection(True)
    window.set_projection(True)
    assert window.saving.keeping.taken().layout == before
    window.set_projection(False)


# Opening


def pixels(image):
    """Return a picture's colours, (height, width)."""
    image = image.convertToFormat(QImage.Format.Format_RGB32)
    return np.array(image.constBits()).view(np.uint32).reshape(image.height(), image.width())


def differing(one, other):
    """Return the box around what differs, which says more than that something does."""
    places = np.argwhere(pixels(one) != pixels(other))
    return [] if not len(places) else [places.min(0).tolist(), places.max(0).tolist()]


def worked_on(qtbot, window):
    """Step, go back, pin, zoom, open docks and move the splitter, as somebody might have."""
    session = window.session
    session.apply(LAYERS)
    session.seek(50)
    session.seek(33)
    session.select(layer=1, pin=Pin("hidden", 3))
    for name in ("code", "inspector", "unrolled"):
        window.open_dock(name)
    qtbot.wait(1)
    window.findChild(QDockWidget, "dock.code").raise_()
    window.findChild(QDockWidget, "dock.sequence").close()
    window.findChild(QToolButton, "transport.loop").click()
    window.findChild(QSpinBox, "transport.speed").setValue(17)
    timeline = window.findChild(QWidget, "view.timeline")
    timeline.rows[0].range_changed.emit(20.0, 60.0)
    window.findChild(QSplitter, "splitter").setSizes([200, 300])
    qtbot.wait(50)


def side_by_side(qtbot, window):
    """Look at networks side by side, with the table of names."""
    trigger(window, "view.lockstep")
    window.session.seek(6)
    window.session.seek(4)
    window.findChild(QToolButton, "lockstep.names").click()
    window.findChild(QDockWidget, "dock.network").close()


def another_preset(qtbot, window):
    """Open a preset, go on to a later line of it, look at one parameter, undo nothing."""
    trigger(window, "preset.exercise-rnn")
    window.session.seek(3)
    window.findChild(QToolButton, "tries.next").click()
    window.session.draw_new_weights()
    window.findChild(QWidget, "init.more").set_open(True)
    window.addDockWidget(
        Qt.DockWidgetArea.RightDockWidgetArea, window.findChild(QDockWidget, "dock.sequence")
    )


SMALL, LARGE = ((1280, 720), "dark"), ((1600, 1000), "light")
PICTURES = [
    pytest.param(worked_on, *SMALL),
    pytest.param(side_by_side, *LARGE),
    pytest.param(another_preset, *SMALL),
    pytest.param(worked_on, *LARGE, marks=pytest.mark.slow),
    pytest.param(side_by_side, *SMALL, marks=pytest.mark.slow),
    pytest.param(another_preset, *LARGE, marks=pytest.mark.slow),
]


@pytest.mark.parametrize(("work", "size", "theme"), PICTURES)
def test_a_fresh_process_shows_the_same_picture(qtbot, window, path, work, size, theme):
    window.set_theme(theme)
    window.resize(*size)
    work(qtbot, window)
    # Wherever the pointer was left, nothing is lit up beneath it.
    qtbot.mouseMove(window.statusBar(), QPoint(5, 5))
    qtbot.wait(300)  # docks that move have come to where they go
    save_as(qtbot, window, path)
    window.statusBar().showMessage(f"Opened “{NAME}”.")  # what the other one says
    qtbot.wait(1)
    here = window.grab().toImage()
    picture = path.with_suffix(".png")
    asked = ["--screenshot", picture, "--size", f"{size[0]}x{size[1]}", "--theme", theme]
    subprocess.run(
        [sys.executable, "-m", "rnnviz", *map(str, asked), str(path)],
        check=True,
        timeout=120,
        cwd=Path(__file__).parents[2],
        env={**os.environ, "QT_QPA_PLATFORM": "offscreen"},
    )
    assert differing(here, QImage(str(picture))) == []


def test_everything_is_back(qtbot, window, path):
    worked_on(qtbot, window)
    qtbot.wait(300)
    window.session.draw_new_weights()
    window.session.seek(50)
    window.session.seek(33)
    save_as(qtbot, window, path)
    before = window.saving.keeping.taken()
    trigger(window, "preset.hello")
    open_path(qtbot, window, path)
    session = window.session
    assert session.settings == before.settings
    assert (session.cursor, session.run.revealed) == (33, 50)
    assert session.selection == Selection(0, 1, Pin("hidden", 3))
    assert session.previous_weights == LAYERS.initialization
    assert titled(window) == (f"{NAME}[*] – rnnviz", False)
    qtbot.wait(20)
    after = window.saving.keeping.taken()
    assert after.layout == before.layout
    assert after.views == before.views
    assert after == before


def test_opening_can_be_undone(qtbot, window, path):
    save_as(qtbot, window, path)
    change(window, 11)
    open_path(qtbot, window, path)
    assert window.session.settings.network.hidden_size == 6
    assert window.findChild(QAction, "edit.undo").text().endswith(f"opening “{NAME}”")
    trigger(window, "edit.undo")
    assert window.session.settings.network.hidden_size == 11


def test_a_carried_state_comes_back_to_the_bit(qtbot, window, path):
    session = window.session
    session.run_to_end()
    sequence = session.settings.sequence.model_copy(update={"start_state": "carry"})
    session.apply(session.settings.model_copy(update={"sequence": sequence}))
    session.run_to_end()
    states = np.array(session.trace.hidden)
    assert states[0].any()
    save_as(qtbot, window, path)
    trigger(window, "preset.exercise-rnn")
    open_path(qtbot, window, path)
    np.testing.assert_array_equal(np.asarray(window.session.trace.hidden), states)


def test_numbers_of_files_come_back(qtbot, window, path):
    rng = np.random.default_rng(0)
    shapes = {"W_ih": (4, 3), "W_hh": (4, 4), "b_ih": (4,), "W_ho": (2, 4), "b_ho": (2,)}
    tensors = {name: Stored(rng.normal(size=shape)) for name, shape in shapes.items()}
    scheme = initialization.Loaded(file="w.pt", tensors=tensors)
    source = sequences.Loaded(file="x.csv", data=Stored(rng.normal(size=(30, 3))))
    settings = Settings(
        network=NetworkSettings(input_size=3, hidden_size=4, output_size=2),
        initialization=InitializationSettings(scheme=scheme),
        sequence=SequenceSettings(source=source),
    )
    window.session.apply(settings)
    window.session.run_to_end()
    hidden = np.array(window.session.trace.hidden)
    save_as(qtbot, window, path)
    trigger(window, "preset.hello")
    open_path(qtbot, window, path)
    assert window.session.settings == settings
    np.testing.assert_array_equal(np.asarray(window.session.trace.hidden), hidden)


def test_a_long_run_is_computed_up_to_where_it_was(qtbot, window, path):
    settings = Settings(
        network=NetworkSettings(hidden_size=300), sequence=SequenceSettings(length=9000)
    )
    saved = SavedSession(settings=settings, cursor=3500, revealed=4000)
    write_session(path, saved)
    window.open_files([path])
    with qtbot.waitSignal(window.session.busy_changed, timeout=20_000):
        pass
    assert window.opening
    settled(qtbot, window)
    assert (window.session.cursor, window.session.run.revealed) == (3500, 4000)


def test_a_long_run_that_is_cancelled_stays_where_it_is(qtbot, window, path):
    settings = Settings(
        network=NetworkSettings(hidden_size=1000), sequence=SequenceSettings(length=90_000)
    )
    write_session(path, SavedSession(settings=settings, cursor=70_000, revealed=80_000))
    window.open_files([path])
    qtbot.waitUntil(lambda: window.session.busy, timeout=20_000)
    window.session.cancel()
    settled(qtbot, window)
    assert window.session.cursor == window.session.run.revealed < 70_000


def test_what_is_too_large_for_this_machine_is_refused(qtbot, window, path):
    settings = Settings(network=NetworkSettings(hidden_size=100_000))
    write_session(path, SavedSession(settings=settings))
    before = window.session.settings
    open_path(qtbot, window, path)
    assert banner_text(window).startswith(f"{NAME}: This would take")
    assert window.session.settings == before
    assert window.saving.document.path is None


def test_a_broken_file_is_refused(qtbot, window, path):
    path.write_bytes(b"PK nothing")
    open_path(qtbot, window, path)
    assert banner_text(window).startswith(f"{NAME}: It is damaged")


def test_what_is_not_there_any_more_is_said(qtbot, window, path):
    saved = SavedSession(
        settings=Settings(),
        preset="gone",
        selection=Selection(5, 7, Pin("hidden", 999)),
        views={"view.another": {"a": 1}, "view.code": {"down": 3, "across": 0}},
        replayed=True,
    )
    write_session(path, saved)
    with qtbot.waitSignal(window.saving.said) as said:
        window.open_files([path])
    assert "views that are not there: view.another" in said.args[0]
    assert "no preset “gone” any more" in said.args[0]
    assert "states are not part of a session" in said.args[0]
    settled(qtbot, window)
    assert window.session.selection == Selection()


@pytest.mark.parametrize(
    "state", [{}, {"low": "a"}, {"low": 3, "high": 1, "automatic": True, "down": 0}, {"down": -1},
    {"speed": 10**9, "loop": 1}, {"sums": {"a": 1}}, {"parameter": [1]}, {"line": 9, "open": True}],
)  # fmt: skip
def test_a_views_state_may_be_anything(qtbot, window, path, state):
    names = keepers(window)
    write_session(path, SavedSession(settings=LAYERS, views=dict.fromkeys(names, state), cursor=9))
    open_path(qtbot, window, path)
    assert (window.session.settings, window.session.cursor) == (LAYERS, 9)
    timeline = window.findChild(QWidget, "view.timeline")
    assert timeline._window.low < timeline._window.high


def test_every_keeper_takes_back_what_it_says(window):
    for keeper in keepers(window).values():
        state = keeper.view_state()
        keeper.restore_view_state(state)
        assert keeper.view_state() == state


# Recent files


def recent(window):
    """Return the texts of the entries under Open recent."""
    names = [f"file.recent.{n}" for n in range(2 * MOST)]
    actions = [window.findChild(QAction, name) for name in names]
    return [action.text() for action in actions if action is not None]


def test_recent_files(qtbot, window, store, tmp_path):
    assert recent(window) == []
    for number in range(MOST + 2):
        save_as(qtbot, window, tmp_path / f"{number}.rnnviz")
        qtbot.wait(1)  # what is deleted later is gone then
    texts = recent(window)
    assert len(texts) == MOST
    assert texts[0].startswith(f"&1  {MOST + 1}.rnnviz")
    (tmp_path / f"{MOST + 1}.rnnviz").unlink()
    window._menus.recent.aboutToShow.emit()
    qtbot.wait(1)
    assert recent(window)[0].startswith(f"&1  {MOST}.rnnviz")
    trigger(window, "file.recent.1")
    settled(qtbot, window)
    assert window.windowFilePath().endswith(f"{MOST - 1}.rnnviz")
    other = create_window(store=store)
    qtbot.addWidget(other)
    assert recent(other)[0].startswith(f"&1  {MOST - 1}.rnnviz")
    trigger(other, "file.clear_recent")
    qtbot.wait(1)
    assert recent(other) == []
    assert not other._menus.recent.isEnabled()


@pytest.mark.parametrize("kept", ["a single text", [], 3, ["", "/nowhere/a.rnnviz"]])
def test_a_store_that_holds_something_else(qtbot, store, kept):
    store.setValue("recent", kept)
    window = create_window(store=store)
    qtbot.addWidget(window)
    assert recent(window) == []


# The command


def test_the_command_goes_to_the_clipboard(qtbot, window):
    trigger(window, "preset.exercise-rnn")
    window.session.seek(3)
    window.session.select(pin=Pin("hidden", 2))
    window.open_dock("code")
    trigger(window, "file.copy_command")
    wanted = "rnnviz --preset exercise-rnn --pin h2 --steps 3 --open code"
    assert QGuiApplication.clipboard().text() == wanted


def test_the_command_opens_the_window_like_this(qtbot, window, store):
    window.session.apply(LAYERS)
    window.session.seek(3)
    window.session.select(layer=1, pin=Pin("hidden", 2))
    trigger(window, "view.lockstep")
    trigger(window, "file.copy_command")
    import shlex

    options = parse(shlex.split(QGuiApplication.clipboard().text())[1:])
    other = create_window(options.settings, store=store)
    qtbot.addWidget(other)
    assert not list(open_as(other, options))
    assert other.session.settings == window.session.settings
    assert (other.session.cursor, other.session.selection) == (3, window.session.selection)


def test_the_command_says_why_there_is_none(qtbot, window):
    before = QGuiApplication.clipboard().text()
    window.session.run_to_end()
    sequence = window.session.settings.sequence.model_copy(update={"start_state": "carry"})
    window.session.apply(window.session.settings.model_copy(update={"sequence": sequence}))
    trigger(window, "file.copy_command")
    assert "no command holds" in window.statusBar().currentMessage()
    assert QGuiApplication.clipboard().text() == before


# Layout


DOCKS = ("one", "two", "three", "four")


def make_window(qtbot):
    made = QMainWindow()
    qtbot.addWidget(made)
    splitter = QSplitter(Qt.Orientation.Vertical)
    for name in "ab":
        splitter.addWidget(QLabel(name))
    made.setCentralWidget(splitter)
    for name in DOCKS:
        dock = QDockWidget(name)
        dock.setObjectName(name)
        dock.setWidget(QLabel(name))
        made.addDockWidget(Qt.DockWidgetArea.LeftDockWidgetArea, dock)
    made.resize(900, 700)
    made.show()
    return made, splitter


def bring_back(qtbot, window, splitter, layout):
    put_docks(window, layout)
    for _ in range(3):
        qtbot.wait(1)
        size_parts(window, splitter, layout)
    qtbot.wait(1)


def arranged(window):
    """Put the docks somewhere, two of them in tabs."""
    one, two, three, four = (window.findChild(QDockWidget, name) for name in DOCKS)
    window.addDockWidget(AREAS["bottom"], one)
    window.addDockWidget(AREAS["right"], two)
    window.tabifyDockWidget(two, three)
    two.raise_()
    four.close()
    window.resizeDocks([one], [210], Qt.Orientation.Vertical)
    window.resizeDocks([two], [333], Qt.Orientation.Horizontal)


def test_docks_in_other_places_and_in_tabs(qtbot):
    window, splitter = make_window(qtbot)
    arranged(window)
    splitter.setSizes([100, 300])
    qtbot.wait(10)
    wanted, here = layout_of(window, splitter), window.grab().toImage()
    assert {place.area for place in wanted.docks} == {"bottom", "right", "left"}
    other, split = make_window(qtbot)
    bring_back(qtbot, other, split, wanted)
    assert layout_of(other, split) == wanted
    assert differing(here, other.grab().toImage()) == []


places = st.builds(
    DockPlace,
    name=st.sampled_from((*DOCKS, "unknown")),
    area=st.sampled_from(sorted(AREAS)),
    tab_of=st.sampled_from(("", *DOCKS, "unknown")),
    open=st.booleans(),
    front=st.booleans(),
    width=st.sampled_from((0, 1, 300, 100_000)),
    height=st.sampled_from((0, 1, 300, 100_000)),
)


@given(
    layout=st.builds(
        Layout, docks=st.lists(places, max_size=6), splitter=st.lists(st.integers(0, 9))
    )
)
def test_any_layout_at_all(qtbot, layout):
    window, splitter = make_window(qtbot)
    put_docks(window, layout)
    size_parts(window, splitter, layout)
    assert window.size().width() >= 900
    assert len(layout_of(window, splitter).docks) == len(DOCKS)
    window.close()
    window.deleteLater()
