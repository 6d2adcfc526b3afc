"""Makes plans: adds the chosen up, asks the broker about routes and rights, and freezes what was confirmed."""

import asyncio
import secrets
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from itertools import islice
from typing import Protocol

from adapters.api import (
    Adapter,
    ConfigError,
    Denied,
    Environment,
    Replaced,
    Route,
    SourceRef,
    TargetRef,
    Traits,
)
from dashboard.core.connections import Connection
from dashboard.core.letters import Chosen, Selection, SnapshotInfo
from dashboard.core.planning import Facts, Totals, add_up, blind, build_plan, check_draft
from dashboard.core.runs import Draft, Plan, RunState
from dashboard.engine.counting import count_now
from dashboard.engine.runs.gate import on_disk
from dashboard.engine.runs.lock import RunLock, held
from dashboard.engine.runs.shop import Shop, opened
from dashboard.store.errors import StoreError
from dashboard.store.ledger_rows import Item, Setup

CHUNK = 20_000
VAULT = Connection(
    "archives", "vault", "vault:", environment=Environment.DEVELOPMENT, read_only=False, saved=False
)


class Chooser(Protocol):
    """Who knows the selected messages; both methods block and may be called from any thread."""

    def info(self, snapshot: int) -> SnapshotInfo:
        """The snapshot a selection is of; raises `NotFound`."""
        ...

    def chosen(self, selection: Selection) -> Iterator[Chosen]:
        """The selected messages in the source's order."""
        ...


