"""Networks that slip: torch's own modules, called as they should not be."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor, nn

from rnnviz.networks.base import Block, CellNetwork, Network, Steps, never
from rnnviz.networks.elman import ACTIVATIONS, OUTPUT_ACTIVATIONS, ElmanNetwork, ElmanRNN


class ForgetfulNetwork(CellNetwork):
    """A loop over a cell that does not hand the state on."""

    def __init__(self, cell: CellNetwork) -> None:
        _describe(self, cell)
        self._cell = cell

    def step(self, x: Tensor, h: Tensor) -> tuple[Tensor | None, Tensor]:
        """Call the cell with zeros in place of `h`."""
        return self._cell.step(x, torch.zeros_like(h))

    def parameter_names(self, layer: int) -> dict[str, str]:
        """Return the cell's."""
        return self._cell.parameter_names(layer)


class WholeSequenceNetwork(Network):
    """nn.RNNCell, given a whole sequence as if it were a batch."""

    block_steps = 1

    def __init__(self, cell: Network) -> None:
        _describe(self, cell)
        self._cell = cell

    def initial_state(self, h0: Tensor) -> None:
        """Return None: a start state of one row does not fit T rows, so it is left out."""
        return

    def run(self, inputs: Steps, state: None, stopped: Callable[[], bool] = never) -> Block:
        """Call the cell once for each sequence of the batch, with all of its steps."""
        x = inputs if isinstance(inputs, Tensor) else torch.stack(inputs)
        sequences = [self.module(x[:, b]) for b in range(x.shape[1])]
        return Block({"hidden": torch.stack(sequences, dim=1).unsqueeze(1)}, None)

    def parameter_names(self, layer: int) -> dict[str, str]:
        """Return the cell's."""
        return self._cell.parameter_names(layer)


class BatchFirstNetwork(Network):
    """nn.RNN with ``batch_first=True``, given (T, B, I): T sequences of B steps."""

    block_steps = 1  # each step is a sequence of its own now, so that any cut is as good

    def __init__(self, rnn: Network) -> None:
        module = rnn.module
        assert isinstance(module, nn.RNN)
        _describe(self, rnn)
        self._rnn = rnn
        self.module = _reading_batch_first(module)

    def initial_state(self, h0: Tensor) -> None:
        """Return None: (L, B, H) would not fit T sequences, so it is left out."""
        return

    def run(self, inputs: Steps, state: None, stopped: Callable[[], bool] = never) -> Block:
        """Call the module once; the output has the right shape, and other numbers."""
        x = inputs if isinstance(inputs, Tensor) else torch.stack(inputs)
        output, _ = self.module(x)
        return Block({"hidden": output.unsqueeze(1)}, None)

    def parameter_names(self, layer: int) -> dict[str, str]:
        """Return torch's."""
        return self._rnn.parameter_names(layer)


class LateOutputRNN(ElmanRNN):
    """The exercise's class with two lines swapped: the output comes from the old state."""

    def forward(self, x: Tensor, hidden_state: Tensor) -> tuple[Tensor, Tensor]:
        """Compute the output before the state is new."""
        output = torch.matmul(hidden_state, self.W_ho.T) + self.b_ho
        squash = OUTPUT_ACTIVATIONS[self.output_nonlinearity]
        a = torch.matmul(x, self.W_ih.T) + self.b_ih + torch.matmul(hidden_state, self.W_hh.T)
        return (output if squash is None else squash(output)), ACTIVATIONS[self.nonlinearity](a)


def output_before_state(elman: ElmanRNN) -> ElmanNetwork:
    """Return `LateOutputRNN` with the weights of `elman`."""
    return ElmanNetwork(_like(elman, LateOutputRNN, elman.output_nonlinearity))


def with_output(elman: ElmanRNN, output_nonlinearity: str) -> ElmanNetwork:
    """Return an ElmanRNN with the weights of `elman` and another output nonlinearity."""
    return ElmanNetwork(_like(elman, ElmanRNN, output_nonlinearity))


def _like(elman: ElmanRNN, kind: type[ElmanRNN], output_nonlinearity: str) -> ElmanRNN:
    with torch.random.fork_rng(devices=[]):  # a new module draws at once
        made = kind(
            elman.input_size,
            elman.hidden_size,
            elman.output_size,
            nonlinearity=elman.nonlinearity,
            output_nonlinearity=output_nonlinearity,
        )
    made.load_state_dict(elman.state_dict())
    return made


def _reading_batch_first(rnn: nn.RNN) -> nn.RNN:
    with torch.random.fork_rng(devices=[]):
        made = nn.RNN(
            rnn.input_size,
            rnn.hidden_size,
            rnn.num_layers,
            nonlinearity=rnn.nonlinearity,
            bias=rnn.bias,
            batch_first=True,
        )
    made.load_state_dict(rnn.state_dict())
    return made.eval()


def _describe(network: Network, like: Network) -> None:
    """Give `network` the sizes of another one."""
    network.module = like.module
    network.input_size = like.input_size
    network.hidden_size = like.hidden_size
    network.output_size = None
    network.nonlinearity = like.nonlinearity
