"""``rnnviz.record``: what flows through a layer while it is trained, written as it happens."""

from __future__ import annotations

import os
import time
import warnings
from contextlib import suppress
from dataclasses import dataclass
from types import TracebackType
from typing import Any
from uuid import uuid4

import torch
from numpy.typing import NDArray
from torch import Tensor, nn

import rnnviz
from rnnviz.networks import NETWORKS
from rnnviz.networks.elman import check_size
from rnnviz.networks.undisturbed import parameters_undisturbed
from rnnviz.recording.describing import describe, is_of_its_own, parameters_of
from rnnviz.recording.gradients import GradientNorms
from rnnviz.recording.group import RecordingGroup
from rnnviz.recording.layout import Record
from rnnviz.recording.place import Place, create
from rnnviz.recording.writer import Writer
from rnnviz.traces.flowing import Flow, find_layer
from rnnviz.traces.passes import Pass

NO_BACKWARD = -1
"""torch's number of the backward pass in progress, where there is none."""

SEQUENCES = 8
"""So many of each batch are recorded: one is looked at, a few are compared."""


def record(
    module: nn.Module,
    path: Place,
    *,
    layer: str | None = None,
    every: int = 100,
    sequences: int | None = SEQUENCES,
    overwrite: bool = False,
) -> Recorder:
    """Record a training loop: ``with rnnviz.record(model, "run.zarr"): train()``.

    Of every `every`-th training pass through a recurrent layer, the first one included, the inputs,
    states, outputs, weights and gradient norms are appended to a Zarr group, which can be read
    while it grows. A training pass is one with gradients enabled: evaluation under
    ``torch.no_grad`` does not count.

    Parameters
    ----------
    module : nn.Module
        A recurrent layer, or a module that contains one: nn.RNN, nn.RNNCell, `ElmanRNN`, or one
        with the exercise's parameters.
    path : path-like, str or zarr Store
        A folder to be made, a URL that fsspec knows, or a store. Under torch.distributed each rank
        writes a group of its own in it.
    layer : str, optional
        The layer's dotted name, where there are several: ``"encoder.rnn"``.
    every : int, optional
        At least 1.
    sequences : int or None, optional
        Only the first so many sequences of each batch, which is what keeps a record at every pass
        cheap; all of them if None.
    overwrite : bool, optional
        Whether a recording that is there already is replaced.

    Returns
    -------
    Recorder
        To be used in a ``with`` statement.

    Raises
    ------
    ValueError
        If there is no such layer, or a number is not as above.
    FileExistsError
        If something is at `path`, and is not to be or cannot be replaced.
    OSError
        If nothing can be written there. Once the block has begun nothing is raised: a disk that
        fails ends the recording, with one warning.

    Notes
    -----
    A thread writes. What waits for it is limited to 128 MiB, or one record; while the disk is so
    far behind, records are left out and counted, so that training does not wait.
    """
    check_size("every", every)
    if sequences is not None:
        check_size("sequences", sequences)
    name, found = find_layer(module, layer)
    return Recorder(name, found, path, every, sequences, overwrite)


@dataclass
class _Begun:
    """A training pass that is recorded, from its beginning to its last gradient."""

    step: int
    time: float
    weights: dict[str, NDArray]
    seen: Pass | None = None


