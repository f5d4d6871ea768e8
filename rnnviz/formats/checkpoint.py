"""The named tensors of a file of weights, whichever format it has."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from rnnviz.formats.safetensors_file import header_length, load_safetensors
from rnnviz.formats.torch_file import SAVE_AGAIN, load_torch
from rnnviz.formats.unreadable import UnreadableFile, plain_size
from rnnviz.limits import MAX_DEPTH, MAX_NAME, MAX_TENSORS
from rnnviz.networks.base import Interrupted, never

if TYPE_CHECKING:
    from torch import Tensor


Place = tuple[str, ...]
"""The keys of the dictionaries around a state dict."""


@dataclass(frozen=True)
class Checkpoint:
    """What lies in a file of weights.

    Attributes
    ----------
    tensors : dict of (tuple of str, str) to Tensor
        By the keys of the dictionaries around, and the name.
    metadata : dict of str to str
        What stands beside them; a file of torch.save has none.
    """

    tensors: dict[tuple[Place, str], Tensor] = field(default_factory=dict)
    metadata: dict[str, str] = field(default_factory=dict)


def read_checkpoint(
    path: str | os.PathLike[str], *, stopped: Callable[[], bool] = never
) -> Checkpoint:
    """Return the tensors of a file; their numbers are not looked at.

    What the file is, its first bytes say: many a name is wrong.

    Raises
    ------
    UnreadableFile
        If it cannot be read, or holds no named tensors.
    Interrupted
        If `stopped` said so.
    """
    if plain_size(path) == 0:
        raise UnreadableFile(path, "It is empty. Was it written to the end?")
    if _is_safetensors(path):
        named, metadata = load_safetensors(path, stopped=stopped)
        return Checkpoint(_tensors_of(path, named, stopped), metadata)
    return Checkpoint(_tensors_of(path, load_torch(path, stopped=stopped), stopped))


def full_name(place: Place, name: str) -> str:
    """Return a tensor's name with the keys around it, as ``state_dict.rnn.weight_ih_l0``."""
    return ".".join((*place, name))


def _is_safetensors(path: str | os.PathLike[str]) -> bool:
    return Path(path).suffix.lower() == ".safetensors" or header_length(path) is not None


def _tensors_of(
    path: str | os.PathLike[str], loaded: object, stopped: Callable[[], bool]
) -> dict[tuple[Place, str], Tensor]:
    from torch import Tensor

    if isinstance(loaded, Tensor):
        raise UnreadableFile(
            path, f"It holds a single tensor without a name, not weights by name. {SAVE_AGAIN}"
        )
    found: dict[tuple[Place, str], Tensor] = {}
    for place, name, tensor in _walk(path, loaded, (), set()):
        if stopped():
            raise Interrupted
        _check_name(path, full_name(place, name))
        found[place, name] = tensor
        if len(found) > MAX_TENSORS:
            raise UnreadableFile(path, f"It has more than {MAX_TENSORS:,} tensors, the limit.")
    if not found:
        raise UnreadableFile(path, f"It holds no tensors. {SAVE_AGAIN}")
    return found


def _check_name(path: str | os.PathLike[str], name: str) -> None:
    if len(name) > MAX_NAME:
        said = f"A tensor has a name of {len(name):,} characters; at most {MAX_NAME} are read."
        raise UnreadableFile(path, said)
    if not name.isprintable():
        raise UnreadableFile(path, f"A tensor has a name that cannot be shown: {name!a:.80}.")


def _walk(
    path: str | os.PathLike[str], value: object, place: Place, seen: set[int]
) -> Iterator[tuple[Place, str, Tensor]]:
    """Find the tensors in dictionaries and lists, each of which is looked at once."""
    from torch import Tensor

    if id(value) in seen:
        return
    if len(place) > MAX_DEPTH:
        said = f"Its dictionaries lie more than {MAX_DEPTH} deep in each other, the limit."
        raise UnreadableFile(path, said)
    seen.add(id(value))
    for name, part in _parts(value):
        if isinstance(part, Tensor):
            yield place, name, part
        else:
            yield from _walk(path, part, (*place, name), seen)


def _parts(value: object) -> list[tuple[str, object]]:
    if isinstance(value, dict):
        return [(str(key), part) for key, part in value.items()]
    if isinstance(value, (list, tuple)):
        return [(str(k), part) for k, part in enumerate(value)]
    return []
