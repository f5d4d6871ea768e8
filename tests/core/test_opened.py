"""What opening a file makes of the settings."""

import numpy as np
import pytest
import torch
from torch import nn

from rnnviz.arrays import Stored
from rnnviz.building import build
from rnnviz.initialization import Loaded, Uniform
from rnnviz.limits import MAX_LENGTH
from rnnviz.memory import MemoryLimits
from rnnviz.opened import RecordedPass, first_steps, settings_of_pass, with_data, with_weights
from rnnviz.sequences import Loaded as OwnData
from rnnviz.sequences import Normal, Text
from rnnviz.settings import NetworkSettings, SequenceSettings, Settings, SettingsError
from rnnviz.validation import problems_of

CELL = {"kind": "rnn_cell", "input_size": 3, "hidden_size": 5}
LIMITS = MemoryLimits.of_this_machine()


def tensors_of(module):
    return {name: Stored(p.detach().numpy()) for name, p in module.named_parameters()}


def data(*shape):
    return OwnData(file="own.npy", data=Stored(np.zeros(shape)))


def test_the_network_of_the_file_with_its_numbers():
    module = nn.RNN(3, 5, 2, nonlinearity="relu")
    network = {"kind": "rnn", "input_size": 3, "hidden_size": 5, "num_layers": 2,
               "nonlinearity": "relu"}  # fmt: skip
    old = Settings(network=NetworkSettings(batch_size=4))
    new = with_weights(old, network, tensors_of(module), "own.pt")
    assert problems_of(new) == ()
    assert new.network.batch_size == 4 and new.network.nonlinearity == "relu"
    run = build(new, LIMITS).run
    while run.computed < run.moves:
        run.compute_block()
    with torch.no_grad():
        output, _ = module(run.inputs)
    assert torch.tensor(run.sequence("hidden", 1, 41)[:, 1]).equal(output)


def test_what_was_chosen_for_single_parameters_does_not_get_in_the_way():
    old = Settings()
    init = old.initialization.model_copy(update={"overrides": {"weight_hh": Uniform()}})
    old = old.model_copy(update={"initialization": init})
    new = with_weights(old, CELL, tensors_of(nn.RNNCell(3, 5)), "own.pt")
    assert not new.initialization.overrides


def test_the_sequence_stays_where_the_network_can_read_it():
    hello = Settings(sequence=SequenceSettings(source=Text(text="hello")))
    tensors = tensors_of(nn.RNNCell(9, 5))
    stays = with_weights(hello, CELL | {"input_size": 9}, tensors, "own.pt")
    assert stays.sequence == hello.sequence
    gone = with_weights(hello, CELL, tensors_of(nn.RNNCell(3, 5)), "own.pt")
    assert gone.sequence.source == Normal() and problems_of(gone) == ()


def test_data_bring_their_sizes_to_a_network_that_is_drawn():
    new = with_data(Settings(), data(7, 2, 3))
    assert (new.network.input_size, new.network.batch_size) == (3, 2)
    assert new.sequence.steps == 7 and problems_of(new) == ()


def test_data_never_replace_weights_of_a_file():
    own = with_weights(Settings(), CELL, tensors_of(nn.RNNCell(3, 5)), "own.pt")
    with pytest.raises(SettingsError) as refused:
        with_data(own, data(7, 4))
    assert str(refused.value) == (
        "4 columns would go in, and the network, whose weights come from a file, reads 3. "
        "Choose 3, or draw other weights first (Initialisation)."
    )
    taken = with_data(own, data(7, 4).model_copy(update={"columns": "1-3"}))
    assert isinstance(taken.initialization.scheme, Loaded) and problems_of(taken) == ()


def test_as_many_steps_as_a_sequence_can_have():
    assert first_steps(data(10, 1)) == data(10, 1)
    cut = first_steps(data(MAX_LENGTH + 7, 1))
    assert cut.own_length() == MAX_LENGTH and cut.misfit(MAX_LENGTH, 1) is None


class Recorded:
    """A recording of two records, as far as it is asked."""

    path = type("Path", (), {"name": "run.zarr"})
    network = CELL
    steps = np.array([100, 200])

    def __init__(self):
        self.module = nn.RNNCell(3, 5)
        self.x = torch.randn(2, 6, 1, 3)

    def length(self, k):
        return self.x.shape[1]

    def batch_size(self, k):
        return self.x.shape[2]

    def weights(self, k):
        return {name: p.detach().numpy() * (k + 1) for name, p in self.module.named_parameters()}

    def inputs(self, k):
        return self.x[k].numpy()

    def hidden(self, k, first, last):
        return np.full((last - first, 1, 1, 5), k, np.float32)

    def output(self, k, first, last):
        return None


def test_one_record_of_a_recording():
    recording = Recorded()
    settings = settings_of_pass(recording, 1)
    assert problems_of(settings) == ()
    assert settings.initialization.scheme.file == "run.zarr, step 200"
    assert isinstance(settings.replay, RecordedPass) and settings.replay.number == 1
    built = build(settings, LIMITS)
    built.run.compute_block()
    assert built.network.module.weight_hh.equal(2 * recording.module.weight_hh)
    assert built.run.inputs.equal(recording.x[1])
    assert (built.run.sequence("hidden", 0, 7) == 1).all()


def test_a_record_that_claims_more_than_there_is_room_for_is_not_read():
    recording = Recorded()
    recording.inputs = recording.weights = None
    recording.length = recording.batch_size = lambda k: 10**9
    with pytest.raises(
        ValueError, match=r"would take 12,000,000 TB; .* are allowed on this machine"
    ):
        settings_of_pass(recording, 1)
