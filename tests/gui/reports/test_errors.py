"""Errors as a user meets them: one dialog a cause, then a banner, and a report to copy."""

import re
import sys
from pathlib import Path

import pytest
import torch
from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QAction, QGuiApplication, QPalette
from PySide6.QtWidgets import (
    QApplication,
    QLabel,
    QMessageBox,
    QPlainTextEdit,
    QSpinBox,
    QToolButton,
    QWidget,
)

import rnnviz
import rnnviz.walker
from rnnviz.reports import ExceptionHook, report_of, sentence_of
from rnnviz.reports.dialog import ErrorDialog
from rnnviz.reports.errors import Errors
from rnnviz.reports.report import LONGEST
from rnnviz.widgets.colours import contrast
from rnnviz.widgets.heatmap_squares import Squares

LEFT = Qt.MouseButton.LeftButton


def raised(sentence, kind=ValueError):
    """Return an error that was raised, always at one place."""
    try:
        raise kind(sentence)
    except kind as error:
        return error


def elsewhere(sentence):
    """Return an error of another place."""
    try:
        torch.zeros(2) @ torch.zeros(3)
    except RuntimeError as error:
        error.args = (sentence,)
        return error


def dialogs(window):
    return [dialog for dialog in window.findChildren(ErrorDialog) if dialog.isVisible()]


def count_of(dialog):
    """Return what the dialog says of how often it happened."""
    return dialog.findChild(QLabel, "error.count").text()


def banner(window):
    """Return what the banner says, or nothing."""
    shown = window.findChild(QWidget, "banner").isVisible()
    return window.findChild(QLabel, "banner.text").text() if shown else ""


def click(qtbot, window, name):
    qtbot.mouseClick(window.findChild(QWidget, name), LEFT)


@pytest.fixture
def hook(window):
    """Have errors in slots shown, as the program does."""
    made, before = ExceptionHook(), sys.excepthook
    made.raised.connect(window.show_error)
    made.install()
    yield made
    sys.excepthook = before


def test_G6_exception_in_a_slot(qtbot, window, hook, capfd):
    def fail():
        raise ValueError("the reason")

    for _ in range(3):
        QTimer.singleShot(0, fail)
    qtbot.waitUntil(lambda: any("3 times" in count_of(dialog) for dialog in dialogs(window)))
    (dialog,) = dialogs(window)
    assert dialog.text() == "the reason"
    assert count_of(dialog) == "It has happened 3 times."
    assert capfd.readouterr().err.count("ValueError: the reason") == 3  # the terminal has them all
    dialog.close()
    window.session.step_forward()
    assert window.session.cursor == 1


def test_G6_a_view_that_cannot_be_painted(qtbot, window, hook, monkeypatch):
    def fail(*_):
        raise ValueError("it cannot be painted")

    monkeypatch.setattr(Squares, "paint", fail)
    window.session.step_forward()
    window.update()
    qtbot.waitUntil(lambda: dialogs(window) != [])  # and Qt lives on, though painters were at work
    assert [dialog.text() for dialog in dialogs(window)] == ["it cannot be painted"]
    monkeypatch.undo()
    window.update()
    assert window.session.cursor == 1


def test_painters_end_also_where_painting_fails():
    room = Path(rnnviz.__file__).parent
    code = {path: path.read_text(encoding="utf-8") for path in room.rglob("*.py")}
    kept = {path.name for path, text in code.items() if re.search(r"= QPainter\(", text)}
    assert kept == {"unrolled_pictures.py"}  # which ends it in any case


def test_G7_exception_in_the_worker(qtbot, window, monkeypatch):
    def fail(*_):
        raise RuntimeError("no more")

    session = window.session
    monkeypatch.setattr(rnnviz.walker, "INLINE_SECONDS", 0.0)  # all of it goes to the worker
    monkeypatch.setattr(session.contract, "run", fail)
    to_end = window.findChild(QAction, "run.to_end")
    to_end.trigger()
    qtbot.waitUntil(lambda: dialogs(window) != [])
    (dialog,) = dialogs(window)
    assert dialog.text() == "no more"
    assert "Traceback" in dialog.findChild(QPlainTextEdit, "error.report").toPlainText()
    click(qtbot, window, "error.close")
    assert not session.busy and session.cursor == 0
    assert to_end.isEnabled() and not window.findChild(QAction, "run.cancel").isEnabled()
    monkeypatch.undo()
    to_end.trigger()
    qtbot.waitUntil(lambda: session.cursor == session.length)
    assert dialogs(window) == []


def test_the_report_is_folded_and_can_be_copied(qtbot, window):
    window.findChild(QSpinBox, "network.hidden_size").setValue(7)
    qtbot.waitUntil(lambda: window.session.settings.network.hidden_size == 7)
    for _ in range(2):
        window.findChild(QAction, "run.step_forward").trigger()
    window.show_error(raised("the reason"))
    (dialog,) = dialogs(window)
    report = dialog.findChild(QPlainTextEdit, "error.report")
    assert not report.isVisible()
    height = dialog.height()
    fold = dialog.findChild(QWidget, "error.details").findChild(QToolButton)
    qtbot.mouseClick(fold, LEFT)
    assert report.isVisible() and dialog.height() > height
    qtbot.mouseClick(fold, LEFT)
    assert dialog.height() == height
    click(qtbot, window, "error.copy")
    text = QGuiApplication.clipboard().text()
    for known in (
        f"rnnviz {rnnviz.__version__}",
        f"torch {torch.__version__}",
        "PySide6 6.",
        "Qt 6.",
    ):
        assert known in text
    assert "hidden size 6 → 7" in text and "run.step_forward × 2" in text
    assert text.strip().endswith("ValueError: the reason") and "Traceback" in text
    assert dialog.isVisible()
    dialog.close()


