"""Sequences drawn by chance."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Literal

from rnnviz.sequences.base import Source

if TYPE_CHECKING:
    import torch


class Normal(Source):
    title: ClassVar[str] = "Standard normal noise"
    sentence: ClassVar[str] = "Independent random numbers with mean 0 and standard deviation 1."
    common: ClassVar[bool] = True
    uses_seed: ClassVar[bool] = True
    name: Literal["normal"] = "normal"

    def draw(
        self, length: int, batch_size: int, input_size: int, generator: torch.Generator
    ) -> torch.Tensor:
        import torch

        # The plain call that a script would make, so that both draw the same bits.
        return torch.randn(length, batch_size, input_size, dtype=torch.float32, generator=generator)

    def code(self, length: int, batch_size: int, input_size: int) -> list[str]:
        return [f"inputs = torch.randn({length}, {batch_size}, {input_size})  # (T, B, I)"]
