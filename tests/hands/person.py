"""Somebody without a plan at the real window, and what has to hold meanwhile."""

from __future__ import annotations

import gc
import sys
import threading
import time
import traceback
from collections import Counter, deque
from contextlib import contextmanager
from pathlib import Path
from random import Random

import numpy as np
from PySide6.QtCore import QPoint, QSettings, QThread, QTimer, QtMsgType, qInstallMessageHandler
from PySide6.QtGui import QWindow
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QFileDialog, QMessageBox, QWidget

import rnnviz
from hands import acts
from hands.figures import os_threads, resident_memory, slope, sweep, threads, timers, windows
from hands.things import lay_out
from rnnviz.app import create_window
from rnnviz.building import build_inputs, build_network
from rnnviz.memory import MemoryLimits
from rnnviz.store import remember_limits

LIFE = 1_000
"""Acts between two windows; they begin at multiples of it, with an empty store."""
CHECKED = 250
"""Acts between two looks at the whole record."""
LONG = 2_000
"""Moves up to which the whole record is looked at, else what is there."""
LIMITS = MemoryLimits(budget=400_000_000, in_memory=20_000_000)
SHARE_OF_MENUS = 0.15
FEW = 0.001
"""How likely one leaves the window in an act."""
PATIENCE = 20.0
"""Seconds until what is closed has to be gone."""
BORED = 0.05
"""How likely one dismisses a dialog in an act, other than by its own buttons and keys."""
IGNORED = ("This plugin does not support", "Mouse event at")  # by the edge, on purpose


class FaultError(AssertionError):
    """What went wrong, with what leads there again."""


