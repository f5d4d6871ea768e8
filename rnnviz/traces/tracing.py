"""``rnnviz.trace``: record a module of one's own from Python, without a window."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn.utils.rnn import PackedSequence

from rnnviz.networks import network_of
from rnnviz.networks.base import Network, Steps
from rnnviz.networks.custom import CustomNetwork, dtype_and_device, hidden_size_of
from rnnviz.networks.undisturbed import undisturbed
from rnnviz.traces.run import EMPTY, Run
from rnnviz.traces.trace import Trace
from rnnviz.traces.within import hint_of_layers, is_called_whole, trace_within

ALIGNMENT = 64
"""Bytes: torch's kernels give the same last bits at addresses that are equal modulo this."""
REAL_KINDS = "biuf"
"""numpy's letters for truth values (0 and 1), whole and real numbers."""
AT_ONCE = 1024
"""Steps a block; more of them would need memory and save no time."""


def trace(
    module: nn.Module, inputs: Any, h0: Any = None, *, layer: str | None = None, which: int = -1
) -> Trace:
    """Run `inputs` through `module` and record every step.

    Parameters
    ----------
    module : nn.Module
        An `ElmanRNN`, `torch.nn.RNNCell`, `torch.nn.RNN`, or any module whose
        ``forward(x, hidden)`` returns ``(output, hidden)``. Or any other that contains a recurrent
        layer: it is called whole, and what flows through that layer is recorded.
    inputs : Tensor or array-like
        (T, I), or (T, B, I) for a batch of B sequences; (B, T, I) for a ``batch_first`` nn.RNN. A
        list of T tensors, as the exercise makes it, is stacked. Numbers of another dtype than the
        module's are converted to it.

        A module that is called whole is given `inputs` as they are; a tuple are several
        arguments, a dict arguments by their names.
    h0 : Tensor or array-like, optional
        As torch takes it: (L, H) or (L, B, H) for nn.RNN, (H,) or (B, H) for the others, which take
        (1, B, H) too, the shape of ``trace.hidden[t]``. Zeros if left out. A module that is called
        whole gets it as one more argument, as it is.
    layer : str, optional
        Calls the module whole and records its layer of this name, such as ``"encoder.rnn"``; ``""``
        is the module itself. It can be left out where the module cannot be stepped and contains
        just one recurrent layer.
    which : int
        Of a module that is called whole: which way of a sequence through the layer, where it makes
        several in one call; counted from 0, or from the end if negative. The last one if left out.

    Returns
    -------
    Trace
        ``inputs`` (T, B, I), ``hidden`` (T + 1, L, B, H), ``outputs`` (T, B, O) or None. It is what
        a loop over the module, or one call of nn.RNN, gives on this machine, to the last bit.
        ``inputs`` of a layer are what reached it.

    Raises
    ------
    ValueError
        If the sequence is empty or ragged, a shape does not fit, or the module cannot be stepped.
        If there is no such layer or pass, or several layers and none is named.
    TypeError
        If `module` is not an ``nn.Module``, or something that is given is not of real numbers.

    Notes
    -----
    A module that is called whole stays in its mode, training or not. Neither buffers and gradients
    nor the random numbers that come next are changed.

    Examples
    --------
    >>> import torch, rnnviz
    >>> record = rnnviz.trace(torch.nn.RNN(10, 20, 2), torch.randn(5, 3, 10))
    >>> record.hidden.shape
    (6, 2, 3, 20)
    """
    if not isinstance(module, nn.Module):
        raise TypeError(f"A torch nn.Module is needed, not {type(module).__name__}.")
    given_whole = isinstance(inputs, (dict, PackedSequence))
    if layer is not None or given_whole or is_called_whole(module):
        return trace_within(module, inputs, h0, layer, which)
    if any(parameter.is_meta for parameter in module.parameters()):
        raise ValueError(f"{type(module).__name__} has no numbers: it is on the device 'meta'.")
    try:
        with undisturbed(module):
            return _stepped(module, inputs, h0)
    except (ValueError, TypeError) as error:
        if hint := hint_of_layers(module):
            raise type(error)(f"{error} {hint}") from error
        raise


def _stepped(module: nn.Module, inputs: Any, h0: Any) -> Trace:
    """Run a network, or whatever is stepped like one."""
    x, steps, unbatched = _time_first(module, inputs)
    state = None if h0 is None else _converted(module, h0, "h0")
    network = network_of(module) or _custom(module, x, state, batched=not unbatched)
    run = Run(network, x, twin(_start_state(network, x, state)), reads=steps)
    while run.computed < run.moves:
        run.compute_block(AT_ONCE)
    run.reveal(run.moves)
    return run.trace


