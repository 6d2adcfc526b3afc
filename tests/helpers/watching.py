"""A watcher over brokers in memory or real ones, in a home of its own."""

from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any

from adapters.api import AdapterInfo, Clock, ConnectionSpec, Factory, FieldSpec, Services
from adapters.memory.adapter import MemoryAdapter
from adapters.memory.model import MemoryBroker
from adapters.registry import Registry, installed
from dashboard.core.fleet import FleetSnapshot
from dashboard.engine.backoff import Backoff
from dashboard.engine.clock import SystemClock
from dashboard.engine.mailbox import Mailbox, Subscription
from dashboard.engine.poller import Schedule
from dashboard.engine.secrets import Backend, SecretStore
from dashboard.engine.specs import Resolver
from dashboard.engine.supervisor import Ways
from dashboard.engine.watcher import Watcher, WatchParts
from dashboard.engine.workspace import Workspace
from dashboard.store.history import History
from dashboard.store.schemas import HISTORY
from dashboard.store.writer import Reader, Writer


class BrokerInfo(AdapterInfo):
    """A kind whose connections all lead to one broker in memory; `specs` are those it was asked for."""

    __slots__ = ("broker", "specs")

    broker: MemoryBroker
    specs: list[ConnectionSpec]

    def load(self) -> Factory:
        def factory(spec: ConnectionSpec, _: Services) -> MemoryAdapter:
            self.specs.append(spec)
            return MemoryAdapter(self.broker)

        return factory


def broker_info(broker: MemoryBroker, kind: str = "trial") -> BrokerInfo:
    secret = FieldSpec("password", "Password", "secret")
    info = BrokerInfo(kind, "Trial", "layers", (kind,), "nowhere:none", (secret,), ())
    object.__setattr__(info, "broker", broker)
    object.__setattr__(info, "specs", [])
    return info


@dataclass(frozen=True)
class _Entry:
    info: AdapterInfo
    name: str = "trial"
    value: str = "trial"

    def load(self) -> AdapterInfo:
        return self.info


def registry_of(*infos: AdapterInfo) -> Registry:
    entries: list[Any] = [_Entry(info) for info in infos]
    return Registry(lambda: [*installed(), *entries])


@dataclass(frozen=True)
class World:
    watcher: Watcher
    mailbox: Mailbox
    history: History
    registry: Registry


@asynccontextmanager
async def watching(
    home: Path,
    *infos: AdapterInfo,
    clock: Clock | None = None,
    interval_s: float = 0.05,
    environ: Mapping[str, str] | None = None,
    keyring: Callable[[], Backend | None] = lambda: None,
) -> AsyncIterator[World]:
    """A loaded watcher that is not started; stopped and closed at the end."""
    now = clock or SystemClock()
    writer, reader = Writer(home / "history.db", HISTORY), Reader(home / "history.db")
    history = History(writer, reader)
    mailbox = Mailbox()
    registry = registry_of(*infos)
    parts = WatchParts(
        registry=registry,
        workspace=Workspace(home / "workspace.toml"),
        resolver=Resolver(SecretStore(keyring), environ or {}, "redrive kim@desk"),
        services=Services(now),
        mailbox=mailbox,
        ways=Ways(now, Schedule(interval_s, 5), Backoff(first_s=0.1, most_s=0.2), Random(1)),
        history=history,
    )
    watcher = Watcher(parts)
    try:
        await watcher.load()
        yield World(watcher, mailbox, history, registry)
    finally:
        await watcher.stop()
        writer.close()
        reader.close()


async def fleet_until(
    news: Subscription, true: Callable[[FleetSnapshot], bool], seen: list[FleetSnapshot] | None = None
) -> FleetSnapshot:
    """The first posted fleet for which it is true; the test's own timeout ends a vain wait."""
    while True:
        fleet = (await news.news()).get("fleet")
        if isinstance(fleet, FleetSnapshot):
            if seen is not None:
                seen.append(fleet)
            if true(fleet):
                return fleet
