"""What the program costs, as ratios: ``python -m benchmarks`` (``--help`` says how).

Each module named in `BENCHMARKS` has ``measure(effort) -> list of Row``. It measures in pairs, the
program and what it is held against by turns, since a ratio of two neighbours in time means the same
on a slow machine, a fast one and a busy one.
"""

BENCHMARKS: dict[str, str] = {
    "startup": "first paint and first step, over the imports alone",
    "step": "a step in the whole window, over a bare step and a bare repaint",
    "lockstep": "a step of three networks side by side, over a step of one",
    "growth": "a step at T = 100,000 over one at T = 100; going back and seeking",
    "pause": "how long the window does not answer while a run goes to its end",
    "run_all": "a run to the end with the window live, over bare nn.RNN",
    "weights": "one weight changed and all redrawn, over repainting what is cached",
    "training": "a training step that is recorded, over the step alone",
    "memory": "peak memory of a long run, over the size of its numbers",
    "peers": "the same live update by matplotlib, pyqtgraph and a notebook's cell",
}
"""The benchmarks by name, in the order they run in."""
