"""A recording of a training loop on the screen."""

import shutil
from threading import Event

import numpy as np
import pytest
import torch
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QFileDialog, QLabel, QSlider, QToolButton, QWidget
from torch import nn

import rnnviz
from rnnviz.formats import read_recording


class Model(nn.Module):
    def __init__(self):
        super().__init__()
        self.rnn = nn.RNN(3, 5)
        self.head = nn.Linear(5, 1)

    def forward(self, x):
        return self.head(self.rnn(x)[0])


def train(model, passes, seed=0):
    torch.manual_seed(seed)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    for _ in range(passes):
        optimizer.zero_grad()
        model(torch.randn(12, 2, 3)).square().mean().backward()
        optimizer.step()


@pytest.fixture
def recorded(tmp_path):
    path = tmp_path / "mein Lauf.zarr"
    model = Model()
    with rnnviz.record(model, path, every=2):
        train(model, 9)
    return path


@pytest.fixture
def shown(qtbot, window, recorded):
    """Return the window with the recording's latest record."""
    window.open_files([recorded])
    qtbot.waitUntil(lambda: window.session.settings.replay is not None)
    return window


def place(window):
    return window.findChild(QLabel, "recording.place").text()


def run_to_end(qtbot, session):
    session.run_to_end()
    qtbot.waitUntil(lambda: session.cursor == session.length)


def test_the_latest_record_is_shown(qtbot, shown, recorded):
    reading, session = read_recording(recorded), shown.session
    last = len(reading) - 1
    assert place(shown) == f"training step {reading.steps[last]:,} of {reading.steps[last]:,}"
    assert session.length == 12 and session.settings.network.batch_size == 2
    run_to_end(qtbot, session)
    np.testing.assert_array_equal(session.trace.hidden, reading.hidden(last, 0, 13))
    for name, weights in reading.weights(last).items():
        np.testing.assert_array_equal(session.network.get_parameter(name).detach(), weights)


def test_the_slider_goes_through_the_training_and_the_cursor_stays(qtbot, shown, recorded):
    reading, session = read_recording(recorded), shown.session
    session.seek(7)
    slider = shown.findChild(QSlider, "recording.slider")
    assert (slider.minimum(), slider.maximum()) == (0, len(reading) - 1)
    for number in (3, 2, 1, 0):  # quickly: what counts is where it ends
        slider.setValue(number)
    qtbot.waitUntil(lambda: session.settings.replay.number == 0)
    assert session.cursor == 7 and session.history.undo_name
    np.testing.assert_array_equal(np.asarray(session.trace.hidden), reading.hidden(0, 0, 8))
    assert place(shown).startswith(f"training step {reading.steps[0]:,} of ")


def test_a_change_leaves_the_record_and_the_slider_comes_back_to_it(qtbot, shown):
    session = shown.session
    before = session.settings.replay.number
    session.draw_new_weights()
    network = session.settings.network.model_copy(update={"nonlinearity": "relu"})
    session.apply(session.settings.model_copy(update={"network": network}))
    assert session.settings.replay is None and place(shown) == "left: states are computed"
    slider = shown.findChild(QSlider, "recording.slider")
    slider.setValue(before - 1)
    qtbot.waitUntil(lambda: session.settings.replay is not None)
    assert session.settings.network.nonlinearity == "tanh"
    shown.findChild(QAction, "edit.undo").trigger()
    assert session.settings.network.nonlinearity == "relu"


def test_close_keeps_what_is_shown_and_computes_from_now_on(qtbot, shown):
    session = shown.session
    button = shown.findChild(QToolButton, "recording.close")
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    assert not shown.findChild(QWidget, "recording").isVisible()
    assert session.settings.replay is None
    run_to_end(qtbot, session)
    module = session.network
    with torch.no_grad():
        output, _ = module(session.run.inputs)
    assert torch.tensor(np.asarray(session.trace.hidden)[1:, 0]).equal(output)


