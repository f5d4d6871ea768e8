import os
import stat

import pytest

from rnnviz.files import is_plain, written


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


def test_a_link_stays_one(tmp_path):
    target, link = tmp_path / "target", tmp_path / "link"
    target.write_bytes(b"old")
    link.symlink_to(target)
    with written(link) as file:
        file.write(b"new")
    assert link.is_symlink()
    assert target.read_bytes() == b"new"


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
