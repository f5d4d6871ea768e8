"""Carrying weights from one kind of network to another, by one table."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from rnnviz.networks import NETWORKS, has_forward_of

if TYPE_CHECKING:
    from torch import Tensor, nn

    from rnnviz.networks.base import Network

FIRST_LAYER = "_l0"
"""How nn.RNN's names of the first layer end."""


@dataclass(frozen=True)
class Correspondence:
    """One parameter of the equation, and what the kinds make of it.

    Attributes
    ----------
    symbol : str
        The exercise's name.
    wikipedia : str
        The name in ``h_t = tanh(W_h x_t + U_h h_{t-1} + b_h)``, ``y_t = tanh(W_y h_t + b_y)``.
    summands : tuple of str
        The symbols that make it up in a kind that has several, in `NetworkKind.symbols`.
    """

    symbol: str
    wikipedia: str
    summands: tuple[str, ...]

    def names(self, kind: str) -> tuple[str, ...]:
        """Return a kind's own names, of its first layer: added, they are the parameter.

        Empty where the kind has nothing of the sort: torch has no output layer.
        """
        symbols = NETWORKS[kind].symbols
        return tuple(symbols[symbol] for symbol in self.summands if symbol in symbols)

    def written(self, kind: str) -> str:
        """Return the names as a sum, such as ``bias_ih_l0 + bias_hh_l0``."""
        return " + ".join(self.names(kind))


CORRESPONDENCE = (
    Correspondence("W_ih", "W_h", ("W_ih",)),
    Correspondence("W_hh", "U_h", ("W_hh",)),
    Correspondence("b_ih", "b_h", ("b_ih", "b_hh")),
    Correspondence("W_ho", "W_y", ("W_ho",)),
    Correspondence("b_ho", "b_y", ("b_ho",)),
)
"""The equation's parameters in three notations. Wikipedia's W_h is the *input* matrix."""


@dataclass(frozen=True)
class Carried:
    """A module with the weights of another.

    Attributes
    ----------
    module : nn.Module
    left_behind : tuple of str
        Sentences: what the new module does not have, and so does not do.
    """

    module: nn.Module
    left_behind: tuple[str, ...]


def convert(module: nn.Module, kind: str) -> nn.Module:
    """Return a new module of another kind that computes the same states with the same weights.

    Parameters
    ----------
    module : nn.Module
        An `ElmanRNN`, `torch.nn.RNNCell` or `torch.nn.RNN`; it stays as it is.
    kind : {"elman", "rnn_cell", "rnn"}
        The kind of the new one. The module's own kind gives a copy.

    Returns
    -------
    nn.Module
        With weights of its own, of the same dtype and on the same device. Towards torch, ``b_ih``
        becomes ``bias_ih``, and ``bias_hh`` is zero. Towards ElmanRNN, ``b_ih`` is the sum of the
        two, zeros without biases, and the output layer is the identity: ``output_size ==
        hidden_size`` and ``y_t == h_t``.

    Warns
    -----
    UserWarning
        What is left behind: the output layer on the way to torch, ``batch_first`` on the way from
        nn.RNN to a module that is stepped.

    Raises
    ------
    ValueError
        If the kind is unknown, or the weights cannot be carried over: several layers or both
        directions into one layer, a module of another kind, or one of no units.
    TypeError
        If `module` is not an ``nn.Module``.

    Examples
    --------
    >>> import torch, rnnviz
    >>> rnnviz.convert(torch.nn.RNN(10, 20), "elman")
    ElmanRNN(10, 20, 20, nonlinearity='tanh', output_nonlinearity='linear')
    """
    carried = carry(module, kind)
    for sentence in carried.left_behind:
        warnings.warn(sentence, UserWarning, stacklevel=2)
    return carried.module


def carry(source: nn.Module | Network, kind: str) -> Carried:
    """Do what `convert` does, for a module or a network, and return what it would warn of.

    Raises
    ------
    ValueError, TypeError
        As `convert` does.
    """
    import torch

    from rnnviz.networks.pytorch import check_made

    module = _module_of(source)
    reason = why_not(module, kind)
    if reason:
        raise ValueError(reason)
    check_made(module)
    with torch.inference_mode(False), torch.no_grad():
        carried = _empty(module, kind)
        _fill(carried, kind, module)
    return Carried(carried.train(module.training), tuple(_left_behind(module, kind)))


def why_not(source: nn.Module | Network, kind: str) -> str:
    """Return why the weights cannot be carried over to a kind; empty where they can.

    Raises
    ------
    ValueError
        If the kind is unknown.
    TypeError
        If `source` is neither an ``nn.Module`` nor a `Network`.
    """
    from rnnviz.networks.elman import check_one_of

    check_one_of("kind", kind, NETWORKS)
    module = _module_of(source)
    if not _kind_of(module):
        needed = "an ElmanRNN, nn.RNNCell or nn.RNN is needed"
        return f"The weights of {type(module).__name__} cannot be carried over: {needed}."
    target = f"an {NETWORKS[kind].title}"
    layers = getattr(module, "num_layers", 1)
    one_layer = "num_layers" not in NETWORKS[kind].options
    if one_layer and layers > 1:
        return f"An nn.RNN of {layers} layers cannot become {target}, which is a single layer."
    if one_layer and getattr(module, "bidirectional", False):
        return f"A bidirectional nn.RNN cannot become {target}, which never reads from the end."
    return ""


