"""A student's own module, and its numbers with weights that are drawn."""

from __future__ import annotations

import copy
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn

from rnnviz.networks.custom import CustomNetwork


@dataclass(frozen=True)
class Numbers:
    """What a module returned for a sequence.

    Attributes
    ----------
    hidden : Tensor
        (T, H)
    output : Tensor or None
        (T, O)
    """

    hidden: Tensor
    output: Tensor | None


class Student:
    """A copy of a student's module, with weights of ours, that leaves the module as it is.

    Each run begins with a fresh copy: what a module keeps inside it does not get from one run into
    another.

    Parameters
    ----------
    module : nn.Module
    names : mapping of str to str
        Its name of each symbol.
    weights : mapping of str to Tensor
        By symbol; they are put in place of the module's own.
    with_output : bool
        Whether an output must be returned; otherwise it may be left out.

    Raises
    ------
    ValueError
        If the module cannot be copied, computes its weights itself, or cannot be called with x and
        a hidden state, neither with a batch axis nor without.
    """

    def __init__(
        self,
        module: nn.Module,
        names: Mapping[str, str],
        weights: Mapping[str, Tensor],
        *,
        with_output: bool,
    ) -> None:
        self._module = _copied(module).eval()
        self._sizes = weights["W_ih"].shape[::-1]
        self._output_size = len(weights["W_ho"]) if with_output else None
        for symbol, name in names.items():
            getattr(self._module, name).copy_(weights[symbol])
        for symbol, name in names.items():
            _check_kept(name, getattr(self._module, name), weights[symbol])
        self._batched = self._takes_only_batches(weights["W_ih"])

    def stepwise(self, x: Tensor, h: Tensor) -> Numbers:
        """Return what comes of each step from the states before, `h` (T, H); x (T, I)."""
        pairs = [self._step(self._fresh(), x[k], h[k], k + 1) for k in range(len(x))]
        return _stacked(pairs)

    def looped(self, x: Tensor, h0: Tensor) -> Numbers:
        """Return what comes of a loop that feeds back the state, from `h0` (H,); x (T, I)."""
        network, h, pairs = self._fresh(), h0, []
        for k in range(len(x)):
            pairs.append(self._step(network, x[k], h, k + 1))
            h = pairs[-1][0]
        return _stacked(pairs)

    def habits(self, x: Tensor, h: Tensor) -> Iterator[str]:
        """Say what it does beside computing a step; x (I,), h (H,)."""
        network, given = self._fresh(), (x.clone(), h.clone())
        first = self._call(network, *given)
        for what, before, after in zip(("x", "hidden"), (x, h), given, strict=True):
            if not torch.equal(before, after):
                yield f"It changes the {what} that it is given, in place."
        again = self._call(network, x.clone(), h.clone())
        if not all(map(_same, first, again)):
            yield (
                "Called twice with the same x and hidden, it returns different numbers: "
                "it keeps a state of its own, or draws at random."
            )

    def _fresh(self) -> CustomNetwork:
        return self._around(copy.deepcopy(self._module), self._batched)

    def _around(self, module: nn.Module, batched: bool) -> CustomNetwork:
        network = CustomNetwork(module, *self._sizes, batched=batched)
        if self._output_size is None:
            network.module = _StateAlone(module)
        return network

    def _takes_only_batches(self, like: Tensor) -> bool:
        """Return whether the module fails without a batch axis, as the exercise writes it."""
        x, h = (like.new_zeros(size) for size in self._sizes)
        try:
            self._step(self._around(copy.deepcopy(self._module), False), x, h, 1)
        except ValueError as error:
            try:
                self._step(self._around(copy.deepcopy(self._module), True), x, h, 1)
            except ValueError:
                raise error from error.__cause__
            return True
        return False

    def _step(
        self, network: CustomNetwork, x: Tensor, h: Tensor, t: int
    ) -> tuple[Tensor, Tensor | None]:
        try:
            return self._call(network, x.clone(), h.clone())
        except Exception as error:
            raise ValueError(f"Step {t}: {_reason(error)}") from error

    def _call(self, network: CustomNetwork, x: Tensor, h: Tensor) -> tuple[Tensor, Tensor | None]:
        """Return (hidden, output), each a copy; what is given can be changed in place."""
        output, hidden = network.step(x.unsqueeze(0), h.unsqueeze(0) if network.batched else h)
        if self._output_size is None:
            return hidden.detach().clone().reshape(-1), None
        if output is None or output.shape[-1] != self._output_size:
            found = "no output" if output is None else f"an output of {output.shape[-1]} units"
            raise ValueError(f"The module returned {found}; {self._output_size} are needed.")
        return hidden.detach().clone().reshape(-1), output.detach().clone().reshape(-1)


class _StateAlone(nn.Module):
    """A module that may return its state alone, as nn.RNNCell does."""

    def __init__(self, module: nn.Module) -> None:
        super().__init__()
        self.module = module

    def forward(self, x: Tensor, h: Tensor) -> Any:
        returned = self.module(x, h)
        if isinstance(returned, Tensor):
            return None, returned
        if isinstance(returned, tuple) and len(returned) == 2:
            return None, returned[1]
        return returned


def _reason(error: Exception) -> str:
    if isinstance(error, ValueError):
        return str(error)
    return f"The module failed. {type(error).__name__}: {error}"


def _stacked(pairs: list[tuple[Tensor, Tensor | None]]) -> Numbers:
    outputs = [output for _, output in pairs if output is not None]
    return Numbers(torch.stack([h for h, _ in pairs]), torch.stack(outputs) if outputs else None)


def _same(one: Tensor | None, other: Tensor | None) -> bool:
    if one is None or other is None:
        return one is other
    return torch.allclose(one, other, rtol=0, atol=0, equal_nan=True)


def _copied(module: nn.Module) -> nn.Module:
    """Return a deep copy; a state that was kept with its graph is copied without it."""
    kept = {id(tensor): tensor.detach().clone() for tensor in _with_graph(vars(module), set())}
    try:
        return copy.deepcopy(module, kept)
    except Exception as error:
        raise ValueError(f"{type(module).__name__} cannot be copied: {error}") from error


def _with_graph(value: object, seen: set[int]) -> Iterator[Tensor]:
    """Find the tensors that came out of a computation, which torch will not copy."""
    if id(value) in seen:
        return
    seen.add(id(value))
    if isinstance(value, Tensor):
        if not value.is_leaf:
            yield value
        return
    if isinstance(value, nn.Module):
        value = vars(value)
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, (list, tuple)):
        for part in value:
            yield from _with_graph(part, seen)


def _check_kept(name: str, found: Tensor, weight: Tensor) -> None:
    if not torch.equal(found, weight):
        raise ValueError(
            f"{name} does not keep what is written into it: it is shared with another parameter, "
            "or computed anew at each call."
        )
