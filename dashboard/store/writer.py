"""One writer thread a file: queued calls share a commit, so that durability costs one fsync for many."""

import contextlib
import queue
import sqlite3
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Generic, TypeVar

from dashboard.store.database import Schema, open_database, open_reader
from dashboard.store.errors import StoreError, mapped

T = TypeVar("T")
GROUP = 64
CLOSE_S = 2.0


@dataclass(slots=True)
class _Job(Generic[T]):
    work: Callable[[sqlite3.Connection], T]
    future: "Future[T]"


class Writer:
    """A thread and a connection for one file.

    `call` returns a future that is done when the work is committed. A work that raises is rolled back alone; when the
    commit fails, all works in it fail. Opening happens in the caller's thread and raises there.
    """

    def __init__(self, path: Path, schema: Schema) -> None:
        self.path = path
        self._connection = open_database(path, schema)
        self._jobs: queue.SimpleQueue[_Job[Any] | None] = queue.SimpleQueue()
        self._closed = False
        self._lock = threading.Lock()
        self._thread = threading.Thread(target=self._run, name=f"writer {path.name}", daemon=True)
        self._thread.start()

    def call(self, work: Callable[[sqlite3.Connection], T]) -> "Future[T]":
        """Runs `work` in the writer's next transaction."""
        future: Future[T] = Future()
        with self._lock:
            if self._closed:
                future.set_exception(StoreError(f"{self.path} is closed already."))
                return future
            self._jobs.put(_Job(work, future))
        return future

    def close(self) -> None:
        """Finishes what is queued, then closes; idempotent."""
        with self._lock:
            if self._closed:
                return
            self._closed = True
            self._jobs.put(None)
        self._thread.join()

    def _run(self) -> None:
        open_ended = True
        while open_ended:
            jobs, open_ended = self._next()
            if jobs:
                self._commit(jobs)
        with contextlib.suppress(sqlite3.Error):
            self._connection.execute("PRAGMA optimize")
        self._connection.close()

    def _next(self) -> tuple[list[_Job[Any]], bool]:
        job = self._jobs.get()
        jobs: list[_Job[Any]] = []
        while job is not None:
            if job.future.set_running_or_notify_cancel():
                jobs.append(job)
            if len(jobs) >= GROUP:
                return jobs, True
            try:
                job = self._jobs.get_nowait()
            except queue.Empty:
                return jobs, True
        return jobs, False

    def _commit(self, jobs: list[_Job[Any]]) -> None:
        done: list[tuple[_Job[Any], Any]] = []
        try:
            with mapped(self.path):
                self._connection.execute("BEGIN IMMEDIATE")
                for job in jobs:
                    self._one(job, done)
                self._connection.execute("COMMIT")
        except (StoreError, sqlite3.Error) as error:
            with contextlib.suppress(sqlite3.Error):
                if self._connection.in_transaction:
                    self._connection.execute("ROLLBACK")
            for job in jobs:
                if not job.future.done():
                    job.future.set_exception(error)
            return
        for job, value in done:
            job.future.set_result(value)

    def _one(self, job: _Job[Any], done: list[tuple[_Job[Any], Any]]) -> None:
        self._connection.execute("SAVEPOINT work")
        try:
            with mapped(self.path):
                value = job.work(self._connection)
        except BaseException as error:
            if self._connection.in_transaction:
                self._connection.execute("ROLLBACK TO work")
                self._connection.execute("RELEASE work")
            job.future.set_exception(error)
            if not self._connection.in_transaction:
                raise  # SQLite gave up the whole transaction (disk full): nothing in it was done.
            return
        self._connection.execute("RELEASE work")
        done.append((job, value))


class Reader:
    """Read-only connections to one file, one a thread; transactions must be short so that the WAL can shrink."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._local = threading.local()
        self._all: list[sqlite3.Connection] = []
        self._free = threading.Condition()
        self._reading = 0
        self._closed = False

    @contextlib.contextmanager
    def connect(self) -> Iterator[sqlite3.Connection]:
        """The calling thread's connection; raises `StoreError` once closed."""
        with self._free:
            if self._closed:
                raise StoreError(f"{self.path} is closed already.")
            self._reading += 1
        try:
            connection = self._own()
            with mapped(self.path):
                yield connection
        finally:
            with self._free:
                self._reading -= 1
                self._free.notify_all()

    def close(self) -> None:
        """Interrupts what is being read, waits for its end and closes all connections; idempotent."""
        with self._free:
            self._closed = True
            for connection in self._all:
                connection.interrupt()
            # Closed under a reader, SQLite crashes the process: one that never ends keeps its connection.
            if self._free.wait_for(lambda: self._reading == 0, CLOSE_S):
                for connection in self._all:
                    connection.close()
            self._all.clear()

    def _own(self) -> sqlite3.Connection:
        connection: sqlite3.Connection | None = getattr(self._local, "connection", None)
        if connection is None:
            connection = open_reader(self.path)
            self._local.connection = connection
            with self._free:
                self._all.append(connection)
        return connection
