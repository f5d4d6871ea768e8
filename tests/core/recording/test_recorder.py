"""Real training loops, recorded: what is in the record, and that the training is the same."""

import copy
import errno
import math
import pickle
import threading
import warnings
from contextlib import nullcontext
from unittest.mock import Mock

import numpy as np
import pytest
import torch
import zarr
from oracles import ExerciseRNN, assert_same, every_layer, expanding, looped
from torch import nn
from torch.nn.utils import parametrizations
from torch.nn.utils.rnn import pack_padded_sequence
from torch.utils.checkpoint import checkpoint
from zarr.storage import MemoryStore

import rnnviz
from rnnviz.formats import read_recording
from rnnviz.recording import recorder as recorder_of
from rnnviz.recording import writer
from rnnviz.recording.layout import SMALL_CHUNK


class Tagger(nn.Module):
    """An embedding, a recurrent layer, a head."""

    def __init__(self, **options):
        super().__init__()
        self.embedding = nn.Embedding(11, 4)
        self.encoder = nn.ModuleDict({"rnn": nn.RNN(4, 6, 2, batch_first=True, **options)})
        self.head = nn.Linear(6, 3)

    def forward(self, tokens):
        output, _ = self.encoder["rnn"](self.embedding(tokens))
        return self.head(output)


class Recurrence(nn.Module):
    """A loop over a cell, as a script writes it."""

    def __init__(self, cell):
        super().__init__()
        self.cell = cell

    def forward(self, inputs, h):
        total = 0.0
        for x in inputs:
            returned = self.cell(x, h)
            output, h = returned if isinstance(returned, tuple) else (returned, returned)
            total = total + output.square().mean()
        return total


class Disk(MemoryStore):
    """A store whose copies for reading are plain ones."""

    def with_read_only(self, read_only=False):
        return MemoryStore(self._store_dict, read_only=read_only)


class Failing(Disk):
    """A disk that is full after `count` writes."""

    def __init__(self, count):
        super().__init__()
        self.left = count

    async def set(self, key, value, byte_range=None):
        self.left -= 1
        if self.left < 0:
            raise OSError(errno.ENOSPC, "No space left on device")
        await super().set(key, value, byte_range)


class Blocked(Disk):
    """A disk that stands still until it is let go on."""

    def __init__(self):
        super().__init__()
        self.free, self.reached = threading.Event(), threading.Event()

    async def set(self, key, value, byte_range=None):
        if "hidden/c" in key:
            self.reached.set()
            self.free.wait()
        await super().set(key, value, byte_range)


def batches(count, *, batch=3, length=7):
    """Return token sequences and targets; the last batch is smaller, lengths differ."""
    generator = torch.Generator().manual_seed(1)
    shapes = [(batch if k < count - 1 else 1, length + k % 3) for k in range(count)]
    return [
        (torch.randint(11, s, generator=generator), torch.randint(3, s, generator=generator))
        for s in shapes
    ]


def train(model, data, seen=None):
    """Train, and call `seen` with each batch before its step."""
    torch.manual_seed(3)
    optimiser = torch.optim.Adam(model.parameters(), lr=0.05)
    for tokens, targets in data:
        optimiser.zero_grad()
        if seen is not None:
            seen(tokens)
        loss = nn.functional.cross_entropy(model(tokens).flatten(0, 1), targets.flatten())
        loss.backward()
        if seen is not None:
            seen(None)
        optimiser.step()


def plain_record(model, data):
    """Return what a loop without recording computes: weights, states, gradient norms."""
    rnn = model.encoder["rnn"]
    found = []

    @torch.no_grad()
    def seen(tokens):
        if tokens is None:
            found[-1] += ([p.grad.norm() for p in rnn.parameters()],)
            return
        x = model.embedding(tokens).transpose(0, 1)
        h0 = torch.zeros(2, len(tokens), 6)
        states = torch.cat((h0[None], every_layer(rnn, x, h0)))
        found.append((copy.deepcopy(rnn.state_dict()), x, states))

    train(model, data, seen)
    return found


