"""The sources of input sequences. torch is loaded when one is drawn."""

from typing import Annotated, get_args

from pydantic import Field

from rnnviz.limits import MAX_LENGTH
from rnnviz.sequences.base import Source
from rnnviz.sequences.loaded import Loaded
from rnnviz.sequences.noise import Normal
from rnnviz.sequences.signals import Impulse, Jump, Sine, Square
from rnnviz.sequences.symbols import OneHot, Text
from rnnviz.sequences.typed import Values

__all__ = [
    "MAX_LENGTH",
    "SEQUENCES",
    "AnySource",
    "Impulse",
    "Jump",
    "Loaded",
    "Normal",
    "OneHot",
    "Sine",
    "Source",
    "Square",
    "Text",
    "Values",
]

AnySource = Annotated[
    Normal | Text | Loaded | Impulse | Jump | Sine | Square | OneHot | Values,
    Field(discriminator="name"),
]
"""Any source, for a field of the settings; in the order of the user's list."""

SEQUENCES: dict[str, type[Source]] = {
    source.model_fields["name"].default: source for source in get_args(get_args(AnySource)[0])
}
"""The sources by name."""
