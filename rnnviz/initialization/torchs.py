"""The schemes of torch.nn.init that fit a matrix or a bias, one small class each.

A scheme's fields are torch's arguments.
"""

from __future__ import annotations

import inspect
from typing import TYPE_CHECKING, ClassVar, Literal

from pydantic import model_validator

from rnnviz.fields import choice, real
from rnnviz.initialization.base import Scheme
from rnnviz.literals import call_lines, literal

if TYPE_CHECKING:
    import torch

_LARGEST = 1000.0


class _Torchs(Scheme):
    """A function of torch.nn.init; the scheme's name and fields, in order, are its arguments."""

    def fill(
        self, parameter: torch.Tensor, *, name: str, hidden_size: int, generator: torch.Generator
    ) -> None:
        from torch.nn import init

        if self.matrices_only and parameter.dim() < 2:
            init.zeros_(parameter)
            return
        chance = {"generator": generator} if self.uses_seed else {}
        getattr(init, f"{self.name}_")(parameter, *self._arguments(), **chance)

    def code(
        self, target: str, *, name: str, shape: tuple[int, ...], hidden_size: int
    ) -> list[str]:
        if self.matrices_only and len(shape) < 2:
            return [f"nn.init.zeros_({target})"]
        arguments = [target, *self._written_arguments()]
        return call_lines(f"nn.init.{self.name}_(", arguments, room=16)

    def _arguments(self) -> list[float | str]:
        return [getattr(self, field) for field in type(self).model_fields if field != "name"]

    def _written_arguments(self) -> list[str]:
        """Return one or two arguments as they are and, of more, those that differ from torch's."""
        from torch.nn import init

        _, *parameters = inspect.signature(getattr(init, f"{self.name}_")).parameters.values()
        given = list(zip(parameters, self._arguments(), strict=False))  # without the generator
        differing = [(known.name, value) for known, value in given if value != known.default]
        if len(given) > 2:
            return [f"{name}={literal(value)}" for name, value in differing]
        return [literal(value) for _, value in given] if differing else []


class Uniform(_Torchs):
    title: ClassVar[str] = "Uniform"
    sentence: ClassVar[str] = "Every number between two bounds is equally likely."
    common: ClassVar[bool] = True
    name: Literal["uniform"] = "uniform"
    low: float = real(
        -1.0, "From", "The smallest weight.", low=-_LARGEST, high=_LARGEST, decimals=3
    )
    high: float = real(1.0, "To", "The largest weight.", low=-_LARGEST, high=_LARGEST, decimals=3)

    @model_validator(mode="after")
    def _ordered(self) -> Uniform:
        _check_bounds(self.low, self.high)
        return self


class TorchDefault(Scheme):
    title: ClassVar[str] = "PyTorch's default"
    sentence: ClassVar[str] = (
        "Uniform between −1/√H and 1/√H, where H is the number of hidden units."
    )
    common: ClassVar[bool] = True
    name: Literal["torch_default"] = "torch_default"

    def fill(
        self, parameter: torch.Tensor, *, name: str, hidden_size: int, generator: torch.Generator
    ) -> None:
        from torch.nn import init

        bound = hidden_size**-0.5
        init.uniform_(parameter, -bound, bound, generator=generator)

    def code(
        self, target: str, *, name: str, shape: tuple[int, ...], hidden_size: int
    ) -> list[str]:
        return [f"bound = {hidden_size}**-0.5", f"nn.init.uniform_({target}, -bound, bound)"]


class Normal(_Torchs):
    title: ClassVar[str] = "Normal"
    sentence: ClassVar[str] = "A bell curve around the mean."
    name: Literal["normal"] = "normal"
    mean: float = real(
        0.0, "Mean", "The middle of the bell curve.", low=-_LARGEST, high=_LARGEST, decimals=3
    )
    std: float = real(
        1.0, "Standard deviation", "The width of the bell curve.", low=0, high=_LARGEST, decimals=3
    )


class Constant(_Torchs):
    title: ClassVar[str] = "Constant"
    sentence: ClassVar[str] = "The same number everywhere."
    uses_seed: ClassVar[bool] = False
    name: Literal["constant"] = "constant"
    value: float = real(
        0.5, "Value", "The number at every place.", low=-_LARGEST, high=_LARGEST, decimals=3
    )


class Zeros(_Torchs):
    title: ClassVar[str] = "Zeros"
    sentence: ClassVar[str] = "Zero everywhere."
    uses_seed: ClassVar[bool] = False
    name: Literal["zeros"] = "zeros"


class Ones(_Torchs):
    title: ClassVar[str] = "Ones"
    sentence: ClassVar[str] = "One everywhere."
    uses_seed: ClassVar[bool] = False
    name: Literal["ones"] = "ones"


class Eye(_Torchs):
    title: ClassVar[str] = "Identity"
    sentence: ClassVar[str] = "One on the diagonal, zero elsewhere; biases become zeros."
    matrices_only: ClassVar[bool] = True
    uses_seed: ClassVar[bool] = False
    name: Literal["eye"] = "eye"


