"""Keeps one connection read: opens it, finds its resources, polls, and starts again after a failure."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from random import Random

from adapters.api import (
    Adapter,
    BrokerError,
    Clock,
    Disconnected,
    Probe,
    RedriveError,
    Resource,
    Scope,
    Sweep,
)
from dashboard.core import words
from dashboard.core.connections import Answer, Connection, ConnectionView
from dashboard.core.series import Reading
from dashboard.core.watched import STALE_AFTER, Watched
from dashboard.engine.backoff import Backoff
from dashboard.engine.poller import Poller, Schedule

_log = logging.getLogger(__name__)

OPEN_S = 15.0
DISCOVER_S = 120.0
CLOSE_S = 1.0
_DISCOVER_EACH_S = 60.0
_STRANGERS_EACH = 2.0
"""Intervals between discoveries while a sweep names what discovery did not find, or the other way round."""


@dataclass(frozen=True, slots=True)
class Ways:
    """How a supervisor works: its schedule, its patience, and where chance comes from."""

    clock: Clock
    schedule: Schedule = field(default_factory=Schedule)
    backoff: Backoff = field(default_factory=Backoff)
    random: Random = field(default_factory=Random)


class Supervisor:
    """The task tree of one connection. `connect` gives a new adapter that is not open yet.

    `on_change` is called on the loop after each reading and each change of `view`; `on_reading` gets each reading.
    """

    def __init__(
        self,
        connection: Connection,
        connect: Callable[[], Awaitable[Adapter]],
        ways: Ways,
        on_change: Callable[[], None],
        on_reading: Callable[[str, Reading], None],
    ) -> None:
        self.connection = connection
        self.watched = Watched(connection.name, connection.environment, ways.schedule.interval_s)
        self.view = ConnectionView(connection, Answer.CONNECTING, ways.clock.now())
        self._connect = connect
        self._ways = ways
        self._on_change = on_change
        self._on_reading = on_reading
        self._failures = 0
        self._again = asyncio.Event()
        self._read_at: datetime | None = None
        self._discovered = 0.0
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begins; at most once."""
        assert self._task is None
        self._task = asyncio.create_task(self._run(), name=f"connection {self.connection.name}")

    async def stop(self) -> None:
        """Ends in order; the adapter is closed."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.wait({self._task})

    def try_again(self) -> None:
        """Does not wait for the next try."""
        self._again.set()

    def age(self) -> bool:
        """Brings ages up to now; whether what is shown has changed."""
        now = self._ways.clock.now()
        stale = self.watched.age(now)
        if self.view.answer is Answer.ANSWERS and self._late(now):
            self._show(Answer.STALE)
            return True
        return stale

    def _late(self, now: datetime) -> bool:
        limit = STALE_AFTER * self._ways.schedule.interval_s
        return self._read_at is not None and (now - self._read_at).total_seconds() > limit

    async def _run(self) -> None:
        while True:
            life = asyncio.create_task(self._live(), name=f"reading {self.connection.name}")
            try:
                await asyncio.wait({life})
            finally:
                life.cancel()
                await asyncio.wait({life})
                error = _end_of(life)
            await self._recover(error)

    async def _recover(self, error: BaseException) -> None:
        self._failures += 1
        if not isinstance(error, RedriveError):
            _log.error("reading %s failed", self.connection.name, exc_info=error)
        wait = self._ways.backoff.wait_s(self._failures, error, self._ways.random)
        next_try = None if wait is None else self._ways.clock.now() + timedelta(seconds=wait)
        trouble, hint = _told(error)
        self._show(Answer.DISCONNECTED, trouble=trouble, hint=hint, next_try=next_try)
        self.watched.miss(self._ways.clock.now())
        self._again.clear()
        try:
            async with asyncio.timeout(wait):
                await self._again.wait()
        except TimeoutError:
            return

    async def _live(self) -> None:
        adapter = await self._connect()
        try:
            self._opened(await opened(adapter))
            await self._discover(adapter)
            await self._poll(adapter)
        finally:
            await adapter.close(CLOSE_S)

    async def _poll(self, adapter: Adapter) -> None:
        async def on_sweep(sweep: Sweep, began: float) -> None:
            reading = self.watched.take(sweep, began)
            self._answered(sweep)
            self._on_reading(self.connection.name, reading)
            if self._discovery_due():
                await self._discover(adapter)

        poller = Poller(
            lambda: adapter.sweep(Scope()), self._ways.schedule, self._ways.clock, self._ways.random
        )
        await poller.run(on_sweep, self._missed)

    def _discovery_due(self) -> bool:
        since = self._ways.clock.monotonic() - self._discovered
        soon = _STRANGERS_EACH * self._ways.schedule.interval_s
        return since >= (soon if self.watched.strangers() else _DISCOVER_EACH_S)

    async def _discover(self, adapter: Adapter) -> None:
        resources, missed = await discovered(adapter)
        self.watched.learn(resources)
        self._discovered = self._ways.clock.monotonic()
        self.view = replace(self.view, sources=len(resources), notes=tuple(missed))
        self._on_change()

    def _opened(self, probe: Probe) -> None:
        server = f"{probe.server} {probe.version}".strip()
        self.view = replace(self.view, server=server, grants=probe.grants, notes=probe.notes)

    def _answered(self, sweep: Sweep) -> None:
        self._failures = 0
        self._read_at = sweep.at
        if self.view.answer is Answer.ANSWERS:
            trouble = " ".join(sweep.troubles)
            if trouble != self.view.trouble:
                self.view = replace(self.view, trouble=trouble, hint="")
            self._on_change()
        else:
            self._show(Answer.ANSWERS, trouble=" ".join(sweep.troubles))

    def _missed(self, error: BrokerError | Disconnected) -> None:
        self.watched.miss(self._ways.clock.now())
        self.view = replace(self.view, trouble=error.message, hint=error.hint)
        self._on_change()

    def _show(
        self, answer: Answer, *, trouble: str = "", hint: str = "", next_try: datetime | None = None
    ) -> None:
        since = self.view.since if answer is self.view.answer else self._ways.clock.now()
        self.view = replace(
            self.view, answer=answer, since=since, trouble=trouble, hint=hint, next_try=next_try
        )
        self._on_change()


async def opened(adapter: Adapter) -> Probe:
    """Opens within 15 s; raises `Disconnected` for silence."""
    try:
        async with asyncio.timeout(OPEN_S):
            return await adapter.open()
    except TimeoutError as error:
        raise Disconnected(f"No answer within {words.duration(OPEN_S)}.") from error


async def discovered(adapter: Adapter) -> tuple[list[Resource], tuple[str, ...]]:
    """All resources, and what was missed; raises `Disconnected` after two minutes."""
    found: list[Resource] = []

    async def sink(page: Sequence[Resource]) -> None:
        found.extend(page)

    try:
        async with asyncio.timeout(DISCOVER_S):
            coverage = await adapter.discover(sink)
    except TimeoutError as error:
        raise Disconnected(f"Discovery took more than {words.duration(DISCOVER_S)}.") from error
    return found, coverage.missed


def _end_of(life: "asyncio.Task[None]") -> BaseException:
    """Why it ended; a driver that cancels its caller must not end the supervisor."""
    error = None if life.cancelled() else life.exception()
    return error or Disconnected("The connection was closed.")


def _told(error: BaseException) -> tuple[str, str]:
    if isinstance(error, RedriveError):
        return error.message, error.hint
    return "Something went wrong in this program.", "The log says more."
