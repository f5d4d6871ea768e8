"""How much memory there is, and what a run takes of it."""

import os
import re
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rnnviz import memory
from rnnviz.memory import MemoryLimits, Sizes, most_steps, physical_memory, pooled_rows


def test_the_memory_of_this_machine_is_what_the_system_says():
    found = physical_memory()
    assert found > 2**28
    if sys.platform == "linux":
        (total,) = re.findall(r"MemTotal: +(\d+) kB", Path("/proc/meminfo").read_text())
        assert found == pytest.approx(int(total) * 1024, rel=0.01)


@pytest.mark.parametrize(
    ("physical", "budget", "in_memory"),
    [(16 * 2**30, 8 * 2**30, 4 * 2**30), (2**30, 2**30, 2**29), (0, 2**30, 2**29)],
)
def test_a_run_may_take_half_of_it_and_at_least_a_gigabyte(
    monkeypatch, physical, budget, in_memory
):
    monkeypatch.setattr(memory, "physical_memory", lambda: physical)
    assert MemoryLimits.of_this_machine() == MemoryLimits(budget, in_memory)


def test_a_system_that_does_not_tell_has_none(monkeypatch):
    def unknown(name):
        raise ValueError("unrecognized configuration name")

    monkeypatch.setattr(os, "sysconf", unknown)
    assert physical_memory() == 0


@pytest.mark.parametrize(("row_bytes", "steps"), [(0, 2**23), (1, 2**23), (2**20, 8), (2**30, 1)])
def test_a_chunk_is_of_8_mib_or_one_step(row_bytes, steps):
    assert most_steps(row_bytes) == steps


@pytest.mark.parametrize(
    ("rows", "pools"), [(0, 0), (15, 0), (16, 1), (255, 15), (256, 17), (100_001, 6250 + 390)]
)
def test_only_whole_pools_count(rows, pools):
    assert pooled_rows(rows) == pools


def test_what_a_run_takes_in_numbers():
    sizes = Sizes(steps=32, block_steps=1, inputs=10, hidden=100, output=0)
    assert sizes.record == (33 + 2) * 100 + 33 * 8
    assert sizes.others == 32 * 10 + 2 * 10 + 3 * 100 + 3 * 32 * 100


def test_the_remainder_of_a_sequence_is_computed_with_the_last_block():
    huge = Sizes(steps=1000, block_steps=64, inputs=0, hidden=2**30, output=0)
    assert huge.others == (3 + 3 * (64 + 63)) * 2**30


@given(st.integers(1, 500), st.sampled_from((1, 64)), st.sampled_from((1, 2**17, 2**22)))
def test_a_longer_sequence_never_takes_less(steps, block_steps, hidden):
    one, two = (Sizes(count, block_steps, 3, hidden, 5) for count in (steps, steps + 1))
    assert one.record + one.others < two.record + two.others
