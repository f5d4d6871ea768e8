"""One-hot walks and texts."""

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError
from torch.nn import functional

from rnnviz.fields import sentence_of
from rnnviz.sequences import MAX_LENGTH, OneHot, Text

GENERATOR = torch.Generator()


@given(st.integers(1, 40), st.integers(1, 7), st.integers(1, 9))
def test_a_walk_stays_and_goes_round(length, inputs, stay):
    x = OneHot(stay=stay).draw(length, 1, inputs, GENERATOR)[:, 0]
    units = torch.tensor([k // stay % inputs for k in range(length)])
    assert x.equal(functional.one_hot(units, inputs).float())


@given(st.text(min_size=1, max_size=40), st.integers(0, 3))
def test_a_text_can_be_read_back(text, spare):
    source = Text(text=text)
    letters = list(dict.fromkeys(text))
    assert source.needs_inputs() == len(letters)
    x = source.draw(len(text), 1, len(letters) + spare, GENERATOR)[:, 0]
    assert x.sum(1).eq(1).all() and set(x.unique().tolist()) <= {0.0, 1.0}
    assert "".join(letters[unit] for unit in x.argmax(1)) == text


def test_hello():
    source = Text()
    assert source.own_length() == 10 and source.needs_inputs() == 4
    assert source.labels() == tuple("hellohello")
    assert source.unit_names() == tuple("helo")
    assert source.misfit(3, 4) is None  # its own length counts
    assert source.draw(10, 1, 4, GENERATOR)[:, 0].argmax(1).tolist() == [0, 1, 2, 2, 3] * 2


def test_a_given_alphabet_orders_the_units():
    source = Text(text="hello", alphabet="olehx")
    assert source.needs_inputs() == 5
    assert source.unit_names() == tuple("olehx")
    assert source.draw(5, 1, 5, GENERATOR)[:, 0].argmax(1).tolist() == [3, 2, 1, 1, 0]


def test_blanks_are_made_visible():
    assert Text(text="a b\n\t").labels() == ("a", "␣", "b", "↵", "⇥")
    assert Text(text="a a").unit_names() == ("a", "␣")


@pytest.mark.parametrize(
    ("source", "inputs", "sentence"),
    [
        (
            Text(text="abcdefg"),
            4,
            "The text has 7 different letters and the input 4 units: set the input size to 7.",
        ),
        (
            Text(text="ab", alphabet="abc"),
            1,
            "The alphabet has 3 different letters and the input 1 unit: set the input size to 3.",
        ),
        (
            Text(text="a b", alphabet="ab"),
            9,
            'The letter "␣" is not in the alphabet "ab" (under More).',
        ),
    ],
)
def test_a_text_that_does_not_fit(source, inputs, sentence):
    assert source.misfit(source.own_length(), inputs) == sentence
    with pytest.raises(ValueError) as caught:
        source.draw(source.own_length(), 1, inputs, GENERATOR)
    assert str(caught.value) == sentence


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"text": ""}, "Type at least one letter."),
        (
            {"text": "a" * (MAX_LENGTH + 1)},
            "The text has 100,001 letters; at most 100,000 are possible.",
        ),
        ({"alphabet": "abca"}, 'The letter "a" is in the alphabet twice.'),
    ],
)
def test_texts_that_are_refused(fields, sentence):
    with pytest.raises(ValidationError) as caught:
        Text(**fields)
    assert sentence_of(caught.value) == sentence


def test_the_longest_text():
    text = "ab" * (MAX_LENGTH // 2)
    x = Text(text=text).draw(MAX_LENGTH, 1, 2, GENERATOR)
    assert x[:, 0].equal(torch.eye(2).repeat(MAX_LENGTH // 2, 1))
