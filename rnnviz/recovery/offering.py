"""After a crash: what was left behind is offered, and brought back if that is wanted."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QImage

from rnnviz.formats.unreadable import UnreadableFile
from rnnviz.jobs import Job
from rnnviz.recovery.offer import Offer
from rnnviz.recovery.places import Place, left_behind
from rnnviz.recovery.times import said_time
from rnnviz.recovery.unsaved import Unsaved, facts, read
from rnnviz.saving.saving import Saving

PATIENCE = 0.5
"""Seconds that the end of the program waits for the disk."""


@dataclass(frozen=True)
class Found:
    """A place that was left behind, and what is said of it before it is read."""

    place: Place
    when: datetime
    about: str
    picture: QImage


class Offering(QObject):
    """Looks for unsaved work, and offers one after the other.

    Parameters
    ----------
    saving : Saving
    root : Path
        The folder under which all windows keep theirs.

    Signals
    -------
    offered(offer) : a widget for the window.
    restored(place) : what it holds is in the window now, which goes on in it.
    failed(sentence) : why something cannot be brought back.
    discarded(sentence) : what is removed with the end of the window, or is brought back until then.
    """

    offered = Signal(object)
    restored = Signal(object)
    failed = Signal(str)
    discarded = Signal(str)

    def __init__(self, saving: Saving, root: Path) -> None:
        super().__init__(saving)
        self._saving = saving
        self._found: list[Found] = []
        self._discarded: list[Found] = []
        self._offer: Offer | None = None
        self._projecting = False
        self._looking, self._reading = Job(self), Job(self)
        self._looking.done.connect(self._on_found)
        self._looking.failed.connect(self._on_failed)
        self._reading.done.connect(self._on_read)
        self._reading.failed.connect(self._on_failed)
        self._looking.start(partial(_found_in, root))

    def set_projection(self, on: bool) -> None:
        """Ask nothing while an audience looks on."""
        self._projecting = on
        if self._offer is not None:
            self._offer.setHidden(on)

    def bring_back(self) -> None:
        """Offer again what was discarded last; at the next start, while another is restored."""
        if not self._discarded:
            return
        if self._reading.busy:
            self._found.append(self._discarded.pop())
        else:
            self._found.insert(0, self._discarded.pop())
            self._offer_next()

    def close(self) -> None:
        """Leave to the next start what was not answered, and remove what was discarded."""
        self._leave()
        for found in self._discarded:
            found.place.remove()
        self._discarded.clear()

    def _leave(self) -> None:
        for job in (self._looking, self._reading):
            job.cancel()
            job.finished(PATIENCE)
        self._drop_offer()
        for found in self._found:
            found.place.give_back()
        self._found.clear()

    # One offer after the other

    def _on_found(self, found: list[Found]) -> None:
        self._found = found
        self._offer_next()

    def _offer_next(self) -> None:
        self._drop_offer()
        if not self._found:
            return
        first, others = self._found[0], len(self._found) - 1
        self._offer = offer = Offer(_title(first), first.about, others, first.picture)
        offer.restore_chosen.connect(self._on_restore)
        offer.later_chosen.connect(self._leave)
        offer.discard_chosen.connect(self._on_discard)
        self.offered.emit(offer)
        offer.setHidden(self._projecting)

    def _drop_offer(self) -> None:
        if self._offer is not None:
            self._offer.hide()
            self._offer.deleteLater()
        self._offer = None

    def _on_discard(self) -> None:
        found = self._found.pop(0)
        self._discarded.append(found)
        self._offer_next()
        self.discarded.emit(f"{_title(found)}, is removed when this window is closed.")

    def _on_restore(self) -> None:
        self._drop_offer()
        self._reading.start(partial(read, self._found[0].place))

    def _on_read(self, unsaved: Unsaved) -> None:
        path = None if unsaved.document is None else Path(unsaved.document)
        if self._saving.recover(unsaved.saved, path, unsaved.modified):
            self.restored.emit(self._found.pop(0).place)
        self._leave()

    def _on_failed(self, error: Exception) -> None:
        """Say it; what cannot be read stays where it is, for a newer program or another day."""
        reason = error.reason if isinstance(error, UnreadableFile) else str(error)
        self.failed.emit(f"The unsaved work cannot be restored: {reason}")
        self._leave()


def _title(found: Found) -> str:
    return f"Unsaved work of {said_time(found.when, datetime.now())}"


def _found_in(root: Path, stopped: Callable[[], bool]) -> list[Found]:
    return [_found(place) for place in left_behind(root)]


def _found(place: Place) -> Found:
    try:
        about = str(facts(place).get("about", ""))
    except UnreadableFile as error:
        about = error.reason
    when = datetime.fromtimestamp(place.session.stat().st_mtime)
    return Found(place, when, about, QImage(str(place.picture)))
