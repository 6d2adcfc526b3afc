"""Runs the engine without a window: one event loop in the main thread, ended in order by a signal."""

import asyncio
import signal
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager, suppress
from types import FrameType
from typing import Any, TypeVar

T = TypeVar("T")

_ENDING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Interrupted(Exception):
    """A signal ended the program before its work was done."""

    def __init__(self, number: int) -> None:
        super().__init__(f"Interrupted by {signal.Signals(number).name}.")
        self.number = number


def _interrupt(number: int, frame: FrameType | None) -> None:
    del frame
    raise Interrupted(number)


class Stop:
    """What Ctrl+C, SIGTERM and SIGHUP mean to the work under way.

    Inside `listening` the first signal is only taken down, so that the work can end in its own order. Outside it,
    and from the second signal on, the work is cancelled.
    """

    def __init__(self) -> None:
        self._event = asyncio.Event()
        self._listeners = 0
        self.number = 0

    @property
    def asked(self) -> bool:
        """Whether a signal came."""
        return self._event.is_set()

    @contextmanager
    def listening(self) -> Iterator[None]:
        """Within it the first signal does not cancel."""
        self._listeners += 1
        try:
            yield
        finally:
            self._listeners -= 1

    @contextmanager
    def interrupting(self) -> Iterator[None]:
        """Within it a signal ends a blocking read of the terminal at once: the loop cannot hear it meanwhile."""
        before = [(number, signal.signal(number, _interrupt)) for number in _ENDING]
        try:
            yield
        finally:
            for number, handler in before:
                signal.signal(number, handler)

    async def wait(self, seconds: float) -> bool:
        """Waits that long, or until a signal comes; says whether one did."""
        # asyncio.wait_for of Python 3.11 swallows a cancellation that meets its end; asyncio.timeout does not.
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._event.wait()
        return self.asked

    async def elapse(self, seconds: float) -> None:
        """Waits that long, signal or not."""
        await asyncio.sleep(seconds)

    def take(self, number: int, task: "asyncio.Task[Any]") -> None:
        """Takes a signal down; cancels `task` where nobody listens or it was asked before."""
        heard = self._listeners > 0 and not self.asked
        self.number = number
        if heard:
            self._event.set()
        else:
            task.cancel()


def run(main: Callable[[Stop], Coroutine[Any, Any, T]]) -> T:
    """Runs `main` to its end; raises `Interrupted` where a signal cancelled it. Call from the main thread."""
    stopped = 0
    with asyncio.Runner() as runner:

        async def watched() -> T:
            nonlocal stopped
            stop = Stop()
            task = asyncio.current_task()
            assert task is not None
            loop = asyncio.get_running_loop()
            for number in _ENDING:
                loop.add_signal_handler(number, stop.take, number, task)
            try:
                return await main(stop)
            finally:
                stopped = stop.number
                for number in _ENDING:
                    loop.remove_signal_handler(number)

        try:
            return runner.run(watched())
        except asyncio.CancelledError:
            raise Interrupted(stopped or signal.SIGINT) from None
