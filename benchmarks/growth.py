"""A step late in a long run over one in a short run, and going back over going on."""

from __future__ import annotations

from collections.abc import Callable
from random import Random

from benchmarks.effort import Effort
from benchmarks.live import open_window, settings_for, settle, trigger
from benchmarks.pairs import Limit, Pairs, Row, alternate, ratio_row, timed
from benchmarks.stepper import Stepper

GROWTH, RETURN = Limit(1.25), Limit(1.5)
UNITS = (128, 512)
LONG, SHORT, LAST = 100_000, 100, 2_000
"""Steps of the two runs; so many of the long one are left to be measured."""
RETURN_LENGTH, RETURN_UNITS = 1_000, 128
PAIRS, STEPS = 40, 10

Way = Callable[[Stepper, Random], float]
"""Moves `STEPS` times; returns the seconds that one move took on average."""


def measure(effort: Effort) -> list[Row]:
    """Return the rows for growth, then those for going back and seeking."""
    rows = []
    for hidden in UNITS[:1] if effort.quick else UNITS:
        rows += _growth(hidden, effort.pairs(PAIRS))
    return rows + _return(effort.pairs(PAIRS))


def _growth(hidden: int, pairs: int) -> list[Row]:
    """Measure with the view following the cursor, then with all steps in sight."""
    long, short = settings_for("rnn_cell", hidden, LONG), settings_for("rnn_cell", hidden, SHORT)
    with open_window(long) as long_window, open_window(short) as short_window:
        late, early = Stepper(long_window, LONG - LAST), Stepper(short_window)
        following = _compare(late, early, pairs)
        trigger(long_window, "view.fit")
        in_sight = _compare(late, early, pairs)
    what = f"a step, {hidden} units, at T = {LONG:,} over T = {SHORT}"
    return [
        ratio_row(what, following, GROWTH),
        ratio_row(f"{what}, all steps in sight", in_sight),
    ]


def _compare(late: Stepper, early: Stepper, pairs: int) -> Pairs:
    return alternate(lambda: late.steps(STEPS), lambda: early.steps(STEPS), pairs)


def _return(pairs: int) -> list[Row]:
    """Measure going back and seeking in a run whose view follows the cursor page by page."""
    with open_window(settings_for("rnn_cell", RETURN_UNITS, RETURN_LENGTH)) as window:
        stepper = Stepper(window, RETURN_LENGTH // 2)
        rows = [
            ratio_row(f"{what}, over a step forward", _compare_ways(stepper, way, pairs), RETURN)
            for what, way in WAYS.items()
        ]
        trigger(window, "view.fit")
        anywhere = _compare_ways(stepper, _seek_anywhere, pairs)
    return [*rows, ratio_row("seeking anywhere, all steps in sight", anywhere, RETURN)]


def _compare_ways(stepper: Stepper, way: Way, pairs: int) -> Pairs:
    """Pair a way of moving with new steps; getting to where they begin is not timed."""
    random = Random(0)

    def forward() -> float:
        stepper.seek(stepper.session.run.revealed)
        settle(20)
        return stepper.steps(STEPS)

    return alternate(lambda: way(stepper, random), forward, pairs)


def _step_back(stepper: Stepper, random: Random) -> float:
    return timed(stepper.back, STEPS)


def _seek_near(stepper: Stepper, random: Random) -> float:
    """Seek among the last steps, which are on the page in sight or the one before."""
    end = stepper.session.run.revealed
    return timed(lambda: stepper.seek(random.randrange(end - 2 * STEPS, end)), STEPS)


def _seek_anywhere(stepper: Stepper, random: Random) -> float:
    """Seek among all steps there are, which nearly always turns the page."""
    end = stepper.session.run.revealed
    return timed(lambda: stepper.seek(random.randrange(end)), STEPS)


WAYS: dict[str, Way] = {
    "a step back": _step_back,
    "seeking nearby": _seek_near,
    "seeking anywhere, turning pages": _seek_anywhere,
}
