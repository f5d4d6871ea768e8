"""A worker extends a run in a thread of its own, and stops when nobody waits."""

import subprocess
import sys
import threading

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from oracles import assert_same, script
from torch import nn

from rnnviz.networks import network_of
from rnnviz.networks.base import Interrupted
from rnnviz.traces import worker as worker_module
from rnnviz.traces.run import Run
from rnnviz.traces.worker import Worker

PATIENCE = 30


def new_run(length=200, module=None):
    torch.manual_seed(0)
    module = module or nn.RNNCell(2, 3)
    network = network_of(module)
    return Run(network, torch.randn(length, 1, 2), torch.zeros(network.num_layers, 1, 3))


class Gate:
    """Lets the module of a run compute a step when it is opened; `reached` says that it waits."""

    def __init__(self, module):
        self.reached, self.opened = threading.Event(), threading.Event()
        module.register_forward_pre_hook(self.pass_through)

    def pass_through(self, *_):
        self.reached.set()
        assert self.opened.wait(PATIENCE)


def started(run, until, report=lambda worker: None, ended=lambda worker: None):
    worker = Worker(run, until, report, ended)
    worker.start()
    return worker


def test_it_computes_up_to_a_step_reports_and_ends():
    run, heard = new_run(), []
    worker = started(run, 150, lambda worker: heard.append(worker.run.computed))
    assert worker.finished(PATIENCE)
    assert run.computed >= 150
    assert heard[-1] == run.computed
    assert not worker.at_work
    assert worker.error is None


@given(
    st.sampled_from(("rnn", "cell")),
    st.lists(st.integers(1, 300), min_size=1, max_size=8),
    st.integers(1, 300),
)
def test_whatever_the_chunks_the_record_is_the_scripts(kind, chunks, length):
    run = new_run(length, nn.RNN(2, 3, 2) if kind == "rnn" else None)
    sizes = iter(chunks)
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(run, "steps_within", lambda _seconds: next(sizes, 7))
        assert started(run, length).finished(PATIENCE)
    run.reveal(length)
    assert_same(run.trace.hidden, script(run.network.module, run.inputs, run.h0)[1])


def test_a_chunk_takes_about_a_frame_and_no_more_than_is_waited_for(monkeypatch):
    run, asked = new_run(2000), []
    plain = run.compute_block
    monkeypatch.setattr(run, "steps_within", lambda seconds: asked.append(seconds) or 500)
    sizes = []
    monkeypatch.setattr(run, "compute_block", lambda n, stop: sizes.append(n) or plain(n, stop))
    assert started(run, 10).finished(PATIENCE)
    assert started(run, 700).finished(PATIENCE)
    assert set(asked) == {worker_module.CHUNK_SECONDS}
    assert sizes == [64, 500, 136]


def test_it_can_be_asked_for_more_while_it_works():
    run = new_run()
    gate = Gate(run.network.module)
    worker = started(run, 1)
    assert gate.reached.wait(PATIENCE)
    assert worker.ask(130)
    gate.opened.set()
    assert worker.finished(PATIENCE)
    assert run.computed >= 130
    assert not worker.ask(200)


def test_a_cancelled_one_records_its_chunk_and_ends(monkeypatch):
    run, heard = new_run(), []
    gate = Gate(run.network.module)
    monkeypatch.setattr(run, "steps_within", lambda _: 10)
    worker = started(run, 200, heard.append)
    assert gate.reached.wait(PATIENCE)
    worker.cancel()
    assert worker.at_work
    gate.opened.set()
    assert worker.finished(PATIENCE)
    assert run.computed == 10
    assert heard[-1] is worker


def test_one_that_is_cancelled_in_a_chunk_may_be_asked_to_go_on():
    run = new_run()
    gate = Gate(run.network.module)
    worker = started(run, 200)
    assert gate.reached.wait(PATIENCE)
    worker.cancel()
    assert worker.ask(100)
    gate.opened.set()
    assert worker.finished(PATIENCE)
    assert run.computed >= 100


def whole_run(layers=3):
    """Return a run that is one call, and a gate in front of its second layer."""
    run = new_run(300, nn.RNN(2, 3, layers, bidirectional=True))
    return run, Gate(run.network._layers[1])


def test_a_whole_call_that_is_cancelled_ends_before_the_next_layer():
    run, gate = whole_run()
    third = Gate(run.network._layers[2])
    worker = started(run, run.moves)
    assert gate.reached.wait(PATIENCE)
    worker.cancel()
    gate.opened.set()
    assert worker.finished(PATIENCE)
    assert not third.reached.is_set()
    assert (run.computed, worker.error, worker.at_work) == (0, None, False)
    third.opened.set()
    assert started(run, 1).finished(PATIENCE)
    assert run.computed == run.moves


def test_a_whole_call_that_is_asked_for_again_goes_on():
    run, gate = whole_run()
    worker = started(run, 1)
    assert gate.reached.wait(PATIENCE)
    worker.cancel()
    assert worker.ask(1)
    gate.opened.set()
    assert worker.finished(PATIENCE)
    assert run.computed == run.moves


