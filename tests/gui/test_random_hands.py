"""Random hands on the real window: a few rules that are tried in any order, and all there is.

``RNNVIZ_ACTS=20000 RNNVIZ_SEEDS=11,12 pytest -m slow -k random_hands`` walks further; an act that
failed comes again with the ``RNNVIZ_FIRST_ACT`` and the seed that the failure names.
"""

import os
import re
import subprocess
import sys
import time

import hypothesis.strategies as st
import numpy as np
import pytest
import torch
from hands import person
from hands.person import Hands
from hypothesis import settings
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)
from PySide6.QtCore import QPoint, QSettings, Qt, QTimer, qWarning
from PySide6.QtGui import QAction, QDesktopServices
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDialog, QSpinBox, QWidget

import rnnviz
from rnnviz.app import create_window
from rnnviz.lockstep import SLIPS
from rnnviz.presets import load_presets
from rnnviz.widgets.heatmap import Heatmap

ACTS = int(os.environ.get("RNNVIZ_ACTS", "20000"))
"""Of each seed in the slow lane."""
FIRST = int(os.environ.get("RNNVIZ_FIRST_ACT", "0"))
SEEDS = os.environ.get("RNNVIZ_SEEDS", "11,12,13")
MOST_GROWTH = 250.0
"""MB in 100,000 acts, after the first tenth: a window that is left in memory would be 2,000."""
KEYS = ["Key_Right", "Key_Left", "Key_Space", "Key_Home", "Key_Escape", "Key_Return", "Key_Tab"]
SIZES = st.tuples(st.integers(500, 1600), st.integers(400, 1000))
PLACES = st.tuples(st.floats(0.01, 0.99), st.floats(0.01, 0.99))


class Rules(RuleBasedStateMachine):
    """Every rule is something that a person does; the record must always be the network's own."""

    @initialize()
    def open_window(self):
        self.store = QSettings("", QSettings.Format.IniFormat)
        self.window = create_window(store=self.store)
        self.window.resize(1000, 700)
        self.window.show()
        self.window.activateWindow()
        QApplication.processEvents()

    def teardown(self):
        if hasattr(self, "window"):
            self._check_record()
            self.window.close()
            self.window.deleteLater()
            QApplication.processEvents()

    def _check_record(self):
        session = self.window.session
        again = rnnviz.trace(session.network, session.run.inputs, session.run.h0)
        np.testing.assert_array_equal(session.trace.hidden, again.hidden[: len(session.trace) + 1])

    def _visible(self, kind):
        return [w for w in self.window.findChildren(kind) if w.isVisible() and w.isEnabled()]

    @rule(key=st.sampled_from(KEYS), times=st.integers(1, 12))
    def press(self, key, times):
        for _ in range(times):
            target = QApplication.focusWidget() or self.window
            QTest.keyClick(target, getattr(Qt.Key, key))

    @rule(which=st.integers(0, 100), place=PLACES)
    def click_heatmap(self, which, place):
        heatmaps = self._visible(Heatmap)
        heatmap = heatmaps[which % len(heatmaps)]
        pos = QPoint(int(heatmap.width() * place[0]), int(heatmap.height() * place[1]))
        QTest.mouseMove(heatmap, pos)
        QTest.mouseClick(heatmap, Qt.MouseButton.LeftButton, pos=pos)

    @rule(place=PLACES)
    def drag_slider(self, place):
        slider = self.window.findChild(QWidget, "transport.slider")
        y = slider.height() // 2
        start, end = (QPoint(int(slider.width() * x), y) for x in place)
        QTest.mousePress(slider, Qt.MouseButton.LeftButton, pos=start)
        QTest.mouseMove(slider, end)
        QTest.mouseRelease(slider, Qt.MouseButton.LeftButton, pos=end)

    @rule(size=SIZES)
    def resize(self, size):
        self.window.resize(*size)
        QApplication.processEvents()

    @rule(name=st.sampled_from(sorted(load_presets())))
    def open_preset(self, name):
        self.window.findChild(QAction, f"preset.{name}").trigger()

    @rule(name=st.sampled_from(["view.theme.dark", "view.theme.light", "view.reset_layout",
                                "init.draw_action", "init.restore_action", "run.to_end",
                                "run.to_start", "view.fit", "edit.copy", "view.network",
                                "view.lockstep", "view.dock.unrolled", "view.dock.inspector",
                                "view.dock.code", "run.copy_code", "edit.undo",
                                "edit.redo"]))  # fmt: skip
    def choose(self, name):
        self.window.findChild(QAction, name).trigger()
        QApplication.processEvents()

    @rule(slip=st.sampled_from(sorted(SLIPS)))
    def show_slip(self, slip):
        button = self.window.findChild(QWidget, f"lockstep.{slip}")
        if button is not None and button.isVisible():
            QTest.mouseClick(button, Qt.MouseButton.LeftButton)

    @rule(
        name=st.sampled_from(["input_size", "hidden_size", "num_layers", "batch_size"]),
        text=st.sampled_from(["1", "3", "7", "12", "0", "-3", "", "99999999999", "x", "4.5"]),
    )
    def type_a_size(self, name, text):
        spin = self.window.findChild(QSpinBox, f"network.{name}")
        if not spin.isVisible():
            return
        spin.setFocus()
        spin.selectAll()
        QTest.keyClicks(spin, text)
        QTest.keyClick(spin, Qt.Key.Key_Return)

    @invariant()
    def the_cursor_is_in_the_record(self):
        if not hasattr(self, "window"):
            return
        session = self.window.session
        assert 0 <= session.cursor <= session.run.revealed <= session.run.computed
        assert session.run.computed <= session.length
        hidden = self.window.findChild(Heatmap, "view.timeline.hidden.0")
        assert hidden.columns_shown == session.run.walk.shown(0, session.run.revealed).stop
        beside = session.lockstep
        assert beside is None or session.cursor <= beside.revealed <= beside.computed


