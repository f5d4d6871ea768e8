"""Files that other programs change while they are read."""

import pytest
import torch
from safetensors.torch import save
from torch import nn

from rnnviz.formats import contents, read_weights
from rnnviz.formats.checkpoint import read_checkpoint
from rnnviz.formats.contents import content_of
from rnnviz.networks.base import Interrupted, never

KINDS = ("zip", "old", "safetensors")


def saved(path, kind):
    state = nn.RNN(64, 128).state_dict()
    if kind == "safetensors":
        path.write_bytes(save(state, {"format": "pt"}))
    else:
        torch.save(state, path, _use_new_zipfile_serialization=kind == "zip")
    return state


@pytest.mark.parametrize("kind", KINDS)
def test_a_checkpoint_that_is_saved_over_while_it_is_read(tmp_path, kind):
    state = saved(tmp_path / "a.pt", kind)
    found = read_checkpoint(tmp_path / "a.pt")
    (tmp_path / "a.pt").write_bytes(b"")  # what is mapped would end the program here
    for (_, name), tensor in found.tensors.items():
        assert torch.equal(tensor, state[name])


@pytest.mark.parametrize("kind", KINDS)
def test_a_large_one_is_mapped_and_gives_the_same(tmp_path, kind, monkeypatch):
    saved(tmp_path / "a.pt", kind)
    at_once = read_weights(tmp_path / "a.pt")
    monkeypatch.setattr(contents, "AT_ONCE", 100)
    assert read_weights(tmp_path / "a.pt") == at_once


def test_the_order_is_the_same_as_well(tmp_path, monkeypatch):
    names = {name: torch.zeros(2) for name in "qzamb"}
    (tmp_path / "a.safetensors").write_bytes(save(names))
    at_once = list(read_checkpoint(tmp_path / "a.safetensors").tensors)
    monkeypatch.setattr(contents, "AT_ONCE", 1)
    assert list(read_checkpoint(tmp_path / "a.safetensors").tensors) == at_once


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
