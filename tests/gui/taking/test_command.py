"""--export writes what the dialog writes, says what is wrong in one line, and ends."""

import numpy as np
import pytest
from PIL import Image
from PySide6.QtGui import QImage
from PySide6.QtSvg import QSvgRenderer

from rnnviz.app import main
from rnnviz.cli import EXPORTED, parse
from rnnviz.figures.subjects import VIEWS


def run(path, *more: str) -> int:
    return main(["--preset", "hello", "--steps", "4", "--export", str(path), *more])


def test_the_names_are_those_of_the_figures():
    assert EXPORTED == VIEWS


def test_a_figure(tmp_path, capsys):
    assert run(tmp_path / "ä b.svg", "--export-view", "timeline", "--size", "900x400") == 0
    assert capsys.readouterr() == ("", "")
    renderer = QSvgRenderer(str(tmp_path / "ä b.svg"))
    assert renderer.viewBox().size().toTuple() == (900, 400)
    assert "Elman RNN 4 → 6 → 4, t = 4 of 10" in (tmp_path / "ä b.svg").read_text("utf-8")


def test_theme_and_scale(tmp_path):
    small, large = tmp_path / "a.png", tmp_path / "b.png"
    assert run(small, "--export-view", "equation", "--scale", "1", "--theme", "dark") == 0
    assert run(large, "--export-view", "equation", "--scale", "4") == 0
    one, four = QImage(str(small)), QImage(str(large))
    assert four.size() == one.size() * 4
    assert one.pixelColor(1, 1).name() == "#16181d"
    assert four.pixelColor(1, 1).name() == "#f4f5f7"


def test_the_record(tmp_path):
    assert run(tmp_path / "a.npz") == 0
    with np.load(tmp_path / "a.npz") as found:
        assert found["hidden"].shape == (5, 1, 1, 6)
        assert found["inputs"].shape == (4, 1, 4)


def test_a_film(tmp_path):
    assert run(tmp_path / "a.gif", "--size", "1000x600") == 0
    with Image.open(tmp_path / "a.gif") as film:
        assert (film.n_frames, film.size) == (5, (1000, 600))


def test_a_screenshot_and_an_export_at_once(tmp_path):
    assert run(tmp_path / "a.csv", "--screenshot", str(tmp_path / "a.png")) == 0
    assert QImage(str(tmp_path / "a.png")).size().toTuple() == (1440, 900)
    assert (tmp_path / "a.csv").read_text().startswith("t,sequence,x0")


@pytest.mark.parametrize(
    ("name", "more", "said"),
    [
        ("a.bmp", [], "Nothing is written as .bmp: use .png"),
        ("a", [], "Nothing is written as a file without an ending"),
        ("a.pdf", ["--export-view", "lockstep"], "Nothing stands side by side"),
        ("a.pdf", ["--size", "320x320"], "320 × 320 is too small"),
        ("no folder/a.csv", [], "a.csv was not written: No such file or directory."),
        ("no folder/a.gif", [], "a.gif was not written: No such file or directory."),
    ],
)
def test_what_is_wrong_is_said_in_one_line(tmp_path, capsys, name, more, said):
    assert run(tmp_path / name, *more) == 1
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith(f"rnnviz: {said}")
    assert err.count("\n") == 1
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("wrong", [["--export-view", "code"], ["--scale", "5"]])
def test_wrong_options_end_it(wrong, capsys):
    with pytest.raises(SystemExit) as ended:
        parse(["--export", "a.png", *wrong])
    assert ended.value.code == 2
    assert wrong[0] in capsys.readouterr().err
