"""From settings to tensors: the network with its weights, the inputs, the start state."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rnnviz.initialization import initialize
from rnnviz.settings import Settings

if TYPE_CHECKING:
    from torch import Tensor

    from rnnviz.networks.base import Network


def build_network(settings: Settings) -> Network:
    """Build the network that `settings` describe and draw its parameters."""
    import torch

    with torch.random.fork_rng(devices=[]):  # modules draw at once, from the user's generator
        network = settings.network.description.build(settings.network)
    init = settings.initialization
    overrides = init.overrides_for(settings.network.shapes)
    initialize(network.module, init.scheme, overrides, init.seed, network.hidden_size)
    return network


def build_inputs(settings: Settings) -> tuple[Tensor, Tensor]:
    """Draw the inputs, then a random start state, from one generator, as a script would.

    Returns
    -------
    inputs : Tensor
        (T, B, I)
    random_state : Tensor
        (L, B, H), standard normal; used where the start state is "normal".
    """
    import torch

    network, sequence = settings.network, settings.sequence
    generator = torch.Generator().manual_seed(sequence.seed)
    inputs = sequence.source.draw(sequence.steps, network.batch_size, network.input_size, generator)
    random_state = torch.randn(state_shape(settings), generator=generator)
    return inputs, random_state


def state_shape(settings: Settings) -> tuple[int, int, int]:
    """Return the shape of h_0: (L, B, H)."""
    network = settings.network
    return network.layers, network.batch_size, network.hidden_size
