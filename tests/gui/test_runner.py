"""The runner speaks in the window's thread, and nobody waits for a block."""

import gc
import subprocess
import sys
import threading
import weakref

import pytest
import torch
from PySide6.QtCore import QObject, QThread
from shiboken6 import delete
from torch import nn

from rnnviz.networks import network_of
from rnnviz.runner import Runner
from rnnviz.traces.run import Run

PATIENCE = 30


class Listener(QObject):
    """Hears a runner, and remembers in which thread."""

    def __init__(self, runner):
        super().__init__()
        self.heard, self.failures, self.threads = [], [], set()
        runner.extended.connect(self.on_extended)
        runner.failed.connect(self.on_failed)

    def on_extended(self, run):
        self.heard.append(run)
        self.threads.add(QThread.currentThread())

    def on_failed(self, run, error):
        self.failures.append((run, error))
        self.threads.add(QThread.currentThread())


class LongBlock:
    """A run whose next step takes as long as it is told to."""

    def __init__(self):
        self.run = new_run()
        self.reached, self.opened = threading.Event(), threading.Event()
        self.run.network.module.register_forward_pre_hook(self.pass_through)

    def pass_through(self, *_):
        self.reached.set()
        assert self.opened.wait(PATIENCE)


def new_run(length=200):
    cell = nn.RNNCell(2, 3)
    return Run(network_of(cell), torch.zeros(length, 1, 2), torch.zeros(1, 1, 3))


@pytest.fixture
def runner(qapp):
    made = Runner()
    yield made
    made.stop()
    assert made.finished(PATIENCE)


@pytest.fixture
def listener(runner):
    return Listener(runner)


@pytest.fixture
def long_block():
    made = LongBlock()
    yield made
    made.opened.set()


def test_a_run_is_extended_and_the_window_hears_of_it(runner, listener, qtbot):
    run = new_run()
    runner.extend(run, 150)
    qtbot.waitUntil(lambda: not runner.working_on(run) and bool(listener.heard))
    assert run.computed >= 150
    assert set(listener.heard) == {run}
    assert listener.threads == {QThread.currentThread()}


def test_what_goes_wrong_is_said_in_the_windows_thread(runner, listener, qtbot):
    run = new_run()
    run.network.module.register_forward_hook(lambda *_: 1 / 0)
    runner.extend(run, 10)
    qtbot.waitUntil(lambda: bool(listener.failures))
    ((failed, error),) = listener.failures
    assert failed is run
    assert isinstance(error, ZeroDivisionError)
    assert listener.threads == {QThread.currentThread()}


def test_another_run_does_not_wait_for_the_block_of_an_old_one(runner, listener, qtbot, long_block):
    runner.extend(long_block.run, 200)
    assert long_block.reached.wait(PATIENCE)
    new = new_run()
    runner.extend(new, 100)
    assert not runner.working_on(long_block.run)
    qtbot.waitUntil(lambda: new.computed >= 100)
    long_block.opened.set()
    assert runner.finished(PATIENCE)
    qtbot.wait(1)
    assert long_block.run.computed == 0
    assert set(listener.heard) == {new}


@pytest.fixture
def two_on_their_way_out(runner):
    """Return two long blocks that the runner has left alone."""
    blocks = LongBlock(), LongBlock()
    for block in blocks:
        runner.extend(block.run, 200)
        assert block.reached.wait(PATIENCE)
    yield blocks
    for block in blocks:
        block.opened.set()


@pytest.mark.parametrize("ends", [0, 1])
def test_a_third_run_waits_until_one_of_two_long_blocks_has_ended(
    runner, listener, qtbot, two_on_their_way_out, ends
):
    before = threading.active_count()
    dropped, wanted = new_run(), new_run()
    for run in (dropped, wanted):
        runner.extend(run, 1)
    runner.extend(wanted, 100)
    assert threading.active_count() == before
    assert not runner.working_on(wanted)
    two_on_their_way_out[ends].opened.set()
    qtbot.waitUntil(lambda: wanted.computed >= 100)
    assert dropped.computed == 0
    assert not two_on_their_way_out[1 - ends].opened.is_set()
    qtbot.waitUntil(lambda: set(listener.heard) == {wanted})


@pytest.mark.parametrize("action", [Runner.cancel, Runner.dismiss, Runner.stop])
def test_what_waits_can_be_dropped(runner, qtbot, two_on_their_way_out, action):
    wanted = new_run()
    runner.extend(wanted, 100)
    action(runner)
    for block in two_on_their_way_out:
        block.opened.set()
    assert runner.finished(PATIENCE)
    qtbot.wait(1)
    assert runner.finished(PATIENCE)
    assert wanted.computed == 0


def test_a_run_is_let_go_of_when_its_thread_has_ended(runner, qtbot):
    run = new_run()
    remembered = weakref.ref(run)
    runner.extend(run, 200)
    del run
    qtbot.waitUntil(lambda: gc.collect() >= 0 and remembered() is None)


def test_one_thread_alone_works_on_a_run(runner, long_block):
    before = threading.active_count()
    for until in (1, 100, 200):
        runner.extend(long_block.run, until)
    runner.cancel()
    assert runner.working_on(long_block.run)
    runner.extend(long_block.run, 70)
    assert threading.active_count() == before + 1
    long_block.opened.set()
    assert runner.finished(PATIENCE)
    assert 70 <= long_block.run.computed < 200


def test_stopping_does_not_wait_and_says_so(runner, listener, qtbot, long_block):
    runner.extend(long_block.run, 200)
    assert long_block.reached.wait(PATIENCE)
    runner.stop()
    assert not runner.finished(0)
    runner.extend(new_run(), 100)
    long_block.opened.set()
    assert runner.finished(PATIENCE)
    qtbot.wait(1)
    assert listener.heard == []


def test_a_runner_that_is_gone_says_nothing(qapp, qtbot, long_block):
    runner = Runner()
    listener = Listener(runner)
    runner.extend(long_block.run, 200)
    assert long_block.reached.wait(PATIENCE)
    delete(runner)
    long_block.opened.set()
    assert runner.finished(PATIENCE)
    qtbot.wait(1)
    assert listener.heard == []
    assert long_block.run.computed == 0


@pytest.mark.parametrize("end", ["sys.exit(7)", "del session; sys.exit(7)"])
def test_a_script_that_closes_nothing_ends_with_its_own_code(end):
    code = f"""
import sys
from PySide6.QtWidgets import QApplication
app = QApplication([])
from rnnviz.session import Session
from rnnviz.settings import NetworkSettings, SequenceSettings, Settings
session = Session(Settings(sequence=SequenceSettings(length=100_000)))
session.run_to_end()
assert session.busy
{end}
"""
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=False
    )
    assert (done.returncode, done.stderr) == (7, "")
