"""Undo and redo: whatever was changed comes back as it was, with where one was in it."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from hypothesis import settings, stateful
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule, run_state_machine_as_test
from oracles import assert_same
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QAction, QWheelEvent
from PySide6.QtWidgets import (
    QApplication,
    QCheckBox,
    QComboBox,
    QPlainTextEdit,
    QPushButton,
    QSpinBox,
    QWidget,
)

import rnnviz
from rnnviz import walker as walker_module
from rnnviz.building import build
from rnnviz.changes import with_network, with_source
from rnnviz.history import PAUSE, History
from rnnviz.initialization import Values, Zeros
from rnnviz.memory import MemoryLimits
from rnnviz.presets import load_presets
from rnnviz.selection import Pin
from rnnviz.sequences import Impulse, Text
from rnnviz.session import Session
from rnnviz.settings import (
    NetworkSettings,
    Settings,
    SettingsError,
)

ALWAYS_INLINE, NEVER_INLINE = 1e9, 0.0
CONTROL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier
PRESETS = sorted(load_presets())[:3]


class Clock:
    """A clock that goes on when it is told to."""

    def __init__(self):
        self.now = 0.0

    def __call__(self):
        return self.now


def with_change(old, field, value):
    """Return settings with another field, and what follows it."""
    if field == "source":
        return with_source(old, value)
    for part in ("network", "initialization", "sequence", "lockstep"):
        model = getattr(old, part)
        if field in type(model).model_fields:
            new = type(model).model_validate(dict(model) | {field: value})
            return (
                with_network(old, new) if part == "network" else old.model_copy(update={part: new})
            )
    raise KeyError(field)


CHANGES = (
    ("kind", "elman"), ("kind", "rnn_cell"), ("kind", "rnn"),
    ("hidden_size", 3), ("hidden_size", 7), ("batch_size", 2), ("num_layers", 2),
    ("bidirectional", True), ("bidirectional", False),
    ("scheme", Zeros()), ("scheme", Values()), ("overrides", {"W_hh": Zeros()}),
    ("weight_range", 2.0), ("source", Text(text="hello")), ("source", Impulse()),
    ("length", 70), ("length", 130),
    ("start_state", "carry"), ("start_state", "normal"), ("start_state", "zeros"),
    ("on", True), ("on", False), ("slip", "depth"),
)  # fmt: skip


class UndoMachine(RuleBasedStateMachine):
    """Changes, moves, undo and redo in any order; a list of all that there was knows better."""

    def __init__(self, qtbot):
        super().__init__()
        self.qtbot = qtbot
        self.session = None

    @initialize(kind=st.sampled_from(("elman", "rnn")))
    def begin(self, kind):
        start = Settings(network=NetworkSettings(kind=kind, hidden_size=5, input_size=4))
        self.session = Session(start)
        self.clock = Clock()
        self.session.history = History(self.clock)
        self.were, self.at = [self.now()], 0

    def now(self):
        session = self.session
        return {
            "settings": session.settings,
            "preset": session.preset,
            "selection": session.selection,
            "cursor": session.target,
            "h0": session.run.h0.clone(),
            "inputs": session.run.inputs.clone(),
            "carried": session._built.carried,
        }

    def change(self, make):
        """Change something; it is a step if there is anything else now."""
        self.clock.now += 2 * PAUSE
        before = self.now()
        try:
            make()
        except SettingsError:
            assert self.session.settings == before["settings"]
            return
        after = self.now()
        if any(after[part] != before[part] for part in ("settings", "preset")):
            self.were[self.at] = before
            self.were[self.at + 1 :] = [after]
            self.at += 1

    @rule(t=st.integers(1, 40), change=st.sampled_from(CHANGES), seed=st.integers(0, 2))
    def apply(self, t, change, seed):
        self.session.seek(t)
        new = with_change(with_change(self.session.settings, *change), "seed", seed)
        self.change(lambda: self.session.apply(new))

    @rule(name=st.sampled_from(PRESETS))
    def open_preset(self, name):
        self.change(lambda: self.session.open_preset(name))

    @rule()
    def draw(self):
        self.change(self.session.draw_new_weights)

    @rule()
    def restore(self):
        self.change(self.session.restore_previous_weights)

    @rule(t=st.integers(0, 130))
    def seek(self, t):
        self.session.seek(t)

    @rule(unit=st.integers(0, 2), data=st.data())
    def select(self, unit, data):
        run = self.session.run
        layer = data.draw(st.integers(0, run.network.num_layers - 1))
        sequence = data.draw(st.integers(0, run.batch_size - 1))
        self.session.select(pin=Pin("hidden", unit), layer=layer, sequence=sequence)

    @rule(times=st.integers(1, 4))
    def undo(self, times):
        for _ in range(times):
            self.go(-1, self.session.undo)

    @rule(times=st.integers(1, 4))
    def redo(self, times):
        for _ in range(times):
            self.go(1, self.session.redo)

    def go(self, by, move):
        before, run, at = self.now(), self.session.run, self.at + by
        move()
        if not 0 <= at < len(self.were):
            assert_equal(self.now(), before)
            return
        self.were[self.at] = before
        self.at, wanted = at, self.were[at]
        if self.session.run is run and wanted["preset"] == before["preset"]:
            wanted = wanted | {part: before[part] for part in ("cursor", "selection")}
        elif self.session.busy and self.session.run.walk.both:  # the layer follows the cursor
            layer = self.arrived().selection.layer
            wanted = wanted | {"selection": replace(wanted["selection"], layer=layer)}
        assert_equal(self.now(), wanted)
        assert self.arrived().cursor == wanted["cursor"]
        self.check_record()

    def arrived(self):
        self.qtbot.waitUntil(lambda: not self.session.busy, timeout=10_000)
        return self.session

    def check_record(self):
        """Compare with what is built from the settings, and with torch's own way through it."""
        session = self.session
        fresh = build(session.settings, session.limits)
        made, weights = dict(fresh.network.module.named_parameters()), session.network
        assert all(torch.equal(p, made[name]) for name, p in weights.named_parameters())
        assert_same(session.run.inputs, fresh.run.inputs)
        if session.settings.sequence.start_state != "carry":
            assert_same(session.run.h0, fresh.run.h0)
        wanted = rnnviz.trace(session.network, session.run.inputs, session.run.h0)
        t = len(session.trace)
        assert_same(session.trace.hidden, wanted.hidden[: t + 1])

    @stateful.invariant()
    def the_history_offers_what_there_is(self):
        if self.session is not None:
            history = self.session.history
            assert bool(history.undo_name) == (self.at > 0)
            assert bool(history.redo_name) == (self.at + 1 < len(self.were))

    def teardown(self):
        if self.session is not None:
            self.session.close()
            assert self.session.wait_closed(10)


