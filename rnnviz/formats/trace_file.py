"""The record as a file: ``.npz``, ``.csv`` or ``.safetensors``, with names and shapes inside."""

from __future__ import annotations

import json
import os
import zipfile
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

import numpy as np
from numpy.typing import NDArray

import rnnviz
from rnnviz.files import written
from rnnviz.traces.record import rows_a_slice

if TYPE_CHECKING:
    from rnnviz.settings import Settings
    from rnnviz.traces.trace import Trace

SUFFIXES = (".npz", ".csv", ".safetensors")
AXES = {
    "inputs": ("time", "sequence", "unit"),
    "hidden": ("time", "layer", "sequence", "unit"),
    "outputs": ("time", "sequence", "unit"),
    "read": ("time", "layer", "sequence", "unit"),
}
COUNTING = "inputs[t - 1] is x_t, hidden[t] is h_t, hidden[0] is h_0, outputs[t - 1] is y_t"
SAFETENSORS_NAMES = {"f4": "F32", "f8": "F64", "f2": "F16", "i8": "I64", "i4": "I32"}
TEXT_BYTES = 32
"""A number as text takes so many times the room of its bytes while it is made."""

Progress = Callable[[int, int], object]
"""Called with what is done, and of how much."""


def save_trace(
    path: str | os.PathLike[str],
    trace: Trace,
    settings: Settings | None = None,
    *,
    progress: Progress = lambda done, total: None,
    stopped: Callable[[], bool] | None = None,
) -> None:
    """Write what is revealed of a record, slice by slice, each number exact.

    ``.npz`` and ``.safetensors`` hold the arrays as `Trace` has them: ``inputs`` (T, B, I),
    ``hidden`` (T + 1, L, B, H), ``outputs`` (T, B, O) where there are any, and what else the
    network recorded; what they are is said in ``metadata``. ``.csv`` has a line for each step
    from 0 and each sequence: ``t``, ``sequence``, ``x0`` …, ``h0`` … (``h0[1]``: unit 0 of layer
    1, where there are several), ``y0`` …; at t = 0 there is h alone.

    Parameters
    ----------
    path : path-like
        Its suffix decides; the file takes the place of an older one when it is complete.
    trace : Trace
        It may grow meanwhile: what is revealed at the beginning is written.
    settings : Settings, optional
        What the record comes from, for ``metadata``.
    progress : callable
    stopped : callable, optional
        Asked between two slices.

    Raises
    ------
    ValueError
        If the suffix is none of these, or the format does not know such numbers.
    Interrupted
        If `stopped` said so; nothing is left behind.
    OSError
        If it cannot be written.
    """
    suffix = Path(path).suffix.lower()
    if suffix not in SUFFIXES:
        raise ValueError(f"A record is written as {', '.join(SUFFIXES)}, not as {suffix or path}.")
    arrays = arrays_of(trace)
    slices = _Slices(arrays, progress, stopped)
    write = {".npz": _write_npz, ".csv": _write_csv, ".safetensors": _write_safetensors}[suffix]
    with written(path) as file:
        write(file, arrays, metadata_of(arrays, settings), slices)


def arrays_of(trace: Trace) -> dict[str, Any]:
    """Return the arrays of a record by their names, as many rows as are revealed now."""
    arrays = {name: trace[name] for name in trace.names}
    steps = len(arrays["hidden"]) - 1
    named = {"outputs" if name == "output" else name: array for name, array in arrays.items()}
    return {"inputs": trace.all_inputs[:steps], **named}


def metadata_of(arrays: Mapping[str, Any], settings: Settings | None) -> dict[str, str]:
    """Return what the arrays are, each entry as JSON but for plain texts."""
    axes = {name: AXES[name] for name in arrays if name in AXES}
    said = {"rnnviz": rnnviz.__version__, "axes": json.dumps(axes), "counting": COUNTING}
    if settings is None:
        return said
    source = settings.sequence.source
    return said | {
        "kind": settings.network.kind,
        "network": settings.network.model_dump_json(),
        "input_names": json.dumps(list(source.unit_names() or ())),
        "step_names": json.dumps(list(source.labels() or ())),
    }


