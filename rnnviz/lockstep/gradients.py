"""One bias against two: the same forward, the same gradients, twice the step."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.optim.sgd import sgd

from rnnviz.lockstep.scene import CannotShow, Setup
from rnnviz.networks import network_of
from rnnviz.networks.base import Network
from rnnviz.networks.conversion import carry
from rnnviz.networks.elman import ElmanNetwork, ElmanRNN

STEPS = 64
"""So many steps, at most, go into the loss: a gradient needs all of them at once."""
WORK = 50_000_000
"""So many multiplications, at most, go forward through them."""
RATE = 0.1
"""The learning rate of the one step of SGD."""


@dataclass(frozen=True)
class BiasGradients:
    """What a loss says of one bias, and of two.

    The loss is half the mean of h_T squared, over units and sequences: it needs no target.

    Attributes
    ----------
    steps : int
        T of the loss.
    rate : float
        The learning rate η.
    one, ih, hh : ndarray
        The gradients of ElmanRNN's b_ih, and of nn.RNNCell's b_ih and b_hh; (H,) each.
    moved_one, moved_two : ndarray
        How far one step of SGD moved the bias, and the sum of the two; (H,) each.
    one_learned, two_learned : Network
        Both after that step of the biases alone.
    """

    steps: int
    rate: float
    one: NDArray
    ih: NDArray
    hh: NDArray
    moved_one: NDArray
    moved_two: NDArray
    one_learned: Network
    two_learned: Network

    @property
    def unit(self) -> int:
        """The unit with the largest gradient."""
        return int(np.abs(self.one).argmax())


def bias_gradients(setup: Setup, elman: Network) -> BiasGradients:
    """Work the gradients out with torch's autograd, and take one step of torch's SGD.

    Raises
    ------
    CannotShow
        If the session's network was built without biases.
    """
    if "b_ih" not in setup.network.parameters(0):
        raise CannotShow("This network has no biases: tick Biases under More.")
    two = carry(elman.module, "rnn_cell").module
    one = carry(elman.module, "elman").module
    assert isinstance(one, ElmanRNN) and isinstance(two, nn.RNNCell)
    x, h0 = setup.run.inputs[: _steps(setup.network)], setup.run.h0[0]
    with torch.enable_grad():
        _loss(lambda x, h: one(x, h)[1], x, h0).backward()
        _loss(two, x, h0).backward()
    before_one, before_two = _array(one.b_ih), _array(two.bias_ih + two.bias_hh)
    _learn(one.b_ih)
    _learn(two.bias_ih, two.bias_hh)
    two_network = network_of(two)
    assert two_network is not None
    return BiasGradients(
        steps=len(x),
        rate=RATE,
        one=_array(one.b_ih.grad),
        ih=_array(two.bias_ih.grad),
        hh=_array(two.bias_hh.grad),
        moved_one=_array(one.b_ih) - before_one,
        moved_two=_array(two.bias_ih + two.bias_hh) - before_two,
        one_learned=ElmanNetwork(one),
        two_learned=two_network,
    )


def _steps(network: Network) -> int:
    """Return how many steps go into the loss: fewer of a large network, whose steps take long."""
    a_step = network.hidden_size * (network.hidden_size + network.input_size)
    return max(1, min(STEPS, WORK // a_step))


def _loss(step: Callable[[Tensor, Tensor], Tensor], x: Tensor, h: Tensor) -> Tensor:
    for x_t in x:
        h = step(x_t, h)
    return h.square().mean() / 2


def _learn(*parameters: Tensor) -> None:
    """Take the step of ``torch.optim.SGD(parameters, lr=RATE)``.

    The function that it calls is called: the class imports torch's compiler when it is first made,
    which would hold the window for some seconds.
    """
    gradients = [p.grad for p in parameters if p.grad is not None]
    with torch.no_grad():
        sgd(
            list(parameters),
            gradients,
            [None] * len(gradients),
            foreach=False,
            weight_decay=0.0,
            momentum=0.0,
            lr=RATE,
            dampening=0.0,
            nesterov=False,
            maximize=False,
        )


def _array(tensor: Tensor | None) -> NDArray:
    assert tensor is not None
    return tensor.detach().numpy().copy()
