"""News of the engine, brought into the window's thread: one wake-up, drained at a bounded rate within a time budget."""

from collections.abc import Callable
from typing import Protocol

from PySide6.QtCore import QElapsedTimer, QObject, Qt, QTimer, Signal, Slot
from shiboken6 import isValid

from dashboard.core.desk import MailKey, Wake

EVERY_MS = 50
"""At most twenty drains a second; an eye sees no more."""
BUDGET_MS = 8
"""What a drain may take of a frame."""
BATCH = 32


class Mail(Protocol):
    """The mailbox as the bridge sees it."""

    def on_news(self, wake: Wake | None) -> None:
        """Sets what is called, in any thread, when the empty box gets its first value."""
        ...

    def drain(self, budget: int) -> dict[MailKey, object]:
        """At most `budget` values, oldest key first."""
        ...

    def __len__(self) -> int:
        """How many values wait."""
        ...


class Bridge(QObject):
    """Born in the window's thread, so that every receiver runs there. `news(key, value)` is told for each value.

    `latest(key)` is the last value of a key, for a page that was not there when it came.
    """

    news = Signal(object, object)
    _woken = Signal()

    def __init__(self, mail: Mail, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._mail = mail
        self._latest: dict[MailKey, object] = {}
        self._takers: list[tuple[QObject, MailKey, Callable[[object], None]]] = []
        self._since = QElapsedTimer()
        self._timer = QTimer(self, singleShot=True)
        self._timer.timeout.connect(self._drain)
        self._woken.connect(self._plan, Qt.ConnectionType.QueuedConnection)

    def start(self) -> None:
        """Begins to bring news."""
        self._mail.on_news(self._wake)

    def stop(self) -> None:
        """Brings no more; what waits stays in the mailbox."""
        self._mail.on_news(None)
        self._timer.stop()

    def latest(self, key: MailKey) -> object | None:
        """The last value of a key; None where none came yet."""
        return self._latest.get(key)

    def subscribe(self, owner: QObject, key: MailKey, take: Callable[[object], None]) -> None:
        """Calls `take` with the last value of a key, if there is one, and with each that follows; ends with `owner`."""
        self._takers.append((owner, key, take))
        if key in self._latest:
            take(self._latest[key])

    def _tell(self, key: MailKey, value: object) -> None:
        self._latest[key] = value
        self.news.emit(key, value)
        self._takers = [taker for taker in self._takers if isValid(taker[0])]
        for _, wanted, take in self._takers:
            if wanted == key:
                take(value)

    def _wake(self) -> None:
        try:
            self._woken.emit()
        except RuntimeError:
            # The window's objects are gone; the engine is about to be told so.
            return

    @Slot()
    def _plan(self) -> None:
        if self._timer.isActive():
            return
        waited = self._since.elapsed() if self._since.isValid() else EVERY_MS
        self._timer.start(max(EVERY_MS - waited, 0))

    @Slot()
    def _drain(self) -> None:
        self._since.start()
        while self._since.elapsed() < BUDGET_MS:
            taken = self._mail.drain(BATCH)
            for key, value in taken.items():
                self._tell(key, value)
            if not taken:
                return
        if len(self._mail):
            self._timer.start(EVERY_MS)
