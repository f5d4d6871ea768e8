"""Typed sequences."""

import math

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from rnnviz.fields import sentence_of
from rnnviz.sequences import Values

GENERATOR = torch.Generator()
tables = st.integers(1, 6).flatmap(
    lambda width: st.lists(
        st.tuples(*[st.floats(-1e6, 1e6, width=32)] * width), min_size=1, max_size=20
    )
)


@given(tables)
def test_the_rows_are_the_steps(rows):
    source = Values(rows=rows)
    assert (source.own_length(), source.needs_inputs()) == (len(rows), len(rows[0]))
    x = source.draw(len(rows), 2, len(rows[0]), GENERATOR)
    assert x[:, 1].tolist() == [list(row) for row in rows]


@pytest.mark.parametrize(
    ("rows", "inputs", "sentence"),
    [
        (((1, 2, 3),), 4, "Each row has 3 numbers and the input 4 units: set the input size to 3."),
        (((1,),), 2, "Each row has 1 number and the input 2 units: set the input size to 1."),
        (((1, 2),), 1, "Each row has 2 numbers and the input 1 unit: set the input size to 2."),
    ],
)
def test_columns_that_do_not_fit(rows, inputs, sentence):
    assert Values(rows=rows).misfit(99, inputs) == sentence


@pytest.mark.parametrize(
    ("rows", "sentence"),
    [
        ((), "Type at least one row of numbers."),
        (((1, 2), (3,)), "Row 2 has 1 number, row 1 has 2."),
        (((),), "Row 1 is empty."),
        (((1e39,),), "Row 1: 1e+39 is too large."),
        (((1, 2),) * 5001, "There are 10,002 numbers; at most 10,000 are possible."),
    ],
)
def test_tables_that_are_refused(rows, sentence):
    with pytest.raises(ValidationError) as caught:
        Values(rows=rows)
    assert sentence_of(caught.value) == sentence


@pytest.mark.parametrize("value", [math.nan, math.inf])
def test_numbers_are_finite(value):
    with pytest.raises(ValidationError):
        Values(rows=((value,),))


def test_another_length_than_its_own_is_refused():
    with pytest.raises(ValueError, match=r"The sequence has 4 steps, not 5\."):
        Values().draw(5, 1, 4, GENERATOR)


def test_the_largest_table_fits():
    assert Values(rows=((1, 2),) * 5000).own_length() == 5000
