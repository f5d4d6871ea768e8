"""The inspector, beside the equation and in a scroll area as in its dock: click, step, read."""

import math
import re

import numpy as np
import pytest
import torch
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QGuiApplication, QHelpEvent
from PySide6.QtWidgets import QApplication, QLabel, QPushButton, QToolTip

from rnnviz.initialization import Constant
from rnnviz.presets import load_presets
from rnnviz.selection import Pin
from rnnviz.session import Session
from rnnviz.settings import InitializationSettings, NetworkSettings, SequenceSettings, Settings
from rnnviz.theme import THEMES, palette
from rnnviz.views import inspector
from rnnviz.views.curve import Curve
from rnnviz.views.equation import EquationView
from rnnviz.views.inspector import NOTHING, InspectorView
from rnnviz.views.inspector_bars import WaterfallBars
from rnnviz.views.notation import exact, number
from rnnviz.widgets.colours import NOT_FINITE
from rnnviz.widgets.heatmap import Heatmap
from rnnviz.widgets.scroll import Scroll


@pytest.fixture
def open_view(qtbot):
    """Return a function from settings to a session and its shown inspector."""
    sessions, shown = [], []

    def open_(settings, width=340):
        session = Session(settings)
        sessions.append(session)
        view = InspectorView(session)
        scroll = Scroll(view)
        shown.append(scroll)
        qtbot.addWidget(scroll)
        scroll.resize(width, 900)
        with qtbot.waitExposed(scroll):
            scroll.show()
        return session, view

    yield open_
    for session in sessions:
        session.close()


@pytest.fixture
def hello(open_view):
    return open_view(load_presets()["hello"].settings)


def network(**fields):
    return Settings(network=NetworkSettings(**fields))


def words(view, name):
    """Return what a label says, without its markup; empty where it is hidden."""
    label = view.findChild(QLabel, f"view.inspector.{name}")
    text = re.sub(r"<[^>]*>", "", label.text()).replace("&nbsp;", " ")
    return text if label.isVisible() else ""


def bars(view):
    return view.findChild(WaterfallBars, "view.inspector.bars")


def tooltip(view, index):
    """Rest with the pointer on a bar, and return what appears, without markup, line by line."""
    at = bars(view).row_rect(index).center().toPoint()
    where = bars(view).mapToGlobal(at)
    QApplication.sendEvent(bars(view), QHelpEvent(QEvent.Type.ToolTip, at, where))
    text = QToolTip.text().replace("<br>", "\n")
    return re.sub(r"<sub>([^<]*)</sub>", r"_\1", text).replace("<i>", "").replace("</i>", "")


def test_it_says_what_to_do_while_nothing_is_pinned(hello):
    _, view = hello
    assert view.objectName() == "view.inspector"
    assert words(view, "hint") == view.text() == NOTHING
    assert not bars(view).isVisible() and words(view, "title") == ""
    assert not view.findChild(QPushButton, "view.inspector.copy").isVisible()


def test_a_click_on_a_square_of_the_equation_takes_it_apart(hello, qtbot):
    session, view = hello
    equation = EquationView(session)
    qtbot.addWidget(equation)
    equation.resize(1300, 420)
    with qtbot.waitExposed(equation):
        equation.show()
    session.seek(4)
    square = equation.findChild(Heatmap, "view.equation.h")
    at = square.cell_rect(2, 0).center()
    qtbot.mouseClick(square, Qt.MouseButton.LeftButton, pos=at)
    result = float(session.trace.hidden[4][0, 0, 2])
    assert words(view, "title").startswith("h4[2] = tanh(a4[2]) = tanh(")
    assert words(view, "title").endswith(f" = {number(result, 4)}")
    assert words(view, "hint") == "" and words(view, "where") == ""
    assert len(bars(view).rows) == 10 + 1 + 1
    qtbot.mouseClick(square, Qt.MouseButton.LeftButton, pos=at)
    assert words(view, "hint") == NOTHING and not bars(view).isVisible()


