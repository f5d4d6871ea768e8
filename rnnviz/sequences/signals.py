"""Test signals: one impulse, a jump, waves."""

from __future__ import annotations

from abc import abstractmethod
from typing import TYPE_CHECKING, ClassVar, Literal

from rnnviz.fields import choice, real, whole
from rnnviz.limits import MAX_LENGTH, MAX_UNIT
from rnnviz.literals import indented, number, single
from rnnviz.sequences.base import Fixed, unit_misfit

if TYPE_CHECKING:
    import torch


class _Signal(Fixed):
    """A signal of one height on one unit."""

    unit: int = whole(
        0, "Unit", "The input unit that gets the signal, from 0.", low=0, high=MAX_UNIT
    )
    amplitude: float = real(
        1.0, "Amplitude", "The height of the signal.", low=-1000, high=1000, decimals=3
    )

    def misfit(self, length: int, input_size: int) -> str | None:
        return unit_misfit(self.unit, input_size)


class _Timed(_Signal):
    """A signal that begins at one step."""

    at: int = whole(1, "At step", "When it happens; the first step is 1.", low=1, high=MAX_LENGTH)

    def misfit(self, length: int, input_size: int) -> str | None:
        if self.at > length:
            return f"There is no step {self.at:,}: the sequence ends at step {length:,}."
        return super().misfit(length, input_size)


class Impulse(_Timed):
    title: ClassVar[str] = "Impulse"
    sentence: ClassVar[str] = (
        "One unit at one step, zero elsewhere; it shows how long the network remembers."
    )
    common: ClassVar[bool] = True
    name: Literal["impulse"] = "impulse"

    def _one(self, length: int, input_size: int) -> torch.Tensor:
        import torch

        x = torch.zeros(length, input_size, dtype=torch.float32)
        x[self.at - 1, self.unit] = self.amplitude
        return x

    def _one_code(self, length: int, input_size: int) -> list[str]:
        return [
            f"sequence = torch.zeros({length}, {input_size})",
            f"sequence[{self.at - 1}, {self.unit}] = {number(self.amplitude)}",
        ]


class Jump(_Timed):
    title: ClassVar[str] = "Jump"
    sentence: ClassVar[str] = "One unit is zero at first, and the amplitude from one step on."
    name: Literal["jump"] = "jump"

    def _one(self, length: int, input_size: int) -> torch.Tensor:
        import torch

        x = torch.zeros(length, input_size, dtype=torch.float32)
        x[self.at - 1 :, self.unit] = self.amplitude
        return x

    def _one_code(self, length: int, input_size: int) -> list[str]:
        return [
            f"sequence = torch.zeros({length}, {input_size})",
            f"sequence[{self.at - 1} :, {self.unit}] = {number(self.amplitude)}",
        ]


class _Wave(_Signal):
    """A signal that repeats itself."""

    period: float = real(
        10.0,
        "Period",
        "How many steps until it repeats itself.",
        low=2,
        high=MAX_LENGTH,
        decimals=2,
        suffix=" steps",
    )
    phase: float = real(
        0.0,
        "Phase",
        "How far into its period it begins: 360° is a whole period.",
        low=-360,
        high=360,
        decimals=1,
        suffix="°",
    )
    spread: Literal["one", "all"] = choice(
        "one",
        "On",
        "One unit, or all units, spread evenly over a period (the unit does not matter then).",
        {"one": "One unit", "all": "All units, one after the other"},
    )

    def misfit(self, length: int, input_size: int) -> str | None:
        return super().misfit(length, input_size) if self.spread == "one" else None

    def _one(self, length: int, input_size: int) -> torch.Tensor:
        import torch

        x = torch.zeros(length, input_size, dtype=torch.float32)
        periods = torch.arange(length, dtype=torch.float64) / self.period + self.phase / 360
        if self.spread == "one":
            x[:, self.unit] = self.amplitude * self._shape(periods)
            return x
        for unit in range(input_size):  # unit by unit: float64 for all would double the memory
            x[:, unit] = self.amplitude * self._shape(periods - unit / input_size)
        return x

    def _one_code(self, length: int, input_size: int) -> list[str]:
        sign = "-" if self.phase < 0 else "+"
        phase = f" {sign} {number(abs(self.phase))} / 360" if self.phase else ""
        steps = f"torch.arange({length}, dtype=torch.float64)"
        lines = [
            f"periods = {steps} / {number(self.period)}{phase}",
            f"sequence = torch.zeros({length}, {input_size})",
        ]
        if self.spread == "one":
            return [*lines, *self._shape_code(f"sequence[:, {self.unit}]", "periods")]
        each = self._shape_code("sequence[:, unit]", f"(periods - unit / {input_size})")
        return [*lines, f"for unit in range({input_size}):", *indented(each)]

    @abstractmethod
    def _shape(self, periods: torch.Tensor) -> torch.Tensor:
        """Return the wave of height 1 after so many periods; both float64 (T,)."""

    @abstractmethod
    def _shape_code(self, target: str, periods: str) -> list[str]:
        """Return lines of Python that assign the wave, of its amplitude, to `target`."""


class Sine(_Wave):
    title: ClassVar[str] = "Sine"
    sentence: ClassVar[str] = "A smooth wave."
    name: Literal["sine"] = "sine"

    def _shape(self, periods: torch.Tensor) -> torch.Tensor:
        import torch

        return torch.sin(2 * torch.pi * periods)

    def _shape_code(self, target: str, periods: str) -> list[str]:
        height = "" if self.amplitude == 1 else f"{number(self.amplitude)} * "
        return [f"{target} = {height}torch.sin(2 * torch.pi * {periods})"]


class Square(_Wave):
    title: ClassVar[str] = "Square wave"
    sentence: ClassVar[str] = "Half a period at the amplitude, half a period at its negative."
    name: Literal["square"] = "square"

    def _shape(self, periods: torch.Tensor) -> torch.Tensor:
        import torch

        # Rounded, so that sums such as 1/6 + 1/3 switch at the same step as 1/2.
        inside = periods.round(decimals=9) % 1
        return torch.where(inside < 0.5, 1.0, -1.0).double()

    def _shape_code(self, target: str, periods: str) -> list[str]:
        high, low = single(self.amplitude), single(-self.amplitude)
        return [
            f"inside = {periods}.round(decimals=9) % 1",
            f"{target} = torch.where(inside < 0.5, {high}, {low})",
        ]