def ends_equal(one, other):
    for found, wanted in zip(one.parameters(), other.parameters(), strict=True):
        assert_same(found.detach(), wanted.detach())


@pytest.fixture
def data():
    return batches(12)


def test_nn_rnn_inside_a_larger_module(tmp_path, data):
    torch.manual_seed(0)
    recorded = Tagger()
    plain = copy.deepcopy(recorded)
    path = tmp_path / "ein Lauf – é.zarr"
    with rnnviz.record(recorded, path, layer="encoder.rnn", every=1) as recorder:
        train(recorded, data)
    wanted = plain_record(plain, data)
    ends_equal(recorded, plain)
    found = read_recording(path)
    assert (recorder.passes, recorder.left_out, found.finished) == (12, 0, True)
    assert (found.layer, found.notices) == ("encoder.rnn", ())
    assert found.steps.tolist() == list(range(12))
    for k, (weights, x, states, norms) in enumerate(wanted):
        assert (found.length(k), found.batch_size(k)) == (len(x), x.shape[1])
        for name, weight in weights.items():
            assert_same(found.weights(k)[name], weight)
        assert_same(found.inputs(k), x)
        assert_same(found.hidden(k, 0, len(x) + 1), states)
        np.testing.assert_allclose(found.gradient_norms[k], norms, rtol=1e-6)
    assert found.output(0, 0, 3) is None


@pytest.mark.parametrize("options", [{"dropout": 0.4}, {"bidirectional": False, "bias": False}])
def test_training_ends_with_the_same_weights(tmp_path, data, options):
    torch.manual_seed(0)
    recorded = Tagger(**options)
    plain = copy.deepcopy(recorded)
    with rnnviz.record(recorded, tmp_path / "run.zarr", every=2):
        train(recorded, data)
    train(plain, data)
    ends_equal(recorded, plain)
    assert read_recording(tmp_path / "run.zarr").steps.tolist() == [0, 2, 4, 6, 8, 10]


@pytest.mark.parametrize("kind", [nn.RNNCell, rnnviz.ElmanRNN, ExerciseRNN])
def test_a_loop_over_a_cell(tmp_path, kind):
    torch.manual_seed(0)
    cell = expanding(kind(3, 5) if kind is nn.RNNCell else kind(3, 5, 2))
    model, plain = Recurrence(cell), Recurrence(copy.deepcopy(cell))
    batch = () if kind is ExerciseRNN else (2,)
    inputs, h0 = torch.randn(4, 6, *batch, 3), torch.randn(*batch, 5)

    def training(model, kept):
        optimiser = torch.optim.SGD(model.parameters(), lr=0.1)
        for x in inputs:
            with torch.no_grad():
                kept.append((copy.deepcopy(model.cell.state_dict()), looped(plain.cell, x, h0)))
            optimiser.zero_grad()
            model(x, h0).backward()
            optimiser.step()

    wanted = []
    with rnnviz.record(model, tmp_path / "run.zarr", every=1):
        training(model, [])
    training(plain, wanted)
    ends_equal(model, plain)
    found = read_recording(tmp_path / "run.zarr")
    assert (len(found), found.layer) == (4, "cell")
    assert not np.isnan(found.gradient_norms).any()
    for k, (weights, (outputs, states)) in enumerate(wanted):
        for name, weight in weights.items():
            assert_same(found.weights(k)[name], weight)
        assert_same(found.inputs(k), inputs[k].reshape(6, -1, 3))
        assert_same(found.hidden(k, 1, 7), states.reshape(6, 1, -1, 5))
        assert_same(found.hidden(k, 0, 1), h0.reshape(1, 1, -1, 5))
        assert_same(found.output(k, 0, 6), None if outputs is None else outputs.reshape(6, -1, 2))


