"""A module's parameters filled by their schemes, from one seed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from rnnviz.initialization.base import Scheme
from rnnviz.limits import MAX_SEED

if TYPE_CHECKING:
    import torch


def misfits(
    base: Scheme, overrides: Mapping[str, Scheme], shapes: Mapping[str, tuple[int, ...]]
) -> dict[str, str]:
    """Return, for each parameter that cannot be filled, the sentence that says why.

    Parameters
    ----------
    base : Scheme
        The scheme of all parameters without an override.
    overrides : mapping of str to Scheme
        Parameter name → its own scheme.
    shapes : mapping of str to tuple of int
        Parameter name → shape; nothing needs to be allocated.
    """
    unknown = [name for name in overrides if name not in shapes]
    found = {name: f"The network has no parameter {name}." for name in unknown}
    for name, shape in shapes.items():
        if sentence := overrides.get(name, base).misfit(name, shape):
            found[name] = sentence
    return found


def initialize(
    module: torch.nn.Module,
    base: Scheme,
    overrides: Mapping[str, Scheme],
    seed: int,
    hidden_size: int,
) -> None:
    """Fill all parameters of `module` in place; the same arguments give the same bits.

    Without overrides this equals a script that calls ``torch.manual_seed(seed)`` and then fills
    the parameters one after the other. An overridden parameter draws from a seed of its own, so
    that it never changes the others.

    Parameters
    ----------
    module : nn.Module
        With parameters of one or two dimensions.
    base : Scheme
        The scheme of all parameters without an override.
    overrides : mapping of str to Scheme
        Parameter name → its own scheme.
    seed : int
        From 0 to `MAX_SEED`.
    hidden_size : int
        The number of hidden units.

    Raises
    ------
    ValueError
        Where a scheme does not fit a parameter; nothing is changed then.
    """
    import torch

    parameters = dict(module.named_parameters())
    shapes = {name: tuple(parameter.shape) for name, parameter in parameters.items()}
    if sentences := misfits(base, overrides, shapes):
        raise ValueError(next(iter(sentences.values())))
    generator = torch.Generator().manual_seed(seed)
    for name, parameter in parameters.items():
        # Overridden ones too: they take their share of the draws. Values draw nothing.
        if base.misfit(name, shapes[name]) is None:
            base.fill(parameter, name=name, hidden_size=hidden_size, generator=generator)
    for k, (name, parameter) in enumerate(parameters.items()):
        if name in overrides:
            own = torch.Generator().manual_seed(own_seed(seed, k))
            overrides[name].fill(parameter, name=name, hidden_size=hidden_size, generator=own)


def own_seed(seed: int, position: int) -> int:
    """Return the seed of an overridden parameter, from its position among all of them."""
    return (seed + 1 + position) % (MAX_SEED + 1)
