"""The growing array and its view behave as a numpy array does."""

import numpy as np
import pytest
import torch
from hypothesis import example, given
from hypothesis import strategies as st
from hypothesis.extra import numpy as npst

from rnnviz.traces import record
from rnnviz.traces.record import ArrayView, GrowingArray

ROW_SHAPES = ((), (3,), (2, 1, 3), (2, 0, 3))


def filled(count, row_shape=(2,), dtype=np.float32):
    """Return an array with known numbers, and the same as one numpy array."""
    rows = np.arange(count * int(np.prod(row_shape)), dtype=dtype).reshape(count, *row_shape)
    growing = GrowingArray(row_shape, dtype)
    growing.append(rows)
    return growing, rows


@pytest.fixture(autouse=True)
def small_blocks(monkeypatch):
    """Blocks of four rows, so that short arrays lie in several."""
    monkeypatch.setattr(record, "BLOCK_ROWS", 4)


@given(st.lists(st.integers(0, 11), max_size=8), st.sampled_from(ROW_SHAPES), st.data())
def test_what_was_appended_is_read(parts, row_shape, data):
    total = sum(parts)
    _, rows = filled(total, row_shape)
    growing, done = GrowingArray(row_shape, np.float32), 0
    for part in parts:
        growing.append(rows[done : done + part])
        done += part
        assert len(growing) == done
    first = data.draw(st.integers(0, total))
    last = data.draw(st.integers(first, total))
    np.testing.assert_array_equal(growing.read(first, last), rows[first:last], strict=True)


def test_appending_copies_and_reading_does_not():
    rows = np.zeros((6, 2), np.float32)
    growing = GrowingArray((2,), np.float32)
    growing.append(rows)
    rows[:] = 1
    assert not growing.read(0, 6).any()
    assert np.shares_memory(growing.read(0, 3), growing.read(2, 4))


def test_rows_read_before_stay_when_more_are_appended():
    growing, rows = filled(3)
    before = growing.read(0, 3)
    growing.append(rows + 100)
    np.testing.assert_array_equal(before, rows)


def test_what_was_read_cannot_be_written():
    growing, _ = filled(6)
    for first, last in ((0, 3), (0, 6)):
        with pytest.raises(ValueError, match="read-only"):
            growing.read(first, last)[0] = 1


def test_appending_more_does_not_copy_what_is_there(monkeypatch):
    monkeypatch.setattr(record, "BLOCK_ROWS", 1024)
    growing, rows = filled(1024 * 3)
    addresses = [growing.read(n * 1024, n * 1024 + 1).ctypes.data for n in range(3)]
    for _ in range(3):
        growing.append(rows)
    assert addresses == [growing.read(n * 1024, n * 1024 + 1).ctypes.data for n in range(3)]


@given(st.integers(0, 20), st.integers(1, 7), st.data())
def test_with_a_known_length_there_is_room_for_these_rows_and_no_others(total, part, data):
    made = []

    def allocate(shape, dtype):
        made.append(shape[0])
        return np.empty(shape, dtype)

    growing = GrowingArray((2,), np.float32, total, allocate)
    rows = np.arange(total * 2, dtype=np.float32).reshape(total, 2)
    for first in range(0, total, part):
        growing.append(rows[first : first + part])
    assert sum(made) == total
    assert all(size == 4 for size in made[:-1])
    np.testing.assert_array_equal(growing.read(0, total), rows)
    with pytest.raises(ValueError, match=f"room for {total} rows"):
        growing.append(rows[:1] if total else np.zeros((1, 2), np.float32))


@pytest.mark.parametrize(
    ("row_bytes", "rows"), [(0, 4), (1, 4), (2**24, 4), (2**25, 2), (2**40, 1)]
)
def test_a_block_of_huge_rows_has_fewer(row_bytes, rows):
    assert record.rows_a_block(row_bytes) == rows


def test_a_failed_append_adds_nothing():
    growing, rows = filled(3)
    growing._allocate = lambda *_: 1 / 0
    with pytest.raises(ZeroDivisionError):
        growing.append(rows)
    assert len(growing) == 3
    growing._allocate = np.empty
    growing.append(rows)
    np.testing.assert_array_equal(growing.read(0, 6), np.concatenate((rows, rows)))


def test_rows_that_were_cut_are_written_anew():
    growing, rows = filled(7)
    growing.cut(2)
    growing.cut(5)
    assert len(growing) == 2
    growing.append(rows[:3] + 50)
    np.testing.assert_array_equal(growing.read(0, 5), np.concatenate((rows[:2], rows[:3] + 50)))


@pytest.mark.parametrize(
    ("rows", "sentence"),
    [
        (np.zeros((3, 1), np.float32), r"shape \(1,\) are not \(2,\)"),
        (np.zeros(2, np.float32), r"shape \(\) are not \(2,\)"),
        (np.zeros((3, 2), np.float64), "float64 would lose digits as float32"),
    ],
)
def test_other_rows_are_refused(rows, sentence):
    growing, _ = filled(3)
    with pytest.raises(ValueError, match=sentence):
        growing.append(rows)
    assert len(growing) == 3


def keys(shape):
    """Return every kind of index that numpy knows."""
    basic = npst.basic_indices(shape, allow_newaxis=True, allow_ellipsis=True)
    return (
        basic
        | npst.integer_array_indices(shape)
        | npst.arrays(bool, shape)
        | st.lists(st.integers(-shape[0], shape[0] - 1), max_size=5)
        | st.integers(-shape[0] - 2, shape[0] + 1)
        | st.slices(shape[0])
    )


