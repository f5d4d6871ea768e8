"""Where a recording goes: a group of its own, which takes the place of nothing else."""

from __future__ import annotations

import os
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch
import zarr
from zarr.abc.store import Store
from zarr.errors import ContainsGroupError
from zarr.storage import FsspecStore

from rnnviz.recording.layout import FORMAT, VERSION

Place = str | os.PathLike[str] | Store
"""A folder, a URL that fsspec knows, or a Zarr store."""
FILE_URLS = ("file://", "local://")
MAKING_SECONDS = 2.0
"""At most so long a rank waits for another one that is making the common group."""


def create(place: Place, attributes: Mapping[str, Any], overwrite: bool) -> zarr.Group:
    """Make the group; under torch.distributed one for each rank, inside of a common one.

    Raises
    ------
    FileExistsError
        If something is there already. With `overwrite` a recording is replaced, nothing else.
    OSError
        If it cannot be written.
    """
    rank, world = rank_and_world()
    named = {"format": FORMAT, "version": VERSION, "world_size": world}
    if world == 1:
        _check_free(place, overwrite)
        return zarr.create_group(
            _opened(place), overwrite=overwrite, attributes={**named, **attributes}
        )
    common = _common_group(place, named, overwrite)
    name = f"rank-{rank}"
    if name in common and not overwrite:
        raise _taken(place)
    return common.create_group(
        name, overwrite=overwrite, attributes={**named, "rank": rank, **attributes}
    )


def rank_and_world() -> tuple[int, int]:
    """Return this process's rank and how many there are: 0 and 1 without torch.distributed."""
    distributed = torch.distributed
    if not (distributed.is_available() and distributed.is_initialized()):
        return 0, 1
    return distributed.get_rank(), distributed.get_world_size()


def _common_group(place: Place, named: dict[str, Any], overwrite: bool) -> zarr.Group:
    """Return the group that holds those of the ranks, whichever of them makes it first."""
    found = _existing_or_begun(place)
    if found is None:
        try:
            # With its attributes in one go: another rank may look at any moment.
            return zarr.create_group(_opened(place), attributes=named)
        except ContainsGroupError:
            found = zarr.open_group(_opened(place), mode="r", zarr_format=3)
    if not _is_recording(found):
        raise _not_ours(place)
    if found.attrs.get("world_size") == 1 and not overwrite:
        raise _taken(place)
    group = zarr.open_group(_opened(place), mode="r+", zarr_format=3)
    if dict(group.attrs) != named:
        group.attrs.put(named)
    return group


def _existing_or_begun(place: Place) -> zarr.Group | None:
    """Return the group that is there, or that another rank is just making."""
    until = time.monotonic() + MAKING_SECONDS
    while (found := _existing(place)) is None and _has_contents(place):
        if time.monotonic() > until:
            raise _not_ours(place)
        time.sleep(MAKING_SECONDS / 100)
    return found


def _check_free(place: Place, overwrite: bool) -> None:
    found = _existing(place)
    if found is None:
        if _has_contents(place):
            raise _not_ours(place)
    elif not _is_recording(found):
        raise _not_ours(place)
    elif not overwrite:
        raise _taken(place)


def _existing(place: Place) -> zarr.Group | None:
    store = _opened(place)
    try:
        return zarr.open_group(store, mode="r", zarr_format=3)
    except FileNotFoundError:
        return None
    except (ValueError, NotADirectoryError) as error:
        raise _not_ours(place) from error


def _has_contents(place: Place) -> bool:
    """Return whether there is a file, or a folder that is not empty, on this machine."""
    if isinstance(place, Store):
        return False
    path = Path(place)
    return path.exists() and not (path.is_dir() and not any(path.iterdir()))


def _is_recording(group: zarr.Group) -> bool:
    return group.attrs.get("format") == FORMAT


def _opened(place: Place) -> str | Store:
    """Return what Zarr takes; ValueError for a URL that nobody knows."""
    if isinstance(place, Store) or "://" not in os.fspath(place):
        return place if isinstance(place, Store) else os.fspath(place)
    url = os.fspath(place)
    makes_folders = {"auto_mkdir": True} if url.startswith(FILE_URLS) else None
    return FsspecStore.from_url(url, storage_options=makes_folders)


def _taken(place: Place) -> FileExistsError:
    return FileExistsError(f"{place} is there already: choose another name, or overwrite=True.")


def _not_ours(place: Place) -> FileExistsError:
    return FileExistsError(f"{place} is there already and is no recording: choose another name.")
