"""What `rnnviz.check` found, and how it is said."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

PartName = Literal["state", "output"]


@dataclass(frozen=True)
class Difference:
    """Two numbers that should be the same.

    Attributes
    ----------
    part : {"state", "output"}
    step : int
        From 1.
    unit : int
        From 0, as torch counts.
    found, wanted : float
        The module's number, and the reference's.
    """

    part: PartName
    step: int
    unit: int
    found: float
    wanted: float


@dataclass(frozen=True)
class Comparison:
    """A module's numbers for a sequence beside those of the reference.

    Attributes
    ----------
    largest : float
        The largest absolute difference.
    tolerance : float
        What rounding may do.
    first : Difference or None
        The first one beyond the tolerance.
    """

    largest: float
    tolerance: float
    first: Difference | None


@dataclass(frozen=True)
class Part:
    """The state, or the output, of a module beside the reference.

    Attributes
    ----------
    name : {"state", "output"}
    stepwise : Comparison
        Each step from the reference's own h_{t-1}.
    looped : Comparison
        Each step from the state that the module returned itself.
    explanations : tuple of tuple of str
        Each a set of usual faults that together reproduce the part, in both; of the smallest sets
        all. ``((),)`` if no fault is needed, ``()`` if none reproduces it. An output is computed
        from the state that the module returned.
    """

    name: PartName
    stepwise: Comparison
    looped: Comparison
    explanations: tuple[tuple[str, ...], ...]

    @property
    def equal(self) -> bool:
        """Whether every number is within the tolerance."""
        return self.stepwise.first is None and self.looped.first is None


@dataclass(frozen=True, repr=False)
class Report:
    """What became of a module beside a reference with the same weights.

    Attributes
    ----------
    module, reference : str
        What they are called.
    setting : str
        Sizes, steps, dtype, and where the numbers came from.
    state : Part
    output : Part or None
        None where the reference has no output.
    explanations : tuple of tuple of str
        As those of a `Part`, but for every number.
    remarks : tuple of str
        Sentences: what else was seen.
    """

    module: str
    reference: str
    setting: str
    state: Part
    output: Part | None
    explanations: tuple[tuple[str, ...], ...]
    remarks: tuple[str, ...]

    @property
    def parts(self) -> tuple[Part, ...]:
        """What was compared."""
        return (self.state,) if self.output is None else (self.state, self.output)

    @property
    def equal(self) -> bool:
        """Whether every number is within its tolerance."""
        return all(part.equal for part in self.parts)

    @property
    def first(self) -> Difference | None:
        """Where the two first differ: step by step if they do, else in the loop."""
        for ways in ([p.stepwise for p in self.parts], [p.looped for p in self.parts]):
            found = [way.first for way in ways if way.first is not None]
            if found:
                return min(found, key=lambda first: first.step)  # of one step, the state's
        return None

    @property
    def faults(self) -> tuple[str, ...]:
        """The fewest usual faults that together reproduce every number; empty if none do."""
        return self.explanations[0] if self.explanations and not self.equal else ()

    def __str__(self) -> str:
        return "\n".join(self._lines())

    __repr__ = __str__

    def _lines(self) -> Iterator[str]:
        yield f"{self.module} beside {self.reference}, with the same weights: {self._verdict()}"
        if not self.equal:
            yield f"First difference: {self._place()}"
            yield from self._explained()
        yield from self.remarks
        yield "Largest differences:"
        yield from (f"  {line}" for part in self.parts for line in _figures(part))
        yield self.setting

    def _verdict(self) -> str:
        if not self.equal:
            return "different"
        largest = max(part.stepwise.largest for part in self.parts)
        return (
            f"equal within {self.state.stepwise.tolerance:.2g} (largest difference {largest:.2g})"
        )

    def _explained(self) -> Iterator[str]:
        if self.faults:
            yield f"This reproduces every number: {_either(self.explanations)}"
        else:
            yield from map(_explanation, self.parts)

    def _place(self) -> str:
        first = self.first
        assert first is not None
        in_loop = "in a loop, " if all(part.stepwise.first is None for part in self.parts) else ""
        return (
            f"{in_loop}step {first.step}, unit {first.unit} of the {first.part}: "
            f"{self.module} {first.found:.7g}, {self.reference} {first.wanted:.7g}"
        )


def _figures(part: Part) -> Iterator[str]:
    for way, comparison in (("from the same h_{t-1}", part.stepwise), ("in a loop", part.looped)):
        beginning = f"{part.name}, {way}:"
        yield f"{beginning:<32}{comparison.largest:.2g} (tolerance {comparison.tolerance:.2g})"


def _explanation(part: Part) -> str:
    own = "" if part.name == "state" else ", computed from the module's own state"
    if not part.explanations:
        return f"None of the usual faults reproduces the {part.name}{own}, up to three together."
    if part.explanations == ((),):
        return f"The {part.name} is right{own}."
    return f"This reproduces the {part.name}{own}: {_either(part.explanations)}"


def _either(sets: tuple[tuple[str, ...], ...]) -> str:
    return " Or: ".join(f"{', and '.join(faults)}." for faults in sets)
