"""A run: whatever the order of computing and revealing, the record is the whole call's."""

import itertools
import sys
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

from rnnviz.memory import Sizes
from rnnviz.networks import network_of
from rnnviz.networks.base import Interrupted
from rnnviz.networks.custom import CustomNetwork
from rnnviz.pooling import POOL, pool_rows
from rnnviz.traces import run as run_module
from rnnviz.traces.record import GrowingArray
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

    @rule(steps=st.integers(1, 210))
    def compute(self, steps):
        expected = min(self.run.computed + self.run.next_block(steps), self.run.length)
        self.run.compute_block(steps)
        assert self.run.computed == expected

    @rule(steps=st.integers(1, 210), after=st.integers(0, 30))
    def give_up_a_block(self, steps, after):
        """Stop in the middle: it is recorded whole or not at all."""
        before, asked = self.run.computed, iter([False] * after)
        expected = min(before + self.run.next_block(steps), self.run.length)
        try:
            self.run.compute_block(steps, lambda: next(asked, True))
        except Interrupted:
            assert self.run.computed == before
        else:
            assert self.run.computed == expected

    @rule(steps=st.integers(1, 70), numbers=st.integers(0, 8))
    def find_no_room(self, steps, numbers):
        """Fail when some of the arrays have grown already."""
        before, plain, left = self.run.computed, GrowingArray.append, iter(range(numbers))

        def append(array, rows):
            if next(left, None) is None:
                raise MemoryError
            plain(array, rows)

        GrowingArray.append = append
        try:
            self.run.compute_block(steps)
        except MemoryError:
            assert self.run.computed == before
        finally:
            GrowingArray.append = plain

    @rule()
    def see_what_a_step_costs(self):
        """Compute some steps and throw them away."""
        assert self.run.is_quick(1, 1e9)

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
        assert_same(trace.outputs, None if self.outputs is None else self.outputs[:t])

    @invariant()
    def what_is_computed_is_the_scripts(self):
        computed = self.run.computed
        assert_same(self.run.sequence("hidden", 0, computed + 1), self.states[: computed + 1])

    @invariant()
    def the_largest_numbers_are_right(self):
        assert self.run.largest("input") == largest(self.run.inputs)
        assert self.run.largest("hidden") == largest(self.states[: self.shown + 1])
        if self.outputs is not None:
            assert self.run.largest("output") == largest(self.outputs[: self.shown])

    @invariant()
    def pools_have_the_largest_of_their_rows(self):
        computed = self.run.computed
        assert_pools(self.run, "input", self.run.inputs)
        assert_pools(self.run, "hidden", self.states[: computed + 1])
        if self.outputs is not None:
            assert_pools(self.run, "output", self.outputs[:computed])

    @invariant()
    def what_was_seen_stays_as_it_was(self):
        for t, view in self.views:
            assert_same(view, self.states[: t + 1])


def assert_pools(run, name, rows):
    """Check all pools that lie in `rows`, and that there is no further one."""
    rows = np.asarray(rows.detach())
    for level in (1, 2):
        size = POOL**level
        count = len(rows) // size
        wanted = pool_rows(rows[: count * size], size)
        assert_same(run.pooled(name, level, 0, count), wanted)
        with pytest.raises(IndexError):
            run.pooled(name, level, 0, count + 1)


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
    run, found = new_run("rnn", length), []
    while run.computed < run.length:
        found.append(run.next_block())
        run.compute_block()
    assert found == blocks
    assert run.next_block() == 0


@pytest.mark.parametrize(
    ("kind", "wanted", "steps"),
    [
        ("rnn", 1, 64), ("rnn", 65, 64), ("rnn", 127, 64), ("rnn", 128, 128), ("rnn", 136, 128),
        ("rnn", 192, 200), ("rnn", 999, 200),
        ("rnn_cell", 1, 1), ("elman", 65, 65), ("rnn_cell", 199, 199), ("rnn_cell", 999, 200),
    ],
)  # fmt: skip
def test_as_many_steps_are_computed_as_are_wanted_in_whole_blocks(kind, wanted, steps):
    run = new_run(kind)
    assert run.next_block(wanted) == steps
    run.compute_block(wanted)
    assert run.computed == steps