class _Slices:
    """Goes through arrays a few rows at a time; says how far it is, and ends where told to."""

    def __init__(
        self,
        arrays: Mapping[str, Any],
        progress: Progress,
        stopped: Callable[[], bool] | None,
    ) -> None:
        self._progress, self._stopped = progress, stopped
        self._done, self._total = 0, sum(map(bytes_of, arrays.values()))

    def of(self, array: Any) -> Iterator[NDArray]:
        """Yield all rows, little-endian and contiguous."""
        rows = len(array)
        at_once = rows_a_slice(bytes_of(array) // max(1, rows))
        for first in range(0, rows, at_once):
            self.check()
            part = np.ascontiguousarray(array[first : first + at_once])
            yield part.astype(part.dtype.newbyteorder("<"), copy=False)
            self.took(part.nbytes)

    def took(self, count: int) -> None:
        """Say that so many more bytes are written."""
        self._done += count
        self._progress(self._done, self._total)

    def check(self) -> None:
        """Raise `Interrupted` if somebody wants it to end."""
        if self._stopped is not None and self._stopped():
            from rnnviz.networks.base import Interrupted

            raise Interrupted


def bytes_of(array: Any) -> int:
    """Return how many bytes an array takes, without reading it."""
    return int(np.prod(array.shape, dtype=np.int64)) * np.dtype(array.dtype).itemsize


def _write_npz(
    file: BinaryIO, arrays: Mapping[str, Any], metadata: Mapping[str, str], slices: _Slices
) -> None:
    with zipfile.ZipFile(file, "w", zipfile.ZIP_STORED) as archive:
        for name, array in arrays.items():
            with archive.open(f"{name}.npy", "w", force_zip64=True) as member:
                _write_npy_header(member, array)
                for part in slices.of(array):
                    member.write(part.data.cast("B") if part.size else b"")
        with archive.open("metadata.npy", "w") as member:
            np.lib.format.write_array(member, np.array(json.dumps(metadata)), allow_pickle=False)


def _write_npy_header(member: Any, array: Any) -> None:
    descr = np.lib.format.dtype_to_descr(np.dtype(array.dtype).newbyteorder("<"))
    header = {"descr": descr, "fortran_order": False, "shape": tuple(array.shape)}
    np.lib.format.write_array_header_1_0(member, header)


def _write_safetensors(
    file: BinaryIO, arrays: Mapping[str, Any], metadata: Mapping[str, str], slices: _Slices
) -> None:
    # Written by hand: the library's own function wants all of it in memory.
    header: dict[str, object] = {"__metadata__": dict(metadata)}
    at = 0
    for name, array in arrays.items():
        end = at + bytes_of(array)
        kind = _safetensors_name(np.dtype(array.dtype))
        header[name] = {"dtype": kind, "shape": list(array.shape), "data_offsets": [at, end]}
        at = end
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    file.write(len(text).to_bytes(8, "little") + text)
    for array in arrays.values():
        for part in slices.of(array):
            file.write(part.data.cast("B") if part.size else b"")


def _safetensors_name(dtype: np.dtype) -> str:
    name = SAFETENSORS_NAMES.get(dtype.str[1:])
    if name is None:
        raise ValueError(f"A .safetensors file of {dtype} cannot be written; .npz holds it.")
    return name


def _write_csv(
    file: BinaryIO, arrays: Mapping[str, Any], metadata: Mapping[str, str], slices: _Slices
) -> None:
    inputs, hidden, outputs = arrays["inputs"], arrays["hidden"], arrays.get("outputs")
    file.write((",".join(column_names(arrays)) + "\n").encode())
    rows, all_bytes = len(hidden), sum(map(bytes_of, arrays.values()))
    at_once = rows_a_slice(all_bytes // max(1, rows) * TEXT_BYTES)
    for first in range(0, rows, at_once):
        slices.check()
        last = min(rows, first + at_once)
        parts = [_before_none(inputs, first, last), _by_sequence(hidden[first:last])]
        if outputs is not None:
            parts.append(_before_none(outputs, first, last))
        file.write(_lines(first, np.concatenate(parts, axis=2)))
        slices.took(all_bytes * last // rows - all_bytes * first // rows)


def column_names(arrays: Mapping[str, Any]) -> list[str]:
    """Return the names of a CSV's columns."""
    layers, units = arrays["hidden"].shape[1], arrays["hidden"].shape[3]
    names = ["t", "sequence", *(f"x{unit}" for unit in range(arrays["inputs"].shape[2]))]
    for layer in range(layers):
        which = f"[{layer}]" if layers > 1 else ""
        names += [f"h{unit}{which}" for unit in range(units)]
    if "outputs" in arrays:
        names += [f"y{unit}" for unit in range(arrays["outputs"].shape[2])]
    return names


def _by_sequence(hidden: NDArray) -> NDArray:
    """Return states (n, L, B, H) as text, (n, B, L·H)."""
    rows, layers, batch, units = hidden.shape
    return _as_text(hidden.transpose(0, 2, 1, 3).reshape(rows, batch, layers * units))


def _before_none(array: Any, first: int, last: int) -> NDArray:
    """Return what belongs to the steps ``first`` to ``last - 1`` as text; step 0 has nothing."""
    text = _as_text(np.asarray(array[max(0, first - 1) : last - 1]))
    if first > 0:
        return text
    return np.concatenate([np.full((1, *text.shape[1:]), "", text.dtype), text])


def _as_text(values: NDArray) -> NDArray:
    """Return numbers as text, each in the fewest digits that restore it."""
    return values.astype(str)


def _lines(first: int, table: NDArray) -> bytes:
    """Return the lines of the steps from `first` on, (steps, sequences, columns)."""
    return "".join(
        f"{t},{sequence},{','.join(row)}\n"
        for t, rows in enumerate(table.tolist(), first)
        for sequence, row in enumerate(rows)
    ).encode()