def test_it_is_too_late_to_ask_when_a_whole_call_is_given_up(monkeypatch):
    run, _ = whole_run()
    asked = []

    def given_up(_steps, stopped):
        worker.cancel()
        assert stopped()
        asked.append(worker.ask(1))
        assert stopped()
        raise Interrupted

    monkeypatch.setattr(run, "compute_block", given_up)
    worker = Worker(run, 1, lambda worker: None)
    worker.start()
    assert worker.finished(PATIENCE)
    assert asked == [False]
    assert (worker.error, worker.at_work) == (None, False)


@pytest.mark.parametrize("silently", [False, True])
def test_one_that_leaves_gives_up_its_chunk_and_says_at_most_that_it_has_ended(silently):
    run, heard, ended = new_run(), [], []
    gate = Gate(run.network.module)
    worker = started(run, 200, heard.append, ended.append)
    assert gate.reached.wait(PATIENCE)
    worker.fall_silent() if silently else worker.leave()
    assert not worker.ask(200)
    gate.opened.set()
    assert worker.finished(PATIENCE)
    assert (run.computed, heard, ended) == (0, [], [] if silently else [worker])
    assert not run.lock.locked()


def test_that_it_has_ended_is_the_last_thing_it_says():
    said = []
    worker = started(new_run(), 200, lambda _: said.append("report"), lambda _: said.append("end"))
    assert worker.finished(PATIENCE)
    assert set(said[:-1]) == {"report"}
    assert said[-1] == "end"


def test_nn_rnn_is_left_between_two_layers():
    run = new_run(64, nn.RNN(2, 3, 3))
    passed = []
    gate = Gate(run.network._layers[1])
    run.network._layers[2].register_forward_pre_hook(lambda *_: passed.append(1))
    worker = started(run, 64)
    assert gate.reached.wait(PATIENCE)
    worker.leave()
    gate.opened.set()
    assert worker.finished(PATIENCE)
    assert (run.computed, passed) == (0, [])


def test_what_the_module_raises_is_kept_and_reported():
    run, heard = new_run(), []
    run.network.module.register_forward_hook(lambda *_: 1 / 0)
    worker = started(run, 200, heard.append)
    assert worker.finished(PATIENCE)
    assert isinstance(worker.error, ZeroDivisionError)
    assert heard == [worker]
    assert not worker.ask(200)


def test_a_request_is_not_taken_while_the_work_ends_with_an_error():
    run = new_run()
    gate = Gate(run.network.module)
    run.network.module.register_forward_hook(lambda *_: 1 / 0)
    worker = started(run, 200)
    assert gate.reached.wait(PATIENCE)
    with worker._changing:
        gate.opened.set()
        assert not worker.finished(0.05)
        assert worker.at_work
        assert worker.error is None
    assert worker.finished(PATIENCE)
    assert not worker.ask(200)


def test_reports_wait_for_an_answer_but_the_last_one_does_not(monkeypatch):
    monkeypatch.setattr(worker_module, "REPORT_SECONDS", 0.0)
    run, heard = new_run(), []
    monkeypatch.setattr(run, "steps_within", lambda _: 1)
    worker = started(run, 100, lambda worker: heard.append(worker.run.computed))
    assert worker.finished(PATIENCE)
    assert heard == [1, 100]
    run, heard = new_run(), []
    monkeypatch.setattr(run, "steps_within", lambda _: 1)
    worker = started(run, 100, lambda worker: heard.append(worker.run.computed) or worker.heard())
    assert worker.finished(PATIENCE)
    assert heard == [*range(1, 101), 100]


def test_it_waits_no_longer_than_it_was_told():
    run = new_run()
    gate = Gate(run.network.module)
    worker = started(run, 1)
    assert not worker.finished(0)
    assert not worker.finished(-1)
    gate.opened.set()
    assert worker.finished(PATIENCE)


def test_P1_it_computes_on_one_thread_of_torch():
    run, used = new_run(), set()
    run.network.module.register_forward_pre_hook(lambda *_: used.add(torch.get_num_threads()))
    torch.set_num_threads(2)
    try:
        assert started(run, 200).finished(PATIENCE)
    finally:
        torch.set_num_threads(1)
    assert used == {1}


def test_a_program_that_ends_is_not_held_up_and_keeps_its_exit_code():
    code = """
import sys, torch
from torch import nn
from rnnviz.networks import network_of
from rnnviz.traces.run import Run
from rnnviz.traces.worker import Worker
network = network_of(nn.RNNCell(64, 64))
run = Run(network, torch.zeros(1, 1, 64).expand(10**9, 1, 64), torch.zeros(1, 1, 64))  # hours
worker = Worker(run, run.length, lambda worker: None)
worker.start()
sys.exit(7)
"""
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=False
    )
    assert (done.returncode, done.stdout, done.stderr) == (7, "", "")


def test_an_interruption_is_no_error_of_the_module(monkeypatch):
    run, heard = new_run(), []

    def interrupt(*_):
        raise Interrupted

    monkeypatch.setattr(run, "compute_block", interrupt)
    worker = started(run, 100, heard.append)
    assert worker.finished(PATIENCE)
    assert worker.error is None
    assert not worker.at_work
