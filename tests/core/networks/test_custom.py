"""A student's own module: the exercise's form, and what can be wrong with it."""

import numpy as np
import pytest
import torch
from hypothesis import given
from oracles import ExerciseRNN, assert_same, expanding, hidden_sizes, input_sizes, looped, seeds
from torch import nn

import rnnviz
from rnnviz.networks.custom import CustomNetwork


class Answering(nn.Module):
    """Returns what `answer` makes of x and hidden."""

    def __init__(self, answer) -> None:
        super().__init__()
        self.answer = answer

    def forward(self, x, hidden):
        return self.answer(x, hidden)


@given(input_sizes, hidden_sizes, seeds)
def test_the_exercises_class_is_recorded_as_its_own_loop(input_size, hidden_size, seed):
    torch.manual_seed(seed)
    rnn = expanding(ExerciseRNN(input_size, hidden_size, 3))
    inputs, h0 = [torch.randn(input_size) for _ in range(40)], torch.randn(hidden_size)
    outputs, states = looped(rnn, inputs, h0)
    found = rnnviz.trace(rnn, inputs, h0)
    assert_same(found.hidden, torch.cat((h0[None], states))[:, None, None])
    assert_same(found.outputs, outputs[:, None])


def test_the_size_of_the_state_is_read_from_the_square_matrix():
    record = rnnviz.trace(ExerciseRNN(2, 5, 3), torch.randn(4, 2))
    assert record.hidden.shape == (5, 1, 1, 5)
    assert not record.hidden[0].any()


@pytest.mark.parametrize("name", ["hidden_size", "hidden_dim"])
def test_the_size_of_the_state_is_read_from_an_attribute(name):
    module = Answering(lambda x, h: (x, h + 1))
    setattr(module, name, 3)
    record = rnnviz.trace(module, torch.zeros(4, 2))
    np_states = record.hidden[:, 0, 0]
    assert np_states.tolist() == [[step] * 3 for step in range(5)]


@pytest.mark.parametrize(("size", "known"), [(np.int64(3), True), (True, False), (0, False)])
def test_a_size_is_a_whole_number_of_any_make(size, known):
    module = Answering(lambda x, h: (x, h + 1))
    module.hidden_size = size
    if known:
        assert rnnviz.trace(module, torch.zeros(4, 2)).hidden.shape == (5, 1, 1, 3)
    else:
        with pytest.raises(ValueError, match="give h0"):
            rnnviz.trace(module, torch.zeros(4, 2))


def test_without_any_sign_of_its_size_h0_is_asked_for():
    module = Answering(lambda x, h: (x, h))
    with pytest.raises(ValueError, match="give h0"):
        rnnviz.trace(module, torch.zeros(4, 2))
    assert rnnviz.trace(module, torch.zeros(4, 2), torch.ones(7)).hidden.shape == (5, 1, 1, 7)


def test_a_batch_reaches_the_module_as_a_batch():
    seen = []
    module = Answering(lambda x, h: (seen.append((x.shape, h.shape)) or x, h))
    record = rnnviz.trace(module, torch.zeros(4, 3, 2), torch.zeros(3, 5))
    assert set(seen) == {((3, 2), (3, 5))}
    assert record.outputs.shape == (4, 3, 2)


def test_a_module_without_outputs_may_return_none():
    record = rnnviz.trace(Answering(lambda x, h: (None, h + 1)), torch.zeros(4, 2), torch.zeros(1))
    assert record.outputs is None
    assert record.hidden[:, 0, 0, 0].tolist() == [0, 1, 2, 3, 4]


@pytest.mark.parametrize(
    ("answer", "sentence"),
    [
        (lambda x, h: h, r"must return two tensors: \(output, hidden\)"),
        (lambda x, h: (x, h, h), r"must return two tensors: \(output, hidden\)"),
        (lambda x, h: (h, x), r"given hidden \(5,\) and returned \(2,\).*in this order"),
        (lambda x, h: (h, None), "returned NoneType as its hidden state"),
        (lambda x, h: None, r"must return two tensors: \(output, hidden\)"),
        (lambda x, h: (1.0, h), "returned float as its output; it must be a tensor, or None"),
        (lambda x, h: (x[None], h), r"output of shape \(1, 2\); \(O,\) is needed"),
        (lambda x, h: (x > 0, h), "returned an output of torch.bool; real numbers"),
        (lambda x, h: (x * 1j, h), "returned an output of torch.complex64; real numbers"),
        (lambda x, h: (x, h > 0), "returned a hidden state of torch.bool; real numbers"),
        (lambda x, h: (x @ h, h), r"failed on x \(2,\) and hidden \(5,\)"),
    ],
)
def test_what_is_wrong_is_said_in_a_sentence(answer, sentence):
    with pytest.raises(ValueError, match=sentence):
        rnnviz.trace(Answering(answer), torch.zeros(4, 2), torch.zeros(5))


def test_a_module_that_takes_no_state_is_refused():
    with pytest.raises(ValueError, match=r"Linear cannot be stepped: .* takes \(input\), not \(x,"):
        rnnviz.trace(nn.Linear(2, 3), torch.zeros(4, 2), torch.zeros(3))


