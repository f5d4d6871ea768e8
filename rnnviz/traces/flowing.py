"""What flows through the recurrent layer of any module, seen by forward hooks, pass by pass."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from contextlib import nullcontext
from types import TracebackType
from typing import Any, Protocol

import torch
from torch import nn
from torch.nn.parallel import DataParallel, DistributedDataParallel

from rnnviz.traces.passes import Calls, Pass, Steps

EXERCISE_NAMES = frozenset({"W_ih", "W_hh", "W_ho", "b_ih", "b_ho"})
"""The parameters of ElmanRNN, and of a student's module of the exercise's form."""
KINDS = "nn.RNN, nn.RNNCell, rnnviz.ElmanRNN, or a module with the exercise's parameters"


class Watcher(Protocol):
    """What sees the calls of a layer and makes passes of them."""

    def before(self, x: Any, h: Any) -> None:
        """See what a call is given, before it computes."""

    def after(self, x: Any, h: Any, returned: Any) -> None:
        """See what it returned."""

    def end(self) -> None:
        """End the pass in progress, if there is one."""


class Flow:
    """Hands over what flows through a layer while a ``with`` block runs.

    The hooks change nothing: no number, gradient, random state or graph of the user's. An error
    in them, or in `receive`, ends the watching, not the user's loop. They are removed at the end
    of the block, and a copy of the module (deepcopy, pickle) does not have them.

    Of what torch.compile makes one graph of, such as a loop over a cell, nothing is seen.

    One call of an nn.RNN is a pass. A cell is called step by step: a new pass begins with a hidden
    state that is not the very tensor which the call before returned.

    Parameters
    ----------
    layer : nn.Module
        As `find_layer` returns it.
    receive : callable
        Called with each `Pass` when it is over.
    wanted : callable, optional
        Asked when a pass begins, before it computes; of the others nothing is kept.
    sequences : int, optional
        Only the first so many sequences of a batch; all if left out.
    failed : callable, optional
        Called with the error that ends the watching.

    Attributes
    ----------
    error : Exception or None
        What ended the watching.
    """

    def __init__(
        self,
        layer: nn.Module,
        receive: Callable[[Pass], object],
        wanted: Callable[[], bool] = lambda: True,
        sequences: int | None = None,
        failed: Callable[[Exception], object] = lambda error: None,
    ) -> None:
        self._failed = failed
        self.error: Exception | None = None
        self._layer = layer
        self._signature = inspect.signature(layer.forward)
        self._watcher: Watcher = (
            Calls(layer, receive, wanted, sequences)
            if isinstance(layer, nn.RNN)
            else Steps(receive, wanted, sequences)
        )

    def __enter__(self) -> Flow:
        before, after = _Hook(self._see_before), _Hook(self._see_after)
        self._handles = (
            self._layer.register_forward_pre_hook(before, with_kwargs=True),
            self._layer.register_forward_hook(after, with_kwargs=True),
        )
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        for handle in self._handles:
            handle.remove()
        self.end_pass()

    def end_pass(self) -> None:
        """Hand over the pass in progress: nothing more comes to it."""
        self._guarded(self._watcher.end)

    def _see_before(self, module: nn.Module, args: Any, kwargs: Any) -> None:
        if module is self._layer:  # a shallow copy shares the hooks
            self._guarded(lambda: self._watcher.before(*self._given(args, kwargs)))

    def _see_after(self, module: nn.Module, args: Any, kwargs: Any, returned: Any) -> None:
        if module is self._layer:
            self._guarded(lambda: self._watcher.after(*self._given(args, kwargs), returned))

    def _guarded(self, look: Callable[[], None]) -> None:
        if self.error is None:
            try:
                look()
            except Exception as error:
                self.error = error
                self._failed(error)

    def _given(self, args: tuple, kwargs: dict[str, Any]) -> tuple[Any, Any]:
        """Return what the layer is called with: x and hidden, None where there is none."""
        if kwargs:
            args = tuple(self._signature.bind(*args, **kwargs).arguments.values())
        x, h, *_ = (*args, None)
        return x, h


class _Hook:
    """A hook that stays behind when its module is copied or pickled."""

    def __init__(self, see: Callable[..., None]) -> None:
        self._see = see

    def __call__(self, *given: Any) -> None:
        # Watched step by step, a compiled cell gives other last bits. nn.RNN is never compiled.
        if isinstance(given[0], nn.RNN) or not torch.compiler.is_compiling():
            self._see(*given)

    def __reduce__(self) -> tuple[Callable, tuple]:
        # Takes anything and returns None, and is known where rnnviz is not.
        return getattr, (nullcontext(), "__exit__")


def find_layer(module: nn.Module, layer: str | None = None) -> tuple[str, nn.Module]:
    """Return the recurrent layer of a module, and its name there.

    Parameters
    ----------
    module : nn.Module
        A recurrent layer, or whatever contains one; also wrapped for training in
        parallel or by torch.compile.
    layer : str, optional
        The layer's dotted name, ``"encoder.rnn"``. If left out: the module itself (its name is
        then ``""``), else the only recurrent layer inside.

    Raises
    ------
    ValueError
        If there is none, or several and none is named, or it is not recurrent. The text names
        those that there are.
    TypeError
        If `module` is not an ``nn.Module``.
    """
    if not isinstance(module, nn.Module):
        raise TypeError(f"A torch nn.Module is needed, not {type(module).__name__}.")
    inner = unwrapped(module)
    found = {name: part for name, part in inner.named_modules() if is_recurrent(part)}
    if layer is not None:
        return _named(module, inner, layer, found)
    if "" in found:
        return "", inner
    if len(found) != 1:
        what = "several recurrent layers: say which, by layer=" if found else "no recurrent layer: "
        raise ValueError(f"{type(inner).__name__} has {what}{_listed(found) if found else KINDS}.")
    return next(iter(found.items()))


def unwrapped(module: nn.Module) -> nn.Module:
    """Return the module inside of what wraps one, for training in parallel or by torch.compile."""
    while True:
        if isinstance(module, (DataParallel, DistributedDataParallel)):
            module = module.module
        elif isinstance(compiled := getattr(module, "_orig_mod", None), nn.Module):
            module = compiled
        else:
            return module


def is_recurrent(module: nn.Module) -> bool:
    """Return whether it is a layer that can be watched."""
    names = {name for name, _ in module.named_parameters(recurse=False)}
    return isinstance(module, (nn.RNN, nn.RNNCell)) or names >= EXERCISE_NAMES


def _named(
    module: nn.Module, inner: nn.Module, layer: str, found: dict[str, nn.Module]
) -> tuple[str, nn.Module]:
    there = f"Its recurrent layers are: {_listed(found)}." if found else f"It has none: {KINDS}."
    for outer in (inner, module):
        try:
            part = outer.get_submodule(layer)
        except AttributeError:
            continue
        if is_recurrent(part):
            return layer, part
        raise ValueError(f"{layer!r} is of {type(part).__name__}, not recurrent. {there}")
    raise ValueError(f"{type(inner).__name__} has no layer {layer!r}. {there}")


def _listed(found: dict[str, nn.Module]) -> str:
    return ", ".join(map(repr, found))
