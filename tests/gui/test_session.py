"""The session: whatever a user does, the record is what a script would give."""

import errno
import gc
import itertools
import mmap
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
    rule,
    run_state_machine_as_test,
)
from oracles import assert_same, script

import rnnviz
from rnnviz import building
from rnnviz import session as session_module
from rnnviz import walker as walker_module
from rnnviz.changes import with_network, with_source
from rnnviz.initialization import Eye, Normal, Uniform, Values
from rnnviz.memory import MemoryLimits
from rnnviz.module_settings import settings_of_module
from rnnviz.presets import load_presets
from rnnviz.selection import Pin, Selection
from rnnviz.sequences import Impulse, Text
from rnnviz.session import Session
from rnnviz.settings import (
    InitializationSettings,
    NetworkSettings,
    SequenceSettings,
    Settings,
    SettingsError,
)
from rnnviz.traces.recorded import RecordedArray

ALWAYS_INLINE, NEVER_INLINE = 1e9, 0.0
AS_SHIPPED = walker_module.INLINE_SECONDS


@pytest.fixture
def make_session(qapp):
    """Return a function that makes sessions; they are closed at the end."""
    made = []

    def make(**changes):
        made.append(Session(changed(Settings(), **changes)))
        return made[-1]

    yield make
    for session in made:
        session.close()
    assert all(session.wait_closed(10) for session in made)


