import hypothesis.extra.numpy as hnp
import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from rnnviz.arrays import Stored
from rnnviz.limits import MAX_LENGTH
from rnnviz.sequences import Loaded
from rnnviz.settings import NetworkSettings, SequenceSettings, Settings
from rnnviz.validation import problems_of

floats = st.floats(-100, 100, width=32)
tables = hnp.array_shapes(min_dims=1, max_dims=3, max_side=6).flatmap(
    lambda shape: hnp.arrays(np.float32, shape, elements=floats)
)


def drawn(source, batch=None):
    size = source.needs_inputs()
    batch = batch or source.own_batch() or 1
    return source.draw(source.own_length(), batch, size, torch.Generator())


def loaded(values, **fields):
    return Loaded(file="own.npy", data=Stored(values), **fields)


@given(tables)
def test_the_numbers_of_the_file_to_the_bit(values):
    x = drawn(loaded(values))
    shape = {1: (-1, 1, 1), 2: (len(values), 1, -1), 3: values.shape}[values.ndim]
    assert x.equal(torch.from_numpy(values).reshape(shape))
    assert x.is_contiguous() and x.data_ptr() % 16 == 0


@given(tables)
def test_batch_first_swaps_the_axes_of_a_batch_alone(values):
    x = drawn(loaded(values, batch_first=True))
    plain = drawn(loaded(values))
    if values.ndim == 3:
        assert x.equal(torch.from_numpy(values).transpose(0, 1))
    else:
        assert x.equal(plain)


def test_a_range_of_steps():
    source = loaded(np.arange(10.0), first=3, last=5)
    assert source.own_length() == 3
    assert drawn(source).flatten().tolist() == [2, 3, 4]
    assert drawn(loaded(np.arange(10.0), first=9)).flatten().tolist() == [8, 9]
    assert drawn(loaded(np.arange(3.0), last=99)).flatten().tolist() == [0, 1, 2]


@pytest.mark.parametrize(
    ("columns", "taken"),
    [
        ("", [0, 1, 2, 3]),
        ("2", [2]),
        ("3, 0", [3, 0]),
        ("1-3", [1, 2, 3]),
        (" 0 - 1 ,3 ", [0, 1, 3]),
        ("warm, day-night", [0, 3]),
        ("2,, 0,", [2, 0]),
        (" , ", [0, 1, 2, 3]),
    ],
)
def test_columns_by_number_range_and_name(columns, taken):
    values = np.arange(8.0).reshape(2, 4)
    names = ("warm", "wet", "wind", "day-night")
    source = loaded(values, columns=columns, names=names)
    assert drawn(source)[1, 0].tolist() == [4.0 + k for k in taken]
    assert source.unit_names() == tuple(names[k] for k in taken)
    assert loaded(values, columns="1").unit_names() is None


def test_a_name_with_a_comma():
    source = loaded(np.zeros((2, 3)), columns="speed, km/h", names=("a", "speed, km/h", "b"))
    assert source.chosen() == [1]


@given(st.sets(st.integers(0, 4)), st.permutations(["0", "1", "2", "3", "1-2"]))
def test_columns_are_clicked_away_whatever_they_are_called(gone, names):
    source = loaded(np.zeros((2, 5)), names=tuple(names))
    for column in gone:
        source = source.with_toggled(names[column])
    assert source.chosen() == (sorted({*range(5)} - gone) or [*range(5)])


def test_a_click_after_what_cannot_be_read_begins_with_all_columns():
    source = loaded(np.zeros((2, 3)), columns="warm, 7", names=("a", "b", "c"))
    assert source.needs_inputs() is None
    assert source.with_toggled("b").chosen() == [0, 2]
    assert source.with_toggled("none of them") == source


@pytest.mark.parametrize(
    ("shape", "batch_first", "said"),
    [
        ((1200,), False, "own.npy: 1,200 (time)."),
        ((3, 2), True, "own.npy: 3 × 2 (time, features)."),
        ((3, 4, 2), False, "own.npy: 3 × 4 × 2 (time, batch, features)."),
        ((3, 4, 2), True, "own.npy: 3 × 4 × 2 (batch, time, features)."),
    ],
)
def test_what_is_in_the_file_is_said_with_its_axes(shape, batch_first, said):
    source = loaded(np.zeros(shape), batch_first=batch_first)
    assert source.about() == said
    assert source.idle_fields() == (set() if len(shape) == 3 else {"batch_first"})
    assert Loaded().about() == Loaded.sentence


