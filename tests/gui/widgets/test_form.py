"""Forms: drafts, what is wrong with them, and when they are applied. Driven by the keyboard."""

from typing import Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import model_validator
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QApplication,
    QCheckBox,
    QComboBox,
    QDoubleSpinBox,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from rnnviz.fields import Frozen, choice, other, real, whole
from rnnviz.tables import Rows, parse_table
from rnnviz.widgets.form import Fold, RefusedError, SettingsForm, typing_in
from rnnviz.widgets.form_editors import RealEditor, WholeEditor, number_text
from rnnviz.widgets.form_parts import in_order, warning_colour

Key = Qt.Key


class Model(Frozen):
    size: int = whole(5, "Size", "How many.", low=1, high=100_000, suffix="steps")
    low: float = real(-1.0, "From", "The least.", low=-1000, high=1000)
    high: float = real(1.0, "To", "The most.", low=-1000, high=1000)
    mode: Literal["one", "two"] = choice("one", "Mode", "How.", {"one": "First", "two": "Second"})
    flag: bool = other(True, "Flag", "Whether.")
    text: str = other("hello", "Text", "What.", editor="text")
    line: str = other("", "Line", "A line.", fold=True)
    rows: Rows = other(((1.0, 2.0),), "Rows", "Numbers.", editor="table")

    @model_validator(mode="after")
    def _ordered(self) -> "Model":
        if self.low >= self.high:
            raise ValueError("From must be less than To.")
        return self


class Host(QWidget):
    """A window with a form; `applied` is what got through, `limit` refuses larger sizes."""

    def __init__(self) -> None:
        super().__init__()
        self.values, self.applied, self.limit = Model(), [], 100_000
        self.fold = Fold(parent=self)
        self.form = SettingsForm(Model, "f", self.apply, fold=self.fold)
        layout = QVBoxLayout(self)
        layout.addWidget(self.form)
        layout.addWidget(self.fold)
        self.elsewhere = QLineEdit()
        layout.addWidget(self.elsewhere)
        self.form.set_values(self.values)

    def apply(self, changes):
        if changes.get("size", 0) > self.limit:
            raise RefusedError({"size": f"At most {self.limit}."})
        if changes.get("line") == "elsewhere":
            raise RefusedError({"unknown": "Not that."})
        if changes.get("line") == "size":
            raise RefusedError({"size": "The size is to blame."})
        self.applied.append(changes)
        self.values = self.values.model_copy(update=changes)
        self.form.set_values(self.values)

    def __getitem__(self, name):
        widget = self.findChild(QWidget, name)
        assert widget is not None, name
        return widget

    def problem(self, name):
        label = self.findChild(QLabel, f"f.{name}.problem")
        return label.text() if not label.isHidden() else ""


@pytest.fixture
def host(qtbot):
    made = Host()
    qtbot.addWidget(made)
    with qtbot.waitActive(made):
        made.show()
        made.activateWindow()
    return made


def type_into(widget, text):
    widget.setFocus()
    widget.selectAll()
    QTest.keyClicks(widget, text) if text.isascii() else widget.lineEdit().insert(text)


def test_editors_are_qts_own_and_named(host):
    kinds = {
        "size": QSpinBox, "low": QDoubleSpinBox, "mode": QComboBox, "flag": QCheckBox,
        "text": QPlainTextEdit, "line": QLineEdit, "rows": QPlainTextEdit,
    }  # fmt: skip
    for name, kind in kinds.items():
        assert host.findChild(kind, f"f.{name}") is not None
    assert host["f.size"].accessibleName() == "Size"
    assert host["f.size"].accessibleDescription() == "How many."
    assert host["f.size"].toolTip() == "How many."
    assert host["f.size"].text() == "5 steps"
    assert [host["f.mode"].itemData(i) for i in range(2)] == ["one", "two"]
    assert host["f.rows"].toPlainText() == "1  2"


def test_showing_emits_and_applies_nothing(qtbot, host):
    told = []
    host["f.size"].valueChanged.connect(told.append)
    host["f.mode"].currentIndexChanged.connect(told.append)
    host["f.flag"].toggled.connect(told.append)
    host["f.text"].textChanged.connect(lambda: told.append("text"))
    shown = Model(size=7, low=0.123456789, mode="two", flag=False, text="abc", rows=((3.0,),))
    host.form.set_values(shown)
    qtbot.wait(500)
    assert told == [] and host.applied == [] and not host.form.has_pending()
    assert host["f.size"].value() == 7 and host["f.low"].text() == "0.123456789"
    assert host["f.mode"].currentData() == "two" and not host["f.flag"].isChecked()
    assert host["f.text"].toPlainText() == "abc" and host["f.rows"].toPlainText() == "3"


