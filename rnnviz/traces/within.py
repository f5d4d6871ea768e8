"""The record of a recurrent layer inside any module, which is called as its user calls it."""

from __future__ import annotations

import itertools
import sys
import warnings
from collections import deque
from contextlib import AbstractContextManager, nullcontext
from typing import Any

import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from rnnviz.networks.custom import takes_two
from rnnviz.networks.undisturbed import undisturbed
from rnnviz.traces.flowing import KINDS, Flow, find_layer, is_recurrent, unwrapped
from rnnviz.traces.passes import Pass
from rnnviz.traces.record import rows_a_slice
from rnnviz.traces.recorded import RecordedArray
from rnnviz.traces.run import as_array
from rnnviz.traces.trace import Trace

OTHER_LAYERS = (nn.LSTM, nn.LSTMCell, nn.GRU, nn.GRUCell)


def is_called_whole(module: nn.Module) -> bool:
    """Return whether a module takes no ``(x, hidden)`` itself, but has a recurrent layer inside."""
    return bool(_layers_inside(module)) and not takes_two(unwrapped(module))


def hint_of_layers(module: nn.Module) -> str:
    """Say that a layer inside of a module can be recorded, or why not; empty if there is none."""
    if names := _layers_inside(module):
        return f"layer={names[0]!r} records what flows through that layer."
    others = {type(part) for part in module.modules() if isinstance(part, OTHER_LAYERS)}
    if not others or is_recurrent(module):
        return ""
    return f"{min(other.__name__ for other in others)} cannot be recorded: what can is {KINDS}."


def _layers_inside(module: nn.Module) -> list[str]:
    """Return the names of the recurrent layers inside of a module that is none itself."""
    module = unwrapped(module)
    if is_recurrent(module):
        return []
    return [name for name, part in module.named_modules() if is_recurrent(part)]


def trace_within(
    module: nn.Module, inputs: Any, h0: Any = None, layer: str | None = None, which: int = -1
) -> Trace:
    """Call `module` and return what flowed through its recurrent layer; see `rnnviz.trace`."""
    name, part = find_layer(module, layer)
    called = repr(name) if name else type(part).__name__
    numbers = itertools.count()
    passes: deque[Pass] = deque(maxlen=-which if which < 0 else 1)
    wanted = (lambda: next(numbers) == which) if which >= 0 else (lambda: next(numbers) >= 0)
    with Flow(part, passes.append, wanted) as flow:
        _call(module, inputs, h0)
    if flow.error is not None:
        raise ValueError(f"{called} cannot be recorded: {flow.error}") from flow.error
    if len(passes) < (-which if which < 0 else 1):
        raise ValueError(_not_there(type(module).__name__, called, which, next(numbers)))
    return _trace_of(passes[0], called)


def _not_there(module: str, layer: str, which: int, there: int) -> str:
    if not there:
        return f"{module} did not call {layer} on these inputs."
    passes = "1 pass" if there == 1 else f"{there:,} passes"
    return f"There is no pass {which}: {module} makes {passes} through {layer}."


def _call(module: nn.Module, inputs: Any, h0: Any) -> None:
    """Call the module, and leave it, its gradients and the random numbers to come as they were."""
    args, keywords = _arguments(inputs, h0)
    with undisturbed(module), torch.no_grad(), _eagerly():
        try:
            module(*args, **keywords)
        except (RuntimeError, IndexError, TypeError) as error:
            given = ", ".join(map(_described, (*args, *keywords.values())))
            raise ValueError(f"{type(module).__name__} failed on {given}: {error}") from error


def _eagerly() -> AbstractContextManager[Any]:
    """Run modules that were compiled as they are written: what is compiled shows no steps."""
    # torch brings its compiler, which takes seconds to load, with the first that is compiled.
    loaded = "torch._dynamo" in sys.modules
    return torch.compiler.set_stance("force_eager") if loaded else nullcontext()


def _arguments(inputs: Any, h0: Any) -> tuple[tuple[Any, ...], dict[str, Any]]:
    """Return what the module is called with: a tuple and a dict are several arguments."""
    if isinstance(inputs, dict):
        if h0 is not None:
            raise ValueError("h0 must be among the arguments that are given by their names.")
        return (), inputs
    args = inputs if isinstance(inputs, tuple) and not hasattr(inputs, "_fields") else (inputs,)
    return (args if h0 is None else (*args, h0)), {}


def _described(argument: object) -> str:
    """Return what an argument is, for a message."""
    if isinstance(argument, Tensor):
        return f"a tensor {tuple(argument.shape)}"
    return f"a {type(argument).__name__}"


def _trace_of(found: Pass, called: str) -> Trace:
    if found.unknown:
        said = f"Only the top layer of {called} is recorded, NaN below it: {found.unknown}."
        warnings.warn(said, UserWarning, stacklevel=4)
    arrays = {"hidden": _recorded(as_array(found.hidden))}
    if found.output is not None:
        arrays["output"] = _recorded(as_array(found.output))
    made = Trace(as_array(found.inputs), arrays)
    made._steps = len(found)
    return made


def _recorded(rows: NDArray) -> RecordedArray:
    """Return rows, time first, as a record has them."""
    made = RecordedArray(rows.shape[1:], rows.dtype, len(rows))
    at_once = rows_a_slice(rows.nbytes // len(rows))
    for first in range(0, len(rows), at_once):
        made.append(rows[first : first + at_once])
    return made
