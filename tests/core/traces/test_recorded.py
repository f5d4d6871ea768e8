"""A recorded tensor knows how large its numbers are, up to every row."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as npst

from rnnviz.traces import record
from rnnviz.traces.recorded import RecordedArray, measured, measures_of

anything = npst.arrays(
    np.float32,
    st.tuples(st.integers(0, 12), st.integers(0, 3)),
    elements=st.floats(width=32),
)


def plain(values):
    """Return the largest finite magnitude."""
    return float(np.abs(values[np.isfinite(values)]).max(initial=0))


def odd_rows(rows):
    """Return the rows that hold what is not finite."""
    return [place for place, row in enumerate(rows) if not np.isfinite(row).all()]


@given(anything)
def test_the_magnitude_of_a_row_is_that_of_its_largest_finite_number(rows):
    before = rows.copy()
    largest, odd = measured(rows)
    assert largest.tolist() == [plain(row) for row in rows]
    assert odd.tolist() == odd_rows(rows)
    np.testing.assert_array_equal(rows, before)


@pytest.mark.parametrize(("kind", "row", "wanted"), [("u1", [3, 1], 3), ("i1", [-128, 1], 128)])
def test_whole_numbers_have_a_magnitude_too(kind, row, wanted):
    assert measured(np.array([row], kind))[0].tolist() == [wanted]


@given(anything, st.integers(1, 200))
def test_the_largest_number_is_found_slice_by_slice(rows, slice_bytes):
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(record, "SLICE_BYTES", slice_bytes)
        first = next(iter(odd_rows(rows)), None)
        assert measures_of(rows) == (plain(rows), first)


@given(anything, st.integers(0, 12))
def test_the_largest_number_up_to_a_row_does_not_look_ahead(rows, split):
    array = RecordedArray(rows.shape[1:], rows.dtype, len(rows))
    array.append(rows[:split])
    array.append(rows[split:])
    found = [array.largest(count) for count in range(len(rows) + 1)]
    assert found == [plain(rows[:count]) for count in range(len(rows) + 1)]
    assert array.first_not_finite == next(iter(odd_rows(rows)), None)


def test_what_is_cut_is_forgotten():
    array = RecordedArray((), np.float64, 40)
    array.append(np.arange(40.0))
    array.cut(20)
    assert (len(array), array.largest(20)) == (20, 19)
    array.append(np.zeros(20))
    assert array.largest(40) == 19
    assert array.pools.read(1, 0, 2).tolist() == [15, 19]


def test_an_odd_row_that_is_cut_is_forgotten():
    array = RecordedArray((), np.float64, 40)
    array.append(np.array([0.0, np.nan, 1.0, np.inf]))
    assert array.first_not_finite == 1
    array.cut(2)
    assert array.first_not_finite == 1
    array.cut(1)
    assert array.first_not_finite is None
    array.append(np.array([2.0, -np.inf]))
    assert array.first_not_finite == 2
