"""The strip: one pinned unit's sum, written out."""

import pytest
import torch
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QToolButton

from rnnviz.initialization import Constant
from rnnviz.presets import load_presets
from rnnviz.selection import Pin
from rnnviz.session import Session
from rnnviz.settings import InitializationSettings, NetworkSettings, Settings
from rnnviz.theme import THEMES, palette
from rnnviz.views.curve import Curve
from rnnviz.views.notation import number
from rnnviz.views.strip import HINT, StripView
from rnnviz.views.strip_tiles import Tiles


@pytest.fixture
def open_strip(qtbot):
    """Return a function from settings to a strip; its session is closed at the end."""
    sessions = []

    def open_(settings):
        session = Session(settings)
        sessions.append(session)
        strip = StripView(session)
        qtbot.addWidget(strip)
        strip.resize(1200, 180)
        return session, strip

    yield open_
    for session in sessions:
        session.close()


@pytest.fixture
def hello(open_strip):
    return open_strip(load_presets()["hello"].settings)


def test_hidden_until_a_unit_is_pinned(hello):
    session, strip = hello
    assert strip.objectName() == "equation.strip"
    assert strip.isHidden() and strip.text() == ""
    session.select(pin=Pin("hidden", 2))
    assert not strip.isHidden()
    assert strip.text() == f"h_t[2]\n{HINT}"
    session.select(pin=None)
    assert strip.isHidden() and strip.text() == ""


def test_the_sum_is_written_out(hello):
    session, strip = hello
    session.seek(4)
    session.select(pin=Pin("hidden", 2))
    module, trace = session.network, session.trace
    x, h = torch.tensor(trace.inputs[3, 0]), torch.tensor(trace.hidden[3][0, 0])
    with torch.no_grad():
        from_input, from_state = module.W_ih[2] @ x, module.W_hh[2] @ h
        a = from_input + from_state + module.b_ih[2]
    lines = strip.text().splitlines()
    state = number(float(trace.hidden[4][0, 0][2]))
    assert lines[0] == f"h_t[2] = tanh(a_t[2]) = tanh({number(float(a))}) = {state}"
    assert lines[-4:] == [
        f"W_ih x_t: {number(float(from_input))}",
        f"W_hh h_{{t−1}}: {number(float(from_state))}",
        "b_ih: 0.00",
        f"a_t[2]: {number(float(a))}",
    ]
    assert "W_ih[2, 2] × x_t[2]: −0.50 × 1.00 = −0.50" in lines
    assert "2 others: 0.00" in lines
    assert len(lines) == 1 + 8 + 1 + 4


def test_it_follows_steps_and_layers(open_strip):
    settings = Settings(network=NetworkSettings(kind="rnn", num_layers=2, batch_size=2))
    session, strip = open_strip(settings)
    session.select(pin=Pin("hidden", 7))
    texts = [strip.text()]
    session.step_forward()
    texts.append(strip.text())
    session.step_forward()
    texts.append(strip.text())
    session.select(layer=1)
    texts.append(strip.text())
    session.select(sequence=1)
    texts.append(strip.text())
    assert len(set(texts)) == 5
    assert "17 others" in texts[1] and "32 others" in texts[3]
    assert "b_ih" in texts[1] and "b_hh" in texts[1]
    result = number(float(session.trace.hidden[2][1, 1][7]))
    assert texts[4].splitlines()[0].endswith(f" = {result}")


def test_an_output_is_written_out(hello):
    session, strip = hello
    session.seek(1)
    session.select(pin=Pin("output", 1))
    lines = strip.text().splitlines()
    assert lines[0] == f"y_t[1] = {number(float(session.trace.outputs[0][0, 1]))}"
    assert lines[-2] == "b_ho: 0.00"
    assert not any("others" in line for line in lines)


def test_another_network_without_the_unit_closes_it(hello):
    session, strip = hello
    session.seek(1)
    session.select(pin=Pin("output", 3))
    session.apply(Settings(network=NetworkSettings(kind="rnn_cell", input_size=4, hidden_size=6)))
    assert session.selection.pin is None
    assert strip.isHidden()


def test_new_weights_change_it(open_strip):
    session, strip = open_strip(Settings())
    session.select(pin=Pin("hidden", 0))
    session.step_forward()
    before = strip.text()
    session.draw_new_weights()
    assert HINT in strip.text()
    session.step_forward()
    assert strip.text() != before


def test_the_cross_closes_it(hello, qtbot):
    session, strip = hello
    session.select(pin=Pin("hidden", 1))
    strip.show()
    cross = strip.findChild(QToolButton, "equation.strip.close")
    qtbot.mouseClick(cross, Qt.MouseButton.LeftButton)
    assert session.selection.pin is None
    assert strip.isHidden()


def test_the_dot_is_at_the_sum_and_the_state(hello):
    session, strip = hello
    session.seek(3)
    session.select(pin=Pin("hidden", 5))
    a, result = strip.findChild(Curve).point
    assert result == float(session.trace.hidden[3][0, 0][5])
    assert torch.tanh(torch.tensor(a)).item() == pytest.approx(result, abs=1e-6)


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("nonlinearity", ["tanh", "relu"])
def test_it_is_drawn_at_every_size(open_strip, theme, nonlinearity):
    session, strip = open_strip(Settings(network=NetworkSettings(nonlinearity=nonlinearity)))
    strip.setPalette(palette(THEMES[theme]))
    session.seek(2)
    session.select(pin=Pin("hidden", 3))
    strip.show()
    wide = strip.grab().toImage()
    assert wide.pixelColor(2, 2).name() == THEMES[theme].panel
    sizes = []
    for width in (740, 1100, 1500):
        strip.resize(width, strip.sizeHint().height())
        QApplication.processEvents()
        strip.grab()
        sizes.append(strip.findChild(Tiles).text_size())
    assert sizes == sorted(sizes) and sizes[0] >= 11 and sizes[-1] == 18
    strip.set_text_scale(1.5)
    strip.resize(1900, strip.sizeHint().height())
    QApplication.processEvents()
    strip.grab()
    assert strip.findChild(Tiles).text_size() == 27


def test_not_finite_sums_have_no_dot(open_strip):
    session, strip = open_strip(
        Settings(
            network=NetworkSettings(nonlinearity="relu"),
            initialization=InitializationSettings(scheme=Constant(value=1000.0)),
        )
    )
    session.run_to_end()
    session.select(pin=Pin("hidden", 0))
    strip.grab()
    assert strip.findChild(Curve).point is None
    assert "∞" in strip.text() or "NaN" in strip.text()
