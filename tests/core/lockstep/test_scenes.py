"""The slips, each held against the code that really slips so."""

import numpy as np
import pytest
import torch
from oracles import ExerciseRNN
from torch import nn

from rnnviz import ElmanRNN
from rnnviz.lockstep.lockstep import Lockstep, scene_of
from rnnviz.lockstep.scene import Setup
from rnnviz.networks import network_of
from rnnviz.traces.run import Run

T, B, I, H = 9, 3, 4, 5  # noqa: E741 (torch's own letters)


@pytest.fixture
def inputs():
    return torch.randn(T, B, I, generator=torch.Generator().manual_seed(1))


@pytest.fixture
def elman():
    torch.manual_seed(0)
    return ElmanRNN(I, H, 2)


def shown(module, inputs, slip, kind, h0=None, both=False):
    h0 = torch.zeros(1, inputs.shape[1], H) if h0 is None else h0
    run = Run(network_of(module), inputs, h0)
    lockstep = Lockstep(run, scene_of(slip, Setup(kind, run, np.empty, 0, both)), np.empty)
    while lockstep.computed < lockstep.moves:
        lockstep.compute_block(4)
    lockstep.reveal(lockstep.moves)
    return lockstep


def states(lane):
    return torch.from_numpy(np.array(lane.run.trace.hidden[1:])).squeeze(1)


def outputs(lane):
    return torch.from_numpy(np.array(lane.run.trace.outputs))


def test_batch_first_reads_sequences_as_steps(inputs):
    torch.manual_seed(0)
    rnn = nn.RNN(I, H)
    wrong = nn.RNN(I, H, batch_first=True)
    wrong.load_state_dict(rnn.state_dict())
    lanes = shown(rnn, inputs, "batch_first", "rnn").lanes
    with torch.no_grad():
        assert torch.equal(states(lanes[0]), rnn(inputs)[0])
        assert torch.allclose(states(lanes[1]), wrong(inputs)[0], atol=1e-6)


def test_a_sequence_as_a_batch_is_right_in_its_first_row_alone(inputs):
    torch.manual_seed(0)
    cell = nn.RNNCell(I, H)
    lockstep = shown(cell, inputs, "sequence_as_batch", "rnn_cell")
    with torch.no_grad():
        for b in range(B):
            assert torch.allclose(states(lockstep.lanes[1])[:, b], cell(inputs[:, b]), atol=1e-6)
    gap = lockstep.gaps[1]
    assert gap.beyond(T) == (2, T)


@pytest.mark.parametrize("kind", ["elman", "rnn_cell"])
def test_a_forgotten_state_is_zeros_at_every_step(inputs, elman, kind):
    torch.manual_seed(0)
    module = elman if kind == "elman" else nn.RNNCell(I, H)
    lockstep = shown(module, inputs, "state_forgotten", kind)
    for t, state in enumerate(states(lockstep.lanes[1])):
        with torch.no_grad():
            returned = module(inputs[t], torch.zeros(B, H))
        assert torch.equal(state, returned[1] if kind == "elman" else returned)
    assert lockstep.gaps[1].beyond(T) == (2, T)


def test_a_state_left_over_is_the_last_one_of_another_sequence(inputs, elman):
    lanes = shown(elman, inputs, "state_left_over", "elman").lanes
    start = np.array(lanes[1].run.trace.hidden[0, 0])
    assert np.abs(start).max() > 0.01
    h = torch.from_numpy(start)
    with torch.no_grad():
        for t, state in enumerate(states(lanes[1])):
            h = elman(inputs[t], h)[1]
            assert torch.equal(state, h), t


def test_late_outputs_are_those_of_the_exercises_class_with_two_lines_swapped(inputs, elman):
    class Late(ExerciseRNN):
        def forward(self, x, hidden_state):
            output = torch.matmul(self.W_ho, hidden_state) + self.b_ho
            return output, super().forward(x, hidden_state)[1]

    late = Late(I, H, 2)
    late.load_state_dict(elman.state_dict())
    lockstep = shown(elman, inputs[:, :1], "late_output", "elman", torch.zeros(1, 1, H))
    h = torch.zeros(H)
    with torch.no_grad():
        for t, y in enumerate(outputs(lockstep.lanes[1])):
            output, h = late(inputs[t, 0], h)
            assert torch.allclose(y[0], output, atol=1e-6)
    assert lockstep.gaps[1].beyond(T) == (1, T)


