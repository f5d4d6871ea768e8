"""What hooks see of a layer is what a script computes, and they leave nothing behind."""

import copy
import gc
import io
import pickle
import weakref

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from oracles import (
    ExerciseRNN,
    assert_same,
    build,
    every_layer,
    expanding,
    hidden_sizes,
    layer_counts,
    looped,
    nonlinearities,
    seeds,
)
from torch import nn
from torch.nn.utils.rnn import pack_padded_sequence

import rnnviz
from rnnviz.traces.flowing import Flow, find_layer


class Tagger(nn.Module):
    """An embedding, a recurrent layer, a head."""

    def __init__(self, rnn=None):
        super().__init__()
        self.embedding = nn.Embedding(11, 4)
        self.encoder = nn.ModuleDict({"rnn": rnn or nn.RNN(4, 6, 2, batch_first=True)})
        self.head = nn.Linear(6, 3)

    def forward(self, tokens):
        output, _ = self.encoder["rnn"](self.embedding(tokens))
        return self.head(output)


class Pair(nn.Module):
    def __init__(self):
        super().__init__()
        self.first, self.second = nn.RNNCell(3, 4), rnnviz.ElmanRNN(4, 4, 2)


def watch(layer, call, **options):
    """Return the passes that `call` makes."""
    passes = []
    with Flow(layer, passes.append, **options) as flow:
        call()
    if flow.error is not None:
        raise flow.error
    return passes


# Which layer


def test_the_module_itself_or_the_only_layer_inside():
    cell, tagger = nn.RNNCell(2, 3), Tagger()
    assert find_layer(cell) == ("", cell)
    assert find_layer(tagger) == ("encoder.rnn", tagger.encoder["rnn"])
    assert find_layer(nn.Sequential(nn.Linear(1, 1), rnnviz.ElmanRNN(1, 2, 1)))[0] == "1"
    assert find_layer(ExerciseRNN(1, 2, 1))[0] == ""


def test_a_layer_by_its_name_also_where_several_are():
    pair = Pair()
    assert find_layer(pair, "second") == ("second", pair.second)
    assert find_layer(nn.DataParallel(pair), "first") == ("first", pair.first)
    assert find_layer(nn.DataParallel(pair), "module.first")[1] is pair.first
    assert find_layer(nn.DataParallel(Tagger()))[0] == "encoder.rnn"


@pytest.mark.parametrize(
    ("module", "layer", "said"),
    [
        (Pair(), None, "Pair has several recurrent layers: say which, by layer='first', 'second'."),
        (nn.Linear(1, 1), None, "Linear has no recurrent layer: nn.RNN, nn.RNNCell, "),
        (nn.LSTM(1, 1), None, "LSTM has no recurrent layer"),
        (Pair(), "third", "Pair has no layer 'third'. Its recurrent layers are: 'first', 'second'"),
        (Tagger(), "head", "'head' is of Linear, not recurrent. Its recurrent layers are: 'enc"),
        (nn.Linear(1, 1), "rnn", "Linear has no layer 'rnn'. It has none: nn.RNN, "),
    ],
)
def test_what_is_not_there_is_said_with_what_is(module, layer, said):
    with pytest.raises(ValueError) as raised:
        find_layer(module, layer)
    assert str(raised.value).startswith(said)


def test_what_is_no_module():
    with pytest.raises(TypeError, match="Module is needed, not dict"):
        find_layer({})


# nn.RNN

rnns = st.fixed_dictionaries(
    {
        "hidden_size": hidden_sizes,
        "num_layers": layer_counts,
        "nonlinearity": nonlinearities,
        "bias": st.booleans(),
        "bidirectional": st.booleans(),
        "batch_first": st.booleans(),
    }
)


@given(rnns, st.integers(1, 130), st.none() | st.integers(1, 4), st.booleans(), seeds)
def test_a_call_of_nn_rnn_is_a_pass_with_the_states_of_every_layer(
    sizes, length, batch, starts, seed
):
    torch.manual_seed(seed)
    rnn = expanding(nn.RNN(3, **sizes))
    entries = rnn.num_layers * (2 if rnn.bidirectional else 1)
    x = torch.randn(length, batch or 1, 3)
    h0 = torch.randn(entries, batch or 1, rnn.hidden_size)
    given_x = x.transpose(0, 1) if rnn.batch_first else x
    args = (given_x, h0) if starts else (given_x,)
    if batch is None:
        args = (x[:, 0], *(h[:, 0] for h in args[1:]))
    (found,) = watch(rnn, lambda: rnn(*args))
    h0 = h0 if starts else torch.zeros_like(h0)
    plain = copy.deepcopy(rnn)
    plain.batch_first = False
    assert_same(found.inputs, x)
    assert_same(found.hidden, torch.cat((h0[None], every_layer(plain, x, h0))).detach())
    assert_same(found.h0, h0)
    assert found.output is None and not found.unknown and len(found) == length


