"""kill -9 at any moment: what is in the files then, and how much work is gone.

A nursery imports what is large once, and forks a child for each kill; a child makes the window of
the program, changes it, and saves it, until it is killed.
"""

import json
import os
import signal
import statistics
import sys
import time
from pathlib import Path

import pytest

from rnnviz.formats.session_file import read_session
from rnnviz.networks.base import never
from rnnviz.recovery.places import left_behind
from rnnviz.recovery.unsaved import read

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="this system has no fork")
GONE_SECONDS = 2.0
CHANGE_MILLISECONDS = 15
SAVE_MILLISECONDS = 40
"""Often, so that most kills hit a file that is being written."""


def work(folder):
    """Be the program, at work on ``n``, the seed of its weights, until somebody ends it."""
    from PySide6.QtCore import QSettings, QTimer

    from rnnviz.window import MainWindow, application

    application()
    window = MainWindow(QSettings(str(folder / "rnnviz.ini"), QSettings.Format.IniFormat))
    window.load(preset="exercise-rnn")
    window.show()
    window.keep_unsaved_work(folder / "recovery")
    session, saving = window.session, window.saving
    log = os.open(folder / "log", os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    told = os.open(folder / "saved", os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    saving.said.connect(lambda said: os.write(told, b"."))

    def change():
        init = session.settings.initialization
        session.apply_initialization(init.model_copy(update={"seed": init.seed + 1}))
        os.write(log, f"{init.seed + 1} {time.monotonic()}\n".encode())

    def save():
        if not saving.busy:
            saving._write(folder / "mine – √.rnnviz")

    timers = [QTimer(interval=CHANGE_MILLISECONDS), QTimer(interval=SAVE_MILLISECONDS)]
    for timer, do in zip(timers, (change, save), strict=True):
        timer.timeout.connect(do)
        timer.start()
    application().exec()


def forked(folder):
    """Return the process number of a child at work."""
    child = os.fork()
    if child:
        return child
    try:
        null = os.open(os.devnull, os.O_WRONLY)
        os.dup2(null, 2)
        work(folder)
    finally:  # nothing of a test goes on in a child
        os._exit(1)


def changes(folder):
    """Return the time of each change, by its number."""
    try:
        lines = (folder / "log").read_text().splitlines()
    except FileNotFoundError:
        return {}
    return {int(number): float(when) for number, when in map(str.split, lines)}


def kill(folder, wait):
    """Let a child work for `wait` seconds and kill it; return when that was."""
    child = forked(folder)
    while not changes(folder):
        assert os.waitpid(child, os.WNOHANG) == (0, 0), "The child ended by itself."
        time.sleep(0.01)
    time.sleep(wait)
    when = time.monotonic()
    os.kill(child, signal.SIGKILL)
    _, status = os.waitpid(child, 0)
    assert os.WTERMSIG(status) == signal.SIGKILL
    return when


def seconds_gone(folder, when):
    """Return how old the oldest change is that is in no recovery file; 0 if all are in it."""
    (place,) = left_behind(folder / "recovery") or (None,)
    kept = -1 if place is None else read(place, never).saved.settings.initialization.seed
    if place is not None:
        place.give_back()
    lost = [at for number, at in changes(folder).items() if number > kept]
    return max((when - at for at in lost), default=0.0)


def check_file(folder):
    """Return the seed in the session file, which is whole and one that there was; None if none."""
    path = folder / "mine – √.rnnviz"
    if not path.exists():
        return None
    seed = read_session(path).settings.initialization.seed
    assert seed in {0, *changes(folder)}
    return seed


def killed_again_and_again(root, kills, longest, turn):
    """Kill `kills` children; return how much was gone, what was saved, and what was half done."""
    gone, saved, halves = [], [], 0
    for number in range(kills):
        folder = root / str(number)
        folder.mkdir()
        when = kill(folder, turn.uniform(0, longest))
        saved.append(check_file(folder))
        gone.append(seconds_gone(folder, when))
        halves += len(list(folder.glob(".mine*"))) + len(list(folder.rglob("window-*/.session*")))
    return gone, saved, halves


NURSERY = """
import random, sys, json
from pathlib import Path
import rnnviz.workspace, rnnviz.window, rnnviz.recovery.recovery, rnnviz.saving.saving
import torch
torch.set_num_threads(1)
sys.path.insert(0, sys.argv[1])
import test_kills
found = test_kills.killed_again_and_again(
    Path(sys.argv[2]), int(sys.argv[3]), float(sys.argv[4]), random.Random(int(sys.argv[5]))
)
print(json.dumps(found))
"""


def kill_many(tmp_path, kills, longest, seed):
    import subprocess

    folder = str(Path(__file__).parent)
    command = [sys.executable, "-c", NURSERY, folder, tmp_path, kills, longest, seed]
    end = subprocess.run(
        list(map(str, command)),
        env={**os.environ, "QT_QPA_PLATFORM": "offscreen"},
        capture_output=True,
        text=True,
    )
    assert end.returncode == 0, end.stderr
    return json.loads(end.stdout)


@pytest.mark.slow
def test_S2_killed_200_times(tmp_path):
    kills = int(os.environ.get("RNNVIZ_KILLS", "200"))
    seed = int(os.environ.get("RNNVIZ_SEED", "0"))
    start = time.monotonic()
    gone, saved, halves = kill_many(tmp_path, kills, 3.5, seed)
    there = [seed for seed in saved if seed is not None]
    print(
        f"\n{kills} kills at random moments of saving and keeping, seed {seed}, "
        f"{time.monotonic() - start:.0f} s: "
        f"{len(there)} session files there, all whole; {halves} kills hit a half-written file "
        f"beside its place; work gone: median {statistics.median(gone):.2f} s, "
        f"most {max(gone):.2f} s."
    )
    assert max(gone) <= GONE_SECONDS
    assert there and max(there) > 0