def test_the_outputs_tanh_changes_the_outputs_alone(inputs, elman):
    lanes = shown(elman, inputs, "output_tanh", "elman").lanes
    assert torch.equal(states(lanes[0]), states(lanes[1]))
    assert torch.allclose(outputs(lanes[0]).tanh(), outputs(lanes[1]), atol=1e-6)


def test_two_biases_move_without_an_optimiser_that_loads_torchs_compiler(
    inputs, elman, monkeypatch
):
    picture = shown(elman, inputs, "two_biases", "elman").scene.picture
    moved = nn.Parameter(elman.b_ih.detach().clone())
    moved.grad = torch.from_numpy(picture.one.copy())
    torch.optim.SGD([moved], lr=picture.rate).step()
    assert np.array_equal((moved - elman.b_ih).detach().numpy(), picture.moved_one)

    def refuse(*_):
        raise AssertionError("This imports torch._dynamo, which takes seconds.")

    monkeypatch.setattr(torch.optim.Optimizer, "__init__", refuse)
    again = shown(elman, inputs, "two_biases", "elman").scene.picture
    assert np.array_equal(again.moved_two, picture.moved_two)


def test_two_biases_have_one_gradient_and_move_twice_as_far(inputs, elman):
    lockstep = shown(elman, inputs, "two_biases", "elman")
    found = lockstep.scene.picture
    assert np.allclose(found.ih, found.hh, atol=0)
    assert np.allclose(found.one, found.ih, rtol=1e-4, atol=1e-8)
    assert np.allclose(found.moved_one, -found.rate * found.one, atol=1e-7)
    assert np.allclose(found.moved_two, 2 * found.moved_one, atol=3e-7)
    # The gradient itself: the finite difference of the loss in float64.
    unit, step = found.unit, 1e-5
    ends = []
    for shift in (step, -step):
        module = ElmanRNN(I, H, 2).double()
        module.load_state_dict(elman.state_dict())
        with torch.no_grad():
            module.b_ih[unit] += shift
            h = torch.zeros(B, H, dtype=torch.float64)
            for x in inputs.double():
                h = module(x, h)[1]
        ends.append(float(h.square().mean() / 2))
    assert found.one[unit] == pytest.approx((ends[0] - ends[1]) / (2 * step), rel=1e-3)


def test_it_leaves_the_sessions_own_weights_alone(inputs, elman):
    before = {name: p.detach().clone() for name, p in elman.named_parameters()}
    shown(elman, inputs, "two_biases", "elman")
    assert all(torch.equal(p, before[name]) for name, p in elman.named_parameters())
    assert all(p.grad is None for p in elman.parameters())


def test_without_biases_it_says_what_to_do(inputs):
    lanes = shown(nn.RNN(I, H, bias=False), inputs, "two_biases", "rnn").lanes
    assert "Biases" in lanes[0].said


def test_depth_stacks_layers_with_weights_of_their_own(inputs):
    torch.manual_seed(0)
    rnn = nn.RNN(I, H)
    lockstep = shown(rnn, inputs, "depth", "rnn")
    one, deep = (lane.run.network.module for lane in lockstep.lanes)
    assert (one.num_layers, deep.num_layers) == (1, 3)
    assert torch.equal(one.weight_ih_l0, deep.weight_ih_l0)
    assert not torch.equal(deep.weight_hh_l0, deep.weight_hh_l1)
    assert not lockstep.gaps


@pytest.mark.parametrize("both", [False, True])
def test_the_grid_holds_the_states_that_the_call_returns(inputs, elman, both):
    grid = shown(elman, inputs, "output_h_n", "elman", both=both).scene.picture
    assert len(grid.states) == (4 if both else 2)
    top = [lane for lane in range(len(grid.states)) if grid.in_output(lane)]
    assert np.allclose(np.concatenate(grid.states[top], axis=-1), grid.output, atol=1e-6)
    for lane, last in enumerate(grid.h_n):
        assert np.allclose(grid.states[lane, grid.last_step(lane)], last, atol=1e-6)


def test_backwards_the_last_output_is_not_the_last_state(inputs, elman):
    grid = shown(elman, inputs, "output_h_n", "elman", both=True).scene.picture
    assert not np.allclose(grid.output[-1, H:], grid.h_n[-1], atol=1e-3)
    assert np.allclose(grid.output[0, H:], grid.h_n[-1], atol=1e-6)
