"""Edit > Preferences, as a person uses it."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QDoubleSpinBox, QLabel, QWidget

from rnnviz.app import create_window
from rnnviz.memory import MemoryLimits, physical_memory
from rnnviz.preferences import GB, PreferencesDialog
from rnnviz.store import HIGHEST_LIMIT, LOWEST_LIMIT, remembered_limits

LIMITS = MemoryLimits(budget=3 * GB, in_memory=GB // 2)


class Driver:
    """Hands for the dialog."""

    def __init__(self, dialog) -> None:
        self.dialog = dialog

    def field(self, name):
        return self.dialog.findChild(QDoubleSpinBox, f"preferences.{name}")

    def problem(self, name):
        label = self.dialog.findChild(QLabel, f"preferences.{name}.problem")
        return "" if label.isHidden() else label.text()

    def type(self, name, text):
        self.field(name).setFocus()
        self.field(name).selectAll()
        QTest.keyClicks(self.field(name), text)

    def click(self, name):
        QTest.mouseClick(self.dialog.findChild(QWidget, f"preferences.{name}"), Qt.LeftButton)


@pytest.fixture
def opened(qtbot):
    """Return the dialog on its own, and what it said when it was closed."""
    dialog = PreferencesDialog(LIMITS)
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, False)
    qtbot.addWidget(dialog)
    with qtbot.waitActive(dialog):
        dialog.show()
        dialog.activateWindow()
    return Driver(dialog)


def test_it_shows_limits_memory_and_defaults(opened):
    assert opened.field("memory_budget").value() == 3
    assert opened.field("record_in_memory").value() == 0.5
    said = " ".join(label.text() for label in opened.dialog.findChildren(QLabel))
    defaults = MemoryLimits.of_this_machine()
    for count in (physical_memory(), defaults.budget, defaults.in_memory):
        assert f"{count / GB:.2f}\u00a0GB" in said


def test_ok_takes_what_was_typed(opened):
    opened.type("memory_budget", "2.5")
    opened.click("ok")
    assert not opened.dialog.isVisible()
    assert opened.dialog.limits == MemoryLimits(5 * GB // 2, GB // 2)


def test_enter_is_ok(opened):
    opened.type("record_in_memory", "1")
    QTest.keyClick(opened.field("record_in_memory"), Qt.Key.Key_Return)
    assert not opened.dialog.isVisible()
    assert opened.dialog.limits == MemoryLimits(3 * GB, GB)


@pytest.mark.parametrize("text", ["0", "0.01", "-3", "1001", "much", ""])
def test_a_wrong_value_is_marked_and_keeps_the_dialog_open(opened, text):
    opened.type("memory_budget", text or " ")
    opened.click("ok")
    assert opened.dialog.isVisible()
    assert "from 0.1 to 1,000 GB" in opened.problem("memory_budget")
    assert opened.dialog.limits == LIMITS
    opened.type("memory_budget", "4")
    opened.click("ok")
    assert not opened.dialog.isVisible() and opened.dialog.limits.budget == 4 * GB


def test_defaults(opened):
    opened.type("memory_budget", "much")
    opened.click("defaults")
    defaults = MemoryLimits.of_this_machine()
    assert opened.problem("memory_budget") == ""
    assert opened.field("memory_budget").value() == round(defaults.budget / GB, 2)
    opened.click("ok")
    assert opened.dialog.limits == defaults


def test_what_is_not_touched_stays_to_the_byte(qtbot):
    odd = MemoryLimits(budget=3_141_592_653, in_memory=271_828_182)
    dialog = PreferencesDialog(odd)
    qtbot.addWidget(dialog)
    dialog.accept()
    assert dialog.limits == odd


def open_from(window, qtbot):
    window.findChild(QAction, "edit.preferences").trigger()
    dialog = window.findChild(QWidget, "preferences")
    qtbot.waitUntil(dialog.isVisible)
    return Driver(dialog)


def test_they_reach_the_session_and_the_next_start(qtbot, window, store):
    hands = open_from(window, qtbot)
    hands.type("memory_budget", "2")
    hands.type("record_in_memory", "0.25")
    hands.click("ok")
    wanted = MemoryLimits(2 * GB, GB // 4)
    assert window.session.limits == wanted
    window.close()
    again = create_window(store=store)
    qtbot.addWidget(again)
    assert again.session.limits == wanted


def test_cancel_changes_nothing(qtbot, window, store):
    before = window.session.limits
    hands = open_from(window, qtbot)
    hands.type("memory_budget", "2")
    hands.click("cancel")
    assert window.session.limits == before
    assert store.value("memory_budget") is None


def test_projected_there_is_no_dialog(window):
    window.set_projection(True)
    window.findChild(QAction, "edit.preferences").trigger()
    assert window.findChild(QWidget, "preferences") is None
    assert "projection" in window.statusBar().currentMessage()
    window.set_projection(False)


@pytest.mark.parametrize("value", ["", "much", "-1", "0", "1e9", str(10**30), "nan", ["1", "2"]])
def test_absurd_limits_in_the_store_are_not_believed(store, value):
    store.setValue("memory_budget", value)
    store.setValue("record_in_memory", value)
    assert remembered_limits(store) == MemoryLimits.of_this_machine()


def test_the_limits_of_the_limits_are_believed(store):
    store.setValue("memory_budget", HIGHEST_LIMIT)
    store.setValue("record_in_memory", str(LOWEST_LIMIT))
    assert remembered_limits(store) == MemoryLimits(HIGHEST_LIMIT, LOWEST_LIMIT)
