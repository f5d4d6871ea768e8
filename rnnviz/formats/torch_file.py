"""A file of torch.save, through ``torch.load(weights_only=True)`` and no other way."""

from __future__ import annotations

import io
import os
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import IO

from rnnviz.formats.contents import AT_ONCE, content_of
from rnnviz.formats.pickles import DAMAGED, check_pickle
from rnnviz.formats.unreadable import UnreadableFile, plain_size
from rnnviz.formats.zips import directory_of
from rnnviz.limits import MAX_PICKLE, MAX_TORCH_DIRECTORY, MAX_TORCH_ENTRIES
from rnnviz.networks.base import Interrupted, never

ZIP = b"PK\x03\x04"
OLD_PARTS = 5
"""Pickles at the beginning of a file of torch before 1.6: the fourth one holds the object."""
SAVE_AGAIN = "Save the weights again, with torch.save(model.state_dict(), …)."


def load_torch(path: str | os.PathLike[str], *, stopped: Callable[[], bool] = never) -> object:
    """Return what torch.save wrote.

    Nothing of the file is run. Only plain data and tensors come out, all of them on the CPU.

    Raises
    ------
    UnreadableFile
        If it is not plain data and tensors, is damaged, or says that it is larger than it is.
    Interrupted
        If `stopped` said so.
    """
    import torch

    size = plain_size(path)
    try:
        if size > AT_ONCE:
            with Path(path).open("rb") as on_disk:
                _check(path, on_disk, size, stopped)
        content = io.BytesIO(content_of(path, size, stopped))
        _check(path, content, size, stopped)  # another program may have changed it meanwhile
        content.seek(0)
        return torch.load(content, weights_only=True, map_location="cpu")
    except (UnreadableFile, Interrupted, MemoryError):
        raise
    except Exception:  # torch's own text advises what no one should do with a strange file
        raise UnreadableFile(path, DAMAGED) from None


def _check(
    path: str | os.PathLike[str], file: IO[bytes], size: int, stopped: Callable[[], bool]
) -> None:
    is_zip = file.read(len(ZIP)) == ZIP
    (_check_zip if is_zip else _check_old)(path, file, size, stopped)


def _check_zip(
    path: str | os.PathLike[str], file: IO[bytes], size: int, stopped: Callable[[], bool]
) -> None:
    """Raise unless the zip's directory agrees with the file, and its pickle with weights."""
    _check_directory(path, file)
    with zipfile.ZipFile(file) as archive:
        entries = archive.infolist()
        _check_entries(path, entries, size)
        pickled = next((e for e in entries if e.filename.endswith("/data.pkl")), None)
        if pickled is None:
            raise UnreadableFile(path, f"This zip is not one of torch.save. {SAVE_AGAIN}")
        if pickled.file_size > MAX_PICKLE:
            raise UnreadableFile(
                path,
                f"What it holds beside numbers takes {pickled.file_size:,} bytes; at most "
                f"{MAX_PICKLE:,} are read. {SAVE_AGAIN}",
            )
        check_pickle(path, io.BytesIO(archive.read(pickled)), size, stopped)


def _check_directory(path: str | os.PathLike[str], file: IO[bytes]) -> None:
    """Raise if the list of the zip's parts is so long that reading it would take for ever."""
    directory = directory_of(file)
    if directory is None:
        raise UnreadableFile(path, DAMAGED)
    if directory.nbytes > MAX_TORCH_DIRECTORY:
        said = f"The list of its parts has more than {MAX_TORCH_DIRECTORY:,} bytes, the limit."
        raise UnreadableFile(path, said)


def _check_entries(path: str | os.PathLike[str], entries: list[zipfile.ZipInfo], size: int) -> None:
    if len(entries) > MAX_TORCH_ENTRIES:
        said = f"It has {len(entries):,} parts; at most {MAX_TORCH_ENTRIES:,} are read."
        raise UnreadableFile(path, said)
    if any(entry.filename.endswith("/constants.pkl") for entry in entries):
        said = f"It is a TorchScript program, which would have to be run. {SAVE_AGAIN}"
        raise UnreadableFile(path, said)
    if any(entry.compress_type != zipfile.ZIP_STORED for entry in entries):
        raise UnreadableFile(
            path, f"It was compressed after torch.save, which never does so. {SAVE_AGAIN}"
        )
    if sum(entry.file_size for entry in entries) > size:
        raise UnreadableFile(
            path, f"Its parts claim more than its {size:,} bytes: it is cut off or forged."
        )


def _check_old(
    path: str | os.PathLike[str], file: IO[bytes], size: int, stopped: Callable[[], bool]
) -> None:
    file.seek(0)
    for _ in range(OLD_PARTS):
        check_pickle(path, file, size, stopped)
