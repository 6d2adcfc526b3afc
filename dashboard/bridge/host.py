"""Keeps what lives on the engine's loop open for as long as the window is: entered at the start, left at the end."""

import asyncio
from collections.abc import Callable
from concurrent.futures import Future
from contextlib import AbstractAsyncContextManager
from typing import Generic, TypeVar

from dashboard.engine.thread import EngineThread

T = TypeVar("T")


class Host(Generic[T]):
    """Opens a context on the engine's thread and leaves it there, in the same task, when told to."""

    def __init__(self, thread: EngineThread, opened: Callable[[], AbstractAsyncContextManager[T]]) -> None:
        self._thread = thread
        self._opened = opened
        self._leave: asyncio.Event | None = None
        self._held: Future[None] | None = None
        self.ready: Future[T] = Future()

    def start(self) -> None:
        """Begins to open; `ready` holds what was opened, or the error."""
        self._held = self._thread.submit(self._hold())

    async def close(self) -> None:
        """Leaves the context and returns when it is left. For the engine's thread."""
        if self._leave is None or self._held is None:
            return
        self._leave.set()
        await asyncio.wrap_future(self._held)

    async def _hold(self) -> None:
        self._leave = asyncio.Event()
        try:
            async with self._opened() as opened:
                self.ready.set_result(opened)
                await self._leave.wait()
        except Exception as error:
            if self.ready.done():
                raise
            self.ready.set_exception(error)
        except asyncio.CancelledError:
            if not self.ready.done():
                self.ready.cancel()
            raise
