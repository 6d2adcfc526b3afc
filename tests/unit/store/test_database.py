"""Our files: versions, migrations, damage, and a writer that groups commits."""

import sqlite3
import stat
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from dashboard.store.database import Schema, open_database, statements
from dashboard.store.errors import Corrupt, DiskFull, StoreError, TooNew
from dashboard.store.writer import Reader, Writer

SCHEMA = Schema("redrive", major=1, minor=1, synchronous="FULL")


def test_that_a_new_file_is_private_and_migrated(tmp_path: Path) -> None:
    path = tmp_path / "redrive.db"
    open_database(path, SCHEMA).close()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    with sqlite3.connect(path) as connection:
        assert connection.execute("PRAGMA user_version").fetchone() == (1001,)
        assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    connection.close()


def test_that_a_newer_major_is_refused_and_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "redrive.db"
    with sqlite3.connect(path) as connection:
        connection.execute("PRAGMA user_version=2000")
    connection.close()
    before = path.read_bytes()
    with pytest.raises(TooNew, match="newer Redrive"):
        open_database(path, SCHEMA)
    assert path.read_bytes()[100:] == before[100:]


def test_that_a_damaged_file_is_set_aside_and_never_overwritten(tmp_path: Path) -> None:
    path = tmp_path / "redrive.db"
    path.write_bytes(b"no database at all" * 1000)
    open_database(path, SCHEMA).close()
    (aside,) = tmp_path.glob("redrive.db.damaged-*")
    assert aside.read_bytes() == b"no database at all" * 1000


def test_that_a_damaged_precious_file_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "redrive.db"
    path.write_bytes(b"no database at all" * 1000)
    with pytest.raises(Corrupt, match="damaged"):
        open_database(path, Schema("redrive", 1, 1, precious=True))
    assert path.read_bytes() == b"no database at all" * 1000


def test_that_a_script_is_cut_into_statements() -> None:
    assert list(statements("CREATE TABLE a (b);\nINSERT INTO a VALUES (';');\n")) == [
        "CREATE TABLE a (b);\n",
        "INSERT INTO a VALUES (';');\n",
    ]
    with pytest.raises(ValueError, match="mid-statement"):
        list(statements("CREATE TABLE a ("))


def test_that_a_failing_work_is_rolled_back_alone(tmp_path: Path) -> None:
    writer = Writer(tmp_path / "redrive.db", SCHEMA)

    def add(value: int) -> None:
        writer.call(lambda c: c.execute("CREATE TABLE IF NOT EXISTS t (v)")).result(5)
        writer.call(lambda c: c.execute("INSERT INTO t VALUES (?)", (value,))).result(5)

    def fail(connection: sqlite3.Connection) -> None:
        connection.execute("INSERT INTO t VALUES (99)")
        raise ValueError("ours")

    add(1)
    failed = writer.call(fail)
    add(2)
    with pytest.raises(ValueError, match="ours"):
        failed.result(5)
    writer.close()
    reader = Reader(tmp_path / "redrive.db")
    with reader.connect() as connection:
        assert connection.execute("SELECT v FROM t ORDER BY v").fetchall() == [(1,), (2,)]
    reader.close()


def test_that_a_full_disk_is_told_and_the_file_stays_whole(tmp_path: Path) -> None:
    writer = Writer(tmp_path / "redrive.db", SCHEMA)
    writer.call(lambda c: c.execute("CREATE TABLE t (v)")).result(5)
    writer.call(lambda c: c.execute("INSERT INTO t VALUES (1)")).result(5)
    pages = writer.call(lambda c: c.execute("PRAGMA page_count").fetchone()[0]).result(5)
    writer.call(lambda c: c.execute(f"PRAGMA max_page_count={pages}").fetchone()).result(5)
    with pytest.raises(DiskFull, match="no room"):
        writer.call(lambda c: c.execute("INSERT INTO t VALUES (zeroblob(1000000))")).result(5)
    assert writer.call(lambda c: c.execute("SELECT count(*) FROM t").fetchone()[0]).result(5) == 1
    writer.close()


def test_that_a_closed_writer_says_so(tmp_path: Path) -> None:
    writer = Writer(tmp_path / "redrive.db", SCHEMA)
    writer.close()
    writer.close()
    with pytest.raises(StoreError, match="closed"):
        writer.call(lambda c: None).result(5)


ENDLESS = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n"


def test_that_closing_ends_a_read_of_another_thread(tmp_path: Path) -> None:
    path = tmp_path / "redrive.db"
    open_database(path, SCHEMA).close()
    reader = Reader(path)
    begun = threading.Event()

    def read() -> None:
        with reader.connect() as connection:
            connection.set_progress_handler(begun.set, 1000)
            connection.execute(ENDLESS)

    with ThreadPoolExecutor() as pool:
        reading = pool.submit(read)
        assert begun.wait(30)
        reader.close()
        with pytest.raises(sqlite3.OperationalError, match="interrupted"):
            reading.result(30)


def test_that_a_closed_reader_says_so(tmp_path: Path) -> None:
    path = tmp_path / "redrive.db"
    open_database(path, SCHEMA).close()
    reader = Reader(path)
    reader.close()
    reader.close()
    with pytest.raises(StoreError, match="closed already"), reader.connect():
        raise AssertionError("opened")