def assert_equal(now, wanted):
    """Check that all is as it was, a carried state where it matters."""
    for part in ("settings", "preset", "selection", "cursor"):
        assert now[part] == wanted[part], part
    for part in ("h0", "inputs"):
        assert_same(now[part], wanted[part])
    if wanted["settings"].sequence.start_state == "carry":
        assert now["carried"] is wanted["carried"]


@pytest.mark.parametrize("inline", [ALWAYS_INLINE, NEVER_INLINE], ids=["inline", "worker"])
def test_any_order_of_changes_comes_back(qtbot, monkeypatch, inline):
    monkeypatch.setattr(walker_module, "INLINE_SECONDS", inline)
    run_state_machine_as_test(
        lambda: UndoMachine(qtbot),
        settings=settings(max_examples=50, stateful_step_count=30),
    )


# The session


@pytest.fixture
def patient(session):
    """Return a session whose every change is a step of its own."""
    session.history = History(iter(np.arange(0.0, 1e6, 2 * PAUSE)).__next__)
    return session


def sized(session, hidden_size):
    network = session.settings.network.model_copy(update={"hidden_size": hidden_size})
    session.apply(with_network(session.settings, network))


def of_length(session, length):
    sequence = session.settings.sequence.model_copy(update={"length": length})
    session.apply(session.settings.model_copy(update={"sequence": sequence}))


def test_undo_goes_back_to_where_the_cursor_was(patient):
    patient.seek(17)
    patient.select(pin=Pin("hidden", 15))
    hidden = np.asarray(patient.trace.hidden).copy()
    sized(patient, 6)
    assert (patient.cursor, patient.selection.pin) == (0, None)
    patient.seek(4)
    patient.undo()
    assert (patient.cursor, patient.selection.pin) == (17, Pin("hidden", 15))
    assert_same(patient.trace.hidden, hidden)
    patient.redo()
    assert (patient.cursor, patient.settings.network.hidden_size) == (4, 6)


def test_what_leaves_the_record_alone_leaves_the_cursor_too(patient):
    init = patient.settings.initialization
    patient.apply_initialization(init.model_copy(update={"weight_range": 2.0}))
    run = patient.run
    patient.seek(5)
    patient.undo()
    assert patient.settings.initialization.weight_range == 0
    assert patient.run is run
    assert patient.cursor == 5


