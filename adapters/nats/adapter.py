"""The NATS adapter: each call of the port handed to the module that owns it."""

from collections.abc import Sequence

from adapters.api import (
    Adapter,
    BulkJob,
    BulkState,
    ConnectionSpec,
    Coverage,
    DeadLetter,
    FeatureMissing,
    Gate,
    Lease,
    Look,
    Mark,
    Marks,
    Outgoing,
    Probe,
    PublishResult,
    Resource,
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
)
from adapters.common import overlapping, seekable
from adapters.nats import copies, discovery, purging, rights, routes, tailing, watching
from adapters.nats.connection import Connection, addresses
from adapters.nats.failures import JETSTREAM_HINT
from adapters.nats.jetstream import JetStream
from adapters.nats.monitoring import Monitoring
from adapters.nats.publishing import Publisher
from adapters.nats.rights import Account
from adapters.nats.stream import StreamPositions


class NatsAdapter:
    """One connection to one account of a NATS server with JetStream."""

    def __init__(self, spec: ConnectionSpec, services: Services) -> None:
        self._spec = spec
        self._clock = services.clock
        self._connection = Connection(spec)
        self._js = JetStream(self._connection.inbox, spec)
        self._publisher = Publisher(self._js, self._connection)
        self._account = Account()
        self._monitoring: Monitoring | None = None

    async def open(self) -> Probe:
        """Connects, and asks what the account may do.

        Raises: ConfigError, ConnectError, LoginError, TlsError, Denied, FeatureMissing.
        """
        rtt = await self._connection.open()
        self._account = await rights.read_account(self._js)
        if not self._connection.jetstream:
            raise FeatureMissing(f"{self._spec.url} runs without JetStream.", hint=JETSTREAM_HINT)
        await self._js.account()
        if places := addresses(self._spec.options.get("monitoring", "")):
            self._monitoring = Monitoring(places, self._account.name)
        return Probe(
            server=self._connection.server,
            version=self._connection.version,
            rtt_s=rtt,
            grants=rights.account_grants(self._js.prefix, self._account),
        )

    async def discover(self, sink: Sink[Resource]) -> Coverage:
        """All streams and consumers."""
        return await discovery.discover(self._js, self._account, sink)

    async def describe(self, name: str) -> Resource:
        """One stream, or one consumer as STREAM/CONSUMER."""
        return await discovery.describe(self._js, self._account, name)

    async def sweep(self, scope: Scope) -> Sweep:
        """Measures of streams and consumers."""
        return await watching.sweep(self._js, self._monitoring, self._clock, scope)

    async def browse(
        self, source: SourceRef, sink: Sink[DeadLetter], *, start: Mark | None, limit: int, hold: bool
    ) -> Look:
        """One pass; looking is free, so there is nothing to hold."""
        del hold
        return await self._browse(source, sink, start, limit)

    async def _browse(
        self, source: SourceRef, sink: Sink[DeadLetter], start: Mark | None, limit: int
    ) -> Look:
        positions = await self._positions(source)
        batch = seekable.step_of(positions.mean_size, seekable.BATCH)
        return await seekable.browse(positions, sink, start=start, limit=limit, batch=batch)

    async def _positions(self, source: SourceRef) -> StreamPositions:
        facts = await self._js.same(source)
        origins = await discovery.origins(self._js, facts)
        return StreamPositions(self._js, facts, origins, self._connection.max_payload)

    async def route(self, source: SourceRef | None, targets: Sequence[TargetRef]) -> Sequence[Route]:
        """One route a target."""
        return await routes.routes(self._js, self._account, source, targets, self._connection.max_payload)

    async def marks(self, targets: Sequence[TargetRef]) -> Marks:
        """Where the streams behind the targets end now."""
        return await copies.marks(self._js, targets, self._clock)

    async def take(self, source: SourceRef, wanted: Wanted, gate: Gate) -> Look:
        """One pass of get, keep and delete by sequence."""
        facts = await self._js.same(source)
        if facts.deny_delete or facts.sealed:
            raise Unsupported(f"Nothing can be deleted from {source.name}: it is sealed or has deny_delete.")
        positions = await self._positions(source)
        step = seekable.step_of(positions.mean_size, overlapping.STEP)
        return await overlapping.take(positions, wanted, gate, step=step)

    async def move(self, source: SourceRef, wanted: Wanted, gate: Gate) -> Look:
        """Never: publish and delete are two acts on NATS."""
        del wanted, gate
        raise Unsupported(f"{source.name}: NATS cannot move a message in one act.", hint="Take it instead.")

    async def settle(self, source: SourceRef, tries: Sequence[Try], since: Marks) -> Sequence[Sighting]:
        """Originals by sequence and digest, copies by reading the target from its mark."""
        search = copies.Copies(self._js, self._connection.max_payload, self._clock)
        if any(it.ask != "copy" for it in tries):
            return await seekable.settle(await self._positions(source), search.find, tries, since)
        sights = await search.find(tries, since)
        return [seekable.sighting(it, "cannot_tell", sight) for it, sight in zip(tries, sights, strict=True)]

    async def publish(self, batch: Sequence[Outgoing]) -> Sequence[PublishResult]:
        """One result a message."""
        return await self._publisher.publish(batch)

    async def bulk(self, job: BulkJob, sink: Sink[BulkState]) -> BulkState:
        """The server's own purge, up to a sequence where one is given."""
        return await purging.bulk(self._js, job, sink)

    async def tail(self, resource: str, sink: Sink[DeadLetter]) -> None:
        """What arrives in a stream from now on, read by sequence: no consumer is made."""
        await tailing.tail(self._js, resource, sink, self._connection.max_payload)

    async def release(self, source: SourceRef) -> Lease | None:
        """Nothing: a look holds nothing here."""
        del source
        return None

    async def close(self, within: float) -> Sequence[Lease]:
        """Closes the connection; nothing stays hidden."""
        if self._monitoring is not None:
            await self._monitoring.close()
        await self._connection.close(within)
        return ()


def make(spec: ConnectionSpec, services: Services) -> Adapter:
    """The factory named in `INFO`."""
    return NatsAdapter(spec, services)
