"""A run that reads what was recorded."""

import numpy as np
import pytest
import torch

from rnnviz.building import build, rebuild
from rnnviz.changes import difference, sentence_about, without_stale_replay
from rnnviz.memory import MemoryLimits
from rnnviz.networks.base import Interrupted
from rnnviz.settings import NetworkSettings, SequenceSettings, Settings
from rnnviz.traces.replay import Replay, ReplayedRun

LIMITS = MemoryLimits.of_this_machine()


class Kept:
    """States that no network would compute, and what was asked for of them."""

    def __init__(self, shape, outputs=None):
        self.states = np.random.default_rng(1).normal(size=shape).astype(np.float32)
        self.outputs = outputs
        self.asked = []

    def hidden(self, first, last):
        self.asked.append((first, last))
        return self.states[first:last]

    def output(self, first, last):
        return None if self.outputs is None else self.outputs[first:last]


def elman(steps=150):
    network = NetworkSettings(input_size=2, hidden_size=3, output_size=1)
    return Settings(network=network, sequence=SequenceSettings(length=steps))


def replayed(steps=150):
    kept = Kept((steps + 1, 1, 1, 3), np.zeros((steps, 1, 1), np.float32))
    return kept, elman(steps).model_copy(update={"replay": kept})


def test_it_reads_block_by_block_and_shows_just_that():
    kept, settings = replayed()
    run = build(settings, LIMITS).run
    assert isinstance(run, ReplayedRun) and isinstance(kept, Replay)
    assert kept.asked == [(0, 1)] and run.computed == 0
    run.compute_block(10)
    assert kept.asked[-1] == (1, 11) and run.computed == 10
    while run.computed < run.moves:
        run.compute_block(64)
    run.reveal(run.moves)
    np.testing.assert_array_equal(run.trace.hidden, kept.states)
    np.testing.assert_array_equal(run.trace.outputs, kept.outputs)


def test_a_stopped_read_leaves_what_was_there():
    _, settings = replayed()
    run = build(settings, LIMITS).run
    run.compute_block(10)
    with pytest.raises(Interrupted):
        run.compute_block(10, lambda: True)
    assert run.computed == 10


def test_with_both_directions():
    network = NetworkSettings(kind="rnn", input_size=2, hidden_size=3, bidirectional=True)
    kept = Kept((8, 2, 1, 3))
    settings = Settings(network=network, sequence=SequenceSettings(length=7), replay=kept)
    run = build(settings, LIMITS).run
    run.compute_block()
    run.reveal(run.moves)
    np.testing.assert_array_equal(run.trace.hidden, kept.states)


def test_any_change_of_the_record_leaves_it_and_says_so():
    _, old = replayed()
    new = old.model_copy(update={"sequence": old.sequence.model_copy(update={"seed": 1})})
    new = without_stale_replay(old, new)
    assert new.replay is None and difference(old, new).record
    assert sentence_about(old, new) == (
        "The record is left: from here on, the states are computed."
    )
    run = rebuild(build(old, LIMITS), new, difference(old, new), LIMITS).run
    run.compute_block(10)
    assert type(run) is not ReplayedRun
    computed = build(new, LIMITS).run
    computed.compute_block(10)
    assert torch.equal(*(torch.tensor(r.sequence("hidden", 0, 11)) for r in (run, computed)))


def test_a_change_of_colours_keeps_it():
    _, old = replayed()
    colours = old.initialization.model_copy(update={"weight_range": 2.0})
    new = old.model_copy(update={"initialization": colours})
    assert without_stale_replay(old, new) is new


def test_it_is_no_part_of_the_json():
    _, settings = replayed()
    assert Settings.model_validate_json(settings.model_dump_json()) == elman()