@given(st.integers(1, 13), st.sampled_from([(3,), (2, 3), (2, 1, 3)]), st.data())
def test_any_index_gives_what_numpy_gives(count, row_shape, data):
    growing, rows = filled(count + 2, row_shape)
    view, wanted = ArrayView(growing, count), rows[:count]
    key = data.draw(keys(wanted.shape))
    try:
        expected = wanted[key]
    except IndexError:
        with pytest.raises(IndexError):
            view[key]
    else:
        found = view[key]
        assert type(found) is type(expected)
        np.testing.assert_array_equal(found, expected, strict=True)


@pytest.mark.parametrize(
    "key",
    [
        (2, slice(None), [0, 1, 1]),  # the array's axis comes first beside an integer
        (slice(1, 9, 3), [1, 0]),
        (slice(1, 9, 3), 0, [2, 0]),
        (slice(1, 9, 3), -1),
        (slice(None, None, -2), ..., 0),
        (..., 1),
        (None, 3),
        (np.int64(4), 1),
        (),
        True,
        np.array(5),
        [True, False] * 5,
    ],
)
def test_indices_that_are_easily_missed(key):
    growing, rows = filled(10, (2, 3))
    np.testing.assert_array_equal(ArrayView(growing, 10)[key], rows[key], strict=True)


@pytest.mark.parametrize("key", [10, -11, (0, 2), (slice(0, 0), 5), "1", 1.0, (1, 2, 3, 4)])
def test_errors_are_numpys(key):
    growing, rows = filled(10, (2, 3))
    with pytest.raises(IndexError):
        rows[key]
    with pytest.raises(IndexError):
        ArrayView(growing, 10)[key]


@given(st.integers(0, 13), st.sampled_from(ROW_SHAPES))
@example(count=0, row_shape=())
def test_a_view_reads_as_an_array(count, row_shape):
    growing, rows = filled(count + 3, row_shape)
    view, wanted = ArrayView(growing, count), rows[:count]
    assert view.shape == wanted.shape
    assert view.ndim == wanted.ndim
    assert view.dtype == wanted.dtype
    assert len(view) == count
    np.testing.assert_array_equal(np.asarray(view), wanted, strict=True)
    assert [row.tolist() for row in view] == wanted.tolist()


def test_a_view_does_not_grow():
    growing, rows = filled(5)
    view = ArrayView(growing, 5)
    growing.append(rows)
    assert view.shape == (5, 2)
    np.testing.assert_array_equal(view[-1], rows[-1])


def test_a_slice_reads_only_the_blocks_it_needs(monkeypatch):
    growing, _ = filled(40)
    read = []
    plain = growing.read
    monkeypatch.setattr(growing, "read", lambda *span: read.append(span) or plain(*span))
    view = ArrayView(growing, 40)
    view[7], view[10:20:3], view[20:10:-2], view[5:5], view[6:10, 1], view[1:30:9, None]
    assert read == [
        *[(7, 8)],
        *[(10, 11), (13, 14), (16, 20)],
        *[(20, 21), (16, 19), (12, 15)],
        *[(0, 0)],
        *[(6, 8), (8, 10)],
        *[(1, 2), (10, 11), (19, 20), (28, 29)],
    ]


@pytest.mark.parametrize(
    "key", [slice(None, None, 9), (slice(None), 1), (slice(30, 3, -4), ..., 0)]
)
def test_what_is_picked_from_many_blocks_keeps_no_other_rows_alive(key):
    growing, rows = filled(40)
    found = ArrayView(growing, 40)[key]
    np.testing.assert_array_equal(found, rows[key], strict=True)
    assert found.base is None
    assert not found.flags.writeable


def test_numpy_gets_a_dtype_and_a_copy_where_it_asks():
    growing, rows = filled(6)
    view = ArrayView(growing, 6)
    assert np.asarray(view, np.float64).dtype == np.float64
    copy = np.array(view)
    copy[:] = -1
    np.testing.assert_array_equal(view[:], rows)
    np.testing.assert_array_equal(np.add(view, 1), rows + 1)


def test_an_array_without_a_copy_is_refused_where_it_cannot_be():
    growing, _ = filled(6)
    with pytest.raises(ValueError, match="lies in blocks"):
        ArrayView(growing, 6).__array__(copy=False)
    with pytest.raises(ValueError, match="lies in blocks"):
        ArrayView(growing, 3).__array__(np.float64, copy=False)
    assert np.shares_memory(ArrayView(growing, 3).__array__(copy=False), growing.read(0, 3))


@given(st.integers(0, 13), st.sampled_from(ROW_SHAPES))
def test_torch_takes_a_view(count, row_shape):
    growing, rows = filled(count, row_shape)
    view = ArrayView(growing, count)
    for tensor in (torch.as_tensor(view), torch.from_dlpack(view)):
        np.testing.assert_array_equal(tensor.numpy(), rows, strict=True)


def test_a_tensor_made_from_a_view_is_its_own():
    growing, rows = filled(3)
    view = ArrayView(growing, 3)
    torch.from_dlpack(view).zero_()
    torch.as_tensor(view).zero_()
    np.testing.assert_array_equal(view[:], rows)


def test_a_view_says_what_it_is():
    growing, _ = filled(6, (2, 3))
    assert repr(ArrayView(growing, 6)) == "<ArrayView shape=(6, 2, 3) dtype=float32>"
