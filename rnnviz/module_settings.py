"""Settings that show what a user's own module did: what it is, its weights, and its record."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from rnnviz.networks import NETWORKS
from rnnviz.recorded_settings import settings_of_record

if TYPE_CHECKING:
    from torch import nn

    from rnnviz.settings import Settings
    from rnnviz.traces.trace import Trace

ENOUGH = 64
"""So many steps tell which nonlinearity a student's module has."""
SQUASHING: dict[str, Any] = {
    "linear": lambda a: a,
    "tanh": np.tanh,
    "relu": lambda a: np.maximum(a, 0),
}


def settings_of_module(
    module: nn.Module, inputs: Any, h0: Any = None, layer: str | None = None
) -> Settings:
    """Run `inputs` through `module`, and return settings that show what was recorded.

    Parameters
    ----------
    module, inputs, h0, layer
        As for `rnnviz.trace`. A module that is none of the kinds itself is called whole.

    Raises
    ------
    ValueError
        If there is no such layer, it cannot be recorded, or it is larger than the program takes.
    TypeError
        As `rnnviz.trace`.
    """
    from rnnviz.recording.describing import describe, is_of_its_own, parameters_of
    from rnnviz.traces.flowing import find_layer
    from rnnviz.traces.trace_replay import TraceReplay

    name, part = find_layer(module, layer)
    trace = _recorded(module, inputs, h0, name if name or layer is not None else None)
    described = describe(part)
    weights = {key: _numbers(getattr(part, key)) for key in parameters_of(part, described)}
    if described["kind"] == "elman" and is_of_its_own(part):
        described |= _seen_nonlinearities(weights, trace)
    has_output = "output_size" in NETWORKS[described["kind"]].options
    replay = TraceReplay(trace, described["output_size"] if has_output else None)
    said = f"{type(module).__name__}, {name}" if name else type(module).__name__
    return settings_of_record(described, weights, trace.inputs, replay, said)


def _recorded(module: nn.Module, inputs: Any, h0: Any, name: str | None) -> Trace:
    """Record the module, whole where a name says so or dropout leaves no other way."""
    from torch import nn

    from rnnviz.networks.pytorch import drops_units
    from rnnviz.traces.tracing import trace

    if name is None and isinstance(module, nn.RNN) and drops_units(module):
        name = ""
    return trace(module, inputs, h0, layer=name)


def _numbers(parameter: Any) -> NDArray:
    numbers: NDArray = parameter.detach().cpu().float().numpy()
    return numbers


def _seen_nonlinearities(weights: dict[str, NDArray], trace: Trace) -> dict[str, str]:
    """Return the nonlinearities of a module of the exercise's form, from what it computed."""
    x, states = trace.inputs[:ENOUGH], np.asarray(trace.hidden[: ENOUGH + 1, 0])
    w = weights
    a = x @ w["W_ih"].T + w["b_ih"] + states[:-1] @ w["W_hh"].T
    found = {"nonlinearity": _nearest(("tanh", "relu"), a, states[1:])}
    if trace.outputs is not None and trace.outputs.shape[-1] == len(w["b_ho"]):
        y = states[1:] @ w["W_ho"].T + w["b_ho"]
        found["output_nonlinearity"] = _nearest(("linear", "tanh"), y, trace.outputs[:ENOUGH])
    return found


def _nearest(names: tuple[str, ...], sums: NDArray, seen: NDArray) -> str:
    """Return which function of the sums comes nearest to what was seen; the first of several."""
    return min(names, key=lambda name: np.nanmean(np.abs(SQUASHING[name](sums) - seen)))