def _module_of(source: object) -> nn.Module:
    from torch import nn

    from rnnviz.networks.base import Network

    module = source.module if isinstance(source, Network) else source
    if not isinstance(module, nn.Module):
        raise TypeError(f"A torch nn.Module is needed, not {type(module).__name__}.")
    return module


def _kind_of(module: nn.Module) -> str:
    """Return the module's kind; empty for a module of another sort."""
    for kind, its_class in _classes().items():
        if isinstance(module, its_class) and has_forward_of(its_class, module):
            return kind
    return ""


def _classes() -> dict[str, type[nn.Module]]:
    from torch import nn

    from rnnviz.networks.elman import ElmanRNN

    return {"elman": ElmanRNN, "rnn_cell": nn.RNNCell, "rnn": nn.RNN}


def _empty(module: Any, kind: str) -> nn.Module:
    """Return a module of the kind, in the sizes of `module`, whose parameters have no numbers.

    On "meta" nothing is allocated, and nothing is drawn from torch's generator.
    """
    import torch

    make: dict[str, Callable[[Any], nn.Module]] = {
        "elman": _empty_elman,
        "rnn_cell": _empty_cell,
        "rnn": _empty_rnn,
    }
    with torch.device("meta"):
        return make[kind](module)


def _empty_elman(module: Any) -> nn.Module:
    from rnnviz.networks.elman import ElmanRNN

    return ElmanRNN(
        module.input_size,
        module.hidden_size,
        getattr(module, "output_size", module.hidden_size),
        nonlinearity=module.nonlinearity,
        output_nonlinearity=getattr(module, "output_nonlinearity", "linear"),
    )


def _empty_cell(module: Any) -> nn.Module:
    from torch import nn

    bias = getattr(module, "bias", True)
    return nn.RNNCell(module.input_size, module.hidden_size, bias, module.nonlinearity)


def _empty_rnn(module: Any) -> nn.Module:
    from torch import nn

    rnn = nn.RNN(
        module.input_size,
        module.hidden_size,
        getattr(module, "num_layers", 1),
        nonlinearity=module.nonlinearity,
        bias=getattr(module, "bias", True),
        batch_first=getattr(module, "batch_first", False),
        bidirectional=getattr(module, "bidirectional", False),
    )
    rnn.dropout = getattr(module, "dropout", 0.0)  # given above, torch would warn of a single layer
    return rnn


def _fill(carried: nn.Module, kind: str, module: nn.Module) -> None:
    """Give `carried` the parameters of `module`, of every layer and direction."""
    from torch import nn

    own_kind = _kind_of(module)
    for suffix in _suffixes(carried):
        for row in CORRESPONDENCE:
            names = _present(carried, row.names(kind), suffix)
            own = [getattr(module, name) for name in _present(module, row.names(own_kind), suffix)]
            for name, value in zip(names, _values(row, own, len(names), module), strict=True):
                setattr(carried, name, nn.Parameter(value))
    if isinstance(carried, nn.RNN):
        carried.flatten_parameters()  # on a GPU they lie in one piece


def _suffixes(module: nn.Module) -> list[str]:
    """Return how the names of each layer and direction end, where they tell it."""
    layers = range(getattr(module, "num_layers", 1))
    directions = ("", "_reverse") if getattr(module, "bidirectional", False) else ("",)
    return [f"_l{layer}{direction}" for layer in layers for direction in directions]


def _present(module: nn.Module, names: tuple[str, ...], suffix: str) -> list[str]:
    """Return the names of a layer's parameters that the module has; biases can be missing."""
    in_layer = [name.replace(FIRST_LAYER, suffix) for name in names]
    return [name for name in in_layer if getattr(module, name, None) is not None]


def _values(row: Correspondence, own: list[Tensor], count: int, module: Any) -> list[Tensor]:
    """Return the `count` tensors that stand for those of the module's own, which are added."""
    if not own and count:
        return [_neutral(row, module)]
    if len(own) == count:
        return [tensor.detach().clone() for tensor in own]
    total = sum(own[1:], start=own[0]).detach().clone()
    return [total, *(total.new_zeros(total.shape) for _ in range(count - 1))][:count]


def _neutral(row: Correspondence, module: Any) -> Tensor:
    """Return what changes nothing: the identity for the output's matrix, zeros for a bias."""
    import torch

    size, like = module.hidden_size, next(module.parameters())
    if row.symbol == "W_ho":
        return torch.eye(size, dtype=like.dtype, device=like.device)
    return torch.zeros(size, dtype=like.dtype, device=like.device)


def _left_behind(module: Any, kind: str) -> Iterator[str]:
    own_kind = _kind_of(module)
    title = NETWORKS[kind].title
    lost = [row.symbol for row in CORRESPONDENCE if row.names(own_kind) and not row.names(kind)]
    if lost:
        if module.output_nonlinearity != "linear":
            lost.append(f"the {module.output_nonlinearity} of the output")
        listed = f"{', '.join(lost[:-1])} and {lost[-1]}"
        yield f"{listed} are left behind: {title} has no output layer, an nn.Linear would be it."
    if getattr(module, "batch_first", False) and kind != own_kind:
        yield f"batch_first is left behind: {title} takes one step at a time, x (B, I)."