def _time_first(module: nn.Module, inputs: Any) -> tuple[Tensor, Steps, bool]:
    """Return the inputs (T, B, I), as the module reads them, and whether they had no batch axis.

    The first are for the record. What the module reads are twins of what was given, so that a
    module that works in place changes neither the record nor what belongs to the caller.
    """
    given = _given(module, inputs)
    x = given.clone() if isinstance(given, Tensor) else torch.stack(given)
    if x.shape == (0,):  # an empty list
        raise ValueError(EMPTY)
    if x.ndim not in (2, 3):
        raise ValueError(
            f"The inputs have the shape {tuple(x.shape)}; (T, I) or (T, B, I) is needed."
        )
    unbatched = x.ndim == 2
    if isinstance(given, Tensor):
        steps: Steps = _with_batch(twin(given), module)
    else:
        steps = [twin(step.unsqueeze(0) if unbatched else step) for step in given]
    return _with_batch(x, module), steps, unbatched


def _given(module: nn.Module, inputs: Any) -> Steps:
    """Return one tensor or, where a loop would take them from a list, one for each step."""
    if not (isinstance(inputs, (list, tuple)) and inputs and isinstance(inputs[0], Tensor)):
        return _converted(module, inputs, "The inputs")
    steps = [_converted(module, step, "The inputs") for step in inputs]
    shapes = {tuple(step.shape) for step in steps}
    if len(shapes) > 1:
        raise ValueError(f"The inputs are of different shapes: {sorted(shapes)}.")
    return torch.stack(steps) if isinstance(module, nn.RNN) else steps  # it takes no list


def _with_batch(x: Tensor, module: nn.Module) -> Tensor:
    """Return `x` as (T, B, I), a view: a step with other strides gives other last bits."""
    if x.ndim == 2:
        return x.unsqueeze(1)
    return x.transpose(0, 1) if getattr(module, "batch_first", False) else x


def twin(tensor: Tensor) -> Tensor:
    """Return a copy with the same strides, at an address that is equal modulo `ALIGNMENT`."""
    if not tensor.numel():
        return tensor.clone()
    sides = zip(tensor.shape, tensor.stride(), strict=True)
    span = 1 + sum((size - 1) * stride for size, stride in sides)
    room = tensor.new_empty(span + ALIGNMENT // tensor.element_size())
    first = (tensor.data_ptr() - room.data_ptr()) % ALIGNMENT // tensor.element_size()
    flat = room[first : first + span].copy_(tensor.as_strided((span,), (1,)))
    return flat.as_strided(tensor.shape, tensor.stride())


def _converted(module: nn.Module, values: Any, what: str) -> Tensor:
    dtype, device = dtype_and_device(module)
    values = values if isinstance(values, Tensor) else _array(values, what)
    if isinstance(values, Tensor):
        _check_tensor(values, what)
    return torch.as_tensor(values, dtype=dtype, device=device).detach()


def _check_tensor(values: Tensor, what: str) -> None:
    if values.is_complex() or values.is_quantized:
        raise TypeError(f"{what} must be real numbers, not {values.dtype}.")
    if values.layout != torch.strided:
        raise TypeError(f"{what} must be a dense tensor, not {values.layout}.")
    if values.is_meta:
        raise TypeError(f"{what} must be real numbers: on the device 'meta' there are none.")


def _array(values: Any, what: str) -> NDArray:
    try:
        array = np.asarray(values)
    except ValueError as error:
        raise ValueError(f"{what} must be rows of the same length.") from error
    if array.dtype.kind not in REAL_KINDS:
        kind = type(values).__name__ if array.ndim == 0 else array.dtype
        raise TypeError(f"{what} must be real numbers, not {kind}.")
    if array.dtype.itemsize > np.dtype(np.float64).itemsize:
        return array.astype(np.float64)
    # torch has no read-only tensors, no negative strides, and no bytes in another order.
    plain = array.flags.writeable and array.dtype.isnative
    usable = plain and all(stride >= 0 for stride in array.strides)
    return array if usable else array.astype(array.dtype.newbyteorder("="), order="C")


def _custom(module: nn.Module, x: Tensor, state: Tensor | None, *, batched: bool) -> Network:
    if state is None:
        hidden_size = hidden_size_of(module)
    elif state.ndim:
        hidden_size = state.shape[-1]
    else:
        raise ValueError("h0 is a single number; (H,) or (B, H) is needed.")
    return CustomNetwork(module, x.shape[-1], hidden_size, batched=batched)


def _start_state(network: Network, x: Tensor, state: Tensor | None) -> Tensor:
    """Return h_0 as (L, B, H), the given tensor itself where it can be."""
    batch = x.shape[1]
    shape = (network.num_layers, batch, network.hidden_size)
    if state is None:
        return torch.zeros(shape, dtype=x.dtype, device=x.device)
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
