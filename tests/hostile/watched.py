"""Hostile files are opened in a process of their own, which is watched: what it does and takes."""

from __future__ import annotations

import multiprocessing
import os
import resource
import shutil
import signal
import sys
import time
import traceback
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path

from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

from hostile.files import Hostile
from hostile.kinds import sound_files
from hostile.openers import OPENERS, REFUSED
from hostile.pickles import SENTINEL
from rnnviz.formats import UnreadableFile

NEW_MEMORY = 300 * 10**6
"""The bytes that opening a hostile file may take."""
GUARD = 1_500 * 10**6
"""What the process may take at most: the machine has others."""
PATIENCE = 60
"""Seconds after which a file is taken to be never answered."""
LONGEST_SENTENCE = 700
LEAVES = ("os.", "shutil.", "subprocess.", "socket.", "pickle.", "pty.")
HARMLESS = ("os.listdir", "os.scandir", "os.walk", "os.fwalk")
WRITES = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND


@dataclass
class Worst:
    """The slowest file of an opener and the one that took most memory."""

    seconds: float = 0
    """Of a processor: other programs take their share of the clock's."""
    slowest: str = ""
    by_clock: float = 0
    nbytes: int = 0
    largest: str = ""

    def take(self, other: Worst) -> None:
        """Become the worse one of both."""
        if other.seconds > self.seconds:
            self.seconds, self.slowest = other.seconds, other.slowest
        if other.nbytes > self.nbytes:
            self.nbytes, self.largest = other.nbytes, other.largest
        self.by_clock = max(self.by_clock, other.by_clock)


@dataclass
class Figures:
    """What became of many files."""

    read: Counter[str] = field(default_factory=Counter)
    refused: Counter[str] = field(default_factory=Counter)
    worst: dict[str, Worst] = field(default_factory=dict)
    sentences: dict[str, str] = field(default_factory=dict)
    """One of each kind of refusal, by how it begins."""

    @property
    def count(self) -> int:
        return self.read.total() + self.refused.total()

    def take(self, file: Hostile, taken: Worst, error: Exception | None) -> None:
        (self.refused if error else self.read)[file.opener] += 1
        self.worst.setdefault(file.opener, Worst()).take(taken)
        if error:
            self.sentences.setdefault(f"{file.opener}: {str(error)[:40]}", str(error))

    def add(self, other: Figures) -> None:
        self.read += other.read
        self.refused += other.refused
        self.sentences |= other.sentences
        for opener, worst in other.worst.items():
            self.worst.setdefault(opener, Worst()).take(worst)

    def __str__(self) -> str:
        lines = [f"{self.count:,} hostile files"]
        for opener, worst in sorted(self.worst.items()):
            lines.append(
                f"{opener:<10}{self.read[opener]:>7,} read {self.refused[opener]:>7,} refused, "
                f"worst {worst.seconds:.2f} s of a processor ({worst.by_clock:.2f} by the clock), "
                f"{worst.nbytes / 1e6:.0f} MB"
            )
        return "\n".join(lines)


Chance = tuple[st.SearchStrategy[Hostile], int]
"""Files that hypothesis makes, and how many."""


def opened(files: Iterable[Hostile], folder: Path, *drawn: Chance, start: int = 0) -> Figures:
    """Open files one after the other, then drawn ones, in a process of their own."""

    def work(watch: _Watch) -> None:
        for file in files:
            watch.open(file)
        for strategy, count in drawn:
            _draw(watch, strategy, count, start)

    return _in_a_process(folder, work)


def _draw(watch: _Watch, files: st.SearchStrategy[Hostile], count: int, start: int) -> None:
    @seed(start)
    @settings(
        max_examples=count, deadline=None, database=None, derandomize=False,
        phases=[Phase.generate], suppress_health_check=list(HealthCheck),
        print_blob=False, report_multiple_bugs=False,
    )  # fmt: skip
    @given(files)
    def open_all(file: Hostile) -> None:
        watch.open(file)

    open_all()


def _in_a_process(folder: Path, work: Callable[[_Watch], object]) -> Figures:
    forks = multiprocessing.get_context("fork")
    ours, theirs = forks.Pipe()
    process = forks.Process(target=_run, args=(theirs, folder, work))
    process.start()
    theirs.close()
    now = "nothing yet"
    try:
        while ours.poll(PATIENCE):
            told = ours.recv()
            if isinstance(told, str):
                now = told
            elif isinstance(told, Figures):
                return told
            else:
                raise AssertionError(f"{told[0]}\n{now}")
        raise AssertionError(f"not answered within {PATIENCE} s: {now}")
    except EOFError:
        process.join()
        raise AssertionError(f"the process ended ({process.exitcode}) over {now}") from None
    finally:
        process.kill()
        process.join()