def test_every_so_many_training_passes_and_none_of_evaluation(tmp_path):
    rnn, x = nn.RNN(2, 3), torch.randn(4, 1, 2)
    with rnnviz.record(rnn, tmp_path / "run.zarr", every=3) as recorder:
        for _ in range(8):
            rnn(x)[0].sum().backward()
            with torch.no_grad():
                rnn(x)
            with torch.inference_mode():
                rnn(x)
    assert recorder.passes == 8
    assert read_recording(tmp_path / "run.zarr").steps.tolist() == [0, 3, 6]


def test_only_the_first_sequences(tmp_path):
    rnn, x = nn.RNN(2, 3), torch.randn(4, 5, 2)
    with rnnviz.record(rnn, tmp_path / "run.zarr", every=1, sequences=2):
        states = rnn(x)[0].detach()
    found = read_recording(tmp_path / "run.zarr")
    assert_same(found.hidden(0, 1, 5)[:, 0], states[:, :2])
    assert found.notices == ("Sequences recorded of each batch: the first 2 at most.",)


def test_the_first_eight_sequences_are_enough_unless_all_are_wanted(tmp_path):
    rnn = nn.RNN(2, 3)
    for name, asked, kept in (("a", {}, 8), ("b", {"sequences": None}, 30)):
        with rnnviz.record(rnn, tmp_path / name, **asked):
            rnn(torch.randn(4, 30, 2))
        found = read_recording(tmp_path / name)
        assert found.batch_size(0) == kept
        assert bool(found.notices) == (kept == 8)
    with rnnviz.record(rnn, tmp_path / "c"):
        rnn(torch.randn(4, 5, 2))
    assert read_recording(tmp_path / "c").notices == ()  # a batch that is as small is whole


def test_gradients_that_do_not_come_are_nan(tmp_path):
    rnn, x = nn.RNN(2, 3), torch.randn(4, 1, 2)
    rnn.weight_ih_l0.requires_grad_(False)
    with rnnviz.record(rnn, tmp_path / "run.zarr", every=1):
        rnn(x)[0].sum().backward()
        rnn(x)  # never goes back
    found = read_recording(tmp_path / "run.zarr")
    frozen = found.parameter_names.index("weight_ih_l0")
    assert np.isnan(found.gradient_norms[0]).nonzero()[0].tolist() == [frozen]
    assert np.isnan(found.gradient_norms[1]).all()


def test_a_batch_of_different_lengths(tmp_path):
    rnn, x = nn.RNN(2, 3), torch.randn(5, 2, 2)
    with rnnviz.record(rnn, tmp_path / "run.zarr", every=1):
        rnn(pack_padded_sequence(x, [2, 5], enforce_sorted=False))
    found = read_recording(tmp_path / "run.zarr")
    assert np.isnan(found.hidden(0, 3, 6)[:, :, 0]).all()
    assert_same(found.inputs(0)[:, 1], x[:, 1])


def test_lengths_and_batches_may_grow(tmp_path):
    rnn = nn.RNN(2, 3)
    inputs = [torch.randn(t, b, 2) for t, b in ((2, 1), (40, 3), (1, 2), (700, 5), (3, 7))]
    with rnnviz.record(rnn, tmp_path / "run.zarr", every=1):
        states = [rnn(x)[0].detach() for x in inputs]
    found = read_recording(tmp_path / "run.zarr")
    for k, (x, wanted) in enumerate(zip(inputs, states, strict=True)):
        assert_same(found.inputs(k), x)
        assert_same(found.hidden(k, 1, len(x) + 1)[:, 0], wanted)


def test_other_numbers_are_float32_in_the_record(tmp_path):
    rnn = nn.RNN(2, 3).double()
    x = torch.randn(4, 1, 2).double()
    with rnnviz.record(rnn, tmp_path / "run.zarr"):
        states = rnn(x)[0].detach()
    found = read_recording(tmp_path / "run.zarr")
    assert_same(found.hidden(0, 1, 5)[:, 0], states.float())
    assert found.notices == ("The numbers were float64; they are recorded as float32.",)