class Hands:
    """Does one act after the other, each chosen by a generator of its own.

    Parameters
    ----------
    seed : int
    folder : Path
        Where its files are.
    """

    def __init__(self, seed: int, folder: Path) -> None:
        self.seed, self.folder = seed, folder
        self.random = Random(seed)
        self.files: list[Path] = []
        self.done = self.compared = 0
        self.counts: dict[str, int] = {}
        self._last: deque[str] = deque(maxlen=12)
        self._problems: list[str] = []
        self._born = 0
        self._rescuer = QTimer(interval=5)
        self._rescuer.timeout.connect(self._on_rescue)
        self._levels = 0
        self._reach: list[QWidget] = []
        self.memory: list[tuple[int, float]] = []
        self.left: set[str] = set()
        self._others: Counter[str] = Counter()  # what there was before

    # A walk

    def walk(self, first: int, last: int) -> None:
        """Do the acts `first` to `last` − 1."""
        self._levels = QThread.currentThread().loopLevel()
        sweep()
        self._others = self._found()
        with self._watching():
            for number in range(first, last):
                if number % LIFE == 0 or number == first:
                    self._begin(number)
                self.random = Random(f"{self.seed}/{number}")
                self._act(number)
                self.done += 1
                if number % CHECKED == CHECKED - 1:
                    self.check_record()
                if number % LIFE == LIFE - 1 or number == last - 1:
                    self._end(number)

    def _begin(self, number: int) -> None:
        self._born, self.random = number, Random(f"{self.seed}/{number}/life")
        self.files = lay_out(self.folder)
        self._store = QSettings(str(self.folder / f"{number}.ini"), QSettings.Format.IniFormat)
        remember_limits(self._store, LIMITS)
        self._open()

    def _open(self) -> None:
        self.window = create_window(store=self._store)
        self.window.keep_unsaved_work(self.folder.with_name("unsaved"))
        self.window.asks_before_closing = self.random.random() < 0.5
        self.window.resize(self.random.randint(500, 1300), self.random.randint(400, 800))
        self.window.show()
        self.window.activateWindow()
        QApplication.processEvents()

    def _act(self, number: int) -> None:
        if QApplication.activeWindow() is None and not self.window.isMinimized():
            self.window.activateWindow()  # as a window manager would, when a dialog is gone
            QApplication.processEvents()
        act = self._any_act()
        self._last.append(f"{number} {act.__name__}")
        self.counts[act.__name__] = self.counts.get(act.__name__, 0) + 1
        said = act(self)
        self._last[-1] += f" {said}"
        QApplication.processEvents()
        if not self.window.isVisible():
            self._finish(number)
            self._open()
        self._check(number)

    def _any_act(self):
        """Choose what to do, among what somebody could do now."""
        modal, popup = QApplication.activeModalWidget(), QApplication.activePopupWidget()
        if isinstance(modal, QFileDialog):
            return acts.answer
        if modal is not None and self.random.random() < BORED:
            return acts.dismiss
        if modal is not None or popup is not None:
            return self.random.choice(acts.COMMON)
        if self.random.random() < FEW:
            return acts.leave
        if self.random.random() < SHARE_OF_MENUS:
            return acts.choose
        return self.random.choice((*acts.COMMON, *acts.ANYWHERE))

    # What acts ask for

    def place(self) -> tuple[QWidget, QPoint]:
        """Return a widget that the pointer can reach, and a place in its window."""
        # Kept, as PySide takes children for gone with a parent; a menu may just be closing.
        self._reach = self._within_reach() or [self.window]
        widget = self.random.choice(self._reach)
        box = widget.visibleRegion().boundingRect()
        inside = QPoint(
            self.random.randint(box.left(), max(box.left(), box.right())),
            self.random.randint(box.top(), max(box.top(), box.bottom())),
        )
        return widget, widget.mapTo(widget.window(), inside)

    def _within_reach(self) -> list[QWidget]:
        only = QApplication.activePopupWidget() or QApplication.activeModalWidget()
        shown = [w for w in QApplication.topLevelWidgets() if w.isVisible() and w.windowHandle()]
        tops = [only] if only is not None and only.windowHandle() else shown
        found = [w for top in tops for w in (top, *top.findChildren(QWidget))]
        return [w for w in found if w.isVisible() and w.isEnabled() and w.window() in tops]

    def handle(self, widget: QWidget) -> QWindow:
        """Return the window that Qt sends the pointer's events to."""
        return widget.window().windowHandle()

    def focus(self) -> QWindow:
        """Return the window that keys go to: never one that has just been closed."""
        asking = QApplication.activePopupWidget() or QApplication.activeModalWidget()
        return (asking and asking.window().windowHandle()) or self.window.windowHandle()

    def may_type(self) -> bool:
        """Return whether keys reach nothing but the program: a file dialog has its own answers."""
        return not isinstance(QApplication.activeModalWidget(), QFileDialog)

    def named(self, widget: QWidget, place: QPoint) -> str:
        """Return where the pointer is, in words."""
        return f"{type(widget).__name__} {widget.objectName()} at {place.toTuple()}"

    # What must hold

    def check_record(self) -> None:
        """Hold the record against a fresh run of the same settings, bit for bit."""
        session = self.window.session
        if session.length <= LONG:
            session.run_to_end()
            self._wait_until(lambda: not session.busy, "the run does not come to its end")
        settings, trace = session.settings, session.trace
        if settings.replay is not None:
            return  # it was recorded elsewhere
        masks = settings.network.dropout and settings.network.training
        if masks or len(trace) == 0:
            return  # torch draws its masks from a generator that all share
        module, (inputs, _) = build_network(settings).module, build_inputs(settings)
        again = rnnviz.trace(module, inputs, session.run.h0).hidden[: len(trace) + 1]
        same = np.asarray(trace.hidden).tobytes() == np.asarray(again).tobytes()
        self.compared += 1
        self._expect(same, f"the record is not that of a fresh run of {settings}")

    def _check(self, number: int) -> None:
        session = self.window.session
        self._expect(
            0 <= session.cursor <= session.run.revealed <= session.run.computed, "the cursor is off"
        )
        self._expect(not self._problems, "\n".join(self._problems))

    def _expect(self, holds: bool, what: str) -> None:
        if not holds:
            raise FaultError(
                f"{what}\nseed {self.seed}; the window's life began at act {self._born}; "
                "the last acts:\n" + "\n".join(self._last)
            )

    # The end of a window

    def _end(self, number: int) -> None:
        self._answer_all()
        self.check_record()
        self.window.asks_before_closing = False
        self.window.close()
        self._wait_until(lambda: not self.window.isVisible(), "the window stays open")
        self._finish(number)

    def _answer_all(self) -> None:
        self._wait_until(lambda: not acts.dismiss(self), "something is still asked")

    def give_up(self) -> None:
        """Do away with a window that is open still, as after something went wrong."""
        self._reach = []
        if hasattr(self, "window"):
            self.window.asks_before_closing = False
            self.window.close()
            self.window.deleteLater()
            del self.window
        sweep()

    def _finish(self, number: int) -> None:
        """See that nothing is left of a window that is closed."""
        window = self.window
        self._expect(window.session.wait_closed(10), "the session still computes")
        self._expect(window.files.finished(10), "a file is still read")
        self._expect(window.recovery.finished(10), "a recovery file is still written")
        window.deleteLater()
        self._reach = []
        del window, self.window
        self._wait_until(self._is_gone, "something is left", say=lambda: self.left)
        self.memory.append((number, resident_memory()))
        gc.freeze()  # what is left are modules: to look through them every time takes long

    def _is_gone(self) -> bool:
        sweep()
        self._rescuer.stop()
        self.left = set(self._found() - self._others)
        self._rescuer.start()
        return not self.left

    def _found(self) -> Counter[str]:
        return Counter([*windows(), *timers(), *threads()])

    def _wait_until(self, holds, what: str, say=lambda: "") -> None:
        end = time.monotonic() + PATIENCE
        while not holds():
            self._expect(time.monotonic() < end, f"{what}: {say()}")
            QTest.qWait(1)

    # What is watched

    @contextmanager
    def _watching(self):
        """Note every exception and every warning, and free what waits in a loop of its own."""
        hooks = sys.excepthook, sys.unraisablehook, threading.excepthook
        before = qInstallMessageHandler(self._on_message)
        sys.excepthook = lambda kind, error, trace: self._on_exception(error)
        sys.unraisablehook = lambda args: self._on_exception(args.exc_value)
        threading.excepthook = lambda args: self._on_exception(args.exc_value)
        self._rescuer.start()
        try:
            yield
        finally:
            self._rescuer.stop()
            sys.excepthook, sys.unraisablehook, threading.excepthook = hooks
            qInstallMessageHandler(before)

    def _on_exception(self, error: BaseException) -> None:
        self._problems.append("".join(traceback.format_exception(error)))

    def _on_message(self, kind: QtMsgType, _context, message: str) -> None:
        if kind != QtMsgType.QtDebugMsg and not message.startswith(IGNORED):
            self._problems.append(f"Qt says: {message}")

    def _on_rescue(self) -> None:
        """Answer what Qt itself waits for: a field's menu, or whether to replace a file."""
        if QThread.currentThread().loopLevel() <= self._levels:
            return
        popup, modal = QApplication.activePopupWidget(), QApplication.activeModalWidget()
        if popup is not None:
            acts.press_escape(popup)
        elif isinstance(modal, QMessageBox):
            self.random.choice(modal.buttons()).click()
        else:
            acts.press_escape(self.window)

    # Figures

    @property
    def grows(self) -> float:
        """By how many MB memory grows in 100,000 acts, after the first tenth."""
        return 100_000 * slope(*zip(*self._settled, strict=True))

    @property
    def _settled(self) -> list[tuple[int, float]]:
        return self.memory[len(self.memory) // 10 :]

    def figures(self) -> str:
        """Return what is to be printed in the end."""
        first, last = self._settled[0][1], self._settled[-1][1]
        return (
            f"seed {self.seed}: {self.done:,} acts in {len(self.memory)} windows, "
            f"{self.compared} records held against fresh runs; "
            f"memory {first:.0f} MB after a tenth, {last:.0f} MB in the end, "
            f"{self.grows:+.1f} MB in 100,000 acts; {os_threads()} threads of the system; "
            f"left over: {', '.join(sorted(self.left)) or 'nothing'}"
        )