def test_the_carried_state_of_that_time_comes_back(patient):
    sequence = patient.settings.sequence.model_copy(update={"start_state": "carry"})
    patient.seek(10)
    patient.apply(patient.settings.model_copy(update={"sequence": sequence}))
    first = patient.run.h0.clone()
    patient.seek(20)
    of_length(patient, 50)
    second = patient.run.h0.clone()
    assert not torch.equal(first, second)
    patient.seek(30)
    patient.undo()
    assert_same(patient.run.h0, first)
    patient.redo()
    assert_same(patient.run.h0, second)
    patient.undo()
    patient.undo()
    assert_same(patient.run.h0, torch.zeros(1, 1, 20))


def test_a_burst_back_to_the_same_length_is_undone_to_the_state_it_began_with(session):
    session.history = History(Clock())
    sequence = session.settings.sequence.model_copy(update={"start_state": "carry"})
    session.seek(10)
    session.apply(session.settings.model_copy(update={"sequence": sequence}))
    first = session.run.h0.clone()
    for length in (50, 40):
        session.seek(20)
        of_length(session, length)
    assert not torch.equal(session.run.h0, first)
    assert session.history.undo_name == "start state"
    session.undo()
    assert_same(session.run.h0, first)
    assert session.cursor == 20


def test_another_layer_than_the_cursors_comes_back(patient):
    network = NetworkSettings(kind="rnn", num_layers=2, bidirectional=True, hidden_size=5)
    patient.apply(with_network(patient.settings, network))
    patient.run_to_end()
    assert patient.selection.layer == 2
    patient.select(layer=1)
    sized(patient, 6)
    patient.undo()
    assert patient.cursor == patient.length
    assert patient.selection.layer == 1


def test_a_refused_change_is_no_step(qapp):
    session = Session(limits=MemoryLimits(10_000_000, 10_000_000))
    with pytest.raises(SettingsError):
        sized(session, 100_000)
    assert session.history.undo_name == ""
    session.apply(session.settings)
    assert session.history.undo_name == ""
    session.close()


def test_what_cannot_come_back_leaves_all_as_it_is(patient):
    sized(patient, 3000)
    sized(patient, 10)
    patient.set_limits(MemoryLimits(10_000_000, 10_000_000))
    patient.seek(5)
    run = patient.run
    with pytest.raises(SettingsError, match="hidden units"):
        patient.undo()
    assert (patient.run, patient.cursor) == (run, 5)
    assert patient.history.undo_name == "hidden size 3,000 → 10"
    assert patient.history.redo_name == ""


def test_presets_come_back_and_say_so(qtbot, patient):
    first, second = PRESETS[:2]
    presets = load_presets()
    patient.open_preset(first)
    patient.open_preset(second)
    assert patient.history.undo_name == f"opening “{presets[second].title}”"
    with qtbot.waitSignal(patient.preset_opened) as said:
        patient.undo()
    assert said.args == [presets[first]]
    assert patient.preset == presets[first]
    assert patient.settings == presets[first].settings
    with qtbot.waitSignal(patient.preset_opened) as said:
        patient.undo()
    assert said.args == [None]
    assert patient.preset is None
    assert patient.settings == Settings()


def test_a_drawing_is_a_step_however_soon_it_follows(session):
    for _ in range(3):
        session.draw_new_weights()
    session.restore_previous_weights()
    names = []
    while session.history.undo_name:
        names.append(session.history.undo_name)
        session.undo()
    seeds = [(2, 3), (1, 2), (0, 1)]
    assert names == [f"new weights (seed {a} → {b})" for a, b in [(3, 2), *seeds]]
    assert session.settings == Settings()


def test_it_says_what_was_undone(qtbot, session):
    sized(session, 64)
    with qtbot.waitSignal(session.notice) as said:
        session.undo()
    assert said.args == ["Undone: hidden size 20 → 64."]
    with qtbot.waitSignal(session.notice) as said:
        session.redo()
    assert said.args == ["Done again: hidden size 20 → 64."]


def test_a_long_way_back_goes_through_the_worker(qtbot, patient, monkeypatch):
    monkeypatch.setattr(walker_module, "INLINE_SECONDS", NEVER_INLINE)
    of_length(patient, 3000)
    patient.seek(2500)
    qtbot.waitUntil(lambda: not patient.busy)
    hidden = np.asarray(patient.trace.hidden).copy()
    sized(patient, 6)
    sized(patient, 7)
    patient.undo()
    patient.undo()
    assert patient.target == 2500
    assert patient.busy
    qtbot.waitUntil(lambda: not patient.busy)
    assert_same(patient.trace.hidden, hidden)