def test_a_url_and_a_store_of_zarr():
    rnn, x = nn.RNN(2, 3), torch.randn(4, 1, 2)
    for place in ("memory://a run.zarr", MemoryStore()):
        with rnnviz.record(rnn, place):
            rnn(x)
        assert_same(read_recording(place).inputs(0), x)


def test_a_url_of_this_machine_and_one_that_nobody_knows(tmp_path):
    rnn, x = nn.RNN(2, 3), torch.randn(4, 1, 2)
    place = f"file://{tmp_path}/ein Ordner/run.zarr"
    with rnnviz.record(rnn, place):
        rnn(x)
    assert_same(read_recording(place).inputs(0), x)
    with pytest.raises(ValueError, match="Protocol not known: nosuch"):
        rnnviz.record(rnn, "nosuch://run.zarr").__enter__()


# Loops as they are written


def test_reading_weights_that_are_computed_changes_nothing(tmp_path):
    def trained(path=None):
        torch.manual_seed(0)
        cell = parametrizations.spectral_norm(nn.RNNCell(2, 40), "weight_hh")
        model = Recurrence(cell)
        optimiser = torch.optim.SGD(model.parameters(), lr=0.1)
        with rnnviz.record(model, path, every=1) if path else nullcontext():
            for _ in range(5):
                optimiser.zero_grad()
                model(torch.randn(4, 1, 2), torch.zeros(1, 40)).backward()
                optimiser.step()
        return model

    plain, recorded = trained(), trained(tmp_path / "run.zarr")
    for name, tensor in plain.state_dict().items():
        assert_same(recorded.state_dict()[name], tensor)


@pytest.mark.parametrize("use_reentrant", [False, True])
@pytest.mark.parametrize("kind", [nn.RNN, nn.RNNCell])
def test_what_checkpointing_computes_once_more_is_no_pass(tmp_path, kind, use_reentrant):
    layer = kind(2, 3)
    x = torch.randn(4, 1, 2, requires_grad=True)

    def through(x):
        if kind is nn.RNN:
            return layer(x)[0]
        h = torch.zeros(1, 3)
        for step in x:
            h = layer(step, h)
        return h

    with rnnviz.record(layer, tmp_path / "run.zarr", every=1) as recorder:
        for _ in range(3):
            checkpoint(through, x, use_reentrant=use_reentrant).sum().backward()
    found = read_recording(tmp_path / "run.zarr")
    assert recorder.passes == 3
    assert list(found.steps) == [0, 1, 2]
    assert [found.length(k) for k in range(3)] == [4, 4, 4]
    assert np.isfinite(found.gradient_norms).all()


def test_a_layer_that_is_trained_from_some_pass_on(tmp_path):
    rnn = nn.RNN(2, 3).requires_grad_(False)
    with rnnviz.record(rnn, tmp_path / "run.zarr", every=1):
        for count in range(4):
            rnn.requires_grad_(count >= 2)
            (rnn(torch.randn(4, 1, 2).requires_grad_())[0].sum()).backward()
    norms = read_recording(tmp_path / "run.zarr").gradient_norms
    assert list(np.isnan(norms).all(axis=1)) == [True, True, False, False]
    assert np.isfinite(norms[2:]).all()