def test_the_rows_are_the_sum_in_order(hello):
    session, view = hello
    session.select(pin=Pin("hidden", 2))
    session.seek(4)
    *products, bias, total = bars(view).rows
    module, x, h = session.network, session.run.inputs[3, 0], session.trace.hidden[3][0, 0]
    wanted = torch.cat((module.W_ih[2] * x, module.W_hh[2] * torch.tensor(h))).detach().numpy()
    assert [abs(row.value) for row in products] == pytest.approx(np.sort(np.abs(wanted))[::-1])
    assert bias.name == "b_ih[2]" and bias.value == module.b_ih[2].item()
    assert products[0].start == 0 and total.start == 0
    ends = [row.end for row in (*products, bias)]
    assert [row.start for row in (*products, bias)] == [0, *ends[:-1]]
    assert total.name == "a_4[2]" and total.end == ends[-1]
    named = {row.name for row in products}
    assert {"W_ih[2,0]·x_4[0]", "W_hh[2,5]·h_3[5]"} <= named


def test_the_numbers_stand_beside_those_of_the_network(hello):
    session, view = hello
    session.select(pin=Pin("hidden", 1))
    session.seek(6)
    total = bars(view).rows[-1].end
    module, x, h = session.network, session.run.inputs[5, 0], session.trace.hidden[5][0, 0]
    doubles = [value.detach().double() for value in (module.W_ih, module.W_hh, module.b_ih)]
    a = doubles[0][1] @ x.double() + doubles[1][1] @ torch.tensor(h).double() + doubles[2][1]
    assert total == pytest.approx(float(a), rel=1e-12)
    said = words(view, "sum")
    assert said.startswith(f"The terms add up to {exact(float(a))}; the network has ")
    assert " apart; the rounding of float32 explains up to " in said
    record = exact(float(session.trace.hidden[6][0, 0, 1]))
    assert words(view, "result").startswith(
        f"tanh({exact(float(a))}) = {exact(math.tanh(float(a)))}; the record has {record}."
    )
    assert view.findChild(Curve).point[1] == float(session.trace.hidden[6][0, 0, 1])


def test_text_says_it_all(hello):
    session, view = hello
    session.select(pin=Pin("hidden", 2))
    session.seek(4)
    lines = view.text().splitlines()
    assert lines[0].startswith("h_4[2] = tanh(a_4[2]) = tanh(")
    assert len(lines) == 1 + 12 + 2 + 2
    for line, row in zip(lines[1:11], bars(view).rows, strict=False):
        weight, given = map(exact, row.factors)
        assert line == f"{row.name}: {weight} × {given} = {exact(row.value)}; sum {exact(row.end)}"
    assert lines[12] == f"a_4[2] = {exact(bars(view).rows[-1].end)}"
    assert bars(view).accessibleDescription() == view.text()


def test_copy_takes_all_of_it(hello, qtbot):
    session, view = hello
    session.select(pin=Pin("output", 0))
    session.seek(2)
    with qtbot.waitSignal(session.notice):
        button = view.findChild(QPushButton, "view.inspector.copy")
        qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    assert QGuiApplication.clipboard().text() == view.text()


def test_at_the_start_a_state_is_given(open_view):
    for start, said in (("zeros", "is zeros"), ("normal", "is drawn"), ("carry", "previous run")):
        session, view = open_view(Settings(sequence=SequenceSettings(start_state=start)))
        session.select(pin=Pin("hidden", 3))
        value = exact(float(session.run.h0[0, 0, 3]))
        assert words(view, "hint").startswith(f"h0[3] = {value} is given, not computed: ")
        assert said in words(view, "hint") and view.text().startswith("h_0[3]")
        session.step_forward()
        assert words(view, "hint") == "" and words(view, "title").startswith("h1[3]")
        session.step_back()
        assert said in words(view, "hint") and words(view, "title") == ""


def test_at_the_start_there_is_no_output(hello):
    session, view = hello
    session.select(pin=Pin("output", 1))
    assert words(view, "hint") == "There is no y0[1] yet. Press → to compute the first step."


