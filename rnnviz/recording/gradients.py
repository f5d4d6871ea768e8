"""The norms of a layer's gradients, as each is accumulated."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.utils.hooks import RemovableHandle


class GradientNorms:
    """Hears of the gradients of a layer's parameters, and takes their norms.

    Parameters
    ----------
    layer : nn.Module
    names : sequence of str
        Which parameters. One that is computed from others has no gradient of its own.
    arrived : callable
        Called when the last of those that are trained has come.
    failed : callable
        Called with an error in here, or in `arrived`: the backward pass goes on.
    """

    def __init__(
        self,
        layer: nn.Module,
        names: Sequence[str],
        arrived: Callable[[], None],
        failed: Callable[[Exception], None],
    ) -> None:
        self._layer, self._names = layer, names
        self._arrived, self._failed = arrived, failed
        self._norms: dict[str, Tensor] | None = None
        self._trained: dict[str, Tensor] = {}
        self._handles: dict[str, RemovableHandle] = {}

    def remove(self) -> None:
        """Hear of nothing any more."""
        for handle in self._handles.values():
            handle.remove()
        self._handles, self._trained = {}, {}

    def begin(self) -> None:
        """Wait for the first gradient of every parameter that is trained by now."""
        found = self._found_trained()
        if not _are_the_same(found, self._trained):
            self.remove()
            self._trained = found
            self._handles = {
                name: parameter.register_post_accumulate_grad_hook(self._hook(name))
                for name, parameter in found.items()
            }
        self._norms = {}

    @property
    def begun(self) -> bool:
        """Whether the first has come."""
        return bool(self._norms)

    @property
    def complete(self) -> bool:
        """Whether all have come that can."""
        return self._norms is not None and len(self._norms) >= len(self._trained)

    def take(self) -> NDArray[np.float32]:
        """Return the norms (P,), NaN for those that have not come, and wait for none."""
        norms, self._norms = self._norms or {}, None
        found = [float(norms[name]) if name in norms else math.nan for name in self._names]
        return np.array(found, np.float32)

    def _found_trained(self) -> dict[str, Tensor]:
        own = dict(self._layer.named_parameters(recurse=False))
        parameters = {name: own[name] for name in self._names if name in own}
        return {
            name: parameter
            for name, parameter in parameters.items()
            if parameter.is_leaf and parameter.requires_grad
        }

    def _hook(self, name: str) -> Callable[[Tensor], None]:
        def hear(parameter: Tensor) -> None:
            try:
                self._hear(name, parameter.grad)
            except Exception as error:  # nothing of this is the user's
                self._failed(error)

        return hear

    def _hear(self, name: str, gradient: Tensor | None) -> None:
        if self._norms is not None and name not in self._norms and gradient is not None:
            self._norms[name] = torch.linalg.vector_norm(gradient.detach().float())
            if self.complete:
                self._arrived()


def _are_the_same(one: dict[str, Tensor], other: dict[str, Tensor]) -> bool:
    return one.keys() == other.keys() and all(one[name] is other[name] for name in one)
