"""--screenshot: 0 only if the picture is what was asked for, else one line and 1."""

import os
import subprocess
import sys

import pytest
from PySide6.QtGui import QImage

from rnnviz import torch_loader
from rnnviz.app import main
from rnnviz.panels.transport import TransportPanel
from rnnviz.torch_loader import TorchError
from rnnviz.traces.run import Run
from rnnviz.widgets.time_slider import TimeSlider

BROKEN_TORCH = "raise OSError('libtorch_cpu.so: cannot open shared object file')"


@pytest.fixture
def picture(tmp_path):
    """Return where the picture goes."""
    return tmp_path / "hello.png"


def take(picture, *more):
    return main(["--screenshot", str(picture), "--size", "640x480", *more])


def failed_with_one_line(capfd, picture, said):
    """Check that one line was printed, and no picture made."""
    error = capfd.readouterr().err
    assert error.startswith("rnnviz: ") and error.count("\n") == 1 and said in error
    return not picture.exists()


def raising(*_):
    raise RuntimeError("the module\ngives up")


def test_a_picture(capfd, picture):
    assert take(picture, "--steps", "4") == 0
    assert QImage(str(picture)).size().toTuple() == (640, 480)
    assert capfd.readouterr().err == ""


def test_a_step_that_fails_at_once(capfd, picture, monkeypatch):
    monkeypatch.setattr(Run, "compute_block", raising)
    assert take(picture, "--steps", "4") == 1
    assert failed_with_one_line(capfd, picture, "the module")


def test_a_step_that_fails_in_the_worker(capfd, picture, monkeypatch):
    monkeypatch.setattr("rnnviz.walker.INLINE_SECONDS", 0.0)
    monkeypatch.setattr(Run, "compute_block", raising)
    assert take(picture, "--steps", "4") == 1
    assert failed_with_one_line(capfd, picture, "the module")


@pytest.mark.parametrize("inline_seconds", [0.0, 1e9])
def test_a_view_that_fails(capfd, picture, monkeypatch, inline_seconds):
    monkeypatch.setattr("rnnviz.walker.INLINE_SECONDS", inline_seconds)
    monkeypatch.setattr(TransportPanel, "_on_trace_extended", raising)
    assert take(picture, "--steps", "4") == 1
    assert failed_with_one_line(capfd, picture, "the module")


def test_a_picture_that_is_not_whole(picture, monkeypatch):
    monkeypatch.setattr(TimeSlider, "paintEvent", raising)
    assert take(picture) == 1
    assert not picture.exists()


def test_no_torch(capfd, picture, monkeypatch):
    def missing():
        raise TorchError("PyTorch is missing. Install it.")

    monkeypatch.setattr("rnnviz.window.import_torch", missing)
    assert take(picture) == 1
    assert failed_with_one_line(capfd, picture, "PyTorch is missing. Install it.")
    assert torch_loader.import_torch is not missing


@pytest.mark.parametrize("where", ["no/such/folder.png", "."])
def test_a_file_that_cannot_be_written(capfd, tmp_path, where):
    assert take(tmp_path / where) == 1
    assert failed_with_one_line(capfd, tmp_path / "no", "cannot be written")


def test_more_steps_than_there_are(capfd, picture):
    assert take(picture, "--steps", "11") == 0
    assert picture.exists()
    assert capfd.readouterr().err == "rnnviz: the sequence ends after 10 steps.\n"


def test_a_torch_that_is_broken(tmp_path, picture, request):
    (tmp_path / "torch.py").write_text(BROKEN_TORCH)
    ended = subprocess.run(
        [sys.executable, "-m", "rnnviz", "--screenshot", str(picture)],
        env={**os.environ, "PYTHONPATH": str(tmp_path)},
        cwd=request.config.rootpath,
        capture_output=True,
        text=True,
        timeout=100,
    )
    assert ended.returncode == 1
    assert ended.stderr.count("\n") == 1 and "PyTorch is broken (libtorch_cpu.so" in ended.stderr
    assert not picture.exists()
