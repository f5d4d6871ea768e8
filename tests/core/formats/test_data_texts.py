"""Texts to be read letter by letter, in whatever encoding."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rnnviz.formats import UnreadableFile, data, read_data, text_file
from rnnviz.formats.data import Reading, is_text
from rnnviz.limits import MAX_LENGTH
from rnnviz.networks.base import Interrupted
from rnnviz.sequences import Text

PROSE = "Der Schüler fragt: „Wie geht's?“\nUnd 3 Äpfel — süß.\n"
GUESSED = "It is not UTF-8 and was read as {}: look whether the letters are right."


def read(tmp_path, content, name="own.txt", **how):
    path = tmp_path / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return read_data(path, **how)


def refused(tmp_path, content, **how):
    with pytest.raises(UnreadableFile) as caught:
        read(tmp_path, content, **how)
    return caught.value.reason


@given(st.text(st.characters(codec="utf-8", exclude_characters="\0\r\ufeff"), min_size=1),
       st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "utf-32"]))  # fmt: skip
def test_every_letter_comes_back(tmp_path, text, encoding):
    text = f"prose {text}"
    found = read(tmp_path, text.encode(encoding), reading=Reading(prose=True))
    assert found.text == text and is_text(found) and found.values is None
    assert found.reading == Reading(encoding=encoding, prose=True)
    assert found.notices == ()


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be"])
def test_the_first_bytes_tell_the_order(tmp_path, encoding):
    mark = "\ufeff".encode(encoding)
    assert read(tmp_path, mark + PROSE.encode(encoding)).text == PROSE


@pytest.mark.parametrize(
    ("content", "encoding", "text"),
    [
        (PROSE.encode("cp1252"), "cp1252", PROSE),
        ("süß wie \x81 sonst".encode("latin-1"), "latin-1", "süß wie \x81 sonst"),
    ],
)
def test_an_encoding_that_is_only_likely_is_said(tmp_path, content, encoding, text):
    found = read(tmp_path, content)
    assert (found.text, found.reading.encoding) == (text, encoding)
    assert found.notices == (GUESSED.format(encoding),)
    assert not read(tmp_path, content, reading=Reading(encoding=encoding)).notices


@pytest.mark.parametrize(
    ("head", "encoding"),
    [
        ("# -*- coding: koi8-r -*-", "koi8-r"),
        ('<?xml version="1.0" encoding="windows-1251"?>', "cp1251"),
        ("<!doctype html>\n<meta charset=iso-8859-5>", "iso8859-5"),
        ("vim: set fileencoding=utf-8 encoding=shift_jis :", "shift_jis"),
    ],
)
def test_an_encoding_that_is_declared(tmp_path, head, encoding):
    text = f"{head}\nПривет, мир.\n"
    found = read(tmp_path, text.encode(encoding))
    assert (found.text, found.reading.encoding, found.notices) == (text, encoding, ())


@pytest.mark.parametrize(
    "head", ["encoding: zip", "coding=utf-16", "coding: no-such", "coding: hex", "coding: ascii",
             "charset=idna"]
)  # fmt: skip
def test_a_declaration_that_cannot_be_true(tmp_path, head):
    text = f"{head}\nüber\n"
    assert read(tmp_path, text).text == text


@pytest.mark.parametrize("name", ["zip", "hex", "no such", "undefined", "a\0b", "unicode_escape"])
def test_what_is_no_encoding_of_text(tmp_path, name):
    said = refused(tmp_path, PROSE, reading=Reading(encoding=name))
    shown = name.replace("\0", "�")
    assert said == f"There is no encoding “{shown}”. UTF-8 is one."


def test_the_wrong_encoding(tmp_path):
    said = refused(tmp_path, PROSE, reading=Reading(encoding="ascii"))
    assert said == "It is not in this encoding. Choose another one, or save it as UTF-8."


def test_lines_end_as_one_line_break(tmp_path):
    assert read(tmp_path, "one\r\ntwo\rthree\n").text == "one\ntwo\nthree\n"


@pytest.mark.parametrize("content", [b"PK\x03\x04 prose \0\0", PROSE.encode("utf-16-le")])
def test_what_is_no_text(tmp_path, content):
    said = refused(tmp_path, content)
    assert said == (
        "It is not text, or does not say its encoding. Save a table as CSV in UTF-8, and arrays "
        "with numpy.save."
    )


def test_nothing_but_blanks(tmp_path):
    assert refused(tmp_path, " \n\t\n") == "There is nothing in it but blanks."


@pytest.mark.parametrize(
    ("content", "prose"),
    [
        (PROSE, True),
        ("1 2\n3 4\n", False),
        ("x y\n1 2\n", False),
        ("0,5;1,5\n", False),
        ("3.5", False),
        ("2020-01-01 1.5\n2020-01-02 2.5\n", False),
        ("Chapter 1\n\nIt was - in 1900 - a day.\n", True),
        ("hellohello", True),
        ("# a comment of many words\n1 2\n", False),
    ],
)
def test_prose_is_told_from_numbers(tmp_path, content, prose):
    found = read(tmp_path, content)
    assert is_text(found) == prose
    assert found.reading.prose == prose


def test_what_is_said_beats_what_is_found(tmp_path):
    assert read(tmp_path, "1 2\n", reading=Reading(prose=True)).text == "1 2\n"
    assert read(tmp_path, "a b c 1\n" * 2, reading=Reading(prose=False)).values.shape == (2, 1)
    assert read(tmp_path, "a b c 1\n" * 2, reading=Reading(delimiter=" ")).values.shape == (2, 1)
    with pytest.raises(UnreadableFile, match="No column of it holds numbers"):
        read(tmp_path, "no,number\nat,all\n", name="own.csv")
    assert read(tmp_path, PROSE, name="own.csv", reading=Reading(prose=True)).text == PROSE


def test_a_long_text_is_cut_to_what_a_sequence_can_have(tmp_path, monkeypatch):
    monkeypatch.setattr(text_file, "_CHUNK", 64_000)
    book = PROSE * 4000
    found = read(tmp_path, book)
    assert found.text == book[:MAX_LENGTH]
    assert found.notices == (f"The text has {len(book):,} letters; the first 100,000 are taken.",)
    assert Text(text=found.text).own_length() == MAX_LENGTH


def test_the_preview_shows_the_first_lines(tmp_path):
    assert read(tmp_path, PROSE).preview == tuple((line[:40],) for line in PROSE.split("\n"))
    assert len(read(tmp_path, "a\n" * 100).preview) == 20


def test_a_long_text_can_be_given_up(tmp_path, monkeypatch):
    monkeypatch.setattr(text_file, "_CHUNK", 10)
    for calls in (0, 3, len(PROSE.encode()) // 10 + 2):
        answers = iter([False] * calls + [True])
        with pytest.raises(Interrupted):
            read(tmp_path, PROSE, stopped=answers.__next__)


def test_only_the_beginning_tells_prose(tmp_path, monkeypatch):
    monkeypatch.setattr(data, "_LOOKED_AT", 8)
    assert read(tmp_path, "some prose " + "1 " * 40).text is not None
