"""Recurrent layers among named tensors: which there are, and why one cannot be shown."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from rnnviz.formats.checkpoint import Place
from rnnviz.limits import MAX_LAYERS, MAX_SIZE
from rnnviz.networks import NETWORKS
from rnnviz.networks.conversion import FIRST_LAYER
from rnnviz.settings import NetworkSettings

if TYPE_CHECKING:
    from torch import Tensor

GATED = {4: "an LSTM", 3: "a GRU"}
"""How often the hidden size goes into the rows of each matrix."""
SUFFIX = r"_l(?P<layer>\d{1,4})(?P<reverse>_reverse)?"
"""How nn.RNN's names of any layer and direction end."""
MORE = {
    "elman": {
        "b_hh": "has a second bias, b_hh, which ElmanRNN does not have: add it to b_ih, and leave "
        "it out."
    },
    "rnn": {
        f"weight_hr{FIRST_LAYER}": "is an LSTM with projections (weight_hr). Only the plain "
        "networks without gates are shown: nn.RNN, nn.RNNCell, ElmanRNN."
    },
}
"""Names that stand beside those of a kind in modules of another sort, and what these are."""
SAVE_WHOLE = (
    "Save the whole state_dict() again, without pruning, weight normalisation and the like."
)
"""Under these, what is in the state dict are the numbers that a weight is computed from."""
LISTED = 3
"""So many names are listed."""


@dataclass(frozen=True)
class Candidate:
    """Tensors that by their names are one recurrent layer, whether or not it can be shown.

    Attributes
    ----------
    place : tuple of str
        The keys of the dictionaries around its state dict.
    prefix : str
        What stands before the parameters' names, without the last dot.
    kind : str
        A key of `NETWORKS`.
    tensors : dict of str to Tensor
        By the module's own names.
    """

    place: Place
    prefix: str
    kind: str
    tensors: dict[str, Tensor]

    @property
    def keys(self) -> list[tuple[Place, str]]:
        """Where its tensors are in `Checkpoint.tensors`."""
        return [
            (self.place, f"{self.prefix}.{name}" if self.prefix else name) for name in self.tensors
        ]

    @property
    def sizes(self) -> dict[str, Any]:
        """The fields of the network settings that names and shapes tell."""
        symbols, tensors = NETWORKS[self.kind].symbols, self.tensors
        sizes = {
            "input_size": tensors[symbols["W_ih"]].shape[1],
            "hidden_size": tensors[symbols["W_hh"]].shape[1],
        }
        if "W_ho" in symbols:
            sizes["output_size"] = tensors[symbols["W_ho"]].shape[0]
        return sizes | self.structure

    @property
    def structure(self) -> dict[str, Any]:
        """The fields of the network settings that the names tell alone."""
        matches = [re.search(f"{SUFFIX}$", name) for name in self.tensors]
        depths = [int(match["layer"]) for match in matches if match]
        told = {
            "num_layers": max(depths, default=0) + 1,
            "bias": any(name.startswith("b") for name in self.tensors),
            "bidirectional": any(match and match["reverse"] for match in matches),
        }
        options = NETWORKS[self.kind].options
        return {field: value for field, value in told.items() if field in options}

    @property
    def problem(self) -> str:
        """Why it cannot be shown, as what follows its name; empty if it can be."""
        return next(filter(None, (check(self) for check in _CHECKS)), "")


def candidates(tensors: Mapping[tuple[Place, str], Tensor]) -> list[Candidate]:
    """Return what by its names is a recurrent layer, in the order of the file."""
    found: dict[tuple[Place, str, str], Candidate] = {}
    for (place, name), tensor in tensors.items():
        prefix, _, leaf = name.rpartition(".")
        kind = _kind_of(leaf)
        if kind:
            new = Candidate(place, prefix, kind, {})
            found.setdefault((place, prefix, kind), new).tensors[leaf] = tensor
    return list(found.values())


def listed(names: list[str]) -> str:
    """Return the first few names, and how many more there are."""
    more = len(names) - LISTED
    return ", ".join(names[:LISTED]) + (f" and {more:,} more" if more > 0 else "")


def shape_text(shape: tuple[int, ...]) -> str:
    """Return a shape as ``20 × 5``."""
    return " × ".join(f"{size:,}" for size in shape) or "a single number"


