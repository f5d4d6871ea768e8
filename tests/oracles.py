"""What a user's own script computes: the oracles that the record is held against."""

import numpy as np
import torch
from hypothesis import strategies as st
from torch import Tensor, nn

from rnnviz import ElmanRNN
from rnnviz.initialization import INIT_SCHEMES
from rnnviz.sequences import SEQUENCES

LENGTHS = (1, 2, 3, 63, 64, 65, 100, 127, 128, 129, 191, 192, 200)
"""Around the multiples of a block, and the lengths that leave a remainder."""

lengths = st.sampled_from(LENGTHS)
input_sizes = st.integers(1, 8)
hidden_sizes = st.integers(1, 40)
layer_counts = st.integers(1, 4)
batches = st.none() | st.integers(1, 4)
"""None: without a batch axis."""
nonlinearities = st.sampled_from(("tanh", "relu"))
seeds = st.integers(0, 2**31 - 1)


class ExerciseRNN(nn.Module):
    """A student's network in the exercise's form: ``W @ x``, so one vector at a time."""

    def __init__(self, input_dim: int, hidden_dim: int, output_dim: int) -> None:
        super().__init__()
        self.W_ih = nn.Parameter(torch.zeros(hidden_dim, input_dim))
        self.W_hh = nn.Parameter(torch.zeros(hidden_dim, hidden_dim))
        self.W_ho = nn.Parameter(torch.zeros(output_dim, hidden_dim))
        self.b_ih = nn.Parameter(torch.zeros(hidden_dim))
        self.b_ho = nn.Parameter(torch.zeros(output_dim))

    def forward(self, x: Tensor, hidden_state: Tensor) -> tuple[Tensor, Tensor]:
        from_input = torch.matmul(self.W_ih, x) + self.b_ih
        hidden_state = torch.tanh(from_input + torch.matmul(self.W_hh, hidden_state))
        return torch.matmul(self.W_ho, hidden_state) + self.b_ho, hidden_state


def expanding(module: nn.Module) -> nn.Module:
    """Draw the exercise's uniform(-1, 1): a difference in a last bit grows to full size."""
    for parameter in module.parameters():
        nn.init.uniform_(parameter, -1, 1)
    return module


def steps_shape(length: int, batch: int | None, size: int) -> tuple[int, ...]:
    """Return (T, size) without a batch axis, else (T, B, size)."""
    return (length, size) if batch is None else (length, batch, size)


def looped(module: nn.Module, inputs, h: Tensor) -> tuple[Tensor | None, Tensor]:
    """Return the outputs and the states h_1 .. h_T of the loop that a script writes."""
    outputs, states = [], []
    for x in inputs:
        if isinstance(module, nn.RNNCell):
            h = module(x, h)
        else:
            output, h = module(x, h)
            outputs.append(output.detach())
        states.append(h.detach())
    return (torch.stack(outputs) if outputs else None), torch.stack(states)


def lower_layers(rnn: nn.RNN, count: int) -> nn.RNN:
    """Return an nn.RNN of the lowest `count` layers of `rnn`, on the same Parameters."""
    lower = nn.RNN(
        rnn.input_size,
        rnn.hidden_size,
        count,
        nonlinearity=rnn.nonlinearity,
        bias=rnn.bias,
        bidirectional=rnn.bidirectional,
    )
    for name, _ in list(lower.named_parameters()):
        setattr(lower, name, rnn.get_parameter(name))
    return lower


def every_layer(rnn: nn.RNN, inputs: Tensor, h0: Tensor) -> Tensor:
    """Return h_1 .. h_T of all layers and directions, each layer by one whole call of torch."""
    tops, directions = [], 2 if rnn.bidirectional else 1
    for count in range(1, rnn.num_layers + 1):
        output, _ = lower_layers(rnn, count)(inputs, h0[: directions * count])
        tops += output.detach().chunk(directions, dim=-1)
    return torch.stack(tops, dim=1)


def script(module: nn.Module, inputs: Tensor, h0: Tensor) -> tuple[Tensor | None, Tensor]:
    """Return outputs (T, B, O) or None, and h_0 .. h_T (T + 1, L, B, H), as a script has them."""
    if isinstance(module, nn.RNN):
        outputs, states = None, every_layer(module, inputs, h0)
    else:
        outputs, states = looped(module, inputs, h0[0])
        states = states.unsqueeze(1)
    return outputs, torch.cat((h0.unsqueeze(0), states))


def build(kind: str, sizes: dict, seed: int) -> nn.Module:
    """Return a module of a kind with expanding weights; `sizes` as in the network settings."""
    torch.manual_seed(seed)
    i, h = sizes["input_size"], sizes["hidden_size"]
    nonlinearity = sizes.get("nonlinearity", "tanh")
    bias = sizes.get("bias", True)
    if kind == "elman":
        return expanding(ElmanRNN(i, h, 3, nonlinearity=nonlinearity))
    if kind == "rnn_cell":
        return expanding(nn.RNNCell(i, h, bias, nonlinearity))
    layers = sizes.get("num_layers", 1)
    return expanding(nn.RNN(i, h, layers, nonlinearity=nonlinearity, bias=bias))


def assert_same(found, wanted) -> None:
    """Check shape, dtype and every number to the bit; NaN equals NaN (ReLU overflows)."""
    if wanted is None:
        assert found is None
        return
    found, wanted = np.asarray(found), np.asarray(wanted)
    assert found.shape == wanted.shape
    assert found.dtype == wanted.dtype
    np.testing.assert_array_equal(found, wanted)


OWN_SCHEMES = {name: scheme for name, scheme in INIT_SCHEMES.items() if not scheme.from_file}
"""The schemes that need no file."""
OWN_SOURCES = {name: source for name, source in SEQUENCES.items() if not source.from_file}
"""The sources that need no file."""


def every_settings() -> st.SearchStrategy:
    """Draw settings of every kind, scheme and source, small ones, whether or not they fit."""
    from rnnviz.settings import (
        InitializationSettings,
        NetworkSettings,
        SequenceSettings,
        Settings,
    )

    schemes = st.sampled_from([scheme() for scheme in OWN_SCHEMES.values()])
    sources = st.sampled_from([source() for source in OWN_SOURCES.values()])
    names = st.sampled_from(("W_hh", "b_ih", "weight_hh_l0", "weight_ih", "bias_hh_l1"))
    return st.builds(
        Settings,
        network=st.builds(
            NetworkSettings,
            kind=st.sampled_from(("elman", "rnn_cell", "rnn")),
            input_size=input_sizes,
            hidden_size=hidden_sizes,
            output_size=input_sizes,
            num_layers=layer_counts,
            batch_size=st.integers(1, 4),
            nonlinearity=nonlinearities,
            output_nonlinearity=st.sampled_from(("linear", "tanh")),
            bias=st.booleans(),
        ),
        initialization=st.builds(
            InitializationSettings,
            scheme=schemes,
            overrides=st.dictionaries(names, schemes, max_size=2),
            seed=seeds,
        ),
        sequence=st.builds(
            SequenceSettings,
            source=sources,
            length=st.integers(1, 40),
            seed=seeds,
            start_state=st.sampled_from(("zeros", "normal", "carry")),
        ),
    )
