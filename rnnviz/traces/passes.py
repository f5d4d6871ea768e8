"""From the calls of a recurrent layer to whole passes, time first, as the record has them."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn.utils.rnn import PackedSequence, pad_packed_sequence
from torch.utils.weak import TensorWeakRef

from rnnviz.networks.pytorch import drops_units, torch_names

Sequences = Tensor | PackedSequence


@dataclass(frozen=True)
class Pass:
    """One way of a sequence through a layer: copies, which belong to nobody else.

    Attributes
    ----------
    inputs : Tensor
        (T, B, I). A batch of different lengths (PackedSequence) is filled up with NaN.
    hidden : Tensor
        (T + 1, L, B, H) in the order of `Trace.hidden`: ``hidden[0]`` is h_0. NaN where a layer's
        states could not be found out.
    output : Tensor or None
        (T, B, O); None where the layer has no output beside its state.
    unknown : str
        Why the states of the lower layers are NaN; empty if they are not.
    """

    inputs: Tensor
    hidden: Tensor
    output: Tensor | None = None
    unknown: str = ""

    @property
    def h0(self) -> Tensor:
        """h_0, (L, B, H)."""
        return self.hidden[0]

    def __len__(self) -> int:
        """Return T, the number of steps."""
        return len(self.inputs)


class Calls:
    """Watches an nn.RNN, of which every call is a pass.

    It returns the states of its top layer alone. Those of the lower ones are computed once more,
    layer by layer, by the function that nn.RNN itself calls, with the same random numbers for
    dropout: the chain equals the call to the last bit on the CPU.
    """

    def __init__(
        self,
        rnn: nn.RNN,
        receive: Callable[[Pass], object],
        wanted: Callable[[], bool],
        sequences: int | None,
    ) -> None:
        self._rnn, self._receive, self._wanted = rnn, receive, wanted
        self._sequences = slice(sequences)
        self._watching = False
        self._random: Tensor | None = None

    def before(self, x: Sequences, h: Tensor | None) -> None:
        """Keep the random state that dropout will draw from."""
        self._watching = self._wanted()
        drops = self._watching and drops_units(self._rnn)
        self._random = torch.get_rng_state() if drops else None

    @torch.no_grad()
    def after(self, x: Sequences, h: Tensor | None, returned: tuple[Sequences, Tensor]) -> None:
        """Hand the pass over."""
        if not self._watching:
            return
        self._watching = False
        inputs, top = _time_first(x, self._rnn), _time_first(returned[0], self._rnn)
        h0 = self._start(inputs, h)
        unknown = self._unknown(inputs)
        lower = [] if unknown else self._lower(x, inputs, h0)
        hidden = self._hidden(h0, [*lower, top])
        kept = inputs[:, self._sequences].clone(memory_format=torch.contiguous_format)
        self._receive(Pass(kept, hidden, None, unknown))

    def end(self) -> None:
        """Do nothing: a call is over when it returns."""

    @property
    def _directions(self) -> int:
        return 2 if self._rnn.bidirectional else 1

    def _start(self, inputs: Tensor, h: Tensor | None) -> Tensor:
        """Return h_0 (L, B, H)."""
        if h is not None:
            return h if h.ndim == 3 else h.unsqueeze(1)
        entries = self._rnn.num_layers * self._directions
        return inputs.new_zeros(entries, inputs.shape[1], self._rnn.hidden_size)

    def _unknown(self, inputs: Tensor) -> str:
        if self._random is not None and inputs.device.type != "cpu":
            return f"dropout on {inputs.device.type} cannot be repeated"
        return ""

    def _hidden(self, h0: Tensor, layers: list[Tensor]) -> Tensor:
        """Return (T + 1, L, B, H) from h_0 and the (T, B, D·H) of the highest layers."""
        d, top = self._directions, layers[-1]
        h0 = h0[:, self._sequences]
        hidden = top.new_empty(len(top) + 1, *h0.shape)
        hidden[0] = h0
        first = len(h0) - d * len(layers)
        hidden[1:, :first] = math.nan
        halves = [half for layer in layers for half in layer.chunk(d, dim=-1)]
        for entry, half in enumerate(halves, start=first):
            hidden[1:, entry] = half[:, self._sequences]
        return hidden

    def _lower(self, x: Sequences, inputs: Tensor, h0: Tensor) -> list[Tensor]:
        """Return what every layer but the top one gave, (T, B, D·H) each."""
        count, d = self._rnn.num_layers - 1, self._directions
        if not count:
            return []
        below: Sequences = x if isinstance(x, PackedSequence) else inputs
        found = []
        with torch.random.fork_rng(devices=[], enabled=self._random is not None):
            if self._random is not None:
                torch.set_rng_state(self._random)
            for depth in range(count):
                above = self._layer(depth, below, h0[d * depth : d * (depth + 1)])
                found.append(_padded(above) if isinstance(above, PackedSequence) else above)
                below = self._dropped(above)
        return found

    def _layer(self, depth: int, x: Sequences, h: Tensor) -> Sequences:
        """Return what one layer gives, by the function that nn.RNN calls."""
        rnn = self._rnn
        compute = torch.rnn_relu if rnn.nonlinearity == "relu" else torch.rnn_tanh
        how = (self._weights(depth), rnn.bias, 1, 0.0, rnn.training, rnn.bidirectional)
        if not isinstance(x, PackedSequence):
            return compute(x, h, *how, False)[0]
        if x.sorted_indices is not None:
            h = h.index_select(1, x.sorted_indices)
        return x._replace(data=compute(x.data, x.batch_sizes, h, *how)[0])

    def _weights(self, depth: int) -> list[Tensor]:
        suffixes = (f"_l{depth}", f"_l{depth}_reverse")[: self._directions]
        names = (torch_names(self._rnn.bias, suffix).values() for suffix in suffixes)
        return [getattr(self._rnn, name) for some in names for name in some]

    def _dropped(self, x: Sequences) -> Sequences:
        if self._random is None:
            return x
        if isinstance(x, PackedSequence):
            return x._replace(data=nn.functional.dropout(x.data, self._rnn.dropout))
        return nn.functional.dropout(x, self._rnn.dropout)


class Steps:
    """Watches a cell, which is called once a step with the state that it returned before."""

    def __init__(
        self, receive: Callable[[Pass], object], wanted: Callable[[], bool], sequences: int | None
    ) -> None:
        self._receive, self._wanted = receive, wanted
        self._sequences = slice(sequences)
        self._returned: TensorWeakRef | None = None  # keeps no graph alive
        self._attached = False
        self._watching = False
        self._inputs: list[Tensor] = []
        self._states: list[Tensor] = []
        self._outputs: list[Tensor] = []
        self._h0: Tensor | None = None

    def before(self, x: Tensor, h: Tensor | None) -> None:
        """Begin a pass where `h` is not what was returned last, and keep what goes in."""
        if h is None or not self._goes_on(h):
            self.end()
            self._watching = self._wanted()
            self._h0 = h.detach().clone() if self._watching and h is not None else None
        if self._watching:
            # One that failed and was called again went in twice.
            del self._inputs[len(self._states) :]
            self._inputs.append(x.detach().clone())

    def after(self, x: Tensor, h: Tensor | None, returned: Any) -> None:
        """Keep what came out: ``hidden`` alone, or ``(output, hidden)``."""
        output, hidden = _pair(returned)
        self._returned, self._attached = TensorWeakRef(hidden), hidden.requires_grad
        if self._watching:
            self._states.append(hidden.detach().clone())  # some change their state in place
            if output is not None:
                self._outputs.append(output.detach().clone())

    def end(self) -> None:
        """Hand over the pass in progress, if it has a step."""
        inputs, states, outputs = self._inputs, self._states, self._outputs
        self._inputs, self._states, self._outputs = [], [], []
        self._watching = False
        if states:
            self._receive(self._passed(inputs[: len(states)], states, outputs))

    def _goes_on(self, h: Tensor) -> bool:
        """Return whether `h` is what was returned last, and not cut off by ``detach_``."""
        same = self._returned is not None and self._returned() is h
        return same and h.requires_grad == self._attached

    def _first(self, x: Tensor, axis: int) -> Tensor:
        """Return the sequences that are wanted, and nothing in memory of the others."""
        if self._sequences.stop is None:
            return x
        return x.narrow(axis, 0, min(self._sequences.stop, x.shape[axis])).clone()

    def _passed(self, inputs: list[Tensor], states: list[Tensor], outputs: list[Tensor]) -> Pass:
        """Return the pass with its axes: a cell may have none of batch, or one of layers."""
        steps, batch = len(states), math.prod(inputs[0].shape[:-1])
        h0 = torch.zeros_like(states[0]) if self._h0 is None else self._h0
        hidden = torch.stack([h0.reshape(states[0].shape), *states])
        hidden = hidden.reshape(steps + 1, 1, batch, states[0].shape[-1])
        x = torch.stack(inputs).reshape(steps, batch, inputs[0].shape[-1])
        return Pass(
            self._first(x, 1),
            self._first(hidden, 2),
            self._stacked(outputs, steps, batch),
        )

    def _stacked(self, outputs: list[Tensor], steps: int, batch: int) -> Tensor | None:
        """Return (T, B, O); a squeezed output has a single unit."""
        if not outputs:
            return None
        if len(outputs) != steps:
            raise ValueError("The layer returned an output at some steps only.")
        units = outputs[0].numel() // max(1, batch)
        return self._first(torch.stack(outputs).reshape(steps, batch, units), 1)


def _pair(returned: Any) -> tuple[Tensor | None, Tensor]:
    if isinstance(returned, Tensor):
        return None, returned
    if not (isinstance(returned, tuple) and len(returned) == 2 and isinstance(returned[1], Tensor)):
        raise ValueError("The layer must return a state, or (output, hidden).")
    return returned


def _time_first(x: Sequences, rnn: nn.RNN) -> Tensor:
    """Return (T, B, size), a view of `x` if it is a tensor."""
    if isinstance(x, PackedSequence):
        return _padded(x)
    if x.ndim == 2:
        return x.unsqueeze(1)
    return x.transpose(0, 1) if rnn.batch_first else x


def _padded(x: PackedSequence) -> Tensor:
    return pad_packed_sequence(x, padding_value=math.nan)[0]
