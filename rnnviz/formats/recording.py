"""Recordings of training loops, also while they are written. Only what is asked for is read."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from rnnviz.formats.recording_description import Description, described
from rnnviz.formats.unreadable import UnreadableFile
from rnnviz.limits import MAX_RANKS
from rnnviz.recording.layout import FORMAT

if TYPE_CHECKING:
    import zarr
    from zarr.abc.store import Store


def _never() -> bool:
    return False


@dataclass(frozen=True)
class _Snapshot:
    """What is known of a recording at one moment."""

    description: Description
    arrays: dict[str, zarr.Array] = field(default_factory=dict)
    index: NDArray[np.int64] = field(default_factory=lambda: np.empty((0, 4), np.int64))
    norms: NDArray[np.float32] | None = None


class Recording:
    """A recording on the disk. What is asked for is read then, and nothing else.

    Attributes
    ----------
    path : Path
    ranks : tuple of int
        The processes that recorded side by side; empty where there was one alone.
    rank : int or None
        Which of them this is.
    """

    def __init__(
        self,
        path: Path,
        group: zarr.Group,
        ranks: tuple[int, ...] = (),
        rank: int | None = None,
        stopped: Callable[[], bool] = _never,
    ) -> None:
        self.path, self.ranks, self.rank = path, ranks, rank
        self._group = group
        self._refreshing = threading.Lock()
        self._now = _Snapshot(described(path, group))
        self._identity = self._now.description.id, self._now.description.network
        self.refresh(stopped)

    @property
    def layer(self) -> str:
        """The layer's dotted name in its module; empty if it was the module itself."""
        return self._now.description.layer

    @property
    def network(self) -> dict[str, Any]:
        """The fields of `NetworkSettings` that describe the layer."""
        return self._now.description.network.model_dump(exclude_unset=True)

    @property
    def parameter_names(self) -> tuple[str, ...]:
        """The names of the parameters, in the order of `gradient_norms`."""
        return self._now.description.parameters

    @property
    def finished(self) -> bool:
        """Whether the recording has ended: nothing more will come."""
        return self._now.description.finished

    @property
    def notices(self) -> tuple[str, ...]:
        """What was converted or is not there, a sentence each."""
        now = self._now
        return tuple(_notices(now.description, now.index[:, 2].max(initial=0)))

    def __len__(self) -> int:
        """Return how many records there are, N."""
        return len(self._now.index)

    @property
    def steps(self) -> NDArray[np.int64]:
        """How many training passes were before each record, (N,)."""
        return self._now.index[:, 3]

    @property
    def gradient_norms(self) -> NDArray[np.float32]:
        """The norms of the parameters' gradients, (N, P); NaN where there was no gradient."""
        now = self._now
        if now.norms is None:
            return np.empty((0, len(self.parameter_names)), np.float32)
        return now.norms

    def times(self) -> NDArray[np.float64]:
        """Return when each record was made, (N,), in seconds since 1970."""
        now = self._now
        if not now.arrays:
            return np.empty(0, np.float64)
        return self._rows(now, "time", 0, len(now.index))

    def length(self, k: int) -> int:
        """Return the number of steps T of record `k`."""
        return int(self._row(k)[1])

    def batch_size(self, k: int) -> int:
        """Return how many sequences record `k` has."""
        return int(self._row(k)[2])

    def weights(self, k: int) -> dict[str, NDArray[np.float32]]:
        """Return the parameters by name, as they were when record `k` began."""
        now, k = self._now, self._number(k)
        return {
            name: self._rows(now, f"weights/{name}", k, k + 1)[0]
            for name in now.description.parameters
        }

    def inputs(self, k: int) -> NDArray[np.float32]:
        """Return the inputs of record `k`, (T, B, I)."""
        return self._steps("inputs", k, 1, self.length(k) + 1)

    def hidden(self, k: int, first: int, last: int) -> NDArray[np.float32]:
        """Return the states of record `k`, rows `first` to `last` - 1 of T + 1, (…, L, B, H)."""
        return self._steps("hidden", k, first, last)

    def output(self, k: int, first: int, last: int) -> NDArray[np.float32] | None:
        """Return the outputs of record `k`, rows `first` to `last` - 1 of T, (…, B, O), or None."""
        if "output" not in self._now.arrays:
            return None
        return self._steps("output", k, first + 1, last + 1)

    def refresh(self, stopped: Callable[[], bool] = _never) -> bool:
        """Look what was written since; return whether there is more, or it has ended.

        Raises
        ------
        UnreadableFile
            If it is damaged, or another recording took its place.
        Interrupted
            If `stopped` said so.
        """
        with self._refreshing, _readable(self.path):
            before, now = self._now, self._looked(stopped)
            self._now = now
        ended = now.description.finished != before.description.finished
        return ended or len(now.index) != len(before.index)

    def __repr__(self) -> str:
        passes = "1 pass" if len(self) == 1 else f"{len(self):,} passes"
        return f"<Recording of {passes}: {self.path.name}>"

    def _looked(self, stopped: Callable[[], bool]) -> _Snapshot:
        """Return what is there now. The index is read before the arrays, which grow first."""
        import zarr

        from rnnviz.formats import recording_arrays as arrays_of

        before = self._now
        group = zarr.open_group(self._group.store_path, mode="r", zarr_format=3)
        description = described(self.path, group)
        if (description.id, description.network) != self._identity:
            raise UnreadableFile(self.path, "Another recording took its place. Open it again.")
        first = arrays_of.opened(group, description.network)
        if not first:
            return _Snapshot(description)
        count = len(before.index)
        new = arrays_of.index_from(first["index"], count, stopped)
        arrays = arrays_of.opened(group, description.network)
        arrays_of.check_index(new, arrays, count)
        index = np.concatenate((before.index, new))
        norms = arrays_of.rows_of(arrays["gradient_norm"], count, len(index), (), stopped)
        old = self.gradient_norms
        return _Snapshot(description, arrays, index, np.concatenate((old, norms)))

    def _steps(self, name: str, k: int, first: int, last: int) -> NDArray[np.float32]:
        """Return rows of record `k` in an array that has a row a step, and one for h_0."""
        now = self._now
        offset, length, batch, _ = (int(number) for number in self._row(k))
        first, last = max(0, first), min(last, length + 1)
        sequences = slice(batch)
        rest = (slice(None), sequences) if name == "hidden" else (sequences,)
        return self._rows(now, name, offset + first, offset + max(first, last), rest)

    def _rows(
        self, now: _Snapshot, name: str, first: int, last: int, rest: tuple[slice, ...] = ()
    ) -> NDArray:
        from rnnviz.formats.recording_arrays import rows_of

        with _readable(self.path):
            return rows_of(now.arrays[name], first, last, rest)

    def _row(self, k: int) -> NDArray[np.int64]:
        row: NDArray[np.int64] = self._now.index[self._number(k)]
        return row

    def _number(self, k: int) -> int:
        if not 0 <= k < len(self):
            raise IndexError(f"There are {len(self):,} records; {k} is none of them.")
        return k


