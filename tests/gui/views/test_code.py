"""The code dock: read, copy, run."""

import pytest
import torch
from oracles import assert_same
from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QLabel, QPlainTextEdit, QPushButton

from rnnviz.initialization import Zeros
from rnnviz.limits import MAX_WRITTEN
from rnnviz.presets import load_presets
from rnnviz.session import Session
from rnnviz.settings import NetworkSettings, SequenceSettings, Settings
from rnnviz.theme import THEMES, palette
from rnnviz.views.code import BESIDE, CodeView
from rnnviz.widgets.python_colours import python_colours


@pytest.fixture
def open_view(qtbot):
    """Return a function from settings to a session and its view of the code."""
    sessions = []

    def open_(settings, shown=True):
        session = Session(settings)
        sessions.append(session)
        view = CodeView(session)
        qtbot.addWidget(view)
        view.resize(380, 700)
        if shown:
            with qtbot.waitExposed(view):
                view.show()
        return session, view

    yield open_
    for session in sessions:
        session.close()


@pytest.fixture
def hello(open_view):
    return open_view(load_presets()["hello"].settings)


def shown(view):
    return view.findChild(QPlainTextEdit, "view.code.text")


def button(view):
    return view.findChild(QPushButton, "view.code.copy")


def said(view, name):
    label = view.findChild(QLabel, f"view.code.{name}")
    return label.text() if label.isVisible() else ""


def with_sequence(session, **fields):
    sequence = session.settings.sequence.model_copy(update=fields)
    session.apply(session.settings.model_copy(update={"sequence": sequence}))


def executed(code):
    found: dict = {}
    with torch.random.fork_rng(devices=[]):
        exec(code, found)
    return found


def check_record(session, code):
    session.run_to_end()
    found = executed(code)
    assert_same(found["inputs"], session.trace.inputs)
    assert_same(found["hidden"], session.trace.hidden)
    assert_same(found.get("outputs"), session.trace.outputs)


def test_what_is_copied_computes_what_is_on_the_screen(hello, qtbot):
    session, view = hello
    QGuiApplication.clipboard().clear()
    qtbot.mouseClick(button(view), Qt.MouseButton.LeftButton)
    copied = QGuiApplication.clipboard().text()
    assert copied == shown(view).toPlainText() == session.code()
    check_record(session, copied)


def test_the_button_says_that_it_has_copied(hello, qtbot):
    _, view = hello
    assert button(view).text() == "Copy"
    view.findChild(QTimer).setInterval(1)
    qtbot.mouseClick(button(view), Qt.MouseButton.LeftButton)
    assert button(view).text() == "Copied"
    qtbot.waitUntil(lambda: button(view).text() == "Copy")


def test_it_follows_the_settings(hello, qtbot):
    session, view = hello
    qtbot.mouseClick(button(view), Qt.MouseButton.LeftButton)
    init = session.settings.initialization
    session.apply_initialization(init.model_copy(update={"overrides": {"W_hh": Zeros()}}))
    assert "nn.init.zeros_(rnn.W_hh)" in shown(view).toPlainText()
    assert button(view).text() == "Copy"  # what was copied is no more what is shown
    session.open_preset("exercise-rnn")
    assert "nn.RNN(10, 20, num_layers=2)" in shown(view).toPlainText()
    assert "inputs and hidden:" in said(view, "about")
    check_record(session, shown(view).toPlainText())


def test_a_step_writes_nothing_anew(hello):
    session, view = hello
    shown(view).selectAll()
    session.step_forward()
    assert shown(view).textCursor().hasSelection()


def test_it_stays_where_it_was_read(hello):
    session, view = hello
    shown(view).verticalScrollBar().setValue(12)
    with_sequence(session, seed=5, start_state="normal")
    assert "torch.manual_seed(5)" in shown(view).toPlainText()
    assert shown(view).verticalScrollBar().value() == 12


def test_a_carried_state_is_in_the_code(open_view):
    session, view = open_view(Settings(sequence=SequenceSettings(length=6)))
    session.seek(4)
    with_sequence(session, start_state="carry")
    assert "last state of the previous run" in shown(view).toPlainText()
    check_record(session, shown(view).toPlainText())


def test_a_state_too_large_for_code_is_said_and_nothing_can_be_copied(open_view):
    network = NetworkSettings(kind="rnn_cell", input_size=1, hidden_size=20, batch_size=600)
    session, view = open_view(Settings(network=network, sequence=SequenceSettings(length=2)))
    session.run_to_end()
    with_sequence(session, start_state="carry")
    assert f"at most {MAX_WRITTEN:,} are written out" in said(view, "reason")
    assert not shown(view).isVisible()
    assert not button(view).isVisible()
    assert said(view, "about") == ""
    with_sequence(session, start_state="zeros")
    assert said(view, "reason") == ""
    assert shown(view).isVisible()
    assert button(view).isVisible()


def test_it_writes_nothing_while_it_is_hidden(open_view, monkeypatch):
    session, view = open_view(Settings(), shown=False)
    calls = []
    monkeypatch.setattr(session, "code", lambda: calls.append(1) or "import torch\n")
    session.draw_new_weights()
    assert calls == []
    view.show()
    assert calls == [1]
    assert shown(view).toPlainText() == "import torch\n"


def test_it_can_only_be_read(hello, qtbot):
    _, view = hello
    before = shown(view).toPlainText()
    shown(view).setFocus()
    qtbot.keyClicks(shown(view), "import rnnviz")
    qtbot.keyClick(shown(view), Qt.Key.Key_Delete)
    assert shown(view).toPlainText() == before


def test_side_by_side_it_says_whose_code_it_is(hello):
    session, view = hello
    assert BESIDE not in said(view, "about")
    session.set_lockstep(True)
    assert BESIDE in said(view, "about")
    session.set_lockstep(False)
    assert BESIDE not in said(view, "about")


def colour_of(view, text):
    """Return the colour in which the first occurrence of `text` is shown."""
    cursor = shown(view).document().find(text)
    block = cursor.block()
    place = cursor.selectionStart() - block.position()
    for span in block.layout().formats():
        if span.start <= place < span.start + span.length:
            return span.format.foreground().color()
    return None


def test_keywords_values_and_comments_have_colours_of_the_theme(hello, qapp):
    _, view = hello
    for theme in THEMES:
        view.setPalette(palette(THEMES[theme]))
        colours = python_colours(view.palette())
        assert colour_of(view, "import") == colours["keyword"]
        assert colour_of(view, '"hellohello"') == colours["value"]
        assert colour_of(view, "0.8, -0.4") == colours["value"]
        assert colour_of(view, "# (T, B, I)") == colours["comment"]
        assert colour_of(view, "rnn.W_ih") is None


def test_the_type_grows_with_the_projection(hello):
    _, view = hello
    before = [part.font().pixelSize() for part in (shown(view), button(view))]
    view.set_text_scale(1.5)
    after = [part.font().pixelSize() for part in (shown(view), button(view))]
    assert all(large > small for large, small in zip(after, before, strict=True))
    letters = shown(view).fontMetrics()
    assert letters.horizontalAdvance("i") == letters.horizontalAdvance("W")