@pytest.fixture(autouse=True)
def cache(tmp_path, monkeypatch):
    """Keep away from the user's own cache."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.setenv("LOCALAPPDATA", str(tmp_path))


@pytest.fixture(autouse=True)
def quick(monkeypatch):
    """Compute every block at once, however busy the processor is."""
    monkeypatch.setattr(walker_module, "INLINE_SECONDS", ALWAYS_INLINE)


@pytest.fixture
def slow(quick, monkeypatch):
    """Send every block through the worker."""
    monkeypatch.setattr(walker_module, "INLINE_SECONDS", NEVER_INLINE)


def changed(old, **changes):
    """Return settings with other fields, whichever part they belong to."""
    for field, value in changes.items():
        for part in ("network", "initialization", "sequence"):
            model = getattr(old, part)
            if field in type(model).model_fields:
                new = type(model).model_validate(dict(model) | {field: value})
                if part == "network":
                    old = with_network(old, new)
                elif field == "source":
                    old = with_source(old, value)
                else:
                    old = old.model_copy(update={part: new})
    return old


def assert_scripts(session):
    """Check the record, up to what is revealed, against a script over the same module."""
    outputs, states = script(session.network, session.run.inputs, session.run.h0)
    t = len(session.trace)
    assert_same(session.trace.inputs, session.run.inputs[:t])
    assert_same(session.trace.hidden, states[: t + 1])
    if outputs is not None and t:
        assert_same(session.trace.outputs, outputs[:t])


class SessionMachine(RuleBasedStateMachine):
    """Steps, seeks, cancels and changes settings in any order, inline or through the worker."""

    def __init__(self, qtbot, inline):
        super().__init__()
        self.qtbot = qtbot
        self.inline = inline
        self.session = None

    @initialize(
        kind=st.sampled_from(("elman", "rnn_cell", "rnn")),
        length=st.sampled_from((1, 2, 63, 64, 65, 128, 150, 200)),
        batch=st.integers(1, 2),
    )
    def begin(self, kind, length, batch):
        start = changed(
            Settings(),
            kind=kind, hidden_size=6, num_layers=2, batch_size=batch, length=length,
            scheme=Uniform(),
        )  # fmt: skip
        self.session = Session(start)
        self.target = 0
        self.extended_to = 0
        self.moved_to = [0]
        self.wrong = []
        self.session.trace_reset.connect(self.on_trace_reset)
        self.session.trace_extended.connect(self.on_trace_extended)
        self.session.cursor_moved.connect(self.moved_to.append)
        self.remember_script()

    def on_trace_reset(self):
        self.extended_to = 0

    def on_trace_extended(self, first, last):
        if first != self.extended_to + 1 or last != len(self.session.trace):
            self.wrong.append((first, last))
        self.extended_to = last

    def remember_script(self):
        run = self.session.run
        self.known = run, script(self.session.network, run.inputs, run.h0)

    @rule()
    def step_forward(self):
        self.session.step_forward()
        self.target = min(self.target + 1, self.session.length)

    @rule()
    def step_back(self):
        session = self.session
        computed, cursor = session.run.computed, session.cursor
        waiting = session.busy
        session.step_back()
        # What waits is taken back first, and nothing moves.
        self.target = cursor if waiting else max(cursor - 1, 0)
        assert session.cursor == self.target
        if self.inline:
            assert session.run.computed == computed

    @rule(t=st.integers(-3, 210))
    def seek(self, t):
        self.session.seek(t)
        self.target = min(max(t, 0), self.session.length)

    @rule()
    def run_to_end(self):
        self.session.run_to_end()
        self.target = self.session.length

    @rule()
    def cancel(self):
        revealed = len(self.session.trace)
        self.session.cancel()
        self.target = self.session.cursor
        assert len(self.session.trace) == revealed
        assert not self.session.busy

    @rule()
    def settle(self):
        self.qtbot.waitUntil(lambda: not self.session.busy, timeout=10_000)

    @rule(wait=st.integers(1, 5))
    def let_the_worker_report(self, wait):
        self.qtbot.wait(wait)

    @rule(
        change=st.sampled_from(
            (
                {"kind": "elman"}, {"kind": "rnn_cell"}, {"kind": "rnn"},
                {"hidden_size": 3}, {"hidden_size": 7}, {"num_layers": 3}, {"batch_size": 3},
                {"nonlinearity": "relu"}, {"bias": False}, {"output_size": 4},
                {"scheme": Normal()}, {"scheme": Uniform()}, {"overrides": {"W_hh": Eye()}},
                {"weight_range": 2.0},
                {"source": Text(text="hello" * 14)}, {"source": Impulse()},
                {"length": 70}, {"length": 130}, {"start_state": "normal"},
                {"start_state": "carry"}, {"start_state": "zeros"},
            )
        ),
        seed=st.integers(0, 2),
    )  # fmt: skip
    def change_something(self, change, seed):
        session, old = self.session, self.session.run
        before = session.settings
        session.apply(changed(before, **change, seed=seed))
        assert (session.run is not old) == other_numbers(before, session.settings)
        if session.run is not old:
            self.target = 0
            assert session.cursor == 0
            self.remember_script()

    @rule(other=st.booleans())
    def change_weights(self, other):
        session, old = self.session, self.session.run
        if other:
            session.draw_new_weights()
        else:
            session.restore_previous_weights()
        if session.run is not old:
            self.target = 0
            self.remember_script()

    @invariant()
    def the_cursor_is_where_it_was_sent(self):
        session = self.session
        assert not self.wrong
        assert session.target == self.target
        assert session.busy == (session.cursor < self.target)
        assert self.moved_to[-1] == session.cursor
        assert 0 <= session.cursor <= session.run.revealed <= session.run.computed
        if self.inline:
            assert session.cursor == self.target

    @invariant()
    def the_record_is_the_scripts(self):
        run, (outputs, states) = self.known
        assert run is self.session.run
        trace = self.session.trace
        t = len(trace)
        assert t == self.extended_to
        assert_same(trace.hidden, states[: t + 1])
        if outputs is not None and t:
            assert_same(trace.outputs, outputs[:t])

    def teardown(self):
        if self.session is None:
            return
        self.settle()
        assert self.session.cursor == self.target
        self.session.close()
        assert self.session.wait_closed(10)


def other_numbers(old, new):
    """Return whether two settings lead to different runs, said once more in plain words."""
    network = {"kind", "input_size", "hidden_size", "batch_size", "nonlinearity"}
    network |= {"elman": {"output_size", "output_nonlinearity"}, "rnn": {"bias", "num_layers"},
                "rnn_cell": {"bias"}}[new.network.kind]  # fmt: skip
    return (
        new.network.model_dump(include=network) != old.network.model_dump(include=network)
        or fillings(new) != fillings(old)
        or feedings(new) != feedings(old)
    )


def feedings(given):
    """Return what goes in, with the seed if chance has a part in it."""
    sequence = given.sequence
    chance = sequence.source.uses_seed or sequence.start_state == "normal"
    seed = sequence.seed if chance else None
    return sequence.source, sequence.steps, sequence.start_state, seed


def fillings(given):
    """Return how the parameters that there are get their numbers."""
    init = given.initialization
    return init.scheme, init.seed, init.overrides_for(given.network.shapes)


@pytest.mark.parametrize("inline", [True, False], ids=["inline", "worker"])
def test_any_order_of_actions_gives_the_scripts_record(qtbot, monkeypatch, inline):
    limit = ALWAYS_INLINE if inline else NEVER_INLINE
    monkeypatch.setattr(walker_module, "INLINE_SECONDS", limit)
    run_state_machine_as_test(
        lambda: SessionMachine(qtbot, inline),
        settings=settings(max_examples=40 if inline else 25, stateful_step_count=20),
    )


@pytest.mark.parametrize("kind", ["elman", "rnn_cell", "rnn"])
def test_the_record_is_that_of_trace(make_session, kind):
    session = make_session(kind=kind, num_layers=3, batch_size=2, length=150)
    for _ in range(70):
        session.step_forward()
    session.seek(3)
    session.run_to_end()
    wanted = rnnviz.trace(session.network, session.run.inputs, session.run.h0)
    assert_same(session.trace.hidden, wanted.hidden)
    assert_same(session.trace.outputs, wanted.outputs)


# What is computed, and where


def test_a_step_of_a_small_network_is_there_at_once(make_session, monkeypatch):
    monkeypatch.setattr(walker_module, "INLINE_SECONDS", 1.0)  # more than any disturbance takes
    before = threading.active_count()
    session = make_session()
    session.step_forward()
    assert session.cursor == 1
    assert not session.busy
    assert threading.active_count() == before


def test_many_steps_of_a_small_network_go_to_the_worker(make_session, monkeypatch, qtbot):
    monkeypatch.setattr(walker_module, "INLINE_SECONDS", AS_SHIPPED)
    session = make_session(length=5000)
    session.run_to_end()
    assert session.target == 5000
    assert session.run.computed < 5000
    qtbot.waitUntil(lambda: not session.busy)
    assert session.cursor == 5000


@pytest.fixture
def paced(make_session, monkeypatch):
    """Return a function that makes a session whose steps are said to take so many seconds each."""
    monkeypatch.setattr(walker_module, "INLINE_SECONDS", AS_SHIPPED)

    def make(seconds, length=1000):
        session = make_session(length=length)
        session.run._seconds_per_step = seconds
        return session

    return make


def asked_of_the_worker(session, monkeypatch):
    """Return a list that will have how far the record was, and how far the worker is to go."""
    asked, plain = [], session._walker._runner.extend

    def extend(run, until):
        asked.append((run.computed, until))
        plain(run, until)

    monkeypatch.setattr(session._walker._runner, "extend", extend)
    return asked


def test_many_quick_blocks_are_not_quick_together(paced, monkeypatch, qtbot):
    session = paced(AS_SHIPPED / 20)
    session.run._most_steps = 10  # as it is where a step has very many numbers
    asked = asked_of_the_worker(session, monkeypatch)
    session.run_to_end()
    assert asked[0] == (0, 1000)
    qtbot.waitUntil(lambda: not session.busy)
    assert session.cursor == 1000


def test_what_takes_longer_than_was_expected_is_left_to_the_worker(paced, monkeypatch):
    session, asked = paced(AS_SHIPPED / 300, length=200), []
    clock = itertools.count(step=AS_SHIPPED * 0.75)
    monkeypatch.setattr(walker_module.time, "perf_counter", lambda: next(clock))
    monkeypatch.setattr(session._walker._runner, "extend", lambda run, until: asked.append(until))
    session.run_to_end()
    assert (session.cursor, session.busy) == (150, True)
    assert asked == [200]


def test_a_block_of_a_large_network_goes_to_the_worker(make_session, monkeypatch, qtbot):
    monkeypatch.setattr(walker_module, "INLINE_SECONDS", AS_SHIPPED)
    session = make_session(hidden_size=2000)
    asked = asked_of_the_worker(session, monkeypatch)
    session.step_forward()
    assert asked[0] == (0, 1 + walker_module.AHEAD)
    qtbot.waitUntil(lambda: not session.busy)
    assert session.cursor == 1


def test_steps_of_a_slow_network_come_from_the_worker_and_none_is_lost(make_session, slow, qtbot):
    session = make_session(length=200)
    busy = []
    session.busy_changed.connect(busy.append)
    for _ in range(150):
        session.step_forward()
    assert session.target == 150
    qtbot.waitUntil(lambda: not session.busy)
    assert session.cursor == 150
    assert busy == [True, False] * (len(busy) // 2)
    assert_scripts(session)


def test_stepping_back_takes_back_waiting_steps_first(make_session, slow, qtbot):
    session = make_session(length=50_000)
    session.seek(3)
    qtbot.waitUntil(lambda: not session.busy)
    busy = []
    session.busy_changed.connect(busy.append)
    session.run_to_end()
    reached = session.cursor
    assert (session.target, session.busy) == (50_000, True)
    session.step_back()
    assert (session.target, session.cursor, len(session.trace)) == (reached, reached, reached)
    assert busy == [True, False]
    qtbot.wait(30)
    assert (session.target, session.cursor, len(session.trace)) == (reached, reached, reached)
    session.step_back()
    assert (session.cursor, len(session.trace)) == (reached - 1, reached)


def test_the_next_block_is_fetched_half_a_block_early(make_session, slow, qtbot):
    session = make_session(kind="rnn", length=300)
    session.seek(20)
    qtbot.waitUntil(lambda: session.wait_closed(0))
    assert session.run.computed == 64
    session.seek(32)
    assert session.wait_closed(0)
    session.seek(33)
    qtbot.waitUntil(lambda: session.run.computed == 128)
    assert len(session.trace) == 33


def test_stepping_back_computes_nothing(make_session, monkeypatch):
    session = make_session(length=100)
    session.run_to_end()
    monkeypatch.setattr(session.run, "compute_block", lambda: pytest.fail("computed again"))
    for t in range(99, -1, -1):
        session.step_back()
        assert session.cursor == t
    session.step_back()
    assert session.cursor == 0
    session.run_to_end()
    assert session.cursor == 100


def test_rewinding_keeps_what_was_revealed_and_its_weights(make_session):
    session = make_session(length=20)
    session.run_to_end()
    weights = session.network.W_hh.clone()
    session.seek(0)
    assert len(session.trace) == 20
    assert torch.equal(session.network.W_hh, weights)


def test_cancel_keeps_what_was_computed(make_session, slow, qtbot):
    session = make_session(hidden_size=64, length=100_000)
    session.run_to_end()
    qtbot.waitUntil(lambda: session.cursor > 0)
    session.cancel()
    reached = session.cursor
    assert 0 < reached == len(session.trace) < 100_000
    qtbot.wait(50)
    assert session.cursor == reached
    session.seek(reached + 100)
    qtbot.waitUntil(lambda: not session.busy)
    inputs = session.run.inputs[: reached + 100]
    states = []
    h = session.run.h0[0]
    for x in inputs[:200]:
        _, h = session.network(x, h)
        states.append(h.detach())
    assert_same(session.trace.hidden[1:201, 0], torch.stack(states))


@pytest.mark.parametrize("action", ["close", "cancel and close", "new network"])
def test_nothing_of_the_worker_is_left(make_session, slow, qtbot, action):
    before = threading.active_count()
    session = make_session(hidden_size=64, length=50_000)
    session.run_to_end()
    qtbot.waitUntil(lambda: session.cursor > 0)
    if action == "cancel and close":
        session.cancel()
    if action == "new network":
        session.apply(changed(session.settings, kind="rnn"))
        assert session.cursor == 0
    session.close()
    assert session.wait_closed(10)
    assert threading.active_count() <= before
    cursor = session.cursor
    qtbot.wait(30)
    assert session.cursor == cursor


def test_a_closed_session_can_be_closed_again(make_session, slow):
    session = make_session()
    session.step_forward()
    session.close()
    session.close()
    assert session.wait_closed(10)
    before = threading.active_count()
    session.step_forward()
    assert threading.active_count() == before


@pytest.mark.parametrize("seconds", [ALWAYS_INLINE, NEVER_INLINE])
def test_a_closed_session_goes_nowhere_and_waits_for_nothing(make_session, monkeypatch, seconds):
    monkeypatch.setattr(walker_module, "INLINE_SECONDS", seconds)
    session = make_session()
    session.close()
    for go in (session.step_forward, session.run_to_end, session.step_back):
        go()
        assert (session.cursor, session.target, session.busy) == (0, 0, False)


def test_a_report_counts_as_heard_also_if_going_on_fails(make_session, monkeypatch):
    session, heard = make_session(), []
    monkeypatch.setattr(session._walker, "advance", lambda: 1 / 0)
    monkeypatch.setattr(session._walker._runner, "heard", lambda: heard.append(True))
    with pytest.raises(ZeroDivisionError):
        session._walker._on_runner_extended(session.run)
    assert heard == [True]


def test_G9_results_of_an_old_run_are_not_taken(make_session, slow, qtbot):
    session = make_session(length=200)
    session.run_to_end()
    session.apply(changed(session.settings, hidden_size=9))
    session.step_forward()
    qtbot.waitUntil(lambda: not session.busy)
    assert session.cursor == 1
    assert session.trace.hidden.shape[-1] == 9
    assert_scripts(session)


def test_G9_a_late_word_of_an_old_run_moves_nothing(make_session, monkeypatch):
    session, heard = make_session(), []
    old = session.run
    session.apply(changed(session.settings, hidden_size=9))
    monkeypatch.setattr(session._walker, "advance", lambda: 1 / 0)
    monkeypatch.setattr(session._walker._runner, "heard", lambda: heard.append(True))
    session._walker._runner.extended.emit(old)
    assert (session.cursor, heard) == (0, [True])


def test_what_a_module_raises_in_the_worker_is_said(make_session, slow, qtbot):
    session = make_session()
    hook = session.network.register_forward_hook(lambda *_: 1 / 0)
    with qtbot.waitSignal(session.failed) as caught:
        session.step_forward()
    assert isinstance(caught.args[0], ZeroDivisionError)
    assert (session.cursor, session.busy) == (0, False)
    hook.remove()
    session.step_forward()
    qtbot.waitUntil(lambda: session.cursor == 1)


def test_what_a_module_raises_while_looking_ahead_is_told_when_somebody_waits(
    make_session, slow, qtbot
):
    session = make_session(kind="rnn", length=200)
    session.seek(20)
    qtbot.waitUntil(lambda: not session.busy and session.wait_closed(0))
    tried, told = [], []
    session.failed.connect(told.append)

    def fail(*_):
        tried.append(session.target)
        raise ZeroDivisionError

    qtbot.wait(1)  # for the last report
    session.run.compute_block, plain = fail, session.run.compute_block
    session.seek(40)  # 72 steps are wanted ahead, and 64 are there
    qtbot.waitUntil(lambda: session._walker._failed_at == 64)
    assert (session.cursor, told) == (40, [])
    for _ in range(5):
        session.step_back()
        session.step_forward()
        assert session.wait_closed(10)
    assert tried == [40]
    with qtbot.waitSignal(session.failed):
        session.seek(65)
    assert tried == [40, 65]
    assert (session.cursor, session.busy, len(told)) == (64, False, 1)
    session.run.compute_block = plain
    session.run_to_end()
    qtbot.waitUntil(lambda: not session.busy)
    assert_scripts(session)


def test_what_is_there_is_shown_before_an_error_is_told(make_session, slow, qtbot, monkeypatch):
    session, told = make_session(kind="rnn", length=200), []
    session.failed.connect(told.append)
    plain = session.run.compute_block

    def fail_after_a_block(*args):
        if session.run.computed:
            raise ZeroDivisionError
        plain(*args)

    monkeypatch.setattr(session.run, "compute_block", fail_after_a_block)
    monkeypatch.setattr(
        session._walker._runner, "_tell", lambda _: None
    )  # as if reports were too many
    session.seek(50)
    assert session.wait_closed(10)
    session._walker._runner.failed.emit(session.run, ZeroDivisionError())
    assert (session.cursor, session.busy, told) == (50, False, [])


class LongBlock:
    """Makes the next step of a session take as long as it is told to."""

    def __init__(self, session):
        self.reached, self.opened = threading.Event(), threading.Event()
        session.network.register_forward_pre_hook(self.pass_through)

    def pass_through(self, *_):
        self.reached.set()
        assert self.opened.wait(30)


@pytest.fixture
def long_block(make_session, slow):
    """Return a session, and what holds the worker up in the first step of it."""
    session = make_session(length=200)
    block = LongBlock(session)
    session.step_forward()
    assert block.reached.wait(30)
    yield session, block
    block.opened.set()


def test_a_long_block_holds_up_nothing_but_its_own_steps(long_block, qtbot):
    session, block = long_block
    session.step_forward()
    session.select(pin=Pin("hidden", 1))
    session.cancel()
    assert (session.target, session.busy) == (0, False)
    for _ in range(3):
        session.step_forward()
    assert (session.target, session.busy) == (3, True)
    block.opened.set()
    qtbot.waitUntil(lambda: not session.busy)
    assert session.cursor == 3
    assert_scripts(session)


def test_another_network_does_not_wait_for_a_long_block(long_block, qtbot):
    session, block = long_block
    session.apply(changed(session.settings, hidden_size=9))
    session.run_to_end()
    qtbot.waitUntil(lambda: not session.busy)
    assert not block.opened.is_set()
    assert session.cursor == 200
    assert_scripts(session)


def test_closing_does_not_wait_for_a_long_block(long_block):
    session, block = long_block
    session.close()
    assert not session.wait_closed(0)
    block.opened.set()
    assert session.wait_closed(30)
    assert session.run.computed == 0


def test_a_session_that_is_dropped_without_closing_leaves_no_thread(qapp, slow):
    before = threading.active_count()
    session = Session(changed(Settings(), length=100_000))
    session.run_to_end()
    assert threading.active_count() == before + 1
    runner = session._walker._runner
    del session
    gc.collect()
    assert runner.finished(30)
    assert threading.active_count() == before


def test_an_old_runs_failure_stops_nothing(make_session, slow, qtbot):
    session = make_session(length=200)
    old, said = session.run, []
    session.failed.connect(said.append)
    session.apply(changed(session.settings, hidden_size=9))
    session.run_to_end()
    session._walker._runner.failed.emit(old, ZeroDivisionError())
    qtbot.waitUntil(lambda: session.cursor == 200)
    assert not said


def test_what_a_module_raises_at_once_leaves_the_session_as_it_was(make_session):
    session = make_session()
    hook = session.network.register_forward_hook(lambda *_: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        session.step_forward()
    assert (session.cursor, session.target, session.busy) == (0, 0, False)
    hook.remove()
    session.step_forward()
    assert session.cursor == 1


# Start states


def test_zeros_and_a_drawn_state(make_session):
    session = make_session(seed=3)
    assert not session.run.h0.any()
    session.apply(changed(session.settings, start_state="normal"))
    torch.manual_seed(3)
    torch.randn(40, 1, 5)
    assert torch.equal(session.run.h0, torch.randn(1, 1, 20))


def test_the_last_state_goes_on_where_the_previous_run_was(make_session):
    session = make_session(length=10)
    session.seek(7)
    last = session.trace.hidden[7].copy()
    session.apply(changed(session.settings, start_state="carry"))
    assert_same(session.trace.hidden[0], last)
    session.run_to_end()
    assert_scripts(session)
    second = session.trace.hidden[10].copy()
    session.apply(changed(session.settings, seed=5))
    assert_same(session.trace.hidden[0], second)


def test_rewinding_and_new_weights_do_not_capture_another_state(make_session):
    session = make_session(length=10)
    session.run_to_end()
    session.apply(changed(session.settings, start_state="carry"))
    first = session.trace.hidden[0].copy()
    session.run_to_end()
    session.seek(0)
    assert_same(session.trace.hidden[0], first)
    session.run_to_end()
    session.draw_new_weights()
    assert_same(session.trace.hidden[0], first)


def test_a_last_state_of_another_shape_is_zeros_and_said(make_session):
    session = make_session(length=10)
    session.run_to_end()
    notices = []
    session.notice.connect(notices.append)
    session.apply(changed(session.settings, start_state="carry", hidden_size=7))
    assert not session.run.h0.any()
    assert session.run.h0.shape == (1, 1, 7)
    assert "another shape" in notices[-1]


# Weights


def test_new_weights_keep_the_sequence(make_session):
    session = make_session()
    inputs, before = session.run.inputs, session.network.W_hh.clone()
    session.draw_new_weights()
    assert session.run.inputs is inputs
    assert not torch.equal(session.network.W_hh, before)
    assert session.settings.initialization.seed == 1


def test_the_previous_weights_come_back_and_go_again(make_session):
    session = make_session()
    first = session.network.W_hh.clone()
    assert session.previous_weights is None
    session.restore_previous_weights()
    assert torch.equal(session.network.W_hh, first)
    session.draw_new_weights()
    second = session.network.W_hh.clone()
    session.restore_previous_weights()
    assert torch.equal(session.network.W_hh, first)
    session.restore_previous_weights()
    assert torch.equal(session.network.W_hh, second)


def test_the_largest_seed_is_followed_by_the_first(make_session):
    session = make_session()
    init = session.settings.initialization.model_copy(update={"seed": 2**31 - 1})
    session.apply_initialization(init)
    session.draw_new_weights()
    assert session.settings.initialization.seed == 0


def test_another_network_has_no_previous_weights(make_session):
    session = make_session()
    session.draw_new_weights()
    session.apply(changed(session.settings, hidden_size=4))
    assert session.previous_weights is None


def test_a_new_sequence_keeps_the_weights(make_session):
    session = make_session()
    module = session.network
    session.apply(changed(session.settings, length=7))
    assert session.network is module
    assert session.length == 7


def test_the_colour_range_keeps_the_run(make_session):
    session = make_session()
    session.seek(5)
    run = session.run
    session.apply(changed(session.settings, weight_range=2.0))
    assert session.run is run
    assert session.cursor == 5


# Problems


@pytest.mark.parametrize(
    "bad",
    [
        {"source": Impulse(unit=9)},
        {"scheme": Values()},
        {"hidden_size": 100_000},
        {"source": Text(text="hello", alphabet="xyz")},
    ],
)
def test_a_problem_leaves_everything_as_it_was(make_session, bad):
    session = make_session(length=20)
    session.seek(5)
    run, module, old = session.run, session.network, session.settings
    signals = []
    for signal in (session.settings_changed, session.trace_reset, session.network_changed):
        signal.connect(lambda: signals.append(1))
    wrong = old.model_copy(
        update={
            "sequence": old.sequence.model_copy(
                update={k: v for k, v in bad.items() if k == "source"}
            ),
            "initialization": old.initialization.model_copy(
                update={k: v for k, v in bad.items() if k == "scheme"}
            ),
            "network": old.network.model_copy(
                update={k: v for k, v in bad.items() if k == "hidden_size"}
            ),
        }
    )
    with pytest.raises(SettingsError) as caught:
        session.apply(wrong)
    assert caught.value.problems
    assert session.settings is old
    assert session.run is run
    assert session.network is module
    assert session.cursor == 5
    assert not signals


def test_a_session_does_not_begin_with_a_problem(qapp):
    network = NetworkSettings(hidden_size=100_000)
    with pytest.raises(SettingsError, match="40 GB"):
        Session(Settings(network=network), limits=MemoryLimits(2**32, 2**32))


# Memory


def test_what_a_run_may_take_can_be_changed(make_session):
    session = make_session()
    large = changed(session.settings, length=1000, hidden_size=500)
    session.set_limits(MemoryLimits(budget=5_000_000, in_memory=5_000_000))
    with pytest.raises(SettingsError, match=r"5\.0 MB are allowed together") as caught:
        session.apply(large)
    assert [problem.field for problem in caught.value.problems] == ["sequence.length"]
    with pytest.raises(SettingsError) as caught:
        session.apply(changed(session.settings, hidden_size=5000))
    assert [problem.field for problem in caught.value.problems] == ["network.hidden_size"]
    assert session.limits == MemoryLimits(5_000_000, 5_000_000)
    session.set_limits(MemoryLimits(budget=50_000_000, in_memory=5_000_000))
    session.apply(large)
    assert session.length == 1000


@pytest.mark.parametrize("kind", ["elman", "rnn_cell", "rnn"])
def test_a_record_on_the_disk_is_the_same_record(make_session, kind):
    session = make_session(kind=kind, num_layers=2, length=150)
    session.set_limits(MemoryLimits(budget=2**30, in_memory=0))
    session.apply(changed(session.settings, seed=7))
    session.seek(20)
    session.run_to_end()
    assert_scripts(session)
    assert isinstance(base_of(session.trace.hidden[5:9]).obj, mmap.mmap)
    trace, hidden = session.trace, session.trace.hidden[:].copy()
    session.set_limits(MemoryLimits(budget=2**30, in_memory=2**30))
    session.apply(Settings())
    assert_same(trace.hidden, hidden)
    session.seek(3)
    assert base_of(session.trace.hidden[1:3]) is None


def base_of(array):
    """Return what an array's memory belongs to."""
    while isinstance(array, np.ndarray):
        array = array.base
    return array


