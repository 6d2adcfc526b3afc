"""Questions of the window to the engine: asked without waiting, answered in the window's thread."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Coroutine
from concurrent.futures import CancelledError, Future
from typing import Any, Generic, Protocol, TypeVar

from PySide6.QtCore import QObject, Qt, Signal, Slot
from shiboken6 import isValid

from adapters.api import ProtocolError, RedriveError
from dashboard.core.desk import Desk

_log = logging.getLogger(__name__)

T = TypeVar("T")


class Submitter(Protocol):
    """The engine's thread as the window sees it."""

    def submit(self, work: Coroutine[Any, Any, T]) -> "Future[T]":
        """Runs a coroutine on the engine's loop."""
        ...


class Handle(Generic[T]):
    """A question under way; `cancel` ends it, and nothing is told of it afterwards."""

    __slots__ = ("_done", "_failed", "_future", "_owner", "cancelled")

    def __init__(
        self,
        owner: QObject,
        done: Callable[[T], None],
        failed: Callable[[RedriveError], None],
    ) -> None:
        self._owner = owner
        self._done = done
        self._failed = failed
        self._future: Future[T] | None = None
        self.cancelled = False

    def cancel(self) -> None:
        """Drops the question; the engine's work on it is cancelled."""
        self.cancelled = True
        if self._future is not None:
            self._future.cancel()

    def follow(self, future: "Future[T]") -> None:
        """Ties the handle to the engine's work."""
        self._future = future

    def deliver(self) -> None:
        """Tells the outcome, in the window's thread, unless its owner is gone."""
        if self.cancelled or self._future is None or not isValid(self._owner):
            return
        try:
            error = self._future.exception()
        except CancelledError:
            return
        if error is None:
            self._done(self._future.result())
        else:
            self._failed(_as_ours(error))


class Commands(QObject):
    """Asks the engine. Questions asked before it has started wait for it."""

    _finished = Signal(object)

    def __init__(self, thread: Submitter, desk: "Future[Desk]", parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._thread = thread
        self._desk = desk
        self._finished.connect(self._deliver, Qt.ConnectionType.QueuedConnection)

    def ask(
        self,
        owner: QObject,
        call: Callable[[Desk], Awaitable[T]],
        done: Callable[[T], None],
        failed: Callable[[RedriveError], None],
    ) -> Handle[T]:
        """Runs `call` on the engine's loop; one of `done` and `failed` follows in the window's thread.

        Neither comes once `owner` was deleted or the handle cancelled. An error that is none of the port's is logged
        and told as `ProtocolError`.
        """
        handle = Handle(owner, done, failed)
        future = self._thread.submit(self._run(call))
        handle.follow(future)
        future.add_done_callback(lambda _: self._tell(handle))
        return handle

    async def _run(self, call: Callable[[Desk], Awaitable[T]]) -> T:
        # Shielded: giving up one question must not cancel the start of the engine for all others.
        desk = await asyncio.shield(asyncio.wrap_future(self._desk))
        return await call(desk)

    def _tell(self, handle: Handle[Any]) -> None:
        try:
            self._finished.emit(handle)
        except RuntimeError:
            # The window is gone; nobody waits for the answer.
            return

    @Slot(object)
    def _deliver(self, handle: Handle[Any]) -> None:
        handle.deliver()


def _as_ours(error: BaseException) -> RedriveError:
    if isinstance(error, RedriveError):
        return error
    _log.error("an unexpected error in the engine", exc_info=error)
    return ProtocolError(
        f"The program met an error of its own ({type(error).__name__}).", hint="The log has the details."
    )
