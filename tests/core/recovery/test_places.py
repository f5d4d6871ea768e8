import os
import subprocess
import sys
import time

import pytest

from rnnviz.recovery.places import Place, left_behind

HOLD = """
import sys
from pathlib import Path
from rnnviz.recovery.places import Place
place = Place.new(Path(sys.argv[1]))
place.session.write_text("{}")
print(place.folder, flush=True)
sys.stdin.read()
"""


@pytest.fixture
def crashed(tmp_path):
    """Return a function that makes a place, and leaves it as a crash would."""

    def make(text="{}"):
        place = Place.new(tmp_path)
        if text:
            place.session.write_text(text)
        place.give_back()  # as the system does with the locks of a process that is no more
        return place.folder

    return make


def test_one_that_is_in_use_is_nobodys(tmp_path):
    place = Place.new(tmp_path)
    place.session.write_text("{}")
    assert left_behind(tmp_path) == []
    assert Place.taken_over(place.folder) is None


def test_S4_another_instance_has_its_own_until_it_is_killed(tmp_path):
    own = Place.new(tmp_path)
    own.session.write_text("{}")
    other = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(tmp_path)],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    folder = other.stdout.readline().strip()
    assert folder != str(own.folder)
    assert left_behind(tmp_path) == []
    other.kill()
    other.communicate()
    assert [str(place.folder) for place in left_behind(tmp_path)] == [folder]


def test_only_one_takes_what_is_left(tmp_path, crashed):
    folder = crashed()
    (taken,) = left_behind(tmp_path)
    assert taken.folder == folder
    assert left_behind(tmp_path) == []
    taken.give_back()
    assert len(left_behind(tmp_path)) == 1


def test_the_latest_comes_first(tmp_path, crashed):
    folders = [crashed() for _ in range(4)]
    for age, folder in enumerate(folders):
        os.utime(folder / "session.json", (0, 1000 - age))
    assert [place.folder for place in left_behind(tmp_path)] == folders


def test_P7_names_are_unique_though_the_clock_stands_still(tmp_path, monkeypatch):
    monkeypatch.setattr(time, "time", lambda: 1000.0)
    assert len({Place.new(tmp_path).folder for _ in range(50)}) == 50


def test_removed_with_all_that_is_in_it(tmp_path, crashed):
    crashed()
    (place,) = left_behind(tmp_path)
    place.picture.write_bytes(b"")
    place.remove()
    assert list(tmp_path.iterdir()) == []


def test_an_empty_one_goes_once_it_is_old(tmp_path, crashed):
    young, old = crashed(""), crashed("")
    os.utime(old / "lock", (0, 0))
    assert left_behind(tmp_path) == []
    assert list(tmp_path.iterdir()) == [young]


def test_what_else_lies_there_is_left_alone(tmp_path):
    (tmp_path / "window-without-a-lock").mkdir()
    (tmp_path / "notes.txt").write_text("mine")
    assert left_behind(tmp_path) == []
    assert len(list(tmp_path.iterdir())) == 2


def test_no_folder_no_places(tmp_path):
    assert left_behind(tmp_path / "none") == []


def test_without_locks_there_are_no_places(tmp_path, monkeypatch):
    monkeypatch.setattr("rnnviz.recovery.places.try_lock", lambda file: False)
    with pytest.raises(OSError, match="knows no locks"):
        Place.new(tmp_path)
    assert list(tmp_path.iterdir()) == []
