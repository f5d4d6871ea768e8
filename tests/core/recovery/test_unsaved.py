import itertools
import json
import os
import random
import shutil
import signal
import time

import numpy as np
import pytest

from rnnviz.arrays import Stored
from rnnviz.formats.session_file import SavedSession
from rnnviz.formats.unreadable import UnreadableFile
from rnnviz.initialization import Loaded
from rnnviz.memory import MemoryLimits
from rnnviz.networks.base import Interrupted, never
from rnnviz.recovery.places import left_behind
from rnnviz.recovery.unsaved import Unsaved, Writer, facts, read
from rnnviz.settings import InitializationSettings, NetworkSettings, Settings


def loaded(*sizes):
    """Return settings with weights of a file."""
    turn = np.random.default_rng(0)
    names = ("W_ih", "W_hh", "W_ho")
    tables = {n: Stored(turn.normal(size=s)) for n, s in zip(names, sizes, strict=False)}
    return Settings(
        network=NetworkSettings(input_size=3, hidden_size=4, output_size=2),
        initialization=InitializationSettings(scheme=Loaded(file="a.pt", tensors=tables)),
    )


def unsaved(settings=None, **others):
    saved = SavedSession(settings=settings or Settings(), **others)
    return Unsaved(saved, "/tmp/a – ü.rnnviz", True, "a few words")


@pytest.fixture
def writer(tmp_path):
    made = Writer(tmp_path / "recovery")
    yield made
    made.remove()


def arrays(writer):
    """Return when each array was last written, by its name."""
    return {p.name: p.stat().st_mtime_ns for p in writer.place.folder.glob("*.safetensors")}


def test_nothing_is_made_before_something_is_written(writer, tmp_path):
    assert writer.place is None
    assert list(tmp_path.iterdir()) == []


def test_what_comes_back_is_the_same(writer):
    once = unsaved(loaded((4, 3), (4, 4)), cursor=3, revealed=9)
    writer.write(once)
    assert read(writer.place, never) == once


def test_numbers_are_written_once_and_go_when_nobody_needs_them(writer):
    settings = loaded((4, 3), (4, 4))
    writer.write(unsaved(settings))
    before = arrays(writer)
    assert len(before) == 2
    writer.write(unsaved(settings, cursor=5))
    assert arrays(writer) == before
    assert read(writer.place, never).saved.cursor == 5
    writer.write(unsaved(loaded((4, 3))))
    assert before.items() > arrays(writer).items()
    assert len(arrays(writer)) == 1
    writer.write(unsaved(settings))  # what was removed is written again
    assert read(writer.place, never).saved.settings == settings


def test_a_place_that_was_left_behind_is_gone_on_with(writer, tmp_path):
    writer.write(unsaved(loaded((4, 3))))
    writer.place.give_back()
    before, other = arrays(writer), Writer(tmp_path / "recovery")
    other.write(unsaved())
    (left,) = left_behind(tmp_path / "recovery")
    other.adopt(left)
    other.write(unsaved(loaded((4, 3)), cursor=1))
    assert len(list((tmp_path / "recovery").iterdir())) == 1
    assert arrays(other) == before
    assert read(other.place, never).saved.cursor == 1
    other.remove()
    assert list((tmp_path / "recovery").iterdir()) == []


def test_a_place_that_somebody_removed_is_made_again(writer):
    writer.write(unsaved(loaded((4, 3))))
    shutil.rmtree(writer.place.folder)
    writer.write(unsaved(loaded((4, 3)), cursor=2))
    assert read(writer.place, never).saved.cursor == 2


def test_S1_a_disk_without_room_leaves_what_was_there(writer, monkeypatch):
    writer.write(unsaved(cursor=1))
    before = writer.place.session.read_bytes()

    resource = pytest.importorskip("resource")
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100, limits[1]))
    try:
        with pytest.raises(OSError):
            writer.write(unsaved(cursor=2))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert writer.place.session.read_bytes() == before
    writer.write(unsaved(cursor=2))
    assert read(writer.place, never).saved.cursor == 2


def test_work_is_the_same_wherever_docks_are():
    layout = {"docks": (), "splitter": (100, 200)}
    assert unsaved().work == unsaved(layout=layout).work
    assert unsaved().work != unsaved(cursor=1).work


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "no JSON"),
        ("[" * 100_000, "no JSON"),
        ("[]", "no session"),
        ("3", "no session"),
        ("{}", "no session of rnnviz"),
        ('{"session": {"format": "rnnviz session", "version": 99}}', "newer rnnviz"),
        ('{"session": {"format": "rnnviz session", "version": 1}}', "settings"),
    ],
)
def test_damaged(writer, text, reason):
    writer.write(unsaved())
    writer.place.session.write_text(text)
    with pytest.raises(UnreadableFile, match=reason):
        read(writer.place, never)


def test_numbers_that_are_gone_or_others(writer):
    writer.write(unsaved(loaded((4, 3))))
    (path,) = writer.place.folder.glob("*.safetensors")
    content = path.read_bytes()
    path.write_bytes(content[:-1] + bytes([content[-1] ^ 1]))
    with pytest.raises(UnreadableFile, match="SHA-256 differs"):
        read(writer.place, never)
    path.write_bytes(content[:-4])
    with pytest.raises(UnreadableFile, match="cannot be read"):
        read(writer.place, never)
    path.unlink()
    with pytest.raises(UnreadableFile, match="are not there"):
        read(writer.place, never)


def test_limits(writer, monkeypatch):
    writer.write(unsaved(loaded((4, 3))))
    monkeypatch.setattr(MemoryLimits, "of_this_machine", lambda: MemoryLimits(10, 10))
    with pytest.raises(UnreadableFile, match="more memory"):
        read(writer.place, never)
    with writer.place.session.open("r+b") as file:
        file.truncate(2**27)
    with pytest.raises(UnreadableFile, match="larger than any"):
        read(writer.place, never)


def test_it_can_be_interrupted(writer):
    writer.write(unsaved(loaded((4, 3))))
    with pytest.raises(Interrupted):
        read(writer.place, lambda: True)


def test_facts_need_no_numbers(writer):
    writer.write(unsaved(loaded((4, 3))))
    for path in writer.place.folder.glob("*.safetensors"):
        path.unlink()
    assert facts(writer.place)["about"] == "a few words"
    assert json.loads(writer.place.session.read_text())["document"] == "/tmp/a – ü.rnnviz"


def work_for_ever(root):
    """Go on and on, with numbers of files that come and go."""
    try:
        writer, others = Writer(root), (loaded((4, 3), (4, 4)), loaded((4, 3)))
        for cursor in itertools.count():
            writer.write(unsaved(others[cursor % 2], cursor=cursor))
    finally:  # nothing of a test goes on in a child
        os._exit(1)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system has no fork")
def test_S2_killed_while_it_is_written(tmp_path):
    """The slow lane kills the whole program."""
    turn, cursors = random.Random(0), []
    for number in range(10):
        root = tmp_path / str(number)
        child = os.fork()
        if not child:
            work_for_ever(root)
        time.sleep(turn.uniform(0.02, 0.05))
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        cursors += [read(place, never).saved.cursor for place in left_behind(root)]
    assert max(cursors) > 0
