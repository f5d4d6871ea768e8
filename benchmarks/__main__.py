"""``python -m benchmarks``: each benchmark in a process of its own, one table at the end."""

from __future__ import annotations

import json
import os
import sys
import traceback
from collections.abc import Sequence
from importlib.util import find_spec

from benchmarks import machine
from benchmarks.arguments import Options, listing, parse
from benchmarks.effort import Effort
from benchmarks.isolated import run
from benchmarks.pairs import Row
from benchmarks.report import as_json, text_of

OTHERS = {"startup": ("pyqtgraph",), "peers": ("matplotlib", "pyqtgraph")}
"""What the program is held against, and has no use for itself."""


def main(argv: Sequence[str] | None = None) -> int:
    """Run what the arguments ask for; return the exit code: 1 if a benchmark broke down."""
    options = parse(sys.argv[1:] if argv is None else argv)
    if options.list_only:
        print(listing())
        return 0
    if lacking := lacking_for(options.names):
        print(f'{lacking} is not installed: pip install -e ".[bench]"', file=sys.stderr)
        return 2
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    described = machine.describe()
    found = [_rows(name, options) for name in options.names]
    rows = [row for some in found for row in some or ()]
    print(text_of(rows, described, markdown=options.markdown))
    if options.json is not None:
        options.json.write_text(json.dumps(as_json(rows, described), indent=1) + "\n")
    return 1 if None in found else 0


def lacking_for(names: Sequence[str]) -> str:
    """Return which library of others these benchmarks need and do not find; empty if none."""
    needed = [library for name in names for library in OTHERS.get(name, ())]
    return next((library for library in needed if find_spec(library) is None), "")


def _rows(name: str, options: Options) -> list[Row] | None:
    """Return a benchmark's rows; None if it broke down, which must not lose the others'."""
    print(f"{name} …", file=sys.stderr, flush=True)
    try:
        return run(name, Effort(options.quick))
    except Exception:
        traceback.print_exc()
        return None


if __name__ == "__main__":
    sys.exit(main())