def test_a_call_of_its_own_may_give_the_forward_less():
    class Own(nn.Module):
        def __call__(self, x, hidden):
            return super().__call__(hidden)

        def forward(self, hidden):
            return hidden, hidden + 1

    assert rnnviz.trace(Own(), torch.zeros(4, 2), torch.zeros(3)).hidden[-1].max() == 4


def test_a_whole_number_among_the_parameters_does_not_round_the_inputs():
    module = Answering(lambda x, h: (x, h))
    module.count = nn.Parameter(torch.tensor(3), requires_grad=False)
    assert rnnviz.trace(module, torch.full((4, 2), 0.5), torch.zeros(3)).outputs[:].max() == 0.5


def test_a_forward_that_does_not_tell_what_it_takes_is_called():
    module = Answering(None)
    module.forward = torch.max  # written in C, and without a signature
    with pytest.raises(ValueError, match=r"must return two tensors: \(output, hidden\)"):
        rnnviz.trace(module, torch.zeros(4, 2), torch.zeros(2))


def test_the_exercises_class_cannot_take_a_batch_and_says_so():
    with pytest.raises(ValueError, match=r"failed on x \(3, 2\) and hidden \(3, 5\)"):
        rnnviz.trace(ExerciseRNN(2, 5, 1), torch.zeros(4, 3, 2))


def test_an_error_of_the_students_own_is_not_touched():
    def fail(x, h):
        raise KeyError("mine")

    with pytest.raises(KeyError, match="mine"):
        rnnviz.trace(Answering(fail), torch.zeros(4, 2), torch.zeros(5))


def test_a_squeezed_output_is_a_single_unit():
    alone = rnnviz.trace(Answering(lambda x, h: (x.sum(), h)), torch.ones(4, 2), torch.zeros(5))
    assert alone.outputs[:].tolist() == [[[2.0]]] * 4
    batch = Answering(lambda x, h: (x.sum(-1), h))
    assert rnnviz.trace(batch, torch.ones(4, 3, 2), torch.zeros(3, 5)).outputs.shape == (4, 3, 1)


@pytest.mark.parametrize("shape", [(), (3, 1, 1)])
def test_an_output_without_its_batch_is_refused(shape):
    module = Answering(lambda x, h: (torch.zeros(shape), h))
    with pytest.raises(ValueError, match=r"output of shape .*; \(B, O\) is needed"):
        rnnviz.trace(module, torch.zeros(4, 3, 2), torch.zeros(3, 5))


@pytest.mark.parametrize("output", [None, torch.zeros(3)])
def test_outputs_are_the_same_at_every_step(output):
    outputs = iter([torch.zeros(2), torch.zeros(2), output, output])
    module = Answering(lambda x, h: (next(outputs), h))
    with pytest.raises(ValueError, match="an output of the same shape at every step"):
        rnnviz.trace(module, torch.zeros(4, 2), torch.zeros(5))


@pytest.mark.parametrize("batch", [None, 3])
def test_what_a_module_changes_in_place_is_recorded_as_it_was_at_each_step(batch):
    output = torch.zeros(1 if batch is None else (batch, 1))
    fed_back = []

    def step(x, h):
        fed_back.append(h.data_ptr())
        return output.add_(1), h.add_(1)

    shape = () if batch is None else (batch,)
    found = rnnviz.trace(Answering(step), torch.zeros(5, *shape, 2), torch.zeros(*shape, 4))
    assert found.hidden[:, 0, 0, 0].tolist() == [0, 1, 2, 3, 4, 5]
    assert found.outputs[:, 0, 0].tolist() == [1, 2, 3, 4, 5]
    assert len(set(fed_back)) == 1


def test_a_cell_with_a_forward_of_its_own_is_called_and_may_return_its_state_alone():
    class Slow(nn.RNNCell):
        def forward(self, x, h):
            return h + 0.5 * (super().forward(x, h) - h)

    torch.manual_seed(0)
    cell, x = Slow(2, 3), torch.randn(9, 2)
    h, states = torch.zeros(3), []
    for step in x:
        h = cell(step, h)
        states.append(h.detach())
    found = rnnviz.trace(cell, x)
    assert_same(found.hidden[1:, 0, 0], torch.stack(states))
    assert found.outputs is None


def test_of_the_equation_of_a_students_module_nothing_is_known():
    network = CustomNetwork(ExerciseRNN(2, 3, 1), 2, 3, batched=False)
    for asked in (network.parameter_names, network.parameters):
        with pytest.raises(ValueError, match="The equation of this module is not known"):
            asked(0)


def test_an_elman_with_a_forward_of_its_own_is_called():
    class Louder(rnnviz.ElmanRNN):
        def forward(self, x, h):
            output, h = super().forward(x, h)
            return 2 * output, h

    torch.manual_seed(0)
    rnn, x, h0 = Louder(2, 3, 4), torch.randn(9, 2), torch.zeros(3)
    outputs, states = looped(rnn, x, h0)
    found = rnnviz.trace(rnn, x, h0)
    assert_same(found.outputs[:, 0], outputs)
    assert_same(found.hidden[1:, 0, 0], states)


def test_a_state_that_loses_digits_in_the_record_is_refused():
    module = Answering(lambda x, h: (None, h.double()))
    with pytest.raises(ValueError, match="float64 would lose digits as float32"):
        rnnviz.trace(module, torch.zeros(4, 2), torch.zeros(5))
