"""SIGTERM and SIGINT, as a signal of Qt: the program ends in order, and not in the middle."""

from __future__ import annotations

import signal
import socket

from PySide6.QtCore import QObject, QSocketNotifier, Signal

SIGNALS = (signal.SIGTERM, signal.SIGINT)


class Interrupts(QObject):
    """Listens from `install` on; the second signal ends the program as if nobody listened.

    Signals
    -------
    came()
    """

    came = Signal()

    def install(self) -> None:
        """Begin; to be called in the main thread."""
        self._here, there = socket.socketpair()
        for end in (self._here, there):
            end.setblocking(False)
        self._there = there
        for number in SIGNALS:
            signal.signal(number, self._on_signal)
        signal.set_wakeup_fd(there.fileno(), warn_on_full_buffer=False)
        self._notifier = QSocketNotifier(self._here.fileno(), QSocketNotifier.Type.Read, self)
        self._notifier.activated.connect(self._on_activated)

    def remove(self) -> None:
        """End; signals do again what they did before there was anybody to listen."""
        self._notifier.setEnabled(False)
        signal.set_wakeup_fd(-1)
        for number in SIGNALS:
            signal.signal(number, signal.default_int_handler if number == signal.SIGINT
                          else signal.SIG_DFL)  # fmt: skip
        self._here.close()
        self._there.close()

    def _on_signal(self, number: int, frame: object) -> None:
        """Do nothing: Python writes to the socket, which wakes Qt's event loop."""

    def _on_activated(self) -> None:
        self._here.recv(16)
        for number in SIGNALS:
            signal.signal(number, signal.SIG_DFL)
        self.came.emit()