def test_arguments_by_name_in_any_order():
    rnn, x, h0 = nn.RNN(3, 4), torch.randn(5, 2, 3), torch.randn(1, 2, 4)
    (found,) = watch(rnn, lambda: rnn(hx=h0, input=x))
    assert_same(found.inputs, x)
    assert_same(found.h0, h0)


@pytest.mark.parametrize("bidirectional", [False, True])
def test_with_dropout_the_layers_below_are_those_that_the_call_had(bidirectional):
    torch.manual_seed(0)
    rnn = expanding(nn.RNN(3, 20, 3, dropout=0.4, bidirectional=bidirectional))
    x, h0 = torch.randn(70, 2, 3), torch.randn(6 if bidirectional else 3, 2, 20)
    torch.manual_seed(5)
    (found,) = watch(rnn, lambda: rnn(x, h0))
    drawn = torch.rand(3)
    torch.manual_seed(5)
    output, h_n = rnn(x, h0)
    assert_same(drawn, torch.rand(3))  # nothing was drawn beside the call
    directions = 2 if bidirectional else 1
    assert_same(
        found.hidden[1:, -directions:], torch.stack(output.detach().chunk(directions, -1), 1)
    )
    assert_same(found.hidden[-1, ::directions], h_n.detach()[::directions])
    if bidirectional:
        assert_same(found.hidden[1, 1::2], h_n.detach()[1::2])


@pytest.mark.parametrize("dropout", [0.0, 0.5])
@pytest.mark.parametrize("in_order", [False, True])
def test_a_packed_batch_is_filled_up_with_nan(in_order, dropout):
    torch.manual_seed(1)
    rnn = nn.RNN(3, 8, 2, bidirectional=True, dropout=dropout)
    lengths = [5, 3, 2] if in_order else [2, 5, 3]
    x, h0 = torch.randn(5, 3, 3), torch.randn(4, 3, 8)
    packed = pack_padded_sequence(x, lengths, enforce_sorted=in_order)
    kept = []
    (found,) = watch(rnn, lambda: kept.append(rnn(packed, h0)))
    h_n = kept[0][1].detach()
    for sequence, length in enumerate(lengths):
        assert_same(found.inputs[:length, sequence], x[:length, sequence])
        assert_same(found.hidden[length, ::2, sequence], h_n[::2, sequence])
        assert_same(found.hidden[1, 1::2, sequence], h_n[1::2, sequence])
        assert found.inputs[length:, sequence].isnan().all()
        assert found.hidden[length + 1 :, :, sequence].isnan().all()
        assert not found.hidden[: length + 1, :, sequence].isnan().any()
    assert_same(found.h0, h0)


def test_only_the_first_sequences_of_a_batch():
    rnn, x = nn.RNN(3, 4, 2), torch.randn(5, 6, 3)
    (whole,) = watch(rnn, lambda: rnn(x))
    (some,) = watch(rnn, lambda: rnn(x), sequences=2)
    assert_same(some.inputs, whole.inputs[:, :2])
    assert_same(some.hidden, whole.hidden[:, :, :2])


def test_of_the_other_sequences_nothing_stays_in_memory():
    for layer, call in (
        (rnn := nn.RNN(3, 4), lambda: rnn(torch.zeros(5, 600, 3))),
        (cell := nn.RNNCell(3, 4), lambda: cell(torch.zeros(600, 3))),
    ):
        (found,) = watch(layer, call, sequences=2)
        for tensor in (found.inputs, found.hidden):
            assert tensor.untyped_storage().nbytes() == tensor.numel() * 4


# Cells


@given(st.sampled_from(("rnn_cell", "elman")), st.integers(1, 20), st.integers(1, 3), seeds)
def test_a_loop_over_a_cell_is_a_pass(kind, length, batch, seed):
    cell = build(kind, {"input_size": 3, "hidden_size": 7}, seed)
    x, h0 = torch.randn(length, batch, 3), torch.randn(batch, 7)
    outputs, states = looped(cell, x, h0)
    first, second = watch(cell, lambda: (looped(cell, x, h0), looped(cell, x, h0)))
    for found in (first, second):
        assert_same(found.inputs, x)
        assert_same(found.hidden, torch.cat((h0[None], states))[:, None])
        assert_same(found.output, outputs)


