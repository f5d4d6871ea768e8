"""Values as Python code: read back, they are the same bits."""

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from oracles import assert_same

from rnnviz.literals import (
    WIDTH,
    call_lines,
    indented,
    literal,
    number,
    quoted,
    single,
    tensor_lines,
    text_lines,
)

texts = st.text(st.characters(), max_size=300)
floats = st.floats(width=32)


def run(lines):
    """Run lines of code, and return what they define."""
    assert max(map(len, lines)) <= WIDTH
    found = {"torch": torch}
    exec("\n".join(lines), found)
    return found


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_a_number_is_read_back_as_the_same_float64(value):
    assert float(eval(number(value))) == value


@pytest.mark.parametrize(("value", "text"), [(1.0, "1"), (-0.5, "-0.5"), (1e22, "1e+22")])
def test_a_number_is_short(value, text):
    assert number(value) == text


@given(floats)
def test_a_single_is_read_back_as_the_same_float32(value):
    found = eval(single(value))
    assert isinstance(found, float)
    assert_same(torch.tensor(found), np.float32(value))
    assert np.signbit(np.float32(found)) == np.signbit(np.float32(value)) or np.isnan(value)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.1, "0.1"),
        (0.10000000149011612, "0.1"),
        (2.0, "2.0"),
        (1 / 3, "0.33333334"),
        (float("-inf"), "-torch.inf"),
        (float("nan"), "torch.nan"),
    ],
)
def test_a_single_is_short(value, text):
    assert single(value) == text


@given(texts)
def test_a_text_is_read_back(text):
    assert eval(quoted(text)) == text
    assert quoted(text).isprintable()


@given(texts)
def test_a_text_in_several_lines_is_read_back(text):
    assert run(text_lines("text", text))["text"] == text


def test_a_literal_is_a_text_or_a_number():
    assert [literal("fan_in"), literal(0.5)] == ['"fan_in"', "0.5"]


@given(st.integers(1, 5), st.integers(1, 40), st.data())
def test_rows_are_read_back(height, width, data):
    rows = data.draw(st.tuples(*[st.tuples(*[floats] * width)] * height))
    assert_same(run(tensor_lines("found", rows))["found"], np.array(rows, np.float32))
    flat = run(tensor_lines("found", rows, ".view(-1)"))["found"]
    assert_same(flat, np.array(rows, np.float32).ravel())
    assert_same(run(tensor_lines("found", rows[0]))["found"], np.array(rows[0], np.float32))


def test_rows_are_below_each_other_where_they_do_not_fit_a_line():
    row = (0.25,) * 8
    assert tensor_lines("w", [(0.5, 1.0)]) == ["w = torch.tensor([[0.5, 1.0]])"]
    assert tensor_lines("w", [row, row]) == [
        "w = torch.tensor([",
        "    [0.25, 0.25, 0.25, 0.25, 0.25, 0.25, 0.25, 0.25],",
        "    [0.25, 0.25, 0.25, 0.25, 0.25, 0.25, 0.25, 0.25],",
        "])",
    ]


def test_a_call_with_many_arguments_takes_several_lines():
    assert call_lines("f(", ["1", "a=2"]) == ["f(1, a=2)"]
    names = [f"argument_{k}={k}" for k in range(9)]
    found = run(["f = dict", *call_lines("found = f(", names)])["found"]
    assert list(found.values()) == list(range(9))
    assert call_lines("f(", ["1", "a=2"], room=WIDTH - 8) == ["f(", "    1,", "    a=2", ")"]


def test_indented_lines():
    assert indented(["a", "", "b"]) == ["    a", "", "    b"]
