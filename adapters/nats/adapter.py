"""The NATS adapter: each call of the port handed to the module that owns it."""

from collections.abc import Sequence

from adapters.api import (
    ConnectionSpec,
    Coverage,
    FeatureMissing,
    Lease,
    Probe,
    Resource,
    Scope,
    Services,
    Sink,
    SourceRef,
    Sweep,
)
from adapters.nats import discovery, rights, watching
from adapters.nats.connection import Connection, addresses
from adapters.nats.failures import JETSTREAM_HINT
from adapters.nats.jetstream import JetStream
from adapters.nats.monitoring import Monitoring
from adapters.nats.rights import Account


class NatsAdapter:
    """One connection to one account of a NATS server with JetStream."""

    def __init__(self, spec: ConnectionSpec, services: Services) -> None:
        self._spec = spec
        self._clock = services.clock
        self._connection = Connection(spec)
        self._js = JetStream(self._connection.inbox, spec)
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

    async def release(self, source: SourceRef) -> Lease | None:  # noqa: ARG002 - the port's name
        """Nothing: a look holds nothing here."""
        return None

    async def close(self, within: float) -> Sequence[Lease]:
        """Closes the connection; nothing stays hidden."""
        if self._monitoring is not None:
            await self._monitoring.close()
        await self._connection.close(within)
        return ()


def make(spec: ConnectionSpec, services: Services) -> NatsAdapter:
    """The factory named in `INFO`."""
    return NatsAdapter(spec, services)