def test_a_student_s_module_without_a_batch():
    torch.manual_seed(0)
    rnn = expanding(ExerciseRNN(3, 5, 2))
    x, h0 = torch.randn(4, 3), torch.zeros(5)
    outputs, states = looped(rnn, x, h0)
    (found,) = watch(rnn, lambda: looped(rnn, x, h0))
    assert_same(found.inputs, x[:, None])
    assert_same(found.hidden, torch.cat((h0[None], states))[:, None, None])
    assert_same(found.output, outputs[:, None])


def test_a_state_that_was_cut_off_begins_a_new_pass():
    cell, x = nn.RNNCell(3, 4), torch.randn(6, 2, 3)

    def truncated():
        h = None
        for t in range(6):
            h = cell(x[t], h)
            if t == 2:
                h = h.detach()

    first, second = watch(cell, truncated)
    assert (len(first), len(second)) == (3, 3)
    assert_same(first.h0, torch.zeros(1, 2, 4))
    assert_same(second.h0, first.hidden[-1])


def test_a_state_that_was_cut_off_in_place_begins_a_new_pass_too():
    cell, x = nn.RNNCell(3, 4), torch.randn(6, 2, 3)

    def truncated():
        h = torch.zeros(2, 4)
        for t in range(6):
            h = cell(x[t], h)
            if t == 2:
                h.detach_()

    first, second = watch(cell, truncated)
    assert (len(first), len(second)) == (3, 3)
    assert_same(second.h0, first.hidden[-1])


def plain_copy(rnn):
    plain = ExerciseRNN(3, 5, 2)
    plain.load_state_dict(rnn.state_dict())
    return plain


def test_a_state_that_is_changed_in_place_is_kept_as_it_was():
    class InPlace(ExerciseRNN):
        def forward(self, x, hidden_state):
            output, new = super().forward(x, hidden_state)
            return output, hidden_state.copy_(new)

    torch.manual_seed(0)
    rnn, x = expanding(InPlace(3, 5, 2)), torch.randn(4, 3)
    with torch.no_grad():
        _, states = looped(plain_copy(rnn), x, torch.zeros(5))
        (found,) = watch(rnn, lambda: looped(rnn, x, torch.zeros(5)))
    assert_same(found.h0, torch.zeros(1, 1, 5))
    assert_same(found.hidden[1:, 0, 0], states)


def test_of_passes_that_are_not_wanted_nothing_is_kept():
    cell, x = nn.RNNCell(3, 4), torch.randn(5, 2, 3)
    answers = iter([False, True, False])
    found = watch(
        cell, lambda: [looped(cell, x * k, None) for k in range(3)], wanted=answers.__next__
    )
    assert len(found) == 1
    assert_same(found[0].inputs, x)


def test_a_step_that_failed_is_no_step():
    cell, x = nn.RNNCell(3, 4), torch.randn(5, 2, 3)

    def loop():
        h = cell(x[0])
        with pytest.raises(RuntimeError):
            cell(torch.randn(2, 9), h)
        cell(x[1], h)

    (found,) = watch(cell, loop)
    assert_same(found.inputs, x[:2])


# Nothing is changed, nothing stays


def train(module, tokens, targets):
    """Return the losses and what the parameters end as."""
    torch.manual_seed(3)
    optimiser = torch.optim.SGD(module.parameters(), lr=0.5, momentum=0.9)
    losses = []
    for _ in range(5):
        optimiser.zero_grad()
        loss = nn.functional.cross_entropy(module(tokens).flatten(0, 1), targets.flatten())
        loss.backward()
        optimiser.step()
        losses.append(loss.detach())
    return torch.stack(losses), [p.detach().clone() for p in module.parameters()], torch.rand(4)


def test_training_is_the_same_to_the_bit():
    torch.manual_seed(0)
    watched = Tagger(nn.RNN(4, 6, 3, batch_first=True, dropout=0.3))
    plain = copy.deepcopy(watched)
    tokens, targets = torch.randint(11, (3, 7)), torch.randint(3, (3, 7))
    passes, results = [], []
    with Flow(watched.encoder["rnn"], passes.append):
        results.append(train(watched, tokens, targets))
    results.append(train(plain, tokens, targets))
    for found, wanted in zip(*results, strict=True):
        for one, other in zip(found, wanted, strict=True):
            assert_same(one, other)
    assert len(passes) == 5
    assert not any(p.hidden.requires_grad or p.inputs.requires_grad for p in passes)


