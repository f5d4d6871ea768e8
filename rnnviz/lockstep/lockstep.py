"""Runs that go step by step together. To a worker they look like one run."""

from __future__ import annotations

from collections.abc import Callable

from rnnviz.lockstep import SLIPS
from rnnviz.lockstep.gap import Gap
from rnnviz.lockstep.scene import CannotShow, Lane, Scene, Setup
from rnnviz.networks.base import never
from rnnviz.traces.record import Allocate
from rnnviz.traces.run import BLOCK_STEPS, Run

BOTH_WAYS = ("output_h_n",)
"""What can be shown with a network that reads from both ends."""


class Lockstep:
    """Several runs on one input, computed and revealed together, and the gaps between them.

    Parameters
    ----------
    leader : Run
        The session's own; it decides how many steps there are.
    scene : Scene
    allocate : callable
        Where the record of the gaps comes from.

    Attributes
    ----------
    scene : Scene
    gaps : dict of int to Gap
        By the place of the lane that is held against the first one.
    """

    def __init__(self, leader: Run, scene: Scene, allocate: Allocate) -> None:
        self.leader, self.scene = leader, scene
        self._runs = list(dict.fromkeys([leader, *_present(scene)]))
        self.gaps = _gaps(scene, allocate) if scene.compared else {}

    @property
    def lanes(self) -> tuple[Lane, ...]:
        """What stands side by side."""
        return self.scene.lanes

    # What a worker and the session ask a run

    @property
    def moves(self) -> int:
        """The number of steps."""
        return self.leader.moves

    @property
    def computed(self) -> int:
        """How many steps all of them have, the gaps included."""
        done = [run.computed for run in self._runs]
        return min([*done, *(gap.steps for gap in self.gaps.values())])

    @property
    def revealed(self) -> int:
        """How many steps of all of them are shown."""
        return min(run.revealed for run in self._runs)

    def next_block(self, steps: int = BLOCK_STEPS) -> int:
        """Return the size of the next block if `steps` are wanted: the largest of them."""
        return max(run.next_block(steps) for run in self._runs)

    def compute_block(self, steps: int = BLOCK_STEPS, stopped: Callable[[], bool] = never) -> None:
        """Compute the next block of each that is not ahead of the others, then the gaps.

        Raises
        ------
        Interrupted
            If `stopped` said so.
        """
        until = min(self.moves, self.computed + max(1, steps))
        for run in self._runs:
            while run.computed < until:
                run.compute_block(until - run.computed, stopped)
        for gap in self.gaps.values():
            gap.extend(min(gap.reference.steps, gap.other.steps))

    def is_quick(self, steps: int, seconds: float) -> bool:
        """Return whether all of them together take less than `seconds` for `steps` steps."""
        share = seconds / len(self._runs)
        return all(run.is_quick(steps, share) for run in self._runs)

    def steps_within(self, seconds: float) -> int:
        """Return how many steps they take in `seconds` together; at least 1."""
        share = seconds / len(self._runs)
        return min(run.steps_within(share) for run in self._runs)

    def reveal(self, step: int) -> None:
        """Show the records up to `step`."""
        for run in self._runs:
            run.reveal(step)


def scene_of(slip: str, setup: Setup) -> Scene:
    """Return what `slip` shows; where it cannot, a scene of the session's run and the reason."""
    try:
        if setup.network.num_directions == 2 and slip not in BOTH_WAYS:
            raise CannotShow("This is shown with one direction: untick Both directions under More.")
        return SLIPS[slip].scene(setup)
    except CannotShow as reason:
        return Scene((Lane("", None, str(reason)),), compared=False)


def _present(scene: Scene) -> list[Run]:
    return [lane.run for lane in scene.lanes if lane.run is not None]


def _gaps(scene: Scene, allocate: Allocate) -> dict[int, Gap]:
    reference = scene.lanes[0].run
    if reference is None:
        return {}
    return {
        place: Gap(
            reference,
            lane.run,
            scene.part,
            from_same_state=scene.rounding_only,
            allocate=allocate,
        )
        for place, lane in enumerate(scene.lanes)
        if place and lane.run is not None
    }
