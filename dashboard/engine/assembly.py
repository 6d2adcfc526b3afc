"""Puts the engine together over one home folder: files, watcher, reading, runs; and takes it apart in order."""

import asyncio
from collections.abc import Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass
from importlib.resources import files
from typing import TypeVar

from adapters.api import Clock, Services
from adapters.registry import Registry
from dashboard.core.causes import Normaliser, read_rules
from dashboard.core.conventions import Conventions, read_conventions
from dashboard.core.examine import Examiner
from dashboard.core.query import QueryParser
from dashboard.engine.mailbox import Mailbox
from dashboard.engine.reading import Reading, ReadingParts
from dashboard.engine.runs.archives import ArchiveChooser
from dashboard.engine.runs.news import RunNews
from dashboard.engine.runs.planner import Planner
from dashboard.engine.runs.runs import Runs
from dashboard.engine.runs.shop import Shop
from dashboard.engine.runs.vault import ArchiveVault
from dashboard.engine.secrets import SecretStore
from dashboard.engine.specs import Resolver
from dashboard.engine.supervisor import Ways
from dashboard.engine.watcher import Watcher, WatchParts
from dashboard.engine.workspace import Workspace
from dashboard.store.archive import ArchiveStore
from dashboard.store.dead_letters import SnapshotStore
from dashboard.store.dead_record import SnapshotRecorder
from dashboard.store.history import History
from dashboard.store.home import Home
from dashboard.store.journal import Journal, operator
from dashboard.store.ledger import Ledger
from dashboard.store.ledger_read import LedgerReader
from dashboard.store.schemas import DEAD, HISTORY, REDRIVE
from dashboard.store.writer import Reader, Writer

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Ground:
    """What the engine stands on; tests hand in their own registry, clock and environment."""

    home: Home
    environ: Mapping[str, str]
    clock: Clock
    registry: Registry
    mailbox: Mailbox


@dataclass(frozen=True, slots=True)
class Parts:
    """The engine's parts, each with one reason to exist."""

    mailbox: Mailbox
    watcher: Watcher
    reading: Reading
    runs: Runs
    planner: Planner
    archives: ArchiveStore
    journal: Journal
    conventions: Conventions


@dataclass(frozen=True, slots=True)
class _Files:
    ledger: Writer
    ledger_reader: Reader
    dead: Writer
    dead_reader: Reader
    history: Writer
    history_reader: Reader


def resource(name: str) -> str:
    """A text that ships with the program."""
    return files("resources").joinpath(name).read_text("utf-8")


async def assemble(ground: Ground, stack: AsyncExitStack) -> Parts:
    """Opens the files and makes the parts; `stack` takes them apart again, the last first.

    Raises `StoreError` for files that cannot be used and `ConfigError` for a workspace that cannot be read.
    """
    clock, home = ground.clock, ground.home
    who = await asyncio.to_thread(operator)
    opened = await asyncio.to_thread(_open_files, home)
    stack.push_async_callback(asyncio.to_thread, _close_files, opened)
    archives = ArchiveStore(home.archive, opened.ledger, opened.ledger_reader, clock)
    watcher = Watcher(
        WatchParts(
            registry=ground.registry,
            workspace=Workspace(home.workspace_toml),
            resolver=Resolver(SecretStore(), ground.environ, f"redrive {who}"),
            services=Services(clock, vault=ArchiveVault(archives)),
            mailbox=ground.mailbox,
            ways=Ways(clock),
            history=History(opened.history, opened.history_reader),
        )
    )
    await watcher.load()
    stack.push_async_callback(watcher.stop)
    conventions = await asyncio.to_thread(_conventions, watcher.failure_headers)
    reading, store = await _reading(ground, opened, watcher, conventions)
    stack.push_async_callback(reading.close)
    journal = Journal(opened.ledger, opened.ledger_reader, clock, who)
    runs, planner = _runs(ground, opened, watcher, archives, journal, store, conventions)
    stack.push_async_callback(runs.close)
    return Parts(ground.mailbox, watcher, reading, runs, planner, archives, journal, conventions)


def _runs(
    ground: Ground,
    opened: _Files,
    watcher: Watcher,
    archives: ArchiveStore,
    journal: Journal,
    letters: SnapshotStore,
    conventions: Conventions,
) -> tuple[Runs, Planner]:
    clock, home, books = ground.clock, ground.home, LedgerReader(opened.ledger_reader)
    news = RunNews(books, home.runs, clock, ground.mailbox.post)
    shop = Shop(
        ledger=Ledger(opened.ledger, clock),
        books=books,
        archives=archives,
        journal=journal,
        clock=clock,
        locks=home.runs,
        connect=watcher.open_adapter,
        failure_names=conventions.failure_names,
        changed=news.changed,
    )
    planner = Planner(shop, letters, ArchiveChooser(archives, clock), watcher.connection, journal.who)
    return Runs(shop, planner, news), planner


async def _reading(
    ground: Ground, opened: _Files, watcher: Watcher, conventions: Conventions
) -> tuple[Reading, SnapshotStore]:
    parser = QueryParser(await asyncio.to_thread(resource, "query.lark"))
    rules = read_rules(await asyncio.to_thread(resource, "causes.toml"))
    store = SnapshotStore(opened.dead_reader, ground.clock, parser)
    parts = ReadingParts(
        recorder=SnapshotRecorder(opened.dead, ground.clock, Examiner(conventions, Normaliser(rules))),
        store=store,
        clock=ground.clock,
        mailbox=ground.mailbox,
        connect=watcher.open_adapter,
        find=watcher.connection,
        fleet=watcher.fleet,
    )
    return Reading(parts), store


def _conventions(pairs: tuple[tuple[str, str], ...]) -> Conventions:
    conventions = read_conventions(resource("conventions.toml"))
    for exception, message in reversed(pairs):
        conventions = conventions.with_pair(exception, message)
    return conventions


def _open_files(home: Home) -> _Files:
    home.prepare()
    return _Files(
        Writer(home.redrive_db, REDRIVE),
        Reader(home.redrive_db),
        Writer(home.dead_db, DEAD),
        Reader(home.dead_db),
        Writer(home.history_db, HISTORY),
        Reader(home.history_db),
    )


def _close_files(opened: _Files) -> None:
    # Writers last: only a file's last connection folds its WAL into it, and one that only reads cannot.
    for reader in (opened.history_reader, opened.dead_reader, opened.ledger_reader):
        reader.close()
    for writer in (opened.history, opened.dead, opened.ledger):
        writer.close()
