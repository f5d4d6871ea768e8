"""Work beside the window, and what comes back of it."""

import threading

import pytest
from PySide6.QtCore import QObject, QThread

from rnnviz.jobs import Job
from rnnviz.networks.base import Interrupted


@pytest.fixture
def job(qtbot):
    parent = QObject()
    made = Job(parent)
    yield made
    made.cancel()
    assert made.finished(5)


def test_the_result_comes_to_the_thread_of_the_window(qtbot, job):
    found = []
    job.done.connect(lambda result: found.append((result, QThread.currentThread())))
    worked_in = []
    job.start(lambda stopped: worked_in.append(threading.get_ident()) or 42)
    assert job.busy
    qtbot.waitUntil(lambda: bool(found))
    assert found == [(42, job.thread())] and not job.busy
    assert worked_in != [threading.get_ident()]


def test_an_error_comes_back_as_it_is(qtbot, job):
    found, error = [], ValueError("no")
    job.failed.connect(found.append)

    def fail(stopped):
        raise error

    job.start(fail)
    qtbot.waitUntil(lambda: bool(found))
    assert found == [error] and not job.busy


def test_what_was_cancelled_is_told_to_stop_and_says_nothing(qtbot, job):
    found, begun, seen = [], threading.Event(), threading.Event()
    job.done.connect(found.append)
    job.failed.connect(found.append)

    def work(stopped):
        begun.set()
        while not stopped():
            pass
        seen.set()
        raise Interrupted

    job.start(work)
    assert begun.wait(5)
    job.cancel()
    assert not job.busy and seen.wait(5) and job.finished(5)
    job.start(lambda stopped: "next")
    qtbot.waitUntil(lambda: bool(found))
    assert found == ["next"]


def test_of_two_the_later_one_counts(qtbot, job):
    found, go_on = [], threading.Event()
    job.done.connect(found.append)
    job.start(lambda stopped: go_on.wait(5) and "old")
    job.start(lambda stopped: "new")
    qtbot.waitUntil(lambda: bool(found))
    go_on.set()
    assert job.finished(5)
    qtbot.wait(1)
    assert found == ["new"]


def test_a_result_on_its_way_is_dropped_when_cancelled(qtbot, job):
    found = []
    job.done.connect(found.append)
    job.start(lambda stopped: 1)
    assert job.finished(5)
    job.cancel()
    qtbot.wait(1)
    assert found == []
