"""Tensors of any floating-point type as float32 values, and what that does to their numbers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

import numpy as np

from rnnviz.arrays import Stored

if TYPE_CHECKING:
    from torch import Tensor


def stored(tensor: Tensor) -> Stored:
    """Return a copy in float32, so that nothing hangs on a file any more."""
    import torch

    values = tensor.detach().resolve_neg().to(torch.float32, copy=True).contiguous().numpy()
    values.flags.writeable = False  # nobody else has it: it need not be copied again
    return Stored(values)


def said_of(given: Mapping[str, Tensor], taken: Mapping[str, Stored]) -> tuple[str, ...]:
    """Return what happened to tensors on their way, and which of their numbers are none."""
    return (*_converted(given), *_not_finite(given, taken))


def _converted(given: Mapping[str, Tensor]) -> Iterator[str]:
    import torch

    for dtype in dict.fromkeys(tensor.dtype for tensor in given.values()):
        name = str(dtype).removeprefix("torch.")
        if dtype.itemsize > torch.float32.itemsize:
            yield f"{name} was rounded to float32."
        elif dtype != torch.float32:
            yield f"{name} was converted to float32, which has each of its numbers."


def _not_finite(given: Mapping[str, Tensor], taken: Mapping[str, Stored]) -> Iterator[str]:
    import torch

    for name, values in taken.items():
        before = given[name].numel() - int(torch.isfinite(given[name]).sum())
        after = int((~np.isfinite(values.values)).sum())
        if before:
            yield f"{name} holds {_counted(before)} not finite: NaN or infinite."
        if after > before:
            yield f"{name} holds {_counted(after - before)} too large for float32: now infinite."


def _counted(count: int) -> str:
    return "1 number that is" if count == 1 else f"{count:,} numbers that are"