def test_lists_and_ticks_act_at_once(host):
    host["f.mode"].setFocus()
    QTest.keyClick(host["f.mode"], Key.Key_Down)
    assert host.applied == [{"mode": "two"}]
    QTest.keyClick(host["f.flag"], Key.Key_Space)
    assert host.applied[1:] == [{"flag": False}]


def test_the_label_ticks_as_well(host):
    QTest.mouseClick(host.form.fields["flag"].label, Qt.MouseButton.LeftButton)
    assert host.applied == [{"flag": False}]


def test_typing_acts_once_after_a_pause(qtbot, host):
    type_into(host["f.size"], "128")
    assert host.applied == [] and host.form.has_pending() and typing_in(host["f.size"])
    assert typing_in(host["f.size"].lineEdit()) and not typing_in(host["f.low"])
    qtbot.waitUntil(lambda: host.applied == [{"size": 128}])
    qtbot.wait(450)
    assert len(host.applied) == 1 and not host.form.has_pending()


def test_enter_acts_at_once_and_gives_the_focus_back(qtbot, host):
    type_into(host["f.low"], "-0.5")
    with qtbot.waitSignal(host.form.committed, timeout=100):
        QTest.keyClick(host["f.low"], Key.Key_Return)
    assert host.applied == [{"low": -0.5}]


def test_leaving_acts_at_once_and_tidies(host):
    type_into(host["f.size"], "0012")
    QTest.keyClick(host["f.size"], Key.Key_Tab)
    assert host.applied == [{"size": 12}] and host["f.size"].text() == "12 steps"


def test_a_pause_leaves_the_text_as_it_was_typed(qtbot, host):
    type_into(host["f.high"], "2.")
    qtbot.waitUntil(lambda: host.applied == [{"high": 2.0}])
    assert host["f.high"].text() == "2."
    QTest.keyClicks(host["f.high"], "5")
    qtbot.waitUntil(lambda: host.applied[1:] == [{"high": 2.5}])


@pytest.mark.parametrize("text", ["", "-3", "0", str(10**20), "100001", "1e3", "4.5", "٣", "a b"])
def test_what_is_no_size_stays_marked_and_unapplied(qtbot, host, text):
    host["f.size"].setFocus()
    host["f.size"].clear()
    type_into(host["f.size"], text)
    with qtbot.assertNotEmitted(host.form.committed):
        QTest.keyClick(host["f.size"], Key.Key_Return)
    QTest.keyClick(host["f.size"], Key.Key_Tab)
    assert host.applied == [] and host.form.has_pending()
    assert host["f.size"].cleanText() == text
    assert "from 1 to 100,000." in host.problem("size")
    assert host["f.size"].property("problem") is True
    assert "100,000" in host["f.size"].accessibleDescription()

    type_into(host["f.size"], "12")
    assert host.problem("size") == ""
    QTest.keyClick(host["f.size"], Key.Key_Return)
    assert host.applied == [{"size": 12}] and host["f.size"].property("problem") is False


@pytest.mark.parametrize("text", ["", "0,5", "nan", "inf", "1e999", "--1", "٣"])
def test_what_is_no_number_is_marked(host, text):
    type_into(host["f.low"], text or " ")
    QTest.keyClick(host["f.low"], Key.Key_Return)
    assert host.applied == [] and "from −1,000 to 1,000." in host.problem("low")


@given(st.floats(-1000, 1000))
def test_numbers_read_back_as_they_were(qapp, value):
    editor = RealEditor("X", -1000, 1000)
    editor.show_value(value)
    assert editor.read() == value and editor.text() == number_text(value)


@given(st.integers(1, 100_000))
def test_sizes_may_have_thousands_separators(qapp, value):
    editor = WholeEditor("X", 1, 100_000)
    editor.lineEdit().setText(f"{value:,}")
    assert editor.read() == value


@pytest.mark.parametrize(
    ("text", "key", "value"),
    [("200000", Key.Key_Up, 100_000), ("-3", Key.Key_Down, 1), ("99995", Key.Key_PageUp, 100_000),
     ("x", Key.Key_Up, 6), ("7", Key.Key_Up, 8)],
)  # fmt: skip
def test_arrow_keys_stay_within_the_limits(qtbot, host, text, key, value):
    type_into(host["f.size"], text)
    QTest.keyClick(host["f.size"], key)
    QTest.keyClick(host["f.size"], Key.Key_Return)
    assert host.applied == [{"size": value}] and host.problem("size") == ""


