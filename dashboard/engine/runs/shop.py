"""What a runner works with, and the connections it opens for one attempt."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from adapters.api import Adapter, Clock, Mark, Replaced, Route, SourceRef, TargetRef, Traits
from dashboard.core.connections import Connection
from dashboard.core.outgoing import FailureNames
from dashboard.engine.runs.returns import ReturnsWatch
from dashboard.store.archive import ArchiveStore
from dashboard.store.journal import Journal
from dashboard.store.ledger import Ledger
from dashboard.store.ledger_read import LedgerReader
from dashboard.store.ledger_rows import RunRow

CLOSE_S = 1.5

OpenAdapter = Callable[[Connection], Awaitable[Adapter]]
"""A fresh, opened adapter object of its own."""


@dataclass(frozen=True, slots=True)
class Shop:
    """Everything a runner needs, handed in by the engine. `changed` is called with a run's number on any news."""

    ledger: Ledger
    books: LedgerReader
    archives: ArchiveStore
    journal: Journal
    clock: Clock
    locks: Path
    connect: OpenAdapter
    failure_names: FailureNames
    changed: Callable[[int], None]


@dataclass(frozen=True, slots=True)
class Link:
    """The open connections of one attempt: source, target (None for a purge), and the watch for returns."""

    source: Adapter
    ref: SourceRef
    traits: Traits
    target: Adapter | None
    routes: tuple[Route, ...]
    returns: ReturnsWatch | None

    @property
    def coupled(self) -> bool:
        """Whether every route copies and removes in one act."""
        return (
            self.target is self.source and bool(self.routes) and all(route.coupled for route in self.routes)
        )


@asynccontextmanager
async def linked(row: RunRow, shop: Shop) -> AsyncIterator[Link]:
    """Opens what a run needs; raises what the adapters raise."""
    setup = row.setup
    async with AsyncExitStack() as stack:
        source = await stack.enter_async_context(opened(setup.connection, shop))
        resource = await source.describe(setup.source)
        ref = SourceRef(setup.source, setup.incarnation)
        if resource.source is not None and resource.source.incarnation != setup.incarnation:
            raise Replaced(f"{setup.source} was made anew since it was read.", hint="Read it again.")
        traits = resource.traits or Traits()
        if setup.kind == "purge":
            yield Link(source, ref, traits, None, (), None)
            return
        same = setup.target_connection == setup.connection
        target = source if same else await stack.enter_async_context(opened(setup.target_connection, shop))
        targets = [TargetRef(name) for name in setup.targets]
        routes = tuple(await target.route(ref if same else None, targets))
        returns = None
        if setup.kind == "redrive" and traits.returns == "seen" and traits.free and traits.seekable:
            watcher = await stack.enter_async_context(opened(setup.connection, shop))
            since = Mark(row.since) if row.since is not None else None
            returns = ReturnsWatch(watcher, ref, setup.id, since)
        yield Link(source, ref, traits, target, routes, returns)


@asynccontextmanager
async def opened(connection: Connection, shop: Shop) -> AsyncIterator[Adapter]:
    """An adapter of its own, closed at the end; raises what connecting raises."""
    adapter = await shop.connect(connection)
    try:
        yield adapter
    finally:
        await adapter.close(CLOSE_S)
