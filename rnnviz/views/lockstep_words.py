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

    def figures(self) -> str:
        """Return the figures in one line."""
        single = f"; one step from the same state {self.one_step}" if self.one_step else ""
        return (
            f"largest difference {self.largest} at {self.where}{single}; tolerance {self.tolerance}"
        )

    def text(self) -> str:
        """Return all of it in one line."""
        return f"{self.name}: {self.figures()}: {self.judgement}"


def verdicts(lockstep: Lockstep, step: int) -> list[Verdict]:
    """Return what is said of each lane that is held against the first, up to `step`."""
    lanes = lockstep.lanes
    return [
        _verdict(f"{lanes[place].title} − {lanes[0].title}", gap, step)
        for place, gap in lockstep.gaps.items()
    ]


def _verdict(name: str, gap: Gap, step: int) -> Verdict:
    step = min(step, gap.steps)
    allowed = magnitude(float(gap.tolerances[step]))
    if step == 0:
        single = NOTHING if gap.from_same_state else ""
        return Verdict(name, NOTHING, NOTHING, single, allowed, "no step yet")
    place = gap.largest(step)
    largest, at = magnitude(place.difference), where(place, gap)
    single = magnitude(gap.largest_one_step(step)[0]) if gap.from_same_state else ""
    return Verdict(name, largest, at, single, allowed, _judged(gap, place, step))


def where(place: Place, gap: Gap) -> str:
    """Return where a difference is: unit, sequence if there are several, step."""
    if place.difference == 0:
        return "no unit"
    sequence = f", sequence {place.sequence}" if gap.reference.batch_size > 1 else ""
    return f"unit {place.unit}{sequence}, t = {place.step:,}"


def _judged(gap: Gap, largest: Place, step: int) -> str:
    if not gap.comparable(step):
        return "not finite: not comparable"
    beyond = gap.beyond(step)
    if gap.from_same_state:
        return _judged_by_one_step(gap, largest, step, beyond is not None)
    if beyond is None:
        return "equal so far"
    first, last = beyond
    if last == step:
        return f"different from t = {first:,} on"
    return f"different from t = {first:,} to {last:,}"


def _judged_by_one_step(gap: Gap, largest: Place, step: int, parted: bool) -> str:
    if gap.one_step_beyond(step):
        return "not equal: a single step differs"
    if parted:
        return "steps equal, chains part"
    return "equal to the last bit" if largest.difference == 0 else "equal within tolerance"


def lesson(lockstep: Lockstep, step: int) -> str:
    """Return in one line what the differences teach; empty where they are no rounding."""
    gaps = [gap for gap in lockstep.gaps.values() if gap.from_same_state and gap.steps]
    if not gaps or not step:
        return ""
    if not all(gap.comparable(step) for gap in gaps):
        return "The states have left the range of float32: there is nothing left to compare."
    parted = [gap.largest(step) for gap in gaps if gap.beyond(step) is not None]
    if not parted and all(gap.largest(step).difference == 0 for gap in gaps):
        return "So far every sum was rounded alike."
    if not parted:
        return "Each of them rounds its sums in another order: so far that is all the difference."
    largest = max(parted, key=lambda place: place.difference)
    tolerance = min(float(gap.tolerances[min(step, gap.steps)]) for gap in gaps)
    if largest.difference <= GROWN * tolerance:
        return "Rounding adds up from step to step; each single step still agrees."
    return (
        f"Rounding has grown to {magnitude(largest.difference)} by t = {largest.step:,}: the "
        "network stretches every difference. None of them is wrong."
    )
