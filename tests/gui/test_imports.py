"""The shell that is painted first is light: what importing the program leaves out."""

import subprocess
import sys

import pytest


@pytest.mark.parametrize("name", ["torch", "pyqtgraph", "pydantic"])
def test_the_program_loads_without(name):
    code = f"import sys, rnnviz.app; print({name!r} in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.stdout == "False\n", done.stderr


def test_the_command_line_answers_without_torch():
    code = (
        "import sys, rnnviz.app\n"
        "try:\n    rnnviz.app.main(['--version'])\n"
        "except SystemExit as end:\n    print(end.code, 'torch' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.stdout.splitlines()[-1] == "0 False", done.stderr
