"""The way of a number: connections from the workspace, each kept read, as one snapshot with its past."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from adapters.api import (
    Adapter,
    AdapterInfo,
    ConfigError,
    Measure,
    RedriveError,
    Resource,
    Secret,
    Services,
)
from adapters.registry import Registry
from dashboard.core.connections import Answer, Connection, ConnectionView, TestResult
from dashboard.core.fleet import FleetSnapshot, ResourceKey, SeriesData
from dashboard.core.past import merged
from dashboard.core.series import Reading
from dashboard.core.snapshots import snapshot
from dashboard.engine.mailbox import Mailbox
from dashboard.engine.once import OneReading
from dashboard.engine.poller import Schedule
from dashboard.engine.readonly import ReadOnlyAdapter
from dashboard.engine.specs import Resolver, without_secrets
from dashboard.engine.supervisor import Supervisor, Ways, opened
from dashboard.engine.trying import failed, try_adapter
from dashboard.engine.workspace import Contents, Saved, Workspace
from dashboard.store.history import History

_POST_EACH_S = 0.2
_AGE_EACH_S = 1.0
_GRACE_S = 1.0


@dataclass(frozen=True, slots=True)
class WatchParts:
    """What a watcher is made of; `history` None keeps no past beyond the rings."""

    registry: Registry
    workspace: Workspace
    resolver: Resolver
    services: Services
    mailbox: Mailbox
    ways: Ways
    history: History | None = None


class Watcher:
    """All connections of the workspace and of this session. Lives on one event loop.

    `load` reads the workspace; `start` begins to watch, which the command line does not need. Every connection is
    watched by a task tree of its own, so that one that hangs does not hold up another.
    """

    def __init__(self, parts: WatchParts) -> None:
        self._parts = parts
        self._saved: dict[str, Saved] = {}
        self._supervisors: dict[str, Supervisor] = {}
        self._once: dict[str, OneReading] = {}
        self._headers: tuple[tuple[str, str], ...] = ()
        self._changed = asyncio.Event()
        self._tasks: list[asyncio.Task[None]] = []

    @property
    def failure_headers(self) -> tuple[tuple[str, str], ...]:
        """The user's own pairs of header names: exception, message."""
        return self._headers

    async def load(self) -> None:
        """Reads the workspace; raises `ConfigError` with the line where it cannot be read."""
        contents: Contents = await asyncio.to_thread(self._parts.workspace.load)
        self._saved = {saved.connection.name: saved for saved in contents.connections}
        self._headers = contents.failure_headers

    def start(self) -> None:
        """Begins to watch every connection, and to post "fleet"."""
        if self._tasks:
            return
        self._tasks = [
            asyncio.create_task(self._post(), name="posting the fleet"),
            asyncio.create_task(self._age(), name="ageing the fleet"),
        ]
        for saved in self._saved.values():
            self._watch(saved)
        self._changed.set()

    async def stop(self) -> None:
        """Ends in order: what was read is in the history, adapters are closed. Idempotent."""
        tasks, self._tasks = self._tasks, []
        for task in tasks:
            task.cancel()
        if tasks:
            await asyncio.wait(tasks)
        supervisors, self._supervisors = list(self._supervisors.values()), {}
        readings, self._once = list(self._once.values()), {}
        await asyncio.gather(
            *(supervisor.stop() for supervisor in supervisors), *(reading.close() for reading in readings)
        )
        if self._parts.history is not None:
            await asyncio.wrap_future(self._parts.history.flush())

    # Connections

    def kinds(self) -> Sequence[AdapterInfo]:
        """The installed kinds."""
        return self._parts.registry.infos()

    def connection(self, name: str) -> Connection:
        """The connection of that name; raises `ConfigError` where there is none."""
        return self._known(name).connection

    def connections(self) -> tuple[ConnectionView, ...]:
        """All connections and how they do; one that is not watched is said to be connecting."""
        return tuple(self._view(saved) for saved in self._saved.values())

    def resources(self, name: str) -> Sequence[Resource]:
        """What was found through a watched connection so far."""
        supervisor = self._supervisors.get(name)
        return list(supervisor.watched.resources.values()) if supervisor else []

    def try_again(self, name: str) -> None:
        """Tries a connection that does not answer without waiting for its next turn."""
        if supervisor := self._supervisors.get(name):
            supervisor.try_again()

    async def keyring_name(self) -> str | None:
        """The keyring in use; None where there is none."""
        return await self._parts.resolver.secrets.keyring_name()

    async def open_adapter(self, connection: str | Connection, run: str = "") -> Adapter:
        """A fresh, opened adapter; through a read-only connection it cannot write. `run` is told to the broker.

        Raises `ConfigError`, `ConnectError`, `FeatureMissing`, `Disconnected`.
        """
        given = connection if isinstance(connection, Connection) else self.connection(connection)
        adapter = await self._adapter(given, run=run)
        try:
            await opened(adapter)
        except BaseException:
            await adapter.close(_GRACE_S)
            raise
        return adapter

    async def try_connection(self, connection: Connection, secrets: Mapping[str, Secret]) -> TestResult:
        """Opens and closes a connection that need not be saved; changes nothing."""
        began = self._parts.services.clock.monotonic()
        try:
            info = self._parts.registry.by_kind(connection.kind)
            plain, found = without_secrets(connection, info, secrets)
            adapter = await self._adapter(plain, given=found)
        except RedriveError as error:
            return failed(error, self._parts.services.clock.monotonic() - began)
        return await try_adapter(adapter, connection, self._parts.services.clock)

    async def save_connection(self, connection: Connection, secrets: Mapping[str, Secret]) -> None:
        """Saves (one that is not `saved` is kept for this session) and starts to watch."""
        info = self._parts.registry.by_kind(connection.kind)
        plain, found = without_secrets(connection, info, secrets)
        store = self._parts.resolver.secrets
        before = self._saved.get(plain.name)
        if plain.saved:
            await store.save(plain.name, found)
            kept = {*found, *(before.secrets if before else ())} - set(plain.options)
            saved = Saved(plain, tuple(sorted(kept)), before.interval_s if before else None)
            await asyncio.to_thread(self._parts.workspace.put, saved)
        else:
            store.remember(plain.name, found)
            stored = before.secrets if before else ()
            saved = Saved(plain, stored, before.interval_s if before else None)
        self._saved[plain.name] = saved
        await self._leave(plain.name)
        if self._tasks:
            self._watch(saved)
        self._changed.set()

    async def forget_connection(self, name: str) -> None:
        """Removes a connection, its secrets and its history; raises `ConfigError` where there is none."""
        saved = self._known(name)
        await self._leave(name)
        if saved.connection.saved:
            await asyncio.to_thread(self._parts.workspace.remove, name)
        del self._saved[name]
        await self._parts.resolver.secrets.forget(name, saved.secrets)
        if self._parts.history is not None:
            await asyncio.wrap_future(self._parts.history.forget(name))
        self._changed.set()

    # Numbers

    def fleet(self) -> FleetSnapshot:
        """The present snapshot."""
        rows = [row for supervisor in self._supervisors.values() for row in supervisor.watched.rows]
        return snapshot(self._parts.services.clock.now(), self.connections(), rows)

    async def sweep(self, connections: Sequence[str]) -> FleetSnapshot:
        """Reads these connections once, now; a later call to the same ones also knows rates.

        Raises the error of the first that does not answer.
        """
        readings = [await self._reading(name) for name in dict.fromkeys(connections)]
        ends = await asyncio.gather(*(reading.read() for reading in readings), return_exceptions=True)
        for end in ends:
            if isinstance(end, BaseException):
                raise end
        rows = [row for reading in readings for row in reading.watched.rows]
        views = [reading.view for reading in readings]
        return snapshot(self._parts.services.clock.now(), views, rows)

    async def series(
        self, key: ResourceKey, measures: Sequence[Measure], since: float
    ) -> Sequence[SeriesData]:
        """Past values since the unix time `since`, ring and history together, one a measure."""
        supervisor = self._supervisors.get(key.connection)
        table = supervisor.watched.table if supervisor else None
        history = self._parts.history
        out = []
        for measure in measures:
            old = None
            if history is not None:
                old = await asyncio.to_thread(history.read, key.connection, key.name, measure, since)
            interval = table.interval_s if table else self._parts.ways.schedule.interval_s
            ring = (table.times(), table.values(key.name, measure)) if table else None
            out.append(merged(key, measure, since, interval, old, ring))
        return out

    # Own

    def _known(self, name: str) -> Saved:
        try:
            return self._saved[name]
        except KeyError:
            raise ConfigError(
                f"There is no connection {name!r}.", hint="redrive connections lists them."
            ) from None

    def _view(self, saved: Saved) -> ConnectionView:
        supervisor = self._supervisors.get(saved.connection.name)
        if supervisor is not None:
            return supervisor.view
        return ConnectionView(saved.connection, Answer.CONNECTING, self._parts.services.clock.now())

    async def _adapter(
        self, connection: Connection, *, run: str = "", given: Mapping[str, Secret] | None = None
    ) -> Adapter:
        info = self._parts.registry.by_kind(connection.kind)
        saved = self._saved.get(connection.name)
        stored = saved.secrets if saved is not None else ()
        spec = await self._parts.resolver.spec(connection, info, stored=stored, given=given, run=run)
        # The driver's import may take a tenth of a second, too long for the loop.
        factory = await asyncio.to_thread(info.load)
        adapter = factory(spec, self._parts.services)
        return ReadOnlyAdapter(adapter, connection.name) if connection.read_only else adapter

    def _watch(self, saved: Saved) -> None:
        connection = saved.connection
        ways = self._parts.ways
        if saved.interval_s is not None:
            deadline = max(ways.schedule.deadline_s, 2 * saved.interval_s)
            ways = replace(ways, schedule=Schedule(saved.interval_s, deadline))
        supervisor = Supervisor(
            connection, lambda: self._adapter(connection), ways, self._changed.set, self._record
        )
        self._supervisors[connection.name] = supervisor
        supervisor.start()

    async def _leave(self, name: str) -> None:
        supervisor = self._supervisors.pop(name, None)
        reading = self._once.pop(name, None)
        if supervisor is not None:
            await supervisor.stop()
        if reading is not None:
            await reading.close()

    async def _reading(self, name: str) -> OneReading:
        reading = self._once.get(name)
        if reading is None:
            connection = self.connection(name)
            reading = OneReading(connection, lambda: self._adapter(connection), self._parts.ways)
            self._once[name] = reading
        return reading

    def _record(self, connection: str, reading: Reading) -> None:
        if self._parts.history is not None:
            self._parts.history.add(connection, reading)

    async def _post(self) -> None:
        while True:
            await self._changed.wait()
            self._changed.clear()
            self._parts.mailbox.post("fleet", self.fleet())
            await asyncio.sleep(_POST_EACH_S)

    async def _age(self) -> None:
        while True:
            await asyncio.sleep(_AGE_EACH_S)
            changed = [supervisor.age() for supervisor in self._supervisors.values()]
            if any(changed):
                self._changed.set()
