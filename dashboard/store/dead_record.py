"""Snapshots of dead-letter sources in `dead.db`: begun, filled and finished while a source is read, and removed."""

import sqlite3
from collections.abc import Sequence
from concurrent.futures import Future

from adapters.api import Clock, DeadLetter, Mark, SourceRef
from dashboard.core.examine import Examiner
from dashboard.core.letters import SourceKey
from dashboard.store.dead_codec import gone
from dashboard.store.dead_expiry import drop, to_drop
from dashboard.store.dead_search import words_table
from dashboard.store.dead_write import SnapshotWriter
from dashboard.store.writer import Writer


class SnapshotRecorder:
    """Writes snapshots. Thread-safe; every future is done once what it did is committed."""

    def __init__(self, writer: Writer, clock: Clock, examiner: Examiner) -> None:
        self._writer = writer
        self._clock = clock
        self._examiner = examiner
        self._writing: dict[int, SnapshotWriter] = {}

    def _now(self) -> float:
        return self._clock.now().timestamp()

    def begin(self, key: SourceKey, source: SourceRef, expected: int | None) -> "Future[int]":
        """A new snapshot, being read; the result is its id."""
        begun = self._now()

        def work(connection: sqlite3.Connection) -> int:
            snapshot = connection.execute(
                "INSERT INTO snapshot (connection, source, incarnation, begun, read_at, expected)"
                " VALUES (?, ?, ?, ?, ?, ?)",
                (key.connection, key.source, source.incarnation, begun, begun, expected),
            ).lastrowid
            assert snapshot is not None
            connection.execute(
                f"CREATE VIRTUAL TABLE {words_table(snapshot)} USING fts5(text, content='', detail=none,"
                " columnsize=0, tokenize='unicode61 remove_diacritics 0')"
            )
            self._writing[snapshot] = SnapshotWriter(snapshot, begun, self._examiner)
            return snapshot

        return self._writer.call(work)

    def append(self, snapshot: int, letters: Sequence[DeadLetter]) -> "Future[int]":
        """More letters in the order they were met; the result is how many there are. A failed call ends the reading."""

        def work(connection: sqlite3.Connection) -> int:
            writing = self._writing.get(snapshot)
            if writing is None:
                raise gone()
            writing.append(connection, letters)
            self._update(connection, writing)
            return writing.count

        def settle(done: "Future[int]") -> None:
            # What a rolled-back transaction counted cannot be taken back.
            if done.cancelled() or done.exception() is not None:
                self._writing.pop(snapshot, None)

        future = self._writer.call(work)
        future.add_done_callback(settle)
        return future

    def finish(
        self,
        snapshot: int,
        *,
        complete: bool,
        end: Mark | None = None,
        failed: str = "",
        looks_left: int | None = None,
    ) -> "Future[None]":
        """Ends a reading; `failed` says why it ended early."""

        def work(connection: sqlite3.Connection) -> None:
            writing = self._writing.pop(snapshot, None)
            if writing is not None:
                indexed = writing.finish(connection)
                self._update(connection, writing)
                connection.execute("UPDATE snapshot SET indexed = ? WHERE id = ?", (indexed, snapshot))
            connection.execute(
                "UPDATE snapshot SET reading = 0, complete = ?, ended = ?, failed = ?, looks_left = ? WHERE id = ?",
                (complete, end.value if end else None, failed, looks_left, snapshot),
            )

        return self._writer.call(work)

    def _update(self, connection: sqlite3.Connection, writing: SnapshotWriter) -> None:
        connection.execute(
            "UPDATE snapshot SET count = ?, bytes = ?, indexed = ?, twins = ?, paths_full = ?, read_at = ?"
            " WHERE id = ?",
            (
                writing.count,
                writing.bytes,
                writing.indexed,
                writing.twins,
                writing.paths_full,
                self._now(),
                writing.snapshot,
            ),
        )

    def expire(self) -> "Future[bool]":
        """Removes a piece of what is old, replaced or forgotten; False once there is nothing left to remove."""
        now = self._now()
        return self._writer.call(lambda connection: drop(connection, to_drop(connection, now)))

    def discard(self, snapshot: int) -> "Future[None]":
        """Takes a snapshot out of sight; `expire` removes it."""

        def work(connection: sqlite3.Connection) -> None:
            self._writing.pop(snapshot, None)
            connection.execute("UPDATE snapshot SET dropped = 1, reading = 0 WHERE id = ?", (snapshot,))

        return self._writer.call(work)

    def forget(self, connection_name: str) -> "Future[None]":
        """Marks all snapshots of a connection as dropped: none is seen any more, `expire` removes them."""

        def work(connection: sqlite3.Connection) -> None:
            connection.execute("UPDATE snapshot SET dropped = 1 WHERE connection = ?", (connection_name,))

        return self._writer.call(work)
