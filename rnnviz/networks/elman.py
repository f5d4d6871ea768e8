"""The exercise's Elman RNN, and the same behind the network contract."""

from __future__ import annotations

from numbers import Integral

import torch
from torch import Tensor, nn

from rnnviz.networks.base import CellNetwork

ACTIVATIONS = {"tanh": torch.tanh, "relu": torch.relu}
OUTPUT_ACTIVATIONS = {"linear": None, "tanh": torch.tanh}


class ElmanRNN(nn.Module):
    """A one-layer Elman network with an output at every step.

    ``h_t = tanh(W_ih x_t + b_ih + W_hh h_{t-1})`` and ``y_t = W_ho h_t + b_ho``.

    Parameters
    ----------
    input_size, hidden_size, output_size : int
        At least 1 each.
    nonlinearity : {"tanh", "relu"}
        Of the hidden state.
    output_nonlinearity : {"linear", "tanh"}
        The exercise's code has none, its formula has tanh.

    Attributes
    ----------
    W_ih : nn.Parameter
        (hidden_size, input_size)
    W_hh : nn.Parameter
        (hidden_size, hidden_size)
    W_ho : nn.Parameter
        (output_size, hidden_size)
    b_ih : nn.Parameter
        (hidden_size,)
    b_ho : nn.Parameter
        (output_size,)

    Raises
    ------
    ValueError
        If a size is not a whole number from 1, or a nonlinearity is unknown.

    Notes
    -----
    J. L. Elman, "Finding Structure in Time", Cognitive Science 14 (1990).
    """

    def __init__(
        self,
        input_size: int,
        hidden_size: int,
        output_size: int,
        *,
        nonlinearity: str = "tanh",
        output_nonlinearity: str = "linear",
    ) -> None:
        super().__init__()
        check_size("input_size", input_size)
        check_size("hidden_size", hidden_size)
        check_size("output_size", output_size)
        check_one_of("nonlinearity", nonlinearity, ACTIVATIONS)
        check_one_of("output_nonlinearity", output_nonlinearity, OUTPUT_ACTIVATIONS)
        self.input_size = input_size
        self.hidden_size = hidden_size
        self.output_size = output_size
        self.nonlinearity = nonlinearity
        self.output_nonlinearity = output_nonlinearity
        self.W_ih = nn.Parameter(torch.empty(hidden_size, input_size))
        self.W_hh = nn.Parameter(torch.empty(hidden_size, hidden_size))
        self.W_ho = nn.Parameter(torch.empty(output_size, hidden_size))
        self.b_ih = nn.Parameter(torch.empty(hidden_size))
        self.b_ho = nn.Parameter(torch.empty(output_size))
        self.reset_parameters()

    def reset_parameters(self) -> None:
        """Draw every parameter from uniform(-1, 1), as the exercise does."""
        for parameter in self.parameters():
            nn.init.uniform_(parameter, -1, 1)

    def forward(self, x: Tensor, hidden_state: Tensor) -> tuple[Tensor, Tensor]:
        """Compute one step.

        Parameters
        ----------
        x : Tensor
            x_t, (input_size,) or (batch, input_size).
        hidden_state : Tensor
            h_{t-1}, (hidden_size,) or (batch, hidden_size).

        Returns
        -------
        output, hidden_state : Tensor
            y_t, (..., output_size), and h_t, (..., hidden_size).
        """
        # `x @ W.T` takes batches and equals the exercise's `W @ x` to the last bit.
        a = torch.matmul(x, self.W_ih.T) + self.b_ih + torch.matmul(hidden_state, self.W_hh.T)
        hidden_state = ACTIVATIONS[self.nonlinearity](a)
        output = torch.matmul(hidden_state, self.W_ho.T) + self.b_ho
        squash = OUTPUT_ACTIVATIONS[self.output_nonlinearity]
        return (output if squash is None else squash(output)), hidden_state

    def extra_repr(self) -> str:
        return (
            f"{self.input_size}, {self.hidden_size}, {self.output_size}, "
            f"nonlinearity={self.nonlinearity!r}, output_nonlinearity={self.output_nonlinearity!r}"
        )


class ElmanNetwork(CellNetwork):
    """`ElmanRNN` behind the network contract."""

    def __init__(self, module: ElmanRNN) -> None:
        self.module: ElmanRNN = module
        self.input_size = module.input_size
        self.hidden_size = module.hidden_size
        self.output_size = module.output_size
        self.nonlinearity = module.nonlinearity
        self.output_nonlinearity = module.output_nonlinearity

    def step(self, x: Tensor, h: Tensor) -> tuple[Tensor, Tensor]:
        """Call the module once."""
        output, hidden = self.module(x, h)
        return output, hidden

    def parameter_names(self, layer: int) -> dict[str, str]:
        """Return the symbols, which are the parameters' own names."""
        return {name: name for name in ("W_ih", "W_hh", "b_ih", "W_ho", "b_ho")}


def check_size(name: str, size: object) -> None:
    """Raise ValueError unless `size` is a whole number from 1 (``True`` is none)."""
    if isinstance(size, bool) or not isinstance(size, Integral) or size < 1:
        raise ValueError(f"{name} must be a whole number from 1, not {size!r}")


def check_one_of(name: str, value: object, allowed: dict) -> None:
    """Raise ValueError unless `value` is one of the keys of `allowed`."""
    if value not in allowed:
        raise ValueError(f"{name} must be one of {', '.join(map(repr, allowed))}, not {value!r}")