def test_as_many_names_as_columns():
    assert loaded(np.zeros(3), names=("a",)).unit_names() == ("a",)
    with pytest.raises(ValueError, match="There are 2 names for 3 columns"):
        loaded(np.zeros((2, 3)), names=("a", "b"))
    with pytest.raises(ValidationError, match="one to three axes") as caught:
        loaded(np.zeros((1, 1, 1, 1)), names=("a", "b"))
    assert caught.value.error_count() == 1


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"columns": "4"}, "There is no column 4: they are 0 to 3."),
        ({"columns": "2-1"}, "There is no column 2-1: they are 0 to 3."),
        ({"columns": "warm"}, "There is no column called “warm” in own.npy."),
        ({"first": 3}, "No step is left: own.npy has 2 steps, from 1 to 2."),
        ({"first": 2, "last": 1}, "No step is left: own.npy has 2 steps, from 1 to 2."),
        ({"columns": "0"}, "1 column of own.npy go in and the input has 4 units: "
         "set the input size to 1."),
    ],
)  # fmt: skip
def test_what_does_not_fit_is_said(fields, said):
    source = loaded(np.zeros((2, 4)), **fields)
    network = NetworkSettings(input_size=4)
    settings = Settings(network=network, sequence=SequenceSettings(source=source))
    assert [problem.sentence for problem in problems_of(settings)] == [said]
    with pytest.raises(ValueError, match=r"\S"):
        source.draw(2, 1, 4, torch.Generator())


def test_without_a_file_there_is_nothing_to_draw():
    said = "Open a file with numbers first: File > Open, or drop it on the window."
    assert Loaded().misfit(1, 1) == said


def test_too_many_steps_are_said_with_the_limit():
    source = loaded(np.zeros(MAX_LENGTH + 1))
    assert source.misfit(source.own_length(), 1) == (
        "These are 100,001 steps; at most 100,000 are possible. "
        "Choose fewer with From step and To step."
    )
    assert loaded(np.zeros(MAX_LENGTH + 1), first=2).misfit(MAX_LENGTH, 1) is None


def test_a_batch_of_its_own():
    source = loaded(np.arange(24.0).reshape(2, 3, 4))
    assert source.own_batch() == 3 and source.needs_inputs() == 4
    assert source.batch_misfit(2) == "The source has 3 sequences: set the batch to 3."
    assert source.batch_misfit(3) is None
    with pytest.raises(ValueError, match="3 sequences"):
        source.draw(2, 1, 4, torch.Generator())


def test_one_sequence_is_copied_for_a_batch():
    x = drawn(loaded(np.arange(6.0).reshape(3, 2)), batch=4)
    assert x.shape == (3, 4, 2) and x.is_contiguous()
    assert all(x[:, k].equal(x[:, 0]) for k in range(4))


@given(hnp.arrays(np.float32, (7, 3), elements=floats))
def test_standardised_as_torch_does(values):
    values[:, 2] = 0.1  # one that never changes
    x = drawn(loaded(values, standardise=True))[:, 0].double()
    exact = torch.from_numpy(values).double()
    varies = exact.amax(0) > exact.amin(0)
    std, mean = torch.std_mean(exact, 0, correction=0)
    wanted = torch.where(varies, (exact - mean) / torch.where(varies, std, 1), 0)
    torch.testing.assert_close(x, wanted, rtol=1e-6, atol=1e-6)


def test_what_is_not_finite_stays_so_and_spoils_no_column():
    values = np.array([[1, 1], [np.nan, 2], [3, np.inf], [5, 3]], np.float32)
    x = drawn(loaded(values, standardise=True))[:, 0]
    assert x[:, 0].isnan().tolist() == [False, True, False, False]
    assert x[2, 1] == torch.inf
    assert abs(x[x[:, 0].isfinite(), 0].mean()) < 1e-6


def test_the_length_must_be_its_own():
    with pytest.raises(ValueError, match="has 2 steps, not 3"):
        loaded(np.zeros((2, 1))).draw(3, 1, 1, torch.Generator())


def test_four_axes_are_no_sequence():
    with pytest.raises(ValueError, match="one to three axes, not 4"):
        loaded(np.zeros((1, 1, 1, 1)))
