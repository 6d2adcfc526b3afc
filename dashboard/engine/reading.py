"""Reads dead-letter sources into snapshots, and answers for what was read."""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Collection, Sequence
from dataclasses import dataclass, replace

from adapters.api import Adapter, Clock, Resource, Traits, Unsupported
from dashboard.core.connections import Connection
from dashboard.core.fleet import FleetSnapshot
from dashboard.core.inbox import Read, inbox_rows, waiting_in
from dashboard.core.letters import (
    CauseGroup,
    InboxRow,
    LetterDetail,
    LetterPage,
    LetterRow,
    SnapshotInfo,
    SourceKey,
    SourceView,
)
from dashboard.core.price import price, refusal
from dashboard.engine.counting import count_now
from dashboard.engine.mailbox import Mailbox
from dashboard.engine.scan import Scan, Stopped
from dashboard.store.dead_letters import SnapshotStore
from dashboard.store.dead_record import SnapshotRecorder
from dashboard.store.errors import StoreError

LIMIT = 1_000_000
"""Messages of one reading unless another limit is given."""
AGAIN_S = 5.0
"""A free source is read again by itself at most so often, and never for more than a tenth of the time."""
UNASKED_MOST = 20_000
"""The inbox reads free sources by itself up to this size."""
AT_ONCE = 2
FREE = Traits()
_FIRST_S = 0.5
_CLOSE_S = 1.5

Connect = Callable[[str], Awaitable[Adapter]]
"""A fresh, opened adapter for a connection by its name."""


@dataclass(frozen=True, slots=True)
class ReadingParts:
    """What reading is made of: the store, the ways to a broker, what is watched, and where news go."""

    recorder: SnapshotRecorder
    store: SnapshotStore
    clock: Clock
    mailbox: Mailbox
    connect: Connect
    find: Callable[[str], Connection]
    fleet: Callable[[], FleetSnapshot]


@dataclass(slots=True)
class _Ongoing:
    """A reading under way; `asked`: a person waits for it, so that its progress is told."""

    task: "asyncio.Task[SnapshotInfo]"
    asked: bool