def test_a_gradient_of_a_later_pass_is_not_taken_for_this_one_s(tmp_path):
    rnn, x = ExerciseRNN(2, 3, 1), torch.randn(2)
    with rnnviz.record(rnn, tmp_path / "run.zarr", every=10):
        for count in range(3):
            output, hidden = rnn(x, torch.zeros(3))
            (hidden if count == 0 else output).sum().backward()
    norms = read_recording(tmp_path / "run.zarr").gradient_norms[0]
    names = ("W_ih", "W_hh", "W_ho", "b_ih", "b_ho")
    assert [name for name, norm in zip(names, norms, strict=True) if np.isnan(norm)] == [
        "W_ho",
        "b_ho",
    ]


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_a_loop_that_is_compiled_as_one_graph_goes_on_and_is_said_not_to_be_recorded(tmp_path):
    cell = nn.RNNCell(2, 3)
    compiled = torch.compile(lambda x, h: cell(x, cell(x, h)), backend="eager", fullgraph=True)
    x, h = torch.randn(1, 2), torch.zeros(1, 3)
    with (
        pytest.warns(RuntimeWarning, match=r"no training pass went through RNNCell\.$"),
        rnnviz.record(cell, tmp_path / "run.zarr"),
    ):
        compiled(x, h).sum().backward()
    assert_same(compiled(x, h).detach(), cell(x, cell(x, h)).detach())


def test_that_nothing_was_recorded_is_said_only_where_all_else_went_well(tmp_path):
    rnn = nn.RNN(2, 3)
    with (
        pytest.warns(RuntimeWarning, match="^Nothing was recorded"),
        rnnviz.record(rnn, tmp_path / "a.zarr"),
        torch.no_grad(),
    ):
        rnn(torch.randn(4, 1, 2))
    with warnings.catch_warnings(), pytest.raises(KeyError):
        warnings.simplefilter("error")
        with rnnviz.record(rnn, tmp_path / "b.zarr"):
            raise KeyError


def test_a_process_that_was_forked_off_does_not_write(tmp_path, monkeypatch):
    rnn, x = nn.RNN(2, 3), torch.randn(4, 1, 2)
    with rnnviz.record(rnn, tmp_path / "run.zarr", every=1) as recorder:
        rnn(x)
        with monkeypatch.context() as forked:
            forked.setattr(recorder_of.os, "getpid", lambda: -1)
            rnn(x)
    assert recorder.passes == 1
    assert len(read_recording(tmp_path / "run.zarr")) == 1


# How it lies on the disk


def largest_chunk(path):
    """Return how many bytes the largest chunk of all has."""
    members = zarr.open_group(path, mode="r").members(max_depth=None)
    arrays = [found for _, found in members if isinstance(found, zarr.Array) and found.ndim > 1]
    return max(math.prod(array.chunks) * array.dtype.itemsize for array in arrays)


@pytest.mark.parametrize("batches", [(0, 2), (1, 500)])
def test_a_first_batch_of_few_sequences_does_not_blow_up_what_follows(
    tmp_path, monkeypatch, batches
):
    monkeypatch.setattr(writer, "BLOCK_SECONDS", 60.0)  # both are in one block
    rnn = nn.RNN(2, 3)
    with rnnviz.record(rnn, tmp_path / "run.zarr", every=1, sequences=None):
        for batch in batches:
            rnn(torch.randn(4, batch, 2))
    found = read_recording(tmp_path / "run.zarr")
    assert [found.batch_size(k) for k in range(2)] == list(batches)
    assert found.hidden(1, 0, 5).shape == (5, 1, batches[1], 3)
    assert largest_chunk(tmp_path / "run.zarr") <= 4 * SMALL_CHUNK
    hidden = zarr.open_group(tmp_path / "run.zarr", mode="r")["hidden"]
    assert hidden.chunks[2] == batches[1]


def test_inputs_that_are_far_wider_than_the_states_have_small_chunks_too(tmp_path):
    rnn = nn.RNN(20_000, 2)
    with rnnviz.record(rnn, tmp_path / "run.zarr"):
        rnn(torch.zeros(5, 1, 20_000))
    assert largest_chunk(tmp_path / "run.zarr") <= 4 * SMALL_CHUNK


# Nothing reaches the user's loop


