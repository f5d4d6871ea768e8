"""Files of numbers that can go in, or of a text: whatever they are, as one kind of object."""

from __future__ import annotations

import errno
import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from rnnviz.arrays import Stored
from rnnviz.formats.delimited import Reading, is_prose
from rnnviz.formats.numbers import PREVIEW_ROWS, Taken, check_bytes, preview_of
from rnnviz.formats.numpy_files import read_npy, read_npz
from rnnviz.formats.table_file import read_table
from rnnviz.formats.table_rows import MOST_SHOWN
from rnnviz.formats.tensor_files import read_safetensors, read_torch
from rnnviz.formats.text_file import encoding_of, guessed, opened_text, whole_text
from rnnviz.formats.unreadable import UnreadableFile, not_read, plain_size
from rnnviz.limits import MAX_LENGTH, MAX_TEXT_BYTES
from rnnviz.networks.base import Interrupted, never

__all__ = ["Data", "Reading", "is_text", "read_data"]

TABLES = frozenset({".csv", ".tsv", ".tab"})
"""Endings of files that are no prose."""
DAMAGED = "It is damaged. Copy it again, or save it again."
_LOOKED_AT = 2**16
"""Characters by which prose is told from numbers."""


@dataclass(frozen=True)
class Data:
    """What a file of numbers or of text holds.

    Attributes
    ----------
    path : Path
    values : Stored, optional
        (time), (time, features) or (time, batch, features), as the file has it; None for a text.
    text : str, optional
        None for numbers.
    columns : tuple of str
        The names of the features; empty where there are none.
    reading : Reading, optional
        How a table or a text was read; None for files that leave no choice.
    preview : tuple of tuple of str
        The first rows as text; of a table as they are in the file, with its header and with
        columns that are left out.
    choices : tuple of str
        The names of all sequences in the file, where it names them.
    name : str
        Which of them this is; empty where the file names none.
    notices : tuple of str
        What was converted or left out, a sentence each.
    """

    path: Path
    values: Stored | None = None
    text: str | None = None
    columns: tuple[str, ...] = ()
    reading: Reading | None = None
    preview: tuple[tuple[str, ...], ...] = ()
    choices: tuple[str, ...] = ()
    name: str = ""
    notices: tuple[str, ...] = ()


def read_data(
    path: str | os.PathLike[str],
    *,
    name: str | None = None,
    reading: Reading | None = None,
    stopped: Callable[[], bool] = never,
) -> Data:
    """Read numbers that can go in, or a text.

    Parameters
    ----------
    path : path-like
        A file of numpy (.npy, .npz), torch (.pt, .pth) or safetensors; any other is a text, or
        numbers as text (.csv, .tsv, .txt).
    name : str, optional
        Which of several arrays is taken; else ``inputs``, or the first that is a sequence.
    reading : Reading, optional
        How a text is read, as far as it is not to be found out.
    stopped : callable
        Whether nobody waits for it any more.

    Raises
    ------
    UnreadableFile
        If it cannot be read, or is no sequence.
    Interrupted
        If `stopped` said so.
    """
    try:
        return _read(Path(path), name, reading or Reading(), stopped)
    except (UnreadableFile, Interrupted, MemoryError):
        raise
    except OSError as error:
        if error.errno == errno.EINVAL:  # a damaged zip speaks of places before its beginning
            raise UnreadableFile(path, DAMAGED) from error
        raise not_read(path, error) from error
    except UnicodeError:
        raise UnreadableFile(
            path, "It is not in this encoding. Choose another one, or save it as UTF-8."
        ) from None
    except Exception as error:  # whatever damaged bytes do to zipfile, zlib, torch
        raise UnreadableFile(path, DAMAGED) from error


def is_text(data: Data) -> bool:
    """Return whether a file is a text to be read letter by letter, and no numbers."""
    return data.text is not None


def _read(path: Path, name: str | None, given: Reading, stopped: Callable[[], bool]) -> Data:
    plain_size(path)
    ending = path.suffix.lower()
    if ending == ".npy":
        return _of_array(path, read_npy(path, stopped))
    if ending in _SEVERAL:
        return _of_array(path, _SEVERAL[ending](path, name, stopped))
    return _of_text(path, given, stopped)


_SEVERAL: dict[str, Callable[[Path, str | None, Callable[[], bool]], Taken]] = {
    ".npz": read_npz,
    ".safetensors": read_safetensors,
    **dict.fromkeys((".pt", ".pth", ".bin", ".ckpt"), read_torch),
}


def _of_array(path: Path, taken: Taken) -> Data:
    return Data(
        path,
        values=_stored(taken.values),
        preview=preview_of(taken.values),
        choices=taken.choices,
        name=taken.name,
        notices=taken.notices,
    )


def _of_text(path: Path, given: Reading, stopped: Callable[[], bool]) -> Data:
    check_bytes(path, plain_size(path), MAX_TEXT_BYTES)
    encoding = given.encoding or encoding_of(path, stopped)
    said = () if given.encoding else guessed(encoding)
    if _prose(path, encoding, given):
        return _of_prose(path, encoding, said, stopped)
    table = read_table(path, encoding, given, stopped)
    return Data(
        path,
        values=_stored(table.values),
        columns=table.columns,
        reading=table.reading,
        preview=table.preview,
        notices=(*said, *table.notices),
    )


def _prose(path: Path, encoding: str, given: Reading) -> bool:
    if given.prose is not None:
        return given.prose
    if path.suffix.lower() in TABLES or given.delimiter:
        return False
    with opened_text(path, encoding) as text:
        return is_prose(text.read(_LOOKED_AT))


def _of_prose(
    path: Path, encoding: str, said: tuple[str, ...], stopped: Callable[[], bool]
) -> Data:
    text, count = whole_text(path, encoding, MAX_LENGTH, stopped)
    if not text.strip():
        raise UnreadableFile(path, "There is nothing in it but blanks.")
    if count > MAX_LENGTH:
        said = (*said, f"The text has {count:,} letters; the first {MAX_LENGTH:,} are taken.")
    lines = text[: PREVIEW_ROWS * MOST_SHOWN].split("\n")[:PREVIEW_ROWS]
    return Data(
        path,
        text=text,
        reading=Reading(encoding=encoding, prose=True),
        preview=tuple((line[:MOST_SHOWN],) for line in lines),
        notices=said,
    )


def _stored(values: NDArray[np.float32]) -> Stored:
    """Return values that nobody else has, so that they need not be copied."""
    values.flags.writeable = False
    return Stored(values)
