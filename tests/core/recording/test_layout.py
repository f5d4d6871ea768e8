"""How records are laid into chunks."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from rnnviz.recording.layout import LARGE_CHUNK, SMALL_CHUNK, chunk_records, chunk_rows, joined

shapes = st.lists(st.integers(1, 300), max_size=2).map(tuple)


@given(st.integers(1, 200_000), st.integers(1, 2**22))
def test_records_of_the_first_one_s_length_fill_whole_chunks(rows, row_bytes):
    chunk = chunk_rows(rows, row_bytes)
    if rows * row_bytes <= SMALL_CHUNK:
        assert chunk % rows == 0 and chunk * row_bytes <= SMALL_CHUNK
    else:
        assert 1 <= chunk <= rows
        assert chunk * row_bytes <= LARGE_CHUNK + row_bytes


def test_a_batch_of_none():
    assert chunk_rows(5, 0) == 5 * SMALL_CHUNK


@given(shapes)
def test_a_chunk_of_weights_has_one_version_at_least(shape):
    assert chunk_records(shape) >= 1


@given(
    st.lists(
        st.tuples(st.integers(0, 4), st.integers(0, 3), st.integers(0, 2)), min_size=1, max_size=5
    ),
    st.sampled_from((1, 2)),
)
def test_parts_stand_at_the_end_of_their_rows(sizes, axis):
    parts, rows = [], []
    for number, (length, batch, lead) in enumerate(sizes):
        shape = [length, 2, 2, 2]
        shape[axis] = batch
        parts.append(np.full(shape, number, np.float32))
        rows.append(length + lead)
    whole = joined(parts, rows, axis)
    assert len(whole) == sum(rows)
    end = 0
    for part, count in zip(parts, rows, strict=True):
        end += count
        found = np.moveaxis(whole[end - count : end], axis, 1)
        wanted = np.moveaxis(part, axis, 1)
        np.testing.assert_array_equal(found[count - len(part) :, : wanted.shape[1]], wanted)
        assert np.isnan(found[: count - len(part)]).all()
        assert np.isnan(found[:, wanted.shape[1] :]).all()


def test_a_single_part_that_fills_its_rows_is_not_copied():
    part = np.zeros((3, 1, 2, 4), np.float32)
    assert joined([part], [3], 2) is part
