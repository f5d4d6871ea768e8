"""Whatever is opened: it is read or refused in a sentence, and nothing else happens."""

import itertools
import os
import signal
import sys
import threading

import pytest
from hostile import bombs, kinds, named, watched
from hostile.files import file_of
from hostile.openers import OPENERS
from hostile.watched import NEW_MEMORY, Figures, opened

from rnnviz.formats import UnreadableFile

on_linux = pytest.mark.skipif(
    sys.platform != "linux", reason="what a process takes is known on Linux alone"
)
SECONDS = 2
"""What a hostile file may take of a processor."""
MANY, OF_RECORDINGS, AT_ONCE = 18_500, 1_000, 500
"""Files of the slow lane, beside those that have names; and how many a process opens."""


@on_linux
def test_five_hundred_hostile_files(tmp_path):
    thought_of = itertools.islice(named.light(), 0, None, 3)
    figures = opened(thought_of, tmp_path, (kinds.files, 350), (kinds.of_recordings, 10))
    assert figures.count > 450


@on_linux
@pytest.mark.slow
def test_twenty_thousand_hostile_files(tmp_path_factory, capsys):
    figures = Figures()
    for files in (named.light(), bombs.heavy()):
        figures.add(opened(files, tmp_path_factory.mktemp("named")))
    for start in range(MANY // AT_ONCE):
        folder = tmp_path_factory.mktemp("drawn")
        figures.add(opened([], folder, (kinds.files, AT_ONCE), start=start))
    for start in range(OF_RECORDINGS // AT_ONCE):
        folder = tmp_path_factory.mktemp("recordings")
        figures.add(opened([], folder, (kinds.of_recordings, AT_ONCE), start=start))
    with capsys.disabled():
        print(f"\n{figures}")
    for worst in figures.worst.values():
        assert worst.seconds < SECONDS, worst.slowest
        assert worst.nbytes < NEW_MEMORY, worst.largest


def ends(path):
    os.kill(os.getpid(), signal.SIGKILL)


def runs(path):
    os.system("true")


def writes(path):
    path.write_bytes(b"1,2")


def hangs(path):
    threading.Event().wait()


def says_nothing(path):
    raise UnreadableFile("b.json", "Error(3)")


@on_linux
@pytest.mark.parametrize(
    "reader, said",
    [
        (ends, r"the process ended \(-9\) over <a\.json"),
        (runs, r"it did \[.os\.system"),
        (writes, r"it did \[.open"),
        (hangs, r"not answered within 1 s: <a\.json"),
        (says_nothing, r"AssertionError: b\.json"),
    ],
)
def test_what_watches_them_sees_harm(tmp_path, monkeypatch, reader, said):
    monkeypatch.setattr(watched, "PATIENCE", 1)
    monkeypatch.setattr(watched, "sound_files", list)
    monkeypatch.setitem(OPENERS, "settings", reader)
    with pytest.raises(AssertionError, match=said):
        opened([file_of("settings", "a.json", b"1")], tmp_path)