def test_a_linear_output_is_its_sum(hello):
    session, view = hello
    session.select(pin=Pin("output", 1))
    session.seek(3)
    y = float(session.trace.outputs[2][0, 1])
    assert words(view, "title") == f"y3[1] = {number(y, 4)}"
    assert words(view, "sum").startswith("The terms add up to ")
    assert f"; the record has {exact(y)}. " in words(view, "sum")
    assert words(view, "result") == ""
    assert [row.name for row in bars(view).rows][-2:] == ["b_ho[1]", "y_3[1]"]


def test_an_output_through_tanh(open_view):
    session, view = open_view(network(output_nonlinearity="tanh"))
    session.select(pin=Pin("output", 1))
    session.seek(3)
    assert words(view, "title").startswith("y3[1] = tanh(sum) = tanh(")
    assert bars(view).rows[-1].name == "sum"
    y = exact(float(session.trace.outputs[2][0, 1]))
    assert f"the record has {y}." in words(view, "result")


def test_layers_and_sequences_are_named(open_view):
    session, view = open_view(network(kind="rnn", num_layers=2, batch_size=2, hidden_size=30))
    session.select(pin=Pin("hidden", 7))
    session.seek(4)
    assert words(view, "where") == "Layer 0; sequence 0"
    session.select(layer=1, sequence=1)
    assert words(view, "where") == "Layer 1, whose x4 is h4 of layer 0; sequence 1"
    rows = bars(view).rows
    assert len(rows) == 20 + 1 + 2 + 1
    assert rows[20].name == "40 others" and not rows[20].factors
    assert [row.name for row in rows[21:]] == ["b_ih[7]", "b_hh[7]", "a_4[7]"]


@pytest.mark.parametrize("kind", ["elman", "rnn_cell", "rnn"])
def test_tooltips_name_where_each_number_is_kept(open_view, kind):
    session, view = open_view(network(kind=kind, num_layers=2, batch_size=2, hidden_size=6))
    top = session.contract.num_layers - 1
    session.select(pin=Pin("hidden", 3), layer=top, sequence=1)
    session.seek(5)
    record = {"hidden": np.asarray(session.trace.hidden), "inputs": session.trace.inputs}
    for index, row in enumerate(bars(view).rows):
        if not row.factors:
            continue
        first, second, third, last = tooltip(view, index).splitlines()
        own, place = re.fullmatch(r".*?(\w+)\[([\d, ]+)\]", first).groups()
        weight = getattr(session.network, own)[tuple(map(int, place.split(", ")))]
        array, place = re.search(r"= (\w+)\[([\d, ]+)\]", second).groups()
        assert (weight.item(), float(record[array][tuple(map(int, place.split(", ")))])) == (
            row.factors
        )
        assert third == f"{' × '.join(map(exact, row.factors))} = {exact(row.value)}"
        assert last == f"sum so far {exact(row.end)}"


def test_a_bar_points_at_its_square(hello, qtbot):
    session, view = hello
    session.select(pin=Pin("hidden", 2))
    session.seek(4)
    pointed, said = [], []
    view.square_pointed.connect(pointed.append)
    view.square_hovered.connect(said.append)
    for index in (0, 10, 11):
        qtbot.mouseMove(bars(view), bars(view).row_rect(index).center().toPoint())
    QApplication.sendEvent(bars(view), QEvent(QEvent.Type.Leave))
    first = bars(view).rows[0]
    block, row, column = pointed[0]
    assert row == 2 and first.name.startswith(f"{block}[2,{column}]·")
    assert pointed[1:3] == [("b_ih", 2, 0), None]
    assert said[0] == f"{first.name} = {exact(first.value)}" and said[-1] == ""


def test_it_rests_while_it_is_hidden(hello, monkeypatch):
    session, view = hello
    made = []

    def counted(terms):
        made.append(terms)
        return waterfall(terms)

    waterfall = inspector.waterfall
    monkeypatch.setattr(inspector, "waterfall", counted)
    session.select(pin=Pin("hidden", 2))
    session.seek(1)
    assert made
    scroll = view.window()
    scroll.hide()
    made.clear()
    session.seek(5)
    session.select(pin=Pin("hidden", 3))
    assert not made
    scroll.show()
    assert words(view, "title").startswith("h5[3]")