def test_a_full_disk_is_said_and_what_is_there_stays(make_session, slow, qtbot, monkeypatch):
    session = make_session(length=200)
    session.set_limits(MemoryLimits(budget=2**30, in_memory=0))
    session.apply(changed(session.settings, seed=7))
    full, plain = threading.Event(), RecordedArray.append

    def append(array, rows):
        if full.is_set():
            raise OSError(errno.ENOSPC, "There is no room left for the record on the disk")
        plain(array, rows)

    monkeypatch.setattr(RecordedArray, "append", append)
    session.seek(10)
    qtbot.waitUntil(lambda: not session.busy and session.wait_closed(0))
    full.set()
    with qtbot.waitSignal(session.failed) as caught:
        session.run_to_end()
    assert "no room left" in str(caught.args[0])
    assert not session.busy
    full.clear()
    session.run_to_end()
    qtbot.waitUntil(lambda: not session.busy)
    assert session.cursor == 200
    assert_scripts(session)


# Presets, selection, signals


def test_every_preset_opens_and_runs(make_session):
    session = make_session()
    for name, preset in load_presets().items():
        session.open_preset(name)
        assert session.settings == preset.settings
        assert (session.cursor, session.preset) == (0, preset)
        session.run_to_end()
        assert_scripts(session)


