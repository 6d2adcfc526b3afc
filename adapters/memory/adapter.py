"""The adapter over the oracle's broker: the port, played by whatever shape each source has."""

import asyncio
from collections.abc import Sequence
from typing import TypeVar

from adapters.api import (
    YES,
    BulkJob,
    BulkState,
    ConfigError,
    ConnectionSpec,
    Copy,
    Coverage,
    DeadLetter,
    Disconnected,
    Effect,
    Factory,
    Gate,
    Grant,
    Lease,
    Look,
    Mark,
    Marks,
    NotFound,
    Outgoing,
    Probe,
    PublishResult,
    RedriveError,
    Resource,
    Right,
    Route,
    Scope,
    Services,
    Sighting,
    Sink,
    SourceRef,
    Sweep,
    TargetRef,
    Try,
    Unsupported,
    Wanted,
    split_url,
)
from adapters.memory import watching
from adapters.memory.consuming import Consuming
from adapters.memory.letters import copied
from adapters.memory.model import MemoryBroker, Session
from adapters.memory.positions import MemoryPositions
from adapters.memory.store import Source, Stored

T = TypeVar("T")


def memory_factory(broker: MemoryBroker) -> Factory:
    """A factory whose adapters all talk to this broker."""

    def factory(_spec: ConnectionSpec, _services: Services) -> "MemoryAdapter":
        return MemoryAdapter(broker)

    return factory


def connect(spec: ConnectionSpec, services: Services) -> "MemoryAdapter":
    """An adapter with a broker of its own, for trying things out.

    The URL is memory://NAME?shape=classic&dead=100: the source's shape ("positions" unless given) and how many
    messages lie in it. Raises `ConfigError`.
    """
    options = {**split_url(spec.url).options, **spec.options}
    dead = options.get("dead", "0")
    if not dead.isdecimal():
        raise ConfigError(f"dead={dead} is not a number of messages.", hint="It looks like dead=100.")
    broker = MemoryBroker.shape(options.get("shape", "positions"), now=services.clock.now)
    broker.seed_dead(int(dead))
    return MemoryAdapter(broker)


