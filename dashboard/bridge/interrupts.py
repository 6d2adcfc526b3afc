"""Ctrl+C and SIGTERM in a program whose main thread is in Qt's loop: the signal's byte wakes a notifier."""

import signal
import socket
from collections.abc import Callable
from types import FrameType

from PySide6.QtCore import QObject, QSocketNotifier

ENDING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Interrupts(QObject):
    """Calls `ended` in the window's thread at the first signal that asks the program to end."""

    def __init__(self, ended: Callable[[], None], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._ended = ended
        self._read, self._write = socket.socketpair()
        for end in (self._read, self._write):
            end.setblocking(False)
        self._notifier = QSocketNotifier(self._read.fileno(), QSocketNotifier.Type.Read, self)
        self._notifier.activated.connect(self._woken)
        self._before = {number: signal.signal(number, _noted) for number in ENDING}
        self._wakeup = signal.set_wakeup_fd(self._write.fileno(), warn_on_full_buffer=False)

    def restore(self) -> None:
        """Gives the signals back their meaning."""
        self._notifier.setEnabled(False)
        signal.set_wakeup_fd(self._wakeup)
        for number, handler in self._before.items():
            signal.signal(number, handler)
        self._read.close()
        self._write.close()

    def _woken(self) -> None:
        if self._read.recv(64):
            self._ended()


def _noted(number: int, frame: FrameType | None) -> None:
    """The byte in the socket is what counts."""
    del number, frame
