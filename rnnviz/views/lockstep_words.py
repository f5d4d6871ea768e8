"""What is said of networks side by side: how far apart they are, and what that means."""

from __future__ import annotations

from dataclasses import dataclass

from rnnviz.lockstep.gap import Gap, Place
from rnnviz.lockstep.lockstep import Lockstep
from rnnviz.views.notation import magnitude

GROWN = 100.0
"""A difference so many times the tolerance of one step is called grown."""
NOTHING = "–"


@dataclass(frozen=True)
class Verdict:
    """What is said of one difference; equality never without the figures.

    Attributes
    ----------
    name : str
        Which one: ``nn.RNN − Elman RNN``.
    largest, where : str
        The largest magnitude so far, and its unit and step.
    one_step : str
        The largest of single steps from the same state; empty where these say nothing.
    tolerance : str
        What it is judged by.
    judgement : str
    """

    name: str
    largest: str
    where: str
    one_step: str
    tolerance: str
    judgement: str

    def text(self) -> str:
        """Return all of it in one line."""
        single = f"; one step from the same state {self.one_step}" if self.one_step else ""
        return (
            f"{self.name}: largest difference {self.largest} at {self.where}{single}; "
            f"tolerance {self.tolerance}: {self.judgement}"
        )


def verdicts(lockstep: Lockstep, step: int) -> list[Verdict]:
    """Return what is said of each lane that is held against the first, up to `step`."""
    tolerance = lockstep.tolerance() if lockstep.gaps else 0.0
    lanes = lockstep.lanes
    return [
        _verdict(f"{lanes[place].title} − {lanes[0].title}", gap, step, tolerance)
        for place, gap in lockstep.gaps.items()
    ]


def _verdict(name: str, gap: Gap, step: int, tolerance: float) -> Verdict:
    allowed = magnitude(tolerance)
    if step == 0:
        single = NOTHING if gap.from_same_state else ""
        return Verdict(name, NOTHING, NOTHING, single, allowed, "no step yet")
    place = gap.largest(step)
    largest, at = magnitude(place.difference), where(place, gap)
    if not gap.from_same_state:
        return Verdict(name, largest, at, "", allowed, _judged_by_chain(gap, step, tolerance))
    of_one, _ = gap.largest_one_step(step)
    judgement = _judged_by_one_step(of_one, place, tolerance)
    return Verdict(name, largest, at, magnitude(of_one), allowed, judgement)


def where(place: Place, gap: Gap) -> str:
    """Return where a difference is: unit, sequence if there are several, step."""
    if place.difference == 0:
        return "no unit"
    sequence = f", sequence {place.sequence}" if gap.reference.batch_size > 1 else ""
    return f"unit {place.unit}{sequence}, t = {place.step:,}"


def _judged_by_one_step(single: float, largest: Place, tolerance: float) -> str:
    if single > tolerance:
        return "not equal: a single step differs"
    if largest.difference == 0:
        return "equal to the last bit"
    if largest.difference <= tolerance:
        return "equal within tolerance"
    return "steps equal, chains part"


def _judged_by_chain(gap: Gap, step: int, tolerance: float) -> str:
    first = gap.first_beyond(tolerance, step)
    return "equal so far" if first is None else f"different from t = {first:,} on"


def lesson(lockstep: Lockstep, step: int) -> str:
    """Return in one line what the differences teach; empty where they are no rounding."""
    gaps = [gap for gap in lockstep.gaps.values() if gap.from_same_state and gap.steps]
    if not gaps or not step:
        return ""
    tolerance = lockstep.tolerance()
    largest = max((gap.largest(step) for gap in gaps), key=lambda place: place.difference)
    if largest.difference <= tolerance:
        return "Each of them rounds its sums in another order: so far that is all the difference."
    if largest.difference <= GROWN * tolerance:
        return "Rounding adds up from step to step; each single step still agrees."
    return (
        f"Rounding has grown to {magnitude(largest.difference)} by t = {largest.step:,}: the "
        "network stretches every difference. None of them is wrong."
    )
