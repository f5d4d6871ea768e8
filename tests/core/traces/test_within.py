"""A layer inside any module is recorded as it is really called."""

import random
import warnings

import numpy as np
import pytest
import torch
from oracles import ExerciseRNN, assert_same, every_layer, expanding, looped
from torch import nn
from torch.nn.utils.rnn import pack_sequence

import rnnviz
from rnnviz.traces.passes import Calls


class Tagger(nn.Module):
    """An embedding, a recurrent layer, a head."""

    def __init__(self, rnn=None):
        super().__init__()
        self.embedding = nn.Embedding(11, 4)
        self.encoder = nn.ModuleDict({"rnn": rnn or nn.RNN(4, 6, 2, batch_first=True)})
        self.drop = nn.Dropout(0.5)
        self.head = nn.Linear(6, 3)

    def forward(self, tokens):
        output, _ = self.encoder["rnn"](self.drop(self.embedding(tokens)))
        return self.head(output)


class Looped(nn.Module):
    """A cell that is called in a loop, from a learned start state, over sequences in turn."""

    def __init__(self, cell):
        super().__init__()
        self.cell = cell
        self.start = nn.Parameter(torch.full((5,), 0.5))

    def forward(self, *sequences):
        for xs in sequences:
            h = self.start.expand(xs.shape[1], 5)
            for x in xs:
                h = self.cell(x, h)
        return h


class Two(nn.Module):
    def __init__(self):
        super().__init__()
        self.one, self.other = nn.RNN(3, 4), nn.RNN(4, 5, bidirectional=True)

    def forward(self, x, *, scale):
        return self.other(self.one(x * scale)[0])


TOKENS = torch.arange(14).reshape(2, 7) % 11


def layers_of(rnn, inputs, h0=None):
    """Return h_0 .. h_T of every layer, by torch's own modules; inputs time first."""
    entries = rnn.num_layers * (2 if rnn.bidirectional else 1)
    if h0 is None:
        h0 = torch.zeros(entries, inputs.shape[1], rnn.hidden_size, dtype=inputs.dtype)
    return torch.cat((h0.unsqueeze(0), every_layer(rnn, inputs, h0)))


def test_a_layer_between_an_embedding_and_a_head():
    model = Tagger().eval()
    expanding(model)
    for found in (rnnviz.trace(model, TOKENS, layer="encoder.rnn"), rnnviz.trace(model, TOKENS)):
        inputs = model.embedding(TOKENS).transpose(0, 1).detach()
        assert_same(found.inputs, inputs.contiguous())
        assert_same(found.hidden, layers_of(model.encoder["rnn"], inputs))
        assert found.outputs is None
        assert len(found) == 7


def test_both_directions():
    model = Tagger(nn.RNN(4, 3, 2, bidirectional=True)).eval()
    found = rnnviz.trace(model, TOKENS, layer="encoder.rnn")
    assert_same(found.hidden, layers_of(model.encoder["rnn"], model.embedding(TOKENS).detach()))


def test_a_cell_in_a_loop_starts_where_it_really_starts():
    model = Looped(expanding(nn.RNNCell(3, 5)))
    inputs = torch.randn(9, 2, 3)
    found = rnnviz.trace(model, inputs, layer="cell")
    _, states = looped(model.cell, inputs, model.start.expand(2, 5))
    assert_same(found.hidden[0], model.start.expand(1, 2, 5).detach())
    assert_same(found.hidden[1:], states.unsqueeze(1))


def test_a_students_module_inside_another_has_outputs():
    class Student(nn.Module):
        def __init__(self):
            super().__init__()
            self.rnn = expanding(ExerciseRNN(3, 5, 2))

        def forward(self, xs):
            h = torch.zeros(5)
            for x in xs:
                _, h = self.rnn(x, h)

    model, inputs = Student(), torch.randn(6, 3)
    outputs, states = looped(model.rnn, inputs, torch.zeros(5))
    found = rnnviz.trace(model, inputs)
    assert_same(found.hidden[1:], states.reshape(6, 1, 1, 5))
    assert_same(found.outputs, outputs.reshape(6, 1, 2))


def test_double_precision_stays():
    model = Tagger().double().eval()
    found = rnnviz.trace(model, TOKENS)
    assert found.hidden.dtype == np.float64
    inputs = model.embedding(TOKENS).transpose(0, 1).detach()
    assert_same(found.hidden, layers_of(model.encoder["rnn"], inputs))