class Reading:
    """One an engine; lives on its loop. Each source has at most one reading under way here."""

    def __init__(self, parts: ReadingParts) -> None:
        self._parts = parts
        self._ongoing: dict[SourceKey, _Ongoing] = {}
        self._known: dict[SourceKey, Resource] = {}
        self._took_s: dict[SourceKey, float] = {}
        self._counted: dict[SourceKey, int | None] = {}
        self._room = asyncio.Semaphore(AT_ONCE)
        self._cleaning: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begins to remove readings that have expired; the command line does not need it."""
        self._clean()

    async def tidied(self) -> None:
        """Waits until no expired readings are being removed."""
        if self._cleaning is not None:
            await asyncio.wait([self._cleaning])

    # Asked by a person

    async def source(self, key: SourceKey) -> SourceView:
        """A source with its last snapshot. Where looking is free, a reading begins when there is none or it is old.

        Raises: NotFound, Unsupported, and what connecting raises.
        """
        resource = await self._resource(key)
        traits = _traits(resource)
        last = await asyncio.to_thread(self._parts.store.last, key)
        if self._due(key, traits, last) and not refusal(self._parts.find(key.connection), traits):
            ongoing = self._begin(key, LIMIT, asked=last is None)
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(asyncio.shield(ongoing.task), _FIRST_S)
        return await self._view(key, traits)

    async def read(self, key: SourceKey, limit: int | None = None) -> SnapshotInfo:
        """Reads a source in one pass, or joins the reading under way; progress is posted.

        What was read before an error stays, with `failed` set; an error before the first message is raised.
        """
        ongoing = self._begin(key, LIMIT if limit is None else limit, asked=True)
        ongoing.asked = True
        return await asyncio.shield(ongoing.task)

    async def stop_reading(self, key: SourceKey) -> None:
        """Ends a reading under way; what was read stays, marked incomplete."""
        ongoing = self._ongoing.get(key)
        if ongoing is not None:
            ongoing.task.cancel()
            await asyncio.wait([ongoing.task])

    async def page(
        self, snapshot: int, where: str, *, order: str = "", descending: bool = False, offset: int, limit: int
    ) -> LetterPage:
        """Rows that match; raises `QueryError` and `NotFound`."""
        return await asyncio.to_thread(
            self._parts.store.page,
            snapshot,
            where,
            order=order,
            descending=descending,
            offset=offset,
            limit=limit,
        )

    async def groups(self, snapshot: int, where: str = "") -> Sequence[CauseGroup]:
        """The causes of what matches; raises `QueryError` and `NotFound`."""
        return await asyncio.to_thread(self._parts.store.groups, snapshot, where)

    async def find(self, snapshot: int, keys: Collection[str]) -> Sequence[LetterRow]:
        """Rows whose message has one of these keys."""
        return await asyncio.to_thread(self._parts.store.find, snapshot, keys)

    async def letter(self, snapshot: int, n: int) -> LetterDetail:
        """One letter whole; raises `NotFound`."""
        return await asyncio.to_thread(self._parts.store.letter, snapshot, n)

    async def inbox(self) -> Sequence[InboxRow]:
        """Causes over all watched sources. Begins to read free ones that are small and have changed."""
        rows = await self._inbox()
        for key in {row.source for row in rows if row.readable and not row.price}:
            waiting = waiting_in(self._parts.fleet(), key)
            last = await asyncio.to_thread(self._parts.store.last, key)
            if waiting is not None and waiting <= UNASKED_MOST and self._due(key, FREE, last):
                self._begin(key, LIMIT, asked=False)
        return rows

    async def forget(self, connection: str) -> None:
        """Removes all that was read over a connection."""
        for key in [key for key in self._ongoing if key.connection == connection]:
            await self.stop_reading(key)
        await asyncio.wrap_future(self._parts.recorder.forget(connection))
        self._clean()

    async def close(self) -> None:
        """Ends what is under way; idempotent."""
        for key in list(self._ongoing):
            await self.stop_reading(key)
        if self._cleaning is not None:
            self._cleaning.cancel()
            await asyncio.wait([self._cleaning])
            self._cleaning = None

    # One reading

    def _due(self, key: SourceKey, traits: Traits, last: SnapshotInfo | None) -> bool:
        if not traits.free or key in self._ongoing:
            return False
        if last is None:
            return True
        age = (self._parts.clock.now() - last.read_at).total_seconds()
        if last.reading or age < max(AGAIN_S, 10 * self._took_s.get(key, 0.0)):
            return False
        waiting = waiting_in(self._parts.fleet(), key)
        return waiting is None or waiting != last.count or age > 60

    def _begin(self, key: SourceKey, limit: int, *, asked: bool) -> _Ongoing:
        ongoing = self._ongoing.get(key)
        if ongoing is None:
            task = asyncio.create_task(self._read(key, limit), name=f"reading {key.source}")
            ongoing = self._ongoing[key] = _Ongoing(task, asked)
            task.add_done_callback(_seen)
        return ongoing

    async def _read(self, key: SourceKey, limit: int) -> SnapshotInfo:
        began = self._parts.clock.monotonic()
        try:
            async with self._room:
                return await self._scan(key, limit)
        except asyncio.CancelledError:
            raise Stopped(f"The reading of {key.source} was stopped before its first message.") from None
        finally:
            self._took_s[key] = self._parts.clock.monotonic() - began
            self._ongoing.pop(key, None)
            await self._tell(key)

    async def _tell(self, key: SourceKey) -> None:
        if key in self._known:
            self._parts.mailbox.post(("source", key), await self._view(key, _traits(self._known[key])))
        self._parts.mailbox.post("inbox", await self._inbox())
        self._clean()

    async def _scan(self, key: SourceKey, limit: int) -> SnapshotInfo:
        adapter = await self._parts.connect(key.connection)
        try:
            resource = await adapter.describe(key.source)
            self._known[key] = resource
            traits = _traits(resource)
            if why := refusal(self._parts.find(key.connection), traits):
                raise Unsupported(f"{key.source} was not read. {why}")
            expected = waiting_in(self._parts.fleet(), key)
            if expected is None:
                expected = self._counted[key] = await count_now(adapter, key.source)
            scan = Scan(self._parts.recorder, self._parts.store, key, resource, expected)
            return await scan.run(adapter, limit, self._progress(key, traits))
        finally:
            await adapter.close(_CLOSE_S)

    def _progress(self, key: SourceKey, traits: Traits) -> Callable[[], Awaitable[None]]:
        posted = self._parts.clock.monotonic()

        async def progress() -> None:
            nonlocal posted
            now = self._parts.clock.monotonic()
            ongoing = self._ongoing.get(key)
            if ongoing is not None and ongoing.asked and now - posted >= 0.2:
                posted = now
                self._parts.mailbox.post(("source", key), await self._view(key, traits))

        return progress

    # What is known

    async def _resource(self, key: SourceKey) -> Resource:
        for row in self._parts.fleet().rows:
            if row.key.connection == key.connection and row.key.name == key.source:
                self._known[key] = row.resource
                return row.resource
        if key not in self._known:
            adapter = await self._parts.connect(key.connection)
            try:
                self._known[key] = await adapter.describe(key.source)
            finally:
                await adapter.close(_CLOSE_S)
        return self._known[key]

    async def _view(self, key: SourceKey, traits: Traits) -> SourceView:
        ongoing = self._ongoing.get(key)
        quietly = ongoing is not None and not ongoing.asked
        last, groups = await asyncio.to_thread(self._last, key, quietly=quietly)
        left = traits.looks_left if last is None or last.looks_left is None else last.looks_left
        return SourceView(
            key=key,
            traits=traits,
            snapshot=last,
            waiting=self._waiting(key),
            price=price(replace(traits, looks_left=left)),
            groups=groups,
        )

    def _waiting(self, key: SourceKey) -> int | None:
        waiting = waiting_in(self._parts.fleet(), key)
        return self._counted.get(key) if waiting is None else waiting

    def _last(self, key: SourceKey, *, quietly: bool) -> tuple[SnapshotInfo | None, tuple[CauseGroup, ...]]:
        last = self._parts.store.last(key, finished=quietly)
        return last, () if last is None else self._parts.store.groups(last.id)

    async def _inbox(self) -> tuple[InboxRow, ...]:
        return inbox_rows(self._parts.fleet(), await asyncio.to_thread(self._all_read))

    def _all_read(self) -> dict[SourceKey, Read]:
        store = self._parts.store
        return {info.source: Read(info, store.groups(info.id)) for info in store.latest()}

    def _clean(self) -> None:
        if self._cleaning is None or self._cleaning.done():
            self._cleaning = asyncio.create_task(self._expire(), name="removing old readings")

    async def _expire(self) -> None:
        with contextlib.suppress(StoreError):
            left = True
            while left:
                left = await asyncio.wrap_future(self._parts.recorder.expire())


def _traits(resource: Resource) -> Traits:
    return resource.traits or Traits()


def _seen(task: "asyncio.Task[SnapshotInfo]") -> None:
    """Takes note of an error that nobody waits for: the next one who asks meets it again."""
    if not task.cancelled():
        task.exception()
