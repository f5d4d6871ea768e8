"""Which reader a file is given to."""

import pytest
import torch
from torch import nn

from rnnviz.formats import UnreadableFile
from rnnviz.formats.any_file import read_any
from rnnviz.formats.data import Data
from rnnviz.formats.weights import Weights
from rnnviz.networks.base import never


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