def test_an_unknown_preset_is_a_key_error_with_the_names(make_session):
    session = make_session()
    before = session.settings
    with pytest.raises(KeyError, match="no preset 'helo'; there are: hello, exercise-"):
        session.open_preset("helo")
    assert session.settings is before


@pytest.mark.parametrize("part", ["build_network", "build_inputs", "build_run"])
def test_a_preset_that_cannot_be_opened_changes_nothing(make_session, monkeypatch, part):
    session = make_session()
    session.open_preset("hello")
    session.seek(4)
    session.select(pin=Pin("hidden", 2))
    before = {name: getattr(session, name) for name in STATE}
    heard = signals_of(session)

    def fail(*_):
        raise MemoryError("no room")

    monkeypatch.setattr(building, part, fail)
    with pytest.raises(MemoryError):
        session.open_preset("exercise-rnn")
    assert {name: getattr(session, name) for name in STATE} == before
    session.set_limits(MemoryLimits(0, 0))
    with pytest.raises(SettingsError):
        session.open_preset("exercise-rnn")
    assert {name: getattr(session, name) for name in STATE} == before
    assert heard == []


STATE = ("settings", "network", "run", "cursor", "target", "selection", "preset",
         "previous_weights")  # fmt: skip


def signals_of(session):
    """Return a list that will have (signal, state of the session when it came)."""
    heard = []
    for name in (
        "settings_changed", "network_changed", "weights_changed", "trace_reset", "cursor_moved",
        "selection_changed", "busy_changed", "preset_opened",
    ):  # fmt: skip

        def note(*_, name=name):
            heard.append((name, {part: getattr(session, part) for part in STATE}))

        getattr(session, name).connect(note)
    return heard


