"""What holds of every file that is read as data: which are opened, and how they fail."""

import os

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from safetensors.torch import save_file

from rnnviz.formats import UnreadableFile, data, numbers, read_data
from rnnviz.formats.data import Data, Reading, is_text
from rnnviz.networks.base import Interrupted

ENDINGS = (".npy", ".npz", ".csv", ".tsv", ".txt", ".pt", ".safetensors", ".dat", "")
VALUES = np.arange(6, dtype=np.float32).reshape(3, 2) / 8


def write(path):
    """Write a table of `VALUES` as the ending asks for, and return its path."""
    writers = {
        ".npy": lambda: np.save(path, VALUES),
        ".npz": lambda: np.savez_compressed(path, x=VALUES),
        ".pt": lambda: torch.save(torch.from_numpy(VALUES), path),
        ".safetensors": lambda: save_file({"x": torch.from_numpy(VALUES)}, path),
    }
    writers.get(path.suffix, lambda: np.savetxt(path, VALUES))()
    return path


@pytest.mark.parametrize("ending", ENDINGS)
def test_every_kind_of_file_on_a_path_with_spaces_and_letters(tmp_path, ending):
    path = write(tmp_path / f"Größe – 数 1{ending}")
    found = read_data(path)
    assert found.values.values.tobytes() == VALUES.tobytes()
    assert (found.path, found.text, is_text(found)) == (path, None, False)
    assert found.preview[1][0] in ("0.25", "2.500000000000000000e-01")
    assert found.notices == ()
    assert read_data(str(path)) == found


@pytest.mark.parametrize("ending", ENDINGS)
def test_F2_what_is_no_file_is_not_opened(tmp_path, ending):
    path = tmp_path / f"there{ending}"
    with pytest.raises(UnreadableFile, match="There is no such file"):
        read_data(path)
    path.mkdir()
    with pytest.raises(UnreadableFile, match="This is a folder"):
        read_data(path)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no named pipes")
@pytest.mark.parametrize("ending", ENDINGS)
def test_F2_a_pipe_is_not_waited_for(tmp_path, ending):
    path = tmp_path / f"pipe{ending}"
    os.mkfifo(path)
    with pytest.raises(UnreadableFile, match="not a plain file"):
        read_data(path)


@pytest.mark.parametrize("ending", ENDINGS)
def test_an_empty_file(tmp_path, ending):
    path = tmp_path / f"empty{ending}"
    path.touch()
    with pytest.raises(UnreadableFile, match=r"^empty\S*: It is empty\.$"):
        read_data(path)


@pytest.mark.parametrize("ending", ENDINGS)
def test_F2_a_file_beyond_the_limit(tmp_path, ending, monkeypatch):
    path = write(tmp_path / f"large{ending}")
    size = path.stat().st_size
    monkeypatch.setattr(numbers.check_bytes, "__defaults__", (size - 1,))
    monkeypatch.setattr(data, "MAX_TEXT_BYTES", size - 1)
    with pytest.raises(UnreadableFile, match=r"It has .* at most .* are read"):
        read_data(path)
    monkeypatch.setattr(numbers.check_bytes, "__defaults__", (size,))
    monkeypatch.setattr(data, "MAX_TEXT_BYTES", size)
    assert read_data(path).values.shape == (3, 2)


def test_the_limits_are_those_that_are_said():
    assert numbers.check_bytes.__defaults__ == (2_000_000_000,)
    assert data.MAX_TEXT_BYTES == 200_000_000


@pytest.mark.parametrize("ending", ENDINGS)
def test_nobody_waits_any_more(tmp_path, ending):
    path = write(tmp_path / f"own{ending}")
    asked = []

    def stopped():
        asked.append(True)
        return True

    with pytest.raises(Interrupted):
        read_data(path, stopped=stopped)
    assert asked == [True]


@pytest.mark.parametrize("ending", ENDINGS)
@given(chance=st.randoms(use_true_random=False), cut=st.booleans())
def test_damage_is_said_or_changes_numbers_at_most(tmp_path, ending, chance, cut):
    path = write(tmp_path / f"damaged{ending}")
    content = bytearray(path.read_bytes())
    if cut:
        del content[chance.randrange(len(content)) :]
    for _ in range(0 if cut else chance.randint(1, 4)):
        content[chance.randrange(len(content))] = chance.randrange(256)
    path.write_bytes(content)
    try:
        found = read_data(path)
    except UnreadableFile as error:
        assert str(error).startswith(f"{path.name}: ")
        assert "weights_only=False" not in str(error)
    else:
        assert isinstance(found, Data)


def test_what_cannot_be_read_on_the_way_is_said(tmp_path, monkeypatch):
    path = write(tmp_path / "own.csv")

    def fail(*args):
        raise OSError(5, "Input/output error")

    monkeypatch.setattr(data, "encoding_of", fail)
    with pytest.raises(UnreadableFile, match=r"own.csv: It cannot be read: Input/output error\."):
        read_data(path)


def test_memory_that_is_not_there_is_no_fault_of_the_file(tmp_path, monkeypatch):
    def fail(*args):
        raise MemoryError

    monkeypatch.setattr(data, "read_npy", fail)
    with pytest.raises(MemoryError):
        read_data(write(tmp_path / "own.npy"))


def test_data_are_a_value(tmp_path):
    found = read_data(write(tmp_path / "own.csv"), reading=Reading(header=False))
    assert found == read_data(tmp_path / "own.csv")
    assert not found.values.values.flags.writeable
