"""What the program remembers, where it is damaged, absurd, or cannot be written."""

import subprocess
import sys

import pytest
from PySide6.QtCore import QByteArray, QPoint, QSettings
from PySide6.QtWidgets import QDockWidget, QSpinBox

from rnnviz import store as store_module
from rnnviz.app import create_window
from rnnviz.store import recovery_folder, user_store, why_not_kept


def opened(path):
    return QSettings(str(path), QSettings.Format.IniFormat)


def shown(qtbot, store):
    """Return a window with this store, on the screen."""
    made = create_window(store=store)
    qtbot.addWidget(made)
    made.show()
    qtbot.wait(1)
    return made


def is_usual(window):
    """Return whether it is as at the first start."""
    speed = window.findChild(QSpinBox, "transport.speed").value()
    docks = window.findChildren(QDockWidget)
    open_docks = {dock.objectName() for dock in docks if not dock.isHidden()}
    return speed == 10 and open_docks == {"dock.network", "dock.initialization", "dock.sequence"}


def test_Q1_a_damaged_file_is_put_aside(qtbot, tmp_path):
    content = b"[General\ntheme=light\n=%%%\n"
    path = tmp_path / "broken.ini"
    path.write_bytes(content)
    window = shown(qtbot, opened(path))
    assert is_usual(window)
    assert path.with_name("broken.ini.bak").read_bytes() == content
    window.close()
    assert opened(path).status() == QSettings.Status.NoError
    assert opened(path).contains("geometry")


def test_Q1_a_damaged_file_that_cannot_be_copied_is_no_end(tmp_path, monkeypatch):
    path = tmp_path / "broken.ini"
    path.write_text("[General\n=%%%\n")
    path.with_name("broken.ini.bak").mkdir()
    store = store_module.mended(opened(path))
    assert store.allKeys() == []


def test_Q1_a_damaged_arrangement_is_not_given_to_qt(qtbot, window, store):
    window.findChild(QDockWidget, "dock.sequence").hide()
    window.close()
    damaged = bytearray(store.value("state").data())
    damaged[-1] ^= 1
    store.setValue("state", QByteArray(bytes(damaged)))
    assert is_usual(shown(qtbot, store))


def test_Q2_a_window_from_a_screen_that_is_gone(qtbot, window, store):
    window.move(QPoint(99_999, 99_999))
    window.close()
    again = shown(qtbot, opened(store.fileName()))
    seen = again.frameGeometry().intersected(again.screen().availableGeometry())
    assert seen.width() > 400 and seen.height() > 300


def test_Q3_values_of_another_kind(qtbot, store):
    for key in ("geometry", "state", "splitter", "theme", "speed", "recent", "memory_budget"):
        store.setValue(key, QByteArray(b"-3"))
        store.setValue(f"{key}_sha256", "a")
    assert is_usual(shown(qtbot, store))


@pytest.mark.parametrize("value", [-3, "", "a", ["1", "2"], 1e300, True, None, {"a": 1}])
def test_Q3_values_of_any_kind(store, value):
    store.setValue("key", value)
    assert store_module.remembered_number(store, "key", 7, 2, 10) == 7
    assert store_module.remembered_bytes(store, "key") is None
    assert store_module.remembered_sealed(store, "key") is None
    store.setValue("theme", value)
    assert store_module.remembered_theme(store) == "dark"


def test_Q4_a_folder_that_cannot_be_written(qtbot, tmp_path):
    (tmp_path / "file").write_text("")
    window = shown(qtbot, opened(tmp_path / "file" / "rnnviz.ini"))
    window.set_theme("light")
    window.set_theme("dark")
    assert window.close()


def test_Q4_and_P6_what_is_not_kept_is_said(tmp_path, monkeypatch):
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    good, bad = opened(tmp_path / "a.ini"), opened(tmp_path / "file" / "a.ini")
    assert recovery_folder().is_dir()
    assert why_not_kept(good) == ""
    assert why_not_kept(bad).startswith("Settings are not remembered: ")
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "file" / "data"))
    assert recovery_folder() is None
    assert why_not_kept(good).startswith("Unsaved work is not kept for after a crash: ")
    assert " and unsaved work " in why_not_kept(bad)


SAVING = """
import sys
from PySide6.QtCore import QSettings
for number in range(20):
    store = QSettings(sys.argv[1], QSettings.Format.IniFormat)
    store.setValue("speed", number)
    store.setValue(sys.argv[2], "x" * 2000)
    store.sync()
"""


def test_S4_two_instances_save_their_settings(tmp_path):
    path = tmp_path / "rnnviz.ini"
    commands = [[sys.executable, "-c", SAVING, str(path), name] for name in "ab"]
    running = [subprocess.Popen(command) for command in commands]
    while any(process.poll() is None for process in running):
        store = opened(path)
        assert store.status() == QSettings.Status.NoError
        assert set(store.allKeys()) <= {"speed", "a", "b"}
    assert [process.returncode for process in running] == [0, 0]
    lines = path.read_text().splitlines()
    assert lines[0] == "[General]" and len(lines) == 4
    assert "speed=19" in lines  # of the last one


def test_the_users_own_store_is_not_that_of_the_tests():
    assert "config" in user_store().fileName()
