"""One benchmark in a process of its own, where nothing is left of the ones before."""

from __future__ import annotations

from concurrent.futures import ProcessPoolExecutor
from importlib import import_module
from multiprocessing import get_context

from benchmarks.effort import Effort
from benchmarks.pairs import Row


def run(name: str, effort: Effort) -> list[Row]:
    """Run a benchmark in a new process and return its rows; what it raises is raised here."""
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        return pool.submit(measure, name, effort).result()


def measure(name: str, effort: Effort) -> list[Row]:
    """Run a benchmark here."""
    rows: list[Row] = import_module(f"benchmarks.{name}").measure(effort)
    return rows