def test_a_block_of_huge_rows_is_no_larger_than_memory_allows(monkeypatch):
    monkeypatch.setattr("rnnviz.memory.CHUNK_BYTES", 10 * 2 * 5 * 4)
    assert new_run("rnn_cell").next_block(200) == 10
    assert new_run("rnn").next_block(200) == 64
    assert new_run("rnn_cell", hidden_size=400).next_block(200) == 1


@pytest.mark.parametrize("kind", ["elman", "rnn"])
@pytest.mark.parametrize("length", LENGTHS)
@pytest.mark.parametrize("steps", [1, 63, 64, 100, 130])
def test_the_largest_chunk_is_reckoned_without_a_run(monkeypatch, kind, length, steps):
    run = new_run(kind, length)
    outputs = 3 if kind == "elman" else 0
    monkeypatch.setattr("rnnviz.memory.CHUNK_BYTES", steps * 2 * (5 + outputs) * 4)
    found = []
    while run.computed < length:
        found.append(run.next_block(length))
        run.compute_block(length)
    block_steps = run.network.block_steps
    sizes = Sizes(length, block_steps, inputs=2 * 3 * 4, hidden=2 * 5 * 4, output=2 * outputs * 4)
    assert sizes.largest_chunk >= max(found)
    assert sizes.largest_chunk <= max(found) + block_steps - 1


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


@pytest.fixture
def threads_by_turns():
    """Let threads take turns as often as can be: a fault shows sooner, and none is kept waiting."""
    usual = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(usual)


@pytest.mark.usefixtures("threads_by_turns")
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
    say_the_time(monkeypatch, 64 * 0.25)
    run.compute_block()
    assert run.expected_seconds(8) == pytest.approx(2.0)
    assert run.steps_within(1.0) == 4
    assert run.steps_within(0.1) == 1


def say_the_time(monkeypatch, *seconds):
    """Make the next things that are timed take so long."""
    clock = itertools.chain.from_iterable((0.0, taken) for taken in seconds)
    monkeypatch.setattr("rnnviz.traces.run.time.perf_counter", lambda: next(clock))


@pytest.mark.parametrize(
    ("taken", "a_step"),
    [
        ((0.001, 0.001, 0.002, 0.004), 0.004 / 16),
        ((0.007, 0.001, 0.002, 0.004), 0.004 / 16),  # the first found cold caches
        ((0.007, 0.003), 0.003),
        ((0.050, 0.001, 0.002, 0.004), 0.004 / 16),
        ((0.050, 0.009), 0.009),  # more of them would hold the window up
    ],
)
def test_what_a_step_costs_is_tried_out_twice_and_then_as_long_as_there_is_time(
    monkeypatch, taken, a_step
):
    run = new_run()
    say_the_time(monkeypatch, *taken)
    assert run.is_quick(1, 0.008) == (a_step < 0.008)
    assert run.expected_seconds(1) == pytest.approx(a_step)
    assert run.computed == 0


def test_what_was_recorded_counts_and_not_what_was_only_tried_out(monkeypatch):
    run = new_run()
    say_the_time(monkeypatch, 0.001, 0.001, 0.002, 0.004, 64 * 0.010, 64 * 0.030, 72 * 0.005)
    assert run.is_quick(1, 0.008)
    run.compute_block()
    assert run.expected_seconds(1) == pytest.approx(0.010)
    assert not run.is_quick(1, 0.008)
    run.compute_block()
    assert run.expected_seconds(1) == pytest.approx(0.010)
    run.compute_block(72)
    assert run.expected_seconds(1) == pytest.approx(0.005)


def test_what_may_be_slow_is_not_even_tried_out(monkeypatch):
    run = new_run(hidden_size=400, batch=100)
    monkeypatch.setattr(run.network, "run", lambda *_: pytest.fail("it was"))
    assert not run.is_quick(1, 0.008)
    assert run.steps_within(0.016) == 1


