"""The engine's half of a pass: admits, paces, makes copies safe, and writes each step down before the next."""

import asyncio
from collections import deque
from collections.abc import Awaitable, Sequence
from concurrent.futures import Future
from typing import TypeVar

from adapters.api import (
    Clock,
    DeadLetter,
    Fate,
    MessageRef,
    Order,
    Outcome,
    Outgoing,
    RedriveError,
    Refusal,
    Refused,
)
from dashboard.engine.runs.book import ACTIVE, COPIED, IDLE, OVER, Book
from dashboard.engine.runs.keepers import Keeper, Kept, Publisher, Safe, Stays, Undone, Unsure
from dashboard.engine.runs.pacing import Pacer
from dashboard.store.ledger import Ledger
from dashboard.store.ledger_rows import FATE_STATE, KEPT, Copied, Finish

T = TypeVar("T")

MOST_ENDING = 4
"""Batches whose outcomes may be on their way to the disk."""


def on_disk(future: "Future[T]") -> Awaitable[T]:
    """Awaits a write."""
    return asyncio.wrap_future(future)


class RunGate:
    """One pass's gate.

    `budget` is how many messages may be sent in this pass (a canary); `most_held_s` is how long a pause may hold the
    pass before it is ended. `trouble` is the first error that ended it. `sent` counts messages whose copy became safe.
    """

    def __init__(
        self,
        number: int,
        book: Book,
        ledger: Ledger,
        keeper: Keeper,
        pacer: Pacer,
        clock: Clock,
        *,
        budget: int | None = None,
        most_held_s: float = 0.0,
    ) -> None:
        self._number = number
        self._book = book
        self._ledger = ledger
        self._keeper = keeper
        self._pacer = pacer
        self._clock = clock
        self._budget = budget
        self._most_held_s = most_held_s
        self._ending: deque[Future[None]] = deque()
        self._admitted: dict[tuple[str, int], int] = {}
        self._closed = False
        self._going = asyncio.Event()
        self._going.set()
        self.trouble: RedriveError | None = None
        self.sent = 0

    @property
    def closed(self) -> bool:
        """Finish what is admitted, then return."""
        return self._closed

    def close(self) -> None:
        """No message is admitted any more."""
        self._closed = True
        self._going.set()
        self._pacer.wake()

    def hold(self) -> None:
        """Admits nothing until `go`; a source that must not be held for long, or need not be, closes instead."""
        if self._most_held_s <= 0:
            self.close()
        else:
            self._going.clear()
            self._pacer.wake()

    def go(self) -> None:
        """Goes on after `hold`."""
        self._going.set()

    async def admit(self, met: Sequence[MessageRef]) -> Sequence[Order]:
        """Orders for a prefix of `met`; what is to be sent is `sending` on disk on return."""
        while True:
            await self._wait_while_held()
            allowed = 0 if self._closed else await self._pacer.take(len(met))
            if self._closed:
                return ()
            if allowed:
                return await self._orders(met[:allowed])

    async def _wait_while_held(self) -> None:
        try:
            async with asyncio.timeout(self._most_held_s or None):
                await self._going.wait()
        except TimeoutError:
            self.close()

    async def _orders(self, met: Sequence[MessageRef]) -> Sequence[Order]:
        orders: list[Order] = []
        sending: list[int] = []
        for ref in met:
            order, n = self._book.order(ref)
            if order is Order.SEND and self._budget is not None and len(sending) >= self._budget:
                self._book.put([n], IDLE)
                self._closed = True
                break
            orders.append(order)
            if n:
                self._admitted[ref.key, ref.nth] = n
            if order is Order.SEND:
                sending.append(n)
        if self._budget is not None:
            self._budget -= len(sending)
        if sending:
            await on_disk(self._ledger.sending(self._number, sending))
        return orders

    def outgoing(self, letter: DeadLetter) -> Outgoing | Refusal:
        """What to send, for a coupled move."""
        assert isinstance(self._keeper, Publisher)
        n = self._admitted[letter.ref.key, letter.ref.nth]
        return self._keeper.build(self._book.item(n), letter)

    async def keep(self, found: Sequence[DeadLetter]) -> Sequence[bool]:
        """Copies; True once `copied` is on disk. Where False, how the message ended is written down here."""
        pairs = [(self._book.item(self._admitted[m.ref.key, m.ref.nth]), m) for m in found]
        results = await self._keeper.keep(pairs)
        safe = [Copied(r.n, r.copy, r.duplicate) for r in results if isinstance(r, Safe)]
        stays = [Finish(r.n, KEPT, "left", reason=r.reason) for r in results if isinstance(r, Stays)]
        undone = [r.n for r in results if isinstance(r, Undone)]
        writes: list[Future[None]] = []
        if safe:
            writes.append(self._ledger.copied(self._number, safe))
        if stays:
            writes.append(self._ledger.finish(self._number, stays))
        if undone:
            writes.append(self._ledger.again(self._number, undone))
        for write in writes:
            await on_disk(write)
        self._book.put((copy.n for copy in safe), COPIED)
        self._book.put((end.n for end in stays), OVER)
        self._book.put(undone, IDLE)
        self.sent += len(safe)
        self._note_trouble(results)
        return [isinstance(result, Safe) for result in results]

    def _note_trouble(self, results: Sequence[Kept]) -> None:
        for result in results:
            if isinstance(result, Undone | Unsure):
                self.trouble = self.trouble or result.trouble
                self.close()
                return

    async def done(self, outcomes: Sequence[Outcome]) -> None:
        """Takes down how messages ended."""
        ends = []
        for outcome in outcomes:
            # What was replaced by another message is reported without having been admitted.
            n = self._admitted.pop((outcome.ref.key, outcome.ref.nth), 0) or self._book.planned(outcome.ref)
            if n and not self._book.is_at(n, OVER):
                ends.append(self._end(n, outcome))
        self._note_left(outcomes)
        if ends:
            self._book.put((end.n for end in ends), OVER)
            self._ending.append(self._ledger.finish(self._number, ends))
            if len(self._ending) > MOST_ENDING:
                await on_disk(self._ending.popleft())

    def _note_left(self, outcomes: Sequence[Outcome]) -> None:
        # An original that will not go meets every message alike: to go on would send each twice.
        for outcome in outcomes:
            if outcome.fate is Fate.MOVED and outcome.original == "left":
                self.trouble = self.trouble or Refused(
                    f"A copy is safe, but its original stays: {outcome.reason}"
                )
                self.close()
                return

    async def written(self) -> None:
        """Waits until every outcome is on disk.

        The next act need not wait for them: an outcome that a kill loses is found again by settling.
        """
        while self._ending:
            await on_disk(self._ending.popleft())

    def _end(self, n: int, outcome: Outcome) -> Finish:
        copy = outcome.copy.key if outcome.copy else None
        if outcome.fate is Fate.MOVED and self._book.is_at(n, ACTIVE):
            self.sent += 1
        return Finish(n, FATE_STATE[outcome.fate], outcome.original, copy, outcome.reason)
