"""Pools are made as far as the rows reach, in slices."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rnnviz.pooling import POOL, pool_rows
from rnnviz.traces import record
from rnnviz.traces.pools import Pools


@given(
    st.lists(st.integers(0, 700), max_size=5),
    st.sampled_from([(), (3,), (2, 0), (1, 2, 3)]),
    st.integers(1, 2000),
)
def test_pools_hold_the_largest_of_their_rows(parts, row_shape, slice_bytes):
    values = np.random.default_rng(len(parts)).standard_normal((sum(parts), *row_shape))
    pools = Pools(lambda a, b: values[a:b], row_shape, values.dtype, len(values))
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(record, "SLICE_BYTES", slice_bytes)
        for rows in np.cumsum(parts):
            pools.extend(int(rows))
    for level in (1, 2):
        size = POOL**level
        count = len(values) // size
        wanted = pool_rows(values[: count * size], size)
        np.testing.assert_array_equal(pools.read(level, 0, count), wanted, strict=True)


def test_what_was_cut_is_made_again():
    values = np.arange(600, dtype=np.float32)
    pools = Pools(lambda a, b: values[a:b], (), np.float32)
    pools.extend(600)
    pools.cut(300)
    values[288:] = -7
    pools.extend(600)
    assert pools.read(1, 16, 19).tolist() == [271, 287, -7]
    assert pools.read(2, 0, 2).tolist() == [255, 287]


def test_rows_are_read_once_and_a_few_at_a_time(monkeypatch):
    monkeypatch.setattr(record, "SLICE_BYTES", 4 * POOL * 4)
    read = []
    values = np.zeros(200, np.float32)
    pools = Pools(lambda a, b: read.append((a, b)) or values[a:b], (), np.float32)
    pools.extend(100)
    pools.extend(120)
    assert read == [(0, 64), (64, 96), (96, 112)]


@pytest.mark.parametrize("level", [0, 3])
def test_there_are_two_levels(level):
    with pytest.raises(ValueError, match="not in tuple"):
        Pools(lambda a, b: np.zeros(b - a), (), np.float64).read(level, 0, 0)