class Planner:
    """Plans and freezes; `find` gives a connection by its name."""

    def __init__(
        self, shop: Shop, letters: Chooser, archives: Chooser, find: Callable[[str], Connection], who: str
    ) -> None:
        self._shop = shop
        self._letters = letters
        self._archives = archives
        self._find = find
        self._who = who

    def _chooser(self, draft: Draft) -> Chooser:
        return self._archives if draft.kind == "restore" else self._letters

    def _connections(self, draft: Draft) -> tuple[Connection, Connection]:
        source = VAULT if draft.kind == "restore" else self._find(draft.selection.source.connection)
        return source, source if draft.to_connection is None else self._find(draft.to_connection)

    async def plan(self, draft: Draft) -> Plan:
        """What the draft would do; changes nothing."""
        source, target = self._connections(draft)
        if draft.kind == "restore":
            await self._check_purged(draft.selection.source.source)
        snapshot = await asyncio.to_thread(self._chooser(draft).info, draft.selection.snapshot)
        totals = await asyncio.to_thread(self._add_up, draft)
        check_draft(draft, totals, await self._restored_by(draft, totals))
        async with opened(source, self._shop) as adapter:
            resource = await adapter.describe(draft.selection.source.source)
            ref = resource.source or SourceRef(resource.name)
            if ref.incarnation != snapshot.incarnation:
                raise Replaced(f"{resource.name} was made anew since it was read.", hint="Read it again.")
            waiting = await count_now(adapter, resource.name)
            routes = await self._routes(draft, ref, totals, adapter if target == source else None, target)
        traits, dead = resource.traits or Traits(), resource.dead is not None
        facts = Facts(source, target, snapshot, traits, totals, routes, waiting, dead)
        return build_plan(draft, facts)

    async def _check_purged(self, archive: str) -> None:
        """Raises `Denied` while the purge is not over: some of what is archived still lies in its source."""
        for row in await asyncio.to_thread(self._shop.books.runs):
            if row.archive == archive and row.setup.kind == "purge" and not row.state.over:
                raise Denied(
                    f"{row.name}, which fills {archive}, is not over: some messages would be there twice.",
                    hint=f"First: redrive runs resume {row.name}, or runs cancel.",
                )

    async def _restored_by(self, draft: Draft, totals: Totals) -> Sequence[str]:
        """The runs that restored an archive, where it has nothing left to restore."""
        if draft.kind != "restore" or totals.count:
            return ()
        rows = await asyncio.to_thread(self._shop.books.runs)
        archive = draft.selection.source.source
        return [
            row.name
            for row in rows
            if row.setup.kind == "restore" and row.setup.source == archive and row.tally.moved
        ]

    def _add_up(self, draft: Draft) -> Totals:
        every = 0

        def counted() -> Iterator[Chosen]:
            nonlocal every
            for one in self._chooser(draft).chosen(draft.selection):
                every += 1
                yield one

        totals = add_up(self._left(draft, counted()), to=draft.to, most=draft.rules.most)
        totals.already = every - totals.count
        return totals

    def _left(self, draft: Draft, chosen: Iterator[Chosen]) -> Iterator[Chosen]:
        """Without those that a run of ours has taken from the source since it was read."""
        if draft.kind == "restore":
            return chosen
        source, _ = self._connections(draft)
        snapshot = self._letters.info(draft.selection.snapshot)
        ref = SourceRef(draft.selection.source.source, snapshot.incarnation)
        moved = self._shop.books.moved_since(source.url, ref, snapshot.read_at.timestamp())
        return (one for one in chosen if (one.ref.key, one.ref.nth) not in moved)

    async def _routes(
        self, draft: Draft, ref: SourceRef, totals: Totals, adapter: Adapter | None, target: Connection
    ) -> Sequence[Route]:
        targets = [TargetRef(name) for name in totals.by_target]
        if draft.kind == "purge" or not targets:
            return ()
        if adapter is not None:
            return await adapter.route(ref, targets)
        async with opened(target, self._shop) as other:
            return await other.route(None, targets)

    async def freeze(self, plan: Plan, *, literal_secret: bool) -> int:
        """Writes the run and its frozen set; all of it or nothing. Returns the run's number."""
        draft = plan.draft
        source, target = self._connections(draft)
        snapshot = await asyncio.to_thread(self._chooser(draft).info, draft.selection.snapshot)
        totals = await asyncio.to_thread(self._add_up, draft)
        if totals.count != plan.frozen:
            raise ConfigError(
                "What matches has changed since the plan was made.", hint="Look at the plan again."
            )
        setup = Setup(
            id=f"r{secrets.token_hex(6)}",
            kind=draft.kind,
            connection=source,
            source=draft.selection.source.source,
            incarnation=snapshot.incarnation,
            target_connection=target,
            targets=tuple(totals.by_target) if draft.kind != "purge" else (),
            where=draft.selection.where,
            rules=draft.rules,
            archived=draft.archive,
            literal_secret=literal_secret,
            blind=draft.kind == "redrive" and blind(totals),
        )
        await self._clear_away()
        # While it is frozen its lock is held: what a kill leaves half frozen is known by a lock that nobody holds.
        lock = RunLock(self._shop.locks, setup.id)
        await asyncio.to_thread(lock.acquire)
        try:
            return await self._frozen(setup, draft, snapshot)
        finally:
            lock.release()

    async def _frozen(self, setup: Setup, draft: Draft, snapshot: SnapshotInfo) -> int:
        ledger = self._shop.ledger
        looked_at = snapshot.read_at.timestamp()
        number = await on_disk(
            ledger.begin(setup, draft.pace, owner=self._who, looked_at=looked_at, since=snapshot.end)
        )
        try:
            items = self._items(draft)
            while chunk := await asyncio.to_thread(lambda: list(islice(items, CHUNK))):
                await on_disk(ledger.freeze(number, chunk))
            await on_disk(ledger.state(number, RunState.FROZEN))
        except BaseException:
            # Where our own disk fails this fails too; the next freezing clears it away.
            with suppress(StoreError):
                await on_disk(ledger.drop(number))
            raise
        return number

    async def _clear_away(self) -> None:
        """Drops what a kill left half frozen: nothing of it was sent, and it would hold its messages for ever."""
        for number, run in await asyncio.to_thread(self._shop.books.freezing):
            if not await asyncio.to_thread(held, self._shop.locks, run):
                await on_disk(self._shop.ledger.drop(number))

    def _items(self, draft: Draft) -> Iterator[Item]:
        chosen = self._left(draft, self._chooser(draft).chosen(draft.selection))
        for number, one in enumerate(chosen, start=1):
            target = None if draft.kind == "purge" else draft.to if draft.to is not None else one.target
            yield Item(number, one.ref.key, one.ref.nth, one.twins, one.ref.digest, target, one.size)
