"""The program in a process of its own, which prints by how much a run raised its peak memory."""

from __future__ import annotations

import sys
from pathlib import Path

PROCESS = Path("/proc/self")
RESET_PEAK = "5"


def can_measure() -> bool:
    """Return whether the peak of this process can be read and reset."""
    return (PROCESS / "clear_refs").exists()


def main(hidden: int, length: int, inputs: int) -> None:
    """Print the bytes by which the peak during a run exceeds what the idle program takes."""
    from benchmarks.live import open_window, run_to_end, settings_for, settle

    with open_window() as window:
        run_to_end(window.session)
        settle()
        idle = _status("VmRSS")
        (PROCESS / "clear_refs").write_text(RESET_PEAK)
        window.session.apply(settings_for("rnn", hidden, length, inputs))
        run_to_end(window.session)
        print(_status("VmHWM") - idle, flush=True)


def _status(field: str) -> int:
    """Return a line of the process's status in bytes; files mapped into memory count as well."""
    lines = (PROCESS / "status").read_text().splitlines()
    line = next(line for line in lines if line.startswith(f"{field}:"))
    return int(line.split()[1]) * 1024


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
