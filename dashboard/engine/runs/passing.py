"""One pass of a run over its source, with the watch for returns beside it."""

import asyncio
from dataclasses import dataclass

from adapters.api import Look, LookEffect, RedriveError
from dashboard.engine.runs.book import Book
from dashboard.engine.runs.control import Control
from dashboard.engine.runs.gate import RunGate, on_disk
from dashboard.engine.runs.keepers import Keeper
from dashboard.engine.runs.returns import Brake
from dashboard.engine.runs.shop import Link, Shop
from dashboard.engine.tasks import ended
from dashboard.store.ledger_rows import Item, RunRow

LOOK_EVERY_S = 1.0
HOLD_S = 60.0


@dataclass(frozen=True, slots=True)
class Passed:
    """How a pass ended: the look, how many copies were made, and the trouble that ended it early."""

    look: Look
    sent: int
    trouble: RedriveError | None
    closed: bool


class Passing:
    """Runs passes for one attempt of a run."""

    def __init__(self, row: RunRow, shop: Shop, link: Link, keeper: Keeper, control: Control) -> None:
        self._row = row
        self._shop = shop
        self._link = link
        self._keeper = keeper
        self._control = control
        self._brake = Brake(shop.clock, row.pace.brake_percent)
        self.lookalikes = 0

    async def go(self, items: list[Item], budget: int | None = None, *, removing: bool = False) -> Passed:
        """One pass over `items`; `budget` bounds how many are sent. Raises what the adapter raises.

        `removing`: only originals of safe copies are left to remove, so that pause and cancel do not stop it.
        """
        book = Book(items)
        gate = RunGate(
            self._row.number,
            book,
            self._shop.ledger,
            self._keeper,
            self._control.pacer,
            self._shop.clock,
            budget=budget,
            most_held_s=self._hold_s(),
        )
        self._control.attach(gate, removing=removing)
        beside = asyncio.create_task(self._beside(gate))
        try:
            look = await self._pass(book, gate, len(items))
        finally:
            self._control.attach(None)
            await ended(beside)
            await gate.written()
        return Passed(look, gate.sent, gate.trouble, gate.closed)

    async def _pass(self, book: Book, gate: RunGate, count: int) -> Look:
        link, ledger, row = self._link, self._shop.ledger, self._row
        leased = LookEffect.HIDES in link.traits.effects and link.traits.hides_s is not None
        if leased:
            until = self._shop.clock.now().timestamp() + (link.traits.hides_s or 0)
            await on_disk(ledger.lease(row.number, row.place, count, until))
        act = link.source.move if link.coupled else link.source.take
        look = await act(link.ref, book.wanted(), gate)
        if leased:
            until_then = look.lease.until.timestamp() if look.lease and look.lease.until else None
            await on_disk(
                ledger.lease(row.number, row.place, look.lease.count if look.lease else 0, until_then)
            )
        return look

    def _hold_s(self) -> float:
        traits = self._link.traits
        if traits.free:
            return 0.0
        return min(HOLD_S, (traits.hold_max_s or HOLD_S * 2) / 2)

    async def _beside(self, gate: RunGate) -> None:
        """Counts returns and applies the brake while the pass goes on."""
        sent = 0
        while self._link.returns is not None:
            await asyncio.sleep(LOOK_EVERY_S)
            try:
                back = await self.look_for_returns()
            except RedriveError:
                # The pass itself meets the same trouble and says it; returns are looked for again afterwards.
                continue
            self._brake.percent = self._control.pace.brake_percent
            self._brake.note(moved=gate.sent - sent, returned=back)
            sent = gate.sent
            if why := self._brake.trips():
                self._control.halt(why)
                return

    async def look_for_returns(self) -> int:
        """One look; what came back is written down. The result is how many were not known before."""
        returns = self._link.returns
        if returns is None:
            return 0
        seen = await returns.look()
        self.lookalikes += seen.lookalikes
        back = 0
        if seen.returned:
            back = await on_disk(self._shop.ledger.returned(self._row.number, seen.returned))
        # After what came back is on disk: a kill between the two looks again rather than past it.
        if returns.since is not None:
            await on_disk(self._shop.ledger.note(self._row.number, since=returns.since.value))
        return back
