"""What a recording says of the layer that it is of."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from torch import Tensor, nn

from rnnviz.networks import NETWORKS
from rnnviz.networks.elman import ACTIVATIONS, OUTPUT_ACTIVATIONS, ElmanRNN
from rnnviz.networks.undisturbed import parameters_undisturbed


def describe(layer: nn.Module) -> dict[str, Any]:
    """Return the fields of the network settings that describe a layer.

    Parameters
    ----------
    layer : nn.Module
        As `find_layer` returns it.
    """
    of_kind = _rnn if isinstance(layer, nn.RNN) else _cell if _is_cell(layer) else _exercise
    return of_kind(layer) | {"training": layer.training}


def parameters_of(layer: nn.Module, description: dict[str, Any]) -> dict[str, tuple[int, ...]]:
    """Return the names and shapes of a layer's parameters.

    Raises
    ------
    ValueError
        If a parameter is of another shape than the description says: a student's own may be.
    """
    sizes: Any = SimpleNamespace(**description)
    shapes = NETWORKS[description["kind"]].shapes(sizes)
    with parameters_undisturbed(layer):
        there = {name: tuple(getattr(layer, name).shape) for name in shapes}
    for name, shape in shapes.items():
        found = there[name]
        if found != shape:
            raise ValueError(f"{name} has the shape {found}; {shape} is needed.")
    return shapes


def is_of_its_own(layer: nn.Module) -> bool:
    """Return whether what the layer computes is not known: a student's own module."""
    return type(layer) not in (nn.RNN, nn.RNNCell, ElmanRNN)


def _is_cell(layer: nn.Module) -> bool:
    return isinstance(layer, nn.RNNCell)


def _rnn(layer: Any) -> dict[str, Any]:
    return _described("rnn", layer) | {
        "num_layers": layer.num_layers,
        "bias": layer.bias,
        "bidirectional": layer.bidirectional,
        "dropout": float(layer.dropout),
    }


def _cell(layer: Any) -> dict[str, Any]:
    return _described("rnn_cell", layer) | {"bias": layer.bias}


def _exercise(layer: Any) -> dict[str, Any]:
    w_ih, w_ho = layer.W_ih, layer.W_ho
    sizes = {"input_size": _side(w_ih, 1), "hidden_size": _side(w_ih, 0)}
    squash = _known(layer, "output_nonlinearity", OUTPUT_ACTIVATIONS)
    return _described("elman", SimpleNamespace(**sizes, nonlinearity=_nonlinearity(layer))) | {
        "output_size": _side(w_ho, 0),
        "output_nonlinearity": squash,
    }


def _described(kind: str, layer: Any) -> dict[str, Any]:
    """Return all fields, those that a kind does not have at their plainest."""
    return {
        "kind": kind,
        "input_size": layer.input_size,
        "hidden_size": layer.hidden_size,
        "output_size": 1,
        "num_layers": 1,
        "nonlinearity": layer.nonlinearity,
        "output_nonlinearity": "linear",
        "bias": True,
        "bidirectional": False,
        "dropout": 0.0,
    }


def _side(matrix: Tensor, axis: int) -> int:
    if matrix.ndim != 2:
        raise ValueError(
            f"The layer's matrices have the shape {tuple(matrix.shape)}, not (rows, columns)."
        )
    return matrix.shape[axis]


def _nonlinearity(layer: nn.Module) -> str:
    return _known(layer, "nonlinearity", ACTIVATIONS)


def _known(layer: nn.Module, name: str, known: dict[str, Any]) -> str:
    """Return what an attribute says, or the first of those that are known."""
    found = getattr(layer, name, None)
    return found if isinstance(found, str) and found in known else next(iter(known))
