"""Several entries become the one of largest magnitude."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rnnviz.pooling import POOL, Runs, larger, pool_rows, pool_table

anything = st.floats(width=32, allow_subnormal=False)


def shown(run):
    """Return what one run of numbers is seen as, number by number."""
    if any(np.isnan(run)):
        return np.nan
    return max(run, key=abs)  # the first of the largest


sides = st.one_of(  # uneven runs, and even ones of any length
    st.lists(st.integers(0, 4), min_size=1, max_size=12).map(sorted),
    st.builds(lambda count, size: [k // size for k in range(count)],
              st.integers(1, 150), st.integers(1, 70)),
)  # fmt: skip


@given(sides, sides, st.data())
def test_each_block_shows_its_largest_magnitude(rows, columns, data):
    some = data.draw(st.lists(anything, min_size=1, max_size=40))
    values = np.resize(np.array(some, np.float32), (len(rows), len(columns)))
    before = values.copy()
    found = pool_table(values, Runs.of(np.array(rows)), Runs.of(np.array(columns)))
    wanted = [
        [
            shown(values[np.ix_(np.array(rows) == row, np.array(columns) == column)].T.ravel())
            for column in sorted(set(columns))
        ]
        for row in sorted(set(rows))
    ]
    np.testing.assert_array_equal(found, np.array(wanted, np.float32))
    assert found.dtype == np.float32
    np.testing.assert_array_equal(values, before)


def test_blocks_of_one_are_the_values_themselves():
    values = np.ones((2, 3))
    assert pool_table(values, None, Runs.of(np.arange(3))) is values


@given(st.lists(st.tuples(anything, anything), min_size=1))
def test_of_two_the_larger_is_seen(pairs):
    one, other = np.array(pairs, np.float32).T
    np.testing.assert_array_equal(larger(one, other), [shown(pair) for pair in pairs])


@given(
    st.integers(0, 3), st.sampled_from([(), (2,), (1, 0, 3), (2, 3)]),
    st.sampled_from([np.float16, np.float32, np.float64]), st.integers(0, 99),
)  # fmt: skip
def test_rows_in_even_runs_are_pooled_alike(count, row_shape, dtype, seed):
    draw = np.random.default_rng(seed)
    values = draw.standard_normal((count * POOL, *row_shape)).astype(dtype)
    values[draw.random(values.shape) < 0.02] = np.nan
    values[draw.random(values.shape) < 0.02] = -np.inf
    found = pool_rows(values)
    assert (found.shape, found.dtype) == ((count, *row_shape), values.dtype)
    if values.size:
        table = values.reshape(len(values), -1)
        expected = pool_table(table, Runs.of(np.arange(len(values)) // POOL), None)
        np.testing.assert_array_equal(found.reshape(count, -1), expected)


@pytest.mark.parametrize(
    ("run", "wanted"),
    [
        ([1.0, -2.0], -2.0),
        ([2.0, -2.0], 2.0),
        ([-2.0, 2.0], -2.0),
        ([1e30, -np.inf], -np.inf),
        ([np.inf, -np.inf], np.inf),
        ([-np.inf, np.inf], -np.inf),
        ([np.inf, np.nan], np.nan),
    ],
)
def test_which_of_two_is_seen(run, wanted):
    assert pool_rows(np.array(run), 2) == pytest.approx([wanted], nan_ok=True)


def test_the_values_stay_as_they_were():
    values = np.array([1.0, -2.0, 3.0, -4.0])
    pool_rows(values, 2)
    assert values.tolist() == [1.0, -2.0, 3.0, -4.0]