def test_a_guess_is_doubted_until_a_step_was_timed():
    run = new_run()
    doubtful = run.steps_within(0.1)
    assert doubtful == int(0.1 / (run_module.DOUBT * run.expected_seconds(1)))


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


def test_what_is_not_revealed_does_not_show_in_the_largest_number():
    cell = nn.RNNCell(1, 1, bias=False, nonlinearity="relu")
    with torch.no_grad():
        cell.weight_ih.fill_(1.0)
        cell.weight_hh.fill_(1.0)
    run = Run(network_of(cell), torch.ones(100, 1, 1), torch.zeros(1, 1, 1))
    run.compute_block()
    assert run.largest("hidden") == 0.0
    run.reveal(7)
    assert run.largest("hidden") == 7.0
    assert run.largest("output") == 0.0  # a cell has none


@pytest.mark.parametrize("kind", ["elman", "rnn"])
def test_what_is_not_finite_is_no_largest_number_and_wins_in_a_pool(kind):
    run = new_run(kind, nonlinearity="relu", input_size=1)
    run.inputs[20, 0, 0], run.inputs[3, 0, 0] = float("inf"), -7.5
    run = Run(run.network, run.inputs, run.h0)
    run.compute_block(200)
    run.reveal(200)
    states = run.sequence("hidden", 0, 201)
    assert np.isinf(states[21]).any() or np.isnan(states[21]).any()
    assert run.largest("hidden") == largest(torch.from_numpy(states.copy()))
    assert not np.isfinite(run.pooled("hidden", 1, 1, 2)).all()
    assert run.pooled("input", 1, 1, 2)[0, 0, 0] == np.inf
    assert run.pooled("input", 1, 0, 1)[0, 0, 0] == -7.5
    assert run.largest("input") == 7.5


def test_room_is_made_for_the_steps_that_there_are_and_no_others():
    made = []

    def allocate(shape, dtype):
        made.append(shape)
        return np.empty(shape, dtype)

    run = new_run("elman", length=5)
    run = Run(run.network, run.inputs, run.h0, allocate)
    run.compute_block()
    assert sorted(made) == [(5,), (5, 2, 3), (6,), (6, 1, 2, 5)]


def test_the_pools_of_the_inputs_are_made_as_far_as_they_are_asked_for(monkeypatch):
    run = new_run(length=200)
    read = []
    plain = run._input_pools._read
    monkeypatch.setattr(run._input_pools, "_read", lambda *span: read.append(span) or plain(*span))
    run.pooled("input", 1, 1, 3)
    run.pooled("input", 1, 0, 2)
    assert read == [(0, 48)]
    run.pooled("input", 2, 0, 0)
    run.pooled("input", 1, 0, 12)
    assert read == [(0, 48), (48, 192)]


@pytest.mark.parametrize(
    ("answer", "sentence"),
    [
        (lambda step, h: (torch.zeros(2 if step < 70 else 3), h), "an output of the same shape"),
        (lambda step, h: (torch.zeros(2 if step < 65 else 3), h), "same shapes at every step"),
        (lambda step, h: (torch.zeros(2) if step < 65 else None, h), "same shapes at every step"),
        (lambda step, h: (None if step < 65 else torch.zeros(2), h), "same shapes at every step"),
        (lambda step, h: (None, h if step < 65 else h.double()), "lose digits as float32"),
    ],
)
def test_a_module_that_changes_its_mind_adds_nothing_to_the_record(answer, sentence):
    class Fickle(nn.Module):
        step = 0

        def forward(self, x, h):
            self.step += 1
            return answer(self.step, h)

    network = CustomNetwork(Fickle(), 1, 1, batched=False)
    run = Run(network, torch.zeros(200, 1, 1), torch.zeros(1, 1, 1))
    run.compute_block(64)
    names = run.trace.names
    with pytest.raises(ValueError, match=sentence):
        run.compute_block(64)
    assert (run.computed, run.trace.names) == (64, names)
