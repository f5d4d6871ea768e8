"""The dock "Initialisation"."""

import pytest
import torch
from oracles import OWN_SCHEMES
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QComboBox, QPushButton, QSpinBox, QWidget

from rnnviz.changes import why_no_draw
from rnnviz.initialization import INIT_SCHEMES, TorchDefault, Uniform, Values, Zeros
from rnnviz.panels.initialization import InitializationPanel
from rnnviz.session import Session
from rnnviz.settings import NetworkSettings, Settings

SMALL = Settings(network=NetworkSettings(input_size=3, hidden_size=4, output_size=2))


@pytest.fixture
def dock(drive, session):
    return drive(InitializationPanel(session))


@pytest.fixture
def small(qapp):
    made = Session(SMALL)
    yield made
    made.close()


@pytest.fixture
def small_dock(drive, small):
    return drive(InitializationPanel(small))


def weights(session):
    return {name: p.detach().clone() for name, p in session.network.named_parameters()}


def same(one, two):
    return {name: torch.equal(one[name], two[name]) for name in one}


def test_names_and_order(dock):
    scheme = dock["init.scheme"]
    assert isinstance(scheme, QComboBox) and isinstance(dock["init.seed"], QSpinBox)
    assert isinstance(dock["init.draw"], QPushButton)
    listed = [scheme.itemData(i) for i in range(scheme.count())]
    assert listed[:5] == ["uniform", "torch_default", "values", "file", None]
    assert set(listed) - {None} == set(INIT_SCHEMES)
    parameter = dock["init.parameter"]
    texts = [parameter.itemText(i) for i in range(parameter.count()) if parameter.itemText(i)]
    assert texts == [
        "All parameters", "W_ih (20 × 5)", "W_hh (20 × 20)", "W_ho (10 × 20)", "b_ih (20)",
        "b_ho (10)",
    ]  # fmt: skip


@pytest.mark.parametrize("name", [name for name in OWN_SCHEMES if name != "values"])
def test_each_scheme_shows_its_sentence_and_fields(dock, session, name):
    dock.choose("init.scheme", name)
    assert session.settings.initialization.scheme == INIT_SCHEMES[name]()
    assert dock.panel._choice.fields["scheme"].hint.text() == INIT_SCHEMES[name].sentence
    own = INIT_SCHEMES[name].model_fields.keys() - {"name"}
    assert all(dock.shown(f"init.{field}") for field in own)
    others = set().union(*(s.model_fields for s in OWN_SCHEMES.values())) - own - {"name"}
    assert not any(dock.shown(f"init.{field}") for field in others)


def test_schemes_with_fields_of_one_name_do_not_mix(dock, session):
    dock.enter("init.low", "-0.25")
    dock.choose("init.scheme", "trunc_normal")
    dock.enter("init.low", "-3")
    dock.choose("init.scheme", "uniform")
    assert session.settings.initialization.scheme == Uniform(low=-0.25)
    assert dock["init.low"].text() == "-0.25"


def test_bounds_in_the_wrong_order_wait_for_each_other(dock, session):
    dock.enter("init.low", "2")
    assert dock.problem("init.low") == "From must be less than To."
    assert session.settings.initialization.scheme == Uniform()
    dock.enter("init.high", "3")
    assert session.settings.initialization.scheme == Uniform(low=2, high=3)
    assert session.network.W_ih.min() >= 2 and session.network.W_ih.max() <= 3


def test_one_parameter_alone(dock, session):
    before = weights(session)
    dock.choose("init.parameter", "W_hh")
    assert dock["init.scheme"].currentData() == "" and not dock.shown("init.low")
    dock.choose("init.scheme", "zeros")
    assert session.settings.initialization.overrides == {"W_hh": Zeros()}
    kept = same(before, weights(session))
    assert not kept.pop("W_hh") and all(kept.values())

    dock.choose("init.parameter", "")
    assert dock["init.scheme"].currentData() == "uniform" and dock.shown("init.low")
    hint = dock.panel._which.fields["parameter"].hint
    assert hint.text() == "W_hh has a scheme of its own."

    dock.choose("init.parameter", "W_hh")
    dock.choose("init.scheme", "")
    assert session.settings.initialization.overrides == {}
    assert all(same(before, weights(session)).values())


def test_typing_goes_to_the_parameter_that_was_chosen_before(dock, session):
    dock.type("init.low", "-0.5")
    dock["init.parameter"].setCurrentIndex(dock["init.parameter"].findData("W_hh"))
    assert session.settings.initialization.scheme == Uniform(low=-0.5)
    assert session.settings.initialization.overrides == {}


def test_drawing_and_going_back(qtbot, dock, session):
    first = weights(session)
    assert not dock["init.restore"].isEnabled() and dock["init.restore"].toolTip()
    with qtbot.waitSignal(session.weights_changed):
        dock.click("init.draw")
    assert dock["init.seed"].value() == 1
    assert not any(same(first, weights(session)).values())
    with qtbot.waitSignal(session.weights_changed):
        dock.click("init.restore")
    assert dock["init.seed"].value() == 0 and all(same(first, weights(session)).values())


def test_drawing_takes_a_typed_seed_along(dock, session):
    dock.type("init.seed", "41")
    dock["init.draw"].click()
    assert session.settings.initialization.seed == 42


