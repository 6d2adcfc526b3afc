"""Reads a connection on a jittered schedule: one sweep at a time, each with a deadline."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from random import Random

from adapters.api import BrokerError, Clock, Disconnected, Sweep

_JITTER = 0.05
_MISSES = 3

Sleep = Callable[[float], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Schedule:
    """Seconds between readings, and how long one may take."""

    interval_s: float = 5.0
    deadline_s: float = 10.0


class Poller:
    """Calls `sweep` each interval, a twentieth earlier or later by chance, until it fails for good or is cancelled.

    A sweep that takes longer than the interval leaves out the turns it covered: readings never overlap. `on_sweep`
    gets each reading with the monotonic time at which it began, `on_miss` the error of one that failed. What the
    broker answered with an error, and silence, is a miss; the third in a row and a broken connection end the run.
    """

    def __init__(
        self,
        sweep: Callable[[], Awaitable[Sweep]],
        schedule: Schedule,
        clock: Clock,
        random: Random,
        sleep: Sleep = asyncio.sleep,
    ) -> None:
        self._sweep = sweep
        self._schedule = schedule
        self._clock = clock
        self._random = random
        self._sleep = sleep
        self._misses = 0

    async def run(
        self,
        on_sweep: Callable[[Sweep, float], Awaitable[None]],
        on_miss: Callable[[BrokerError | Disconnected], None],
    ) -> None:
        """Raises what `sweep` raises for a broken connection, or `Disconnected` after three misses."""
        due = self._clock.monotonic()
        while True:
            began = self._clock.monotonic()
            try:
                sweep = await self._within_deadline()
            except (BrokerError, TimeoutError) as error:
                self._missed(error, on_miss)
            else:
                self._misses = 0
                await on_sweep(sweep, began)
            due = max(due + self._schedule.interval_s, self._clock.monotonic())
            jitter = self._schedule.interval_s * self._random.uniform(-_JITTER, _JITTER)
            await self._sleep(max(due + jitter - self._clock.monotonic(), 0.0))

    async def _within_deadline(self) -> Sweep:
        async with asyncio.timeout(self._schedule.deadline_s):
            return await self._sweep()

    def _missed(
        self,
        error: BrokerError | TimeoutError,
        on_miss: Callable[[BrokerError | Disconnected], None],
    ) -> None:
        if isinstance(error, TimeoutError):
            seconds = f"{self._schedule.deadline_s:g} s"
            told: BrokerError | Disconnected = Disconnected(f"No answer within {seconds}.")
        else:
            told = error
        self._misses += 1
        on_miss(told)
        if self._misses >= _MISSES:
            raise told
