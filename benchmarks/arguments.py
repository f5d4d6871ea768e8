"""The command line of the benchmarks."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks import BENCHMARKS


@dataclass(frozen=True)
class Options:
    """What the command line asked for.

    Attributes
    ----------
    names : tuple of str
        Which benchmarks; all if none were named.
    json : Path or None
        Where to write every measured value.
    """

    names: tuple[str, ...] = tuple(BENCHMARKS)
    json: Path | None = None
    quick: bool = False
    markdown: bool = False
    list_only: bool = False


def parse(argv: Sequence[str]) -> Options:
    """Read the arguments; a wrong one ends the program with one line and exit code 2."""
    given = _parser().parse_args(argv)
    return Options(
        tuple(given.names) or tuple(BENCHMARKS), given.json, given.quick, given.markdown, given.list
    )


def listing() -> str:
    """Return the benchmarks, one a line."""
    width = max(map(len, BENCHMARKS))
    return "\n".join(f"{name:<{width}}  {sentence}" for name, sentence in BENCHMARKS.items())


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks",
        description="Measure what the program costs, in pairs, and print the ratios.",
        epilog=listing(),
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add = parser.add_argument
    add("names", nargs="*", metavar="NAME", type=_name, help="which to run; all if left out")
    add("--json", metavar="FILE", type=Path, help="write every measured value to a file")
    add("--quick", action="store_true", help="fewer pairs, and without the longest")
    add("--markdown", action="store_true", help="print the table as docs/performance.md has it")
    add("--list", action="store_true", help="list the benchmarks and end")
    return parser


def _name(text: str) -> str:
    if text not in BENCHMARKS:
        raise argparse.ArgumentTypeError(
            f"there is no benchmark {text!r}; there are: {', '.join(BENCHMARKS)}"
        )
    return text
