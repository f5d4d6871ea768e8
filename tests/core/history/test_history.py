"""The list of changes, against a plain list of all moments; and what it takes."""

import random
import tracemalloc
from itertools import pairwise

import numpy as np
import pytest
import torch
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from rnnviz import initialization
from rnnviz.arrays import Stored
from rnnviz.history import PAUSE, History, Moment
from rnnviz.limits import MAX_UNDO_BYTES, MAX_UNDO_STEPS
from rnnviz.presets import load_presets
from rnnviz.selection import Pin, Selection
from rnnviz.sequences import Values
from rnnviz.settings import InitializationSettings, NetworkSettings, SequenceSettings, Settings

LIMIT = 50_000_000


class Clock:
    """A clock that goes on when it is told to."""

    def __init__(self):
        self.now = 1000.0

    def __call__(self):
        return self.now


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def history(clock):
    return History(clock)


def sized(hidden_size=20, **others):
    return Moment(Settings(network=NetworkSettings(hidden_size=hidden_size)), **others)


def seeded(seed):
    return Moment(Settings(initialization=InitializationSettings(seed=seed)))


def go_through(history, moments, clock, pause=2 * PAUSE):
    """Record the way from each moment to the next one."""
    for before, after in pairwise(moments):
        clock.now += pause
        history.record(before, after)


def test_at_first_there_is_nothing(history):
    assert (history.undo_name, history.redo_name) == ("", "")
    assert history.before() is history.after() is None


def test_undo_and_redo_go_to_and_fro(history, clock):
    moments = [sized(20), sized(30), sized(40)]
    go_through(history, moments, clock)
    assert history.undo_name == "hidden size 30 → 40"
    assert history.before() == moments[1]
    history.undo(moments[2])
    assert (history.undo_name, history.redo_name) == ("hidden size 20 → 30", "hidden size 30 → 40")
    assert (history.before(), history.after()) == (moments[0], moments[2])
    history.redo(moments[1])
    assert (history.before(), history.after()) == (moments[1], None)


def test_a_redo_comes_back_to_where_the_undo_was_asked_for(history):
    preset = load_presets()["hello"]
    history.record(sized(20), sized(30))
    left = sized(30, cursor=7, selection=Selection(pin=Pin("hidden", 3)), preset=preset)
    history.undo(left)
    assert history.after() == left


def test_a_change_after_an_undo_drops_what_was_undone(history, clock):
    go_through(history, [sized(20), sized(30)], clock)
    history.undo(sized(30))
    history.record(sized(20), sized(50))
    assert history.redo_name == ""
    assert history.undo_name == "hidden size 20 → 50"


def test_the_same_settings_are_no_change_and_keep_the_redo(history):
    history.record(sized(20), sized(30))
    history.undo(sized(30))
    history.record(sized(20, cursor=3), sized(20))
    assert history.undo_name == ""
    assert history.redo_name == "hidden size 20 → 30"


# Bursts


def test_changes_of_one_field_in_a_burst_are_one_step(history, clock):
    go_through(history, [sized(n) for n in (20, 21, 22, 64)], clock, pause=0.9 * PAUSE)
    assert history.undo_name == "hidden size 20 → 64"
    assert history.before() == sized(20)
    history.undo(sized(64))
    assert history.undo_name == ""


def test_a_pause_ends_a_burst(history, clock):
    go_through(history, [sized(20), sized(21)], clock)
    clock.now += PAUSE
    history.record(sized(21), sized(22))
    assert history.undo_name == "hidden size 21 → 22"


def test_another_field_ends_a_burst(history, clock):
    both = Moment(
        Settings(network=NetworkSettings(hidden_size=21), sequence=SequenceSettings(length=50))
    )
    more = Moment(both.settings.model_copy(update={"network": NetworkSettings(hidden_size=22)}))
    go_through(history, [sized(20), sized(21), both, more], clock, pause=0.0)
    names = []
    for moment in (more, both, sized(21)):
        names.append(history.undo_name)
        history.undo(moment)
    assert names == ["hidden size 21 → 22", "length 40 → 50", "hidden size 20 → 21"]


