"""A run: whatever the order of computing and revealing, the record is the whole call's."""

import threading

import numpy as np
import pytest
import torch
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
)
from oracles import (
    LENGTHS,
    assert_same,
    build,
    hidden_sizes,
    input_sizes,
    layer_counts,
    nonlinearities,
    script,
    seeds,
)
from torch import nn

from rnnviz.networks import network_of
from rnnviz.traces.run import Run

sizes = st.fixed_dictionaries(
    {
        "input_size": input_sizes,
        "hidden_size": hidden_sizes,
        "num_layers": layer_counts,
        "nonlinearity": nonlinearities,
        "bias": st.booleans(),
    }
)


def new_run(kind="rnn_cell", length=200, batch=2, seed=0, **sizes):
    """Return a run of a module with expanding weights, on random inputs from a random state."""
    module = build(kind, {"input_size": 3, "hidden_size": 5, **sizes}, seed)
    network = network_of(module)
    inputs = torch.randn(length, batch, network.input_size)
    return Run(network, inputs, torch.randn(network.num_layers, batch, network.hidden_size))


class RunMachine(RuleBasedStateMachine):
    """Computes and reveals in any order, from this thread or another."""

    @initialize(
        kind=st.sampled_from(("elman", "rnn_cell", "rnn")),
        sizes=sizes,
        length=st.sampled_from(LENGTHS),
        batch=st.integers(0, 4),
        seed=seeds,
    )
    def begin(self, kind, sizes, length, batch, seed):
        self.run = new_run(kind, length, batch, seed, **sizes)
        self.outputs, self.states = script(self.run.network.module, self.run.inputs, self.run.h0)
        self.shown = 0
        self.views = []

    @rule()
    def compute(self):
        expected = min(self.run.computed + self.run.next_block(), self.run.length)
        self.run.compute_block()
        assert self.run.computed == expected

    @rule(threads=st.integers(1, 3))
    def compute_elsewhere(self, threads):
        """Several threads at once: the lock lets one after the other compute."""
        workers = [threading.Thread(target=self.run.compute_block) for _ in range(threads)]
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join()

    @rule(step=st.integers(-2, 220))
    def reveal(self, step):
        self.run.reveal(step)
        self.shown = max(self.shown, min(step, self.run.computed))

    @rule()
    def keep_what_is_shown(self):
        self.views.append((self.run.revealed, self.run.trace.hidden))

    @precondition(lambda self: self.run.computed > self.run.revealed)
    @rule()
    def a_step_that_is_computed_but_not_shown_is_not_in_the_trace(self):
        with pytest.raises(IndexError):
            self.run.trace.hidden[self.run.revealed + 1]

    @invariant()
    def counts_are_in_order(self):
        run = self.run
        assert 0 <= run.revealed <= run.computed <= run.length
        assert run.revealed == self.shown

    @invariant()
    def the_trace_is_the_scripts_up_to_what_is_shown(self):
        trace, t = self.run.trace, self.shown
        assert len(trace) == t
        assert_same(trace.inputs, self.run.inputs[:t])
        assert_same(trace.hidden, self.states[: t + 1])
        assert_same(trace.outputs, None if self.no_outputs_yet else self.outputs[:t])

    @property
    def no_outputs_yet(self):
        return self.outputs is None or self.run.computed == 0

    @invariant()
    def what_is_computed_is_the_scripts(self):
        computed = self.run.computed
        assert_same(self.run.sequence("hidden", 0, computed + 1), self.states[: computed + 1])

    @invariant()
    def the_largest_numbers_are_right(self):
        computed = self.run.computed
        assert self.run.largest("input") == largest(self.run.inputs)
        assert self.run.largest("hidden") == largest(self.states[: computed + 1])
        if not self.no_outputs_yet:
            assert self.run.largest("output") == largest(self.outputs[:computed])

    @invariant()
    def what_was_seen_stays_as_it_was(self):
        for t, view in self.views:
            assert_same(view, self.states[: t + 1])


def largest(values):
    """Return the largest finite magnitude, 0 where there is none."""
    values = values.detach().numpy()
    return float(np.abs(values[np.isfinite(values)]).max(initial=0.0))


TestRun = RunMachine.TestCase
TestRun.settings = settings(max_examples=60, stateful_step_count=12)


