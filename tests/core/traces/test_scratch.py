"""Arrays in a file: they hold what is put in, and nothing of them is left."""

import errno
import os
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rnnviz.traces import scratch
from rnnviz.traces.record import GrowingArray
from rnnviz.traces.scratch import ScratchFile, cache_folder, remove_left_overs

shapes = st.lists(st.integers(0, 40), max_size=3).map(tuple)
dtypes = st.sampled_from((np.float16, np.float32, np.float64))


@pytest.fixture(autouse=True)
def cache(tmp_path, monkeypatch):
    """Keep away from the user's own folder, and map little at once."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.setenv("LOCALAPPDATA", str(tmp_path))
    monkeypatch.setattr(Path, "home", lambda: tmp_path)
    monkeypatch.setattr(scratch, "SEGMENT", 2**16)
    return cache_folder()


@given(st.lists(st.tuples(shapes, dtypes), max_size=12))
def test_arrays_in_a_file_do_not_touch_each_other(wanted):
    room = ScratchFile()
    arrays = [room.allocate(shape, dtype) for shape, dtype in wanted]
    for number, array in enumerate(arrays):
        array[...] = number
    for number, (array, (shape, dtype)) in enumerate(zip(arrays, wanted, strict=True)):
        assert (array.shape, array.dtype) == (shape, dtype)
        assert array.ctypes.data % 16 == 0
        assert (array == number).all()


def test_an_array_outlives_the_file_object():
    array = ScratchFile().allocate((1000,), np.float32)
    array[:] = 3
    other = ScratchFile().allocate((1000,), np.float32)
    other[:] = 4
    assert (array == 3).all()


def test_a_growing_array_can_lie_in_a_file():
    rows = np.arange(5000 * 7, dtype=np.float32).reshape(5000, 7)
    growing = GrowingArray((7,), np.float32, 5000, ScratchFile().allocate)
    for first in range(0, 5000, 700):
        growing.append(rows[first : first + 700])
    np.testing.assert_array_equal(growing.read(0, 5000), rows)


def test_the_file_has_no_name_while_it_is_used(cache):
    room = ScratchFile()
    room.allocate((1000,), np.float32)[:] = 1
    assert list(cache.iterdir()) == []


@pytest.mark.skipif(sys.platform == "win32", reason="there is no SIGKILL")
def test_nothing_is_left_after_a_crash(cache):
    code = (
        "import os, signal, numpy as np; from rnnviz.traces.scratch import ScratchFile\n"
        "ScratchFile().allocate((1000,), np.float32)[:] = 1; os.kill(os.getpid(), signal.SIGKILL)"
    )
    done = subprocess.run([sys.executable, "-c", code], check=False)
    assert done.returncode == -signal.SIGKILL
    assert list(cache.iterdir()) == []


def test_what_a_power_failure_left_is_removed_and_nothing_else(cache):
    old, new, other = cache / "record-old", cache / "record-new", cache / "notes"
    for path in (old, new, other):
        path.write_text("")
    for path in (old, other):
        os.utime(path, (0, 0))
    remove_left_overs()
    assert sorted(cache.iterdir()) == [other, new]


def test_without_a_folder_there_is_nothing_to_remove(cache):
    cache.rmdir()
    remove_left_overs()
    assert not cache.exists()


def test_what_is_in_use_elsewhere_is_left_alone(cache, monkeypatch):
    kept = cache / "record-in-use"
    kept.write_text("")
    os.utime(kept, (0, 0))

    def refuse(path):
        raise PermissionError(errno.EACCES, "in use", str(path))

    monkeypatch.setattr(Path, "unlink", refuse)
    remove_left_overs()
    assert kept.exists()


def test_what_another_program_has_just_removed_is_no_error(cache, monkeypatch):
    for name in ("record-gone", "record-old"):
        (cache / name).write_text("")
        os.utime(cache / name, (0, 0))
    plain = Path.stat

    def gone_first(path, **options):
        if path.name == "record-gone":
            path.unlink()
        return plain(path, **options)

    monkeypatch.setattr(Path, "stat", gone_first)
    remove_left_overs()
    monkeypatch.undo()
    assert list(cache.iterdir()) == []


def test_a_full_disk_is_a_sentence_and_takes_nothing(monkeypatch, cache):
    room = ScratchFile()
    room.allocate((10,), np.float32)[:] = 1

    def full(*_):
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(os, "posix_fallocate", full, raising=False)
        with pytest.raises(OSError, match="no room left for the record on the disk") as caught:
            room.allocate((10,), np.float32)
    assert caught.value.errno == errno.ENOSPC
    assert str(cache) in str(caught.value)
    array = room.allocate((10,), np.float32)
    array[:] = 2
    assert (array == 2).all()


@pytest.mark.parametrize("before", [0, 1])
def test_a_file_that_may_not_grow_is_the_same_sentence(monkeypatch, before):
    room = ScratchFile()
    arrays = [room.allocate((2**14,), np.float32) for _ in range(before)]

    def too_large(*_):
        raise OSError(errno.EFBIG, "File too large")

    with monkeypatch.context() as patched:
        patched.setattr(os, "truncate", too_large)
        with pytest.raises(OSError, match="no room left for the record on the disk"):
            room.allocate((2**14,), np.float32)
    arrays.append(room.allocate((2**14,), np.float32))
    for number, array in enumerate(arrays):
        array[:] = number
    assert all((array == number).all() for number, array in enumerate(arrays))


@pytest.mark.parametrize("missing", [True, False])
def test_where_room_cannot_be_reserved_it_is_filled(monkeypatch, missing):
    def unsupported(*_):
        raise OSError(errno.EOPNOTSUPP, "Operation not supported")

    if missing:
        monkeypatch.delattr(os, "posix_fallocate", raising=False)
    else:
        monkeypatch.setattr(os, "posix_fallocate", unsupported, raising=False)
    monkeypatch.setattr(scratch, "ZEROS", bytes(1000))
    room = ScratchFile()
    first, second = room.allocate((700,), np.float32), room.allocate((700,), np.float32)
    first[:], second[:] = 1, 2
    assert (first == 1).all() and (second == 2).all()
    assert os.fstat(room._file.fileno()).st_blocks * 512 >= 2 * 700 * 4


def test_another_failure_of_the_disk_is_not_called_a_full_one(monkeypatch):
    def broken(*_):
        raise OSError(errno.EIO, "Input/output error")

    monkeypatch.setattr(os, "posix_fallocate", broken, raising=False)
    with pytest.raises(OSError, match="Input/output error"):
        ScratchFile().allocate((10,), np.float32)


def test_without_a_folder_of_its_own_it_takes_the_systems(tmp_path, monkeypatch):
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "file"))
    monkeypatch.setenv("LOCALAPPDATA", str(tmp_path / "file"))
    monkeypatch.setattr(Path, "home", lambda: tmp_path / "file")
    assert cache_folder() == Path(tempfile.gettempdir())


@pytest.mark.parametrize(
    ("platform", "folder"),
    [
        ("linux", "xdg/rnnviz"),
        ("darwin", "home/Library/Caches/rnnviz"),
        ("win32", "local/rnnviz"),
    ],
)
def test_each_system_has_its_place(tmp_path, monkeypatch, platform, folder):
    monkeypatch.setattr(sys, "platform", platform)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "xdg"))
    monkeypatch.setenv("LOCALAPPDATA", str(tmp_path / "local"))
    monkeypatch.setattr(Path, "home", lambda: tmp_path / "home")
    assert cache_folder() == tmp_path / folder
    assert cache_folder().is_dir()


def test_a_user_without_a_home_has_a_cache_all_the_same(monkeypatch, tmp_path):
    def homeless():
        raise RuntimeError("Could not determine home directory.")

    monkeypatch.setattr(Path, "home", homeless)
    monkeypatch.setattr(tempfile, "gettempdir", lambda: str(tmp_path))
    monkeypatch.delenv("XDG_CACHE_HOME")
    monkeypatch.delenv("LOCALAPPDATA")
    assert cache_folder().is_relative_to(tmp_path)
