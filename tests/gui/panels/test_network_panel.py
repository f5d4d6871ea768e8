"""The dock "Network"."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QCheckBox, QComboBox, QSpinBox

from rnnviz.memory import MemoryLimits
from rnnviz.panels.network import NetworkPanel
from rnnviz.settings import NetworkSettings, Settings

SIZES = ("input_size", "hidden_size", "output_size", "num_layers", "batch_size")


@pytest.fixture
def dock(drive, session):
    return drive(NetworkPanel(session))


def test_names_and_classes(dock):
    for name in SIZES:
        assert isinstance(dock[f"network.{name}"], QSpinBox)
    for name in ("kind", "nonlinearity", "output_nonlinearity"):
        assert isinstance(dock[f"network.{name}"], QComboBox)
    assert isinstance(dock["network.bias"], QCheckBox)
    kind = dock["network.kind"]
    assert [kind.itemData(i) for i in range(kind.count())] == ["elman", "rnn_cell", "rnn"]


def test_it_shows_the_settings_and_changes_none(qtbot, dock, session):
    before, told = session.settings, []
    session.settings_changed.connect(lambda: told.append(1))
    qtbot.wait(500)
    assert session.settings is before and told == []
    assert dock["network.hidden_size"].value() == before.network.hidden_size


@pytest.mark.parametrize(
    ("kind", "there", "absent"),
    [
        ("elman", {"output_size", "output_nonlinearity"}, {"num_layers", "bias"}),
        ("rnn_cell", {"bias"}, {"num_layers", "output_size", "output_nonlinearity"}),
        ("rnn", {"bias", "num_layers"}, {"output_size", "output_nonlinearity"}),
    ],
)
def test_only_the_fields_of_the_kind_are_there(dock, session, kind, there, absent):
    dock.panel.more.set_open(True)
    dock.choose("network.kind", kind)
    assert session.settings.network.kind == kind
    common = {"kind", "input_size", "hidden_size", "batch_size", "nonlinearity"}
    assert all(dock.shown(f"network.{name}") for name in there | common)
    assert not any(dock.shown(f"network.{name}") for name in absent)
    hint = dock.panel._form.fields["kind"].hint
    assert hint.isVisible() and hint.text() == session.settings.network.description.sentence


def test_dropout_is_there_where_a_layer_lies_above_another(qtbot, dock, session):
    dock.panel.more.set_open(True)
    dock.choose("network.kind", "rnn")
    fields = [f"network.{name}" for name in ("dropout", "training", "dropout_seed")]
    assert dock.shown("network.bidirectional") and not any(map(dock.shown, fields))
    with qtbot.waitSignal(session.network_changed):
        dock.type("network.num_layers", "2")
    assert all(map(dock.shown, fields))


def test_a_typed_size_makes_a_new_network(qtbot, dock, session):
    with qtbot.waitSignal(session.network_changed):
        dock.type("network.hidden_size", "7")
    assert session.network.W_hh.shape == (7, 7)


def test_the_kind_takes_its_own_scheme_along(dock, session):
    dock.choose("network.kind", "rnn")
    assert session.settings.initialization.scheme.name == "torch_default"


def test_all_fields_arrive(dock, session):
    dock.panel.more.set_open(True)
    dock.choose("network.kind", "rnn")
    dock.choose("network.nonlinearity", "relu")
    QTest.keyClick(dock["network.bias"], Qt.Key.Key_Space)
    for name, number in (("input_size", 3), ("hidden_size", 4), ("num_layers", 2)):
        dock.enter(f"network.{name}", str(number))
    dock.enter("network.batch_size", "5")
    module = session.network
    assert (module.input_size, module.hidden_size, module.num_layers) == (3, 4, 2)
    assert module.nonlinearity == "relu" and not module.bias
    assert session.run.batch_size == 5


def test_a_size_beyond_the_limits_is_not_applied(dock, session):
    before = session.settings
    dock.enter("network.hidden_size", "0")
    assert dock.problem("network.hidden_size") == "Hidden size goes from 1 to 100,000."
    assert session.settings is before and dock.panel.has_pending()
    dock["network.kind"].setFocus()
    assert not dock.panel.has_pending()  # so Run's keys work again
    assert dock["network.hidden_size"].cleanText() == "0"


def test_what_does_not_fit_in_memory_is_refused_and_tried_again(qtbot, dock, session):
    session.set_limits(MemoryLimits(budget=2**32, in_memory=2**32))
    dock.enter("network.hidden_size", "33000")
    assert "GB" in dock.problem("network.hidden_size")
    assert session.settings.network.hidden_size == 20
    dock.enter("network.input_size", "4")  # the others go on
    assert session.settings.network.input_size == 4
    qtbot.wait(20)
    assert dock["network.hidden_size"].cleanText() == "33000"
    dock.enter("network.hidden_size", "30")
    assert session.settings.network.hidden_size == 30
    assert dock.problem("network.hidden_size") == ""


def test_what_another_dock_forbids_is_said_beside_the_edited_field(qtbot, drive, session):
    from rnnviz.sequences import Impulse

    sequence = session.settings.sequence.model_copy(update={"source": Impulse(unit=4)})
    session.apply(session.settings.model_copy(update={"sequence": sequence}))
    dock = drive(NetworkPanel(session))
    dock.enter("network.input_size", "3")
    assert dock.problem("network.input_size") == (
        "There is no unit 4: the input's units are 0 to 2."
    )
    assert session.settings.network.input_size == 5

    # What stood in the way goes, and the draft is applied.
    other = sequence.model_copy(update={"source": Impulse(unit=0)})
    session.apply(session.settings.model_copy(update={"sequence": other}))
    qtbot.waitUntil(lambda: session.settings.network.input_size == 3)
    assert dock.problem("network.input_size") == ""


def test_settings_from_elsewhere_are_shown(dock, session):
    network = NetworkSettings(kind="rnn", hidden_size=9, num_layers=3, bias=False)
    session.apply(Settings(network=network))
    assert dock["network.kind"].currentData() == "rnn"
    assert dock["network.hidden_size"].value() == 9 and dock["network.num_layers"].value() == 3
    assert not dock["network.bias"].isChecked() and not dock.panel.has_pending()


def test_a_preset_drops_drafts(qtbot, dock, session):
    dock.type("network.hidden_size", "-3")
    session.open_preset("hello")
    qtbot.wait(450)
    assert dock["network.hidden_size"].cleanText() == "6" and not dock.panel.has_pending()


def test_edits_in_quick_succession_all_arrive(dock, session):
    for name, text in (("input_size", "3"), ("hidden_size", "11"), ("output_size", "2")):
        dock.type(f"network.{name}", text)
    dock.panel.flush()
    network = session.settings.network
    assert (network.input_size, network.hidden_size, network.output_size) == (3, 11, 2)


def test_the_tab_key_goes_down_the_panel(dock):
    dock["network.kind"].setFocus()
    seen = []
    for _ in range(4):
        seen.append(dock.area.focusWidget().objectName())
        QTest.keyClick(dock.area.focusWidget(), Qt.Key.Key_Tab)
    assert seen == [f"network.{n}" for n in ("kind", "input_size", "hidden_size", "output_size")]