@pytest.mark.parametrize(
    ("length", "blocks"),
    [
        (1, [1]),
        (63, [63]),
        (64, [64]),
        (127, [127]),
        (128, [64, 64]),
        (129, [64, 65]),
        (191, [64, 127]),
        (192, [64, 64, 64]),
        (200, [64, 64, 72]),
    ],
)
def test_blocks_are_of_64_and_the_remainder_joins_the_last(length, blocks):
    run, found = new_run(length=length), []
    while run.computed < run.length:
        found.append(run.next_block())
        run.compute_block()
    assert found == blocks
    assert run.next_block() == 0


def test_at_the_end_computing_does_nothing():
    run = new_run(length=3)
    run.compute_block()
    run.compute_block()
    assert run.computed == 3
    run.reveal(99)
    assert run.revealed == 3


def test_h0_is_there_before_anything_is_computed():
    run = new_run()
    assert len(run.trace) == 0
    assert_same(run.trace.hidden, run.h0[None])
    assert run.trace.inputs.shape == (0, 2, 3)
    assert run.trace.all_inputs.shape == (200, 2, 3)


def test_a_reader_in_another_thread_never_sees_a_step_half_written():
    run = new_run("elman", 20_000, hidden_size=2)
    wrong, done = [], threading.Event()

    def read():
        while not done.is_set():
            computed = run.computed
            if len(run.sequence("hidden", 0, computed + 1)) != computed + 1:
                wrong.append("hidden")
            if computed and len(run.sequence("output", 0, computed)) != computed:
                wrong.append("output")

    reader = threading.Thread(target=read)
    reader.start()
    while run.computed < 500:
        run.compute_block()
    done.set()
    reader.join()
    assert not wrong


def test_parameters_stay_trainable_and_the_record_keeps_no_graph():
    run = new_run()
    run.compute_block()
    assert all(p.requires_grad for p in run.network.module.parameters())
    assert isinstance(run.sequence("hidden", 0, 5), np.ndarray)


def test_a_block_that_fails_leaves_the_record_as_it_was():
    cell = nn.RNNCell(2, 3)
    run = Run(network_of(cell), torch.randn(200, 1, 2), torch.zeros(1, 1, 3))
    run.compute_block()
    good = run.sequence("hidden", 0, 65).copy()
    hook = cell.register_forward_hook(lambda *_: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        run.compute_block()
    assert run.computed == 64
    assert not run.lock.locked()
    hook.remove()
    while run.computed < run.length:
        run.compute_block()
    assert_same(run.sequence("hidden", 0, 65), good)
    assert_same(run.sequence("hidden", 0, 201), script(cell, run.inputs, run.h0)[1])


def test_the_time_of_a_block_is_guessed_and_then_measured(monkeypatch):
    run = new_run()
    guess = run.expected_seconds(1)
    assert 0 < guess < 1e-3
    assert run.expected_seconds(64) == pytest.approx(64 * guess)
    clock = iter((10.0, 10.0 + 64 * 0.25))
    monkeypatch.setattr("rnnviz.traces.run.time.perf_counter", lambda: next(clock))
    run.compute_block()
    assert run.expected_seconds(8) == pytest.approx(2.0)


def test_a_larger_network_is_guessed_to_be_slower():
    assert new_run(hidden_size=400).expected_seconds(1) > new_run().expected_seconds(1)


@pytest.mark.parametrize(
    ("inputs", "h0", "sentence"),
    [
        ((0, 2, 3), (1, 2, 5), "empty"),
        ((4, 3), (1, 2, 5), r"\(4, 3\); \(T, B, 3\) is needed"),
        ((4, 2, 2), (1, 2, 5), r"\(4, 2, 2\); \(T, B, 3\) is needed"),
        ((4, 2, 3), (1, 1, 5), r"\(1, 1, 5\); \(1, 2, 5\) is needed"),
        ((4, 2, 3), (2, 5), r"\(2, 5\); \(1, 2, 5\) is needed"),
    ],
)
def test_shapes_that_do_not_fit_are_refused(inputs, h0, sentence):
    network = network_of(nn.RNNCell(3, 5))
    with pytest.raises(ValueError, match=sentence):
        Run(network, torch.zeros(inputs), torch.zeros(h0))
