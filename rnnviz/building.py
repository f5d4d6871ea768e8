"""From settings to tensors: the network with its weights, the inputs, the start state."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from rnnviz.budget import sizes_of
from rnnviz.initialization import initialize
from rnnviz.memory import MemoryLimits
from rnnviz.settings import Settings

if TYPE_CHECKING:
    from torch import Tensor

    from rnnviz.changes import Difference
    from rnnviz.history import Moment
    from rnnviz.lockstep.lockstep import Lockstep
    from rnnviz.networks.base import Network
    from rnnviz.traces.record import Allocate
    from rnnviz.traces.run import Run
    from rnnviz.traces.steppable import Steppable


@dataclass(frozen=True)
class Built:
    """All that was made from settings.

    Attributes
    ----------
    settings : Settings
    network : Network
    drawn : tuple of Tensor
        What `build_inputs` returned.
    carried : Tensor or None
        The last state of the run before, (L, B, H).
    run : Run
    lockstep : Lockstep or None
        What runs beside it, if anything does.
    """

    settings: Settings
    network: Network
    drawn: tuple[Tensor, Tensor]
    carried: Tensor | None
    run: Run
    lockstep: Lockstep | None

    @property
    def work(self) -> Steppable:
        """What is computed and revealed step by step."""
        return self.lockstep or self.run


def build(settings: Settings, limits: MemoryLimits) -> Built:
    """Build all of it."""
    network, drawn = build_network(settings), build_inputs(settings)
    run = build_run(settings, network, drawn, None, limits)
    return Built(settings, network, drawn, None, run, build_lockstep(settings, run, limits))


def rebuild(
    old: Built,
    settings: Settings,
    differs: Difference,
    limits: MemoryLimits,
    moment: Moment | None = None,
) -> Built:
    """Build what `differs` from `old`, which stays as it is, and take over the rest.

    A new sequence carries over the last state of `old`; a `moment` that is brought back, its own.
    """
    network = build_network(settings) if differs.weights else old.network
    drawn = build_inputs(settings) if differs.sequence else old.drawn
    ends = differs.sequence or differs.start_state
    carried = _last_state(old.run) if ends else old.carried
    if moment is not None:
        carried = moment.carried
    run = build_run(settings, network, drawn, carried, limits) if differs.record else old.run
    beside = old.lockstep
    if run is not old.run or differs.lockstep:
        beside = build_lockstep(settings, run, limits)
    return Built(settings, network, drawn, carried, run, beside)


def build_network(settings: Settings) -> Network:
    """Build the network that `settings` describe and draw its parameters."""
    import torch

    # More threads make small steps many times slower, and draw other orthogonal weights.
    torch.set_num_threads(1)
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
    limits: MemoryLimits,
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
    limits : MemoryLimits
        They say whether the record is kept in memory.
    """
    import torch

    from rnnviz.traces.replay import ReplayedRun
    from rnnviz.traces.run import Run

    inputs, random_state = drawn
    if settings.replay is not None:
        return ReplayedRun(network, inputs, settings.replay, _room_for(settings, limits))
    wanted, state = settings.sequence.start_state, None
    if wanted == "normal":
        state = random_state
    elif wanted == "carry" and carried is not None and carried.shape == settings.state_shape:
        state = carried
    if state is None:
        state = torch.zeros(settings.state_shape)
    return Run(network, inputs, state, _room_for(settings, limits))


def build_lockstep(settings: Settings, run: Run, limits: MemoryLimits) -> Lockstep | None:
    """Build what runs beside `run`; None if nothing does."""
    if not settings.lockstep.on:
        return None
    from rnnviz.lockstep.lockstep import Lockstep, scene_of
    from rnnviz.lockstep.scene import Setup

    room = _room_for(settings, limits)
    setup = Setup(
        settings.network.kind,
        run,
        room,
        settings.initialization.seed,
        settings.lockstep.both_directions,
    )
    return Lockstep(run, scene_of(settings.lockstep.slip, setup), room)


def _room_for(settings: Settings, limits: MemoryLimits) -> Allocate:
    """Return what makes room for the record: in memory or, if it is large, in a file."""
    import numpy as np

    from rnnviz.traces.scratch import ScratchFile

    large = sizes_of(settings).record > limits.in_memory
    return ScratchFile().allocate if large else np.empty


def _last_state(run: Run) -> Tensor:
    """Return the latest state that is shown of each layer and direction, (L, B, H)."""
    import torch

    # A copy: the record's own memory lies at another alignment, which changes last bits.
    return torch.from_numpy(run.states_after(run.revealed)).clone()
