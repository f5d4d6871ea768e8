"""From settings to tensors: the network with its weights, the inputs, the start state."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rnnviz.initialization import initialize
from rnnviz.settings import Settings

if TYPE_CHECKING:
    from torch import Tensor

    from rnnviz.networks.base import Network
    from rnnviz.traces.run import Run


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
    random_state = torch.randn(settings.state_shape, generator=generator)
    return inputs, random_state


def build_run(
    settings: Settings,
    network: Network,
    drawn: tuple[Tensor, Tensor],
    carried: Tensor | None,
) -> Run:
    """Put a run together.

    Parameters
    ----------
    settings : Settings
    network : Network
    drawn : tuple of Tensor
        What `build_inputs` returned.
    carried : Tensor or None
        The last state of the previous run, (L, B, H); where its shape is another, zeros are taken.
    """
    import torch

    from rnnviz.traces.run import Run

    torch.set_num_threads(1)  # more threads make small steps many times slower
    inputs, random_state = drawn
    wanted = settings.sequence.start_state
    if wanted == "normal":
        return Run(network, inputs, random_state)
    if wanted == "carry" and carried is not None and carried.shape == settings.state_shape:
        return Run(network, inputs, carried)
    return Run(network, inputs, torch.zeros(settings.state_shape))
