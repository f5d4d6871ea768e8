"""Unsaved work, as a person loses it and gets it back: a window that is left, the next start."""

import json

import numpy as np
import pytest
from PySide6.QtCore import QSettings, Qt
from PySide6.QtGui import QAction, QImage
from PySide6.QtWidgets import QFileDialog, QLabel, QMessageBox, QPushButton, QWidget

from rnnviz.app import create_window
from rnnviz.arrays import Stored
from rnnviz.changes import with_network
from rnnviz.formats.session_file import read_session
from rnnviz.initialization import Loaded
from rnnviz.networks.base import never
from rnnviz.recovery import recovery as recovery_module
from rnnviz.recovery.places import Place, left_behind
from rnnviz.recovery.unsaved import read
from rnnviz.settings import InitializationSettings

SOON = 20
"""Milliseconds between two looks, so that nobody waits."""


@pytest.fixture(autouse=True)
def impatient(monkeypatch):
    """Look often, and take pictures at once."""
    monkeypatch.setattr(recovery_module, "EVERY", SOON)
    monkeypatch.setattr(recovery_module, "PICTURE_SECONDS", 0)


@pytest.fixture
def root(tmp_path):
    """Return the folder of all unsaved work."""
    return tmp_path / "data – ü" / "recovery"


@pytest.fixture
def kept(window, root):
    """Return a window whose work is kept."""
    window.keep_unsaved_work(root)
    return window


@pytest.fixture
def start(qtbot, tmp_path, root):
    """Return a function that starts the program again."""

    def again():
        store = QSettings(str(tmp_path / "again.ini"), QSettings.Format.IniFormat)
        made = create_window(store=store)
        qtbot.addWidget(made)
        made.resize(1280, 720)
        made.show()
        made.keep_unsaved_work(root)
        return made

    return again


def change(window, size=7):
    settings = window.session.settings
    network = settings.network.model_copy(update={"hidden_size": size})
    window.session.apply(with_network(settings, network))


def sessions(root):
    """Return what is kept, by reading it beside its owner."""
    folders = [path.parent for path in root.glob("window-*/session.json")]
    return [read(Place(folder, open(folder / "lock", "rb")), never) for folder in folders]  # noqa: PTH123


def wait_kept(qtbot, root, like):
    """Wait until something is kept that `like` is true of."""

    def there():
        return any(like(unsaved) for unsaved in sessions(root))

    qtbot.waitUntil(there)


def crash(qtbot, window):
    """Let a window go as a crash does: it writes no more, and its locks are free."""
    recovery = window.recovery
    recovery._timer.stop()
    recovery._job.finished(5)
    recovery._offering.close()
    if recovery._writer.place is not None:
        recovery._writer.place.give_back()
    window.recovery = None
    window.close()


def left_with(qtbot, window, root, size=7):
    """Change a window, wait until that is kept, and let it crash."""
    change(window, size)
    wait_kept(qtbot, root, lambda unsaved: unsaved.saved.settings == window.session.settings)
    crash(qtbot, window)


def offer(qtbot, window):
    """Wait for the offer."""
    qtbot.waitUntil(lambda: window.findChild(QWidget, "recovery") is not None)
    found = window.findChild(QWidget, "recovery")
    qtbot.waitUntil(found.isVisible)
    return found


def press(qtbot, window, name):
    button = offer(qtbot, window).findChild(QPushButton, f"recovery.{name}")
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)


def is_gone(qtbot, window):
    qtbot.waitUntil(lambda: window.findChild(QWidget, "recovery") is None)


def banner_text(window):
    label = window.findChild(QLabel, "banner.text")
    return label.text() if label.isVisible() else ""


# What is kept


def test_nothing_is_kept_of_a_window_from_python_nor_where_nothing_was_changed(
    qtbot, window, root, tmp_path, monkeypatch
):
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    change(window)
    qtbot.wait(3 * SOON)
    assert window.recovery is None
    assert not (tmp_path / "data").exists()
    window.keep_unsaved_work(root)
    window.resize(1300, 740)
    qtbot.wait(5 * SOON)
    window.end()
    assert not window.isVisible()
    assert not list(root.glob("*"))


def test_each_change_is_kept(qtbot, kept, root):
    session = kept.session
    change(kept)
    wait_kept(qtbot, root, lambda unsaved: unsaved.saved.settings == session.settings)
    session.seek(5)
    session.seek(3)
    wait_kept(qtbot, root, lambda u: (u.saved.cursor, u.saved.revealed) == (3, 5))
    session.select(pin=None)
    session.draw_new_weights()
    wait_kept(qtbot, root, lambda unsaved: unsaved.saved.settings == session.settings)
    timeline = kept.findChild(QWidget, "view.timeline")
    timeline.rows[0].range_changed.emit(1.0, 4.0)
    seen = timeline.view_state()
    wait_kept(qtbot, root, lambda unsaved: unsaved.saved.views["view.timeline"] == seen)
    assert len(sessions(root)) == 1
    qtbot.waitUntil(lambda: list(root.glob("window-*/window.png")) != [])
    (path,) = root.glob("window-*/window.png")
    assert QImage(str(path)).size().toTuple() == (640, 360)