def test_one_cause_never_opens_a_second_dialog(qtbot, window):
    window.show_error(raised("step 7 failed"))
    window.show_error(raised("step 8 failed"))
    (dialog,) = dialogs(window)
    assert count_of(dialog) == "It has happened 2 times."
    dialog.close()
    window.show_error(raised("step 9 failed"))
    assert dialogs(window) == [] and banner(window) == "It happened again: step 9 failed"
    click(qtbot, window, "banner.link")
    (dialog,) = dialogs(window)
    assert dialog.text() == "step 9 failed"
    assert count_of(dialog) == "It has happened 3 times."
    dialog.close()
    window.show_error(elsewhere("step 9 failed"))  # another cause
    assert [dialog.text() for dialog in dialogs(window)] == ["step 9 failed"]


def test_another_cause_waits_in_the_banner(qtbot, window):
    window.show_error(raised("one"))
    window.show_error(elsewhere("two"))
    (dialog,) = dialogs(window)
    assert dialog.text() == "one" and banner(window) == "two"
    click(qtbot, window, "banner.link")  # one is open already
    assert dialogs(window) == [dialog]
    dialog.close()
    click(qtbot, window, "banner.link")
    assert [dialog.text() for dialog in dialogs(window)] == ["two"]


def test_a_dialog_that_fails_is_not_told_by_another(window, monkeypatch, caplog):
    def fail(*_):
        raise RuntimeError("no dialog")

    monkeypatch.setattr(Errors, "_open", fail)
    window.show_error(raised("the reason"))
    assert dialogs(window) == []
    assert [record.getMessage() for record in caplog.records] == [
        "the reason",
        "An error could not be shown.",
    ]


def test_an_error_while_one_is_shown_is_only_logged(window, monkeypatch, caplog):
    show = Errors._show

    def fail_inside(errors, *given):
        errors.tell(raised("inside"), quietly=False)
        show(errors, *given)

    monkeypatch.setattr(Errors, "_show", fail_inside)
    window.show_error(elsewhere("outside"))
    assert [dialog.text() for dialog in dialogs(window)] == ["outside"]
    assert [record.getMessage() for record in caplog.records] == ["outside", "inside"]


def test_what_repeats_is_written_down_at_powers_of_ten(window, caplog):
    for _ in range(120):
        window.show_error(raised("again"))
    said = [record.getMessage() for record in caplog.records]
    assert said == ["again", "again (10 times)", "again (100 times)"]


def test_markup_in_an_error_is_text(window):
    window.show_error(raised("<b>bold</b> & <img src='x'>"))
    (dialog,) = dialogs(window)
    label = dialog.findChild(QLabel, "error.text")
    assert label.textFormat() == Qt.TextFormat.PlainText
    window.show_error(elsewhere("<b>two</b>"))
    assert window.findChild(QLabel, "banner.text").textFormat() == Qt.TextFormat.PlainText


class TestProjection:
    def test_a_message_is_a_banner_in_large_type(self, window):
        label = window.findChild(QLabel, "banner.text")
        before = label.font().pixelSize()
        window.set_projection(True)
        window.show_error(raised("the reason"))
        assert dialogs(window) == [] and banner(window) == "the reason"
        assert label.font().pixelSize() >= 22 > before
        assert not window.findChild(QWidget, "banner.link").isVisible()  # it would open a dialog
        window.set_projection(False)
        assert label.font().pixelSize() == before

    def test_the_keys_are_a_banner_too(self, window):
        window.set_projection(True)
        window.findChild(QAction, "help.keys").trigger()
        assert window.findChildren(QMessageBox) == []
        said = banner(window).replace("\N{NO-BREAK SPACE}", " ")
        assert "Space: play" in said and "F11: leave projection" in said

    def test_what_asks_leaves_it_first(self, window):
        for name in ("file.open", "file.save_as", "help.show_log"):
            window.set_projection(True)
            window.findChild(QAction, name).trigger()
            assert not window.projecting
            QApplication.activeModalWidget().close()

    def test_other_dialogs_wait_until_it_is_over(self, window):
        window.set_projection(True)
        for name in ("file.export", "edit.preferences"):
            window.findChild(QAction, name).trigger()
            assert window.projecting and QGuiApplication.modalWindow() is None

    def test_it_reads_well(self, window):
        label, roles = window.findChild(QLabel, "banner.text"), QPalette.ColorRole
        for theme in ("dark", "light"):
            window.set_theme(theme)
            ink, ground = map(label.palette().color, (roles.WindowText, roles.AlternateBase))
            assert contrast(ink, ground) >= 7


@pytest.mark.parametrize(
    ("error", "sentence"),
    [
        (ValueError("one\ntwo"), "one"),
        (KeyError(), "KeyError"),
        (ValueError("  \n"), "ValueError"),
        (ValueError("x" * 1000), "x" * (LONGEST - 1) + "…"),
        (ValueError("Error calling Python override of QWidget::paintEvent(): " * 3 + "one"), "one"),
    ],
)
def test_a_sentence_is_short(error, sentence):
    assert sentence_of(error) == sentence


def test_a_report_without_actions():
    report = report_of(raised("the reason"))
    assert "Last actions" not in report and "Traceback" in report