def test_one_step_and_two_steps(host):
    host.form.set_values(Model(size=1))
    assert host["f.size"].text() == "1 step"
    host["f.size"].setFocus()
    QTest.keyClick(host["f.size"], Key.Key_Up)
    assert host["f.size"].text() == "2 steps"


def test_escape_restores_what_is_applied(qtbot, host):
    for text in ("77", "-3"):
        type_into(host["f.size"], text)
        QTest.keyClick(host["f.size"], Key.Key_Escape)
        assert host["f.size"].text() == "5 steps" and not host.form.has_pending()
    qtbot.wait(450)
    assert host.applied == [] and host.problem("size") == ""


def test_from_and_to_wait_for_each_other(host):
    type_into(host["f.low"], "5")
    QTest.keyClick(host["f.low"], Key.Key_Tab)
    assert host.applied == [] and host.problem("low") == "From must be less than To."
    assert host["f.low"].text() == "5"
    type_into(host["f.high"], "10")
    QTest.keyClick(host["f.high"], Key.Key_Return)
    assert host.applied == [{"low": 5.0, "high": 10.0}] and host.problem("low") == ""


def test_a_refused_draft_does_not_hold_up_the_others(host):
    host.limit = 10
    type_into(host["f.size"], "50")
    QTest.keyClick(host["f.size"], Key.Key_Return)
    assert host.problem("size") == "At most 10."
    QTest.keyClick(host["f.flag"], Key.Key_Space)
    assert host.applied == [{"flag": False}]
    assert host["f.size"].cleanText() == "50" and host.problem("size") == "At most 10."

    host.limit = 60
    host.form.retry()
    assert host.applied[1:] == [{"size": 50}] and host.problem("size") == ""


def test_a_problem_of_no_field_stands_at_the_edited_one(host):
    host.fold.set_open(True)
    type_into(host["f.line"], "elsewhere")
    QTest.keyClick(host["f.line"], Key.Key_Return)
    assert host.problem("line") == "Not that."


def test_a_problem_of_another_field_stands_there_until_the_draft_goes(host):
    host.fold.set_open(True)
    type_into(host["f.line"], "size")
    QTest.keyClick(host["f.line"], Key.Key_Return)
    assert host.problem("size") == "The size is to blame." and host.problem("line") == ""
    assert host["f.line"].property("problem") and not host["f.size"].property("problem")
    QTest.keyClick(host["f.line"], Key.Key_Escape)
    assert host.problem("size") == "" and not host["f.line"].property("problem")


def test_values_from_elsewhere_leave_typing_alone(host):
    type_into(host["f.size"], "12")
    host.form.set_values(Model(size=9, flag=False))
    assert host["f.size"].cleanText() == "12" and not host["f.flag"].isChecked()
    QTest.keyClick(host["f.size"], Key.Key_Escape)
    assert host["f.size"].cleanText() == "9"


def test_a_refused_draft_goes_when_somebody_else_sets_the_value(host):
    host.limit = 10
    type_into(host["f.size"], "50")
    QTest.keyClick(host["f.size"], Key.Key_Tab)
    host.form.set_values(Model(size=5, flag=False))
    assert host["f.size"].cleanText() == "50"
    host.form.set_values(Model(size=6))
    assert host["f.size"].cleanText() == "6" and host.problem("size") == ""


def test_edits_in_a_row_all_arrive_in_order(host):
    for name, text in (("size", "11"), ("low", "-3"), ("high", "4")):
        type_into(host[f"f.{name}"], text)
    QTest.keyClick(host["f.flag"], Key.Key_Space)
    assert host.applied[:2] == [{"size": 11}, {"low": -3.0}]
    assert host.values == Model(size=11, low=-3, high=4, flag=False)


def test_setting_from_a_script_acts_too(qtbot, host):
    host["f.size"].setValue(33)
    host["f.text"].setPlainText("abc")
    host["f.mode"].setCurrentIndex(1)
    host["f.flag"].setChecked(False)
    qtbot.waitUntil(lambda: host.values == Model(size=33, text="abc", mode="two", flag=False))


def test_flush_applies_what_waits(host):
    type_into(host["f.size"], "33")
    host.form.flush()
    assert host.applied == [{"size": 33}]


def test_enter_commits_a_text_and_shift_enter_breaks_the_line(qtbot, host):
    type_into(host["f.text"], "ab")
    QTest.keyClick(host["f.text"], Key.Key_Return, Qt.KeyboardModifier.ShiftModifier)
    QTest.keyClicks(host["f.text"], "c")
    with qtbot.waitSignal(host.form.committed, timeout=100):
        QTest.keyClick(host["f.text"], Key.Key_Return)
    assert host.applied == [{"text": "ab\nc"}]


