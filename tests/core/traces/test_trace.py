"""The public record."""

import numpy as np
import pytest
import torch
from torch import nn

import rnnviz


def record(module=None, length=5):
    torch.manual_seed(0)
    return rnnviz.trace(module or rnnviz.ElmanRNN(3, 4, 2), torch.randn(length, 2, 3))


def test_shapes_are_time_first():
    found = record()
    assert len(found) == 5
    assert found.inputs.shape == (5, 2, 3)
    assert found.hidden.shape == (6, 1, 2, 4)
    assert found.outputs.shape == (5, 2, 2)


def test_tensors_by_name():
    found = record()
    assert set(found.names) == {"hidden", "output"}
    np.testing.assert_array_equal(found["hidden"], found.hidden)
    np.testing.assert_array_equal(found["output"], found.outputs)
    with pytest.raises(KeyError):
        found["gate"]


def test_a_cell_has_no_outputs():
    found = record(nn.RNNCell(3, 4))
    assert found.outputs is None
    assert found.names == ("hidden",)


def test_the_output_of_a_step_stands_beside_its_input():
    found = record()
    rnn = rnnviz.ElmanRNN(3, 4, 2)
    torch.manual_seed(0)
    rnn.reset_parameters()
    x, h = torch.from_numpy(found.inputs[3].copy()), torch.from_numpy(found.hidden[3][0].copy())
    output, hidden = rnn(x, h)
    torch.testing.assert_close(output.detach(), torch.as_tensor(found.outputs[3].copy()))
    torch.testing.assert_close(hidden.detach(), torch.as_tensor(found.hidden[4][0].copy()))


def test_nothing_of_it_can_be_written():
    found = record()
    for array in (found.inputs, found.hidden[2], found.hidden[1:3], found.outputs[0]):
        with pytest.raises(ValueError, match="read-only"):
            array[...] = 0


def test_it_says_what_it_is():
    assert repr(record()) == (
        "<Trace of 5 steps: inputs (5, 2, 3), hidden (6, 1, 2, 4), outputs (5, 2, 2)>"
    )
    assert repr(record(nn.RNN(3, 4, 2), 1)) == (
        "<Trace of 1 steps: inputs (1, 2, 3), hidden (2, 2, 2, 4), outputs None>"
    )