def _names(kind: str) -> set[str]:
    return {*NETWORKS[kind].symbols.values(), *MORE.get(kind, ())}


def _kind_of(leaf: str) -> str:
    """Return the kind that has a parameter of this name, in any layer; empty if none has."""
    in_first_layer = _in_first_layer(leaf)
    return next((kind for kind in NETWORKS if in_first_layer in _names(kind)), "")


def _in_first_layer(leaf: str) -> str:
    return re.sub(f"{SUFFIX}$", FIRST_LAYER, leaf)


def _other_numbers(layer: Candidate) -> str:
    """Say which of its tensors are no plain real numbers."""
    for name, tensor in layer.tensors.items():
        what, advice = _sort_of(tensor)
        if what:
            return f"holds {what} ({name}). {advice}"
    return ""


def _sort_of(tensor: Tensor) -> tuple[str, str]:
    import torch

    dtype = str(tensor.dtype).removeprefix("torch.")
    if tensor.is_quantized or (tensor.dtype.itemsize == 1 and tensor.dtype.is_floating_point):
        return f"quantised numbers, {dtype}", "Save the weights from before they were quantised."
    if tensor.layout != torch.strided:
        return "a sparse tensor", "Call .to_dense() on it before saving."
    if tensor.is_meta:
        return "a meta tensor, which has no numbers", "Save the model after its weights are there."
    if tensor.dtype.is_complex:
        return f"complex numbers, {dtype}", "The networks here have real weights."
    if not tensor.dtype.is_floating_point:
        return f"whole numbers, {dtype}", "Save the weights as they were trained, as float32 say."
    return "", ""


def _too_deep(layer: Candidate) -> str:
    count = layer.structure.get("num_layers", 1)
    return f"has {count:,} layers; at most {MAX_LAYERS} are shown." if count > MAX_LAYERS else ""


def _of_another_sort(layer: Candidate) -> str:
    """Say which names it has beside those of its kind."""
    sorts = MORE.get(layer.kind, {})
    return next((sorts[bare] for bare in map(_in_first_layer, layer.tensors) if bare in sorts), "")


def _gates(layer: Candidate) -> str:
    """Say whether its rows are those of a kind with gates."""
    name = NETWORKS[layer.kind].symbols["W_hh"]
    shape = layer.tensors[name].shape if name in layer.tensors else ()
    if len(shape) != 2 or not shape[1] or shape[0] % shape[1]:
        return ""
    gated = GATED.get(shape[0] // shape[1])
    return (
        f"is {gated}: its {name} has {shape[0] // shape[1]} × {shape[1]:,} rows. "
        "Only the plain networks without gates are shown: nn.RNN, nn.RNNCell, ElmanRNN."
        if gated
        else ""
    )


def _missing(layer: Candidate) -> str:
    needed = NetworkSettings(kind=layer.kind, **layer.structure).shapes
    missing = [name for name in needed if name not in layer.tensors]
    return f"lacks {listed(missing)}. {SAVE_WHOLE}" if missing else ""


def _misfits(layer: Candidate) -> str:
    """Say which shapes do not agree with those that tell the sizes."""
    tensors, plain = layer.tensors, NetworkSettings(kind=layer.kind, **layer.structure).shapes
    wrong = [name for name in plain if tensors[name].ndim != len(plain[name])]
    if wrong:
        return f"does not fit together: {wrong[0]} is {shape_text(tensors[wrong[0]].shape)}."
    needed = NetworkSettings().model_copy(update={"kind": layer.kind, **layer.sizes}).shapes
    said = [
        f"{name} is {shape_text(tensors[name].shape)}, not {shape_text(shape)}"
        for name, shape in needed.items()
        if tensors[name].shape != shape
    ]
    return f"does not fit together: {listed(said)}." if said else ""


def _too_large(layer: Candidate) -> str:
    for field, size in layer.sizes.items():
        if field in ("input_size", "hidden_size", "output_size") and not 1 <= size <= MAX_SIZE:
            return f"has {field} {size:,}; it can be 1 to {MAX_SIZE:,}."
    return ""


_CHECKS = (_other_numbers, _too_deep, _of_another_sort, _gates, _missing, _misfits, _too_large)
"""One after the other: each relies on those before."""
