"""Records appended to a Zarr group, each visible when all of it is there."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
import zarr
from numpy.typing import NDArray
from zarr.codecs import Crc32cCodec

from rnnviz.recording.layout import (
    ABSENT,
    BATCH_AXIS,
    INDEX_CHUNK,
    INDEX_COLUMNS,
    SMALL_CHUNK,
    Record,
    chunk_records,
    chunk_rows,
    joined,
)


class RecordingGroup:
    """Appends records to a group.

    The numbers are written first, and the index row that makes a record visible last. The arrays
    are larger than what is written in them, so that their metadata seldom change.

    Parameters
    ----------
    group : zarr.Group
        Empty, but for its attributes.
    shapes : mapping of str to tuple of int
        The shapes of the parameters.
    """

    def __init__(self, group: zarr.Group, shapes: Mapping[str, tuple[int, ...]]) -> None:
        self._group = group
        self._shapes = shapes
        self._arrays: dict[str, zarr.Array] = {}
        self._count = self._rows = 0

    def __len__(self) -> int:
        """Return how many records are written."""
        return self._count

    def append(self, records: Sequence[Record]) -> None:
        """Write records behind the last one.

        Raises
        ------
        Exception
            Whatever the store raises. None of `records` is visible then.
        """
        if not self._arrays:
            self._create(max(records, key=lambda record: record.batch))
        self._append_steps(records)
        self._append_weights(records)
        self._write("time", self._count, np.array([record.time for record in records]))
        self._write("index", self._count, self._index(records))
        self._count += len(records)
        self._rows += sum(record.rows for record in records)

    def finish(self, attributes: Mapping[str, Any]) -> None:
        """Cut the arrays to what is written, and update the group's attributes."""
        for name, array in self._arrays.items():
            rows = self._rows if name in BATCH_AXIS else self._count
            if array.shape[0] != rows:
                array.resize((rows, *array.shape[1:]))
        self._group.update_attributes(dict(attributes))

    def _create(self, record: Record) -> None:
        for name, part in record.steps.items():
            row = tuple(max(1, side) for side in part.shape[1:])
            rows = chunk_rows(record.rows, part.itemsize * math.prod(row))
            self._add(name, (rows, *part.shape[1:]))
        for name, shape in self._shapes.items():
            self._add(f"weights/{name}", (chunk_records(shape), *shape))
        self._add("gradient_norm", (INDEX_CHUNK, len(self._shapes)))
        self._add("time", (INDEX_CHUNK,), np.float64, np.nan)
        self._add("index", (INDEX_CHUNK, len(INDEX_COLUMNS)), np.int64, ABSENT)

    def _add(
        self, name: str, chunk: tuple[int, ...], dtype: type = np.float32, fill: float = np.nan
    ) -> None:
        # What is written is bytes and their checksum: states hardly shrink, and training waits.
        self._arrays[name] = self._group.create_array(
            name,
            shape=chunk,
            chunks=tuple(max(1, side) for side in chunk),
            dtype=np.dtype(dtype),
            fill_value=fill,
            filters=None,
            compressors=[Crc32cCodec()],
            chunk_key_encoding={"name": "default", "separator": "."},  # a file each, no folders
            config={"write_empty_chunks": True},
        )

    def _append_steps(self, records: Sequence[Record]) -> None:
        rows = self._rows
        for together in _runs(records):
            sizes = [record.rows for record in together]
            for name, axis in BATCH_AXIS.items():
                if name in together[0].steps:
                    whole = joined([record.steps[name] for record in together], sizes, axis)
                    self._write(name, rows, whole, axis)
            rows += sum(sizes)

    def _append_weights(self, records: Sequence[Record]) -> None:
        for name in self._shapes:
            versions = np.stack([record.weights[name] for record in records])
            self._write(f"weights/{name}", self._count, versions)
        norms = np.stack([record.gradient_norms for record in records])
        self._write("gradient_norm", self._count, norms)

    def _index(self, records: Sequence[Record]) -> NDArray[np.int64]:
        """Return a row a record; its columns are `INDEX_COLUMNS`."""
        offsets = self._rows + np.cumsum([0, *(record.rows for record in records)])[:-1]
        rows = [
            (offset, record.rows - 1, record.batch, record.step)
            for offset, record in zip(offsets, records, strict=True)
        ]
        return np.array(rows, np.int64)

    def _write(self, name: str, first: int, values: NDArray, batch_axis: int = 0) -> None:
        """Write `values` from row `first` on; a batch may be smaller than the array's."""
        array = self._arrays[name]
        end = first + len(values)
        self._make_room(array, end, values.shape, batch_axis)
        rest = tuple(slice(side) for side in values.shape[1:])
        for a, b in _pieces(first, end, array.chunks[0], values.nbytes):
            array[(slice(a, b), *rest)] = values[a - first : b - first]

    def _make_room(
        self, array: zarr.Array, rows: int, shape: tuple[int, ...], batch_axis: int
    ) -> None:
        wanted = list(array.shape)
        if rows > wanted[0]:
            wanted[0] = max(rows, 2 * wanted[0])
        if batch_axis:
            wanted[batch_axis] = max(wanted[batch_axis], shape[batch_axis])
        if tuple(wanted) != array.shape:
            array.resize(tuple(wanted))


def _runs(records: Sequence[Record]) -> Iterator[Sequence[Record]]:
    """Yield what is written together: small records, or a large one, which is not copied then."""
    small: list[Record] = []
    for record in records:
        if record.hidden.nbytes < SMALL_CHUNK:
            small.append(record)
            continue
        if small:
            yield small
        yield [record]
        small = []
    if small:
        yield small


def _pieces(first: int, end: int, rows: int, nbytes: int) -> Iterator[tuple[int, int]]:
    """Yield where to cut between chunks of `rows` rows: Zarr copies what fills several."""
    if nbytes < SMALL_CHUNK:
        yield first, end
        return
    while first < end:
        last = min(end, (first // rows + 1) * rows)
        yield first, last
        first = last
