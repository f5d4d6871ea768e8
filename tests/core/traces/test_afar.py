"""What a picture shows of many steps and units: in each place the largest magnitude."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from rnnviz.pooling import POOL
from rnnviz.traces.afar import Rows, table_of
from rnnviz.traces.pools import Pools


def rows_of(values, first, pooled=False):
    pools = None
    if pooled:
        pools = Pools(lambda a, b: values[a:b], values.shape[1:], values.dtype)
        pools.extend(len(values))

    def read(a, b):
        assert 0 <= a < b <= len(values)
        return values[a:b]

    return Rows(len(values), values.shape[1], first, 2**19, read, pools.read if pools else None)


def largest(block):
    """Return the entry of largest magnitude, the first of several, or NaN."""
    flat = block.T.ravel()
    return np.nan if np.isnan(flat).any() else flat[np.abs(flat).argmax()]


@given(
    st.integers(1, 120), st.integers(1, 40), st.integers(0, 1), st.integers(1, 60),
    st.integers(1, 50), st.integers(0, 2**32 - 1),
)  # fmt: skip
def test_each_place_shows_its_largest_magnitude(steps, units, first, most, height, seed):
    slots = min(most, steps + 1)
    values = np.random.default_rng(seed).integers(-9, 9, (steps + 1 - first, units)) / 4.0
    table = table_of(rows_of(values, first), slots, steps, height)
    assert table.shape == (min(units, height), slots)
    # A step belongs to the place in which its middle lies.
    times = np.floor((np.arange(first, steps + 1) + 0.5) * slots / (steps + 1)).astype(int)
    places = np.arange(units) * height // units if units > height else np.arange(units)
    for slot in range(slots):
        for place in range(len(table)):
            block = values[times == slot][:, places == place]
            wanted = largest(block) if block.size else 0.0
            assert abs(table[place, slot]) == abs(wanted)


def test_pools_are_read_where_they_are_smaller_than_a_place():
    values = np.zeros((10_001, 3), np.float32)
    values[7_050, 1] = -0.5
    values[10_000, 2] = 0.25  # in no whole pool
    read = []
    rows = rows_of(values, 0, pooled=True)
    counted = Rows(
        rows.count, 3, 0, rows.step_bytes,
        lambda a, b: read.append((a, b)) or rows.read(a, b), rows.pooled,
    )  # fmt: skip
    table = table_of(counted, 100, 10_000, 50)
    assert read == [(10_000, 10_001)]
    assert np.flatnonzero(table[1]).tolist() == [70]
    assert table[1, 70] == -0.5 and table[2, 99] == 0.25 and np.count_nonzero(table) == 2


def test_pools_of_pools_are_read_from_afar():
    values = np.zeros((POOL**2 * 50 + 3, 1), np.float32)
    values[POOL**2 * 30 + 5] = np.nan
    rows = rows_of(values, 0, pooled=True)
    levels = []
    counted = Rows(
        rows.count, 1, 0, 4, rows.read,
        lambda level, a, b: levels.append(level) or rows.pooled(level, a, b),
    )  # fmt: skip
    table = table_of(counted, 25, len(values) - 1, 10)
    assert set(levels) == {2}
    assert np.flatnonzero(np.isnan(table[0])).tolist() == [15]


def test_whole_numbers_and_no_rows_at_all():
    whole = np.array([[3], [-128]], np.int8)
    assert table_of(rows_of(whole, 1), 3, 2, 4).tolist() == [[0.0, 3.0, -128.0]]
    assert table_of(rows_of(np.zeros((0, 2)), 1), 1, 0, 4).tolist() == [[0.0], [0.0]]