def test_rules_in_any_order(qapp):
    machine = settings(max_examples=3, stateful_step_count=25, deadline=None)
    run_state_machine_as_test(Rules, settings=machine)


@pytest.mark.slow
def test_rules_in_any_order_for_long(qapp):
    machine = settings(max_examples=200, stateful_step_count=50, deadline=None)
    run_state_machine_as_test(Rules, settings=machine)


@pytest.fixture
def hands(qapp, tmp_path, monkeypatch):
    """Return what makes random hands of a seed; nothing is opened outside of the program."""
    monkeypatch.setattr(QDesktopServices, "openUrl", lambda *_: True)
    made = []

    def make(seed):
        made.append(Hands(seed, tmp_path / "Eigene Dateien ü"))
        return made[-1]

    yield make
    for walking in made:
        walking.forgotten = None
        walking.give_up()


@pytest.mark.parametrize("seed", [1, 2])
def test_random_hands(hands, seed):
    hands(seed).walk(0, 1_000)


@pytest.mark.slow
@pytest.mark.parametrize("seed", [int(seed) for seed in SEEDS.split(",")])
def test_random_hands_for_long(hands, seed, capsys):
    walking = hands(seed)
    began = time.monotonic()
    walking.walk(FIRST, FIRST + ACTS)
    with capsys.disabled():
        print(f"\n{walking.figures()}; {ACTS / (time.monotonic() - began):.0f} acts a second")
    assert not walking.left
    assert walking.grows < MOST_GROWTH


def raise_later(hands):
    QTimer.singleShot(0, hands.window, lambda: 1 / 0)


def let_qt_warn(hands):
    qWarning("something is odd")


def leave_a_dialog(hands):
    hands.forgotten = QDialog()


def leave_a_timer(hands):
    hands.forgotten = QTimer()
    hands.forgotten.start(1000)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        (raise_later, "ZeroDivisionError"),
        (let_qt_warn, "Qt says: something is odd"),
        (leave_a_dialog, "something is left: {'QDialog'}"),
        (leave_a_timer, "something is left: {'NoneType'}"),
    ],
)
def test_random_hands_notice_what_is_wrong(hands, monkeypatch, wrong, said):
    monkeypatch.setattr(person, "PATIENCE", 0.5)
    monkeypatch.setattr(Hands, "_any_act", lambda self: wrong)
    with pytest.raises(person.FaultError, match=re.escape(said)):
        hands(1).walk(0, 3)


@pytest.mark.slow
def test_random_hands_notice_another_record(hands, monkeypatch):
    def another_weight(hands):
        session = hands.window.session
        with torch.no_grad():
            session.network.W_hh[0, 0] += 1e-7
        session.run_to_end()

    monkeypatch.setattr(Hands, "_any_act", lambda self: another_weight)
    with pytest.raises(person.FaultError, match="not that of a fresh run"):
        hands(1).walk(0, 1)


REDRAW = """
import sys
from PySide6.QtWidgets import QApplication
app = QApplication(sys.argv[:1])
from rnnviz.session import Session
from rnnviz.views.timeline import TimelineView
session = Session()
view = TimelineView(session)
view.resize(600, 300)
view.show()
for redraw in range(3000):
    session.seek(redraw % 41)
    app.processEvents()
session.close()
"""


@pytest.mark.slow
def test_three_thousand_redraws_end_with_zero():
    # PySide6 6.12 on Python 3.11 aborts after about a thousand.
    ended = subprocess.run(
        [sys.executable, "-c", REDRAW],
        env={**os.environ, "QT_QPA_PLATFORM": "offscreen"},
        capture_output=True,
        text=True,
        timeout=200,
    )
    assert ended.returncode == 0, ended.stderr[-2000:]
