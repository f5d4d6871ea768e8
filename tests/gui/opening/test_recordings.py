"""A recording of a training loop on the screen."""

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
