"""A workbench for runs: the real ledger and runner over any adapter, and a program that can die and come back."""

import asyncio
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from adapters.api import Adapter, Clock, ConnectionSpec, DeadLetter, Environment, Services, SourceRef
from dashboard.core.connections import Connection
from dashboard.core.letters import Chosen, Selection, SnapshotInfo, SourceKey
from dashboard.core.runs import Draft, Pace, Plan, Rules, RunView
from dashboard.engine.clock import SystemClock
from dashboard.engine.runs.archives import ArchiveChooser
from dashboard.engine.runs.news import RunNews
from dashboard.engine.runs.planner import VAULT, Planner
from dashboard.engine.runs.runs import Runs
from dashboard.engine.runs.shop import Shop
from dashboard.engine.runs.vault import ArchiveVault
from dashboard.store.archive import ArchiveStore
from dashboard.store.journal import Journal
from dashboard.store.ledger import Ledger
from dashboard.store.ledger_read import LedgerReader
from dashboard.store.schemas import REDRIVE
from dashboard.store.writer import Reader, Writer

Make = Callable[[], Adapter]


def connection(**changes: object) -> Connection:
    """A connection on which all is allowed."""
    values: dict[str, object] = {"environment": Environment.DEVELOPMENT, "read_only": False, **changes}
    return Connection("broker", "memory", "memory://broker", **values)  # type: ignore[arg-type]


@dataclass
class Looked:
    """A look kept in memory: what a plan chooses from."""

    ref: SourceRef
    clock: Clock
    letters: list[DeadLetter] = field(default_factory=list)
    complete: bool = True
    end: str | None = None
    pick: Callable[[DeadLetter], bool] = lambda _: True

    def __post_init__(self) -> None:
        self.read_at = self.clock.now()

    def info(self, snapshot: int) -> SnapshotInfo:
        key = SourceKey("broker", self.ref.name)
        count = len(self.letters)
        return SnapshotInfo(snapshot, key, self.ref.incarnation, self.read_at, count, self.complete, self.end)

    def chosen(self, selection: Selection) -> Iterator[Chosen]:
        twins: dict[str, int] = {}
        for letter in self.letters:
            twins[letter.ref.key] = twins.get(letter.ref.key, 0) + 1
        for n, letter in enumerate(self.letters, start=1):
            if self.pick(letter):
                target = letter.origin.target.name if letter.origin and letter.origin.target else None
                yield Chosen(n, letter.ref, target, 1, twins=twins[letter.ref.key])


class Program:
    """One life of the program on a home folder; `end` closes it, a kill just leaves it."""

    def __init__(self, folder: Path, make: Make, looked: Looked, link: Connection, clock: Clock) -> None:
        self.writer = Writer(folder / "redrive.db", REDRIVE)
        self.reader = Reader(folder / "redrive.db")
        self.books = LedgerReader(self.reader)
        self.archives = ArchiveStore(folder / "archive", self.writer, self.reader, clock)
        self._make = make
        self._clock = clock
        journal = Journal(self.writer, self.reader, clock, "me@here")
        news = RunNews(self.books, folder, clock, lambda key, value: None)
        shop = Shop(
            Ledger(self.writer, clock),
            self.books,
            self.archives,
            journal,
            clock,
            folder,
            self._connect,
            lambda letter: (),
            news.changed,
        )
        planner = Planner(shop, looked, ArchiveChooser(self.archives, clock), lambda name: link, "me@here")
        self.runs = Runs(shop, planner, news)
        self.planner = planner
        self.journal = journal

    async def _connect(self, link: Connection) -> Adapter:
        if link.kind == VAULT.kind:
            from adapters.vault.adapter import VaultAdapter

            services = Services(self._clock, vault=ArchiveVault(self.archives))
            adapter: Adapter = VaultAdapter(ConnectionSpec("vault", "vault:"), services)
        else:
            adapter = self._make()
        await adapter.open()
        return adapter

    def end(self) -> None:
        self.writer.close()
        self.reader.close()


async def look(make: Make, name: str, clock: Clock, *, hold: bool = False) -> Looked:
    """One whole look at a source, given back."""
    adapter = make()
    await adapter.open()
    resource = await adapter.describe(name)
    looked = Looked(resource.source or SourceRef(name), clock)

    async def sink(letters: Sequence[DeadLetter]) -> None:
        looked.letters.extend(letters)

    seen = await adapter.browse(looked.ref, sink, start=None, limit=1_000_000, hold=hold)
    looked.complete, looked.end = seen.complete, seen.end.value if seen.end else None
    await adapter.release(looked.ref)
    await adapter.close(1)
    return looked


def draft(kind: str = "redrive", *, source: str = "dead", to: str | None = None, **pace: float) -> Draft:
    """A draft over all that was looked at."""
    key = SourceKey("archives" if kind == "restore" else "broker", source)
    rules, speed = Rules(), Pace(**pace)  # type: ignore[arg-type]
    return Draft(kind, Selection(key, 1), to=to, pace=speed, rules=rules)  # type: ignore[arg-type]


async def confirmed(program: Program, wanted: Draft, typed: str = "") -> tuple[Plan, RunView]:
    """Planned, confirmed and carried to its rest."""
    plan = await program.planner.plan(wanted)
    view = await program.runs.confirm(plan, typed, rest_too=True, literal_secret=False)
    return plan, await program.runs.wait(view.id)


async def settle_down(program: Program) -> None:
    """Ends tasks that a kill left."""
    tasks = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    program.end()


__all__ = ["Looked", "Program", "SystemClock", "confirmed", "connection", "draft", "look", "settle_down"]
