"""The engine: everything a person can do, answered by the part that owns it."""

import asyncio
import os
from collections.abc import AsyncIterator, Collection, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import replace

from adapters.api import AdapterInfo, Measure, Secret
from adapters.registry import Registry
from dashboard.core.connections import Connection, ConnectionView, TestResult
from dashboard.core.fleet import FleetSnapshot, ResourceKey, SeriesData
from dashboard.core.letters import (
    CauseGroup,
    InboxRow,
    LetterDetail,
    LetterPage,
    LetterRow,
    Selection,
    SnapshotInfo,
    SourceKey,
    SourceView,
)
from dashboard.core.runs import (
    ArchiveView,
    Decision,
    Draft,
    JournalEntry,
    LedgerPage,
    Pace,
    Plan,
    RunView,
)
from dashboard.engine.assembly import Ground, Parts, assemble
from dashboard.engine.clock import SystemClock
from dashboard.engine.mailbox import Mailbox
from dashboard.engine.tasks import ended
from dashboard.store.home import Home


class Engine:
    """Implements `core.desk.Desk` by handing each call to watcher, reading or runs."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._watcher = parts.watcher
        self._reading = parts.reading
        self._runs = parts.runs
        self._literal: set[str] = set()
        self.mailbox = parts.mailbox

    @classmethod
    @asynccontextmanager
    async def open(
        cls,
        home: Home,
        *,
        watch: bool = False,
        registry: Registry | None = None,
        mailbox: Mailbox | None = None,
        environ: Mapping[str, str] = os.environ,
    ) -> AsyncIterator["Engine"]:
        """An engine over a home folder; with `watch` it polls all saved connections by itself.

        Leaving pauses the runs of this process and closes everything in order, within two seconds. Raises `StoreError`
        and `ConfigError`.
        """
        async with AsyncExitStack() as stack:
            known = registry if registry is not None else await asyncio.to_thread(Registry)
            ground = Ground(
                home, environ, SystemClock(), known, mailbox if mailbox is not None else Mailbox()
            )
            parts = await assemble(ground, stack)
            telling = asyncio.create_task(parts.runs.tell(), name="telling of runs")
            stack.push_async_callback(ended, telling)
            if watch:
                parts.watcher.start()
                parts.reading.start()
            yield cls(parts)

    # Connections

    def kinds(self) -> Sequence[AdapterInfo]:
        """The installed kinds."""
        return [info for info in self._watcher.kinds() if info.listed]

    async def connections(self) -> Sequence[ConnectionView]:
        """All connections of the workspace and of this session."""
        return self._watcher.connections()

    async def try_connection(self, connection: Connection, secrets: Mapping[str, Secret]) -> TestResult:
        """Opens and closes a connection that need not be saved."""
        return await self._watcher.try_connection(connection, secrets)

    async def save_connection(self, connection: Connection, secrets: Mapping[str, Secret]) -> None:
        """Saves, or keeps for this session, and starts to watch."""
        await self._watcher.save_connection(connection, secrets)
        if not connection.saved and secrets:
            self._literal.add(connection.name)
        if connection.saved:
            may = "read-only" if connection.read_only else "may write"
            await self._note("connected", connection.name, f"{connection.environment.value}, {may}")

    async def forget_connection(self, name: str) -> None:
        """Removes a connection, its secrets and what was read from it."""
        connection = self._watcher.connection(name)
        await self._watcher.forget_connection(name)
        await self._reading.forget(name)
        await self._note("forgotten", name, connection.environment.value)

    async def keyring_name(self) -> str | None:
        """The keyring in use."""
        return await self._watcher.keyring_name()

    async def _note(self, act: str, what: str, detail: str) -> None:
        await asyncio.wrap_future(self._parts.journal.add(act, what, detail))
        self.mailbox.post("journal", None)

    # Watch

    async def fleet(self) -> FleetSnapshot:
        """The present snapshot."""
        return self._watcher.fleet()

    async def sweep(self, connections: Sequence[str]) -> FleetSnapshot:
        """Reads these connections once, now."""
        return await self._watcher.sweep(connections)

    async def series(
        self, key: ResourceKey, measures: Sequence[Measure], since: float
    ) -> Sequence[SeriesData]:
        """Past values, ring and history together."""
        return await self._watcher.series(key, measures, since)

    # Dead letters

    async def inbox(self) -> Sequence[InboxRow]:
        """Causes over all sources."""
        return await self._reading.inbox()

    async def source(self, key: SourceKey) -> SourceView:
        """A source with its last snapshot."""
        return await self._reading.source(key)

    async def read(self, key: SourceKey, limit: int | None = None) -> SnapshotInfo:
        """Reads a source afresh."""
        return await self._reading.read(key, limit)

    async def stop_reading(self, key: SourceKey) -> None:
        """Stops a reading."""
        await self._reading.stop_reading(key)

    async def page(
        self, snapshot: int, where: str, *, order: str = "", descending: bool = False, offset: int, limit: int
    ) -> LetterPage:
        """Rows that match."""
        return await self._reading.page(
            snapshot, where, order=order, descending=descending, offset=offset, limit=limit
        )

    async def groups(self, snapshot: int, where: str = "") -> Sequence[CauseGroup]:
        """The causes of what matches."""
        return await self._reading.groups(snapshot, where)

    async def find(self, snapshot: int, keys: Collection[str]) -> Sequence[LetterRow]:
        """Rows by message key."""
        return await self._reading.find(snapshot, keys)

    async def letter(self, snapshot: int, n: int) -> LetterDetail:
        """One dead letter whole."""
        return await self._reading.letter(snapshot, n)

    # Plans and runs

    async def plan(self, draft: Draft) -> Plan:
        """What the draft would do."""
        return await self._parts.planner.plan(draft)

    async def confirm(self, plan: Plan, typed: str, *, rest_too: bool = False) -> RunView:
        """Freezes the set and starts the run."""
        literal = plan.source.connection in self._literal
        view = await self._runs.confirm(plan, typed, rest_too=rest_too, literal_secret=literal)
        self.mailbox.post("journal", None)
        return view

    async def runs(self) -> Sequence[RunView]:
        """All runs, newest first."""
        return await self._runs.views()

    async def run(self, run: str) -> RunView:
        """One run."""
        return await self._runs.view(run)

    async def ledger(self, run: str, outcome: str, *, offset: int, limit: int) -> LedgerPage:
        """Rows of a run."""
        return await self._runs.ledger(run, outcome, offset=offset, limit=limit)

    async def pause(self, run: str) -> None:
        """Asks the runner to pause."""
        await self._runs.pause(run)

    async def resume(self, run: str, typed: str = "") -> RunView:
        """Goes on."""
        return await self._runs.resume(run, typed)

    async def set_pace(self, run: str, pace: Pace) -> None:
        """Changes rate or brake."""
        await self._runs.set_pace(run, pace)

    async def cancel(self, run: str) -> None:
        """Ends a run; what is not sent stays."""
        await self._runs.cancel(run)

    async def decide(self, run: str, act: Decision) -> RunView:
        """What is to become of unknown messages."""
        return await self._runs.decide(run, act)

    async def wait(self, run: str) -> RunView:
        """Until a run of this process rests."""
        return await self._runs.wait(run)

    async def archives(self) -> Sequence[ArchiveView]:
        """All archives, newest first."""
        return await asyncio.to_thread(self._parts.archives.views)

    async def restore_plan(self, archive: str, to: str | None, connection: str | None) -> Plan:
        """What a restore would do: by default back to the connection and place the archive came from."""
        row = await asyncio.to_thread(self._parts.archives.row, archive)
        number = int(row.name.removeprefix("A-"))
        if connection is None:
            await self._know_again(row.connection)
        selection = Selection(SourceKey("archives", row.name), number)
        draft = Draft("restore", selection, to=to, to_connection=connection or row.connection)
        return await self.plan(draft)

    async def _know_again(self, name: str) -> None:
        """A connection that was given as a URL is not in the workspace: the runs over it still have it."""
        if all(view.connection.name != name for view in self._watcher.connections()):
            past = await self._runs.past_connection(name)
            if past is not None:
                await self._watcher.save_connection(replace(past, saved=False), {})

    async def journal(self, *, offset: int, limit: int, where: str = "") -> Sequence[JournalEntry]:
        """Audit entries, newest first."""
        return await asyncio.to_thread(self._parts.journal.page, offset=offset, limit=limit, where=where)
