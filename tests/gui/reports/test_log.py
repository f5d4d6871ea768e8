"""The log: bounded, shared by several programs, and never in anybody's way."""

import faulthandler
import logging
import os
import subprocess
import sys
import threading

import pytest
from PySide6.QtCore import QObject, Qt, QUrl, Slot, qInstallMessageHandler, qWarning
from PySide6.QtGui import QAction, QDesktopServices, QGuiApplication
from PySide6.QtWidgets import QDialog, QLabel, QPlainTextEdit, QWidget

import rnnviz
from rnnviz.reports.log import BYTES, LOGGER, LONGEST, Log, log_folder

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def log(qapp, tmp_path):
    """Return a log that is kept in a folder of its own, with a name that not all can write."""
    made = Log(tmp_path / "a folder – ü")
    made.begin()
    yield made
    made.end()


def test_it_tells_what_went_wrong_and_where(log):
    try:
        raise ValueError("the reason")
    except ValueError as error:
        LOGGER.error("It failed.", exc_info=error)
    text = log.text()
    assert f"rnnviz {rnnviz.__version__}" in text
    assert "ERROR It failed.\nTraceback" in text and "ValueError: the reason" in text
    assert f"[{os.getpid()}]" in text


def test_it_ends(qapp, tmp_path):
    log, hook = Log(tmp_path), threading.excepthook
    log.begin()
    assert threading.excepthook != hook
    log.end()
    LOGGER.error("Afterwards.")
    assert log.text().endswith("Ended.\n") and "Afterwards" not in log.text()
    assert threading.excepthook == hook
    assert [type(handler) for handler in LOGGER.handlers] == [logging.NullHandler]


def test_its_size_is_bounded(log):
    for number in range(40):
        LOGGER.error("%d %s", number, "x" * LONGEST * 2)
    files = list(log.path.parent.iterdir())
    assert sum(file.stat().st_size for file in files) <= 2 * BYTES
    assert len([file for file in files if file.name.startswith("rnnviz.log")]) == 2
    assert "39 xxx" in log.text()


def test_what_another_program_has_put_aside_is_no_loss(log, monkeypatch):
    make_room = type(log._handler)._make_room

    def beaten(handler, size):
        log.path.unlink()
        make_room(handler, size)
        log.path.replace(log.path)  # it is gone

    monkeypatch.setattr(type(log._handler), "_make_room", beaten)
    LOGGER.error("written all the same")
    assert log.text().endswith("written all the same\n")


def test_two_programs_keep_one_log(log):
    code = (
        "import sys, pathlib; from rnnviz.reports.log import LOGGER, Log\n"
        "log = Log(pathlib.Path(sys.argv[1])); log.begin()\n"
        "for number in range(30): LOGGER.error('child %d %s', number, 'y' * 60_000)\n"
        "log.end()"
    )
    child = subprocess.Popen([sys.executable, "-c", code, str(log.path.parent)])
    for number in range(30):
        LOGGER.error("parent %d %s", number, "x" * 60_000)
    assert child.wait(60) == 0
    LOGGER.error("The last word.")
    assert log.text().endswith("The last word.\n") and "child 29" in log.text()
    sizes = [file.stat().st_size for file in log.path.parent.glob("rnnviz.log*")]
    assert len(sizes) == 2 and max(sizes) <= BYTES + LONGEST


def test_what_qt_warns_of_is_in_it_and_still_told(qapp, tmp_path):
    told, log = [], Log(tmp_path)
    before = qInstallMessageHandler(lambda kind, context, message: told.append(message))
    try:
        log.begin()
        qWarning("something is odd")
        qWarning("This plugin does not support propagateSizeHints()")
        log.end()
        qWarning("afterwards")
    finally:
        qInstallMessageHandler(before)
    assert told == [
        "something is odd",
        "This plugin does not support propagateSizeHints()",
        "afterwards",
    ]
    assert "WARNING Qt: something is odd" in log.text()
    assert "propagateSizeHints" not in log.text() and "afterwards" not in log.text()


def test_without_another_handler_qt_is_told_in_the_terminal(qapp, tmp_path, capfd):
    before, log = qInstallMessageHandler(None), Log(tmp_path)
    try:
        log.begin()
        qWarning("something is odd")
        log.end()
    finally:
        qInstallMessageHandler(before)
    assert "something is odd" in capfd.readouterr().err


