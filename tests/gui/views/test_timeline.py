"""The timeline shows the record of the session, no more and no less."""

import numpy as np
import pytest
import torch
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QWheelEvent
from PySide6.QtWidgets import QApplication, QLabel, QToolButton

from rnnviz.arrays import Stored
from rnnviz.initialization import Constant, Zeros
from rnnviz.sequences import Impulse, Loaded
from rnnviz.session import Session
from rnnviz.settings import InitializationSettings, NetworkSettings, SequenceSettings, Settings
from rnnviz.views.timeline import TimelineView
from rnnviz.widgets.colours import colour_table, is_dark
from rnnviz.widgets.heatmap import Heatmap


@pytest.fixture
def shown(qtbot, session):
    """Return a session and its timeline on the screen."""

    def show(settings: Settings) -> tuple[Session, TimelineView]:
        session.apply(settings)
        view = TimelineView(session)
        qtbot.addWidget(view)
        view.resize(780, 400)
        with qtbot.waitExposed(view):
            view.show()
        return session, view

    return show


def heatmap(view, name):
    """Return a heatmap by the last part of its name."""
    return view.findChild(Heatmap, f"view.timeline.{name}")


def settings(kind="rnn", length=12, **network):
    """Return small settings."""
    return Settings(
        network=NetworkSettings(kind=kind, input_size=3, hidden_size=5, **network),
        sequence=SequenceSettings(length=length),
    )


def test_every_layer_and_sequence_shows_torchs_numbers(shown):
    session, view = shown(settings(num_layers=2, batch_size=3))
    session.run_to_end()
    h0 = torch.zeros(2, 3, 5)
    top, _ = session.network(session.run.inputs, h0)
    for sequence in range(3):
        session.select(sequence=sequence)
        np.testing.assert_array_equal(
            heatmap(view, "hidden.1").values()[:, 1:], top[:, sequence].detach().numpy().T
        )
        np.testing.assert_array_equal(
            heatmap(view, "inputs").values(), session.run.inputs[:, sequence].numpy().T
        )


def test_tanh_states_always_stand_on_minus_1_to_1(shown):
    session, view = shown(settings())
    session.run_to_end()
    assert heatmap(view, "hidden.0").levels() == (-1.0, 1.0)


def test_colours_of_inputs_mean_the_same_from_first_to_last(shown):
    session, view = shown(settings())
    levels = heatmap(view, "inputs").levels()
    largest = session.run.inputs.abs().max()
    assert largest <= levels[1] <= 1.5 * largest
    session.run_to_end()
    assert heatmap(view, "inputs").levels() == levels


@pytest.mark.parametrize(
    ("row", "column", "said"),
    [
        ("inputs", 2, "x_3 = inputs[2]"),
        ("hidden.0", 3, "h_3 = hidden[3] = output[2]"),
        ("hidden.0", 0, "h_0 = hidden[0], the start state"),
    ],
)
def test_tooltips_carry_both_countings(shown, row, column, said):
    session, view = shown(settings())
    session.seek(5)
    value = heatmap(view, row).values()[1, column]
    wanted = next(r for r in view.rows if r.heatmap is heatmap(view, row))
    text = view._describe(wanted, 1, column)
    assert said in text
    assert f"{value:.4f}".replace("-", "−") in text


def test_a_click_on_a_square_goes_to_its_step_and_layer(qtbot, shown):
    session, view = shown(settings(num_layers=2))
    session.seek(9)
    map_ = heatmap(view, "hidden.1")
    place = map_.cell_rect(2, 4).center()
    qtbot.mouseClick(map_, Qt.MouseButton.LeftButton, pos=place)
    assert session.cursor == 4
    assert session.selection.layer == 1
    assert map_.columns_shown == 10


def test_hovering_says_where_and_how_much(qtbot, shown):
    session, view = shown(settings())
    session.seek(3)
    map_ = heatmap(view, "hidden.0")
    with qtbot.waitSignal(view.square_hovered) as said:
        qtbot.mouseMove(map_, map_.cell_rect(2, 3).center())
    assert said.args[0].startswith("h_3[2] = ")


def test_rows_fold_and_unfold(qtbot, shown):
    _, view = shown(settings(num_layers=3))
    row = view.rows[2]
    fold = row.findChild(QToolButton)
    qtbot.mouseClick(fold, Qt.MouseButton.LeftButton)
    assert not row.heatmap.isVisible() and row.height() <= 30
    qtbot.mouseClick(fold, Qt.MouseButton.LeftButton)
    assert row.heatmap.isVisible()


