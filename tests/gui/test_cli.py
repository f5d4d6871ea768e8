"""The command line: one line and code 2 for what is wrong, a PNG for --screenshot."""

import subprocess
import sys

import pytest
from PySide6.QtGui import QImage

import rnnviz
from rnnviz.app import display_problem, main
from rnnviz.cli import Options, parse
from rnnviz.presets import load_presets


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--preset", "nope"], "no preset 'nope'"),
        (["--size", "12"], "not a size"),
        (["--size", "99999x10"], "not a size"),
        (["--steps", "-1"], "not a whole number"),
        (["--steps", "1.5"], "not a whole number"),
        (["--theme", "pink"], "pink"),
        (["--what"], "--what"),
    ],
)
def test_a_wrong_value_ends_with_one_line_and_code_2(capsys, arguments, said):
    with pytest.raises(SystemExit) as ended:
        parse(arguments)
    assert ended.value.code == 2
    error = capsys.readouterr().err
    assert said in error
    assert error.count("\n") == 1


def test_nothing_asked_for():
    assert parse([]) == Options()


def test_version(capsys):
    with pytest.raises(SystemExit) as ended:
        parse(["--version"])
    assert ended.value.code == 0
    assert capsys.readouterr().out == f"rnnviz {rnnviz.__version__}\n"


def test_presets_are_listed(capsys):
    with pytest.raises(SystemExit) as ended:
        parse(["--list-presets"])
    assert ended.value.code == 0
    names = [line.split()[0] for line in capsys.readouterr().out.splitlines()]
    assert names == list(load_presets())


def test_without_a_display_one_sentence(monkeypatch, capsys):
    for name in ("QT_QPA_PLATFORM", "DISPLAY", "WAYLAND_DISPLAY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(sys, "platform", "linux")
    assert "no display" in display_problem()
    assert main([]) == 1
    assert capsys.readouterr().err.count("\n") == 1


@pytest.mark.parametrize("program", [["-m", "rnnviz"], ["main.py"]])
def test_screenshot(tmp_path, program, request):
    picture = tmp_path / "hello.png"
    command = [sys.executable, *program, "--steps", "3", "--size", "900x600"]
    ended = subprocess.run(
        [*command, "--screenshot", str(picture)],
        cwd=request.config.rootpath,
        capture_output=True,
        text=True,
        timeout=100,
    )
    assert (ended.returncode, ended.stderr) == (0, "")
    image = QImage(str(picture))
    assert (image.width(), image.height()) == (900, 600)
    colours = {image.pixel(x, y) for x in range(0, 900, 9) for y in range(0, 600, 9)}
    assert len(colours) > 30


def test_screenshot_into_no_folder_ends_with_one_line(tmp_path, request):
    ended = subprocess.run(
        [sys.executable, "main.py", "--screenshot", str(tmp_path / "no" / "x.png")],
        cwd=request.config.rootpath,
        capture_output=True,
        text=True,
        timeout=100,
    )
    assert ended.returncode == 1
    assert ended.stderr.count("\n") == 1 and "cannot be written" in ended.stderr