def read_recording(
    path: str | os.PathLike[str] | Store,
    *,
    stopped: Callable[[], bool] = _never,
    rank: int | None = None,
) -> Recording:
    """Open a recording of `rnnviz.record`, also one that is still written.

    Parameters
    ----------
    path : path-like, str or zarr Store
        The folder, a URL that fsspec knows, or a store.
    stopped : callable, optional
        Asked from time to time; a true answer ends the work.
    rank : int, optional
        Which of the processes that recorded side by side; the first one if left out.

    Raises
    ------
    UnreadableFile
        If it is none, damaged, or of another version.
    Interrupted
        If `stopped` said so.
    """
    import zarr

    from rnnviz.formats.recording_store import careful_store

    place = Path(str(path))
    with _readable(place):
        store = careful_store(path)
        group = zarr.open_group(store, mode="r", zarr_format=3, use_consolidated=False)
        ranks = _ranks(place, group)
        if ranks:
            rank = ranks[0] if rank is None else rank
            if rank not in ranks:
                raise UnreadableFile(place, f"There is no rank {rank}; there are {_listed(ranks)}.")
            name = f"rank-{rank}"
            group = zarr.open_group(
                store, path=name, mode="r", zarr_format=3, use_consolidated=False
            )
        return Recording(place, group, ranks, rank if ranks else None, stopped)


def _ranks(place: Path, group: zarr.Group) -> tuple[int, ...]:
    """Return which ranks have a group of their own in this one; none if it is a recording."""
    world = group.attrs.get("world_size")
    if group.attrs.get("format") != FORMAT or "layer" in group.attrs or not isinstance(world, int):
        return ()
    found = tuple(rank for rank in range(min(world, MAX_RANKS)) if f"rank-{rank}" in group)
    if not found:
        raise UnreadableFile(place, "No process has recorded anything yet. Open it again later.")
    return found


def _notices(said: Description, largest_batch: int) -> Iterator[str]:
    if said.own_module:
        yield f"What {said.module} computes is not known: it is shown as its parameters say."
    if said.dtype != "float32":
        yield f"The numbers were {said.dtype}; they are recorded as float32."
    if said.unknown:
        yield f"The states below the top layer were not recorded: {said.unknown}."
    if largest_batch == said.sequences:
        yield f"Sequences recorded of each batch: the first {said.sequences:,} at most."
    if said.failure:
        yield f"It ended before the training did: {said.failure.rstrip('.')}."
    if said.left_out:
        yield f"{said.left_out:,} records were left out: the disk was slower than the training."


def _listed(ranks: tuple[int, ...]) -> str:
    shown = ", ".join(map(str, ranks[:20]))
    return f"{shown}, …" if len(ranks) > 20 else shown


@contextmanager
def _readable(path: Path) -> Iterator[None]:
    """Let nothing out but what a reader may raise: whatever Zarr meets in a file is the file's."""
    from rnnviz.formats.recording_store import MissingChunk, Wrong
    from rnnviz.networks.base import Interrupted

    try:
        yield
    except (UnreadableFile, Interrupted, MemoryError):
        raise
    except MissingChunk as error:
        raise UnreadableFile(path, f"The part {error} is missing. Was all of it copied?") from error
    except NotADirectoryError as error:
        raise UnreadableFile(path, "A recording is a folder. Choose that.") from error
    except FileNotFoundError as error:
        raise UnreadableFile(
            path, "This is no recording of rnnviz. Choose another folder."
        ) from error
    except Wrong as error:
        raise UnreadableFile(path, f"It cannot be read: {error}.") from error
    except Exception as error:
        raise UnreadableFile(path, "It cannot be read: it is damaged. Copy it again.") from error
