"""The usual faults of a hand-written Elman network, each a change of how a step is computed."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import combinations

import torch
from torch import Tensor

from rnnviz.networks.elman import ACTIVATIONS

Squash = Callable[[Tensor], Tensor]

SQUASHES: dict[str, Squash] = {**ACTIVATIONS, "sigmoid": torch.sigmoid}
"""What a student may have written around the sum."""
MOST_FAULTS = 3
"""So many at once, at most, are tried in the state, and as many in the output."""


@dataclass(frozen=True)
class Recipe:
    """One way of computing a step: the equation, or the equation with faults.

    Attributes
    ----------
    weights : mapping of str to Tensor
        By the symbols of the equation; ``b_hh`` where there are two biases, ``W_ho`` and ``b_ho``
        where there is an output.
    squash, output_squash : tuple of callable
        What is applied to the sums, one after the other.
    output_reads_previous : bool
        Whether the output is computed from h_{t-1}.
    returns_previous : bool
        Whether h_{t-1} is returned in place of h_t.
    own_state : bool
        Whether a state that begins at zeros is used in place of the one that is given.
    """

    weights: Mapping[str, Tensor]
    squash: tuple[Squash, ...]
    output_squash: tuple[Squash, ...] = ()
    output_reads_previous: bool = False
    returns_previous: bool = False
    own_state: bool = False

    def state(self, x: Tensor, h: Tensor) -> Tensor:
        """Return the new state, (..., H), from x (..., I) and the state before, (..., H)."""
        w = self.weights
        a = x @ w["W_ih"].T + h @ w["W_hh"].T
        for name in ("b_ih", "b_hh"):
            a = a + w.get(name, 0)
        return _applied(self.squash, a)

    def returned(self, h: Tensor, new: Tensor) -> Tensor:
        """Return the state that is handed back."""
        return h if self.returns_previous else new

    def output(self, h: Tensor, new: Tensor) -> Tensor:
        """Return the output, (..., O), from the state before and the new one."""
        read = h if self.output_reads_previous else new
        y = read @ self.weights["W_ho"].T + self.weights["b_ho"]
        return _applied(self.output_squash, y)

    def stepwise(self, x: Tensor, h: Tensor) -> tuple[Tensor, Tensor]:
        """Return the states before and after each step, from the states `h` (T, H)."""
        before = torch.zeros_like(h) if self.own_state else h
        return before, self.state(x, before)

    def looped(self, x: Tensor, h0: Tensor) -> tuple[Tensor, Tensor]:
        """Return the states before and after each step, (T, H), each from the one before."""
        h = torch.zeros_like(h0) if self.own_state else h0
        before, after = [], []
        for x_t in x:
            before.append(h)
            after.append(self.state(x_t, h))
            h = self.returned(h, after[-1])
        return torch.stack(before), torch.stack(after)

    def rounding(self, x: Tensor, before: Tensor) -> float:
        """Return how far apart rounding may bring two modules that compute this in one step.

        A sum of products in another order is off by the rounding of its partial sums, none of which
        is larger than all magnitudes together. See Higham, "Accuracy and Stability of Numerical
        Algorithms", 2nd ed. (2002), 3.1. There are two modules, and the output hands on what the
        state is off by, hence four times.
        """
        sizes = Recipe({name: weight.abs() for name, weight in self.weights.items()}, squash=())
        after = self.state(x, before).abs()
        largest = max(sizes.state(x.abs(), before.abs()).max(), sizes.output(after, after).max())
        return 4 * torch.finfo(x.dtype).eps * max(1.0, float(largest))


def _applied(squash: tuple[Squash, ...], sums: Tensor) -> Tensor:
    for function in squash:
        sums = function(sums)
    return sums


@dataclass(frozen=True)
class Fault:
    """A usual fault.

    Attributes
    ----------
    place : str
        Where it is; of one place only one fault at a time is tried.
    text : str
        What is wrong, as a sentence without its full stop.
    change : callable
        Recipe → Recipe with the fault.
    """

    place: str
    text: str
    change: Callable[[Recipe], Recipe]


Faults = tuple[Fault, ...]


def with_faults(recipe: Recipe, faults: Faults) -> Recipe:
    """Return the recipe with all of the faults."""
    for fault in faults:
        recipe = fault.change(recipe)
    return recipe


def sets_of(faults: list[Fault]) -> Iterator[Faults]:
    """Return all sets of faults that can be tried, the smallest first, beginning with none."""
    for count in range(MOST_FAULTS + 1):
        for some in combinations(faults, count):
            if len({fault.place for fault in some}) == count:
                yield some


def state_faults(recipe: Recipe, names: Mapping[str, str], nonlinearity: str) -> list[Fault]:
    """Return the faults that can be in the state, the simplest first.

    Parameters
    ----------
    recipe : Recipe
        Without fault; its sizes say what can be transposed without an error.
    names : mapping of str to str
        How the module calls each symbol.
    nonlinearity : str
        The one that is right.
    """
    return [
        *_transposed(recipe, names, ("W_hh", "W_ih")),
        *_left_out(recipe, names, ("b_ih", "b_hh")),
        *_added_twice(recipe, names),
        *_not_carried(),
        *_squashed_otherwise(nonlinearity),
        *_exchanged(recipe, names),
    ]


def output_faults(recipe: Recipe, names: Mapping[str, str]) -> list[Fault]:
    """Return the faults that can be in the output, the simplest first; see `state_faults`."""
    return [
        *_left_out(recipe, names, ("b_ho",)),
        Fault(
            "h",
            "the output is computed from h_{t-1}, not from h_t",
            lambda recipe: replace(recipe, output_reads_previous=True),
        ),
        *_output_squashed_otherwise(bool(recipe.output_squash)),
        *_transposed(recipe, names, ("W_ho",)),
    ]


def _changed(recipe: Recipe, **weights: Tensor) -> Recipe:
    return replace(recipe, weights={**recipe.weights, **weights})


def _transposed(
    recipe: Recipe, names: Mapping[str, str], symbols: tuple[str, ...]
) -> Iterator[Fault]:
    def transpose(symbol: str) -> Callable[[Recipe], Recipe]:
        return lambda recipe: _changed(recipe, **{symbol: recipe.weights[symbol].T})

    for symbol in symbols:
        rows, columns = recipe.weights[symbol].shape
        if rows == columns:
            yield Fault(symbol, f"{names[symbol]} is transposed", transpose(symbol))


def _left_out(
    recipe: Recipe, names: Mapping[str, str], symbols: tuple[str, ...]
) -> Iterator[Fault]:
    def leave_out(symbol: str) -> Callable[[Recipe], Recipe]:
        zeros = torch.zeros_like(recipe.weights[symbol])
        return lambda recipe: _changed(recipe, **{symbol: zeros})

    for symbol in symbols:
        if symbol in names:
            yield Fault(symbol, f"{names[symbol]} is left out", leave_out(symbol))


def _added_twice(recipe: Recipe, names: Mapping[str, str]) -> Iterator[Fault]:
    if "b_ih" in names:
        twice = 2 * recipe.weights["b_ih"]
        yield Fault(
            "b_ih", f"{names['b_ih']} is added twice", lambda recipe: _changed(recipe, b_ih=twice)
        )


def _not_carried() -> Iterator[Fault]:
    yield Fault(
        "carried",
        "h_{t-1} is left out: the state is not carried from step to step",
        lambda recipe: _changed(recipe, W_hh=torch.zeros_like(recipe.weights["W_hh"])),
    )
    yield Fault(
        "carried",
        "the old state is returned: the new one is not carried from step to step",
        lambda recipe: replace(recipe, returns_previous=True),
    )
    yield Fault(
        "carried",
        "a state of its own, from zeros, takes the place of the one that it is given",
        lambda recipe: replace(recipe, own_state=True),
    )


def _squashed_otherwise(right: str) -> Iterator[Fault]:
    def squash(*functions: Squash) -> Callable[[Recipe], Recipe]:
        return lambda recipe: replace(recipe, squash=functions)

    twice = squash(SQUASHES[right], SQUASHES[right])
    yield Fault("squash", f"the {right} of the state is missing", squash())
    yield Fault("squash", f"the {right} of the state is applied twice", twice)
    for name, function in SQUASHES.items():
        if name != right:
            yield Fault("squash", f"{name} takes the place of {right}", squash(function))


def _output_squashed_otherwise(has_tanh: bool) -> Iterator[Fault]:
    def squash(*functions: Squash) -> Callable[[Recipe], Recipe]:
        return lambda recipe: replace(recipe, output_squash=functions)

    aside = "(the exercise's formula has it, its code has not)"
    if has_tanh:
        yield Fault("squash", f"the tanh of the output is missing {aside}", squash())
        twice = squash(torch.tanh, torch.tanh)
        yield Fault("squash", "the tanh of the output is applied twice", twice)
    else:
        yield Fault("squash", f"the output has a tanh {aside}", squash(torch.tanh))


def _exchanged(recipe: Recipe, names: Mapping[str, str]) -> Iterator[Fault]:
    def exchange(recipe: Recipe) -> Recipe:
        return _changed(recipe, W_ih=recipe.weights["W_hh"], W_hh=recipe.weights["W_ih"])

    if recipe.weights["W_ih"].shape == recipe.weights["W_hh"].shape:
        yield Fault("order", f"{names['W_ih']} and {names['W_hh']} are exchanged", exchange)
