"""Follows a session and warns of its first number that is NaN or infinite."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from rnnviz.analysis.not_finite import FirstNotFinite, NotFinite, weight_not_finite
from rnnviz.reports.banner import Banner, Message
from rnnviz.selection import Pin
from rnnviz.views.notation import at_step, plain

if TYPE_CHECKING:
    from rnnviz.networks.base import Network
    from rnnviz.session import Session


class Warnings(QObject):
    """Lets the banner warn as long as it is true; it goes on playing.

    A weight comes before all that it spoils; then counts what is met first.

    Parameters
    ----------
    session : Session
    banner : Banner

    Signals
    -------
    followed() : somebody goes to the place.
    """

    followed = Signal()

    def __init__(self, session: Session, banner: Banner, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session, self._banner = session, banner
        self._network: Network | None = None
        self._weight: NotFinite | None = None
        self._said: NotFinite | None = None
        session.trace_reset.connect(self._on_trace_reset)
        session.trace_extended.connect(self._look)
        self._on_trace_reset()

    def _on_trace_reset(self) -> None:
        run = self._session.run
        self._first = FirstNotFinite(run)
        if run.network is not self._network:
            self._network, self._weight = run.network, weight_not_finite(run.network)
        self._said = None
        self._banner.warn(None)
        self._look()

    def _look(self) -> None:
        if self._said is None and (found := self._weight or self._first.shown()) is not None:
            self._said = found
            sentence = sentence_about(found, self._session)
            self._banner.warn(Message(sentence, link_to(found), self._go, "warning"))

    def _go(self) -> None:
        """Show the unit, and the step at which it happened."""
        found = self._said
        assert found is not None
        self.followed.emit()
        if is_in_record(found):
            self._session.seek(found.move)
        self._session.select(layer=found.layer, sequence=found.sequence)
        if found.symbol != "x":  # which is no sum that could be written out
            self._session.select(pin=_pin(found))


def sentence_about(found: NotFinite, session: Session) -> str:
    """Return what is not finite, and where: its unit, its layer and its sequence if several."""
    network, word = session.run.network, "NaN" if math.isnan(found.value) else "infinite"
    unit = f"row {found.unit}, column {found.column}" if found.column is not None else ""
    place = [f"{_symbol(found)} is {word} in {unit or f'unit {found.unit}'}"]
    if network.num_layers > 1 and found.symbol != "x":
        place.append(network.layer_name(found.layer))
    if (batch := session.run.batch_size) > 1 and is_in_record(found):
        place.append(f"sequence {found.sequence + 1} of {batch}")  # as the views count them
    return f"{_kind(found)}{', '.join(place)}."


def link_to(found: NotFinite) -> str:
    """Return what the button says that leads to it."""
    if not is_in_record(found):
        return "Show its row"
    return f"Go to step {found.step:,}" if found.step else "Go to the start"


def is_in_record(found: NotFinite) -> bool:
    """Return whether it belongs to a step, not to the weights."""
    return found.symbol in ("x", "h", "y")


def _kind(found: NotFinite) -> str:
    if not is_in_record(found):
        return "The weight " if found.column is not None else "The bias "
    if found.symbol == "x":
        return "The input "
    if found.step == 0:
        return "The start state "
    overflow = f"Overflow at step {found.step:,}: " if math.isinf(found.value) else ""
    return overflow or ("The state " if found.symbol == "h" else "The output ")


def _symbol(found: NotFinite) -> str:
    return at_step(found.symbol, found.step) if is_in_record(found) else plain(found.symbol)


def _pin(found: NotFinite) -> Pin:
    """Return the unit whose sum it belongs to."""
    return Pin("output" if found.symbol in ("y", "W_ho", "b_ho") else "hidden", found.unit)
