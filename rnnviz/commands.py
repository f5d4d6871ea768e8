"""What menus and keys do with the session and its player, and what they show of them."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject
from PySide6.QtGui import QGuiApplication

from rnnviz.settings import SettingsError

if TYPE_CHECKING:
    from rnnviz.actions import Commands
    from rnnviz.menus import Menus
    from rnnviz.player import Player
    from rnnviz.session import Session


class SessionCommands(QObject):
    """The commands that concern the session alone, whichever window it is in.

    Parameters
    ----------
    session : Session
    player : Player
    menus : Menus
        They show what can be done now, from `follow` on.
    say : callable
        Called with a sentence: what was done, or why it cannot be.
    parent : QObject, optional
    """

    def __init__(
        self,
        session: Session,
        player: Player,
        menus: Menus,
        say: Callable[[str], None],
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._session, self._player, self._menus, self._say = session, player, menus, say

    def commands(self) -> Commands:
        """Return what is done, by the names of actions."""
        session = self._session
        by_hand: dict[str, Callable[[], None]] = {
            "edit.undo": partial(self._try, session.undo),
            "edit.redo": partial(self._try, session.redo),
            "run.step_forward": session.step_forward,
            "run.step_back": session.step_back,
            "run.to_start": partial(session.seek, 0),
            "run.to_end": session.run_to_end,
            "run.cancel": session.cancel,
        }
        return {name: partial(self._by_hand, move) for name, move in by_hand.items()} | {
            "file.copy_command": self._copy_command,
            "init.draw_action": session.draw_new_weights,
            "init.restore_action": session.restore_previous_weights,
            "run.play": self._player.toggle,
            "run.copy_code": self._copy_code,
            "view.network": partial(self._show_page, False),
            "view.lockstep": partial(self._show_page, True),
        }

    def follow(self) -> None:
        """Let the menus show what can be done, from now on."""
        session = self._session
        session.lockstep_changed.connect(self._on_lockstep_changed)
        session.settings_changed.connect(self._on_settings_changed)
        session.history_changed.connect(self._on_history_changed)
        session.cursor_moved.connect(self._show_moves)
        session.busy_changed.connect(self._show_moves)
        self._player.playing_changed.connect(self._menus.show_playing)
        self._player.playing_changed.connect(self._show_moves)
        self._on_lockstep_changed()
        self._on_settings_changed()
        self._on_history_changed()

    # What is shown

    def _on_lockstep_changed(self) -> None:
        self._menus.show_page(self._session)

    def _on_settings_changed(self) -> None:
        self._show_moves()
        self._menus.show_weights(self._session)

    def _on_history_changed(self) -> None:
        self._menus.show_history(self._session.history)

    def _show_moves(self) -> None:
        self._menus.show_moves(self._session, self._player.playing)

    # What is done

    def _by_hand(self, move: Callable[[], None]) -> None:
        """Make a move that somebody asked for; it does not go on by itself any more."""
        self._player.pause()
        move()

    def _try(self, change: Callable[[], None]) -> None:
        try:
            change()
        except SettingsError as error:
            self._say(str(error))

    def _show_page(self, beside: bool) -> None:
        self._try(partial(self._session.set_lockstep, beside))
        self._menus.show_page(self._session)

    def _copy_code(self) -> None:
        lines = "Copied {} lines of PyTorch code."
        self._copy(self._session.code, lambda code: lines.format(len(code.splitlines())))

    def _copy_command(self) -> None:
        from rnnviz.saving.command import command_of

        command = partial(command_of, self._session.moment(), self._menus.open_explaining())
        self._copy(command, lambda _: "Copied the command that opens rnnviz like this.")

    def _copy(self, text: Callable[[], str], said: Callable[[str], str]) -> None:
        """Put a text on the clipboard and say so, or why there is none."""
        try:
            copied = text()
        except ValueError as reason:
            self._say(str(reason))
            return
        QGuiApplication.clipboard().setText(copied)
        self._say(said(copied))
