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
    """

    def __init__(self, layer: nn.Module, names: Sequence[str], arrived: Callable[[], None]) -> None:
        self._names, self._arrived = names, arrived
        own = dict(layer.named_parameters(recurse=False))
        self._parameters = {name: own[name] for name in names if name in own}
        self._norms: dict[str, Tensor] | None = None
        self._handles: list[RemovableHandle] = []

    def listen(self) -> None:
        """Begin to hear of gradients."""
        self._handles = [
            parameter.register_post_accumulate_grad_hook(self._hook(name))
            for name, parameter in self._parameters.items()
            if parameter.is_leaf and parameter.requires_grad
        ]

    def remove(self) -> None:
        """Hear of nothing any more."""
        for handle in self._handles:
            handle.remove()

    def begin(self) -> None:
        """Wait for the first gradient of every parameter from now on."""
        self._norms = {}

    @property
    def complete(self) -> bool:
        """Whether all have come that can."""
        trained = sum(parameter.requires_grad for parameter in self._parameters.values())
        return self._norms is not None and len(self._norms) >= trained

    def take(self) -> NDArray[np.float32]:
        """Return the norms (P,), NaN for those that have not come, and wait for none."""
        norms, self._norms = self._norms or {}, None
        found = [float(norms[name]) if name in norms else math.nan for name in self._names]
        return np.array(found, np.float32)

    def _hook(self, name: str) -> Callable[[Tensor], None]:
        def hear(parameter: Tensor) -> None:
            if self._norms is not None and name not in self._norms and parameter.grad is not None:
                self._norms[name] = torch.linalg.vector_norm(parameter.grad.detach().float())
                if self.complete:
                    self._arrived()

        return hear
