"""How fast a run may go: a token bucket whose rate can be changed while it runs."""

import asyncio

from adapters.api import Clock

BURST_S = 0.1


class Pacer:
    """Gives out permits at a rate in messages a second; None gives all that is asked."""

    def __init__(self, clock: Clock, rate: float | None) -> None:
        self._clock = clock
        self._rate = rate
        self._tokens = 1.0
        self._filled = clock.monotonic()
        self._changed = asyncio.Event()

    @property
    def rate(self) -> float | None:
        """Messages a second; None is no limit."""
        return self._rate

    def change(self, rate: float | None) -> None:
        """Takes effect at once, also for whoever waits."""
        self._fill()
        self._rate = rate
        self._changed.set()

    def wake(self) -> None:
        """Lets waiters look again (the gate closed)."""
        self._changed.set()

    async def take(self, most: int) -> int:
        """Waits for permits; between 1 and `most`, or 0 when woken before there was one."""
        self._changed.clear()
        if self._rate is None:
            return most
        self._fill()
        if self._tokens >= 1:
            return self._spend(most)
        try:
            async with asyncio.timeout((1 - self._tokens) / self._rate):
                await self._changed.wait()
        except TimeoutError:
            self._fill()
            return self._spend(most)
        return 0

    def _spend(self, most: int) -> int:
        count = max(1, min(most, int(self._tokens)))
        self._tokens -= count
        return count

    def _fill(self) -> None:
        now = self._clock.monotonic()
        if self._rate is not None:
            # The bucket is shallow: after a pause the run does not catch up in one burst.
            most = max(1.0, self._rate * BURST_S)
            self._tokens = min(most, self._tokens + (now - self._filled) * self._rate)
        self._filled = now
