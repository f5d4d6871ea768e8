"""How a student's module calls the parameters of the equation, and what sizes they tell."""

from __future__ import annotations

from collections.abc import Mapping

from torch import Tensor, nn

from rnnviz.networks import NETWORKS
from rnnviz.networks.conversion import CORRESPONDENCE

NEEDED = {
    "W_ih": "(hidden, input)",
    "W_hh": "(hidden, hidden)",
    "b_ih": "(hidden,)",
    "W_ho": "(output, hidden)",
    "b_ho": "(output,)",
}
"""The exercise's parameters, and their shapes."""
OF_OUTPUT = ("W_ho", "b_ho")


def names_of(module: nn.Module, *, with_output: bool) -> dict[str, str]:
    """Find out how a module calls the symbols of the equation.

    The exercise's names are known, Wikipedia's, and torch's, which have two biases or none.

    Raises
    ------
    ValueError
        If one is missing; the text says which are needed.
    """
    notations = _notations()
    found = [_present(module, notation) for notation in notations]
    best = max(range(len(found)), key=lambda place: len(found[place]))
    needed = [name for name in NEEDED if with_output or name not in OF_OUTPUT]
    if {"W_ih", "W_hh"} <= found[best].keys() and "b_hh" in notations[best]:
        needed.remove("b_ih")  # torch's kinds can do without biases
    missing = [symbol for symbol in needed if symbol not in found[best]]
    if missing:
        named = [notations[best].get(symbol, symbol) for symbol in missing]
        text = _say_missing(module, named, needed)
        only_output = set(missing) <= set(OF_OUTPUT)
        raise ValueError(text + ' Without them, take reference="rnn_cell".' * only_output)
    return {name: own for name, own in found[best].items() if with_output or name not in OF_OUTPUT}


def unknown_parameters(module: nn.Module) -> list[str]:
    """Return the names of parameters that are in no notation of the equation."""
    known = {name for notation in _notations() for name in notation.values()}
    return [name for name, _ in module.named_parameters() if name not in known]


def _notations() -> list[dict[str, str]]:
    """Return the exercise's names of the symbols, Wikipedia's, and those of torch's two kinds."""
    wikipedia = {row.symbol: row.wikipedia for row in CORRESPONDENCE}
    exercise, *of_torch = (dict(kind.symbols) for kind in NETWORKS.values())
    return [exercise, wikipedia, *of_torch]


def _present(module: nn.Module, notation: Mapping[str, str]) -> dict[str, str]:
    return {
        symbol: name
        for symbol, name in notation.items()
        if isinstance(getattr(module, name, None), Tensor)
    }


def _say_missing(module: nn.Module, missing: list[str], needed: list[str]) -> str:
    wikipedia = {row.symbol: row.wikipedia for row in CORRESPONDENCE}
    shapes = ", ".join(f"{name} {NEEDED[name]}" for name in needed)
    theirs = ", ".join(wikipedia[name] for name in needed)
    return (
        f"{type(module).__name__} has no {', no '.join(missing)}. "
        f"Its parameters must be {shapes}, or be called {theirs}, as in Wikipedia's formula."
    )


def sizes_of(module: nn.Module, names: Mapping[str, str]) -> tuple[int, int, int]:
    """Return input, hidden and output size (1 without an output), from the parameters' shapes.

    Raises
    ------
    ValueError
        If the shapes do not fit together, or a parameter is not of real numbers, or has none.
    """
    weights: dict[str, Tensor] = {symbol: getattr(module, name) for symbol, name in names.items()}
    h = len(weights["W_hh"]) if weights["W_hh"].ndim else 0
    o = len(weights["b_ho"]) if "b_ho" in weights and weights["b_ho"].ndim else 1
    i = weights["W_ih"].shape[-1] if weights["W_ih"].ndim else 0
    wanted = {"W_ih": (h, i), "W_hh": (h, h), "W_ho": (o, h), "b_ho": (o,)}
    for symbol, weight in weights.items():
        _check_shape(
            names[symbol], weight, wanted.get(symbol, (h,)), NEEDED.get(symbol, "(hidden,)")
        )
        if not weight.is_floating_point():
            raise ValueError(f"{names[symbol]} must be of real numbers, not {weight.dtype}.")
        if weight.is_meta:
            raise ValueError(f"{names[symbol]} has no numbers: it is on the meta device.")
    return i, h, o


def _check_shape(name: str, weight: Tensor, wanted: tuple[int, ...], words: str) -> None:
    if tuple(weight.shape) != wanted or 0 in wanted:
        units = "outputs" if words.startswith("(output") else "hidden units"
        raise ValueError(
            f"{name} has the shape {tuple(weight.shape)}; {words} is needed, "
            f"with {wanted[0]} {units}."
        )
