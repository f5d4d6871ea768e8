"""What a recording says of itself, held against what there can be."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from rnnviz.fields import sentence_of
from rnnviz.formats.unreadable import UnreadableFile
from rnnviz.limits import MAX_SAID
from rnnviz.recording.layout import FORMAT, VERSION
from rnnviz.settings import NetworkSettings

if TYPE_CHECKING:
    import zarr

Name = Field("", max_length=MAX_SAID)


class Description(BaseModel):
    """What the group of a recording says of itself."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    format: Literal["rnnviz.recording"]
    version: Literal[1]
    layer: str = Name
    module: str = Name
    own_module: bool = False
    network: NetworkSettings
    parameters: tuple[str, ...]
    dtype: str = Field("float32", max_length=MAX_SAID)
    sequences: int | None = None
    unknown: str = Name
    left_out: int = 0
    failure: str = Name
    id: str = Name
    finished: bool = False


def described(path: Path, group: zarr.Group) -> Description:
    """Return what the group of a recording says of itself.

    Raises
    ------
    UnreadableFile
        If it is no recording, of another version, or says what cannot be.
    """
    said = dict(group.attrs)
    if said.get("format") != FORMAT:
        raise UnreadableFile(path, "This is no recording of rnnviz. Choose another folder.")
    if said.get("version") != VERSION:
        raise UnreadableFile(
            path,
            f"This recording is of version {said.get('version')!r:.40}; version {VERSION} can be "
            "read. Open it with the rnnviz that wrote it.",
        )
    try:
        description = Description.model_validate(said)
    except ValidationError as error:
        where = ".".join(map(str, error.errors()[0]["loc"]))
        raise UnreadableFile(
            path, f"Its description is wrong: {where}: {sentence_of(error)}."
        ) from error
    if set(description.parameters) != set(description.network.shapes):
        raise UnreadableFile(path, "Its parameters are not those of the network it describes.")
    return description
