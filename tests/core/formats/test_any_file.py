"""Which reader a file is given to."""

import sys

import pytest
import torch
from torch import nn

import rnnviz
from rnnviz.formats import UnreadableFile
from rnnviz.formats.any_file import read_any
from rnnviz.formats.data import Data
from rnnviz.formats.recording import Recording
from rnnviz.formats.session_file import SavedSession, write_session
from rnnviz.formats.unreadable import plain_size
from rnnviz.formats.weights import Weights
from rnnviz.networks.base import never
from rnnviz.settings import Settings


@pytest.mark.parametrize("ending", ["pt", "safetensors", "npy", "csv", "rnnviz", "txt"])
def test_a_pointer_of_git_lfs(tmp_path, ending):
    path = tmp_path / f"a.{ending}"
    path.write_text("version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 12345\n")
    with pytest.raises(UnreadableFile, match="It only points to the file: fetch it, with git lfs"):
        read_any(path, stopped=never)


@pytest.mark.parametrize(
    ("tensors", "kind"),
    [
        (nn.RNN(3, 4).state_dict(), Weights),
        ({"inputs": torch.zeros(5, 3)}, Data),
        (torch.zeros(5, 3), Data),
    ],
)
def test_tensors_are_weights_or_else_what_goes_in(tmp_path, tensors, kind):
    torch.save(tensors, tmp_path / "own.pt")
    assert isinstance(read_any(tmp_path / "own.pt", stopped=never), kind)


@pytest.mark.parametrize("module", [nn.LSTM(3, 4), nn.GRU(3, 4), nn.LSTMCell(3, 4)])
def test_weights_that_cannot_be_shown_are_no_sequence(tmp_path, module):
    torch.save(module.state_dict(), tmp_path / "own.pt")
    with pytest.raises(UnreadableFile, match="Only the plain networks without gates"):
        read_any(tmp_path / "own.pt", stopped=never)


def test_of_tensors_that_are_neither_it_is_said_why_they_are_no_weights(tmp_path):
    torch.save({"layers": {"weight": torch.zeros(2, 3, 4, 5)}}, tmp_path / "own.pt")
    with pytest.raises(UnreadableFile) as caught:
        read_any(tmp_path / "own.pt", stopped=never)
    assert "no recurrent layer" in caught.value.reason


@pytest.mark.parametrize("name", ["own.CSV", "own.txt", "own"])
def test_whatever_is_none_of_these_is_numbers_or_a_text(tmp_path, name):
    (tmp_path / name).write_text("1,2\n3,4\n")
    found = read_any(str(tmp_path / name), stopped=never)
    assert isinstance(found, Data) and found.values.values.tolist() == [[1, 2], [3, 4]]


def test_a_session_is_told_by_its_ending(tmp_path):
    write_session(tmp_path / "own.RNNVIZ", SavedSession(settings=Settings()))
    found = read_any(tmp_path / "own.RNNVIZ", stopped=never)
    assert isinstance(found, SavedSession) and found.settings == Settings()


def test_a_folder_is_a_recording(tmp_path):
    rnn = nn.RNN(2, 3)
    with rnnviz.record(rnn, tmp_path / "run", every=1):
        for _ in range(2):
            rnn(torch.zeros(4, 1, 2))
    found = read_any(tmp_path / "run", stopped=never)
    assert isinstance(found, Recording)
    assert repr(found) == "<Recording of 2 passes: run>"


# What cannot even be looked at


@pytest.mark.skipif(sys.platform == "win32", reason="there, it is just not found")
def test_a_place_that_cannot_be_is_said(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(UnreadableFile, match=r"own\.npy: It cannot be read: Not a directory"):
        plain_size(tmp_path / "file" / "own.npy")


def test_what_cannot_be_a_name_is_said():
    with pytest.raises(UnreadableFile, match=r"This is no name of a file\."):
        plain_size("own\0.npy")