class Recorder:
    """Records while its ``with`` block runs; see `record`.

    Attributes
    ----------
    layer_name : str
        The layer's name in the module; empty if it is the module itself.
    passes : int
        How many training passes there were.
    left_out : int
        Records that were not written because the disk was slower than the training.
    """

    def __init__(
        self,
        name: str,
        layer: nn.Module,
        path: Place,
        every: int,
        sequences: int | None,
        overwrite: bool,
    ) -> None:
        self.layer_name = name
        self.passes = self.left_out = 0
        self._layer, self._path = layer, path
        self._every, self._sequences, self._overwrite = every, sequences, overwrite
        self._network = describe(layer)
        self._shapes = parameters_of(layer, self._network)
        self._gradients = GradientNorms(
            layer, list(self._shapes), self._on_gradients_arrived, self._on_error
        )
        self._flow = Flow(layer, self._receive, self._wanted, sequences, self._on_error)
        self._begun: _Begun | None = None
        self._unknown = ""
        self._id = uuid4().hex
        self._failure = ""
        self._called_forwards = False

    def __enter__(self) -> Recorder:
        group = create(self._path, self._attributes(), self._overwrite)
        self._group = RecordingGroup(group, self._shapes)
        self._writer = Writer(self._group.append)
        self._process = os.getpid()
        self._flow.__enter__()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._flow.__exit__(kind, error, traceback)
        self._gradients.remove()
        try:
            self._finish_pass()
            self._writer.close()
            self._check_disk()
            self._group.finish(self._attributes() | {"finished": True})
        except Exception as failure:  # nothing of this is the user's
            self._on_error(self._writer.error or failure)
        self._check_disk()
        if self.left_out:
            _warn(f"{self.left_out} records were left out: the disk was slower than the training.")
        if not self.passes and error is None:
            _warn(f"Nothing was recorded: no training pass went through {self._called}.")

    @property
    def _called(self) -> str:
        return repr(self.layer_name) if self.layer_name else type(self._layer).__name__

    def _wanted(self) -> bool:
        """Begin a record if it is time for one; called before a pass computes."""
        # The thread that writes is not there in a process that was forked off.
        if not torch.is_grad_enabled() or self._is_repeated() or os.getpid() != self._process:
            return False
        step, self.passes = self.passes, self.passes + 1
        if self._gradients.begun:  # what comes from now on is of another pass
            self._finish_pass()
        if step % self._every or not self._check_disk():
            return False
        self._finish_pass()
        if not self._writer.has_room:
            self.left_out += 1
            return False
        with parameters_undisturbed(self._layer):
            weights = {name: _kept(getattr(self._layer, name)) for name in self._shapes}
        self._begun = _Begun(step, time.time(), weights)
        self._gradients.begin()
        return True

    def _is_repeated(self) -> bool:
        """Return whether checkpointing computes once more, going back, what was counted.

        What it hid from autograd the first time (``use_reentrant=True``) is seen there alone.
        """
        goes_back = torch._C._current_graph_task_id() != NO_BACKWARD
        self._called_forwards |= not goes_back
        return goes_back and self._called_forwards

    def _receive(self, seen: Pass) -> None:
        if self._begun is not None:
            self._begun.seen = seen
            if self._gradients.complete:
                self._finish_pass()

    def _on_gradients_arrived(self) -> None:
        """Finish the pass with its last gradient; of a cell nobody else says that it is over."""
        self._flow.end_pass()
        self._finish_pass()

    def _finish_pass(self) -> None:
        """Let the pass be written, with the gradients that have come."""
        begun, self._begun = self._begun, None
        norms = self._gradients.take()
        if begun is None or begun.seen is None or self._failure:
            return
        seen, sizes = begun.seen, self._network
        self._unknown = seen.unknown
        has_output = "output_size" in NETWORKS[sizes["kind"]].options
        output = None if seen.output is None or not has_output else _numbers(seen.output)
        _check_shapes(seen, sizes, has_output)
        inputs, hidden = _numbers(seen.inputs), _numbers(seen.hidden)
        self._writer.put(
            Record(begun.step, begun.time, inputs, hidden, output, begun.weights, norms)
        )

    def _check_disk(self) -> bool:
        """Return whether all is well; say once that it is not."""
        if self._writer.error is not None:
            self._on_error(self._writer.error)
        return not self._failure

    def _on_error(self, error: Exception) -> None:
        if not self._failure:
            self._failure = f"{type(error).__name__}: {error}"
            _warn(f"The recording ended, the training goes on: {self._failure}")

    def _attributes(self) -> dict[str, Any]:
        """Return what the group says of itself, as JSON takes it."""
        dtype = str(getattr(self._layer, next(iter(self._shapes))).dtype)
        return {
            "rnnviz": rnnviz.__version__,
            "id": self._id,
            "layer": self.layer_name,
            "module": type(self._layer).__name__,
            "own_module": is_of_its_own(self._layer),
            "network": self._network,
            "parameters": list(self._shapes),
            "dtype": dtype.removeprefix("torch."),
            "every": self._every,
            "sequences": self._sequences,
            "unknown": self._unknown,
            "left_out": self.left_out,
            "failure": self._failure,
            "finished": False,
        }


def _kept(tensor: Tensor) -> NDArray:
    return _numbers(tensor.detach().clone())


def _numbers(tensor: Tensor) -> NDArray:
    found: NDArray = tensor.to("cpu", torch.float32).numpy()
    return found


def _check_shapes(seen: Pass, sizes: dict[str, Any], has_output: bool) -> None:
    """Raise ValueError if what flows is of other sizes than the layer's parameters."""
    found = {"input_size": seen.inputs.shape[-1], "hidden_size": seen.hidden.shape[-1]}
    if has_output:
        found["output_size"] = 0 if seen.output is None else seen.output.shape[-1]
    for name, size in found.items():
        if size != sizes[name]:
            raise ValueError(f"The layer's {name} is {sizes[name]}, but {size} flows through it.")


def _warn(sentence: str) -> None:
    with suppress(Warning):  # a filter may make an error of it, which must not reach the loop
        warnings.warn(sentence, RuntimeWarning, stacklevel=3)
