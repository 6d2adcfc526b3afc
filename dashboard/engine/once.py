"""One reading on demand, for callers that do not watch."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace

from adapters.api import Adapter, Disconnected, Scope, Sweep
from dashboard.core import words
from dashboard.core.connections import Answer, Connection, ConnectionView
from dashboard.core.watched import Watched
from dashboard.engine.supervisor import CLOSE_S, Ways, discovered, opened


class OneReading:
    """Reads a connection when asked. It stays open between readings, so that the second one knows rates."""

    def __init__(self, connection: Connection, connect: Callable[[], Awaitable[Adapter]], ways: Ways) -> None:
        self._connect = connect
        self._ways = ways
        self._adapter: Adapter | None = None
        self._lock = asyncio.Lock()
        self.watched = Watched(connection.name, connection.environment, ways.schedule.interval_s)
        self.view = ConnectionView(connection, Answer.CONNECTING, ways.clock.now())

    async def read(self) -> None:
        """Discovers and sweeps; raises what the adapter raises, and is closed then."""
        async with self._lock:
            try:
                await self._read()
            except BaseException:
                await self._end()
                raise

    async def close(self) -> None:
        """Ends it; idempotent."""
        async with self._lock:
            await self._end()

    async def _read(self) -> None:
        if self._adapter is None:
            self._adapter = await self._connect()
            probe = await opened(self._adapter)
            server = f"{probe.server} {probe.version}".strip()
            self.view = replace(self.view, server=server, grants=probe.grants, notes=probe.notes)
        resources, missed = await discovered(self._adapter)
        self.watched.learn(resources)
        began = self._ways.clock.monotonic()
        sweep = await self._sweep(self._adapter)
        self.watched.take(sweep, began)
        self.view = replace(
            self.view,
            answer=Answer.ANSWERS,
            since=self._ways.clock.now(),
            trouble=" ".join((*missed, *sweep.troubles)),
            sources=len(resources),
        )

    async def _sweep(self, adapter: Adapter) -> Sweep:
        deadline = self._ways.schedule.deadline_s
        try:
            async with asyncio.timeout(deadline):
                return await adapter.sweep(Scope())
        except TimeoutError as error:
            raise Disconnected(f"No answer within {words.duration(deadline)}.") from error

    async def _end(self) -> None:
        adapter, self._adapter = self._adapter, None
        if adapter is not None:
            await adapter.close(CLOSE_S)