def test_an_undo_a_redo_and_a_part_end_a_burst(history):
    history.record(sized(20), sized(21))
    history.undo(sized(21))
    history.redo(sized(20))
    history.record(sized(21), sized(22))
    history.part()
    history.record(sized(22), sized(23))
    assert history.undo_name == "hidden size 22 → 23"
    history.undo(sized(23))
    assert history.undo_name == "hidden size 21 → 22"
    history.undo(sized(22))
    assert history.undo_name == "hidden size 20 → 21"


def test_a_burst_that_ends_where_it_began_is_no_step(history, clock):
    go_through(history, [sized(20), sized(30)], clock)
    clock.now += 2 * PAUSE
    history.record(sized(30), sized(31))
    history.record(sized(31), sized(30))
    assert history.undo_name == "hidden size 20 → 30"
    history.record(sized(30), sized(33))  # a step of its own, not a part of the one before
    assert history.undo_name == "hidden size 30 → 33"


def test_opening_a_preset_is_a_step_of_its_own(history):
    presets = load_presets()
    first, second = list(presets.values())[:2]
    start = Moment(Settings())
    opened = Moment(first.settings, first)
    history.record(start, opened, first.title)
    history.record(opened, Moment(second.settings, second), second.title)
    assert history.undo_name == f"opening “{second.title}”"
    assert history.before() == opened
    history.undo(Moment(second.settings, second))
    assert history.undo_name == f"opening “{first.title}”"
    assert history.before() == start


def test_it_can_forget(history):
    history.record(sized(20), sized(30))
    history.record(sized(30), sized(40))
    history.undo(sized(40))
    history.clear()
    assert (history.undo_name, history.redo_name) == ("", "")


# A carried state


def test_a_carried_state_is_kept_as_it_is(history):
    carry = Settings(sequence=SequenceSettings(start_state="carry"))
    state = torch.randn(1, 1, 20)
    history.record(Moment(carry, carried=state), sized(30))
    assert history.before().carried is state


def test_a_burst_that_ends_in_another_carried_state_is_a_step(history):
    carry = Settings(sequence=SequenceSettings(start_state="carry"))
    longer = Settings(sequence=SequenceSettings(start_state="carry", length=41))
    first, second = (Moment(carry, carried=torch.zeros(1, 1, 20)) for _ in range(2))
    history.record(first, Moment(longer))
    history.record(Moment(longer), second)
    assert history.undo_name == "start state"
    assert history.before().carried is first.carried


# What it takes


def table(seed):
    """Return 10,000 numbers that nothing can compress, as settings."""
    draw = random.Random(seed).random
    rows = tuple(tuple(draw() for _ in range(100)) for _ in range(100))
    source = Values.model_construct(rows=rows)
    return Moment(Settings(sequence=SequenceSettings.model_construct(source=source)))


def test_two_hundred_large_tables_take_less_than_fifty_megabytes(history, clock):
    tracemalloc.start()
    try:
        before = table(0)
        start = tracemalloc.get_traced_memory()[0]
        for change in range(1, 201):
            clock.now += 2 * PAUSE
            after = table(change)
            history.record(before, after)
            before = after
        taken = tracemalloc.get_traced_memory()[0] - start
    finally:
        tracemalloc.stop()
    assert 5_000_000 < taken < LIMIT  # 200 tables are there, none as Python's own objects
    for change in reversed(range(200)):
        assert history.undo_name == "values of the sequence"
        before = history.before()
        if change % 40 == 0:
            assert before.settings == table(change).settings
        history.undo(before)
    assert history.undo_name == ""


def test_a_table_that_stays_is_kept_once(history, clock):
    moment = table(0)
    kept = [
        moment,
        *(
            Moment(moment.settings.model_copy(update={"network": NetworkSettings(hidden_size=n)}))
            for n in range(30, 100)
        ),
    ]
    tracemalloc.start()
    try:
        go_through(history, kept, clock)
        taken = tracemalloc.get_traced_memory()[0]
    finally:
        tracemalloc.stop()
    assert taken < 2_000_000


