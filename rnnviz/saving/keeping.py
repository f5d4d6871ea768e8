"""What a session file keeps of a window, and how the window comes back from it."""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from functools import cache
from typing import Protocol, cast

from pydantic import JsonValue
from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtWidgets import QMainWindow, QSplitter, QWidget

from rnnviz.arrays import Stored
from rnnviz.formats.session_file import NOT_REPLAYED, Layout, SavedSession
from rnnviz.history import Moment
from rnnviz.presets import Preset, load_presets
from rnnviz.saving.layout import layout_of, put_docks, size_parts
from rnnviz.session import Session

ROUNDS = range(2, 7)
"""So often sizes and looks are brought back: a line that is closed makes room for a dock, and
what has just become narrower still asks for the height that it had.
"""
LATE = frozenset({"view.code", "view.lockstep", "view.lockstep.rows"})
"""Views that are made when they are first shown: until then there is nothing to bring back."""


class Keeper(Protocol):
    """A view whose look is not decided by the session alone."""

    def view_state(self) -> dict[str, JsonValue]: ...
    def restore_view_state(self, state: dict[str, JsonValue]) -> None: ...


def keepers(window: QWidget) -> dict[str, Keeper]:
    """Return the views that have something to keep, by their object names."""
    found = [
        widget for widget in window.findChildren(QWidget) if _keeps(cast(Hashable, type(widget)))
    ]
    return {widget.objectName(): cast(Keeper, widget) for widget in found}


@cache
def _keeps(kind: Hashable) -> bool:
    """Return whether widgets of a class are keepers; asked of hundreds of them, once a second."""
    return hasattr(kind, "view_state") and hasattr(kind, "restore_view_state")


class Keeping(QObject):
    """Takes a window's state, and brings it back.

    Parameters
    ----------
    window : QMainWindow
    session : Session
    splitter : QSplitter

    Signals
    -------
    restored() : the window is as it was kept, its cursor included.
    """

    restored = Signal()

    def __init__(self, window: QMainWindow, session: Session, splitter: QSplitter) -> None:
        super().__init__(window)
        self._window, self._session, self._splitter = window, session, splitter
        self._layout: Layout | None = None
        self._looks: Iterator[None] = iter(())
        self._next = QTimer(self, singleShot=True, interval=0)
        self._next.timeout.connect(self._on_next)
        self._waiting: SavedSession | None = None
        session.busy_changed.connect(self._on_busy_changed)

    @property
    def busy(self) -> bool:
        """Whether a session is being brought back."""
        return self._waiting is not None or self._next.isActive()

    def hold_layout(self, hold: bool) -> None:
        """Take the layout as it is now until it is let go: what comes is for a while only."""
        self._layout = layout_of(self._window, self._splitter) if hold else None

    def taken(self) -> SavedSession:
        """Return everything that is set now."""
        moment = self._session.moment()
        carried = moment.carried
        return SavedSession(
            settings=moment.settings.model_copy(update={"replay": None}),
            previous_weights=self._session.previous_weights,
            preset=_name_of(moment.preset),
            cursor=self._session.cursor,
            revealed=self._session.run.revealed,
            selection=moment.selection,
            carried=None if carried is None else Stored(carried.numpy()),
            replayed=moment.settings.replay is not None,
            views={name: keeper.view_state() for name, keeper in keepers(self._window).items()},
            layout=self._layout or layout_of(self._window, self._splitter),
            notices=() if moment.settings.replay is None else (NOT_REPLAYED,),
        )

    def bring_back(self, saved: SavedSession, name: str) -> None:
        """Bring a session back; `restored` follows when its cursor is where it was.

        Parameters
        ----------
        saved : SavedSession
        name : str
            What it is called.

        Raises
        ------
        SettingsError
            If this machine cannot take its settings; nothing has changed then.
        """
        self._waiting, self._looks = None, iter(())
        self._session.open_moment(_moment(saved), saved.previous_weights, name)
        self._window.setAnimated(False)  # what is on its way has other sizes
        put_docks(self._window, saved.layout)
        self._waiting = saved
        self._session.seek(max(saved.revealed, saved.cursor))
        self._on_busy_changed()

    def notices(self, saved: SavedSession) -> tuple[str, ...]:
        """Return what of a file is not brought back, in sentences."""
        unknown = sorted(saved.views.keys() - keepers(self._window).keys() - LATE)
        said = list(saved.notices)
        if unknown:
            said.append(f"It speaks of views that are not there: {', '.join(unknown)}.")
        if saved.preset is not None and saved.preset not in load_presets():
            said.append(f"There is no preset “{saved.preset}” any more.")
        return tuple(said)

    # How it is done

    def _on_busy_changed(self) -> None:
        """Go back from the farthest step that was shown to the one that was looked at."""
        saved = self._waiting
        if saved is None or self._session.busy:
            return
        self._waiting = None
        if self._session.run.revealed >= saved.cursor:  # else somebody has cancelled it
            self._session.seek(saved.cursor)
        self._session.select(**vars(saved.selection.fitted(self._session.run)))
        self._looks = self._bringing_looks_back(saved)
        self._next.start()

    def _bringing_looks_back(self, saved: SavedSession) -> Iterator[None]:
        """Give all parts their sizes and looks; between two pieces everything is laid out."""
        for done in range(ROUNDS.stop):
            if done >= ROUNDS.start and self._is_laid_out_as(saved.layout):
                break
            yield
            size_parts(self._window, self._splitter, saved.layout)
            yield
            self._restore_views(saved)
        self._window.setAnimated(True)
        self.restored.emit()

    def _is_laid_out_as(self, layout: Layout) -> bool:
        return layout_of(self._window, self._splitter) == layout

    def _on_next(self) -> None:
        for _ in self._looks:
            self._next.start()
            return

    def _restore_views(self, saved: SavedSession) -> None:
        for name, keeper in keepers(self._window).items():
            try:
                if name in saved.views:
                    keeper.restore_view_state(saved.views[name])
            except ValueError:
                self._session.notice.emit(f"The file does not say what was seen of {name}.")


def _moment(saved: SavedSession) -> Moment:
    import torch

    carried = None
    if saved.carried is not None and saved.settings.sequence.start_state == "carry":
        carried = torch.tensor(saved.carried.values)
    preset = load_presets().get(saved.preset) if saved.preset is not None else None
    return Moment(saved.settings, preset, carried)


def _name_of(preset: Preset | None) -> str | None:
    return next((name for name, known in load_presets().items() if known == preset), None)