# The window


def action(window, name):
    return window.findChild(QAction, f"edit.{name}")


def offered(window):
    """Return what the two entries of the menu say, None for one that is off."""
    both = action(window, "undo"), action(window, "redo")
    return tuple(one.text().replace("&", "") if one.isEnabled() else None for one in both)


def press(qtbot, window, key, modifiers):
    qtbot.keyClick(QApplication.focusWidget() or window, key, modifiers)


def undo(qtbot, window):
    press(qtbot, window, Qt.Key.Key_Z, CONTROL)


def type_size(qtbot, window, text):
    spin = window.findChild(QSpinBox, "network.hidden_size")
    spin.setFocus()
    spin.selectAll()
    qtbot.keyClicks(spin, text)
    return spin


def test_the_menu_at_first(window):
    assert offered(window) == (None, None)
    assert action(window, "undo").text() == "&Undo"
    window.findChild(QAction, f"preset.{PRESETS[1]}").trigger()
    assert offered(window) == (f"Undo opening “{load_presets()[PRESETS[1]].title}”", None)


def test_a_typed_size_is_undone(qtbot, window):
    spin = type_size(qtbot, window, "9")
    qtbot.keyClick(spin, Qt.Key.Key_Return)
    assert offered(window) == ("Undo hidden size 6 → 9", None)
    undo(qtbot, window)
    assert window.session.settings.network.hidden_size == spin.value() == 6
    assert offered(window) == (None, "Redo hidden size 6 → 9")
    press(qtbot, window, Qt.Key.Key_Z, CONTROL | SHIFT)
    assert window.session.settings.network.hidden_size == spin.value() == 9
    assert offered(window) == ("Undo hidden size 6 → 9", None)
    undo(qtbot, window)
    press(qtbot, window, Qt.Key.Key_Y, CONTROL)
    assert spin.value() == 9


def test_what_is_being_typed_is_undone_in_its_field(qtbot, window):
    sized(window.session, 7)
    spin = type_size(qtbot, window, "9")
    undo(qtbot, window)  # the field's own
    assert window.session.settings.network.hidden_size == 7
    assert spin.text() == "7"
    undo(qtbot, window)  # nothing is typed any more
    assert window.session.settings.network.hidden_size == spin.value() == 6


def test_a_committed_size_is_undone_with_the_focus_in_its_field(qtbot, window):
    spin = type_size(qtbot, window, "9")
    qtbot.waitUntil(lambda: window.session.settings.network.hidden_size == 9)
    assert spin.hasFocus()
    undo(qtbot, window)
    assert window.session.settings.network.hidden_size == spin.value() == 6
    assert offered(window) == (None, "Redo hidden size 6 → 9")
    press(qtbot, window, Qt.Key.Key_Z, CONTROL | SHIFT)
    assert spin.value() == 9


def test_a_committed_text_is_undone_with_the_focus_in_its_field(qtbot, window):
    text = window.findChild(QPlainTextEdit, "sequence.text")
    text.setFocus()
    qtbot.keyClicks(text, "x")
    undo(qtbot, window)
    assert text.toPlainText() == "hellohello"
    qtbot.keyClicks(text, "ab")
    qtbot.waitUntil(lambda: len(window.session.settings.sequence.source.text) == 12)
    assert offered(window)[0].startswith("Undo text “hellohello” → “")
    undo(qtbot, window)
    assert window.session.settings.sequence.source.text == text.toPlainText() == "hellohello"


def wheel(widget):
    """Turn the wheel by a notch over a widget."""
    middle = QPointF(widget.rect().center())
    event = QWheelEvent(
        middle, widget.mapToGlobal(middle), QPoint(), QPoint(0, 120), Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier, Qt.ScrollPhase.NoScrollPhase, False,
    )  # fmt: skip
    QApplication.sendEvent(widget, event)


def test_a_burst_of_the_wheel_is_one_step(qtbot, window):
    clock = Clock()
    window.session.history = History(clock)
    spin = window.findChild(QSpinBox, "network.hidden_size")
    spin.setFocus()
    for size in (7, 8, 9):
        wheel(spin)
        qtbot.waitUntil(lambda size=size: window.session.settings.network.hidden_size == size)
        clock.now += 0.9 * PAUSE
    assert offered(window) == ("Undo hidden size 6 → 9", None)
    undo(qtbot, window)
    assert spin.value() == 6
    assert offered(window) == (None, "Redo hidden size 6 → 9")


