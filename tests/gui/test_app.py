"""The program from its start to its end, in a process of its own."""

import os
import subprocess
import sys

import pytest

PROGRAM = """
import os, signal, sys, time
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication
from rnnviz.app import main
from rnnviz.window import application

def window():
    return next(iter(w for w in QApplication.topLevelWidgets() if w.objectName() == "window"))

def complete():
    return window().findChild(object, "view.timeline") is not None

def again(step):
    QTimer.singleShot(10, step)

{steps}

application()
again(begin)
code = main([])
print("main returned", code, flush=True)
sys.exit(code)
"""
AT_ONCE = """
def begin():
    print("closed", window().close(), "torch" in sys.modules)
"""
WHILE_IMPORTING = """
def begin():
    if "torch" in sys.modules:
        print("closed", window().close(), complete())
    else:
        again(begin)
"""
WHILE_PLAYING = """
def begin():
    if not complete():
        return again(begin)
    window()._menus.actions["play"].trigger()
    again(end)

def end():
    if window().session.cursor < 1:
        return again(end)
    print("closed", window().close())
"""
INSIDE_A_LONG_CALL = """
def begin():
    if not complete():
        return again(begin)
    import rnnviz.walker
    rnnviz.walker.INLINE_SECONDS = 0.0
    session = window().session
    session.contract.run = lambda *_: (print("calling"), time.sleep(600))
    session.run_to_end()
    QTimer.singleShot(100, end)

def end():
    print("closed", window().close())
"""


TERMINATED = """
def begin():
    if not complete() or window().recovery is None:
        return again(begin)
    window().session.seek(3)
    print("changed", flush=True)
    os.kill(os.getpid(), signal.SIGTERM)
"""
INTERRUPTED_WHILE_IMPORTING = """
def begin():
    if "torch" in sys.modules:
        os.kill(os.getpid(), signal.SIGINT)
    else:
        again(begin)
"""
SAID = """
def begin():
    if not complete() or (window().recovery is None and not banner().isVisible()):
        return again(begin)
    print(banner().text(), "recovery" if window().recovery else "no recovery", flush=True)
    print("closed", window().close())

def banner():
    return window().findChild(object, "banner.text")
"""
FAILED = """
def begin():
    text = window().findChild(object, "loading.text").text()
    if "Loading" in text:
        return again(begin)
    print("closed", window().close())
"""


def ended(tmp_path, steps, **environment):
    """Run the program with `steps` done to its window; return what it was like in the end."""
    return run([sys.executable, "-c", PROGRAM.format(steps=steps)], tmp_path, **environment)


def run(command, tmp_path, **environment):
    places = dict.fromkeys(("XDG_CONFIG_HOME", "XDG_CACHE_HOME", "XDG_DATA_HOME"), str(tmp_path))
    given = {**os.environ, **places, "QT_QPA_PLATFORM": "offscreen", **environment}
    return subprocess.run(
        command,
        env={name: value for name, value in given.items() if value is not None},
        capture_output=True,
        text=True,
        timeout=60,
    )


@pytest.mark.parametrize(
    "steps", [AT_ONCE, WHILE_IMPORTING, WHILE_PLAYING], ids=["at_once", "importing", "playing"]
)
def test_G1_closing_ends_the_program_with_zero(tmp_path, steps):
    end = ended(tmp_path, steps)
    assert end.returncode == 0, end.stderr
    assert end.stdout.startswith("closed True")
    assert "Traceback" not in end.stderr and "Error" not in end.stderr
    (log,) = tmp_path.rglob("rnnviz.log")
    assert "INFO Started." in log.read_text() and log.read_text().endswith("INFO Ended.\n")
    assert log.with_name("crash.log").read_text() == ""


def test_G1_a_call_of_torch_that_takes_ten_minutes_is_not_waited_for(tmp_path):
    end = ended(tmp_path, INSIDE_A_LONG_CALL)
    assert end.returncode == 0, end.stderr
    assert end.stdout == "calling\nclosed True\n"  # and main never had to return
    assert (tmp_path / "rnnviz" / "rnnviz.ini").exists()


def test_P2_sigterm_keeps_the_work_and_ends_with_zero(tmp_path):
    end = ended(tmp_path, TERMINATED)
    assert end.returncode == 0, end.stderr
    assert end.stdout == "changed\nmain returned 0\n"
    (path,) = tmp_path.rglob("recovery/window-*/session.json")
    assert '"cursor":3' in path.read_text()
    assert path.with_name("window.png").exists()
    assert list(tmp_path.rglob("rnnviz.ini"))


@pytest.mark.slow
def test_P2_sigint_before_there_is_a_network(tmp_path):
    end = ended(tmp_path, INTERRUPTED_WHILE_IMPORTING)
    assert end.returncode == 0, end.stderr
    assert "Traceback" not in end.stderr
    assert not list(tmp_path.rglob("recovery/window-*"))


MAIN = [sys.executable, "-m", "rnnviz"]


@pytest.mark.skipif(sys.platform != "linux", reason="the name of a library on Linux")
def test_P3_without_libegl_one_sentence(tmp_path):
    (tmp_path / "libEGL.so.1").write_bytes(b"")  # the loader finds it first
    end = run(MAIN, tmp_path, LD_LIBRARY_PATH=str(tmp_path))
    assert end.returncode == 1
    assert end.stderr.startswith("rnnviz: Qt cannot be loaded: ")
    assert "libEGL.so.1" in end.stderr
    assert len(end.stderr.splitlines()) == 1


@pytest.mark.skipif(sys.platform != "linux", reason="only X and Wayland have displays by name")
@pytest.mark.parametrize("display", [None, ":987"])
def test_P3_without_a_display_one_sentence(tmp_path, display):
    places = {"QT_QPA_PLATFORM": None, "WAYLAND_DISPLAY": None, "DISPLAY": display}
    end = run(MAIN, tmp_path, **places)
    assert end.returncode == 1
    assert end.stderr.startswith("rnnviz: ")
    assert "display" in end.stderr or "platform" in end.stderr
    assert len(end.stderr.splitlines()) == 1


@pytest.mark.parametrize(
    ("module", "said"),
    [
        ("raise ModuleNotFoundError('gone')", "is missing"),
        pytest.param("__version__ = '1.13'", "is too old", marks=pytest.mark.slow),
    ],
    ids=["missing", "old"],
)
def test_P4_without_torch_a_window_a_sentence_and_one(tmp_path, module, said):
    (tmp_path / "torch.py").write_text(module)
    end = ended(tmp_path, FAILED, PYTHONPATH=str(tmp_path))
    assert end.returncode == 1
    assert end.stdout == "closed True\nmain returned 1\n"
    assert said in end.stderr
    assert end.stderr.splitlines()[-1].startswith("rnnviz: PyTorch ")
    assert "Traceback" not in end.stderr


def test_P6_a_home_that_cannot_be_written_one_notice(tmp_path):
    (tmp_path / "file").write_text("")
    places = dict.fromkeys(("XDG_CONFIG_HOME", "XDG_CACHE_HOME", "XDG_DATA_HOME"))
    end = ended(tmp_path, SAID, HOME=str(tmp_path / "file" / "home"), **places)
    assert end.returncode == 0, end.stderr
    assert end.stdout.startswith(
        "Settings are not remembered and unsaved work is not kept for after a crash: "
    )
    assert end.stdout.splitlines()[0].endswith(" no recovery")
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


@pytest.mark.slow
def test_P6_no_home_at_all(tmp_path):
    end = ended(tmp_path, SAID, HOME=None)
    assert end.returncode == 0, end.stderr
    assert end.stdout.startswith(" recovery\n")