def test_hooks_are_gone_after_an_error_of_the_user_s_own():
    rnn = nn.RNN(3, 4)
    with pytest.raises(ZeroDivisionError), Flow(rnn, print):
        1 / 0  # noqa: B018
    assert not rnn._forward_hooks and not rnn._forward_pre_hooks


def test_an_error_in_the_watching_is_not_the_user_s():
    rnn, x = nn.RNN(3, 4), torch.randn(5, 2, 3)
    seen = []

    def receive(found):
        seen.append(found)
        raise OSError("full")

    with Flow(rnn, receive) as flow:
        first, second = rnn(x)[0], rnn(x)[0]
    assert_same(first.detach(), second.detach())
    assert isinstance(flow.error, OSError)
    assert len(seen) == 1


class Answers(ExerciseRNN):
    """Has the exercise's parameters, and returns what it is told to, call by call."""

    def __init__(self, *answers):
        super().__init__(3, 4, 2)
        self.answers = iter(answers)

    def forward(self, x, hidden_state):
        return next(self.answers)


STATE, OUTPUT = torch.ones(1, 4), torch.zeros(1, 2)


@pytest.mark.parametrize(
    ("answers", "said"),
    [
        ([(OUTPUT, STATE), (None, STATE)], "returned an output at some steps only"),
        ([(OUTPUT, STATE, STATE)], r"must return a state, or \(output, hidden\)"),
        ([[OUTPUT, STATE]], r"must return a state, or \(output, hidden\)"),
        ([(OUTPUT, 1.0)], r"must return a state, or \(output, hidden\)"),
    ],
)
def test_a_layer_that_returns_something_else_goes_on_unseen_and_it_is_said(answers, said):
    layer, given, seen = Answers(*answers), torch.zeros(1, 4), []
    with Flow(layer, seen.append) as flow:
        for answer in answers:
            found = layer(torch.zeros(1, 3), given)
            assert found is answer
            given = answer[1]
    assert seen == []
    with pytest.raises(ValueError, match=said):
        raise flow.error

    class Around(nn.Module):
        def __init__(self):
            super().__init__()
            self.layer = Answers(*answers)

        def forward(self, x):
            h = torch.zeros(1, 4)
            for _ in answers:
                _, h, *_ = self.layer(x, h)

    with pytest.raises(ValueError, match=f"'layer' cannot be recorded: The layer {said}"):
        rnnviz.trace(Around(), torch.zeros(1, 3))


def test_dropout_that_cannot_be_repeated_leaves_the_lower_layers_unknown():
    rnn = nn.RNN(3, 4, 2, dropout=0.5, device="meta")  # as on a GPU: other numbers than the CPU's
    (found,) = watch(rnn, lambda: rnn(torch.zeros(5, 2, 3, device="meta")))
    assert found.unknown == "dropout on meta cannot be repeated"
    assert found.hidden.shape == (6, 2, 2, 4)


def test_of_a_cell_that_is_compiled_nothing_is_seen(monkeypatch):
    cell, rnn = nn.RNNCell(3, 4), nn.RNN(3, 4)
    monkeypatch.setattr(torch.compiler, "is_compiling", lambda: True)
    assert watch(cell, lambda: cell(torch.zeros(2, 3))) == []
    assert len(watch(rnn, lambda: rnn(torch.zeros(5, 2, 3)))) == 1  # never compiled


def test_a_copy_has_no_hooks_that_watch():
    rnn, x = nn.RNN(3, 4), torch.randn(5, 2, 3)
    passes, saved = [], io.BytesIO()
    with Flow(rnn, passes.append):
        copies = [copy.deepcopy(rnn), copy.copy(rnn), pickle.loads(pickle.dumps(rnn))]
        torch.save(rnn, saved)
        saved.seek(0)
        copies.append(torch.load(saved, weights_only=False))
        for other in copies:
            other(x)
    assert passes == []


def test_no_graph_is_kept_alive():
    cell = nn.RNNCell(3, 4)
    with Flow(cell, lambda found: None):
        state = cell(torch.randn(2, 3))
        graph = weakref.ref(state)
        del state
        gc.collect()
        assert graph() is None


def test_numbers_given_away_are_copies():
    rnn, x = nn.RNN(3, 4), torch.randn(5, 2, 3)
    kept = x.clone()
    (found,) = watch(rnn, lambda: rnn(x)[0].detach().zero_())
    x.zero_()
    assert_same(found.inputs, kept)
    assert np.abs(found.hidden[1:].numpy()).min() > 0
