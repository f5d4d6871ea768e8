"""ElmanRNN against the exercise's own class."""

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from oracles import ExerciseRNN, assert_same, expanding, hidden_sizes, input_sizes, looped, seeds

from rnnviz import ElmanRNN

sizes = st.tuples(input_sizes, hidden_sizes, st.integers(1, 8))


def twins(sizes, seed):
    """Return an ElmanRNN and the exercise's class with the same numbers."""
    torch.manual_seed(seed)
    ours = ElmanRNN(*sizes)
    theirs = ExerciseRNN(*sizes)
    theirs.load_state_dict(ours.state_dict())
    return ours, theirs


@given(sizes, seeds)
def test_a_loop_equals_the_exercises_loop(sizes, seed):
    ours, theirs = twins(sizes, seed)
    inputs, h0 = torch.randn(70, sizes[0]), torch.randn(sizes[1])
    for found, wanted in zip(looped(ours, inputs, h0), looped(theirs, inputs, h0), strict=True):
        assert_same(found, wanted)


@given(sizes, seeds)
def test_a_new_network_is_drawn_as_the_exercise_draws(sizes, seed):
    torch.manual_seed(seed)
    ours = ElmanRNN(*sizes)
    torch.manual_seed(seed)
    theirs = expanding(ExerciseRNN(*sizes))
    for (name, found), (other, wanted) in zip(
        ours.named_parameters(), theirs.named_parameters(), strict=True
    ):
        assert name == other
        assert torch.equal(found, wanted)


@given(sizes, st.integers(1, 4), seeds)
def test_a_batch_is_its_sequences_side_by_side(sizes, batch, seed):
    ours, theirs = twins(sizes, seed)
    x, h = torch.randn(batch, sizes[0]), torch.randn(batch, sizes[1])
    output, hidden = ours(x, h)
    for b in range(batch):
        one_output, one_hidden = theirs(x[b], h[b])
        torch.testing.assert_close(output[b], one_output, rtol=1e-5, atol=1e-5)
        torch.testing.assert_close(hidden[b], one_hidden, rtol=1e-5, atol=1e-5)


def test_an_output_of_tanh_is_the_tanh_of_the_linear_one():
    torch.manual_seed(0)
    linear, squashed = ElmanRNN(3, 4, 5), ElmanRNN(3, 4, 5, output_nonlinearity="tanh")
    squashed.load_state_dict(linear.state_dict())
    x, h = torch.randn(2, 3), torch.randn(2, 4)
    assert torch.equal(squashed(x, h)[0], torch.tanh(linear(x, h)[0]))
    assert torch.equal(squashed(x, h)[1], linear(x, h)[1])


def test_relu_in_numbers():
    rnn = ElmanRNN(1, 2, 1, nonlinearity="relu")
    with torch.no_grad():
        rnn.W_ih.copy_(torch.tensor([[1.0], [-1.0]]))
        rnn.W_hh.copy_(torch.tensor([[0.0, 2.0], [1.0, 0.0]]))
        rnn.W_ho.copy_(torch.tensor([[10.0, 100.0]]))
        rnn.b_ih.copy_(torch.tensor([0.5, 0.25]))
        rnn.b_ho.fill_(-1.0)
    output, hidden = rnn(torch.tensor([3.0]), torch.tensor([1.0, 2.0]))
    assert hidden.tolist() == [3 + 0.5 + 4, 0.0]  # the other is -3 + 0.25 + 1
    assert output.tolist() == [74.0]


def test_gradients_flow_through_the_loop():
    rnn = ElmanRNN(2, 3, 1)
    h = torch.zeros(3)
    for x in torch.randn(5, 2):
        output, h = rnn(x, h)
    output.sum().backward()
    assert all(p.grad is not None and p.grad.abs().sum() > 0 for p in rnn.parameters())


@pytest.mark.parametrize("name", ["input_size", "hidden_size", "output_size"])
@pytest.mark.parametrize("bad", [0, -1, True, 4.0, 4.5, "", "4", "1e3", "٣", None])
def test_N1_a_size_is_a_whole_number_from_1(name, bad):
    sizes = {"input_size": 2, "hidden_size": 2, "output_size": 2, name: bad}
    with pytest.raises(ValueError, match=f"{name} must be a whole number from 1, not {bad!r}"):
        ElmanRNN(**sizes)


@pytest.mark.parametrize("name", ["nonlinearity", "output_nonlinearity"])
def test_an_unknown_nonlinearity_is_refused_by_name(name):
    with pytest.raises(ValueError, match=f"^{name} must be one of .*, not 'sigmoid'"):
        ElmanRNN(1, 1, 1, **{name: "sigmoid"})


def test_repr_shows_the_sizes():
    assert repr(ElmanRNN(5, 20, 10)) == (
        "ElmanRNN(5, 20, 10, nonlinearity='tanh', output_nonlinearity='linear')"
    )
