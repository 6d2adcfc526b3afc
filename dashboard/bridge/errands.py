"""Errands of the engine's loop in the window's thread: asked from a coroutine, done by Qt, awaited without blocking."""

import asyncio
from collections.abc import Callable
from concurrent.futures import Future
from typing import Any, TypeVar

from PySide6.QtCore import QObject, Qt, Signal, Slot

T = TypeVar("T")
Errand = Callable[["Future[T]"], None]
"""Begins something in the window's thread and puts its outcome into the future, at once or later."""


class Errands(QObject):
    """Born in the window's thread."""

    _sent = Signal(object, object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._sent.connect(self._run, Qt.ConnectionType.QueuedConnection)

    async def ask(self, errand: "Errand[T]") -> T:
        """Runs an errand and gives its outcome; raises what it raised."""
        future: Future[T] = Future()
        self._sent.emit(errand, future)
        return await asyncio.wrap_future(future)

    @Slot(object, object)
    def _run(self, errand: "Errand[Any]", future: "Future[Any]") -> None:
        if not future.set_running_or_notify_cancel():
            return
        try:
            errand(future)
        except Exception as error:  # noqa: BLE001 - it belongs to whoever asked
            if not future.done():
                future.set_exception(error)
