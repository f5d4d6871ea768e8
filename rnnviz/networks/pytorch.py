"""torch's own nn.RNNCell and nn.RNN behind the network contract. Both are called, not copied."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor, nn

from rnnviz.networks.base import Block, CellNetwork, Interrupted, Network, Steps, never
from rnnviz.networks.elman import ACTIVATIONS, check_one_of, check_size


class RNNCellNetwork(CellNetwork):
    """`torch.nn.RNNCell`, stepped in a loop.

    Raises
    ------
    ValueError
        If it has no units, or a nonlinearity that torch does not know.
    """

    def __init__(self, module: nn.RNNCell) -> None:
        check_made(module)
        self.module: nn.RNNCell = module
        self.input_size = module.input_size
        self.hidden_size = module.hidden_size
        self.nonlinearity = module.nonlinearity

    def step(self, x: Tensor, h: Tensor) -> tuple[None, Tensor]:
        """Call the cell once."""
        return None, self.module(x, h)

    def parameter_names(self, layer: int) -> dict[str, str]:
        """Return torch's names, which have no ``_l0``."""
        return torch_names(self.module.bias, suffix="")


class RNNNetwork(Network):
    """`torch.nn.RNN` of one or more layers and one direction, without dropout.

    Each layer runs as a single-layer nn.RNN that shares the module's Parameters, because the module
    itself returns only the states of its top layer. A chain of such layers, in blocks of multiples
    of 64 steps with the remainder in the last one, equals one whole call of the module to the last
    bit.

    Raises
    ------
    ValueError
        If the module is bidirectional or would drop units, for which there is `WholeRNNNetwork`,
        computes its weights anew at each call, has hooks or a ``__call__`` of its own, or sizes
        that are no whole numbers.
    """

    block_steps = 64

    def __init__(self, module: nn.RNN) -> None:
        check_made(module)
        if module.bidirectional:
            raise ValueError("A bidirectional nn.RNN cannot be stepped: it reads from the end too.")
        if drops_units(module):
            raise ValueError("Dropout would change the states at random: call module.eval() first.")
        self.module: nn.RNN = module
        self.input_size = module.input_size
        self.hidden_size = module.hidden_size
        self.num_layers = module.num_layers
        self.nonlinearity = module.nonlinearity
        self._layers = [single_layer(module, layer) for layer in range(module.num_layers)]
        check_plain_call(module)

    def initial_state(self, h0: Tensor) -> list[Tensor]:
        """Return one (1, B, H) *view* of `h0` (L, B, H) a layer: a copy changes last bits."""
        return [h0[layer : layer + 1] for layer in range(self.num_layers)]

    def run(self, inputs: Steps, state: list[Tensor], stopped: Callable[[], bool] = never) -> Block:
        """Run the block through one layer after the other."""
        tops, last = [], []
        x = inputs if isinstance(inputs, Tensor) else torch.stack(inputs)
        for rnn, h in zip(self._layers, state, strict=True):
            if stopped():
                raise Interrupted
            x, h_n = rnn(x, h)
            tops.append(x)
            last.append(h_n)
        return Block({"hidden": torch.stack(tops, dim=1)}, last)

    def parameter_names(self, layer: int) -> dict[str, str]:
        """Return torch's names, such as ``weight_ih_l0``."""
        return torch_names(self.module.bias, suffix=f"_l{layer}")


def check_made(module: Any) -> None:
    """Raise ValueError if a recurrent module was made of what torch takes and cannot compute with.

    nn.RNN takes ``True`` for an input size; nn.RNNCell takes 0 as well, and any nonlinearity. Both
    become complex when they are told to.
    """
    check_size("input_size", module.input_size)
    check_size("hidden_size", module.hidden_size)
    check_one_of("nonlinearity", module.nonlinearity, ACTIVATIONS)
    if any(parameter.is_complex() for parameter in module.parameters()):
        raise ValueError("The weights are complex numbers: real ones are needed.")


def drops_units(module: nn.RNN) -> bool:
    """Return whether a call would set states to zero at random."""
    return bool(module.dropout and module.training and module.num_layers > 1)


def torch_names(bias: bool, suffix: str) -> dict[str, str]:
    """Return, for each symbol, torch's name in the layer of a suffix such as ``_l0``."""
    names = {"W_ih": f"weight_ih{suffix}", "W_hh": f"weight_hh{suffix}"}
    if bias:
        names |= {"b_ih": f"bias_ih{suffix}", "b_hh": f"bias_hh{suffix}"}
    return names


def single_layer(module: nn.RNN, layer: int) -> nn.RNN:
    """Return a time-first, single-layer nn.RNN on the Parameters of one layer of `module`."""
    directions = ("", "_reverse") if module.bidirectional else ("",)
    rnn = nn.RNN(
        len(directions) * module.hidden_size if layer else module.input_size,
        module.hidden_size,
        nonlinearity=module.nonlinearity,
        bias=module.bias,
        bidirectional=module.bidirectional,
        device="meta",  # nothing is allocated: the Parameters are replaced below
    )
    for direction in directions:
        for name in torch_names(module.bias, suffix=f"_l0{direction}").values():
            setattr(rnn, name, _parameter(module, name.replace("_l0", f"_l{layer}")))
    return rnn.train(module.training)


def check_plain_call(module: nn.RNN) -> None:
    """Raise ValueError if a call of the module does more than its forward: layers would not."""
    if module._forward_hooks or module._forward_pre_hooks:
        raise ValueError("An nn.RNN with forward hooks cannot be stepped: remove them first.")
    if type(module).__call__ is not nn.Module.__call__:
        raise ValueError(
            "An nn.RNN with a __call__ of its own cannot be stepped: it takes all steps at once."
        )


def _parameter(module: nn.RNN, name: str) -> nn.Parameter:
    try:
        return module.get_parameter(name)
    except AttributeError as error:
        raise ValueError(
            f"{name} of this nn.RNN is not a plain Parameter: remove its parametrisation first."
        ) from error