def test_the_last_of_several_passes_or_the_one_that_is_asked_for():
    model = Looped(nn.RNNCell(3, 5))
    sequences = tuple(torch.randn(steps, 1, 3) for steps in (2, 3, 4))
    assert len(rnnviz.trace(model, sequences, layer="cell")) == 4
    for which, steps in {0: 2, 1: 3, 2: 4, -1: 4, -3: 2}.items():
        assert len(rnnviz.trace(model, sequences, layer="cell", which=which)) == steps
    for which in (3, -4):
        with pytest.raises(ValueError, match=rf"no pass {which}: Looped makes 3 passes through"):
            rnnviz.trace(model, sequences, layer="cell", which=which)


def test_arguments_by_name_and_a_layer_by_name():
    model, x = Two(), torch.randn(5, 2, 3)
    found = rnnviz.trace(model, {"x": x, "scale": 2.0}, layer="one")
    assert_same(found.hidden, layers_of(model.one, 2 * x))
    assert rnnviz.trace(model, {"x": x, "scale": 2.0}, layer="other").hidden.shape == (6, 2, 2, 5)
    with pytest.raises(ValueError, match=r"say which.*'one', 'other'"):
        rnnviz.trace(model, {"x": x, "scale": 2.0})
    with pytest.raises(ValueError, match="has no layer 'third'"):
        rnnviz.trace(model, {"x": x, "scale": 2.0}, layer="third")


def test_the_module_itself_with_a_start_state_and_dropout():
    rnn = nn.RNN(3, 4, 2, dropout=0.5)
    inputs, h0 = torch.randn(6, 2, 3), torch.randn(2, 2, 4)
    torch.manual_seed(1)
    output, h_n = rnn(inputs, h0)
    torch.manual_seed(1)
    found = rnnviz.trace(rnn, inputs, h0, layer="")
    assert_same(found.hidden[0], h0)
    assert_same(found.hidden[-1], h_n.detach())
    assert_same(found.hidden[1:, 1], output.detach())
    with pytest.raises(ValueError, match="at random"):
        rnnviz.trace(rnn, inputs, h0)


def test_where_dropout_cannot_be_repeated_the_top_layer_alone_is_recorded(monkeypatch):
    said = "dropout on cuda cannot be repeated"
    monkeypatch.setattr(Calls, "_unknown", lambda self, inputs: said)
    rnn, inputs = nn.RNN(3, 4, 3, dropout=0.5), torch.randn(6, 2, 3)
    torch.manual_seed(1)
    output, _ = rnn(inputs)
    torch.manual_seed(1)
    with pytest.warns(UserWarning, match=f"Only the top layer of RNN is recorded.*: {said}"):
        found = rnnviz.trace(rnn, inputs, layer="")
    assert_same(found.hidden[1:, 2], output.detach())
    assert np.isnan(found.hidden[1:, :2]).all()
    assert_same(found.hidden[0], np.zeros((3, 2, 4), np.float32))


def test_nothing_of_the_module_or_of_chance_is_changed():
    model = Tagger(nn.RNN(4, 6, 2, dropout=0.5, batch_first=True))
    before = {name: value.clone() for name, value in model.state_dict().items()}
    model.head(torch.ones(6)).sum().backward()
    gradient = model.head.weight.grad.clone()
    torch.manual_seed(3)
    rnnviz.trace(model, TOKENS)
    after = torch.rand(4)
    torch.manual_seed(3)
    assert torch.equal(after, torch.rand(4))
    assert model.training and torch.is_grad_enabled()
    assert torch.equal(model.head.weight.grad, gradient)
    assert model.embedding.weight.grad is None
    assert not any(part._forward_hooks or part._forward_pre_hooks for part in model.modules())
    for name, value in model.state_dict().items():
        assert torch.equal(value, before[name]), name


class Stateful(nn.Module):
    """Carries a state, counts its calls, norms its inputs, and tosses coins of three makes."""

    def __init__(self):
        super().__init__()
        self.norm = nn.BatchNorm1d(4)
        self.rnn = nn.RNN(4, 6)
        self.register_buffer("state", torch.zeros(1, 2, 6))
        self.register_buffer("calls", torch.tensor(0))

    def forward(self, x):
        random.random(), np.random.rand(), torch.rand(1)
        self.calls += 1
        normed = self.norm(x.flatten(0, 1)).view_as(x)
        _, self.state = self.rnn(normed, self.state)


def test_what_a_model_keeps_in_buffers_and_any_chance_are_as_before():
    model = Stateful()
    before = {name: value.clone() for name, value in model.state_dict().items()}
    state, chances = model.state, (random.getstate(), np.random.get_state()[2])
    record = rnnviz.trace(model, torch.randn(5, 2, 4))
    assert np.abs(record.hidden[1:]).min() > 0
    assert model.state is state
    for name, value in model.state_dict().items():
        assert torch.equal(value, before[name]), name
    assert (random.getstate(), np.random.get_state()[2]) == chances


