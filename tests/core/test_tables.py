"""Typed and pasted tables: round trips, what is tolerated, and the sentences."""

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from rnnviz.limits import MAX_TEXT
from rnnviz.tables import LARGEST, check_table, parse_table, shortened, table_text

numbers = st.floats(-LARGEST, LARGEST)
tables = st.integers(1, 8).flatmap(
    lambda width: st.lists(st.tuples(*[numbers] * width), min_size=1, max_size=8).map(tuple)
)


@given(tables)
def test_a_written_table_reads_back_to_the_bit(rows):
    again = parse_table(table_text(rows))
    assert np.array_equal(np.array(again).view(np.int64), np.array(rows).view(np.int64))


@given(tables)
def test_what_numpy_torch_and_python_print_is_read(rows):
    as_array = np.array(rows)
    assert parse_table(repr([list(row) for row in rows])) == rows
    assert parse_table(repr(rows)) == rows
    assert parse_table(np.array2string(as_array, floatmode="unique")) == rows
    with np.printoptions(floatmode="unique"):
        assert parse_table(repr(as_array)) == rows


@pytest.mark.parametrize("parameter", [False, True])
def test_a_printed_tensor_is_read(parameter):
    tensor = torch.tensor([[0.5, -0.25, 3.0], [1.0, 2.0, -0.125]])
    shown = repr(torch.nn.Parameter(tensor) if parameter else tensor)
    assert torch.tensor(parse_table(shown)).equal(tensor)


def test_a_printed_row_that_wraps_stays_one_row():
    row = np.linspace(-1, 1, 40)
    with np.printoptions(floatmode="unique", linewidth=40):
        assert "\n" in repr(row)
        assert parse_table(repr(row)) == (tuple(row.tolist()),)


@pytest.mark.parametrize(
    "text",
    [
        "1 2\n3 4",
        "1\t2\n3\t4\n",
        "1,2\n3,4",
        "1;2\n3;4",
        " 1 , 2,\n\n 3 ; 4;",
        "[1 2], [3 4]",
        "[[1, 2],\n [3, 4],]",
        "((1, 2), (3, 4))",
        "+1 2.\r\n.3e1 4e0",
        "1,2, \n3, 4",
    ],
)
def test_separators_and_brackets(text):
    assert parse_table(text) == ((1, 2), (3, 4))


def test_minus_signs_of_both_kinds():
    assert parse_table("-1 −0.5") == ((-1, -0.5),)


def test_a_blank_text_has_no_rows():
    assert parse_table(" \n\n") == ()
    assert table_text(()) == ""


def test_columns_are_aligned_and_numbers_short():
    assert table_text(((1, -0.25), (10, 0.1))) == "    1  -0.25\n   10    0.1"


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("1 2\n3", "Row 2 has 1 number, row 1 has 2."),
        ("1 2\n3 x", 'Row 2: "x" is not a number.'),
        ("nan", 'Row 1: "nan" is not a number.'),
        ("1_0", 'Row 1: "1_0" is not a number.'),
        ("٣", 'Row 1: "٣" is not a number.'),
        ("[1 ... 3]", 'Row 1: "..." is not a number.'),
        ("1e999", "Row 1: 1e999 is too large."),
        ("1\n1e39", "Row 2: 1e+39 is too large."),
        ("1,,2", "Row 1: a number is missing between two separators."),
        ("0,5 0,3", "Row 1: write decimals with a point, as in 0.5."),
        ("1 2\n0,5;0,3", "Row 2: write decimals with a point, as in 0.5."),
        ("[[]]", "Row 1 is empty."),
        (
            "[[1, 2], [3, 4",
            "Each row needs an opening and a closing bracket, or write none at all.",
        ),
        ("1 2\n[3 4]", "Each row needs an opening and a closing bracket, or write none at all."),
        ("1" * (MAX_TEXT + 1), "The text is longer than 1,000,000 characters."),
    ],
)
def test_what_is_wrong_is_said(text, sentence):
    with pytest.raises(ValueError) as caught:
        parse_table(text)
    assert str(caught.value) == sentence


def test_the_largest_number_is_one_that_float32_holds():
    check_table([[LARGEST, -LARGEST]])
    assert torch.tensor([LARGEST, -LARGEST]).isfinite().all()
    with pytest.raises(ValueError, match="Row 1: nan"):
        check_table([[float("nan")]])


@given(st.text(alphabet="[]()01.,; \n-e", max_size=40))
def test_any_text_is_read_or_refused_with_a_sentence(text):
    try:
        rows = parse_table(text)
    except ValueError as refusal:
        assert str(refusal).endswith(".")
    else:
        assert parse_table(table_text(rows)) == rows


@pytest.mark.parametrize(
    ("text", "said"), [("run.zarr", "run.zarr"), ("a long name.zarr", "a lo…zarr")]
)
def test_a_long_text_keeps_its_ends(text, said):
    assert shortened(text, 9) == said