def test_an_error_about_a_gradient_does_not_end_the_backward_pass(tmp_path, monkeypatch):
    rnn, x = nn.RNN(2, 3), torch.randn(4, 1, 2)
    with (
        pytest.warns(RuntimeWarning, match="the training goes on: MemoryError: none left") as said,
        rnnviz.record(rnn, tmp_path / "run.zarr", every=1),
        monkeypatch.context() as full,
    ):
        full.setattr(torch.linalg, "vector_norm", Mock(side_effect=MemoryError("none left")))
        for _ in range(2):
            rnn(x)[0].sum().backward()
    assert len(said) == 1
    assert all(p.grad is not None for p in rnn.parameters())


def test_an_error_of_the_user_s_own_passes_and_what_was_recorded_stays(tmp_path):
    rnn, x = nn.RNN(2, 3), torch.randn(4, 1, 2)
    mine = KeyError("mine")
    with pytest.raises(KeyError) as raised, rnnviz.record(rnn, tmp_path / "run.zarr", every=1):
        for _ in range(3):
            rnn(x)[0].sum().backward()
        raise mine
    assert raised.value is mine
    assert not rnn._forward_hooks and not rnn._forward_pre_hooks
    assert not any(p._post_accumulate_grad_hooks for p in rnn.parameters())
    assert len(read_recording(tmp_path / "run.zarr")) == 3


@pytest.mark.parametrize("writes", [1, 5, 12, 40])
def test_a_disk_that_fails_ends_the_recording_with_one_warning(monkeypatch, data, writes):
    monkeypatch.setattr(writer, "BLOCK_BYTES", 1)  # each record for itself
    torch.manual_seed(0)
    recorded = Tagger()
    plain = copy.deepcopy(recorded)
    store = Failing(writes)
    with (
        pytest.warns(RuntimeWarning, match="the training goes on: OSError.*No space left") as said,
        rnnviz.record(recorded, store, every=1) as recorder,
    ):
        train(recorded, data * 3)
    assert len(said) == 1
    assert recorder.passes == 36
    train(plain, data * 3)
    ends_equal(recorded, plain)
    found = read_recording(store)
    assert len(found) < 36 and not found.finished
    for k in range(len(found)):
        assert found.steps[k] == k
        assert not np.isnan(found.hidden(k, 0, 8)).any()


def test_a_disk_that_failed_for_a_while_is_told_of_to_those_who_read(data):
    store, model = Failing(5), Tagger()
    with pytest.warns(RuntimeWarning), rnnviz.record(model, store, every=1) as recorder:
        train(model, data)
        assert recorder._writer.close() is None  # what waits for the disk has failed by now
        store.left = 1000
    found = read_recording(store)
    assert found.finished
    said = "It ended before the training did: OSError: [Errno 28] No space left on device."
    assert said in found.notices


def test_a_warning_that_is_made_an_error_does_not_reach_the_loop(data):
    with warnings.catch_warnings():
        warnings.simplefilter("error", RuntimeWarning)
        model = Tagger()
        with rnnviz.record(model, Failing(3), every=1) as recorder:
            train(model, data)
    assert recorder.passes == 12


def test_what_no_layer_returns_ends_the_recording_not_the_loop(tmp_path):
    class Odd(ExerciseRNN):
        def forward(self, x, hidden_state):
            return super().forward(x, hidden_state)[1]

    odd, h = Odd(2, 3, 1), torch.zeros(3)
    with (
        pytest.warns(RuntimeWarning, match="output_size is 1, but 0 flows through it") as said,
        rnnviz.record(odd, tmp_path / "run.zarr", every=1),
    ):
        for _ in range(3):
            odd(torch.randn(2), h).sum().backward()
    assert len(said) == 1


