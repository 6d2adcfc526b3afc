"""The audit journal: append-only, each entry chained to the one before by SHA-256."""

import getpass
import hashlib
import json
import socket
import sqlite3
from concurrent.futures import Future
from dataclasses import dataclass
from datetime import UTC, datetime

from adapters.api import Clock
from dashboard.core.runs import JournalEntry
from dashboard.store.writer import Reader, Writer

START = "0" * 64


@dataclass(frozen=True, slots=True)
class Break:
    """The first entry whose hash does not follow from what stands before it."""

    id: int


def operator() -> str:
    """Who works here, as USER@HOST."""
    try:
        user = getpass.getuser()
    except (KeyError, OSError):
        user = "unknown"
    return f"{user}@{socket.gethostname()}"


class Journal:
    """Adds and reads entries; `who` is this program's operator."""

    def __init__(self, writer: Writer, reader: Reader, clock: Clock, who: str) -> None:
        self._writer = writer
        self._reader = reader
        self._clock = clock
        self.who = who

    def add(self, act: str, what: str, detail: str = "") -> "Future[None]":
        """One entry, durable when the future is done."""
        at = self._clock.now().timestamp()

        def work(connection: sqlite3.Connection) -> None:
            last = connection.execute("SELECT hash FROM journal ORDER BY id DESC LIMIT 1").fetchone()
            previous = last[0] if last else START
            connection.execute(
                "INSERT INTO journal (at, who, act, what, detail, previous, hash) VALUES (?, ?, ?, ?, ?, ?, ?)",
                (at, self.who, act, what, detail, previous, _link(previous, at, self.who, act, what, detail)),
            )

        return self._writer.call(work)

    def page(self, *, offset: int, limit: int, where: str = "") -> list[JournalEntry]:
        """Entries that hold the words of `where`, newest first."""
        like = f"%{where.replace('!', '!!').replace('%', '!%').replace('_', '!_')}%"
        with self._reader.connect() as connection:
            found = connection.execute(
                "SELECT id, at, who, act, what, detail, hash FROM journal"
                " WHERE who || ' ' || act || ' ' || what || ' ' || detail LIKE ? ESCAPE '!'"
                " ORDER BY id DESC LIMIT ? OFFSET ?",
                (like, limit, offset),
            ).fetchall()
        return [JournalEntry(row[0], datetime.fromtimestamp(row[1], UTC), *row[2:]) for row in found]

    def check(self) -> Break | None:
        """The first break of the chain; None while it is whole."""
        previous = START
        with self._reader.connect() as connection:
            for row in connection.execute(
                "SELECT id, at, who, act, what, detail, previous, hash FROM journal ORDER BY id"
            ):
                entry, at, who, act, what, detail, before, written = row
                if before != previous or written != _link(previous, at, who, act, what, detail):
                    return Break(entry)
                previous = written
        return None


def _link(previous: str, at: float, who: str, act: str, what: str, detail: str) -> str:
    return hashlib.sha256(json.dumps([previous, at, who, act, what, detail]).encode()).hexdigest()
