"""The schemes by which parameters get their numbers. torch is loaded when one fills them."""

from typing import Annotated, get_args

from pydantic import Field

from rnnviz.initialization.base import Scheme
from rnnviz.initialization.filling import initialize, misfits, own_seed
from rnnviz.initialization.loaded import Loaded
from rnnviz.initialization.torchs import (
    Constant,
    Eye,
    KaimingNormal,
    KaimingUniform,
    Normal,
    Ones,
    Orthogonal,
    Sparse,
    TorchDefault,
    TruncNormal,
    Uniform,
    XavierNormal,
    XavierUniform,
    Zeros,
)
from rnnviz.initialization.typed import Values
from rnnviz.limits import MAX_SIDE

__all__ = [
    "INIT_SCHEMES",
    "MAX_SIDE",
    "AnyScheme",
    "Constant",
    "Eye",
    "KaimingNormal",
    "KaimingUniform",
    "Loaded",
    "Normal",
    "Ones",
    "Orthogonal",
    "Scheme",
    "Sparse",
    "TorchDefault",
    "TruncNormal",
    "Uniform",
    "Values",
    "XavierNormal",
    "XavierUniform",
    "Zeros",
    "initialize",
    "misfits",
    "own_seed",
]

AnyScheme = Annotated[
    Uniform
    | TorchDefault
    | Values
    | Loaded
    | Normal
    | TruncNormal
    | XavierUniform
    | XavierNormal
    | KaimingUniform
    | KaimingNormal
    | Orthogonal
    | Eye
    | Sparse
    | Constant
    | Zeros
    | Ones,
    Field(discriminator="name"),
]
"""Any scheme, for a field of the settings; in the order of the user's list."""

INIT_SCHEMES: dict[str, type[Scheme]] = {
    scheme.model_fields["name"].default: scheme for scheme in get_args(get_args(AnyScheme)[0])
}
"""The schemes by name."""
