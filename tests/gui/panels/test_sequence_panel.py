"""The dock "Sequence"."""

import pytest
import torch
from oracles import OWN_SOURCES
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QComboBox, QSpinBox

from rnnviz.panels.sequence import SequencePanel
from rnnviz.sequences import SEQUENCES, Impulse, Text


@pytest.fixture
def dock(drive, session):
    made = drive(SequencePanel(session))
    made.panel.more.set_open(True)
    return made


def test_names_and_order(dock):
    source = dock["sequence.source"]
    assert isinstance(source, QComboBox) and isinstance(dock["sequence.length"], QSpinBox)
    listed = [source.itemData(i) for i in range(source.count())]
    line = listed.index(None)
    assert set(listed[:line]) == {n for n, s in SEQUENCES.items() if s.common}
    assert set(listed) - {None} == set(SEQUENCES)
    start = dock["sequence.start_state"]
    assert [start.itemData(i) for i in range(3)] == ["zeros", "normal", "carry"]


@pytest.mark.parametrize("name", OWN_SOURCES)
def test_each_source_shows_its_sentence_and_fields(dock, session, name):
    dock.choose("sequence.source", name)
    assert session.settings.sequence.source.name == name
    assert dock.panel._source.hint.text() == SEQUENCES[name].sentence
    own = SEQUENCES[name].model_fields.keys() - {"name"}
    assert all(dock.shown(f"sequence.{field}") for field in own)
    others = set().union(*(s.model_fields for s in OWN_SOURCES.values())) - own - {"name"}
    assert not any(dock.shown(f"sequence.{field}") for field in others)


def test_a_source_with_a_length_of_its_own_sets_it(dock, session):
    dock.choose("sequence.source", "text")
    length = dock["sequence.length"]
    assert length.isReadOnly() and length.value() == 10 and session.length == 10
    assert length.toolTip() == "As long as the text."
    assert session.settings.sequence.length == 40  # showing it wrote nothing back

    dock.choose("sequence.source", "sine")
    assert not length.isReadOnly() and length.value() == 40 and session.length == 40


def test_the_text_acts_while_it_is_typed(qtbot, dock, session):
    dock.choose("sequence.source", "text")
    dock.type("sequence.text", "abcabcx")
    assert session.settings.sequence.source == Text()
    qtbot.waitUntil(lambda: session.settings.sequence.source == Text(text="abcabcx"))
    assert session.length == 7 and dock["sequence.length"].value() == 7


def test_the_input_size_grows_with_the_text(qtbot, dock, session):
    dock.choose("sequence.source", "text")
    dock.enter("sequence.text", "abcdefg")
    assert session.settings.network.input_size == 7


def test_an_empty_text_is_refused(qtbot, dock, session):
    dock.choose("sequence.source", "text")
    dock["sequence.text"].clear()
    qtbot.waitUntil(lambda: dock.problem("sequence.text") == "Type at least one letter.")
    assert session.settings.sequence.source == Text()


def test_a_letter_outside_the_alphabet_is_said_beside_the_edited_field(dock, session):
    dock.choose("sequence.source", "text")
    dock.enter("sequence.alphabet", "hel")
    assert "not in the alphabet" in dock.problem("sequence.alphabet")
    dock.enter("sequence.alphabet", "hello")
    assert "twice" in dock.problem("sequence.alphabet")
    dock.enter("sequence.alphabet", "helo")
    assert session.settings.sequence.source.alphabet == "helo"
    assert dock.problem("sequence.alphabet") == ""


def test_own_fields_arrive_in_the_run(dock, session):
    dock.choose("sequence.source", "impulse")
    dock.enter("sequence.unit", "2")
    dock.enter("sequence.at", "3")
    dock.enter("sequence.amplitude", "0.5")
    expected = torch.zeros(40, 1, 5)
    expected[2, 0, 2] = 0.5
    assert torch.equal(session.run.inputs, expected)


def test_a_unit_that_is_not_there_waits_for_it(qtbot, dock, session):
    dock.choose("sequence.source", "impulse")
    dock.enter("sequence.unit", "6")
    assert dock.problem("sequence.unit") == "There is no unit 6: the input's units are 0 to 4."
    network = session.settings.network.model_copy(update={"input_size": 8})
    session.apply(session.settings.model_copy(update={"network": network}))
    qtbot.waitUntil(lambda: session.settings.sequence.source.unit == 6)
    assert dock.problem("sequence.unit") == ""


def test_values_are_pasted_and_set_the_input_size(qtbot, dock, session):
    dock.choose("sequence.source", "values")
    dock["sequence.rows"].setPlainText("[[1, 2, 3],\n [4, 5, 6]]")
    qtbot.waitUntil(lambda: session.length == 2)
    assert session.settings.network.input_size == 3
    assert session.run.inputs[:, 0].tolist() == [[1, 2, 3], [4, 5, 6]]


def test_a_source_comes_back_as_it_was_left(dock, session):
    dock.choose("sequence.source", "text")
    dock.enter("sequence.text", "banana")
    dock.choose("sequence.source", "sine")
    dock.choose("sequence.source", "text")
    assert session.settings.sequence.source == Text(text="banana")


def test_a_source_that_would_not_fit_any_more_starts_afresh(dock, session):
    dock.choose("sequence.source", "impulse")
    dock.enter("sequence.unit", "4")
    dock.choose("sequence.source", "normal")
    network = session.settings.network.model_copy(update={"input_size": 2})
    session.apply(session.settings.model_copy(update={"network": network}))
    dock.choose("sequence.source", "impulse")
    assert session.settings.sequence.source == Impulse()


def test_the_seed_is_there_only_with_chance(dock, session):
    assert dock.shown("sequence.seed")
    dock.choose("sequence.source", "sine")
    assert not dock.shown("sequence.seed")
    dock.choose("sequence.start_state", "normal")
    assert dock.shown("sequence.seed")
    dock.enter("sequence.seed", "5")
    # A sine draws nothing, so the state is the generator's first draw.
    expected = torch.randn(1, 1, 20, generator=torch.Generator().manual_seed(5))
    assert (session.trace.hidden[0] == expected.numpy()).all()


def test_the_length(dock, session):
    dock.enter("sequence.length", "100001")
    assert dock.problem("sequence.length") == "Length goes from 1 to 100,000."
    dock.enter("sequence.length", "12")
    assert session.length == 12


def test_only_one_widget_has_each_name(dock):
    for name in (*OWN_SOURCES, *OWN_SOURCES):
        dock.choose("sequence.source", name)
        for field in ("unit", "amplitude"):
            found = dock.panel.findChildren(QSpinBox, f"sequence.{field}")
            assert len(found) <= 1


def paste(field, text):
    """Paste a text over all there is."""
    QGuiApplication.clipboard().setText(text)
    field.selectAll()
    field.paste()


def test_G13_a_long_text_is_pasted_and_one_too_long_is_refused(qtbot, dock, session):
    dock.choose("sequence.source", "text")
    field = dock["sequence.text"]
    paste(field, "hello" * 20_000)
    qtbot.waitUntil(lambda: session.length == 100_000)
    paste(field, "hello" * 20_001)
    qtbot.waitUntil(lambda: "at most 100,000" in dock.problem("sequence.text"))
    paste(field, "hello" * 200_000)
    qtbot.waitUntil(lambda: "1,000,000 characters" in dock.problem("sequence.text"))
    assert session.length == 100_000
    paste(field, "hello")
    qtbot.waitUntil(lambda: session.length == 5)
    assert dock.problem("sequence.text") == ""
