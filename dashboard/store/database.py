"""Opens our SQLite files: pragmas, version check, migrations with a backup first, damaged files set aside."""

import contextlib
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.resources import files
from pathlib import Path
from typing import Literal

from dashboard.store.errors import Corrupt, TooNew, mapped
from dashboard.store.home import touch_private

BUSY_MS = 5_000
MINORS = 1_000


@dataclass(frozen=True, slots=True)
class Schema:
    """One file's schema: its SQL is resources/sql/NAME_NNN.sql, NNN from 001 to `minor`.

    `PRAGMA user_version` holds major * 1000 + minor. A newer major refuses; an older minor is migrated forward.
    `precious` files are never set aside by themselves.
    """

    name: str
    major: int
    minor: int
    synchronous: Literal["NORMAL", "FULL"] = "NORMAL"
    precious: bool = False

    @property
    def version(self) -> int:
        """As it stands in the file."""
        return self.major * MINORS + self.minor

    def step(self, number: int) -> str:
        """The SQL that leads to minor version `number`."""
        return files("resources").joinpath("sql", f"{self.name}_{number:03d}.sql").read_text(encoding="utf-8")


def open_database(path: Path, schema: Schema) -> sqlite3.Connection:
    """Opens for writing, migrated; raises the errors of `store.errors`.

    A damaged file that is not precious is kept as NAME.damaged-TIME, and a new one begun.
    """
    try:
        return _open(path, schema)
    except Corrupt:
        if schema.precious:
            raise
        set_aside(path)
        return _open(path, schema)


def set_aside(path: Path) -> Path:
    """Renames a damaged file with its WAL; returns the new name."""
    stamp = datetime.now(UTC).strftime("%Y%m%dT%H%M%S%f")
    aside = path.with_name(f"{path.name}.damaged-{stamp}")
    for suffix in ("-wal", "-shm", ""):
        part = path.with_name(path.name + suffix)
        if part.exists():
            part.rename(aside.with_name(aside.name + suffix))
    return aside


def open_reader(path: Path) -> sqlite3.Connection:
    """A read-only connection for the calling thread."""
    with mapped(path):
        connection = sqlite3.connect(
            f"{path.as_uri()}?mode=ro", uri=True, isolation_level=None, check_same_thread=False
        )
        connection.execute(f"PRAGMA busy_timeout={BUSY_MS}")
        connection.execute("PRAGMA mmap_size=268435456")
        return connection


def _open(path: Path, schema: Schema) -> sqlite3.Connection:
    touch_private(path)
    with mapped(path):
        connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        try:
            connection.execute(f"PRAGMA busy_timeout={BUSY_MS}")
            connection.execute("PRAGMA journal_mode=WAL")
            connection.execute(f"PRAGMA synchronous={schema.synchronous}")
            connection.execute("PRAGMA temp_store=MEMORY")
            _migrate(connection, path, schema)
        except BaseException:
            connection.close()
            raise
        return connection


def _migrate(connection: sqlite3.Connection, path: Path, schema: Schema) -> None:
    found = _version(connection)
    if found == schema.version:
        return
    if found // MINORS > schema.major:
        raise TooNew(
            f"{path} was written by a newer Redrive (version {found // MINORS}, this one reads {schema.major}).",
            hint="Install that version, or set REDRIVE_HOME to another folder.",
        )
    if found > schema.version:
        return  # A newer minor only adds; this program does not use what it does not know.
    if found:
        _backup(connection, path, found)
    with transaction(connection):
        # Another process may have migrated while this one waited for the lock.
        for number in range(_version(connection) % MINORS + 1, schema.minor + 1):
            for statement in statements(schema.step(number)):
                connection.execute(statement)
        connection.execute(f"PRAGMA user_version={schema.version}")


def _version(connection: sqlite3.Connection) -> int:
    return int(connection.execute("PRAGMA user_version").fetchone()[0])


def _backup(connection: sqlite3.Connection, path: Path, version: int) -> None:
    copy = path.with_name(f"{path.name}.before-{version}")
    touch_private(copy)
    with contextlib.closing(sqlite3.connect(copy)) as target:
        connection.backup(target)


def statements(script: str) -> Iterator[str]:
    """The single statements of a script, so that all run in one transaction (executescript would commit)."""
    pending = ""
    for line in script.splitlines(keepends=True):
        pending += line
        if sqlite3.complete_statement(pending):
            yield pending
            pending = ""
    if pending.strip():
        raise ValueError("the script ends in mid-statement")


@contextlib.contextmanager
def transaction(connection: sqlite3.Connection) -> Iterator[None]:
    """BEGIN IMMEDIATE … COMMIT, rolled back on any error."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise
    connection.execute("COMMIT")