def test_all_that_a_preset_changes_has_changed_before_anyone_hears_of_it(make_session):
    session = make_session()
    session.open_preset("hello")
    session.seek(4)
    session.select(pin=Pin("hidden", 2))
    heard = signals_of(session)
    session.open_preset("exercise-rnn")
    assert [name for name, _ in heard] == [
        "network_changed", "trace_reset", "cursor_moved", "settings_changed", "weights_changed",
        "selection_changed", "preset_opened",
    ]  # fmt: skip
    after = {name: getattr(session, name) for name in STATE}
    assert all(state == after for _, state in heard)
    assert after["preset"] == load_presets()["exercise-rnn"]
    assert (after["cursor"], after["selection"]) == (0, Selection())


def test_all_that_a_change_of_settings_brings_has_changed_before_anyone_hears_of_it(
    make_session, slow
):
    session = make_session(kind="rnn", num_layers=3, length=50_000)
    session.run_to_end()
    session.select(layer=2)
    heard = signals_of(session)
    session.apply(changed(session.settings, num_layers=2))
    assert [name for name, _ in heard] == [
        "busy_changed", "network_changed", "trace_reset", "cursor_moved", "settings_changed",
        "weights_changed", "selection_changed",
    ]  # fmt: skip
    after = {name: getattr(session, name) for name in STATE}
    assert all(state == after for _, state in heard)
    assert after["selection"] == Selection(layer=1)


