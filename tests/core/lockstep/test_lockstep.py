"""Runs that go together: the same records as alone, whatever the order; equality and chaos."""

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from oracles import expanding, hidden_sizes, input_sizes, seeds

from rnnviz import ElmanRNN
from rnnviz.building import build
from rnnviz.lockstep import SLIPS
from rnnviz.lockstep.lockstep import Lockstep, scene_of
from rnnviz.lockstep.scene import Setup
from rnnviz.memory import MemoryLimits
from rnnviz.networks import network_of
from rnnviz.networks.base import Interrupted
from rnnviz.settings import Settings
from rnnviz.traces.run import Run

LIMITS = MemoryLimits(2**33, 2**32)


def lockstep_of(module, inputs, h0, slip="none", kind="elman"):
    run = Run(network_of(module), inputs, h0)
    setup = Setup(kind, run, np.empty, seed=0)
    return Lockstep(run, scene_of(slip, setup), np.empty)


def finish(lockstep):
    while lockstep.computed < lockstep.moves:
        lockstep.compute_block(1000)
    lockstep.reveal(lockstep.moves)
    return lockstep


def elman(input_size, hidden_size, seed, bound=1.0):
    torch.manual_seed(seed)
    made = ElmanRNN(input_size, hidden_size, 2)
    for parameter in made.parameters():
        torch.nn.init.uniform_(parameter, -bound, bound)
    return made


@given(input_sizes, hidden_sizes, st.integers(1, 150), seeds, st.integers(1, 3))
def test_each_step_is_equal_within_the_tolerance(input_size, hidden_size, length, seed, batch):
    module = elman(input_size, hidden_size, seed)
    inputs = torch.randn(length, batch, input_size)
    lockstep = finish(lockstep_of(module, inputs, torch.zeros(1, batch, hidden_size)))
    assert len(lockstep.gaps) == 2
    for gap in lockstep.gaps.values():
        assert not gap.one_step_beyond(length)


@pytest.mark.parametrize("nonlinearity", ["tanh", "relu"])
@pytest.mark.parametrize("hidden_size", [1, 512, 2048])
def test_the_tolerance_holds_for_large_and_for_growing_numbers(nonlinearity, hidden_size):
    torch.manual_seed(0)
    module = expanding(ElmanRNN(7, hidden_size, 1, nonlinearity=nonlinearity))
    lockstep = lockstep_of(module, torch.randn(20, 1, 7), torch.zeros(1, 1, hidden_size))
    finish(lockstep)
    for gap in lockstep.gaps.values():
        assert not gap.one_step_beyond(20)


@given(st.lists(st.integers(1, 80), max_size=8), seeds)
def test_the_records_are_those_of_each_run_alone(cuts, seed):
    module, inputs = elman(3, 9, seed), torch.randn(150, 1, 3)
    lockstep = lockstep_of(module, inputs, torch.zeros(1, 1, 9))
    for steps in cuts:
        lockstep.compute_block(steps)
        done = lockstep.computed
        assert all(gap.steps >= done for gap in lockstep.gaps.values())
    finish(lockstep)
    for lane in lockstep.lanes:
        alone = Run(lane.run.network, inputs, torch.zeros(1, 1, 9))
        while alone.computed < alone.length:
            alone.compute_block(1000)
        assert np.array_equal(alone.sequence("hidden", 0, 151), lane.run.sequence("hidden", 0, 151))


def test_three_networks_stay_together_over_a_thousand_steps_of_256_units():
    torch.manual_seed(0)
    module = elman(10, 256, 0, bound=256**-0.5)
    lockstep = finish(lockstep_of(module, torch.randn(1000, 1, 10), torch.zeros(1, 1, 256)))
    largest = [gap.largest(1000).difference for gap in lockstep.gaps.values()]
    assert all(difference < 2e-6 for difference in largest)
    assert max(largest) > 0


def test_with_the_exercises_own_bounds_they_part_completely_and_each_step_is_right():
    torch.manual_seed(0)
    module = expanding(torch.nn.RNNCell(10, 128))
    inputs, h0 = torch.randn(60, 1, 10), torch.zeros(1, 1, 128)
    lockstep = finish(lockstep_of(module, inputs, h0, kind="rnn_cell"))
    for gap in lockstep.gaps.values():
        assert gap.largest(60).difference > 1.9
        assert not gap.one_step_beyond(60)


def test_where_chains_are_one_to_the_last_bit_so_are_their_steps():
    lockstep = lockstep_of(elman(10, 33, 0), torch.randn(80, 1, 10), torch.zeros(1, 1, 33))
    finish(lockstep)
    for gap in lockstep.gaps.values():
        same = np.flatnonzero(gap.peaks[:-1] == 0)
        assert np.array_equal(gap.one_step[same + 1], gap.peaks[same + 1])


def test_it_stops_when_it_is_told_to():
    lockstep = lockstep_of(elman(3, 5, 0), torch.randn(50, 1, 3), torch.zeros(1, 1, 5))
    with pytest.raises(Interrupted):
        lockstep.compute_block(50, lambda: True)
    assert lockstep.computed == 0
    assert finish(lockstep).computed == 50


def test_nothing_is_shown_before_it_is_revealed():
    lockstep = lockstep_of(elman(3, 5, 0), torch.randn(50, 1, 3), torch.zeros(1, 1, 5))
    lockstep.compute_block(50)
    lockstep.reveal(7)
    assert [lane.run.revealed for lane in lockstep.lanes] == [7, 7, 7]
    assert lockstep.revealed == 7


def test_a_network_of_several_layers_stands_alone_and_the_others_say_why():
    torch.manual_seed(0)
    module = torch.nn.RNN(3, 4, 2)
    lockstep = lockstep_of(module, torch.randn(5, 1, 3), torch.zeros(2, 1, 4), kind="rnn")
    finish(lockstep)
    assert not lockstep.gaps
    assert all("layers" in lane.said for lane in lockstep.lanes if lane.run is None)


@pytest.mark.parametrize("slip", SLIPS)
@pytest.mark.parametrize("kind", ["elman", "rnn_cell", "rnn"])
@settings(deadline=None)
@given(st.integers(1, 3), st.integers(1, 70), st.sampled_from(("zeros", "normal")))
def test_every_slip_of_every_kind_runs_to_the_end(slip, kind, batch, length, start_state):
    given_settings = Settings.model_validate(
        {
            "network": {"kind": kind, "hidden_size": 6, "batch_size": batch},
            "sequence": {"length": length, "start_state": start_state},
            "lockstep": {"on": True, "slip": slip},
        }
    )
    lockstep = finish(build(given_settings, LIMITS).lockstep)
    assert not [lane.said for lane in lockstep.lanes if lane.run is None]
    assert all(gap.steps == length for gap in lockstep.gaps.values())


@pytest.mark.parametrize("slip", SLIPS)
def test_with_both_directions_it_runs_or_says_why_not(slip):
    given_settings = Settings.model_validate(
        {
            "network": {"kind": "rnn", "num_layers": 2, "bidirectional": True, "hidden_size": 5},
            "lockstep": {"on": True, "slip": slip},
        }
    )
    built = build(given_settings, LIMITS)
    finish(built.lockstep)
    assert built.run.computed == 80
    said = [lane.said for lane in built.lockstep.lanes]
    assert not said if slip == "output_h_n" else "Both directions" in said[0]
