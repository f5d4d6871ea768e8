"""Sequences among the tensors of a file of torch.save or of safetensors."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from rnnviz.formats.numbers import (
    Taken,
    Tally,
    check_bytes,
    chosen_name,
    pieces,
    usable,
    why_no_sequence,
)
from rnnviz.formats.unreadable import UnreadableFile, plain_size
from rnnviz.limits import FREE_BYTES

if TYPE_CHECKING:
    from torch import Tensor

FOREIGN = {"bfloat16", "float8_e4m3fn", "float8_e4m3fnuz", "float8_e5m2", "float8_e5m2fnuz"}
"""Types that numpy does not have; float32 has each of their numbers."""


def read_torch(
    path: str | os.PathLike[str], name: str | None, stopped: Callable[[], bool]
) -> Taken:
    """Return the tensor of a file of torch.save, or one of those in its dict, tuple or list."""
    from rnnviz.formats.torch_file import load_torch

    check_bytes(path, plain_size(path))
    return _taken(path, _named(path, load_torch(path, stopped=stopped)), name, stopped)


def read_safetensors(
    path: str | os.PathLike[str], name: str | None, stopped: Callable[[], bool]
) -> Taken:
    """Return one of the tensors of a file of safetensors."""
    from rnnviz.formats.safetensors_file import load_safetensors

    check_bytes(path, plain_size(path))
    return _taken(path, load_safetensors(path, stopped=stopped)[0], name, stopped)


def _named(path: str | os.PathLike[str], found: object) -> dict[str, Tensor]:
    """Return all tensors of what torch.save wrote, by name; a bare one has an empty name."""
    import torch

    if isinstance(found, torch.Tensor):
        return {"": found}
    if isinstance(found, (tuple, list)):
        found = dict(enumerate(found))
    pairs = found.items() if isinstance(found, Mapping) else ()
    tensors = {str(name): tensor for name, tensor in pairs if isinstance(tensor, torch.Tensor)}
    if not tensors:
        raise UnreadableFile(path, "There is no tensor in it. Save one, with torch.save(x, …).")
    return tensors


def _taken(
    path: str | os.PathLike[str],
    tensors: Mapping[str, Tensor],
    name: str | None,
    stopped: Callable[[], bool],
) -> Taken:
    names = usable(path, {name: _why_not(tensor) for name, tensor in tensors.items()})
    chosen = chosen_name(path, names, name)
    values, notices = _converted(tensors[chosen], stopped)
    return Taken(values, notices, chosen, tuple(filter(None, names)))


def _why_not(tensor: Tensor) -> str | None:
    """Return a sentence why a tensor is no sequence, or None."""
    import torch

    if tensor.layout != torch.strided or tensor.is_quantized or tensor.is_meta:
        return "It is sparse, quantised, or has no numbers. Save it as a plain tensor."
    size = tensor.numel() * tensor.element_size()
    if size > max(FREE_BYTES, tensor.untyped_storage().nbytes()):
        return "It repeats the numbers that it has. Save a copy: x.clone()."
    dtype = str(tensor.dtype).removeprefix("torch.")
    try:
        of_numpy = np.dtype("float16" if dtype in FOREIGN else dtype)
    except TypeError:
        return f"It holds {dtype}, which numpy does not know. Save it as float32."
    return why_no_sequence(tuple(tensor.shape), of_numpy)


def _converted(
    tensor: Tensor, stopped: Callable[[], bool]
) -> tuple[NDArray[np.float32], tuple[str, ...]]:
    flat = tensor.detach().resolve_neg().reshape(-1)
    tally, values = Tally(), np.empty(flat.numel(), np.float32)
    for place in pieces(flat.numel(), stopped):
        values[place] = tally.converted(_numpy(flat[place]))
    return values.reshape(tuple(tensor.shape)), tally.notices()


def _numpy(flat: Tensor) -> NDArray[Any]:
    foreign = str(flat.dtype).removeprefix("torch.") in FOREIGN
    return (flat.float() if foreign else flat).numpy()