def test_a_slow_disk_leaves_records_out_and_they_are_counted(monkeypatch):
    monkeypatch.setattr(writer, "WAITING_BYTES", 2_000)
    monkeypatch.setattr(writer, "BLOCK_BYTES", 1)
    rnn, x, store = nn.RNN(2, 3), torch.randn(20, 1, 2), Blocked()
    with (
        pytest.warns(RuntimeWarning, match=r"records were left out: the disk was slower"),
        rnnviz.record(rnn, store, every=1) as recorder,
    ):
        rnn(x)[0].sum().backward()
        store.reached.wait()
        for _ in range(20):
            rnn(x)[0].sum().backward()
        store.free.set()
    found = read_recording(store)
    assert 0 < recorder.left_out < 20
    assert len(found) == 21 - recorder.left_out
    assert f"{recorder.left_out} records were left out" in found.notices[0]


def test_a_module_that_is_recorded_can_be_copied_and_pickled(tmp_path):
    rnn, x = nn.RNN(2, 3), torch.randn(4, 1, 2)
    with rnnviz.record(rnn, tmp_path / "run.zarr", every=1) as recorder:
        for other in (copy.deepcopy(rnn), pickle.loads(pickle.dumps(rnn))):
            other(x)[0].sum().backward()
        assert recorder.passes == 0
        rnn(x)[0].sum().backward()
    assert len(read_recording(tmp_path / "run.zarr")) == 1


@pytest.mark.filterwarnings("ignore:Nothing was recorded")
def test_no_thread_is_left_behind(tmp_path):
    with rnnviz.record(nn.RNN(2, 3), tmp_path / "run.zarr"):
        assert any(thread.name == "rnnviz recording" for thread in threading.enumerate())
    assert not any(thread.name == "rnnviz recording" for thread in threading.enumerate())
    assert len(read_recording(tmp_path / "run.zarr")) == 0


# What is said at once


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"layer": "decoder"}, "has no layer 'decoder'. Its recurrent layers are: 'encoder.rnn'"),
        ({"every": 0}, "every must be a whole number from 1, not 0"),
        ({"sequences": 1.5}, "sequences must be a whole number from 1"),
    ],
)
def test_what_is_asked_for_wrongly(tmp_path, options, said):
    with pytest.raises(ValueError) as raised:
        rnnviz.record(Tagger(), tmp_path / "run.zarr", **options)
    assert said in str(raised.value)
    assert not (tmp_path / "run.zarr").exists()


def test_a_recording_is_replaced_only_when_asked(tmp_path):
    path, rnn = tmp_path / "run.zarr", nn.RNN(2, 3)
    for count in (3, 1):
        with rnnviz.record(rnn, path, every=1, overwrite=True):
            for _ in range(count):
                rnn(torch.randn(4, 1, 2))
    assert len(read_recording(path)) == 1
    with (
        pytest.raises(FileExistsError, match="is there already: choose another name, or overwrite"),
        rnnviz.record(rnn, path),
    ):
        pass
    assert not rnn._forward_hooks


def test_what_is_no_recording_is_never_replaced(tmp_path):
    file, folder, group = tmp_path / "a", tmp_path / "b", tmp_path / "c"
    file.write_text("mine")
    (folder / "mine").mkdir(parents=True)
    zarr.create_group(group, attributes={"mine": 1})
    zarr.create_array(tmp_path / "d", shape=(1,), dtype="f4")
    for place in (file, folder, group, tmp_path / "d"):
        with (
            pytest.raises(FileExistsError, match="is no recording: choose another name"),
            rnnviz.record(nn.RNN(2, 3), place, overwrite=True),
        ):
            pass
    assert file.read_text() == "mine" and (folder / "mine").is_dir()
    assert dict(zarr.open_group(group).attrs) == {"mine": 1}


@pytest.mark.filterwarnings("ignore:Nothing was recorded")
def test_an_empty_folder_is_taken(tmp_path):
    with rnnviz.record(nn.RNN(2, 3), tmp_path):
        pass
    assert read_recording(tmp_path).finished