def test_it_is_followed_while_it_is_written(qtbot, window, tmp_path):
    model, path = Model(), tmp_path / "live.zarr"
    with rnnviz.record(model, path, every=1):
        train(model, 3)
        window.open_files([path])
        qtbot.waitUntil(lambda: window.session.settings.replay is not None)
        follow = window.findChild(QToolButton, "recording.follow")
        assert follow.isChecked()
        train(model, 4, seed=1)
        qtbot.waitUntil(lambda: window.session.settings.replay.number == 6, timeout=10_000)
        slider = window.findChild(QSlider, "recording.slider")
        slider.setValue(1)
        assert not follow.isChecked()
        qtbot.waitUntil(lambda: window.session.settings.replay.number == 1)
        train(model, 2, seed=2)
        qtbot.waitUntil(lambda: slider.maximum() == 8, timeout=10_000)
        assert window.session.settings.replay.number == 1
        qtbot.mouseClick(follow, Qt.MouseButton.LeftButton)
        qtbot.waitUntil(lambda: window.session.settings.replay.number == 8)


def test_a_folder_that_is_no_recording_is_said(qtbot, window, tmp_path):
    before = window.session.settings
    window.findChild(QAction, "file.open_recording").trigger()
    chooser = window.findChild(QFileDialog, "open.files")
    assert chooser.fileMode() == QFileDialog.FileMode.Directory
    chooser.filesSelected.emit([str(tmp_path)])
    chooser.reject()
    banner = window.findChild(QWidget, "banner")
    qtbot.waitUntil(banner.isVisible)
    assert tmp_path.name in window.findChild(QLabel, "banner.text").text()
    assert window.session.settings == before


def test_closing_the_window_while_it_is_followed(qtbot, window, tmp_path):
    model, path = Model(), tmp_path / "live.zarr"
    with rnnviz.record(model, path, every=1):
        train(model, 1)
        window.open_files([path])
        qtbot.waitUntil(lambda: window.session.settings.replay is not None)
        window.close()
        assert window.files.finished(5)


def bar(window):
    return window.findChild(QWidget, "recording")


def test_undo_takes_the_bar_away_and_redo_brings_it_back(shown):
    session, undo = shown.session, shown.findChild(QAction, "edit.undo")
    undo.trigger()
    assert session.settings.replay is None and not bar(shown).isVisible()
    shown.findChild(QAction, "edit.redo").trigger()
    assert session.settings.replay is not None and bar(shown).isVisible()
    shown.findChild(QToolButton, "recording.close").click()
    assert not bar(shown).isVisible()
    undo.trigger()
    assert session.settings.replay is not None and bar(shown).isVisible()


def test_another_recording_is_a_change_of_its_own(qtbot, shown, tmp_path):
    session, first = shown.session, shown.session.settings.replay
    with rnnviz.record(model := Model(), tmp_path / "two.zarr"):
        train(model, 2)
    shown.open_files([tmp_path / "two.zarr"])
    qtbot.waitUntil(lambda: session.settings.replay is not first)
    assert session.history.undo_name.startswith("opening “two.zarr")
    shown.findChild(QAction, "edit.undo").trigger()
    assert session.settings.replay is first
    assert shown.findChild(QLabel, "recording.name").text() == "mein Lauf.zarr · rnn"
    assert shown.findChild(QSlider, "recording.slider").maximum() == len(first.recording) - 1


def test_one_that_is_opened_while_another_is_read_is_shown(qtbot, shown, tmp_path, monkeypatch):
    from rnnviz.formats.recording import Recording

    session, first = shown.session, shown.session.settings.replay
    with rnnviz.record(model := Model(), tmp_path / "two.zarr"):
        train(model, 2)
    go_on, inputs = Event(), Recording.inputs
    monkeypatch.setattr(Recording, "inputs", lambda self, k: (go_on.wait(10), inputs(self, k))[1])
    shown.findChild(QSlider, "recording.slider").setValue(0)
    shown.files.recording.open(read_recording(tmp_path / "two.zarr"))
    go_on.set()
    qtbot.waitUntil(lambda: session.settings.replay.recording is not first.recording)
    assert place(shown) == "training step 0 of 0"


def test_a_preset_takes_the_bar_away_until_it_is_undone(shown):
    shown.session.open_preset("exercise-rnn")
    assert not bar(shown).isVisible()
    shown.findChild(QAction, "edit.undo").trigger()
    assert bar(shown).isVisible() and place(shown).startswith("training step ")