def test_opening_a_preset_again_in_the_middle_of_a_run_drops_what_waits(make_session, slow):
    session = make_session()
    session.open_preset("hello")
    run = session.run
    session.run_to_end()
    session.open_preset("hello")
    assert session.run is run
    assert (session.cursor, session.target, session.busy) == (0, 0, False)


def test_opening_the_same_preset_again_begins_again(make_session):
    session = make_session()
    session.open_preset("hello")
    session.run_to_end()
    session.open_preset("hello")
    assert session.cursor == 0


def test_signals_come_once_and_say_what_changed(make_session):
    session = make_session(length=20)
    heard = []
    for name in ("settings_changed", "network_changed", "weights_changed", "trace_reset"):
        getattr(session, name).connect(lambda name=name: heard.append(name))
    session.apply(session.settings)
    assert heard == []
    session.apply(changed(session.settings, length=10))
    assert heard == ["trace_reset", "settings_changed"]
    heard.clear()
    session.draw_new_weights()
    assert sorted(heard) == ["settings_changed", "trace_reset", "weights_changed"]
    heard.clear()
    session.apply(changed(session.settings, hidden_size=3))
    assert sorted(heard) == [
        "network_changed", "settings_changed", "trace_reset", "weights_changed",
    ]  # fmt: skip


