"""The engine's own thread with an event loop, beside a window's thread."""

import asyncio
import logging
import threading
from collections.abc import Callable, Coroutine
from concurrent.futures import CancelledError, Future, ThreadPoolExecutor
from typing import Any, TypeVar

T = TypeVar("T")
Context = dict[str, Any]

_log = logging.getLogger(__name__)

STOP_S = 2.0
_TASKS_S = 0.5


def log_trouble(context: Context) -> None:
    """Writes down what no task waited for."""
    error = context.get("exception")
    _log.error("%s", context.get("message", "an error in the engine"), exc_info=error)


class EngineThread:
    """One thread, one loop. `start` returns when it runs; `stop` when it has ended, within its bound.

    `on_trouble` is called in the engine's thread with asyncio's context of an error that nobody awaited.
    """

    def __init__(self, name: str = "engine", on_trouble: Callable[[Context], None] = log_trouble) -> None:
        self._name = name
        self._on_trouble = on_trouble
        self._loop: asyncio.AbstractEventLoop | None = None
        self._running = threading.Event()
        self._thread: threading.Thread | None = None
        self._stop: asyncio.Event | None = None

    def start(self) -> None:
        """Starts the thread; at most once."""
        if self._thread is not None:
            raise RuntimeError("the engine's thread was started before")
        # A daemon, since a task that refuses to end must not keep the program alive past `stop`.
        self._thread = threading.Thread(target=self._run, name=self._name, daemon=True)
        self._thread.start()
        self._running.wait()

    def submit(self, work: Coroutine[Any, Any, T]) -> "Future[T]":
        """Runs a coroutine on the engine's loop; cancelling the future cancels it.

        The future fails with `RuntimeError` once the engine has ended.
        """
        loop = self._loop
        if loop is None or loop.is_closed():
            return _refused(work)
        try:
            return asyncio.run_coroutine_threadsafe(work, loop)
        except RuntimeError:  # It was closed in this very moment.
            return _refused(work)

    def stop(
        self, last: Callable[[], Coroutine[Any, Any, None]] | None = None, within: float = STOP_S
    ) -> bool:
        """Runs `last` (closing in order), cancels what is left, and ends; False if it took longer than `within`.

        Must not be called from the engine's own thread. Idempotent.
        """
        thread = self._thread
        if thread is None or not thread.is_alive():
            return True
        if last is not None:
            closing = self.submit(last())
            try:
                error = closing.exception(max(within - _TASKS_S, 0))
            except (TimeoutError, CancelledError):
                closing.cancel()
            else:
                if error is not None:
                    self._on_trouble({"message": "closing the engine failed", "exception": error})
        loop, stop = self._loop, self._stop
        if loop is not None and stop is not None and not loop.is_closed():
            loop.call_soon_threadsafe(stop.set)
        thread.join(_TASKS_S if last is not None else within)
        return not thread.is_alive()

    def _run(self) -> None:
        loop = asyncio.new_event_loop()
        executor = ThreadPoolExecutor(max_workers=8, thread_name_prefix=f"{self._name} worker")
        loop.set_default_executor(executor)
        loop.set_exception_handler(lambda _, context: self._on_trouble(context))
        self._loop = loop
        try:
            loop.run_until_complete(self._serve())
        finally:
            executor.shutdown(wait=False, cancel_futures=True)
            loop.close()

    async def _serve(self) -> None:
        self._stop = asyncio.Event()
        self._running.set()
        await self._stop.wait()
        left = asyncio.all_tasks() - {asyncio.current_task()}
        for task in left:
            task.cancel()
        if left:
            await asyncio.wait(left, timeout=_TASKS_S)
        await asyncio.get_running_loop().shutdown_asyncgens()


def _refused(work: Coroutine[Any, Any, T]) -> "Future[T]":
    work.close()
    future: Future[T] = Future()
    future.set_exception(RuntimeError("the engine has ended"))
    return future
