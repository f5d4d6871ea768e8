"""A file of safetensors: its tensors by name, and what was written beside them."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from rnnviz.formats.contents import content_of
from rnnviz.formats.unreadable import UnreadableFile, not_read, plain_size
from rnnviz.limits import MAX_AXES, MAX_HEADER, MAX_TENSORS
from rnnviz.networks.base import Interrupted, never

if TYPE_CHECKING:
    from torch import Tensor

LENGTH_BYTES = 8
"""Before the header stands how long it is."""
DISAGREES = (
    "Its header does not agree with what follows: it is cut off or damaged. "
    "Save it again, or copy it again."
)


def header_length(path: str | os.PathLike[str]) -> int | None:
    """Return the bytes of the header that the file claims; None if it is not one of safetensors.

    Raises
    ------
    UnreadableFile
        If it cannot be opened.
    """
    try:
        with Path(path).open("rb") as file:
            start = file.read(LENGTH_BYTES + 1)
    except OSError as error:
        raise not_read(path, error) from error
    return int.from_bytes(start[:LENGTH_BYTES], "little") if start[LENGTH_BYTES:] == b"{" else None


def load_safetensors(
    path: str | os.PathLike[str], *, stopped: Callable[[], bool] = never
) -> tuple[dict[str, Tensor], dict[str, str]]:
    """Return the tensors and the metadata.

    Raises
    ------
    UnreadableFile
        If it is damaged, cut off, or holds numbers that torch does not know.
    Interrupted
        If `stopped` said so.
    """
    size = plain_size(path)
    length = _checked_length(path, size)
    try:
        _check_header(path, length, size)
        return _of_content(content_of(path, size, stopped))
    except (UnreadableFile, Interrupted, MemoryError):
        raise
    except Exception:  # whatever safetensors, json and torch say of damaged bytes
        raise UnreadableFile(path, DISAGREES) from None


def _of_content(content: bytes) -> tuple[dict[str, Tensor], dict[str, str]]:
    from safetensors.torch import load

    found = load(content)  # which holds the header against what follows
    length = int.from_bytes(content[:LENGTH_BYTES], "little")
    header = json.loads(content[LENGTH_BYTES : LENGTH_BYTES + length])
    return dict(sorted(found.items())), dict(header.get("__metadata__") or {})


def _check_header(path: str | os.PathLike[str], length: int, size: int) -> None:
    """Raise unless the numbers end with the file and are not too many tensors, before it is read.

    The library looks at all that, too, but late or at length.
    """
    with Path(path).open("rb") as file:
        header = json.loads(file.read(LENGTH_BYTES + length)[LENGTH_BYTES:])
    header.pop("__metadata__", None)
    if len(header) > MAX_TENSORS:
        said = f"It has {len(header):,} tensors; at most {MAX_TENSORS:,} are read."
        raise UnreadableFile(path, said)
    axes = max((len(said["shape"]) for said in header.values()), default=0)
    if axes > MAX_AXES:
        raise UnreadableFile(path, f"A tensor has {axes:,} axes; at most {MAX_AXES} are read.")
    ends = (said["data_offsets"][1] for said in header.values())
    if max(ends, default=0) != size - LENGTH_BYTES - length:
        raise UnreadableFile(path, DISAGREES)


def _checked_length(path: str | os.PathLike[str], size: int) -> int:
    """Return the bytes of the header, if it can be there."""
    length = header_length(path)
    if length is None:
        raise UnreadableFile(path, "It does not begin as a file of safetensors does.")
    if length > size - LENGTH_BYTES:
        raise UnreadableFile(
            path,
            f"Its header should have {length:,} bytes, but the file ends after {size:,}: "
            "it is cut off. Copy it again.",
        )
    if length > MAX_HEADER:
        said = f"Its header has {length:,} bytes; at most {MAX_HEADER:,} are read."
        raise UnreadableFile(path, said)
    return length