def test_a_selection_follows_what_there_is(make_session):
    session = make_session(kind="rnn", num_layers=3, batch_size=4)
    session.select(sequence=3, layer=2, pin=Pin("hidden", 15))
    session.apply(changed(session.settings, num_layers=2))
    assert (session.selection.layer, session.selection.sequence) == (1, 3)
    session.apply(changed(session.settings, batch_size=2, hidden_size=10))
    assert session.selection.sequence == 1
    assert session.selection.pin is None


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"layer": 2}, "There is no layer 2: the first is 0, the last 1."),
        ({"layer": -1}, "There is no layer -1: "),
        ({"sequence": 3}, "There is no sequence 3: the first is 0, the last 2."),
        ({"sequence": -1}, "There is no sequence -1: "),
        ({"pin": Pin("hidden", 20)}, "There is no hidden unit 20: the first is 0, the last 19."),
        ({"pin": Pin("hidden", -5)}, "There is no hidden unit -5: "),
        ({"pin": Pin("output", 0)}, "There is no output unit 0: there are none."),
        ({"pin": Pin("other", 0)}, "There is no other unit 0: there are none."),
    ],
)
def test_what_there_is_not_cannot_be_selected(make_session, wrong, sentence):
    session, heard = make_session(kind="rnn", num_layers=2, batch_size=3), []
    session.select(layer=1, sequence=2, pin=Pin("hidden", 19))
    before = session.selection
    session.selection_changed.connect(lambda: heard.append(session.selection))
    with pytest.raises(ValueError, match=sentence):
        session.select(**wrong)
    assert (session.selection, heard) == (before, [])


def test_a_pin_before_the_first_unit_is_not_kept(make_session):
    session = make_session(hidden_size=20)
    session.selection = Selection(pin=Pin("hidden", -1))
    session.apply(changed(session.settings, hidden_size=10))
    assert session.selection.pin is None


def test_a_slot_that_seeks_makes_nobody_hear_of_a_cursor_that_is_not(make_session):
    session, moved = make_session(), []
    session.cursor_moved.connect(moved.append)
    session.trace_extended.connect(lambda *_: session.cursor == 5 and session.seek(2))
    session.seek(5)
    assert (session.cursor, moved) == (2, [2])
    session.trace_reset.connect(lambda: session.seek(3))
    session.draw_new_weights()
    assert (session.cursor, moved) == (3, [2, 3])


def test_selecting_the_same_is_not_a_change(make_session):
    session = make_session()
    heard = []
    session.selection_changed.connect(lambda: heard.append(session.selection))
    session.select(pin=Pin("hidden", 2))
    session.select(pin=Pin("hidden", 2))
    assert [s.pin.unit for s in heard] == [2]


def test_the_cost_of_a_step_does_not_grow(make_session, monkeypatch):
    """No step reads more of the record than its own rows."""
    session = make_session(length=5000)
    session.seek(4990)
    read = []
    for array in session.run._arrays.values():
        monkeypatch.setattr(array, "read", lambda *span: read.append(span))
    for _ in range(5):
        session.step_forward()
    assert read == []