@pytest.mark.parametrize("wrap", [nn.DataParallel, lambda m: torch.compile(m, backend="eager")])
def test_a_wrapped_model_is_called_whole_as_the_bare_one_is(wrap):
    model = Tagger(nn.RNN(4, 6, batch_first=True))
    plain = rnnviz.trace(model, TOKENS)
    wrapped = wrap(model)
    assert_same(rnnviz.trace(wrapped, TOKENS).hidden, plain.hidden)
    assert_same(rnnviz.trace(wrapped, TOKENS, layer="encoder.rnn").hidden, plain.hidden)


def test_of_a_compiled_loop_the_steps_are_seen():
    model = Looped(nn.RNNCell(3, 5))
    plain = rnnviz.trace(model, torch.ones(4, 2, 3), layer="cell")
    compiled = torch.compile(model, backend="eager")
    compiled(torch.ones(4, 2, 3))
    assert_same(rnnviz.trace(compiled, torch.ones(4, 2, 3), layer="cell").hidden, plain.hidden)


def test_what_no_loop_could_step_is_given_whole():
    rnn = nn.RNN(2, 3)
    packed = pack_sequence([torch.randn(4, 2), torch.randn(1, 2)])
    assert rnnviz.trace(rnn, packed).hidden.shape == (5, 1, 2, 3)
    by_name = rnnviz.trace(rnn, {"hx": torch.ones(1, 1, 3), "input": torch.randn(4, 1, 2)})
    assert_same(by_name.hidden[0], np.ones((1, 1, 3), np.float32))


def test_layers_that_cannot_be_recorded_are_named():
    for module in (nn.LSTM(2, 3), Tagger(nn.GRU(4, 6))):
        with pytest.raises(ValueError, match=r"(LSTM|GRU) cannot be recorded: what can is nn\.RNN"):
            rnnviz.trace(module, torch.randn(4, 2))
    with pytest.raises(ValueError, match="RNN has no numbers"):
        rnnviz.trace(nn.RNN(2, 3, device="meta"), torch.randn(4, 2))


def test_hooks_are_gone_after_an_error_and_it_is_said_what_was_given():
    model = Tagger()
    with pytest.raises(ValueError, match=r"^Tagger failed on a tensor \(2, 7\): "):
        rnnviz.trace(model, TOKENS + 20)
    with pytest.raises(ValueError, match=r"^Tagger failed on a tensor .*, a tensor .*positional"):
        rnnviz.trace(model, (TOKENS, TOKENS))
    with pytest.raises(ValueError, match=r"^Tagger failed on a list: .*must be Tensor, not list"):
        rnnviz.trace(model, TOKENS.tolist())
    with pytest.raises(ValueError, match="h0 must be among the arguments"):
        rnnviz.trace(model, {"tokens": TOKENS}, torch.zeros(6))
    assert not any(part._forward_hooks for part in model.modules())


def test_a_module_that_seems_to_be_stepped_and_fails_is_told_of_its_layer():
    model = Looped(nn.RNNCell(3, 5))
    with pytest.raises(ValueError, match=r"^The module failed on .* layer='cell' records"):
        rnnviz.trace(model, torch.zeros(4, 3), torch.zeros(5))


def test_a_layer_that_is_not_called_is_said():
    model = Looped(nn.RNNCell(3, 5))
    model.forward = lambda x: x
    with pytest.raises(ValueError, match="Looped did not call 'cell' on these inputs"):
        rnnviz.trace(model, torch.zeros(2))


def test_modules_without_a_recurrent_layer_are_refused_as_before():
    with pytest.raises(ValueError, match=r"Linear cannot be stepped: its forward takes \(input\)"):
        rnnviz.trace(nn.Linear(2, 2), torch.zeros(3, 2), torch.zeros(2))
    with pytest.raises(TypeError, match=r"nn\.Module is needed, not str"):
        rnnviz.trace("rnn", torch.zeros(3, 2), layer="rnn")


def test_sequences_of_different_lengths_end_in_nan():
    class Packed(nn.Module):
        def __init__(self):
            super().__init__()
            self.rnn = nn.RNN(2, 3)

        def forward(self, several):
            return self.rnn(pack_sequence(several))

    found = rnnviz.trace(Packed(), [torch.ones(4, 2), torch.ones(2, 2)])
    assert found.inputs.shape == (4, 2, 2)
    assert np.isnan(found.hidden[3:, :, 1]).all() and np.isfinite(found.hidden[:, :, 0]).all()


def test_a_long_pass_is_recorded_with_its_pools():
    model = Looped(nn.RNNCell(1, 5))
    inputs = torch.randn(700, 1, 1)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        found = rnnviz.trace(model, inputs, layer="cell")
    assert found.hidden.shape == (701, 1, 1, 5)
    assert found._repr_png_()[1:4] == b"PNG"
