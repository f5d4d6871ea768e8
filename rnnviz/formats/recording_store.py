"""A Zarr store that is read with care: nothing that is missing, too large, or not a plain file."""

from __future__ import annotations

import os
from pathlib import Path

from zarr.abc.store import ByteRequest, Store
from zarr.core.buffer import Buffer, BufferPrototype
from zarr.storage import FsspecStore, LocalStore, WrapperStore

from rnnviz.files import is_plain
from rnnviz.limits import MAX_CHUNK, MAX_METADATA

CHECKSUM = 4
METADATA = "zarr.json"


class MissingChunk(LookupError):  # noqa: N818 (it says what is the matter)
    """A chunk that should be there is not: Zarr itself would show its fill value."""


class Wrong(ValueError):  # noqa: N818 (it says what the matter is)
    """What is not as it must be in a recording, as what follows “It cannot be read: ”."""


class CarefulStore(WrapperStore[Store]):
    """Looks at the size of what is stored before it reads it."""

    async def get(
        self, key: str, prototype: BufferPrototype, byte_range: ByteRequest | None = None
    ) -> Buffer | None:
        """Return what is stored; None for metadata that are not there.

        Raises
        ------
        MissingChunk
        Wrong
            If it is larger than it may be, or is not a plain file.
        """
        of_metadata = key.endswith(METADATA)
        try:
            self._check_plain(key)
            size = await self._store.getsize(key)
        except (FileNotFoundError, NotADirectoryError):
            if of_metadata:
                return None
            raise MissingChunk(key) from None
        most = MAX_METADATA if of_metadata else MAX_CHUNK + CHECKSUM
        if size > most:
            raise Wrong(f"{key} has {size:,} bytes; at most {most:,} are read")
        return await self._store.get(key, prototype, byte_range)

    def _check_plain(self, key: str) -> None:
        if isinstance(self._store, LocalStore) and not is_plain(self._store.root / key):
            raise Wrong(f"{key} is not a plain file")


def careful_store(place: str | os.PathLike[str] | Store) -> CarefulStore:
    """Return a store for a folder, a URL that fsspec knows, or a store.

    Raises
    ------
    NotADirectoryError
        If a path of this machine is not a folder.
    """
    if isinstance(place, Store):
        return CarefulStore(place)
    if "://" in os.fspath(place):
        return CarefulStore(FsspecStore.from_url(os.fspath(place), read_only=True))
    if not Path(place).is_dir():
        raise NotADirectoryError(os.fspath(place))
    return CarefulStore(LocalStore(Path(place), read_only=True))
