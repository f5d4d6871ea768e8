"""Files that other programs change while they are read."""

from pathlib import Path

import pytest
import torch
from safetensors.torch import save
from torch import nn

from rnnviz.formats import UnreadableFile, safetensors_file, torch_file
from rnnviz.formats.checkpoint import read_checkpoint
from rnnviz.formats.contents import content_of
from rnnviz.memory import MemoryLimits
from rnnviz.networks.base import Interrupted, never

KINDS = ("zip", "old", "safetensors")


def saved(path, kind):
    state = nn.RNN(64, 128).state_dict()
    if kind == "safetensors":
        path.write_bytes(save(state, {"format": "pt"}))
    else:
        torch.save(state, path, _use_new_zipfile_serialization=kind == "zip")
    return state


@pytest.fixture(params=["at once", "looked at on the disk first"])
def large(request, monkeypatch):
    if request.param != "at once":
        monkeypatch.setattr(torch_file, "AT_ONCE", 100)


@pytest.mark.parametrize("kind", KINDS)
def test_F1_a_checkpoint_that_is_saved_over_when_it_was_read(tmp_path, kind, large):
    state = saved(tmp_path / "a.pt", kind)
    found = read_checkpoint(tmp_path / "a.pt")
    (tmp_path / "a.pt").write_bytes(b"")  # what is mapped would end the program here
    for (_, name), tensor in found.tensors.items():
        assert torch.equal(tensor, state[name])


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("left", [0, 100, 20_000])
def test_F1_or_cut_while_it_is_read(tmp_path, kind, left, large, monkeypatch):
    saved(tmp_path / "a.pt", kind)
    content = (tmp_path / "a.pt").read_bytes()

    def size_of(path):  # the first that is asked of a file: from then on another one is there
        (tmp_path / "a.pt").write_bytes(content[:left])
        return len(content)

    monkeypatch.setattr(torch_file, "plain_size", size_of)
    monkeypatch.setattr(safetensors_file, "plain_size", size_of)
    with pytest.raises(UnreadableFile, match=r"a\.pt: .*(cut off|damaged|does not begin)"):
        read_checkpoint(tmp_path / "a.pt")


@pytest.mark.parametrize("kind", KINDS)
def test_F1_or_replaced_by_one_that_would_harm(tmp_path, kind, monkeypatch):
    saved(tmp_path / "a.pt", kind)
    monkeypatch.setattr(torch_file, "AT_ONCE", 100)

    def content(path, size, stopped):
        torch.save({"a": Path("x")}, path, _use_new_zipfile_serialization=kind == "zip")
        return content_of(path, path.stat().st_size, stopped)

    monkeypatch.setattr(torch_file, "content_of", content)
    monkeypatch.setattr(safetensors_file, "content_of", content)
    with pytest.raises(UnreadableFile, match=r"PosixPath|WindowsPath|header does not agree"):
        read_checkpoint(tmp_path / "a.pt")


def test_F1_a_file_that_vanished_is_said(tmp_path):
    with pytest.raises(UnreadableFile, match=r"a\.pt: There is no such file\. Was it moved"):
        read_checkpoint(tmp_path / "a.pt")


@pytest.mark.parametrize("kind", KINDS)
def test_more_than_there_is_room_for_is_refused_before_it_is_read(tmp_path, kind, monkeypatch):
    saved(tmp_path / "a.pt", kind)
    limits = MemoryLimits(budget=3 * 50_000, in_memory=0)
    monkeypatch.setattr(MemoryLimits, "of_this_machine", lambda: limits)
    said = r"It has 1\d\d kB; at most 50 kB are read on this machine.*Save the recurrent"
    with pytest.raises(UnreadableFile, match=said):
        read_checkpoint(tmp_path / "a.pt")


def test_a_large_file_that_is_cut_off_is_refused_before_all_of_it_is_read(tmp_path, monkeypatch):
    saved(tmp_path / "a.safetensors", "safetensors")
    with (tmp_path / "a.safetensors").open("ab") as file:
        file.truncate(4 * 2**30)  # takes no room
    monkeypatch.setattr(safetensors_file, "content_of", None)
    with pytest.raises(UnreadableFile, match="does not agree with what follows"):
        read_checkpoint(tmp_path / "a.safetensors")


def test_what_a_file_grows_by_is_left_out(tmp_path):
    (tmp_path / "a").write_bytes(b"abcdef")
    assert content_of(tmp_path / "a", 4, never) == b"abcd"


def test_and_of_one_that_was_cut_there_is_less(tmp_path):
    (tmp_path / "a").write_bytes(b"ab")
    assert content_of(tmp_path / "a", 4, never) == b"ab"


def test_nobody_waits_for_it_any_more(tmp_path):
    (tmp_path / "a").write_bytes(b"ab")
    with pytest.raises(Interrupted):
        content_of(tmp_path / "a", 2, lambda: True)
