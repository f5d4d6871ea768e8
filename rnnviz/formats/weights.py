"""Weights of a recurrent layer, out of a checkpoint."""

from __future__ import annotations

import math
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rnnviz.arrays import Stored
from rnnviz.budget import BYTES_A_NUMBER, readable_bytes
from rnnviz.formats.checkpoint import Checkpoint, full_name, read_checkpoint
from rnnviz.formats.float32 import said_of, stored
from rnnviz.formats.layers import LISTED, Candidate, candidates, listed, shape_text
from rnnviz.formats.unreadable import UnreadableFile, plain_size
from rnnviz.limits import MAX_FOUND, MAX_TIMES_FILE
from rnnviz.memory import MemoryLimits
from rnnviz.networks import NETWORKS
from rnnviz.networks.base import Interrupted, never
from rnnviz.settings import NetworkSettings

if TYPE_CHECKING:
    from torch import Tensor

VERSION_KEY = "rnnviz_version"
"""What the metadata of our own files has."""
FUNCTIONS = {"nonlinearity": ("tanh", "relu"), "output_nonlinearity": ("linear", "tanh")}
"""The fields of the network settings that no shape tells, and what they can be."""


class RefusedLayers(UnreadableFile):
    """A checkpoint whose recurrent layers are all of a kind that cannot be shown."""


@dataclass(frozen=True)
class FoundLayer:
    """A recurrent layer of a file.

    Attributes
    ----------
    name : str
        What stands before its parameters' names, such as ``encoder.rnn``; empty for a bare one.
    kind : str
        A key of `NETWORKS`.
    sizes : dict
        Fields for `NetworkSettings`, as far as the kind has them.
    tensors : dict of str to Stored
        By the module's own names, in the module's own order.
    unknown : tuple of str
        The fields that the file does not tell: the user must be asked.
    notices : tuple of str
        What was converted.
    """

    name: str
    kind: str
    sizes: dict[str, Any]
    tensors: dict[str, Stored]
    unknown: tuple[str, ...] = ()
    notices: tuple[str, ...] = ()


@dataclass(frozen=True)
class Weights:
    """What a file of weights holds.

    Attributes
    ----------
    path : Path
    layers : tuple of FoundLayer
        At least one. Where there are several, the user chooses.
    notices : tuple of str
        What was left out.
    others : tuple of str
        The names of the tensors that belong to none of the layers.
    """

    path: Path
    layers: tuple[FoundLayer, ...]
    notices: tuple[str, ...] = ()
    others: tuple[str, ...] = ()


def read_weights(path: str | os.PathLike[str], *, stopped: Callable[[], bool] = never) -> Weights:
    """Return the recurrent layers of a checkpoint: a file of safetensors or of torch.save.

    Parameters
    ----------
    path : path-like
    stopped : callable
        Asked from time to time; a true answer ends the work.

    Raises
    ------
    UnreadableFile
        If the file holds no recurrent layer that can be shown, or cannot be read.
    Interrupted
        If `stopped` said so.
    """
    checkpoint = read_checkpoint(path, stopped=stopped)
    every = candidates(checkpoint.tensors)
    if len(every) > MAX_FOUND:
        said = f"It has {len(every):,} recurrent layers; at most {MAX_FOUND:,} are looked at."
        raise UnreadableFile(path, f"{said} Save one of them alone.")
    problems = [layer.problem for layer in every]
    names = _names(every)
    refused = [f"{name or 'It'} {why}" for name, why in zip(names, problems, strict=True) if why]
    sound = [k for k, why in enumerate(problems) if not why]
    if not sound and refused:
        raise RefusedLayers(path, " ".join(refused[:LISTED]))
    if not sound:
        raise UnreadableFile(path, _nothing_in(checkpoint))
    _check_bytes(path, [every[k] for k in sound])
    layers = []
    for k in sound:
        if stopped():
            raise Interrupted
        metadata = checkpoint.metadata if len(every) == 1 else {}
        layers.append(_found(names[k], every[k], _told(every[k].kind, metadata)))
    others = _others(checkpoint, [every[k] for k in sound])
    notices = (*(f"{said} It is left out." for said in refused), *_heads(others, layers))
    return Weights(Path(path), tuple(layers), notices, tuple(others))


