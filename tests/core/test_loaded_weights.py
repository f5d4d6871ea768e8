"""Weights and inputs of a file: in settings, in the network, and in the code."""

import numpy as np
import pytest
import torch
from safetensors.torch import save_file
from torch import nn

from rnnviz.arrays import Stored
from rnnviz.building import build, build_network
from rnnviz.changes import difference, sentence_about, with_network, with_source
from rnnviz.initialization import Loaded, TorchDefault
from rnnviz.memory import MemoryLimits
from rnnviz.scripts import code_of
from rnnviz.sequences import Loaded as OwnData
from rnnviz.settings import InitializationSettings, NetworkSettings, SequenceSettings, Settings
from rnnviz.validation import problems_of

LIMITS = MemoryLimits.of_this_machine()


def settings_of(module, kind, **sizes):
    tensors = {name: Stored(p.detach().numpy()) for name, p in module.named_parameters()}
    return Settings(
        network=NetworkSettings(kind=kind, **sizes),
        initialization=InitializationSettings(scheme=Loaded(file="own.pt", tensors=tensors)),
    )


def cell():
    return settings_of(nn.RNNCell(3, 5), "rnn_cell", input_size=3, hidden_size=5)


@pytest.mark.parametrize("both", [False, True])
def test_the_numbers_of_the_file_to_the_bit(both):
    module = nn.RNN(3, 5, 2, bidirectional=both)
    settings = settings_of(
        module, "rnn", input_size=3, hidden_size=5, num_layers=2, bidirectional=both
    )
    assert problems_of(settings) == ()
    built = build_network(settings).module.state_dict()
    assert all(built[name].equal(tensor) for name, tensor in module.state_dict().items())


def test_how_much_came_from_which_file_is_said():
    assert cell().initialization.scheme.about() == "own.pt: 50 numbers in 4 parameters."
    assert Loaded().about() == Loaded.sentence


def test_what_does_not_fit_is_said():
    scheme = cell().initialization.scheme
    assert scheme.misfit("weight_ih", (5, 4)) == (
        "weight_ih is 5 × 3 in own.pt; this network needs 5 × 4."
    )
    assert scheme.misfit("weight_hh_l0", (5, 5)) == "own.pt has no weight_hh_l0."
    said = "Open a file with weights first: File > Open, or drop it on the window."
    assert Loaded().misfit("weight_ih", (5, 3)) == said
    with pytest.raises(ValueError, match=r"needs 5 × 4\."):
        target = torch.zeros(5, 4)
        scheme.fill(target, name="weight_ih", hidden_size=5, generator=torch.Generator())


def test_another_kind_takes_the_numbers_over_under_its_names():
    old = cell()
    new = with_network(old, old.network.model_copy(update={"kind": "rnn"}))
    assert problems_of(new) == ()
    built = build_network(new).module
    assert built.weight_hh_l0.equal(build_network(old).module.weight_hh)
    back = with_network(new, old.network)
    assert not difference(old, back).record


def test_a_bias_that_the_file_lacks_is_zeros():
    module = nn.RNNCell(3, 5, bias=False)
    old = settings_of(module, "rnn_cell", input_size=3, hidden_size=5, bias=False)
    new = with_network(old, old.network.model_copy(update={"bias": True}))
    built = build_network(new).module
    assert built.weight_hh.equal(module.weight_hh) and not built.bias_hh.any()
    assert "own.pt" not in sentence_about(old, new)  # nothing of the file is lost


def test_where_the_numbers_fit_no_more_the_kinds_default_draws_and_says_so():
    old = cell()
    new = with_network(old, old.network.model_copy(update={"hidden_size": 6}))
    assert new.initialization.scheme == TorchDefault()
    said = "The weights of own.pt do not fit any more: PyTorch's default draws them now."
    assert said in sentence_about(old, new)


def test_the_same_file_opened_again_changes_nothing():
    module = nn.RNNCell(3, 5)
    old, new = (settings_of(module, "rnn_cell", input_size=3, hidden_size=5) for _ in range(2))
    assert old == new and not difference(old, new).record


def test_input_size_and_batch_follow_the_file():
    old = Settings(network=NetworkSettings(kind="rnn", input_size=2, batch_size=1))
    source = OwnData(file="own.npy", data=Stored(np.zeros((7, 4, 3))))
    new = with_source(old, source)
    assert (new.network.input_size, new.network.batch_size) == (3, 4)
    assert problems_of(new) == ()
    turned = with_source(new, source.model_copy(update={"batch_first": True}))
    assert (turned.network.batch_size, turned.sequence.steps) == (7, 4)


@pytest.mark.parametrize("kind", ["elman", "rnn_cell", "rnn"])
def test_the_code_reads_the_saved_files_and_gives_the_same_bits(kind, tmp_path, monkeypatch):
    network = NetworkSettings(kind=kind, input_size=3, hidden_size=33, output_size=2, batch_size=2)
    drawn = build_network(Settings(network=network)).module.state_dict()
    tensors = {name: Stored(tensor.numpy()) for name, tensor in drawn.items()}
    rows = np.random.default_rng(0).normal(size=(70, 2, 3))
    settings = Settings(
        network=network,
        initialization=InitializationSettings(scheme=Loaded(file="own.pt", tensors=tensors)),
        sequence=SequenceSettings(source=OwnData(file="own.npy", data=Stored(rows))),
    )
    run = build(settings, LIMITS).run
    while run.computed < run.moves:
        run.compute_block()
    run.reveal(run.moves)
    monkeypatch.chdir(tmp_path)
    save_file({name: tensor.clone() for name, tensor in drawn.items()}, "weights.safetensors")
    save_file({"inputs": run.inputs.clone()}, "trace.safetensors")
    found: dict = {}
    exec(compile(code_of(settings), "<script>", "exec"), found)
    assert found["hidden"].equal(torch.tensor(np.asarray(run.trace.hidden)))
