"""A file of safetensors: its tensors by name, and what was written beside them."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from rnnviz.formats.unreadable import UnreadableFile, plain_size
from rnnviz.networks.base import Interrupted, never

if TYPE_CHECKING:
    from torch import Tensor

LENGTH_BYTES = 8
"""Before the header stands how long it is."""
MAX_HEADER = 32 * 2**20


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
        said = error.strerror or str(error)
        raise UnreadableFile(path, f"It cannot be opened: {said}.") from error
    return int.from_bytes(start[:LENGTH_BYTES], "little") if start[LENGTH_BYTES:] == b"{" else None


def load_safetensors(
    path: str | os.PathLike[str], *, stopped: Callable[[], bool] = never
) -> tuple[dict[str, Tensor], dict[str, str]]:
    """Return the tensors, which lie in the file until they are looked at, and the metadata.

    Raises
    ------
    UnreadableFile
        If it is damaged, cut off, or holds numbers that torch does not know.
    Interrupted
        If `stopped` said so.
    """
    from safetensors import safe_open

    _check_header(path, plain_size(path))
    tensors = {}
    try:
        with safe_open(os.fspath(path), framework="pt") as file:
            for name in file.keys():  # noqa: SIM118 (it is no dict)
                if stopped():
                    raise Interrupted
                tensors[name] = file.get_tensor(name)
            return tensors, dict(file.metadata() or {})
    except (Interrupted, MemoryError):
        raise
    except Exception:
        raise UnreadableFile(
            path,
            "Its header does not agree with what follows: it is cut off or damaged. "
            "Save it again, or copy it again.",
        ) from None


def _check_header(path: str | os.PathLike[str], size: int) -> None:
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
