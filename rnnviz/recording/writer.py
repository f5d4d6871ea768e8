"""A thread that writes records, so that training does not wait for the disk."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Sequence

from rnnviz.recording.layout import Record

BLOCK_BYTES = 32 * 2**20
"""So much is written in one go, or what has come within `BLOCK_SECONDS`."""
BLOCK_SECONDS = 0.5
WAITING_BYTES = 128 * 2**20
"""What may wait to be written. Beyond it records are left out."""


class Writer:
    """Hands blocks of records to `append`, in a thread of its own.

    Parameters
    ----------
    append : callable
        Called with the records of a block, in the thread.

    Attributes
    ----------
    error : Exception or None
        What `append` raised; nothing is written any more.
    """

    def __init__(self, append: Callable[[Sequence[Record]], None]) -> None:
        self.error: Exception | None = None
        self._append = append
        self._waiting: deque[Record] = deque()
        self._bytes = self._largest = 0
        self._changed = threading.Condition()
        self._closing = False
        self._thread = threading.Thread(target=self._work, name="rnnviz recording", daemon=True)
        self._thread.start()

    @property
    def has_room(self) -> bool:
        """Whether one more record, as large as the largest, may wait; one always may."""
        return not self._bytes or self._bytes + self._largest <= WAITING_BYTES

    def put(self, record: Record) -> None:
        """Let a record be written."""
        with self._changed:
            if self.error is not None:
                return
            self._waiting.append(record)
            self._bytes += record.nbytes
            self._largest = max(self._largest, record.nbytes)
            self._changed.notify()

    def close(self) -> None:
        """Wait until all is written."""
        with self._changed:
            self._closing = True
            self._changed.notify()
        self._thread.join()

    def _work(self) -> None:
        while self.error is None and (block := self._next_block()):
            try:
                self._append(block)
            except Exception as error:  # whatever a store raises ends the recording alone
                self._fail(error)
            with self._changed:
                self._bytes -= sum(record.nbytes for record in block)

    def _fail(self, error: Exception) -> None:
        with self._changed:
            self.error = error
            self._waiting.clear()

    def _next_block(self) -> list[Record]:
        """Return what is to be written next; nothing when all is written and it is closing."""
        with self._changed:
            self._changed.wait_for(lambda: self._waiting or self._closing)
            self._changed.wait_for(self._is_full, BLOCK_SECONDS)
            return [self._waiting.popleft() for _ in range(self._fitting())]

    def _is_full(self) -> bool:
        return self._closing or self._bytes >= BLOCK_BYTES

    def _fitting(self) -> int:
        """Return how many of those that wait make a block: one at least."""
        count = total = 0
        for record in self._waiting:
            total += record.nbytes
            if count and total > BLOCK_BYTES:
                break
            count += 1
        return count
