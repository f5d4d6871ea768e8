"""The program from its start to its end, in a process of its own."""

import os
import subprocess
import sys

import pytest

PROGRAM = """
import sys, time
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


def ended(tmp_path, steps):
    """Run the program with `steps` done to its window; return what it was like in the end."""
    places = {name: str(tmp_path) for name in ("XDG_CONFIG_HOME", "XDG_CACHE_HOME")}
    return subprocess.run(
        [sys.executable, "-c", PROGRAM.format(steps=steps)],
        env={**os.environ, **places, "QT_QPA_PLATFORM": "offscreen"},
        capture_output=True,
        text=True,
        timeout=60,
    )


@pytest.mark.parametrize(
    "steps", [AT_ONCE, WHILE_IMPORTING, WHILE_PLAYING], ids=["at_once", "importing", "playing"]
)
def test_closing_ends_the_program_with_zero(tmp_path, steps):
    end = ended(tmp_path, steps)
    assert end.returncode == 0, end.stderr
    assert end.stdout.startswith("closed True")
    assert "Traceback" not in end.stderr and "Error" not in end.stderr


def test_a_call_of_torch_that_takes_ten_minutes_is_not_waited_for(tmp_path):
    end = ended(tmp_path, INSIDE_A_LONG_CALL)
    assert end.returncode == 0, end.stderr
    assert end.stdout == "calling\nclosed True\n"  # and main never had to return
    assert (tmp_path / "rnnviz" / "rnnviz.ini").exists()
