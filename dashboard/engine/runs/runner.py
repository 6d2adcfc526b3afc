"""Carries a run from any state to its next rest: settled, tried on a canary, watched, sent, closed."""

import asyncio
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

from adapters.api import Environment, NotFound, RedriveError, Replaced, TargetRef
from dashboard.core.runs import RunState
from dashboard.core.settle import close_copied, close_planned, close_sending
from dashboard.engine.backoff import Backoff
from dashboard.engine.runs.bulk import purge_in_bulk
from dashboard.engine.runs.canary import watch_canary, watch_last, watch_stragglers
from dashboard.engine.runs.control import Control
from dashboard.engine.runs.gate import on_disk
from dashboard.engine.runs.keepers import Archiver, Keeper, Publisher, is_outage
from dashboard.engine.runs.lock import RunLock
from dashboard.engine.runs.passing import Passed, Passing
from dashboard.engine.runs.settling import STATES, Settler
from dashboard.engine.runs.shop import Link, Shop, linked
from dashboard.engine.tasks import ended
from dashboard.store.ledger_rows import GONE, KEPT, MOVED, PLANNED, SENDING, UNKNOWN, Finish, Item, RunRow

BACKOFF = Backoff(first_s=0.25, most_s=15.0)
MOST_PASSES = 5
STEP_S = 1.0


@dataclass(frozen=True, slots=True)
class Rest:
    """Where a run comes to rest, and why."""

    state: RunState
    reason: str = ""


