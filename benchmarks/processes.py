"""Other processes, and when they say something."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).parents[1]


def answer(module: str, *arguments: str) -> str:
    """Return the last line that a module prints when it is run."""
    done = subprocess.run(
        [sys.executable, "-m", module, *arguments],
        cwd=ROOT, stdout=subprocess.PIPE, text=True, check=True,
    )  # fmt: skip
    return done.stdout.splitlines()[-1]


def seconds_until_word(*arguments: str) -> float:
    """Start Python with these arguments; return the seconds until it prints a first line.

    Raises
    ------
    RuntimeError
        If it ends without one.
    """
    started = time.perf_counter()
    command = [sys.executable, *arguments]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        word = process.stdout.readline()
        seconds = time.perf_counter() - started
        process.kill()  # nothing more is wanted of it, and its end is not measured
    if not word:
        raise RuntimeError(f"It said nothing: {' '.join(arguments)}")
    return seconds
