"""Weights that came from a file."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, ClassVar, Literal

from rnnviz.arrays import Stored
from rnnviz.initialization.base import Scheme
from rnnviz.tables import counted

if TYPE_CHECKING:
    import torch

FILE_IN_CODE = "weights.safetensors"
"""What the file is called in a script: the one that File > Save weights writes."""


class Loaded(Scheme):
    title: ClassVar[str] = "From a file"
    sentence: ClassVar[str] = "The numbers of a file that you opened."
    common: ClassVar[bool] = True
    from_file: ClassVar[bool] = True
    uses_seed: ClassVar[bool] = False
    name: Literal["file"] = "file"
    file: str = ""
    """What the numbers come from, as the user reads it."""
    tensors: dict[str, Stored] = {}
    """The numbers by the parameter's name in its module."""

    def about(self) -> str:
        if not self.tensors:
            return self.sentence
        numbers = sum(stored.values.size for stored in self.tensors.values())
        return f"{self.file}: {counted(numbers)} in {counted(len(self.tensors), 'parameter')}."

    def misfit(self, name: str, shape: tuple[int, ...]) -> str | None:
        if not self.tensors:
            return "Open a file with weights first: File > Open, or drop it on the window."
        if name not in self.tensors:
            return f"{self.file} has no {name}."
        found = self.tensors[name].shape
        if found == shape:
            return None
        return f"{name} is {_sides(found)} in {self.file}; this network needs {_sides(shape)}."

    def fill(
        self, parameter: torch.Tensor, *, name: str, hidden_size: int, generator: torch.Generator
    ) -> None:
        import torch

        if sentence := self.misfit(name, tuple(parameter.shape)):
            raise ValueError(sentence)
        with torch.no_grad():
            parameter.copy_(torch.tensor(self.tensors[name].values))

    def needed_code(self) -> list[str]:
        return [
            "# File > Save weights writes this file.",
            "from safetensors.torch import load_file",
            f'weights = load_file("{FILE_IN_CODE}")',
        ]

    def code(
        self, target: str, *, name: str, shape: tuple[int, ...], hidden_size: int
    ) -> list[str]:
        return [f'{target}.data.copy_(weights["{name}"])']

    def renamed(self, names: Mapping[str, str]) -> Loaded:
        tensors = {names.get(name, name): numbers for name, numbers in self.tensors.items()}
        return self.model_copy(update={"tensors": tensors})

    def fitted(self, shapes: Mapping[str, tuple[int, ...]]) -> Loaded | None:
        """Return the same, a bias that the file lacks being zeros; None where it does not fit."""
        missing = {
            name: Stored([0.0] * shape[0])
            for name, shape in shapes.items()
            if name not in self.tensors and len(shape) == 1
        }
        filled = self.model_copy(update={"tensors": self.tensors | missing})
        fits = all(filled.misfit(name, shape) is None for name, shape in shapes.items())
        return filled if fits else None

    def what_became(self, now: Scheme) -> str:
        return f"The weights of {self.file} do not fit any more: {now.title} draws them now."


def _sides(shape: tuple[int, ...]) -> str:
    return " × ".join(f"{side:,}" for side in shape) or "a single number"
