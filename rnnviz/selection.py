"""What of a record is looked at: one sequence of the batch, one layer, a pinned unit."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from rnnviz.traces.run import Run


Part = Literal["hidden", "output"]


@dataclass(frozen=True)
class Pin:
    """A unit whose sum is written out: ``part`` is ``"hidden"`` or ``"output"``."""

    part: Part
    unit: int


@dataclass(frozen=True)
class Selection:
    """What of the record is looked at: one sequence of the batch, one layer, a pinned unit."""

    sequence: int = 0
    layer: int = 0
    pin: Pin | None = None

    def fitted(self, run: Run) -> Selection:
        """Return the same, as far as `run` has what is selected."""
        counts, pin = _counts(run), self.pin
        if pin and not 0 <= pin.unit < counts.get(f"{pin.part} unit", 0):
            pin = None
        sequence, layer = counts["sequence"] - 1, counts["layer"] - 1
        return Selection(min(self.sequence, sequence), min(self.layer, layer), pin)

    def check(self, run: Run) -> None:
        """Raise ValueError, with the limits, if `run` has no such sequence, layer or unit."""
        chosen = {"sequence": self.sequence, "layer": self.layer}
        if self.pin:
            chosen[f"{self.pin.part} unit"] = self.pin.unit
        counts = _counts(run)
        for name, number in chosen.items():
            count = counts.get(name, 0)
            if not 0 <= number < count:
                limits = f"the first is 0, the last {count - 1}" if count else "there are none"
                raise ValueError(f"There is no {name} {number}: {limits}.")


def _counts(run: Run) -> dict[str, int]:
    """Return how many there are of what can be selected."""
    network = run.network
    return {
        "sequence": run.batch_size,
        "layer": network.num_layers,
        "hidden unit": network.hidden_size,
        "output unit": network.output_size or 0,
    }
