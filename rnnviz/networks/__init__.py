"""The kinds of network. This index holds plain descriptions; torch is loaded when one is built."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from torch import nn

    from rnnviz.networks.base import Network

__all__ = ["NETWORKS", "NetworkKind", "Sizes", "network_of"]


class Sizes(Protocol):
    """What a kind needs to know to build a network: the fields of the network settings."""

    @property
    def input_size(self) -> int: ...
    @property
    def hidden_size(self) -> int: ...
    @property
    def output_size(self) -> int: ...
    @property
    def num_layers(self) -> int: ...
    @property
    def nonlinearity(self) -> str: ...
    @property
    def output_nonlinearity(self) -> str: ...
    @property
    def bias(self) -> bool: ...
    @property
    def bidirectional(self) -> bool: ...
    @property
    def dropout(self) -> float: ...
    @property
    def training(self) -> bool: ...
    @property
    def dropout_seed(self) -> int: ...


@dataclass(frozen=True)
class NetworkKind:
    """One kind of network, described without torch.

    Attributes
    ----------
    title, sentence : str
        What the user reads.
    options : frozenset of str
        Which fields beyond the common ones mean something to this kind.
    default_scheme : str
        The initialisation that the kind's own code uses.
    symbols : dict of str to str
        The equation's symbols and the first layer's names for them.
    shapes : callable
        Sizes → {parameter name: shape}, in the module's own order, before anything is allocated.
    block_steps : callable
        Sizes → `Network.block_steps` of what is built.
    build : callable
        Sizes → `Network` with a fresh module.
    """

    title: str
    sentence: str
    options: frozenset[str]
    default_scheme: str
    symbols: dict[str, str]
    shapes: Callable[[Sizes], dict[str, tuple[int, ...]]]
    block_steps: Callable[[Sizes], int]
    build: Callable[[Sizes], Network]


def _elman_shapes(sizes: Sizes) -> dict[str, tuple[int, ...]]:
    i, h, o = sizes.input_size, sizes.hidden_size, sizes.output_size
    return {"W_ih": (h, i), "W_hh": (h, h), "W_ho": (o, h), "b_ih": (h,), "b_ho": (o,)}


def _torch_symbols(suffix: str) -> dict[str, str]:
    names = {"W_ih": "weight_ih", "W_hh": "weight_hh", "b_ih": "bias_ih", "b_hh": "bias_hh"}
    return {symbol: name + suffix for symbol, name in names.items()}


def _layer_shapes(
    sizes: Sizes, layer: int, suffix: str, directions: int = 1
) -> dict[str, tuple[int, ...]]:
    h = sizes.hidden_size
    reads = directions * h if layer else sizes.input_size
    shapes: dict[str, tuple[int, ...]] = {
        f"weight_ih{suffix}": (h, reads),
        f"weight_hh{suffix}": (h, h),
    }
    if sizes.bias:
        shapes |= {f"bias_ih{suffix}": (h,), f"bias_hh{suffix}": (h,)}
    return shapes


def _rnn_shapes(sizes: Sizes) -> dict[str, tuple[int, ...]]:
    shapes: dict[str, tuple[int, ...]] = {}
    directions = ("", "_reverse") if sizes.bidirectional else ("",)
    for layer in range(sizes.num_layers):
        for direction in directions:
            shapes |= _layer_shapes(sizes, layer, f"_l{layer}{direction}", len(directions))
    return shapes


def _is_whole(sizes: Sizes) -> bool:
    """Return whether an nn.RNN cannot be cut into blocks: see `WholeRNNNetwork`."""
    return sizes.bidirectional or bool(sizes.dropout and sizes.training and sizes.num_layers > 1)


def _build_elman(sizes: Sizes) -> Network:
    from rnnviz.networks.elman import ElmanNetwork, ElmanRNN

    return ElmanNetwork(
        ElmanRNN(
            sizes.input_size,
            sizes.hidden_size,
            sizes.output_size,
            nonlinearity=sizes.nonlinearity,
            output_nonlinearity=sizes.output_nonlinearity,
        )
    )


def _build_rnn_cell(sizes: Sizes) -> Network:
    from torch import nn

    from rnnviz.networks.pytorch import RNNCellNetwork

    return RNNCellNetwork(
        nn.RNNCell(sizes.input_size, sizes.hidden_size, sizes.bias, sizes.nonlinearity)
    )


def _build_rnn(sizes: Sizes) -> Network:
    from torch import nn

    from rnnviz.networks.pytorch import RNNNetwork
    from rnnviz.networks.whole import WholeRNNNetwork

    module = nn.RNN(
        sizes.input_size,
        sizes.hidden_size,
        sizes.num_layers,
        nonlinearity=sizes.nonlinearity,
        bias=sizes.bias,
        dropout=sizes.dropout if sizes.num_layers > 1 else 0.0,  # torch warns of one layer
        bidirectional=sizes.bidirectional,
    ).train(sizes.training)
    if _is_whole(sizes):
        return WholeRNNNetwork(module, sizes.dropout_seed)
    return RNNNetwork(module)


NETWORKS: dict[str, NetworkKind] = {
    "elman": NetworkKind(
        title="Elman RNN",
        sentence="The exercise's own network: one layer, and an output y at each step.",
        options=frozenset({"output_size", "output_nonlinearity"}),
        default_scheme="uniform",
        symbols={name: name for name in ("W_ih", "W_hh", "W_ho", "b_ih", "b_ho")},
        shapes=_elman_shapes,
        block_steps=lambda sizes: 1,
        build=_build_elman,
    ),
    "rnn_cell": NetworkKind(
        title="nn.RNNCell",
        sentence="torch's cell: one step a call, two biases, and no output beyond the state.",
        options=frozenset({"bias"}),
        default_scheme="torch_default",
        symbols=_torch_symbols(""),
        shapes=lambda sizes: _layer_shapes(sizes, 0, ""),
        block_steps=lambda sizes: 1,
        build=_build_rnn_cell,
    ),
    "rnn": NetworkKind(
        title="nn.RNN",
        sentence="torch's whole layer: one call runs the sequence through one to eight layers.",
        options=frozenset(
            {"bias", "num_layers", "bidirectional", "dropout", "training", "dropout_seed"}
        ),
        default_scheme="torch_default",
        symbols=_torch_symbols("_l0"),
        shapes=_rnn_shapes,
        block_steps=lambda sizes: 2**31 if _is_whole(sizes) else 64,
        build=_build_rnn,
    ),
}


def network_of(module: nn.Module) -> Network | None:
    """Return the network contract around an ElmanRNN, nn.RNNCell or nn.RNN; None for others.

    A subclass is another module as soon as its forward is its own.

    Raises
    ------
    ValueError
        If it is an nn.RNN that cannot be stepped, or was made of what torch cannot compute with.
    """
    from torch import nn

    from rnnviz.networks.elman import ElmanNetwork, ElmanRNN
    from rnnviz.networks.pytorch import RNNCellNetwork, RNNNetwork, drops_units
    from rnnviz.networks.whole import WholeRNNNetwork

    if isinstance(module, ElmanRNN) and has_forward_of(ElmanRNN, module):
        return ElmanNetwork(module)
    if isinstance(module, nn.RNNCell) and has_forward_of(nn.RNNCell, module):
        return RNNCellNetwork(module)
    if isinstance(module, nn.RNN):
        if not has_forward_of(nn.RNN, module):
            raise ValueError(
                "An nn.RNN with a forward of its own cannot be stepped: it takes all steps at once."
            )
        whole = module.bidirectional or drops_units(module)
        return WholeRNNNetwork(module) if whole else RNNNetwork(module)
    return None


def has_forward_of(kind: type[nn.Module], module: nn.Module) -> bool:
    """Return whether the module's forward is that of `kind`, of which it is an instance."""
    return type(module).forward is kind.forward and "forward" not in vars(module)