class MemoryAdapter:
    """One connection to a broker in this process."""

    def __init__(self, broker: MemoryBroker) -> None:
        self._broker = broker
        self._session: Session | None = None
        self._consuming: dict[str, Consuming] = {}

    async def open(self) -> Probe:
        """Connects; touches nothing."""
        await asyncio.sleep(0)
        self._consuming.clear()
        self._session = self._broker.connect()
        denied = {right: Grant("no", why="this account may not") for right in self._broker.denied}
        return Probe("memory", "1", 0.0, {**dict.fromkeys(Right, YES), **denied})

    async def discover(self, sink: Sink[Resource]) -> Coverage:
        """All sources and targets in one page."""
        self._live()
        await sink(watching.resources(self._broker))
        return Coverage(complete=True)

    async def describe(self, name: str) -> Resource:
        """One resource; raises `NotFound`."""
        self._live()
        for resource in watching.resources(self._broker):
            if resource.name == name:
                return resource
        raise NotFound(f"There is nothing named {name!r}.")

    async def sweep(self, scope: Scope) -> Sweep:
        """Measures; what this connection holds counts as depth."""
        return watching.sweep(self._live(), scope)

    async def browse(
        self, source: SourceRef, sink: Sink[DeadLetter], *, start: Mark | None, limit: int, hold: bool
    ) -> Look:
        """One pass; free where the source has positions."""
        found = self._source(source)
        if found.shape.looking == "free":
            return await self._positions(found).browse(sink, start=start, limit=limit)
        return await self._consumer(found).browse(sink, start=start, limit=limit, hold=hold)

    async def release(self, source: SourceRef) -> Lease | None:
        """Gives back what a look holds; leases can be given back, so nothing stays hidden."""
        consumer = self._consuming.get(self._source(source).name)
        if consumer is None:
            return None
        consumer.give_back()
        return consumer.lease()

    async def route(self, source: SourceRef | None, targets: Sequence[TargetRef]) -> Sequence[Route]:
        """One route a target."""
        found = self._source(source) if source is not None else None
        return [watching.route(self._broker, found, it) for it in targets]

    async def marks(self, targets: Sequence[TargetRef]) -> Marks:
        """Where each target ends, if copies can be searched."""
        self._live()
        return watching.marks(self._broker, targets)

    async def take(self, source: SourceRef, wanted: Wanted, gate: Gate) -> Look:
        """One pass that keeps, then removes or marks."""
        found = self._source(source)
        if found.shape.looking == "free":
            return await self._positions(found).take(wanted, gate)
        return await self._consumer(found).take(wanted, gate)

    async def move(self, source: SourceRef, wanted: Wanted, gate: Gate) -> Look:
        """One pass over coupled routes."""
        found = self._source(source)
        if not found.shape.coupled:
            raise Unsupported(f"{found.name} cannot copy and remove in one act.")
        return await self._positions(found).move(wanted, gate)

    async def settle(self, source: SourceRef, tries: Sequence[Try], since: Marks) -> Sequence[Sighting]:
        """One sighting a try."""
        if all(it.ask == "copy" for it in tries):
            source = next(SourceRef(name) for name in self._broker.sources)
        return await watching.settle(self._live(), self._source(source), tries, since)

    async def publish(self, batch: Sequence[Outgoing]) -> Sequence[PublishResult]:
        """Each message is an effect of its own."""
        session = self._live()
        await asyncio.sleep(0)
        results: list[PublishResult] = []
        for out in batch:
            try:
                results.append(await self._publish(session, out))
            except RedriveError as error:
                results.append(error)
        return results

    async def bulk(self, job: BulkJob, sink: Sink[BulkState]) -> BulkState:
        """The broker's own purge, where the account has it; it keeps no copies."""
        found = self._source(job.source)
        if job.act != "purge" or found.shape.traits.grant(Right.BULK) != YES:
            raise Unsupported(f"{found.name} cannot be {job.act}d by the broker itself.")
        end = int(job.upto.value) if job.upto is not None else found.last
        count = await self._live().effect(
            "purge", lambda: sum(found.remove(it) for it in found.between(0, end))
        )
        state = BulkState(done=True, count=count, words="purged by the broker")
        await sink([state])
        return state

    async def tail(self, resource: str, sink: Sink[DeadLetter]) -> None:
        """Copies as they reach a target, until cancelled."""
        session = self._live()
        target = self._broker.targets.get(resource)
        if target is None:
            raise Unsupported(f"{resource} is no target; only targets can be followed.")
        arrived: asyncio.Queue[Stored] = asyncio.Queue()
        target.listeners.append(arrived.put_nowait)
        try:
            while True:
                stored = await arrived.get()
                session.check()
                await sink([copied(target, stored)])
        finally:
            target.listeners.remove(arrived.put_nowait)

    async def close(self, within: float) -> Sequence[Lease]:
        """What ends with the connection is given back, unless there is no time at all; leases last."""
        await asyncio.sleep(0)
        session, self._session = self._session, None
        if session is None:
            return []
        leases = [it.lease() for it in self._consuming.values()] if session.alive else []
        self._consuming.clear()
        if within > 0:
            session.end()
        else:
            session.cut()
        return [it for it in leases if it is not None and it.until is not None]

    async def _publish(self, session: Session, out: Outgoing) -> Copy:
        target = self._broker.targets.get(out.target.name)
        if target is None:
            session.check()
            raise NotFound(f"There is no target named {out.target.name!r}.")
        dedupe_s = max((it.shape.dedupe_s for it in self._broker.sources.values()), default=0.0)
        return await session.effect(
            "publish", lambda: target.publish(out.payload, out.key, self._broker.now(), dedupe_s)
        )

    def _live(self) -> Session:
        if self._session is None:
            raise Disconnected("The connection is not open.", hint="Open it first.", effect=Effect.NOT_DONE)
        self._session.check()
        return self._session

    def _source(self, ref: SourceRef) -> Source:
        self._live()
        return watching.source_named(self._broker, ref)

    def _positions(self, source: Source) -> MemoryPositions:
        return MemoryPositions(self._live(), source)

    def _consumer(self, source: Source) -> Consuming:
        return self._consuming.setdefault(source.name, Consuming(self._live(), source))
