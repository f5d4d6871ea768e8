"""What a long run tells."""

import threading

import pytest
from PySide6.QtCore import QTimer
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QLabel, QProgressBar

from rnnviz import walker as walker_module
from rnnviz.panels.progress import ProgressPanel
from rnnviz.session import Session
from rnnviz.settings import NetworkSettings, SequenceSettings, Settings


@pytest.fixture
def run(qapp, monkeypatch):
    """Return a session whose steps all go to the worker."""
    monkeypatch.setattr(walker_module, "INLINE_SECONDS", 0.0)
    sequence = SequenceSettings(length=5_000)
    made = Session(Settings(network=NetworkSettings(hidden_size=4), sequence=sequence))
    yield made
    made.close()


@pytest.fixture
def panel(qtbot, run):
    made = ProgressPanel(run, QAction("Cancel"))
    qtbot.addWidget(made)
    return made


@pytest.fixture
def gate(run, monkeypatch):
    """Return an event that every block waits for."""
    opened, compute = threading.Event(), run.contract.run
    monkeypatch.setattr(run.contract, "run", lambda *args: opened.wait(20) and compute(*args))
    yield opened
    opened.set()


def test_a_long_run_is_told_of_until_it_ends(qtbot, panel, run, gate):
    run.run_to_end()
    assert not panel.isVisible()  # it may be over before anyone has read it
    qtbot.waitUntil(panel.isVisible)
    assert "0 of 5,000" in panel.findChild(QLabel, "progress.text").text()
    bar = panel.findChild(QProgressBar, "progress.bar")
    assert (bar.value(), bar.maximum()) == (0, 5_000)
    gate.set()
    qtbot.waitUntil(lambda: not run.busy)
    assert not panel.isVisible()


def test_a_short_run_shows_nothing(qtbot, panel, run, gate):
    run.seek(100)
    looks = panel.findChild(QTimer)
    assert run.busy and looks.isActive()
    gate.set()
    qtbot.waitUntil(lambda: not run.busy)
    assert not panel.isVisible() and not looks.isActive()


def test_the_text_has_one_width_while_the_numbers_grow(panel):
    text = panel.findChild(QLabel, "progress.text")
    widths = set()
    for cursor in (0, 7, 99, 1_000, 4_999):
        text.setText(panel._sentence(cursor, 5_000))
        widths.add(text.sizeHint().width())
    assert len(widths) == 1
