"""A run to the end with the window live, over nn.RNN called once on the same sequence."""

from __future__ import annotations

import torch

from benchmarks.effort import Effort
from benchmarks.live import open_window, renew, run_to_end, settings_for, settle
from benchmarks.pairs import Limit, Pairs, Row, alternate, ratio_row, timed
from rnnviz.session import Session

LARGE, SMALL = (2_048, 5_000, Limit(1.15)), (128, 20_000, Limit(1.4))
PAIRS = {LARGE: 7, SMALL: 15}


def measure(effort: Effort) -> list[Row]:
    """Return a row for a large network and one for a small one with many steps."""
    return [_run_all(*case, effort.pairs(pairs)) for case, pairs in PAIRS.items()]


def _run_all(hidden: int, length: int, limit: Limit, pairs: int) -> Row:
    torch.set_num_threads(1)
    with open_window(settings_for("rnn", hidden, length)) as window:
        measured = _compare(window.session, pairs)
    what = f"run to the end, {hidden:,} units x {length:,}, over nn.RNN in one call"
    return ratio_row(what, measured, limit)


def _compare(session: Session, pairs: int) -> Pairs:
    def ours() -> float:
        renew(session)
        settle(100)
        return timed(lambda: run_to_end(session))

    return alternate(ours, lambda: timed(lambda: _bare(session)), pairs)


@torch.no_grad()
def _bare(session: Session) -> None:
    session.network(session.run.inputs, session.run.h0)