def _nothing_in(checkpoint: Checkpoint) -> str:
    found = [full_name(*key) for key in checkpoint.tensors]
    count = "one tensor" if len(found) == 1 else f"{len(found):,} tensors"
    return (
        f"It holds {count}, but no recurrent layer: {listed(found)}. Names such as weight_ih_l0, "
        "weight_ih or W_ih would be one."
    )


def _check_bytes(path: str | os.PathLike[str], layers: list[Candidate]) -> None:
    """Hold what the layers would take against the memory, and against the file."""
    shapes = (tensor.shape for layer in layers for tensor in layer.tensors.values())
    needed = BYTES_A_NUMBER * sum(map(math.prod, shapes))
    budget, whole = MemoryLimits.of_this_machine().budget, plain_size(path)
    if needed > budget:
        raise UnreadableFile(
            path,
            f"Its recurrent layers would take {readable_bytes(needed)}; {readable_bytes(budget)} "
            "are allowed on this machine. Save one of them alone.",
        )
    if needed > MAX_TIMES_FILE * whole:
        raise UnreadableFile(
            path,
            f"Its recurrent layers would take {readable_bytes(needed)}, though the file has "
            f"{readable_bytes(whole)}: their numbers lie on top of each other. Save a copy of "
            "each, made by .clone().",
        )


def _names(layers: list[Candidate]) -> list[str]:
    """Return the layers' names, with the dictionaries around where these are not the same."""
    several = len({layer.place for layer in layers}) > 1
    return [
        ".".join(filter(None, (*(layer.place if several else ()), layer.prefix)))
        for layer in layers
    ]


def _found(name: str, layer: Candidate, told: dict[str, str]) -> FoundLayer:
    sizes = layer.sizes | told
    unknown = tuple(field for field in _asked(layer.kind) if field not in sizes)
    shapes = NetworkSettings(kind=layer.kind, **sizes).shapes
    given = {parameter: layer.tensors[parameter] for parameter in shapes}
    taken = {parameter: stored(tensor) for parameter, tensor in given.items()}
    return FoundLayer(name, layer.kind, sizes, taken, unknown, said_of(given, taken))


def _asked(kind: str) -> list[str]:
    options = NETWORKS[kind].options | {"nonlinearity"}
    return [field for field in FUNCTIONS if field in options]


def _told(kind: str, metadata: dict[str, str]) -> dict[str, str]:
    """Return what a file of our own says beside the tensors."""
    if VERSION_KEY not in metadata or metadata.get("kind") != kind:
        return {}
    return {
        field: metadata[field] for field in _asked(kind) if metadata.get(field) in FUNCTIONS[field]
    }


def _others(checkpoint: Checkpoint, layers: list[Candidate]) -> dict[str, Tensor]:
    """Return the tensors that belong to none of the layers, by their names in the file."""
    taken = {key for layer in layers for key in layer.keys}
    return {full_name(*key): t for key, t in checkpoint.tensors.items() if key not in taken}


def _heads(others: dict[str, Tensor], layers: list[FoundLayer]) -> Iterator[str]:
    """Say which matrices may be an output layer, which a network of torch does not have."""
    widths = {_width(layer): layer for layer in layers if "output_size" not in layer.sizes}
    for name, tensor in others.items():
        above = widths.get(tensor.shape[1]) if tensor.ndim == 2 else None
        if above and name.rpartition(".")[2] == "weight":
            yield (
                f"{name} ({shape_text(tensor.shape)}) could be an output layer; "
                f"{NETWORKS[above.kind].title} has none, so it is left out."
            )


def _width(layer: FoundLayer) -> int:
    """Return how many numbers a layer above would read."""
    directions = 2 if layer.sizes.get("bidirectional") else 1
    return directions * int(layer.sizes["hidden_size"])
