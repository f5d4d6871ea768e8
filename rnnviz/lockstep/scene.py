"""What is shown side by side: lanes, what lies between them, and what is said about it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from torch import Tensor

from rnnviz.networks.base import Network
from rnnviz.traces.record import Allocate
from rnnviz.traces.run import Run

Part = Literal["hidden", "output"]
"""Which tensor of the record is compared."""


class CannotShow(ValueError):  # noqa: N818 (nothing went wrong)
    """The network is not one that this can be shown with; the text says why."""


@dataclass(frozen=True)
class Setup:
    """What a scene is made from.

    Attributes
    ----------
    kind : str
        The kind of the session's own network.
    run : Run
        The session's own.
    allocate : callable
        Where further records come from.
    seed : int
        For what has to be drawn: another sequence, weights of a deeper network.
    both_directions : bool
        For what can be shown with one direction or with both.
    """

    kind: str
    run: Run
    allocate: Allocate
    seed: int
    both_directions: bool = False

    @property
    def network(self) -> Network:
        """The session's own network."""
        return self.run.network

    def another(self, network: Network, h0: Tensor | None = None) -> Run:
        """Return a run of another network on the same inputs, from the same state or from `h0`."""
        state = self.run.h0 if h0 is None else h0
        return Run(network, self.run.inputs, state, self.allocate)


@dataclass(frozen=True)
class Lane:
    """One network of several.

    Attributes
    ----------
    title : str
    run : Run or None
        None where the network could not take part.
    said : str
        Why it could not, or what was left behind on the way to it.
    """

    title: str
    run: Run | None
    said: str = ""


@dataclass(frozen=True)
class Scene:
    """Lanes, the first of which the others are held against.

    Attributes
    ----------
    lanes : tuple of Lane
    part : {"hidden", "output"}
        What is compared.
    compared : bool
        Whether a difference means anything: not between networks of different weights.
    rounding_only : bool
        Whether all of them compute the same, so that a step from the same state differs by
        rounding alone.
    picture : object, optional
        Something else to look at.
    """

    lanes: tuple[Lane, ...]
    part: Part = "hidden"
    compared: bool = True
    rounding_only: bool = False
    picture: object = None
