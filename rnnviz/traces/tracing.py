"""``rnnviz.trace``: record a module of one's own from Python, without a window."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from rnnviz.networks import network_of
from rnnviz.networks.base import Network
from rnnviz.networks.custom import CustomNetwork, dtype_and_device, hidden_size_of
from rnnviz.traces.run import Run
from rnnviz.traces.trace import Trace

ALIGNMENT = 16
"""Bytes: torch's kernels give the same last bits at addresses that are equal modulo this."""
AT_ONCE = 1024
"""Steps a block; more of them would need memory and save no time."""


def trace(module: nn.Module, inputs: Any, h0: Any = None) -> Trace:
    """Run `inputs` through `module` and record every step.

    Parameters
    ----------
    module : nn.Module
        An `ElmanRNN`, `torch.nn.RNNCell`, `torch.nn.RNN`, or any module whose
        ``forward(x, hidden)`` returns ``(output, hidden)``.
    inputs : Tensor or array-like
        (T, I), or (T, B, I) for a batch of B sequences; (B, T, I) for a ``batch_first`` nn.RNN. A
        list of T tensors, as the exercise makes it, is stacked. Numbers of another dtype than the
        module's are converted to it.
    h0 : Tensor or array-like, optional
        As torch takes it: (L, H) or (L, B, H) for nn.RNN, (H,) or (B, H) for the others, which take
        (1, B, H) too, the shape of ``trace.hidden[t]``. Zeros if left out.

    Returns
    -------
    Trace
        ``inputs`` (T, B, I), ``hidden`` (T + 1, L, B, H), ``outputs`` (T, B, O) or None. It is what
        a loop over the module, or one call of nn.RNN, gives on this machine, to the last bit.

    Raises
    ------
    ValueError
        If the sequence is empty, a shape does not fit, or the module cannot be stepped.
    TypeError
        If `module` is not an ``nn.Module``.

    Examples
    --------
    >>> import torch, rnnviz
    >>> record = rnnviz.trace(torch.nn.RNN(10, 20, 2), torch.randn(5, 3, 10))
    >>> record.hidden.shape
    (6, 2, 3, 20)
    """
    if not isinstance(module, nn.Module):
        raise TypeError(f"A torch nn.Module is needed, not {type(module).__name__}.")
    x, unbatched = _time_first(module, inputs)
    network = network_of(module) or _custom(module, x, h0, batched=not unbatched)
    run = Run(network, x, _start_state(network, x, h0))
    while run.computed < run.length:
        run.compute_block(AT_ONCE)
    run.reveal(run.length)
    return run.trace.with_own_inputs()


def _time_first(module: nn.Module, inputs: Any) -> tuple[Tensor, bool]:
    """Return the inputs as (T, B, I), and whether they came without a batch axis."""
    whole = isinstance(module, nn.RNN)  # reads all steps in one call
    if isinstance(inputs, (list, tuple)) and inputs and isinstance(inputs[0], Tensor):
        x = _stacked([_converted(module, step) for step in inputs], apart=not whole)
    else:
        x = _converted(module, inputs)
    if x.ndim not in (2, 3):
        raise ValueError(
            f"The inputs have the shape {tuple(x.shape)}; (T, I) or (T, B, I) is needed."
        )
    unbatched = x.ndim == 2
    if unbatched:
        x = x.unsqueeze(1)
    elif getattr(module, "batch_first", False):
        x = x.transpose(0, 1)
    # Steps keep their strides: a loop over a transposed tensor gives other last bits than a copy.
    return (x.contiguous() if whole else x), unbatched


def _stacked(steps: list[Tensor], *, apart: bool) -> Tensor:
    """Stack the tensors of a list, each at an aligned address if all are and `apart` is wanted.

    The last bits of a step hang on the address of its input, modulo `ALIGNMENT`.
    """
    shapes = {tuple(step.shape) for step in steps}
    if len(shapes) > 1:
        raise ValueError(f"The inputs are of different shapes: {sorted(shapes)}.")
    if not apart or any(step.data_ptr() % ALIGNMENT for step in steps):
        return torch.stack(steps)
    count, a_row = steps[0].numel(), ALIGNMENT // steps[0].element_size()
    padded = steps[0].new_empty(len(steps), -(-count // a_row) * a_row)
    stacked = padded[:, :count].view(len(steps), *steps[0].shape)
    for row, step in zip(stacked, steps, strict=True):
        row.copy_(step)
    return stacked


def _converted(module: nn.Module, values: Any) -> Tensor:
    dtype, device = dtype_and_device(module)
    values = values if isinstance(values, Tensor) else np.asarray(values)
    if isinstance(values, np.ndarray) and not (
        values.flags.writeable and all(stride >= 0 for stride in values.strides)
    ):
        values = values.copy()  # torch has no read-only tensors and no negative strides
    return torch.as_tensor(values, dtype=dtype, device=device).detach()


def _custom(module: nn.Module, x: Tensor, h0: Any, *, batched: bool) -> Network:
    hidden_size = np.shape(h0)[-1] if h0 is not None else hidden_size_of(module)
    return CustomNetwork(module, x.shape[-1], hidden_size, batched=batched)


def _start_state(network: Network, x: Tensor, h0: Any) -> Tensor:
    """Return h_0 as (L, B, H), the given tensor itself where it can be."""
    batch = x.shape[1]
    shape = (network.num_layers, batch, network.hidden_size)
    if h0 is None:
        return torch.zeros(shape, dtype=x.dtype, device=x.device)
    state = _converted(network.module, h0)
    allowed: set[tuple[int, ...]] = {shape}
    if network.num_layers == 1:
        allowed.add(shape[1:])
    if batch == 1:
        allowed.add((network.num_layers, network.hidden_size))
    if batch == 1 and network.num_layers == 1:
        allowed.add(shape[2:])
    if tuple(state.shape) not in allowed:
        raise ValueError(f"h0 has the shape {tuple(state.shape)}; {shape} is needed.")
    return state.contiguous().view(shape)