def test_what_has_not_changed_is_not_written(qtbot, kept, root):
    change(kept)
    wait_kept(qtbot, root, lambda unsaved: unsaved.saved.settings == kept.session.settings)
    (path,) = root.glob("window-*/session.json")
    qtbot.wait(5 * SOON)  # the picture is taken
    before = path.stat().st_mtime_ns, path.stat().st_ino
    qtbot.wait(5 * SOON)
    assert (path.stat().st_mtime_ns, path.stat().st_ino) == before


def test_numbers_of_files_are_kept(qtbot, kept, root):
    turn, named = np.random.default_rng(1), kept.session.network.named_parameters()
    tensors = {name: Stored(turn.normal(size=tuple(weight.shape))) for name, weight in named}
    scheme = Loaded(file="w.pt", tensors=tensors)
    kept.session.apply_initialization(InitializationSettings(scheme=scheme))
    wait_kept(qtbot, root, lambda unsaved: unsaved.saved.settings == kept.session.settings)
    assert len(list(root.glob("window-*/*.safetensors"))) == len(tensors)


def test_dont_save_was_an_answer(qtbot, kept, root):
    kept.asks_before_closing = True
    change(kept)
    wait_kept(qtbot, root, lambda unsaved: True)
    assert not kept.close()
    assert list(root.glob("*"))  # as long as it is asked
    box = kept.findChild(QMessageBox, "save_changes")
    qtbot.mouseClick(box.findChild(QPushButton, "save_changes.discard"), Qt.MouseButton.LeftButton)
    assert not kept.isVisible()
    assert not list(root.glob("*"))


def test_the_system_ends_it(qtbot, kept, root):
    kept.asks_before_closing = True
    change(kept)
    kept.end()  # at once, before anything was looked at
    assert not kept.isVisible()
    assert [unsaved.saved.settings for unsaved in sessions(root)] == [kept.session.settings]
    assert list(root.glob("window-*/window.png"))


def test_the_system_ends_it_while_a_file_cannot_be_saved(qtbot, kept, root, tmp_path):
    change(kept)
    kept.saving._write(tmp_path / "none" / "a.rnnviz")
    kept.end()
    assert kept.isVisible()  # it waits for the file
    qtbot.waitUntil(lambda: not kept.isVisible())
    assert len(sessions(root)) == 1


def test_S1_where_it_cannot_be_kept_that_is_said_once(qtbot, window, tmp_path):
    (tmp_path / "file").write_text("no folder")
    window.keep_unsaved_work(tmp_path / "file" / "deeper")
    said = []
    window.refused.connect(said.append)
    change(window)
    qtbot.waitUntil(lambda: said != [])
    change(window, 8)
    qtbot.wait(5 * SOON)
    assert len(said) == 1
    assert said[0].startswith("Unsaved work is not kept for after a crash: ")
    assert window.close()


@pytest.mark.slow
def test_what_could_not_be_written_is_written_later(qtbot, kept, root):
    root.parent.mkdir()
    root.write_text("in the way")
    said = []
    kept.refused.connect(said.append)
    change(kept)
    qtbot.waitUntil(lambda: said != [])
    root.unlink()
    wait_kept(qtbot, root, lambda unsaved: unsaved.saved.settings == kept.session.settings)


# What is offered


def test_it_is_offered_with_time_and_picture_and_restored(qtbot, kept, root, start):
    kept.session.seek(4)
    change(kept)
    kept.session.seek(3)
    qtbot.waitUntil(lambda: list(root.glob("window-*/window.png")) != [])
    left_with(qtbot, kept, root, 9)
    kept.session.seek(2)  # nobody hears of it
    again = start()
    said = offer(qtbot, again)
    assert "just now" in said.findChild(QLabel, "recovery.title").text()
    assert "9 units" in said.findChild(QLabel, "recovery.about").text()
    assert said.findChild(QWidget, "recovery.picture") is not None
    press(qtbot, again, "restore")
    is_gone(qtbot, again)
    qtbot.waitUntil(lambda: again.session.settings == kept.session.settings)
    qtbot.waitUntil(lambda: not again.opening)
    assert again.isWindowModified()
    assert len(list(root.glob("*"))) == 1  # it goes on in the same place
    again.session.undo()
    assert again.session.settings.network.hidden_size == 6
    assert again.close()
    assert not list(root.glob("*"))


@pytest.mark.slow
def test_after_it_was_restored_a_crash_loses_nothing(qtbot, kept, root, start):
    left_with(qtbot, kept, root, 9)
    again = start()
    press(qtbot, again, "restore")
    qtbot.waitUntil(lambda: again.session.settings.network.hidden_size == 9)
    qtbot.waitUntil(lambda: not again.opening)
    crash(qtbot, again)
    third = start()
    press(qtbot, third, "restore")
    qtbot.waitUntil(lambda: third.session.settings.network.hidden_size == 9)


