import errno
import os
import random
import signal
import stat
import time
from contextlib import contextmanager
from pathlib import Path

import pytest

from rnnviz.files import is_plain, reason_of, written

NOBODY = 65534


def test_written_whole(tmp_path):
    path = tmp_path / "ein Pfad – ü.bin"
    path.write_bytes(b"old")
    with written(path) as file:
        file.write(b"new")
        assert path.read_bytes() == b"old"
    assert path.read_bytes() == b"new"
    assert list(tmp_path.iterdir()) == [path]


def test_nothing_is_left_of_what_failed(tmp_path):
    path = tmp_path / "kept"
    path.write_bytes(b"old")
    with pytest.raises(RuntimeError), written(path) as file:
        file.write(b"half")
        raise RuntimeError
    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]


def test_S3_a_link_stays_one_and_its_target_is_replaced(tmp_path):
    target, link = tmp_path / "target", tmp_path / "link"
    target.write_bytes(b"old")
    link.symlink_to(target)
    with written(link) as file:
        file.write(b"new")
    assert link.is_symlink()
    assert target.read_bytes() == b"new"
    assert sorted(tmp_path.iterdir()) == [link, target]


@pytest.mark.skipif(os.name == "nt", reason="Windows flushes no folders")
def test_S6_the_file_is_flushed_before_it_is_renamed_and_its_folder_afterwards(
    tmp_path, monkeypatch
):
    path, done = tmp_path / "file", []
    flush, replace = os.fsync, Path.replace

    def flushed(number):
        there = os.fstat(number)
        folder = stat.S_ISDIR(there.st_mode)
        done.append(("folder" if folder else "file", there.st_size if not folder else None))
        flush(number)

    def replaced(old, new):
        done.append(("renamed", new))
        return replace(old, new)

    monkeypatch.setattr(os, "fsync", flushed)
    monkeypatch.setattr(Path, "replace", replaced)
    with written(path) as file:
        file.write(b"12345")
    assert done == [("file", 5), ("renamed", path), ("folder", None)]


@contextmanager
def at_most(size):
    """Let no file be larger than `size` bytes: what a disk that is full does to it."""
    resource = pytest.importorskip("resource")
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def test_S1_no_room(tmp_path):
    path = tmp_path / "kept"
    path.write_bytes(b"old")
    with at_most(1000), pytest.raises(OSError), written(path) as file:
        file.write(b"n" * 100_000)
    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]


@contextmanager
def without_rights(folder):
    """Take the right to write in `folder` away, also from root."""
    mode = stat.S_IMODE(folder.stat().st_mode)
    folder.chmod(0o500)
    is_root = os.geteuid() == 0
    if is_root:
        os.seteuid(NOBODY)
    try:
        yield
    finally:
        if is_root:
            os.seteuid(0)
        folder.chmod(mode)


@pytest.mark.skipif(not hasattr(os, "geteuid"), reason="Windows has other rights")
def test_S1_a_folder_that_may_not_be_written(tmp_path):
    path = tmp_path / "kept"
    path.write_bytes(b"old")
    with without_rights(tmp_path), pytest.raises(PermissionError), written(path):
        pytest.fail("There is nothing to write to.")
    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]


def write_for_ever(path, contents):
    try:
        while True:
            for content in contents:
                with written(path) as file:
                    file.write(content)
    finally:  # nothing of a test goes on in a child
        os._exit(1)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system has no fork")
def test_S2_killed_while_it_is_written(tmp_path):
    """The slow lane kills the whole program; this one kills half a file, many times."""
    path, turn = tmp_path / "kept", random.Random(0)
    contents = [bytes([letter]) * 200_000 for letter in b"ab"]
    path.write_bytes(contents[0])
    for _ in range(20):
        child = os.fork()
        if not child:
            write_for_ever(path, contents)
        time.sleep(turn.uniform(0, 0.01))
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        assert path.read_bytes() in contents


def test_permissions_stay(tmp_path):
    path = tmp_path / "private"
    path.write_bytes(b"old")
    path.chmod(0o600)
    with written(path) as file:
        file.write(b"new")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_new_files_have_the_permissions_of_any_other(tmp_path):
    with written(tmp_path / "new") as file:
        file.write(b"new")
    (tmp_path / "plain").write_bytes(b"")
    modes = {stat.S_IMODE(path.stat().st_mode) for path in tmp_path.iterdir()}
    assert len(modes) == 1


@pytest.mark.parametrize("letter", ["n", "名"])
def test_the_longest_names(tmp_path, letter):
    path = tmp_path / (letter * (250 // len(letter.encode())) + ".pt")
    with written(path) as file:
        file.write(b"new")
    assert path.read_bytes() == b"new"


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no named pipes")
@pytest.mark.parametrize(
    ("make", "said"),
    [(os.mkdir, "Is a directory"), (getattr(os, "mkfifo", None), "not a plain file")],
)
def test_what_is_no_file_is_not_replaced(tmp_path, make, said):
    make(tmp_path / "there")
    before = (tmp_path / "there").stat()
    with pytest.raises(OSError, match=said), written(tmp_path / "there"):
        pytest.fail("There is nothing to write to.")
    assert (tmp_path / "there").stat().st_ino == before.st_ino
    assert [path.name for path in tmp_path.iterdir()] == ["there"]


def test_no_folder_no_file(tmp_path):
    with pytest.raises(FileNotFoundError), written(tmp_path / "none" / "file"):
        pytest.fail("There is nothing to write to.")


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no named pipes")
def test_what_is_plain(tmp_path):
    (tmp_path / "file").write_bytes(b"")
    os.mkfifo(tmp_path / "pipe")
    assert is_plain(tmp_path / "file")
    assert not is_plain(tmp_path / "pipe")
    assert not is_plain(tmp_path)
    with pytest.raises(FileNotFoundError):
        is_plain(tmp_path / "none")


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (OSError(errno.ENOSPC, "No space left on device", "a.png"), "No space left on device"),
        (OSError("The picture is too large."), "The picture is too large"),
        (ValueError("nothing is there"), "nothing is there"),
    ],
)
def test_what_the_system_says_comes_first(error, said):
    assert reason_of(error) == said
