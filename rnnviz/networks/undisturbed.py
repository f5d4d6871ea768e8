"""Calls of a user's module that leave it, and chance, as they were."""

from __future__ import annotations

import itertools
import random
from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn.utils import parametrize


@contextmanager
def undisturbed(module: nn.Module) -> Iterator[None]:
    """Put back the buffers of a module and all random states at the end of the block.

    Parameters
    ----------
    module : nn.Module
        BatchNorm's running means are such buffers, and the states that some models carry.
    """
    buffers = [
        (part, name, buffer, buffer.clone())
        for part in module.modules()
        for name, buffer in part._buffers.items()
        if buffer is not None and not buffer.is_meta
    ]
    ours, numpys = random.getstate(), np.random.get_state()
    try:
        with torch.random.fork_rng(devices=_gpus(module)):
            yield
    finally:
        random.setstate(ours)
        np.random.set_state(numpys)
        for part, name, buffer, before in buffers:
            _put_back(part, name, buffer, before)


@contextmanager
def parameters_undisturbed(layer: nn.Module) -> Iterator[None]:
    """Let parameters be read: one that is computed when it is asked for may change the layer.

    Spectral normalisation, for one, goes a step on whenever its weight is read in training.
    """
    if not parametrize.is_parametrized(layer):
        yield
        return
    with undisturbed(layer), torch.no_grad():
        yield


@torch.no_grad()
def _put_back(part: nn.Module, name: str, buffer: Tensor, before: Tensor) -> None:
    part._buffers[name] = buffer
    if not torch.equal(buffer, before):  # what is written may be needed by a backward pass
        buffer.copy_(before)


def _gpus(module: nn.Module) -> list[int]:
    tensors = itertools.chain(module.parameters(), module.buffers())
    devices = (tensor.device for tensor in tensors)
    return sorted({d.index for d in devices if d.type == "cuda" and d.index is not None})
