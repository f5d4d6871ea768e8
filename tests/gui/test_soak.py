"""Half an hour of playing, in the slow lane: ``RNNVIZ_SOAK_MINUTES=5 pytest -m slow -k soak``."""

import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from hands.figures import slope

MINUTES = float(os.environ.get("RNNVIZ_SOAK_MINUTES", "30"))
MOST_GROWTH = 1.0
"""MB a minute, after the first tenth."""
LONGEST = 0.1
"""Seconds that a pause may take, unless the machine itself was away."""
TESTS = Path(__file__).parents[1]


def said_of(name, found):
    """Return how long the pauses of a loop were."""
    lengths = 1000 * np.array([length for _, length, _ in found["pauses"]] or [0.0])
    own = 1000 * np.array([length - waited for _, length, waited in found["pauses"]] or [0.0])
    over = ", ".join(f"{(lengths > limit).sum()} over {limit} ms" for limit in (20, 50, 100, 200))
    return (
        f"{name}: {found['ticks']:,} ticks; pauses: {over}; the longest {lengths.max():.0f} ms, "
        f"without the time that it waited for a core {own.max():.0f} ms"
    )


def own_pauses(playing, idle):
    """Return the pauses that took too long with a core to run on, the idle loop having none."""
    others = [(end - length, end) for end, length, _ in idle["pauses"] if length > LONGEST / 2]
    return [
        (end, length)
        for end, length, waited in playing["pauses"]
        if length - waited > LONGEST and not any(a < end and end - length < b for a, b in others)
    ]


@pytest.mark.slow
def test_soak(capsys):
    ended = subprocess.run(
        [sys.executable, "-m", "hands.playing", str(MINUTES)],
        env={**os.environ, "QT_QPA_PLATFORM": "offscreen", "PYTHONPATH": str(TESTS)},
        capture_output=True,
        text=True,
        timeout=60 * MINUTES + 120,
    )
    assert ended.returncode == 0, ended.stderr[-2000:]
    found = json.loads(ended.stdout.splitlines()[-1])
    playing, idle = found["playing"], found["idle"]
    times, memory = np.array(playing["memory"]).T
    times, memory = (part[len(part) // 10 :] for part in (times, memory))
    growth, pauses = 60 * slope(times, memory), own_pauses(playing, idle)
    with capsys.disabled():
        print(
            f"\n{MINUTES:g} minutes, {playing['steps']:,} steps; memory {memory[0]:.0f} MB after a "
            f"tenth, {memory[-1]:.0f} MB in the end, {growth:+.3f} MB a minute\n"
            f"{said_of('playing', playing)}\n{said_of('idle beside it', idle)}\n"
            f"{len(pauses)} pauses of its own over {1000 * LONGEST:.0f} ms"
        )
    assert growth < MOST_GROWTH
    assert pauses == []