def test_what_grows_does_not_come_over_what_somebody_does(qtbot, window, tmp_path):
    model, path, session = Model(), tmp_path / "live.zarr", window.session
    with rnnviz.record(model, path, every=1):
        train(model, 3)
        window.open_files([path])
        qtbot.waitUntil(lambda: session.settings.replay is not None)
        network = session.settings.network.model_copy(update={"nonlinearity": "relu"})
        session.apply(session.settings.model_copy(update={"network": network}))
        follow = window.findChild(QToolButton, "recording.follow")
        assert not follow.isChecked() and place(window) == "left: states are computed"
        train(model, 2, seed=1)
        slider = window.findChild(QSlider, "recording.slider")
        qtbot.waitUntil(lambda: slider.maximum() == 4, timeout=10_000)
        assert session.settings.replay is None and not window.files.recording.busy
        window.findChild(QToolButton, "recording.back").click()
        qtbot.waitUntil(lambda: session.settings.replay is not None)
        assert session.settings.replay.number == 2


def test_one_that_is_deleted_stays_where_it_was(qtbot, shown, recorded):
    shutil.rmtree(recorded)
    before, session = shown.session.settings, shown.session
    slider = shown.findChild(QSlider, "recording.slider")
    number = slider.value()
    slider.setValue(0)
    banner = shown.findChild(QWidget, "banner")
    qtbot.waitUntil(banner.isVisible)
    assert "It is not there any more" in shown.findChild(QLabel, "banner.text").text()
    assert session.settings is before and slider.value() == number
    assert place(shown).startswith("training step ")


def test_one_whose_first_record_is_damaged_leaves_no_bar(qtbot, window, recorded):
    recording = read_recording(recorded)
    shutil.rmtree(recorded / "weights")
    window.files.recording.open(recording)
    qtbot.waitUntil(window.findChild(QWidget, "banner").isVisible)
    assert not bar(window).isVisible() and window.session.settings.replay is None


def test_the_slider_keeps_its_length_while_it_is_dragged(qtbot, window, tmp_path):
    with rnnviz.record(model := Model(), tmp_path / "long.zarr", every=1):
        train(model, 11)
    window.open_files([tmp_path / "long.zarr"])
    qtbot.waitUntil(lambda: place(window) == "training step 10 of 10")
    bar(window).layout().activate()
    slider = window.findChild(QSlider, "recording.slider")
    width = slider.width()
    slider.setValue(0)
    qtbot.waitUntil(lambda: place(window) == "training step 0 of 10")
    bar(window).layout().activate()
    assert slider.width() == width > 100


def test_up_and_down_go_through_the_training(qtbot, shown):
    session, slider = shown.session, shown.findChild(QSlider, "recording.slider")
    slider.setFocus()
    number = slider.value()
    qtbot.keyClick(slider, Qt.Key.Key_Down)
    qtbot.waitUntil(lambda: session.settings.replay.number == number - 1)
    qtbot.keyClick(slider, Qt.Key.Key_Right)  # the sequence's, as everywhere
    qtbot.waitUntil(lambda: session.cursor == 1)  # the worker may still read the record
    assert slider.value() == number - 1


def test_a_long_name_makes_the_window_no_wider(qtbot, shown, recorded):
    width, first = shown.minimumSizeHint().width(), shown.session.settings.replay
    recorded.rename(recorded.with_name("encoder " * 12 + ".zarr"))
    shown.open_files([recorded.with_name("encoder " * 12 + ".zarr")])
    qtbot.waitUntil(lambda: shown.session.settings.replay is not first)
    name = shown.findChild(QLabel, "recording.name")
    assert "…" in name.text() and name.toolTip() == "encoder " * 12 + ".zarr · rnn"
    assert shown.minimumSizeHint().width() <= max(width, 1024)


def test_the_code_does_not_claim_the_last_bit_of_a_record(shown):
    shown.open_dock("code")
    about = shown.findChild(QLabel, "view.code.about")
    assert "the weights and inputs of the record" in about.text()
    shown.findChild(QToolButton, "recording.close").click()
    assert about.text().endswith("to the last bit.")


def test_playing_goes_on_through_the_training(qtbot, shown):
    session, play = shown.session, shown.findChild(QAction, "run.play")
    slider = shown.findChild(QSlider, "recording.slider")
    play.trigger()
    slider.setValue(1)
    qtbot.waitUntil(lambda: session.settings.replay.number == 1)
    assert play.text() == "&Pause"
    qtbot.waitUntil(lambda: session.cursor == session.length)
    session.seek(0)
    play.trigger()
    session.open_preset("hello")
    assert play.text() == "&Play"