def wheel(widget, steps):
    """Turn the wheel over the middle of a heatmap."""
    place = QPointF(widget.rect().center())
    event = QWheelEvent(
        place,
        widget.mapToGlobal(place),
        QPoint(0, 0),
        QPoint(0, 120 * steps),
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(widget, event)


def test_all_rows_and_the_axis_zoom_together_and_home_fits_all(shown):
    session, view = shown(settings(length=60, num_layers=2))
    session.seek(30)
    wheel(heatmap(view, "hidden.0"), 5)
    ranges = [row.heatmap.x_range() for row in view.rows]
    assert ranges[0][1] - ranges[0][0] < 50
    for low, high in ranges:
        assert (low, high) == pytest.approx(ranges[0])
    assert view.axis.step_at(view.axis.x_of(30)) == 30
    view.fit_all()
    assert view.rows[0].heatmap.x_range() == pytest.approx([-0.5, 60.5])


def test_a_long_sequence_is_followed_by_a_window(qtbot, shown):
    session, view = shown(settings(kind="rnn_cell", length=5000))
    session.seek(3000)
    qtbot.waitUntil(lambda: session.cursor == 3000)
    low, high = heatmap(view, "hidden.0").x_range()
    assert low < 3000 < high
    assert high - low < 400


def test_another_network_leaves_no_row_behind(shown):
    session, view = shown(settings(num_layers=3))
    session.apply(settings(kind="elman"))
    names = [map_.objectName() for map_ in view.findChildren(Heatmap)]
    assert sorted(names) == [
        "view.timeline.hidden.0",
        "view.timeline.inputs",
        "view.timeline.outputs",
    ]


def test_how_many_steps_share_a_pixel_is_said(shown):
    _, view = shown(settings(kind="rnn_cell", length=20_000))
    said = view.findChild(QLabel, "view.timeline.pooled")
    assert said.text() == ""  # the window on time follows the cursor, 4 pixels a step
    view.fit_all()
    assert said.text() == f"{20_001 / view.axis.width():,.0f} steps a pixel"


@pytest.mark.parametrize("step", [1, 54_321])  # the last one lies under the cursor's frame
def test_one_step_in_100_000_is_seen_at_its_own_colour(qtbot, shown, step):
    """W_ih alone answers, at that step alone; all else is zero."""
    session, view = shown(
        Settings(
            network=NetworkSettings(kind="rnn_cell", input_size=2, hidden_size=6, bias=False),
            initialization=InitializationSettings(
                scheme=Zeros(), overrides={"weight_ih": Constant(value=20.0)}
            ),
            sequence=SequenceSettings(source=Impulse(at=step), length=100_000),
        )
    )
    view.fit_all()
    session.run_to_end()
    qtbot.waitUntil(lambda: session.cursor == 100_000, timeout=30_000)
    highest = QColor.fromRgb(int(colour_table(is_dark(view.palette()))[255]))
    for name, columns in (("inputs", step - 1), ("hidden.0", step)):
        map_ = heatmap(view, name)
        assert map_.levels() == (-1, 1)
        place = map_.cell_rect(0, columns).center()
        image = map_.grab().toImage()
        assert image.pixelColor(place) == highest
        assert map_.cell_at(place) == (0, columns)


@pytest.mark.parametrize("scale", [1.0, 1.6])
def test_long_names_of_columns_are_not_cut_and_all_rows_begin_at_the_same_x(shown, scale):
    names = ("humidity", "wind", "rain")
    source = Loaded(file="a.csv", data=Stored(np.ones((12, 3))), names=names)
    _, view = shown(settings().model_copy(update={"sequence": SequenceSettings(source=source)}))
    view.set_text_scale(scale)
    inputs, states = heatmap(view, "inputs"), heatmap(view, "hidden.0")
    font = inputs.font()
    font.setPixelSize(11)
    wide = QFontMetricsF(font).horizontalAdvance("humidity")
    assert inputs.width() > states.width()
    assert inputs.cell_rect(0, 0).left() >= wide
    begins = [map_.mapTo(view, map_.cell_rect(0, 0).topLeft()).x() for map_ in (inputs, states)]
    apart = states.cell_rect(0, 1).width()  # the state at the start stands before the first input
    assert begins[1] < begins[0] <= begins[1] + 2 * apart