def test_a_square_clicked_elsewhere_is_pinned_while_it_is_on_show(hello):
    session, view = hello
    view.pin_square("hidden", 0, 4)
    assert session.selection.pin == Pin("hidden", 4)
    view.window().hide()
    view.pin_square("hidden", 0, 5)
    assert session.selection.pin == Pin("hidden", 4)


def test_new_weights_and_another_network(open_view):
    session, view = open_view(Settings())
    session.select(pin=Pin("hidden", 9))
    session.step_forward()
    before = view.text()
    session.draw_new_weights()
    assert "given, not computed" in words(view, "hint")
    session.step_forward()
    assert view.text() != before and words(view, "title").startswith("h1[9]")
    session.apply(network(hidden_size=5))
    assert words(view, "hint") == NOTHING


@pytest.fixture
def exploding(open_view):
    weights = InitializationSettings(scheme=Constant(value=1000.0))
    session, view = open_view(
        Settings(network=NetworkSettings(nonlinearity="relu"), initialization=weights)
    )
    session.select(pin=Pin("hidden", 0))
    session.run_to_end()
    return session, view


def test_not_finite_numbers_are_told(exploding):
    _, view = exploding
    QApplication.processEvents()
    rows = bars(view).rows
    assert not math.isfinite(rows[0].value) and not math.isfinite(rows[-1].end)
    assert "∞" in view.text() or "NaN" in view.text()
    assert "apart" not in words(view, "sum") and view.findChild(Curve).point is None
    at = bars(view).row_rect(0).toRect()
    picture = bars(view).grab().toImage()
    colours = {picture.pixelColor(20, y).name() for y in range(at.top(), at.bottom())}
    assert NOT_FINITE.name() in colours


def test_what_leaves_float32_is_told(exploding):
    session, view = exploding
    states = np.asarray(session.trace.hidden)[:, 0, 0, 0]
    session.seek(int(np.argmax(np.isinf(states))))  # the first: what goes into it is finite
    total = bars(view).rows[-1].end
    assert 3.4e38 < total < math.inf
    assert words(view, "sum") == (
        f"The terms add up to {exact(total)}; the network has ∞. "
        "On the way float32 left its range, which ends at 3.4e+38."
    )


@pytest.mark.parametrize("units", [1, 20, 512])
@pytest.mark.parametrize("theme", THEMES)
def test_it_is_drawn_at_every_size(open_view, qapp, theme, units):
    qapp.setPalette(palette(THEMES[theme]))
    session, view = open_view(network(kind="rnn_cell", hidden_size=units))
    session.select(pin=Pin("hidden", units - 1))
    session.seek(3)
    heights = {}
    for width, scale in ((340, 1.0), (700, 1.0), (340, 1.6), (1100, 1.6)):
        view.set_text_scale(scale)
        view.window().resize(width, 900)
        QApplication.processEvents()
        assert view.width() <= width
        assert bars(view).height() == bars(view).heightForWidth(bars(view).width())
        assert view.height() >= view.findChild(QPushButton).geometry().bottom()
        heights[width, scale] = bars(view).height()
        view.grab()
    assert heights[700, 1.0] < heights[340, 1.0] < heights[340, 1.6]


def test_every_row_has_its_place(open_view):
    session, view = open_view(network(kind="rnn_cell", hidden_size=300))
    session.select(pin=Pin("hidden", 299))
    session.seek(3)
    QApplication.processEvents()
    rows = bars(view).rows
    places = [bars(view).row_rect(index) for index in range(len(rows))]
    assert all(
        bars(view).row_at(at.center().y()) is row for at, row in zip(places, rows, strict=True)
    )
    assert places[0].top() > 0 and places[-1].bottom() <= bars(view).height()
    assert bars(view).row_at(0) is None and bars(view).row_at(places[-1].bottom() + 1) is None