def test_it_still_belongs_to_its_file(qtbot, kept, root, start, tmp_path):
    path = tmp_path / "mine √.rnnviz"
    kept.findChild(QAction, "file.save_as").trigger()
    dialog = kept.findChild(QFileDialog, "save.file")
    dialog.selectFile(str(path))
    dialog.accept()
    qtbot.waitUntil(lambda: not kept.opening)
    before = path.read_bytes()
    left_with(qtbot, kept, root, 9)
    again = start()
    assert "mine √" in offer(qtbot, again).findChild(QLabel, "recovery.about").text()
    press(qtbot, again, "restore")
    qtbot.waitUntil(lambda: again.windowFilePath() == str(path))
    assert again.isWindowModified()
    assert path.read_bytes() == before
    qtbot.waitUntil(lambda: not again.opening)
    again.save()
    qtbot.waitUntil(lambda: not again.opening)
    assert read_session(path).settings.network.hidden_size == 9


def test_nothing_is_asked_while_an_audience_looks_on(qtbot, kept, root, start):
    left_with(qtbot, kept, root)
    again = start()
    shown = offer(qtbot, again)
    again.set_projection(True)
    assert not shown.isVisible()
    again.set_projection(False)
    assert shown.isVisible()


@pytest.mark.slow
def test_what_was_not_answered_is_offered_again(qtbot, kept, root, start):
    left_with(qtbot, kept, root)
    again = start()
    offer(qtbot, again)
    assert again.close()
    third = start()
    press(qtbot, third, "later")
    is_gone(qtbot, third)
    assert third.close()
    assert len(left_behind(root)) == 1


def test_S4_what_another_window_keeps_is_offered_after_its_end_and_discarded(
    qtbot, kept, root, start
):
    change(kept)
    wait_kept(qtbot, root, lambda unsaved: True)
    other = start()
    left_with(qtbot, other, root, 11)
    assert other.findChild(QWidget, "recovery") is None
    sizes = {unsaved.saved.settings.network.hidden_size for unsaved in sessions(root)}
    assert sizes == {7, 11}
    crash(qtbot, kept)
    again = start()
    assert "one more is kept" in offer(qtbot, again).findChild(QLabel, "recovery.others").text()
    press(qtbot, again, "discard")
    qtbot.waitUntil(lambda: len(again.findChildren(QWidget, "recovery")) == 1)
    assert "more" not in offer(qtbot, again).findChild(QLabel, "recovery.others").text()
    press(qtbot, again, "discard")
    is_gone(qtbot, again)
    again.close()
    assert not list(root.glob("*"))


def test_what_was_discarded_comes_back_until_the_window_is_closed(qtbot, kept, root, start):
    left_with(qtbot, kept, root, 9)
    again = start()
    press(qtbot, again, "discard")
    is_gone(qtbot, again)
    assert "is removed when this window is closed" in banner_text(again)
    undo = again.findChild(QPushButton, "banner.link")
    qtbot.mouseClick(undo, Qt.MouseButton.LeftButton)
    assert not undo.isVisible()
    press(qtbot, again, "restore")
    qtbot.waitUntil(lambda: again.session.settings.network.hidden_size == 9)


def test_what_is_brought_back_while_another_is_restored_waits_for_the_next_start(
    qtbot, kept, root, start
):
    other = start()
    for window, size in ((kept, 9), (other, 11)):
        left_with(qtbot, window, root, size)
    again = start()
    press(qtbot, again, "discard")
    qtbot.waitUntil(lambda: len(again.findChildren(QWidget, "recovery")) == 1)
    press(qtbot, again, "restore")
    again.recovery.bring_back()
    qtbot.waitUntil(lambda: again.session.settings.network.hidden_size in (9, 11))
    restored = again.session.settings.network.hidden_size
    again.asks_before_closing = False
    again.close()
    sizes = [unsaved.saved.settings.network.hidden_size for unsaved in sessions(root)]
    assert sizes == [20 - restored]


def test_bringing_back_does_nothing_where_nothing_was_discarded(kept):
    kept.recovery.bring_back()
    assert kept.findChild(QWidget, "recovery") is None


@pytest.mark.parametrize(
    ("size", "said"),
    [
        ("many", "hidden_size"),
        pytest.param(100_000, "cannot be restored here", marks=pytest.mark.slow),
    ],
)
def test_what_is_damaged_or_too_large_is_said_and_stays(qtbot, kept, root, start, size, said):
    left_with(qtbot, kept, root)
    (path,) = root.glob("window-*/session.json")
    found = json.loads(path.read_text())
    found["session"]["settings"]["network"]["hidden_size"] = size
    found["session"]["settings"]["initialization"]["scheme"] = {"name": "uniform"}
    path.write_text(json.dumps(found))
    again = start()
    before = again.session.settings
    press(qtbot, again, "restore")
    qtbot.waitUntil(lambda: said in banner_text(again))
    assert again.session.settings == before
    assert again.close()
    assert path.exists()