def weights(seed, millions=2):
    """Return settings with numbers of a file, 8 MB of them."""
    numbers = np.random.default_rng(seed).standard_normal(millions * 1_000_000, np.float32)
    scheme = initialization.Loaded(file=f"{seed}.pt", tensors={"W_hh": Stored(numbers)})
    return Moment(Settings(initialization=InitializationSettings(scheme=scheme)))


def test_arrays_are_given_back_themselves(history):
    start = weights(1)
    history.record(start, sized(30))
    found = history.before()
    assert found == start
    stored = start.settings.initialization.scheme.tensors["W_hh"]
    assert found.settings.initialization.scheme.tensors["W_hh"] is stored


def test_where_arrays_take_too_much_the_oldest_steps_go(history, clock):
    moments = [sized(20), *map(weights, range(10))]
    go_through(history, moments, clock)
    count = 0
    for now in reversed(moments):
        if not history.undo_name:
            break
        assert history.before().settings == moments[-2 - count].settings
        count += 1
        history.undo(now)
    assert count == (MAX_UNDO_BYTES - 1) // 8_000_000  # a step itself takes something, too


def test_arrays_are_counted_once_and_not_while_they_are_in_use(history, clock):
    large = weights(1, millions=20)  # twice as much as history may take
    scheme = large.settings.initialization
    moments = [
        Moment(Settings(initialization=scheme.model_copy(update={"weight_range": float(n)})))
        for n in range(5)
    ]
    go_through(history, moments, clock)
    for now in reversed(moments[1:]):
        assert history.undo_name.startswith("colour range")
        history.undo(now)
    assert history.undo_name == ""
    assert history.redo_name == "colour range automatic → 1"
    history.record(moments[0], sized(30))  # it would be history's alone from here on
    assert history.undo_name == ""


def test_what_is_undone_counts_too(history, clock):
    go_through(history, [sized(20), sized(30), weights(1, millions=20)], clock)
    assert history.undo_name == "opening “1.pt”"
    history.undo(weights(1, millions=20))
    assert history.redo_name == ""  # 80 MB
    assert history.before() == sized(20)


def test_the_oldest_of_very_many_steps_goes(history, clock):
    go_through(history, [seeded(n) for n in range(MAX_UNDO_STEPS + 11)], clock)
    names = []
    while history.undo_name:
        names.append(history.undo_name)
        history.undo(history.before())
    assert len(names) == MAX_UNDO_STEPS
    assert names[-1] == "new weights (seed 10 → 11)"


class Machine(RuleBasedStateMachine):
    """Changes, undo and redo in any order; a list of all moments and a place in it know better."""

    @initialize()
    def begin(self):
        self.clock = Clock()
        self.history = History(self.clock)
        self.moments, self.at = [sized(20)], 0

    @property
    def now(self):
        return self.moments[self.at]

    @rule(
        field=st.sampled_from(("hidden_size", "input_size", "length", "seed")),
        value=st.integers(1, 4),
        cursor=st.integers(0, 9),
    )
    def change(self, field, value, cursor):
        self.clock.now += 2 * PAUSE
        part = "network" if field.endswith("size") else "sequence"
        model = getattr(self.now.settings, part).model_copy(update={field: value})
        after = Moment(self.now.settings.model_copy(update={part: model}), cursor=cursor)
        self.history.record(self.now, after)
        if after.settings != self.now.settings:
            self.moments[self.at + 1 :] = [after]
            self.at += 1

    @rule(cursor=st.integers(0, 9))
    def move(self, cursor):
        self.moments[self.at] = Moment(self.now.settings, cursor=cursor)

    @rule()
    def undo(self):
        if self.at:
            self.history.undo(self.now)
            self.at -= 1

    @rule()
    def redo(self):
        if self.at + 1 < len(self.moments):
            self.history.redo(self.now)
            self.at += 1

    @invariant()
    def the_neighbours_are_the_lists(self):
        if hasattr(self, "moments"):
            before = self.moments[self.at - 1] if self.at else None
            after = self.moments[self.at + 1] if self.at + 1 < len(self.moments) else None
            assert (self.history.before(), self.history.after()) == (before, after)
            assert bool(self.history.undo_name) == (before is not None)
            assert bool(self.history.redo_name) == (after is not None)


TestMachine = Machine.TestCase