def test_boxes_and_lists_are_undone(qtbot, window):
    bias = window.findChild(QCheckBox, "network.bias")
    kind = window.findChild(QComboBox, "network.kind")
    kind.setCurrentIndex(kind.findData("rnn"))
    bias.click()
    assert offered(window) == ("Undo biases off", None)
    bias.setFocus()
    undo(qtbot, window)
    assert bias.isChecked()
    kind.setFocus()
    undo(qtbot, window)
    assert kind.currentData() == "elman"
    assert offered(window) == (None, "Redo kind Elman RNN → nn.RNN")


def test_the_button_that_draws_is_undone(qtbot, window):
    scheme = window.findChild(QComboBox, "init.scheme")
    scheme.setCurrentIndex(scheme.findData("uniform"))
    qtbot.mouseClick(window.findChild(QPushButton, "init.draw"), Qt.MouseButton.LeftButton)
    assert offered(window) == ("Undo new weights (seed 0 → 1)", None)
    action(window, "undo").trigger()
    assert window.findChild(QSpinBox, "init.seed").value() == 0
    assert offered(window) == ("Undo scheme Values → Uniform", "Redo new weights (seed 0 → 1)")


def test_the_page_is_undone(qtbot, window):
    pages = window.findChild(QWidget, "pages")
    window.findChild(QAction, "view.lockstep").trigger()
    assert pages.currentIndex() == 1
    assert offered(window) == ("Undo side by side on", None)
    undo(qtbot, window)
    assert pages.currentIndex() == 0
    assert window.findChild(QAction, "view.network").isChecked()


def test_suggestions_come_back_with_their_preset(qtbot, window):
    tries = window.findChild(QWidget, "tries")
    text = tries.text()
    assert tries.isVisible()
    qtbot.keyClick(type_size(qtbot, window, "9"), Qt.Key.Key_Return)
    assert not tries.isVisible()
    undo(qtbot, window)
    assert tries.isVisible()
    window.findChild(QAction, f"preset.{PRESETS[0]}").trigger()
    undo(qtbot, window)
    assert tries.text() == text


def test_undoing_ends_playing(qtbot, window):
    sized(window.session, 7)
    window.session.set_lockstep(True)  # it leaves the run as it is
    window.findChild(QAction, "run.play").trigger()
    playing = window.findChild(QAction, "run.play")
    assert playing.text() == "&Pause"
    undo(qtbot, window)
    assert playing.text() == "&Play"
    assert offered(window)[0] == "Undo hidden size 6 → 7"


def test_it_works_in_projection(qtbot, window):
    sized(window.session, 7)
    with qtbot.waitActive(window):
        window.set_projection(True)
    undo(qtbot, window)
    assert window.session.settings.network.hidden_size == 6
    press(qtbot, window, Qt.Key.Key_Y, CONTROL)
    assert window.session.settings.network.hidden_size == 7


def test_a_refused_draft_does_not_come_in_the_way_of_redoing(qtbot, window):
    session = window.session
    session.set_limits(MemoryLimits(20_000_000, 20_000_000))
    of_length(session, 100_000)  # without effect on a text, and so on memory
    session.apply(with_source(session.settings, Impulse()))
    spin = type_size(qtbot, window, "1500")
    qtbot.keyClick(spin, Qt.Key.Key_Return)
    assert session.settings.network.hidden_size == 6  # there is no room beside so long a record
    window.setFocus()
    undo(qtbot, window)
    undo(qtbot, window)
    QApplication.processEvents()
    assert session.settings.network.hidden_size == spin.value() == 6
    assert offered(window)[1] is not None


def test_what_does_not_fit_any_more_is_said(qtbot, window):
    sized(window.session, 3000)
    window.session.history.part()
    sized(window.session, 6)
    window.session.set_limits(MemoryLimits(10_000_000, 10_000_000))
    undo(qtbot, window)
    assert "are allowed together" in window.statusBar().currentMessage()
    assert offered(window)[0] == "Undo hidden size 3,000 → 6"


def test_letters_of_a_text_are_no_mnemonics(qtbot, window):
    window.session.apply(with_source(window.session.settings, Text(text="a&b<b>")))
    assert action(window, "undo").text() == "&Undo text “hellohello” → “a&&b<b>”"
    assert action(window, "undo").iconText() == "Undo"
