"""torch's nn.RNN where it cannot be cut into blocks: both directions, or dropout in training."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import torch
from torch import Tensor, nn

from rnnviz.networks.base import Block, Interrupted, Network, Steps, never
from rnnviz.networks.pytorch import (
    check_made,
    check_plain_call,
    drops_units,
    single_layer,
    torch_names,
)

ALL_STEPS = 2**31
"""Longer than any sequence: a block is the whole of it."""


class WholeRNNNetwork(Network):
    """`torch.nn.RNN` on a whole sequence at once, layer after layer.

    The backward direction begins at the end, so that no step can be computed before the last input
    is known; and dropout draws one mask for all steps of a layer. Each layer runs as an nn.RNN of
    one layer that shares the module's Parameters, because the module itself returns the states of
    its top layer alone. The chain equals one call of the module to the last bit.

    Parameters
    ----------
    module : nn.RNN
    dropout_seed : int, optional
        The masks are those of a script that calls ``torch.manual_seed(dropout_seed)`` just before
        it calls the module.

    Raises
    ------
    ValueError
        If the module would drop units and there is no seed, computes its weights anew at each
        call, has hooks or a ``__call__`` of its own, or sizes that are no whole numbers.
    """

    block_steps = ALL_STEPS

    def __init__(self, module: nn.RNN, dropout_seed: int | None = None) -> None:
        check_made(module)
        self._drops = drops_units(module)
        if self._drops and dropout_seed is None:
            raise ValueError("Dropout would change the states at random: call module.eval() first.")
        self.module: nn.RNN = module
        self.input_size = module.input_size
        self.hidden_size = module.hidden_size
        self.num_directions = 2 if module.bidirectional else 1
        self.num_layers = module.num_layers * self.num_directions
        self.nonlinearity = module.nonlinearity
        self._seed = dropout_seed
        self._layers = [single_layer(module, layer) for layer in range(module.num_layers)]
        check_plain_call(module)

    def initial_state(self, h0: Tensor) -> list[Tensor]:
        """Return one (D, B, H) view of `h0` (L·D, B, H) a layer."""
        d = self.num_directions
        return [h0[d * depth : d * (depth + 1)] for depth in range(len(self._layers))]

    def run(self, inputs: Steps, state: list[Tensor], stopped: Callable[[], bool] = never) -> Block:
        """Run the whole sequence through one layer after the other.

        Returns
        -------
        Block
            ``hidden`` (T, L·D, B, H) and, with dropout, ``read`` (T, L - 1, B, D·H): what each
            layer but the lowest was given.
        """
        tops, read, last = [], [], []
        x = inputs if isinstance(inputs, Tensor) else torch.stack(inputs)
        with self._seeded():
            for depth, (rnn, h) in enumerate(zip(self._layers, state, strict=True)):
                if stopped():
                    raise Interrupted
                x, h_n = rnn(x, h)
                tops.append(x)
                last.append(h_n)
                if self._drops and depth < len(self._layers) - 1:
                    x = nn.functional.dropout(x, self.module.dropout, training=True)
                    read.append(x)
        tensors = {"hidden": self._by_direction(tops)}
        if read:
            tensors["read"] = torch.stack(read, dim=1)
        return Block(tensors, last)

    def parameter_names(self, layer: int) -> dict[str, str]:
        """Return torch's names, such as ``weight_ih_l0_reverse``."""
        suffix = f"_l{self.depth_of(layer)}{'_reverse' if self.is_backward(layer) else ''}"
        return torch_names(self.module.bias, suffix)

    def _by_direction(self, tops: list[Tensor]) -> Tensor:
        """Return (T, L·D, B, H) from each layer's (T, B, D·H)."""
        halves = [half for top in tops for half in top.chunk(self.num_directions, dim=-1)]
        return torch.stack(halves, dim=1)

    @contextmanager
    def _seeded(self) -> Iterator[None]:
        """Let dropout draw from the seed, and leave the global generator as it was."""
        if not self._drops:
            yield
            return
        assert self._seed is not None
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(self._seed)
            yield