class _Gained(_Torchs):
    """What the Xavier and the orthogonal schemes share."""

    matrices_only: ClassVar[bool] = True
    gain: float = real(
        1.0, "Gain", "All weights are multiplied by this.", low=0, high=100, decimals=3
    )


class XavierUniform(_Gained):
    title: ClassVar[str] = "Xavier uniform"
    sentence: ClassVar[str] = (
        "Uniform, with bounds that suit the number of rows and columns; biases become zeros."
    )
    name: Literal["xavier_uniform"] = "xavier_uniform"


class XavierNormal(_Gained):
    title: ClassVar[str] = "Xavier normal"
    sentence: ClassVar[str] = (
        "A bell curve whose width suits the number of rows and columns; biases become zeros."
    )
    name: Literal["xavier_normal"] = "xavier_normal"


class _Kaiming(_Torchs):
    """What the two Kaiming schemes share; torch's convolutions have the gain of "linear"."""

    matrices_only: ClassVar[bool] = True
    a: float = real(
        0.0,
        "Negative slope",
        "The slope of leaky ReLU below zero; the other functions ignore it.",
        low=0,
        high=100,
        decimals=3,
    )
    mode: Literal["fan_in", "fan_out"] = choice(
        "fan_in",
        "Count",
        "Whether the spread follows the number of columns (inputs) or of rows (outputs).",
        {"fan_in": "Inputs (fan in)", "fan_out": "Outputs (fan out)"},
    )
    nonlinearity: Literal["leaky_relu", "relu", "tanh", "sigmoid", "selu", "linear"] = choice(
        "leaky_relu",
        "Made for",
        "The function after the weights; it sets the gain.",
        {
            "leaky_relu": "Leaky ReLU",
            "relu": "ReLU",
            "tanh": "tanh",
            "sigmoid": "Sigmoid",
            "selu": "SELU",
            "linear": "Linear",
        },
    )


class KaimingUniform(_Kaiming):
    title: ClassVar[str] = "Kaiming uniform"
    sentence: ClassVar[str] = "Uniform, with bounds made for ReLU; biases become zeros."
    name: Literal["kaiming_uniform"] = "kaiming_uniform"


class KaimingNormal(_Kaiming):
    title: ClassVar[str] = "Kaiming normal"
    sentence: ClassVar[str] = "A bell curve whose width is made for ReLU; biases become zeros."
    name: Literal["kaiming_normal"] = "kaiming_normal"


class Orthogonal(_Gained):
    title: ClassVar[str] = "Orthogonal"
    sentence: ClassVar[str] = (
        "A random rotation, which keeps lengths as they are; biases become zeros."
    )
    working_copies: ClassVar[int] = 4
    name: Literal["orthogonal"] = "orthogonal"


class Sparse(_Torchs):
    title: ClassVar[str] = "Sparse"
    sentence: ClassVar[str] = (
        "Mostly zeros in each column, a bell curve for the rest; biases become zeros."
    )
    matrices_only: ClassVar[bool] = True
    name: Literal["sparse"] = "sparse"
    sparsity: float = real(
        0.9, "Share of zeros", "How much of each column is zero.", low=0, high=1, decimals=2
    )
    std: float = real(
        0.01,
        "Standard deviation",
        "The width of the bell curve for the rest.",
        low=0,
        high=_LARGEST,
        decimals=3,
    )

    def fill(
        self, parameter: torch.Tensor, *, name: str, hidden_size: int, generator: torch.Generator
    ) -> None:
        import torch

        if parameter.dim() < 2:
            torch.nn.init.zeros_(parameter)
            return
        # torch picks the zeros from its global generator whatever it is given, so ours stands in.
        with torch.random.fork_rng(devices=[]):
            torch.set_rng_state(generator.get_state())
            torch.nn.init.sparse_(parameter, self.sparsity, self.std)
            generator.set_state(torch.get_rng_state())


class TruncNormal(_Torchs):
    title: ClassVar[str] = "Truncated normal"
    sentence: ClassVar[str] = (
        "A bell curve without its tails: numbers beyond the bounds are redrawn."
    )
    working_copies: ClassVar[int] = 4
    name: Literal["trunc_normal"] = "trunc_normal"
    mean: float = real(
        0.0,
        "Mean",
        "The middle of the bell curve, between From and To.",
        low=-_LARGEST,
        high=_LARGEST,
        decimals=3,
    )
    std: float = real(
        1.0,
        "Standard deviation",
        "The width of the bell curve.",
        low=0.001,
        high=_LARGEST,
        decimals=3,
    )
    low: float = real(
        -2.0, "From", "The smallest weight.", low=-_LARGEST, high=_LARGEST, decimals=3
    )
    high: float = real(2.0, "To", "The largest weight.", low=-_LARGEST, high=_LARGEST, decimals=3)

    @model_validator(mode="after")
    def _ordered(self) -> TruncNormal:
        _check_bounds(self.low, self.high)
        # Far from the mean nearly every draw is refused, and torch would redraw for ever.
        if not self.low <= self.mean <= self.high:
            raise ValueError("Mean must lie between From and To.")
        return self


def _check_bounds(low: float, high: float) -> None:
    if low >= high:
        raise ValueError("From must be less than To.")
