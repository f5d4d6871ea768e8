"""The pinned unit's sum at the cursor, and how its title is written."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject

from rnnviz.analysis.moments import Moments
from rnnviz.analysis.terms import Moment, Part, UnitSum, unit_terms
from rnnviz.session import Session
from rnnviz.views.notation import function_name, number

Writer = Callable[[str], str]
"""Writes a symbol, as `plain` and `rich` do."""


class PinnedUnit(QObject):
    """Reads the pinned unit's sum from the record, several steps' worth of it at once."""

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._moments = Moments(session.run)
        session.weights_changed.connect(self._on_weights_changed)

    def moment(self) -> Moment:
        """Return what the selected layer's equation holds at the cursor."""
        session, selection = self._session, self._session.selection
        if self._moments.run is not session.run:
            self._moments = Moments(session.run)
        return self._moments.at(session.cursor, selection.layer, selection.sequence)

    def terms(self) -> UnitSum | None:
        """Take the pinned unit's number apart; None where it is not computed or not in sight."""
        selection = self._session.selection
        pin, contract = selection.pin, self._session.contract
        if pin is None:
            return None
        now = self.moment()
        if now.x is None or now.h_prev is None or (pin.part == "output" and now.y is None):
            return None
        return unit_terms(
            contract, selection.layer, pin.part, pin.unit, now.x, now.h_prev, now.h, now.y, now.a
        )

    def _on_weights_changed(self) -> None:
        self._moments = Moments(self._session.run)  # its sums were those of other weights


def unit_name(part: Part, unit: int, write: Writer) -> str:
    """Return how a unit is called: ``h_t[2]``, ``y_t[0]``."""
    return f"{write('h' if part == 'hidden' else 'y')}[{unit}]"


def sum_name(part: Part, unit: int, write: Writer) -> str:
    """Return how what goes into the nonlinearity is called: ``a_t[2]``, or just ``sum``."""
    return f"{write('a')}[{unit}]" if part == "hidden" else "sum"


def title_text(terms: UnitSum, write: Writer, decimals: int = 2) -> str:
    """Return ``h_t[2] = tanh(a_t[2]) = tanh(0.44) = 0.41``."""
    name = unit_name(terms.part, terms.unit, write)
    result = number(terms.result, decimals)
    if terms.nonlinearity == "linear":
        return f"{name} = {result}"
    function = function_name(terms.nonlinearity)
    inner = sum_name(terms.part, terms.unit, write)
    return f"{name} = {function}({inner}) = {function}({number(terms.a, decimals)}) = {result}"
