"""Several entries become the one of largest magnitude."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as npst

from rnnviz.pooling import POOL, pool, pool_rows

anything = st.floats(width=32, allow_subnormal=False)


def shown(run):
    """Return what one run of numbers is seen as, number by number."""
    if any(np.isnan(run)):
        return np.nan
    largest = max(abs(value) for value in run)
    return largest if largest in run else -largest


@given(npst.arrays(np.float32, st.tuples(st.integers(1, 12), st.integers(1, 3)), elements=anything),
       st.data())  # fmt: skip
def test_each_run_shows_its_largest_magnitude(values, data):
    more = st.lists(st.integers(1, max(1, len(values) - 1)), max_size=4)
    starts = np.array(sorted({0, *data.draw(more)} & set(range(len(values)))))
    runs = [np.split(column, starts[1:]) for column in values.T]
    wanted = np.array([[shown(run) for run in column] for column in runs]).T
    found = pool(values, starts, axis=0)
    np.testing.assert_array_equal(found, wanted)
    assert found.dtype == np.float32
    np.testing.assert_array_equal(pool(values.T, starts, axis=1), wanted.T)


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
        starts = np.arange(0, len(values), POOL)
        np.testing.assert_array_equal(found, pool(values, starts, axis=0))


@pytest.mark.parametrize(
    ("run", "wanted"),
    [
        ([1.0, -2.0], -2.0),
        ([2.0, -2.0], 2.0),
        ([-2.0, 2.0], 2.0),
        ([1e30, -np.inf], -np.inf),
        ([np.inf, -np.inf], np.inf),
        ([np.inf, np.nan], np.nan),
    ],
)
def test_which_of_two_is_seen(run, wanted):
    assert pool_rows(np.array(run), 2) == pytest.approx([wanted], nan_ok=True)


def test_the_values_stay_as_they_were():
    values = np.array([1.0, -2.0, 3.0, -4.0])
    pool(values, np.array([0, 2]), axis=0)
    pool_rows(values, 2)
    assert values.tolist() == [1.0, -2.0, 3.0, -4.0]
