"""What nn.RNN returns: of all states, layers x time, which are ``output`` and which ``h_n``."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from numpy.typing import NDArray
from torch import nn

from rnnviz.lockstep.scene import Setup
from rnnviz.networks.pytorch import single_layer

MOST_STEPS = 12
LAYERS = 2


@dataclass(frozen=True)
class OutputGrid:
    """All states of an nn.RNN of two layers, one call, and where they are returned.

    Attributes
    ----------
    states : ndarray
        (L·D, T, H), in the order of h_n: layer 0 forward, layer 0 backward, layer 1 forward, …
    directions : int
        D.
    output : ndarray
        (T, D·H): what the call returned.
    h_n : ndarray
        (L·D, H): what the call returned.
    """

    states: NDArray
    directions: int
    output: NDArray
    h_n: NDArray

    @property
    def steps(self) -> int:
        """T."""
        return self.states.shape[1]

    def in_output(self, lane: int) -> bool:
        """Return whether the states of a layer and direction are in ``output``: the top layer's."""
        return lane >= len(self.states) - self.directions

    def last_step(self, lane: int) -> int:
        """Return the index in time of a lane's last step, which is in ``h_n``."""
        backward = self.directions == 2 and lane % 2 == 1
        return 0 if backward else self.steps - 1


def output_grid(setup: Setup) -> OutputGrid:
    """Call an nn.RNN of two layers, drawn from the setup's seed, on the first steps.

    Each layer is called by itself as well, for the states that the module does not return.
    """
    network, directions = setup.network, 2 if setup.both_directions else 1
    x = setup.run.inputs[:MOST_STEPS, :1]
    with torch.random.fork_rng(devices=[]), torch.no_grad():
        torch.manual_seed(setup.seed)
        rnn = nn.RNN(
            network.input_size,
            network.hidden_size,
            LAYERS,
            nonlinearity=network.nonlinearity,
            bidirectional=directions == 2,
        )
        output, h_n = rnn(x)
        layers = _layers(rnn, x, directions)
    states = [half for layer in layers for half in layer[:, 0].chunk(directions, dim=-1)]
    return OutputGrid(
        torch.stack(states).numpy(), directions, output[:, 0].numpy(), h_n[:, 0].numpy()
    )


def _layers(rnn: nn.RNN, x: torch.Tensor, directions: int) -> list[torch.Tensor]:
    """Return the states of every layer, (T, 1, D·H) each, which the call does not return."""
    found, zeros = [], torch.zeros(directions, 1, rnn.hidden_size)
    for layer in range(rnn.num_layers):
        x, _ = single_layer(rnn, layer)(x, zeros)
        found.append(x)
    return found
