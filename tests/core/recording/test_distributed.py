"""Two processes that train side by side, each with a recording of its own."""

import socket
import subprocess
import sys

import numpy as np
import pytest
import torch.distributed
import zarr

from rnnviz.formats import UnreadableFile, read_recording
from rnnviz.recording.layout import FORMAT, VERSION

PROCESS = """
import sys
import torch
import torch.distributed as dist
from torch import nn
from torch.nn.parallel import DistributedDataParallel
import rnnviz

rank, port, path = int(sys.argv[1]), sys.argv[2], sys.argv[3]
torch.set_num_threads(1)
dist.init_process_group("gloo", f"tcp://127.0.0.1:{port}", rank=rank, world_size=2)

class Model(nn.Module):
    def __init__(self):
        super().__init__()
        self.rnn, self.head = nn.RNN(3, 4), nn.Linear(4, 1)

    def forward(self, x):
        return self.head(self.rnn(x)[0])

torch.manual_seed(0)
model = DistributedDataParallel(Model())
optimiser = torch.optim.SGD(model.parameters(), lr=0.1)
torch.manual_seed(rank)
with rnnviz.record(model, path, layer="rnn", every=2, overwrite=len(sys.argv) > 4):
    for _ in range(6):
        optimiser.zero_grad()
        model(torch.randn(5, 2, 3)).square().mean().backward()
        optimiser.step()
dist.destroy_process_group()
"""


def run(path, *more):
    """Let two processes record into `path`; return their errors."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = str(free.getsockname()[1])
    processes = [
        subprocess.Popen(
            [sys.executable, "-c", PROCESS, str(rank), port, str(path), *more],
            stderr=subprocess.PIPE,
            text=True,
        )
        for rank in range(2)
    ]
    return [process.communicate(timeout=240)[1] for process in processes]


def test_before_any_process_has_begun_there_is_nothing_to_open(tmp_path):
    attributes = {"format": FORMAT, "version": VERSION, "world_size": 2}
    group = zarr.create_group(tmp_path / "run.zarr", attributes=attributes)
    with pytest.raises(UnreadableFile, match="No process has recorded anything yet"):
        read_recording(tmp_path / "run.zarr")
    group.create_group("rank-1")  # the other one comes later
    with pytest.raises(UnreadableFile, match="There is no rank 0; there are 1"):
        read_recording(tmp_path / "run.zarr", rank=0)


@pytest.mark.skipif(not torch.distributed.is_available(), reason="torch without distributed")
def test_each_rank_has_a_group_of_its_own(tmp_path):
    path = tmp_path / "run.zarr"
    for said in run(path):
        assert "Error" not in said
    ranks = [read_recording(path, rank=rank) for rank in (0, 1)]
    assert read_recording(path).rank == 0
    for rank, found in enumerate(ranks):
        assert (found.ranks, found.rank, found.layer) == ((0, 1), rank, "rnn")
        assert (found.steps.tolist(), found.finished) == ([0, 2, 4], True)
        assert not np.isnan(found.gradient_norms).any()
    for k in range(3):  # one model, different data
        for name, weight in ranks[0].weights(k).items():
            np.testing.assert_array_equal(ranks[1].weights(k)[name], weight)
        assert (ranks[0].inputs(k) != ranks[1].inputs(k)).all()
    assert len(read_recording(path / "rank-1")) == 3
    with pytest.raises(UnreadableFile, match="There is no rank 2; there are 0, 1"):
        read_recording(path, rank=2)
    assert all("FileExistsError" in said for said in run(path))
    assert not any("Error" in said for said in run(path, "overwrite"))
    assert len(read_recording(path, rank=1)) == 3
