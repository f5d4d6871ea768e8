"""Which of the usual faults reproduces the numbers of a student's module."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import torch
from torch import Tensor

from rnnviz.analysis.faults import Faults, Recipe, output_faults, sets_of, state_faults, with_faults
from rnnviz.analysis.student import Numbers

SWAPPED = "output and hidden are returned in the wrong order"

Words = tuple[tuple[str, ...], ...]
"""Sets of faults: each reproduces the numbers. One empty set if no fault does, none if none do."""


@dataclass(frozen=True)
class Observed:
    """What a module was given, and what it returned.

    Attributes
    ----------
    x : Tensor
        (T, I)
    before : Tensor
        (T, H), the states that the steps of `stepwise` began from; the first one is h_0, from which
        the loop began.
    stepwise, looped : Numbers
    tolerance : float
        By how much rounding may change one step.
    """

    x: Tensor
    before: Tensor
    stepwise: Numbers
    looped: Numbers
    tolerance: float


@dataclass(frozen=True)
class Explanations:
    """Which faults reproduce what, of those with the fewest faults all.

    Attributes
    ----------
    together : Words
        Every number.
    state : Words
        The state alone.
    output : Words
        The output alone, computed from the state that the module returned.
    """

    together: Words
    state: Words
    output: Words


@dataclass(frozen=True)
class _States:
    """The states before and after each step, (T, H), from given states and in a loop."""

    stepwise: tuple[Tensor, Tensor]
    looped: tuple[Tensor, Tensor]


def explain(
    observed: Observed, recipe: Recipe, names: Mapping[str, str], nonlinearity: str
) -> Explanations:
    """Try the usual faults.

    Parameters
    ----------
    observed : Observed
    recipe : Recipe
        The right one.
    names : mapping of str to str
        How the module calls the symbols.
    nonlinearity : str
        The right one.
    """
    if _are_swapped(observed, recipe):
        return Explanations(*[((SWAPPED,),)] * 3)
    own = _states_of_module(observed)
    if _gives_state(observed, recipe) and _gives_output(observed, recipe, own):
        return Explanations(*[((),)] * 3)
    tried = sets_of(state_faults(recipe, names, nonlinearity))
    in_state = [faults for faults in tried if _gives_state(observed, with_faults(recipe, faults))]
    in_output = list(sets_of(output_faults(recipe, names) if "W_ho" in names else []))
    alone = [f for f in in_output if _gives_output(observed, with_faults(recipe, f), own)]
    together = _pairs(observed, recipe, in_state, in_output)
    return Explanations(_fewest(together), _fewest(in_state), _fewest(alone))


def _pairs(
    observed: Observed, recipe: Recipe, in_state: list[Faults], in_output: list[Faults]
) -> list[Faults]:
    """Return the smallest sets that reproduce state and output.

    More faults than the state itself shows may be in it: one that returns the old state hides all
    others there, and its output tells them.
    """
    found: list[Faults] = []
    for some in in_state:
        changed = with_faults(recipe, some)
        states = _states_of(observed, changed)
        for more in in_output:
            faults = some + more
            if found and len(faults) > len(found[-1]):
                break
            if _gives_output(observed, with_faults(changed, more), states):
                found = [others for others in found if len(others) == len(faults)]
                found.append(faults)
    return found


def _fewest(sets: list[Faults]) -> Words:
    least = min(map(len, sets), default=0)
    return tuple(tuple(fault.text for fault in faults) for faults in sets if len(faults) == least)


def is_close(found: Tensor, wanted: Tensor, tolerance: float) -> bool:
    """Return whether every number is within the tolerance; NaN is not."""
    return bool((distance(found, wanted) <= tolerance).all())


def distance(found: Tensor, wanted: Tensor) -> Tensor:
    """Return the absolute differences, in double precision."""
    return (found.cpu().double() - wanted.cpu().double()).abs()


def loop_tolerance(tolerance: float, steps: int) -> float:
    """Return by how much rounding may change a loop: our weights let no difference grow."""
    return tolerance * steps


def _are_swapped(observed: Observed, recipe: Recipe) -> bool:
    hidden, output = observed.stepwise.hidden, observed.stepwise.output
    if output is None or output.shape != hidden.shape:
        return False
    before, after = recipe.stepwise(observed.x, observed.before)
    wanted = recipe.output(before, after)
    tolerance = observed.tolerance
    return is_close(after, output, tolerance) and is_close(wanted, hidden, tolerance)


def _states_of(observed: Observed, recipe: Recipe) -> _States:
    x, before = observed.x, observed.before
    return _States(recipe.stepwise(x, before), recipe.looped(x, before[0]))


def _states_of_module(observed: Observed) -> _States:
    stepwise, looped = observed.stepwise.hidden, observed.looped.hidden
    in_loop = torch.cat((observed.before[:1], looped[:-1]))
    return _States((observed.before, stepwise), (in_loop, looped))


def _gives_state(observed: Observed, recipe: Recipe) -> bool:
    tolerance = _tolerance(observed, recipe)
    stepwise = recipe.returned(*recipe.stepwise(observed.x, observed.before))
    if not is_close(stepwise, observed.stepwise.hidden, tolerance):
        return False
    looped = recipe.returned(*recipe.looped(observed.x, observed.before[0]))
    return is_close(looped, observed.looped.hidden, loop_tolerance(tolerance, len(observed.x)))


def _gives_output(observed: Observed, recipe: Recipe, states: _States) -> bool:
    """Return whether the outputs come of these states; there may be none."""
    stepwise, looped = observed.stepwise.output, observed.looped.output
    if stepwise is None or looped is None:
        return True
    tolerance = _tolerance(observed, recipe)
    return is_close(recipe.output(*states.stepwise), stepwise, tolerance) and is_close(
        recipe.output(*states.looped), looped, loop_tolerance(tolerance, len(observed.x))
    )


def _tolerance(observed: Observed, recipe: Recipe) -> float:
    """Return the larger of two tolerances: without tanh, say, numbers are larger."""
    return max(observed.tolerance, recipe.rounding(observed.x, observed.before))