def _run(pipe: object, folder: Path, work: Callable[[_Watch], object]) -> None:
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    os.chdir(folder)
    watch = _Watch(pipe, folder)
    try:
        work(watch)
        pipe.send(watch.figures)
    except BaseException:
        pipe.send((traceback.format_exc()[:6000],))
    os._exit(0)


class _Watch:
    """Opens files, and holds against what happens."""

    def __init__(self, pipe: object, folder: Path) -> None:
        self._pipe, self._folder = pipe, folder
        self._done = 0
        self._watching = False
        self._seen: list[str] = []
        self.figures = Figures()
        sys.dont_write_bytecode = True
        _warm_up(folder / "sound")
        sys.addaudithook(self._on_event)
        used = int(_status()["VmData"].split()[0]) * 1024
        resource.setrlimit(resource.RLIMIT_DATA, (used + GUARD, used + GUARD))

    def open(self, file: Hostile) -> None:
        """Open a file; raise AssertionError if anything but a refusal comes of it."""
        self._done += 1
        self._pipe.send(repr(file))
        folder = self._folder / str(self._done)
        folder.mkdir()
        try:
            path = file.make(folder)
        except (ValueError, OSError):  # no such name, or place, can be had
            shutil.rmtree(folder)
            return
        before = _listing(folder)
        self._read(file, path)
        assert _listing(folder) == before, "it has changed what is there"
        assert not list(self._folder.rglob(SENTINEL)), "it ran what is in the file"
        shutil.rmtree(folder)

    def _read(self, file: Hostile, path: Path) -> None:
        self._seen.clear()
        error: Exception | None = None
        at_first = _forget_peak()
        start, by_clock = time.process_time(), time.perf_counter()
        self._watching = True
        try:
            OPENERS[file.opener](path)
        except (UnreadableFile, *REFUSED) as refused:
            error = refused
        finally:
            self._watching = False
            seconds, by_clock = time.process_time() - start, time.perf_counter() - by_clock
        assert not self._seen, f"it did {self._seen}"
        if isinstance(error, UnreadableFile):
            check_sentence(str(error), path)
        worst = Worst(seconds, repr(file), by_clock, _peak() - at_first, repr(file))
        self.figures.take(file, worst, error)

    def _on_event(self, event: str, arguments: tuple) -> None:
        if not self._watching or event in HARMLESS:
            return
        if event == "open":
            path, _, flags = arguments
            if not (isinstance(flags, int) and flags & WRITES and path != os.devnull):
                return
        elif not event.startswith(LEAVES):
            return
        self._seen.append(f"{event} {arguments!r:.200}")


def _warm_up(folder: Path) -> None:
    """Open what is sound, so that all modules are there, and all threads."""
    for k, file in enumerate(sound_files()):
        (folder / str(k)).mkdir(parents=True)
        OPENERS[file.opener](file.make(folder / str(k)))
    shutil.rmtree(folder, ignore_errors=True)


def check_sentence(said: str, path: Path) -> None:
    """Raise AssertionError unless a refusal can be read by anybody."""
    assert said.startswith(f"{path.name}: "), said
    assert said.endswith((".", "?", "!")), said
    assert said.isprintable(), said
    assert len(said) <= LONGEST_SENTENCE, said
    for word in ("Traceback", "<class", "object at 0x", "weights_only", "errno", "Errno", "Error("):
        assert word not in said, said


def _listing(folder: Path) -> list[tuple[str, int, int]]:
    found = ((p, p.lstat()) for p in sorted(folder.rglob("*")))
    return [(str(p), s.st_size, s.st_mtime_ns) for p, s in found]


def _status() -> dict[str, str]:
    lines = Path("/proc/self/status").read_text().splitlines()
    return dict(line.split(":\t", 1) for line in lines if ":\t" in line)


def _forget_peak() -> int:
    """Let the peak of the memory begin anew, and return what is taken now."""
    Path("/proc/self/clear_refs").write_text("5")
    return int(_status()["VmRSS"].split()[0]) * 1024


def _peak() -> int:
    return int(_status()["VmHWM"].split()[0]) * 1024
