"""What lies between two runs: magnitudes, places, single steps, numbers that are not finite."""

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from oracles import expanding, hidden_sizes, input_sizes, seeds
from torch import nn

from rnnviz.lockstep.gap import Gap, differences
from rnnviz.networks import network_of
from rnnviz.traces.run import Run


def a_run(module, inputs, h0):
    return Run(network_of(module), inputs, h0)


def gap_of(one, other, *, blocks=(1000,), from_same_state=True, part="hidden"):
    gap = Gap(one, other, part, from_same_state=from_same_state, allocate=np.empty)
    for steps in blocks:
        for run in (one, other):
            run.compute_block(steps)
        gap.extend(min(one.computed, other.computed))
    return gap


def pair(input_size, hidden_size, length, batch, seed, other_seed):
    torch.manual_seed(seed)
    cell = expanding(nn.RNNCell(input_size, hidden_size))
    other = nn.RNNCell(input_size, hidden_size)
    other.load_state_dict(cell.state_dict())
    torch.manual_seed(other_seed)
    with torch.no_grad():
        other.bias_hh.normal_()
    inputs = torch.randn(length, batch, input_size)
    h0 = torch.randn(1, batch, hidden_size)
    return a_run(cell, inputs, h0), a_run(other, inputs, h0)


@given(input_sizes, hidden_sizes, st.integers(1, 90), st.integers(1, 3), seeds, seeds)
def test_largest_difference_and_its_place_are_those_of_the_whole_records(
    input_size, hidden_size, length, batch, seed, other_seed
):
    one, other = pair(input_size, hidden_size, length, batch, seed, other_seed)
    gap = gap_of(one, other, blocks=[1, 7, 100])
    found = (other.sequence("hidden", 0, length + 1) - one.sequence("hidden", 0, length + 1))[:, 0]
    for step in range(length + 1):
        place = gap.largest(step)
        assert place.difference == pytest.approx(np.abs(found[: step + 1]).max())
        at = found[place.step, place.sequence, place.unit]
        assert abs(at) == pytest.approx(place.difference)
    assert np.array_equal(gap.values.read(0, length + 1), found)


@given(input_sizes, hidden_sizes, st.integers(1, 90), st.integers(1, 3), seeds, seeds)
def test_single_steps_begin_at_the_references_own_states(
    input_size, hidden_size, length, batch, seed, other_seed
):
    one, other = pair(input_size, hidden_size, length, batch, seed, other_seed)
    gap = gap_of(one, other, blocks=[3, 100])
    states = torch.from_numpy(one.sequence("hidden", 0, length + 1).copy())[:, 0]
    with torch.no_grad():
        for t in range(1, length + 1):
            stepped = other.network.module(one.inputs[t - 1], states[t - 1])
            wanted = float((stepped - states[t]).abs().max())
            assert gap.one_step[t] == pytest.approx(wanted, abs=1e-5)  # rounded otherwise
    largest, at = gap.largest_one_step(length)
    assert largest == np.nanmax(gap.one_step)
    assert gap.one_step[at] == largest


def test_a_gap_of_a_run_to_itself_is_nothing():
    one, _ = pair(3, 5, 10, 2, 0, 1)
    gap = gap_of(one, one)
    assert gap.largest(10).difference == 0
    assert gap.beyond(10) is None


def test_the_first_and_the_last_step_beyond_the_tolerance():
    one, other = pair(3, 5, 10, 1, 0, 1)
    gap = gap_of(one, other)
    assert gap.beyond(10) == (1, 10)
    assert gap.beyond(0) is None


def test_a_gap_that_closes_has_a_last_step():
    torch.manual_seed(0)
    cell = nn.RNNCell(3, 5)
    inputs = torch.randn(400, 1, 3)
    one, other = (a_run(cell, inputs, h0) for h0 in (torch.zeros(1, 1, 5), torch.ones(1, 1, 5)))
    gap = gap_of(one, other, from_same_state=False)
    first, last = gap.beyond(400)
    assert first == 0 and 2 < last < 300
    assert (gap.peaks[last + 1 :] <= gap.tolerances[last + 1 :]).all()


def test_each_step_is_judged_by_its_own_tolerance_also_when_states_grow():
    torch.manual_seed(0)
    cell = expanding(nn.RNNCell(4, 32, nonlinearity="relu"))
    inputs = torch.randn(300, 1, 4)
    one, other = (a_run(cell, inputs, h0) for h0 in (torch.zeros(1, 1, 32), torch.ones(1, 1, 32)))
    gap = gap_of(one, other, from_same_state=False)
    early, late = gap.tolerances[3], np.nanmax(gap.tolerances[np.isfinite(gap.tolerances)])
    assert early < 1e-3 < 1e6 < late
    assert gap.beyond(3) == (0, 3)
    assert gap.comparable(3) and not gap.comparable(300)


@given(st.lists(st.sampled_from([0.0, 1.0, -2.5, np.inf, -np.inf, np.nan]), min_size=2))
def test_equal_numbers_do_not_differ_also_where_they_are_not_finite(values):
    array = np.array(values, np.float32)
    assert np.array_equal(differences(array, array), np.zeros(len(values)))


def test_a_number_against_nan_is_further_apart_than_anything():
    one, other = pair(2, 3, 4, 1, 0, 1)
    with torch.no_grad():
        other.network.module.bias_hh[1] = torch.nan
    gap = gap_of(one, other)
    place = gap.largest(4)
    assert (place.difference, place.step, place.unit) == (np.inf, 1, 1)