def test_nothing_random_nothing_to_draw(dock, session):
    dock.choose("init.scheme", "zeros")
    assert not dock["init.draw"].isEnabled()
    assert dock["init.draw"].toolTip() == why_no_draw(session.settings) != ""
    dock.choose("init.parameter", "W_hh")
    dock.choose("init.scheme", "orthogonal")
    assert dock["init.draw"].isEnabled()


def test_values_begin_with_the_numbers_as_they_are(small_dock, small):
    before = weights(small)
    small_dock.choose("init.scheme", "values")
    assert isinstance(small.settings.initialization.scheme, Values)
    assert all(same(before, weights(small)).values())
    names = [f"init.values.{name}" for name in before]
    assert all(small_dock.shown(name) for name in names)


def test_a_typed_table_reaches_the_weights(qtbot, small_dock, small):
    small_dock.choose("init.scheme", "values")
    before = weights(small)
    small_dock.enter("init.values.W_ho", "1 2 3 4\n5 6 7 8")
    kept = same(before, weights(small))
    assert not kept.pop("W_ho") and all(kept.values())
    assert small.network.W_ho.tolist() == [[1, 2, 3, 4], [5, 6, 7, 8]]


def test_a_table_of_another_size_is_refused(small_dock, small):
    small_dock.choose("init.scheme", "values")
    before = weights(small)
    small_dock.enter("init.values.b_ih", "1 2 3")
    assert small_dock.problem("init.values.b_ih") == (
        "b_ih needs 1 row of 4 numbers; this has 1 row of 3."
    )
    small_dock.enter("init.values.W_hh", "1 x")
    assert small_dock.problem("init.values.W_hh") == 'Row 1: "x" is not a number.'
    small_dock.enter("init.values.W_ih", "\n".join(["1 2 3"] * 9))
    assert "8 × 8" in small_dock.problem("init.values.W_ih")
    assert all(same(before, weights(small)).values())

    small_dock.enter("init.values.b_ih", "")  # nothing typed: zeros
    assert small_dock.problem("init.values.b_ih") == ""
    assert small.network.b_ih.tolist() == [0, 0, 0, 0]


def test_values_for_one_parameter(small_dock, small):
    before = weights(small)
    small_dock.choose("init.parameter", "W_hh")
    small_dock.choose("init.scheme", "values")
    assert set(small.settings.initialization.overrides) == {"W_hh"}
    assert all(same(before, weights(small)).values())
    assert not small_dock.shown("init.values.W_ih")
    small_dock.enter("init.values.W_hh", "\n".join(["0 0 0 0"] * 4))
    assert small.network.W_hh.abs().sum() == 0


def test_values_are_refused_for_large_parameters(qtbot, dock, session):
    before = session.settings
    dock.choose("init.scheme", "values")
    assert dock.problem("init.scheme") == (
        "Values can be typed for matrices up to 8 × 8; W_ih is 20 × 5."
    )
    assert session.settings is before and not dock.shown("init.low")
    dock.choose("init.scheme", "uniform")
    assert dock.problem("init.scheme") == "" and dock.shown("init.low")


def test_the_list_of_parameters_follows_the_network(dock, session):
    dock.choose("init.parameter", "W_hh")
    session.apply(Settings(network=NetworkSettings(kind="rnn", num_layers=2)))
    parameter = dock["init.parameter"]
    assert parameter.currentData() == "" and parameter.findData("weight_hh_l1") > 0
    assert session.settings.initialization.overrides == {}


def test_settings_from_elsewhere_are_shown(qtbot, dock, session):
    init = session.settings.initialization
    update = {"scheme": TorchDefault(), "seed": 9, "overrides": {"b_ih": Zeros()}}
    session.apply_initialization(init.model_copy(update=update))
    assert dock["init.scheme"].currentData() == "torch_default" and dock["init.seed"].value() == 9
    dock.choose("init.parameter", "b_ih")
    assert dock["init.scheme"].currentData() == "zeros"
    assert session.settings.initialization == init.model_copy(update=update)


def test_the_colour_range(dock, session):
    dock.panel.more.set_open(True)
    weight_range = dock["init.weight_range"]
    assert weight_range.text() == "automatic"
    dock.enter("init.weight_range", "2.5")
    assert session.settings.initialization.weight_range == 2.5
    dock.enter("init.weight_range", "-1")
    assert dock.problem("init.weight_range") and weight_range.cleanText() == "-1"
    dock.enter("init.weight_range", "0")
    assert session.settings.initialization.weight_range == 0
    assert weight_range.text() == "automatic"


def test_opening_and_closing_every_scheme_leaves_one_widget_a_name(dock):
    for name in (*OWN_SCHEMES, *OWN_SCHEMES):
        dock.choose("init.scheme", name)
        for field in ("low", "high", "gain", "std", "mean", "mode"):
            assert len(dock.panel.findChildren(QWidget, f"init.{field}")) <= 1


def test_the_tab_key_reaches_fields_that_were_made_late_in_their_place(dock):
    dock.choose("init.scheme", "trunc_normal")
    seen = []
    for _ in range(6):
        seen.append(dock.area.focusWidget().objectName())
        QTest.keyClick(dock.area.focusWidget(), Qt.Key.Key_Tab)
    names = ("scheme", "mean", "std", "low", "high", "seed")
    assert seen == [f"init.{name}" for name in names]
