"""The arrays of a recording: held against its description before anything of them is read."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import numpy as np
import zarr
from numpy.typing import NDArray
from zarr.codecs import BytesCodec, Crc32cCodec

from rnnviz.formats.recording_store import MissingChunk, Wrong
from rnnviz.limits import MAX_CHUNK
from rnnviz.recording.layout import ABSENT, BATCH_AXIS, INDEX_COLUMNS
from rnnviz.settings import NetworkSettings

Shape = tuple[int | None, ...]
"""None for a side that the description leaves open: time, records, batch."""


def shapes_of(network: NetworkSettings) -> dict[str, Shape]:
    """Return what shape each array must have, but for ``gradient_norm``."""
    h = network.hidden_size
    shapes: dict[str, Shape] = {
        "inputs": (None, None, network.input_size),
        "hidden": (None, network.layers, None, h),
        "time": (None,),
        "index": (None, len(INDEX_COLUMNS)),
        "gradient_norm": (None, len(network.shapes)),
    }
    if "output_size" in network.options:
        shapes["output"] = (None, None, network.output_size)
    return shapes | {f"weights/{name}": (None, *shape) for name, shape in network.shapes.items()}


DTYPES = {"time": np.float64, "index": np.int64}
"""All others are float32."""


def opened(group: zarr.Group, network: NetworkSettings) -> dict[str, zarr.Array]:
    """Return the arrays by name; none before the first record is written.

    Raises
    ------
    Wrong
        If one is missing, or is not as it must be.
    """
    if "index" not in group:
        return {}
    arrays = {}
    for name, shape in shapes_of(network).items():
        arrays[name] = _array(group, name)
        _check(name, arrays[name], shape)
    return arrays


def _array(group: zarr.Group, name: str) -> zarr.Array:
    try:
        array = group.get(name)
    except (Wrong, MemoryError):
        raise
    except Exception as error:  # whatever Zarr says of metadata that are wrong
        raise Wrong(f"the array {name} is described wrongly") from error
    if not isinstance(array, zarr.Array):
        raise Wrong(f"the array {name} is missing; copy it again")
    return array


def _check(name: str, array: zarr.Array, shape: Shape) -> None:
    fits = len(shape) == len(array.shape) and all(
        wanted in (None, found) for wanted, found in zip(shape, array.shape, strict=True)
    )
    if not fits:
        sides = ", ".join("…" if side is None else str(side) for side in shape)
        raise Wrong(f"{name} has the shape {array.shape}, not ({sides})")
    dtype = np.dtype(DTYPES.get(name, np.float32))
    if array.dtype != dtype:
        raise Wrong(f"{name} is of {array.dtype}, not {dtype}")
    plain = isinstance(array.serializer, BytesCodec) and not array.filters
    if not plain or not all(isinstance(codec, Crc32cCodec) for codec in array.compressors):
        raise Wrong(f"{name} is encoded in another way than bytes and crc32c")
    if math.prod(array.chunks) * dtype.itemsize > MAX_CHUNK:
        raise Wrong(f"a chunk of {name} has more than {MAX_CHUNK // 2**20} MiB")


def rows_of(
    array: zarr.Array,
    first: int,
    last: int,
    rest: tuple[slice, ...] = (),
    stopped: Callable[[], bool] = lambda: False,
) -> NDArray:
    """Return rows `first` to `last` - 1, read chunk by chunk: no room is made for what is missing.

    Raises
    ------
    MissingChunk
    Wrong
    Interrupted
        If `stopped` said so.
    """
    parts = [_part(array, a, b, rest) for a, b in _pieces(array, first, last, stopped)]
    if not parts:
        return _part(array, 0, 0, rest)
    return np.asarray(parts[0] if len(parts) == 1 else np.concatenate(parts))


def _part(array: zarr.Array, first: int, last: int, rest: tuple[slice, ...] = ()) -> NDArray:
    try:
        return np.asarray(array[(slice(first, last), *rest)])
    except (MissingChunk, Wrong, MemoryError):
        raise
    except Exception as error:  # whatever Zarr says of numbers that are damaged
        raise Wrong(f"a part of {array.basename} is damaged; copy it again") from error


def index_from(array: zarr.Array, count: int, stopped: Callable[[], bool]) -> NDArray[np.int64]:
    """Return the index rows from `count` on, up to the first record that is not there yet."""
    found = []
    for first, last in _pieces(array, count, array.shape[0], stopped):
        try:
            rows = _part(array, first, last)
        except MissingChunk:
            break
        there = np.flatnonzero(rows[:, 0] == ABSENT)
        found.append(rows[: there[0]] if len(there) else rows)
        if len(there):
            break
    return np.concatenate(found) if found else np.empty((0, len(INDEX_COLUMNS)), np.int64)


def check_index(rows: NDArray[np.int64], arrays: Mapping[str, Any], count: int) -> None:
    """Raise `Wrong` if a record reaches beyond what the arrays have."""
    offset, length, batch, step = rows.T
    of_steps = [arrays[name] for name in BATCH_AXIS if name in arrays]
    room = min(array.shape[0] for array in of_steps)
    sequences = min(array.shape[-2] for array in of_steps)
    wrong = (offset < 0) | (length < 0) | (length >= room - offset) | (offset >= room)
    wrong |= (batch < 0) | (batch > sequences) | (step < 0)
    if wrong.any():
        raise Wrong(f"record {count + int(np.argmax(wrong)):,} is not where the index says")
    short = [name for name in arrays if name not in BATCH_AXIS]
    short = [name for name in short if arrays[name].shape[0] < count + len(rows)]
    if short:
        raise Wrong(f"{short[0]} has fewer records than the index says")


def _pieces(
    array: zarr.Array, first: int, last: int, stopped: Callable[[], bool]
) -> Iterator[tuple[int, int]]:
    """Yield the pieces of a range of rows that lie in one chunk each."""
    rows = array.chunks[0]
    while first < last:
        if stopped():
            from rnnviz.networks.base import Interrupted

            raise Interrupted
        end = min(last, (first // rows + 1) * rows)
        yield first, end
        first = end
