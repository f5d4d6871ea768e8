"""A network's weights into a file, under its own names, torch's or the exercise's."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rnnviz import __version__
from rnnviz.files import written
from rnnviz.formats.weights import FUNCTIONS, VERSION_KEY
from rnnviz.networks import NETWORKS
from rnnviz.networks.conversion import CORRESPONDENCE, carry, why_not

if TYPE_CHECKING:
    from torch import Tensor, nn

    from rnnviz.networks.base import Network

KINDS = {"torch": "rnn", "exercise": "elman"}
"""Whose names there are, and the kind that has them."""
SAFETENSORS = ".safetensors"
SUFFIXES = (SAFETENSORS, ".pt", ".pth")
RNN, LINEAR = "rnn", "linear"
"""Under torch's names an output layer is a module of its own: nn.Linear, above nn.RNN."""


@dataclass(frozen=True)
class _Named:
    """Tensors as they are written, whose they are, and what is not the same in them."""

    kind: str
    module: Any
    tensors: dict[str, Tensor]
    notices: list[str] = field(default_factory=list)


def save_weights(
    path: str | os.PathLike[str], network: nn.Module | Network, *, names: str = ""
) -> tuple[str, ...]:
    """Write the weights of a network, whole or not at all, in the format that the suffix says.

    Parameters
    ----------
    path : path-like
        Ending in ``.safetensors``, which says the kind and the nonlinearities as well, or in
        ``.pt`` or ``.pth`` for a dictionary that ``torch.load(path)`` returns.
    network : nn.Module or Network
        An `ElmanRNN`, `torch.nn.RNNCell` or `torch.nn.RNN`, of any dtype and on any device.
    names : {"", "torch", "exercise"}
        Whose names the weights get; the module's own where nothing is said. Under torch's,
        ElmanRNN becomes ``rnn`` (an nn.RNN) and ``linear`` (an nn.Linear above it). Under the
        exercise's, an nn.RNN or nn.RNNCell gets a single bias, and the identity as output layer.

    Returns
    -------
    tuple of str
        What is not the same in the file, one sentence each; empty where all is.

    Raises
    ------
    ValueError
        If the weights cannot be had under these names, or the suffix is another.
    OSError
        If the file cannot be written; an old one is untouched then.
    """
    suffix = Path(path).suffix.lower()
    if suffix not in SUFFIXES:
        raise ValueError(f"Weights are saved as {', '.join(SUFFIXES)}, not as “{suffix}”.")
    module: Any = getattr(network, "module", network)
    named = _named(module, names)
    tensors = {name: t.detach().cpu().contiguous().clone() for name, t in named.tensors.items()}
    if suffix == SAFETENSORS:
        _write_safetensors(path, tensors, _metadata(named.kind, named.module))
    else:
        _write_torch(path, tensors)
    return tuple(named.notices)


def _write_safetensors(
    path: str | os.PathLike[str], tensors: dict[str, Tensor], metadata: dict[str, str]
) -> None:
    from safetensors.torch import save

    content = save(tensors, metadata)
    with written(path) as file:
        file.write(content)


def _write_torch(path: str | os.PathLike[str], tensors: dict[str, Tensor]) -> None:
    import torch

    with written(path) as file:
        torch.save(tensors, file)


def _metadata(kind: str, module: Any) -> dict[str, str]:
    """Return what shapes do not tell; ``format`` is what other readers look for."""
    said = {name: getattr(module, name) for name in FUNCTIONS if hasattr(module, name)}
    return {"format": "pt", VERSION_KEY: __version__, "kind": kind} | said


def _named(module: nn.Module, names: str) -> _Named:
    if names not in ("", *KINDS):
        raise ValueError(f"names must be one of {', '.join(map(repr, KINDS))}, not {names!r}")
    reason = why_not(module, KINDS.get(names, "rnn"))
    if reason:
        raise ValueError(reason)
    own = module.state_dict()
    kind = next((k for k, about in NETWORKS.items() if about.symbols["W_ih"] in own), "")
    if not kind:
        raise ValueError("Its weights are computed anew at each call: remove what does so first.")
    has_output = "W_ho" in NETWORKS[kind].symbols
    if not names or (names == "exercise") == has_output:
        return _Named(kind, module, own)
    return _as_torch(module) if has_output else _as_exercise(module, kind)


def _as_torch(module: Any) -> _Named:
    """Return ElmanRNN's weights as those of an nn.RNN and of an nn.Linear above it."""
    rnn = carry(module, KINDS["torch"]).module
    tensors = {f"{RNN}.{name}": tensor for name, tensor in rnn.state_dict().items()}
    tensors |= {f"{LINEAR}.weight": module.W_ho, f"{LINEAR}.bias": module.b_ho}
    notices = [f"W_ho and b_ho are those of an nn.Linear, {LINEAR}, above the nn.RNN, {RNN}."]
    if module.output_nonlinearity != "linear":
        notices.append(f"The {module.output_nonlinearity} of the output is not in the file.")
    return _Named(KINDS["torch"], rnn, tensors, notices)


def _as_exercise(module: Any, kind: str) -> _Named:
    """Return torch's weights as those of an ElmanRNN of the same states."""
    carried = carry(module, KINDS["exercise"]).module
    changes = list(_changes(module, kind))
    return _Named(KINDS["exercise"], carried, carried.state_dict(), changes)


def _changes(module: Any, kind: str) -> Iterator[str]:
    for row in CORRESPONDENCE:
        own = row.names(kind)
        if len(own) > 1 and module.bias and all(bool(getattr(module, n).any()) for n in own):
            yield f"{row.symbol} is {row.written(kind)}, rounded once."
    yield "W_ho is the identity and b_ho zero, so that y_t = h_t."