def test_a_table_is_typed_row_by_row(qtbot, host):
    table = host["f.rows"]
    type_into(table, "1 2")
    QTest.keyClick(table, Key.Key_Return)
    QTest.keyClicks(table, "3")
    qtbot.waitUntil(lambda: host.problem("rows") == "Row 2 has 1 number, row 1 has 2.")
    assert host.applied == []
    QTest.keyClicks(table, " 4.5")
    height = table.height()
    with qtbot.waitSignal(host.form.committed, timeout=100):
        QTest.keyClick(table, Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    assert host.applied == [{"rows": ((1.0, 2.0), (3.0, 4.5))}]
    assert table.toPlainText() == "  1    2\n  3  4.5" and table.height() == height


def test_a_table_is_pasted(qtbot, host):
    QApplication.clipboard().setText("[[1, 0],\n [0, 1]]")
    host["f.rows"].setFocus()
    host["f.rows"].selectAll()
    QTest.keyClick(host["f.rows"], Key.Key_V, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: host.applied == [{"rows": ((1.0, 0.0), (0.0, 1.0))}])


def test_a_long_table_is_read_once(host, monkeypatch):
    texts = []

    def read(text):
        texts.append(text)
        return parse_table(text)

    monkeypatch.setattr("rnnviz.widgets.form_text.parse_table", read)
    QApplication.clipboard().setText("1.25 2.5\n" * 2_000)
    host["f.rows"].setFocus()
    host["f.rows"].selectAll()
    QTest.keyClick(host["f.rows"], Key.Key_V, Qt.KeyboardModifier.ControlModifier)
    QTest.keyClick(host["f.rows"], Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    assert host.applied == [{"rows": ((1.25, 2.5),) * 2_000}]
    assert len(texts) == len(set(texts)) <= 3  # as pasted, as applied, as shown


def test_tables_are_as_high_as_their_rows(host):
    heights = []
    for count in (1, 4, 8, 50):
        host.form.set_values(Model(rows=((1.0,),) * count))
        QApplication.processEvents()
        heights.append(host["f.rows"].height())
        bar = host["f.rows"].verticalScrollBar()
        assert (bar.maximum() > 0) == (count > 8)
    assert heights[0] < heights[1] < heights[2] == heights[3]


def wheel(widget):
    centre = QPointF(widget.rect().center())
    event = QWheelEvent(
        centre, widget.mapToGlobal(centre), QPoint(), QPoint(0, 120), Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier, Qt.ScrollPhase.NoScrollPhase, False,
    )  # fmt: skip
    QApplication.sendEvent(widget, event)
    return event.isAccepted()


def test_the_wheel_changes_only_what_has_the_focus(host):
    host.elsewhere.setFocus()
    assert not wheel(host["f.size"]) and not wheel(host["f.mode"])
    assert host["f.size"].value() == 5 and not host.form.has_pending()
    host["f.size"].setFocus()
    wheel(host["f.size"])
    assert host["f.size"].value() == 6


def test_more_opens_at_a_click_and_at_a_problem(host):
    button = next(in_order(host.fold))
    assert not host["f.line"].isVisible()
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    assert host["f.line"].isVisible()
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    assert not host["f.line"].isVisible()
    host["f.line"].setText("elsewhere")
    host.form.flush()
    assert host["f.line"].isVisible() and host.problem("line") == "Not that."


def test_hidden_rows_give_their_drafts_up(host):
    type_into(host["f.size"], "-3")
    host.form.set_shown({"low", "high"})
    assert not host["f.size"].isVisible() and host["f.low"].isVisible()
    assert not host.form.has_pending() and not host.fold.isVisible()
    host.form.set_shown(host.form.fields)
    assert host["f.size"].text() == "5 steps" and host.fold.isVisible()


def test_a_form_put_away_gives_its_names_up(host):
    host.form.put_away()
    assert host.findChild(QSpinBox, "f.size") is None
    host.form.bring_back()
    assert host.findChild(QSpinBox, "f.size").isVisible()


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_problems_can_be_read(theme):
    from rnnviz.theme import THEMES, palette

    colours = THEMES[theme]
    warning = warning_colour(palette(colours))
    for background in (colours.window, colours.panel, colours.raised):
        assert contrast(warning, background) >= 4.5


def contrast(one, two):
    """WCAG 2.1: (L1 + 0.05) / (L2 + 0.05)."""
    from PySide6.QtGui import QColor

    def luminance(colour):
        linear = [
            c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4
            for c in QColor(colour).getRgbF()[:3]
        ]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    high, low = sorted((luminance(one), luminance(two)), reverse=True)
    return (high + 0.05) / (low + 0.05)
