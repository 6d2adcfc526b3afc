"""What people want of a run while it goes, from this process or another, read from the ledger four times a second."""

import asyncio
from collections.abc import Callable

from adapters.api import Clock
from dashboard.core.runs import Pace
from dashboard.engine.runs.gate import RunGate
from dashboard.engine.runs.pacing import Pacer
from dashboard.store.ledger_read import LedgerReader

EVERY_S = 0.25


class Control:
    """Wishes and pace of one run.

    `wish` is "", "pause" or "cancel"; `stop` is why the run must stop by itself ("" while it need not). Both close the
    gate of the pass under way; `urgent` closes rather than holds (the program is about to end).
    """

    def __init__(
        self, number: int, books: LedgerReader, clock: Clock, pace: Pace, changed: Callable[[], None]
    ) -> None:
        self._number = number
        self._books = books
        self._changed = changed
        self._gate: RunGate | None = None
        self.pacer = Pacer(clock, pace.rate)
        self.pace = pace
        self._wishes = 0
        self.wish = ""
        self.stop = ""
        self.news = asyncio.Event()

    def attach(self, gate: RunGate | None, *, removing: bool = False) -> None:
        """The gate of the pass under way; one that only removes originals of safe copies is not stopped by wishes."""
        self._gate = None if removing else gate
        self._apply()

    def want(self, wish: str, *, urgent: bool = False) -> None:
        """A wish of this process, at once."""
        self._wishes += 1
        self.wish = wish
        self.news.set()
        if urgent and self._gate is not None:
            self._gate.close()
        self._apply()

    def halt(self, why: str) -> None:
        """The run stops by itself and asks."""
        self.stop = why
        self.news.set()
        self._apply()

    @property
    def wanted(self) -> bool:
        """Whether anything asks the run to end its pass."""
        return bool(self.wish or self.stop)

    def _apply(self) -> None:
        if self._gate is None:
            return
        if self.stop or self.wish == "cancel":
            self._gate.close()
        elif self.wish == "pause":
            self._gate.hold()
        else:
            self._gate.go()

    async def listen(self) -> None:
        """Until cancelled: takes wishes and pace from the ledger."""
        while True:
            before = self._wishes
            row = await asyncio.to_thread(self._books.run, str(self._number))
            if row.pace != self.pace:
                self.pace = row.pace
                self.pacer.change(row.pace.rate)
            # A row that was read before the last wish of this process came does not know it.
            if row.wish != self.wish and before == self._wishes:
                self.want(row.wish)
            self._changed()
            await asyncio.sleep(EVERY_S)

    async def pause_for(self, seconds: float) -> bool:
        """Waits; True when a wish or stop came instead."""
        self.news.clear()
        if self.wanted:
            return True
        try:
            async with asyncio.timeout(seconds):
                await self.news.wait()
        except TimeoutError:
            return self.wanted
        return self.wanted
