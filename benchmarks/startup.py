"""From the start of the process to the first paint and the first step, over imports alone."""

from __future__ import annotations

from benchmarks.effort import Effort
from benchmarks.pairs import Limit, Row, alternate, ratio_row
from benchmarks.processes import seconds_until_word

FIRST_PAINT, FIRST_STEP = Limit(0.65), Limit(1.1)
PAIRS = 15
IMPORTS = "import PySide6.QtWidgets, pyqtgraph"


def measure(effort: Effort) -> list[Row]:
    """Return a row for the first paint and one for the first step."""
    pairs = effort.pairs(PAIRS)
    return [
        _row("first paint, over importing QtWidgets and pyqtgraph", "first_paint", IMPORTS,
             pairs, FIRST_PAINT),
        _row("first step, over importing those and torch", "first_step", f"{IMPORTS}, torch",
             pairs, FIRST_STEP),
    ]  # fmt: skip


def _row(what: str, moment: str, imports: str, pairs: int, limit: Limit) -> Row:
    measured = alternate(
        lambda: seconds_until_word("-m", "benchmarks.startup_child", moment),
        lambda: seconds_until_word("-c", f"{imports}; print('imported', flush=True)"),
        pairs,
    )
    return ratio_row(what, measured, limit)
