"""The kinds of network side by side, driven by the same weights."""

from __future__ import annotations

from rnnviz.lockstep.scene import CannotShow, Lane, Scene, Setup
from rnnviz.networks import NETWORKS, network_of
from rnnviz.networks.base import Network
from rnnviz.networks.conversion import carry


def three_networks(setup: Setup) -> Scene:
    """Return the session's own network first, then the others, as far as they can take part."""
    others = [_lane(setup, kind) for kind in NETWORKS if kind != setup.kind]
    own = Lane(NETWORKS[setup.kind].title, setup.run)
    return Scene((own, *others), rounding_only=True)


def _lane(setup: Setup, kind: str) -> Lane:
    title = NETWORKS[kind].title
    try:
        network, said = carried(setup, kind)
    except CannotShow as reason:
        return Lane(title, None, str(reason))
    return Lane(title, setup.another(network), said)


def carried(setup: Setup, kind: str) -> tuple[Network, str]:
    """Return a network of a kind with the session's weights, and what was left behind.

    Raises
    ------
    CannotShow
        If the weights cannot be carried over.
    """
    if kind == setup.kind:
        return setup.network, ""
    try:
        found = carry(setup.network.module, kind)
    except ValueError as error:
        raise CannotShow(str(error)) from error
    network = network_of(found.module)
    assert network is not None
    return network, " ".join(found.left_behind)
