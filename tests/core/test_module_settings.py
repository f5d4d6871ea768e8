"""A user's own module becomes settings whose run is the record of the call."""

import numpy as np
import pytest
import torch
from oracles import ExerciseRNN, assert_same, expanding
from torch import nn

import rnnviz
from rnnviz.building import build
from rnnviz.memory import MemoryLimits
from rnnviz.module_settings import settings_of_module
from rnnviz.validation import problems_of

LIMITS = MemoryLimits(2**30, 2**30)


class Tagger(nn.Module):
    """An embedding, a recurrent layer, a head."""

    def __init__(self, rnn):
        super().__init__()
        self.embedding = nn.Embedding(11, 4)
        self.rnn = rnn
        self.head = nn.Softmax(dim=-1)

    def forward(self, tokens):
        return self.head(self.rnn(self.embedding(tokens))[0])


def gone_through(settings):
    assert problems_of(settings, LIMITS) == ()
    run = build(settings, LIMITS).run
    while run.computed < run.moves:
        run.compute_block()
    run.reveal(run.moves)
    return run.trace


def computed(settings):
    return gone_through(settings.model_copy(update={"replay": None}))


MODULES = {
    "elman": lambda: rnnviz.ElmanRNN(5, 9, 4, nonlinearity="relu", output_nonlinearity="tanh"),
    "cell": lambda: nn.RNNCell(5, 9, nonlinearity="relu"),
    "cell without biases": lambda: nn.RNNCell(5, 9, bias=False),
    "rnn": lambda: nn.RNN(5, 9, 3, nonlinearity="relu"),
    "rnn without biases": lambda: nn.RNN(5, 9, bias=False),
    "both directions": lambda: nn.RNN(5, 9, 2, bidirectional=True),
    "dropout that does nothing": lambda: nn.RNN(5, 9, 2, dropout=0.5).eval(),
}


@pytest.mark.parametrize("make", MODULES.values(), ids=MODULES)
@pytest.mark.parametrize("shape", [(70, 3, 5), (7, 5)], ids=["batch", "unbatched"])
def test_a_bare_module_is_replayed_as_it_is_computed(make, shape):
    module, inputs = expanding(make()), torch.randn(shape)
    settings, wanted = settings_of_module(module, inputs), rnnviz.trace(module, inputs)
    for found in (gone_through(settings), computed(settings)):
        assert_same(found.inputs, wanted.inputs)
        assert_same(found.hidden, wanted.hidden)
        assert_same(found.outputs, wanted.outputs)
    assert settings.initialization.scheme.file == type(module).__name__
    for name, parameter in build(settings, LIMITS).network.module.named_parameters():
        assert torch.equal(parameter, module.get_parameter(name)), name


def test_batch_first_is_time_first_in_the_window():
    module, inputs = nn.RNN(2, 3, batch_first=True), torch.randn(4, 7, 2)
    found = gone_through(settings_of_module(module, inputs))
    assert_same(found.inputs, inputs.transpose(0, 1).contiguous())
    assert_same(found.hidden, rnnviz.trace(module, inputs).hidden)


def test_double_precision_is_shown_rounded_and_not_computed_again():
    module = expanding(nn.RNN(3, 20).double())
    inputs = torch.randn(80, 3, dtype=torch.float64)
    settings = settings_of_module(module, inputs)
    wanted = np.asarray(rnnviz.trace(module, inputs).hidden).astype(np.float32)
    assert_same(gone_through(settings).hidden, wanted)
    assert not np.array_equal(computed(settings).hidden, wanted)


def test_a_start_state_is_that_of_the_record():
    module, h0 = nn.RNN(3, 4, 2), torch.randn(2, 1, 4)
    found = gone_through(settings_of_module(module, torch.randn(5, 1, 3), h0))
    assert_same(found.hidden[0], h0)


@pytest.mark.parametrize("layer", [None, "rnn"])
def test_a_layer_between_an_embedding_and_a_head(layer):
    model, tokens = Tagger(nn.RNN(4, 6, bidirectional=True)), torch.arange(14).reshape(7, 2) % 11
    settings = settings_of_module(model, tokens, layer=layer)
    found = gone_through(settings)
    assert_same(found.inputs, model.embedding(tokens).detach())
    assert_same(found.hidden, rnnviz.trace(model, tokens).hidden)
    assert settings.initialization.scheme.file == settings.sequence.source.file == "Tagger, rnn"


def test_dropout_is_shown_as_it_fell():
    module, inputs = nn.RNN(3, 4, 2, dropout=0.5), torch.randn(6, 2, 3)
    torch.manual_seed(5)
    output, _ = module(inputs)
    torch.manual_seed(5)
    settings = settings_of_module(module, inputs)
    assert_same(gone_through(settings).hidden[1:, 1], output.detach())
    assert settings.network.drops and settings.network.dropout == 0.5


@pytest.mark.parametrize("squash", [torch.tanh, torch.relu])
@pytest.mark.parametrize("output", [lambda y: y, torch.tanh])
def test_of_a_students_module_it_is_seen_what_it_computes(squash, output):
    class Student(ExerciseRNN):
        def forward(self, x, h):
            h = squash(self.W_ih @ x + self.b_ih + self.W_hh @ h)
            return output(self.W_ho @ h + self.b_ho), h

    module, inputs = expanding(Student(3, 5, 2)), torch.randn(6, 3)
    settings = settings_of_module(module, inputs)
    network = settings.network
    assert network.nonlinearity == squash.__name__
    assert network.output_nonlinearity == ("tanh" if output is torch.tanh else "linear")
    wanted, found = rnnviz.trace(module, inputs), gone_through(settings)
    assert_same(found.hidden, wanted.hidden)
    assert_same(found.outputs, wanted.outputs)
    np.testing.assert_allclose(computed(settings).hidden[1], wanted.hidden[1], atol=1e-5)


def test_a_students_mistake_is_shown_as_it_is():
    class Forgetful(ExerciseRNN):
        def forward(self, x, h):
            return None, torch.tanh(self.W_ih @ x + self.b_ih)

    module, inputs = expanding(Forgetful(3, 5, 2)), torch.randn(6, 3)
    settings = settings_of_module(module, inputs)
    found = gone_through(settings)
    assert_same(found.hidden, rnnviz.trace(module, inputs).hidden)
    assert np.isnan(found.outputs).all()  # there were none


def test_what_cannot_be_shown_is_said():
    inputs = torch.zeros(3, 2)
    with pytest.raises(ValueError, match="Linear has no recurrent layer"):
        settings_of_module(nn.Linear(2, 2), inputs)
    with pytest.raises(ValueError, match=r"^num_layers: .* less than or equal to 8"):
        settings_of_module(nn.RNN(2, 3, 9), inputs)
    with pytest.raises(ValueError, match="at least one step"):
        settings_of_module(nn.RNN(2, 3), torch.zeros(0, 2))
    with pytest.raises(TypeError, match=r"nn\.Module is needed, not list"):
        settings_of_module([], inputs)
    odd = ExerciseRNN(2, 3, 1)
    odd.b_ho = nn.Parameter(torch.zeros(()))
    with pytest.raises(ValueError, match=r"b_ho has the shape \(\); \(1,\) is needed"):
        settings_of_module(odd, inputs)