def test_a_thread_that_fails_is_in_it(log, monkeypatch):
    told = []
    monkeypatch.setattr(log, "_threads", told.append)

    def fail():
        raise ValueError("in a thread")

    thread = threading.Thread(target=fail)
    thread.start()
    thread.join()
    assert "ValueError: in a thread" in log.text() and len(told) == 1


@pytest.mark.parametrize("what", ["file", "folder", "pipe"])
def test_where_nothing_can_be_written_it_says_so_once(qapp, tmp_path, what):
    log = Log(tmp_path / "there")
    if what == "pipe" and not hasattr(os, "mkfifo"):
        pytest.skip("there are no pipes with names")
    if what == "file":
        (tmp_path / "there").write_text("no folder")
    else:
        log.path.parent.mkdir()
        log.path.mkdir() if what == "folder" else os.mkfifo(log.path)
    log.begin()
    LOGGER.error("lost")
    log.end()
    assert log.problem.startswith(f"No log is kept: {tmp_path / 'there'}: ")
    assert log.text() == ""


def test_a_file_that_cannot_be_written_disturbs_nobody(log, capfd):
    path = log.path.with_name("elsewhere")
    log.path.rename(path)
    log.path.mkdir()  # which cannot be opened to be written
    LOGGER.error("lost")
    log.path.rmdir()
    path.rename(log.path)
    LOGGER.error("written ü")
    assert "written ü" in log.text() and "lost" not in log.text()
    assert capfd.readouterr().err == ""


def test_a_crash_is_told_by_the_next_start(qapp, tmp_path):
    code = (
        "import sys, ctypes, pathlib; from rnnviz.reports.log import Log\n"
        "log = Log(pathlib.Path(sys.argv[1])); log.begin(); ctypes.string_at(0)"
    )
    done = subprocess.run([sys.executable, "-c", code, str(tmp_path)], check=False)
    assert done.returncode != 0
    enabled = faulthandler.is_enabled()  # by pytest: then it keeps its own
    for _ in range(2):
        log = Log(tmp_path)
        log.begin()
        log.end()
    assert faulthandler.is_enabled() == enabled
    assert log.text().count("An earlier program ended in a crash:\nFatal Python error") == 1


def test_it_lies_among_the_users_own_data(qapp):
    assert "rnnviz" in log_folder().parts or qapp.applicationName() in log_folder().parts


class Opened(QObject):
    """Takes the place of the program that shows folders."""

    def __init__(self):
        super().__init__()
        self.urls = []

    @Slot(QUrl)
    def open(self, url):
        self.urls.append(url)


class TestDialog:
    def open(self, window):
        window.findChild(QAction, "help.show_log").trigger()
        return window.findChild(QDialog, "log")

    def test_it_is_read_and_copied(self, qtbot, window, log):
        LOGGER.error("The last thing.")
        window.keep_log(log)
        dialog = self.open(window)
        text = dialog.findChild(QPlainTextEdit, "log.text")
        assert text.isReadOnly() and text.toPlainText() == log.text()
        assert text.verticalScrollBar().value() == text.verticalScrollBar().maximum()
        assert dialog.findChild(QLabel, "log.place").text() == str(log.path)
        qtbot.mouseClick(dialog.findChild(QWidget, "log.copy"), LEFT)
        assert QGuiApplication.clipboard().text().endswith("ERROR The last thing.\n")
        qtbot.mouseClick(dialog.findChild(QWidget, "log.close"), LEFT)
        assert not dialog.isVisible()

    def test_its_folder_is_opened(self, qtbot, window, log):
        window.keep_log(log)
        shower = Opened()
        QDesktopServices.setUrlHandler("file", shower, "open")
        try:
            qtbot.mouseClick(self.open(window).findChild(QWidget, "log.folder"), LEFT)
        finally:
            QDesktopServices.unsetUrlHandler("file")
        assert [url.toLocalFile() for url in shower.urls] == [str(log.path.parent)]

    def test_a_window_without_a_log_says_so(self, window):
        dialog = self.open(window)
        assert "keeps no log" in dialog.findChild(QLabel, "log.place").text()
        assert not dialog.findChild(QWidget, "log.folder").isEnabled()

    def test_a_log_that_cannot_be_kept_is_one_notice(self, window, tmp_path):
        (tmp_path / "there").write_text("no folder")
        log = Log(tmp_path / "there")
        log.begin()
        log.end()
        window.keep_log(log)
        assert window.findChild(QLabel, "banner.text").text() == log.problem
        assert self.open(window).findChild(QLabel, "log.place").text() == log.problem
