"""One-hot walks and texts."""

import pytest
import torch
from hypothesis import assume, given
from hypothesis import strategies as st
from pydantic import ValidationError
from torch.nn import functional

from rnnviz.fields import sentence_of
from rnnviz.limits import MAX_LENGTH
from rnnviz.sequences import OneHot, Text, symbols
from rnnviz.sequences.words import words_of

GENERATOR = torch.Generator()
TEXTS = st.text(st.sampled_from("abé'’.,-_ \n") | st.characters(codec="utf-8"), max_size=40)


def words(text, **fields):
    return Text(text=text, unit="words", **fields)


def executed(source, inputs, length=None):
    """Return what the source's lines of code make."""
    found = {"torch": torch, "nn": torch.nn}
    exec("\n".join(source.code(length or source.own_length(), 1, inputs)), found)
    return found["inputs"]


@given(st.integers(1, 40), st.integers(1, 7), st.integers(1, 9))
def test_a_walk_stays_and_goes_round(length, inputs, stay):
    source = OneHot(stay=stay)
    x = source.draw(length, 1, inputs, GENERATOR)[:, 0]
    units = torch.tensor([k // stay % inputs for k in range(length)])
    assert x.equal(functional.one_hot(units, inputs).float())
    assert executed(source, inputs, length)[:, 0].equal(x)


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
        (Text(alphabet="heloe"), 9, 'The letter "e" is in the alphabet twice.'),
        (
            words("a b a c"),
            2,
            "The text has 3 different words and the input 2 units: set the input size to 3.",
        ),
        (
            words("a b", alphabet="a b c"),
            1,
            "The alphabet has 3 different words and the input 1 unit: set the input size to 3.",
        ),
        (
            words("a cat", alphabet="a dog"),
            9,
            'The word "cat" is not in the alphabet (under More).',
        ),
        (words("a cat", alphabet="a cat a"), 9, 'The word "a" is in the alphabet twice.'),
        (words(" \n "), 9, "There is no word in the text."),
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


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("the cat  sat\non\tit", ["the", "cat", "sat", "on", "it"]),
        ("Don’t stop, it's 5!", ["Don’t", "stop", ",", "it's", "5", "!"]),
        ("'quoted' – well-known…", ["'", "quoted", "'", "–", "well", "-", "known", "…"]),
        ("हिन्दी भाषा。é", ["हिन्दी", "भाषा", "。", "é"]),
        (" ", []),
    ],
)
def test_words_end_at_white_space_and_marks_stand_alone(text, found):
    assert list(words_of(text)) == found


@given(TEXTS)
def test_no_letter_of_a_text_is_lost_between_its_words(text):
    found = words_of(text)
    assert "".join(found) == "".join(text.split())
    assert not any(word == "" or word != word.strip() for word in found)
    assert all(words_of(word) == (word,) for word in found)


@given(TEXTS, st.integers(0, 3), st.booleans(), st.randoms())
def test_words_can_be_read_back_and_the_code_makes_the_same(text, spare, given_alphabet, chance):
    assume(text.strip())
    order = list(dict.fromkeys(words_of(text)))
    if given_alphabet:
        order = list(dict.fromkeys([*order, "onemore"]))
        chance.shuffle(order)
    source = words(text, alphabet=" ".join(order) if given_alphabet else "")
    assert source.needs_inputs() == len(order)
    assert source.unit_names() == tuple(order)
    assert source.labels() == words_of(text)
    size = len(order) + spare
    x = source.draw(source.own_length(), 1, size, GENERATOR)
    assert [order[unit] for unit in x[:, 0].argmax(1)] == list(words_of(text))
    assert x.eq(1).sum() == source.own_length() and x.eq(0).sum() == x.numel() - len(x)
    assert executed(source, size).equal(x)


@given(st.text(min_size=1, max_size=40))
def test_the_code_of_letters_makes_the_same(text):
    source = Text(text=text)
    x = source.draw(len(text), 1, source.needs_inputs(), GENERATOR)
    assert executed(source, source.needs_inputs()).equal(x)


def test_an_alphabet_of_blanks_is_none():
    source = words("the cat the", alphabet="  ")
    assert source.unit_names() == ("the", "cat")
    assert executed(source, 2).equal(source.draw(3, 1, 2, GENERATOR))


def test_what_a_text_says_of_itself():
    assert Text().about() == Text.sentence
    assert words("a").about() == "One word a step; each word has an input unit of its own."


def test_an_alphabet_of_words_grows_with_what_is_typed():
    before = words("the cat", alphabet="the cat")
    after = words("the dog, the cat", alphabet="the cat").following(before)
    assert after.alphabet == "the cat dog ,"
    assert words("the", alphabet="a").following(before).alphabet == "a"
    assert words("the").following(words("a")).alphabet == ""
    assert words("the", alphabet="a").following(OneHot()).alphabet == "a"


def test_an_alphabet_of_letters_says_nothing_of_words():
    letters = Text(text="hello", alphabet="helo")
    assert letters.model_copy(update={"unit": "words"}).following(letters).alphabet == ""
    read = words("the cat", alphabet="the cat")
    assert read.model_copy(update={"unit": "characters"}).following(read).misfit(7, 6) is None


def test_more_symbols_than_units_can_be(monkeypatch):
    monkeypatch.setattr(symbols, "MAX_SYMBOLS", 3)
    assert words("a b c").misfit(3, 3) is None
    assert words("a b c d").misfit(4, 4) == (
        "The text has 4 different words; at most 3 are possible."
    )
    assert Text(text="a", alphabet="abcd").misfit(1, 9) == (
        "The alphabet has 4 different letters; at most 3 are possible."
    )


def test_settings_saved_before_there_were_words_read_letters():
    assert Text.model_validate({"name": "text", "text": "a b"}).labels() == ("a", "␣", "b")