def test_settings_are_plain_data(make_session):
    session = make_session()
    init = InitializationSettings(seed=4)
    session.apply(Settings(initialization=init, sequence=SequenceSettings(length=3)))
    text = session.settings.model_dump_json()
    assert Settings.model_validate_json(text) == session.settings
    np.testing.assert_array_equal(session.trace.inputs.shape, (0, 1, 5))


@pytest.mark.parametrize("part", ["build_network", "build_inputs", "build_run"])
def test_what_fails_on_the_way_leaves_everything_as_it_was(make_session, monkeypatch, part):
    session = make_session()
    session.seek(2)
    before = (session.settings, session.network, session.run, session.cursor)

    def fail(*_):
        raise MemoryError("no room")

    monkeypatch.setattr(building, part, fail)
    other = Settings.model_validate({"network": {"kind": "rnn"}, "sequence": {"seed": 9}})
    with pytest.raises(MemoryError):
        session.apply(other)
    assert (session.settings, session.network, session.run, session.cursor) == before
    session.step_forward()
    assert session.cursor == 3


def test_where_nothing_is_random_drawing_says_so(make_session):
    session = make_session(scheme=Eye())
    said, before = [], session.settings
    session.notice.connect(said.append)
    session.draw_new_weights()
    assert session.settings is before
    assert "Nothing to draw" in said[0]


def test_drawing_many_weights_is_said_beforehand(make_session, monkeypatch):
    monkeypatch.setattr(session_module, "MANY_WEIGHTS", 1000)
    session = make_session(kind="rnn_cell")
    said = []
    session.notice.connect(lambda sentence: said.append((sentence, session.settings)))
    before = session.settings
    session.apply(changed(before, hidden_size=40))
    assert said[0] == ("Drawing 1,880 weights …", before)
    assert said[-1][0].startswith("New network")


# What is shown of a record, kept in a file, or written as code


def recorded_settings(seed):
    """Return settings that show the record of a cell, and the record itself."""
    torch.manual_seed(seed)
    cell, inputs = torch.nn.RNNCell(3, 4), torch.randn(9, 3)
    return settings_of_module(cell, inputs), rnnviz.trace(cell, inputs)


def test_from_record_to_record_the_cursor_and_the_colours_stay_and_undo_leaves_them(make_session):
    session = make_session(length=20)
    session.seek(5)
    before, run = session.settings, session.run
    (first, one), (second, two) = recorded_settings(1), recorded_settings(2)
    session.show_record(first, begins=True)
    session.apply(changed(session.settings, weight_range=2.0))
    for shown, trace in ((second, two), (first, one)):
        kept = []
        session.trace_reset.connect(lambda: kept.append(session.keeps_place))  # noqa: B023
        session.show_record(shown)
        session.trace_reset.disconnect()
        assert kept == [True] and not session.keeps_place
        assert session.cursor == 5
        assert session.settings.initialization.weight_range == 2.0
        session.run_to_end()
        assert_same(session.trace.hidden, trace.hidden)
        session.seek(5)
    session.undo()  # the colours
    session.undo()  # all records at once
    assert session.settings == before and session.cursor == 5
    session.run_to_end()
    assert_same(session.trace.hidden, script(session.network, run.inputs, run.h0)[1])


def test_what_was_kept_is_opened_as_one_change(make_session):
    kept = make_session(kind="rnn_cell", length=30, start_state="carry")
    kept.run_to_end()
    kept.apply(changed(kept.settings, length=25))  # carries the last state over
    kept.seek(7)
    kept.select(pin=Pin("hidden", 2))
    moment, wanted = kept.moment(), np.asarray(kept.trace.hidden)
    session, said = make_session(), []
    before, earlier = session.settings, InitializationSettings(seed=9)
    session.notice.connect(said.append)
    session.open_moment(moment, earlier, "Monday")
    assert said[-1] == "Opened “Monday”."
    assert (session.settings, session.cursor) == (kept.settings, 7)
    assert session.selection == kept.selection
    assert_same(session.trace.hidden, wanted)
    session.restore_previous_weights()
    assert session.settings.initialization.seed == 9
    session.undo()
    session.undo()
    assert session.settings == before
    session.redo()
    assert (session.settings, session.cursor) == (kept.settings, 7)
    assert_same(session.trace.hidden, wanted)


def test_where_there_is_nothing_to_undo_nothing_happens(make_session):
    session = make_session()
    session.seek(3)
    run, before, said = session.run, session.settings, []
    for signal in (session.notice, session.returned, session.history_changed):
        signal.connect(lambda *_: said.append(1))
    session.undo()
    session.redo()
    assert (session.run, session.settings, session.cursor, said) == (run, before, 3, [])


@pytest.mark.parametrize("start", ["normal", "carry"])
def test_the_code_gives_the_record(make_session, start):
    session = make_session(kind="rnn", num_layers=2, length=30, start_state=start)
    session.run_to_end()
    session.apply(changed(session.settings, length=70))
    session.run_to_end()
    found: dict = {}
    exec(compile(session.code(), "<script>", "exec"), found)
    assert_same(session.trace.hidden, found["hidden"])


def test_in_both_directions_the_last_state_is_torchs_h_n(session):
    session.open_preset("bidirectional")
    session.run_to_end()
    with torch.no_grad():
        _, h_n = session.network(session.run.inputs, session.run.h0)
    sequence = session.settings.sequence.model_copy(update={"start_state": "carry"})
    session.apply(session.settings.model_copy(update={"sequence": sequence}))
    assert torch.equal(session.run.h0, h_n)