class Runner:
    """One session of work on a run; holds the run's lock while it works.

    `cancel` ends the run: what is in flight is settled, copied originals are removed, the rest is kept.
    """

    def __init__(self, row: RunRow, shop: Shop, *, cancel: bool = False) -> None:
        self._row = row
        self._shop = shop
        self._lock = RunLock(shop.locks, row.setup.id)
        self._began = shop.clock.monotonic()
        self.control = Control(row.number, shop.books, shop.clock, row.pace, self._changed)
        self._cancel = cancel
        self._random = Random()

    def _changed(self) -> None:
        self._shop.changed(self._row.number)

    def lock(self) -> None:
        """Takes the run's lock; raises `Denied` when somebody else works on it."""
        self._lock.acquire()

    def unlock(self) -> None:
        """Gives the lock back without having worked."""
        self._lock.release()

    async def run(self) -> Rest:
        """Works until the run rests; the lock must be held. Raises `StoreError` when our own disk fails."""
        try:
            await on_disk(self._shop.ledger.wish(self._row.number, "cancel" if self._cancel else ""))
            if self._cancel:
                self.control.want("cancel")
            await self._state(RunState.RUNNING)
            listening = asyncio.create_task(self.control.listen())
            try:
                rest = await self._rest()
            finally:
                await ended(listening)
            await on_disk(self._shop.journal.add(f"run {rest.state.value}", self._row.name, rest.reason))
            return rest
        finally:
            self._lock.release()
            self._changed()

    async def _state(self, state: RunState, reason: str = "") -> None:
        seconds = self._row.seconds + self._shop.clock.monotonic() - self._began
        await on_disk(self._shop.ledger.state(self._row.number, state, reason, seconds=seconds))
        self._changed()

    async def _rest(self) -> Rest:
        """Where the run has come to rest; a pause that is taken back on the way there is none."""
        while True:
            rest = await self._attempts()
            await self._state(rest.state, rest.reason)
            if rest.state is not RunState.PAUSED or self.control.wanted:
                return rest
            await self._state(RunState.RUNNING)

    async def _attempts(self) -> Rest:
        outages = 0
        row = await self._fresh()
        while True:
            try:
                row = await self._fresh()
                async with linked(row, self._shop) as link:
                    return await self._work(row, link)
            except (Replaced, NotFound) as error:
                return await self._lost(error)
            except RedriveError as error:
                if not is_outage(error):
                    return Rest(RunState.STOPPED, str(error))
                if (await self._fresh()).tally.planned < row.tally.planned:
                    outages = 0  # It got somewhere: this is a new outage, not the last one going on.
                outages += 1
                if rest := await self._hold(error.message, BACKOFF.outage_s(outages, self._random)):
                    return rest

    async def _lost(self, error: Replaced | NotFound) -> Rest:
        """The source is no more: what was not sent left with it, or lies under other positions and stays."""
        number, why = self._row.number, error.message
        gone = isinstance(error, NotFound)
        end = Finish(0, GONE, reason=why) if gone else Finish(0, KEPT, "left", reason=why)
        await on_disk(self._shop.ledger.finish_planned(number, end))
        ends = [
            Finish(item.n, MOVED if item.copied else UNKNOWN, "unknown", reason=why)
            for item in await self._items(SENDING)
        ]
        if ends:
            await on_disk(self._shop.ledger.finish(number, ends))
        return Rest(RunState.DONE, why)

    async def _fresh(self) -> RunRow:
        return await asyncio.to_thread(self._shop.books.run, str(self._row.number))

    async def _hold(self, why: str, wait: float) -> Rest | None:
        """Held until the next try, a clock time; a wish ends the run where it stands."""
        at = (self._shop.clock.now() + timedelta(seconds=wait)).astimezone()
        await self._state(RunState.HELD, f"{why} Tries again at {at:%H:%M:%S}.")
        if await self.control.pause_for(wait) and self.control.wish != "cancel":
            return self._wished()
        if self.control.wish == "cancel":
            # What is in flight can be settled only when the broker answers; the rest is kept already.
            await self._keep_planned()
            await asyncio.sleep(wait)
        await self._state(RunState.RUNNING)
        return None

    async def _keep_planned(self) -> None:
        end = Finish(0, KEPT, "left", reason="cancelled")
        await on_disk(self._shop.ledger.finish_planned(self._row.number, end))

    def _wished(self) -> Rest:
        if self.control.stop:
            return Rest(RunState.STOPPED, self.control.stop)
        return Rest(RunState.PAUSED, "paused by you")

    async def _work(self, row: RunRow, link: Link) -> Rest:
        await self._take_marks(row, link)
        row = await self._fresh()
        if rest := await self._settle_all(row, link):
            return rest
        if row.setup.kind == "purge" and not row.setup.archived:
            return await self._in_bulk(row, link)
        keeper = await self._keeper(row, link)
        try:
            passing = Passing(row, self._shop, link, keeper, self.control)
            if self.control.wish != "cancel" and (rest := await self._canary(row, link, passing)):
                return rest
            return await self._passes(row, link, passing)
        finally:
            await keeper.close()

    async def _in_bulk(self, row: RunRow, link: Link) -> Rest:
        """One act of the broker: before it a wish is heard, after it nothing is left to do."""
        if self.control.wish == "cancel":
            await self._keep_planned()
            return Rest(RunState.CANCELLED)
        if self.control.wanted:
            return self._wished()
        return Rest(RunState.DONE, await purge_in_bulk(row, self._shop, link))

    async def _take_marks(self, row: RunRow, link: Link) -> None:
        """Where each target ended before the first publish, so that copies can be searched after a cut."""
        if link.target is None or row.marks:
            return
        marks = await link.target.marks([TargetRef(name) for name in row.setup.targets])
        await on_disk(
            self._shop.ledger.note(row.number, marks={name: mark.value for name, mark in marks.items()})
        )

    async def _keeper(self, row: RunRow, link: Link) -> Keeper:
        if link.target is not None:
            own = row.setup.kind == "redrive"
            canary = link.returns is not None and row.canary == "" and row.pace.canary > 0
            return Publisher(
                row.setup.id,
                link.target,
                row.setup.rules,
                self._shop.failure_names,
                own=own,
                bodies=link.returns.bodies if canary and link.returns else None,
            )
        name = row.archive
        if name is None:
            begun = self._shop.archives.begin(row.number, row.setup.connection.name, row.setup.source)
            name = await on_disk(begun)
            await on_disk(self._shop.ledger.note(row.number, archive=name))
        part = await asyncio.to_thread(self._shop.archives.part, name)
        return Archiver(part, name)

    async def _settle_all(self, row: RunRow, link: Link) -> Rest | None:
        """Settles what is in flight; waits while something is hidden."""
        until = await asyncio.to_thread(self._shop.books.leased_until, row.place)
        while True:
            now = self._shop.clock.now().timestamp()
            if until is not None and until > now:
                at = datetime.fromtimestamp(until).astimezone()
                await self._state(
                    RunState.HELD, f"Messages are held away by the look before until {at:%H:%M:%S}."
                )
                # By the wall clock, in short steps: a laptop that slept must not wait its sleep again.
                while (left := until - self._shop.clock.now().timestamp()) > 0:
                    if await self.control.pause_for(min(left, STEP_S)) and self.control.wish != "cancel":
                        return self._wished()
                await self._state(RunState.RUNNING)
            items = await self._items(SENDING)
            again_at = (
                await self._settler(row, link, await self._archived(row)).settle(items) if items else None
            )
            if again_at is None:
                return None
            until = max(again_at.timestamp(), now + 0.2)

    async def _archived(self, row: RunRow) -> dict[tuple[str, bytes], int] | None:
        if row.setup.kind != "purge":
            return None
        return await asyncio.to_thread(self._shop.archives.keys, row.archive) if row.archive else {}

    def _settler(self, row: RunRow, link: Link, archived: dict[tuple[str, bytes], int] | None) -> Settler:
        return Settler(
            row.number,
            row.setup.id,
            self._shop.ledger,
            source=link.source,
            ref=link.ref,
            target=link.target,
            marks=row.marks,
            archived=archived,
        )

    async def _items(self, *states: int) -> list[Item]:
        return await asyncio.to_thread(self._shop.books.items, self._row.number, *states)

    async def _canary(self, row: RunRow, link: Link, passing: Passing) -> Rest | None:
        """The canary's own pass and its watch; None when the rest may go on."""
        pace = self.control.pace
        if pace.canary <= 0 or row.canary in {"stayed", "asked"}:
            return None
        if row.canary == "":
            tally = (await self._fresh()).tally
            # A canary that was cut or paused goes on where it stood.
            budget = max(0, pace.canary - tally.moved - tally.copied - tally.unknown)
            passed = await passing.go(await self._items(PLANNED, SENDING), budget)
            if rest := await self._after(row, link, passed):
                return rest
            if self.control.wanted:
                return None if self.control.wish == "cancel" else self._wished()
            await on_disk(self._shop.ledger.note(row.number, canary="sent"))
        await self._state(RunState.WATCHING, f"watching {pace.watch_s:g} s whether the canary comes back")
        verdict = await watch_canary(row, self._shop, link, passing, self.control)
        if verdict is None:
            return None if self.control.wish == "cancel" else self._wished()
        await on_disk(self._shop.ledger.note(row.number, canary="stayed" if verdict.stayed else "asked"))
        await on_disk(self._shop.journal.add("canary", self._row.name, verdict.words))
        if not verdict.stayed:
            return Rest(RunState.STOPPED, verdict.words)
        fresh = await self._fresh()
        if row.setup.connection.environment is Environment.PRODUCTION and not fresh.rest_confirmed:
            return Rest(RunState.STOPPED, f"{verdict.words} Confirm the rest to go on.")
        await self._state(RunState.RUNNING)
        return None

    async def _after(self, row: RunRow, link: Link, passed: Passed) -> Rest | None:
        """After a pass: what is in doubt is settled while the connection stands.

        An outage is raised; other trouble (target gone, right lost, disk full) stops the run, which then asks.
        """
        if passed.trouble is not None and is_outage(passed.trouble):
            raise passed.trouble
        items = [item for item in await self._items(SENDING) if not item.copied]
        if items:
            await self._settler(row, link, await self._archived(row)).settle(items)
        return Rest(RunState.STOPPED, str(passed.trouble)) if passed.trouble else None

    async def _passes(self, row: RunRow, link: Link, passing: Passing) -> Rest:
        """Passes until nothing is left to do; what a complete pass does not meet is gone."""
        passes = 0
        while passes < MOST_PASSES:
            if self.control.wish == "cancel":
                await self._keep_planned()
            items = await self._items(PLANNED, SENDING)
            if not items:
                break
            passed = await passing.go(items, removing=self.control.wish == "cancel")
            if rest := await self._after(row, link, passed):
                return rest
            if self.control.wish != "cancel" and passed.closed and self.control.wanted:
                if self.control.stop and link.returns is not None:
                    await self._state(RunState.WATCHING, f"stopping: {self.control.stop}")
                    await watch_stragglers(row, self._shop, passing)
                return self._wished()
            if self.control.wish == "cancel" and await self._items(PLANNED):
                continue
            if passed.closed and self.control.wish != "cancel":
                # Paused and resumed before the pass ended: its gate is closed for good, the rest takes a new one.
                continue
            passes += 1
            left = await self._items(PLANNED, SENDING)
            if not await self._try_again(items, left, passed):
                await self._close(left, complete=passed.look.complete and not passed.closed)
                break
        else:
            await self._close(await self._items(PLANNED, SENDING), complete=False)
        if self.control.wish == "cancel":
            await passing.look_for_returns()
            return Rest(RunState.CANCELLED)
        await self._watch_last(row, link, passing)
        return Rest(RunState.DONE)

    async def _watch_last(self, row: RunRow, link: Link, passing: Passing) -> None:
        """A run that watched its canary watches its last messages as long: all is sent, not all is judged."""
        pace = self.control.pace
        watched = pace.canary > 0 and pace.watch_s > 0 and link.returns is not None
        if watched:
            why = f"all is sent; watching {pace.watch_s:g} s whether the last ones come back"
            await self._state(RunState.WATCHING, why)
        await watch_last(row, self._shop, passing, self.control, pace.watch_s if watched else 0.0)

    async def _try_again(self, before: list[Item], left: list[Item], passed: Passed) -> bool:
        """Whether another pass can help: settling put some back, and this pass got somewhere."""
        known = {(item.n, item.sent) for item in before}
        put_back = any(item.state == PLANNED and (item.n, item.sent) not in known for item in left)
        return put_back and passed.sent > 0

    async def _close(self, left: list[Item], *, complete: bool) -> None:
        ends = []
        for item in left:
            if item.copied:
                settled = close_copied(complete=complete, twins=item.twins)
            elif item.state == SENDING:
                settled = close_sending()
            else:
                settled = close_planned(complete=complete)
            ends.append(Finish(item.n, STATES[settled.becomes], settled.original, reason=settled.reason))
        if ends:
            await on_disk(self._shop.ledger.finish(self._row.number, ends))
