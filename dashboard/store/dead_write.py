"""Writes one snapshot while its source is read; lives in the writer's thread between begin and finish."""

import sqlite3
from collections.abc import Iterator, Sequence
from typing import Any

import msgspec

from adapters.api import DeadLetter, Gone
from dashboard.core.causes import Cause
from dashboard.core.examine import Examined, Examiner, searched_text
from dashboard.store.dead_codec import (
    REASON_MOST,
    clean,
    clean_or_none,
    encode_failure,
    encode_headers,
    first_id,
    put_text,
    stamp,
)
from dashboard.store.dead_columns import ColumnBuilder, body_size
from dashboard.store.dead_search import words_table

HOURS = 24
_MOST_ATTEMPTS = (1 << 63) - 1


class _Group:
    """One cause of the snapshot, counted as letters come."""

    __slots__ = ("cause", "changed", "code", "count", "first", "hours", "last", "sample")

    def __init__(self, code: int, cause: Cause, sample: str) -> None:
        self.code = code
        self.cause = cause
        self.sample = sample
        self.count = 0
        self.first: float | None = None
        self.last: float | None = None
        self.hours = [0] * HOURS
        self.changed = True


class SnapshotWriter:
    """One reading. Every call gets the connection of the transaction it belongs to."""

    def __init__(self, snapshot: int, begun: float, examiner: Examiner) -> None:
        self.snapshot = snapshot
        self.count = 0
        self.bytes = 0
        self.twins = False
        self._begun = begun
        self._examiner = examiner
        self._columns = ColumnBuilder(snapshot)
        self._groups: dict[str, _Group] = {}

    @property
    def paths_full(self) -> bool:
        """Whether paths were left out of the columns."""
        return self._columns.full

    @property
    def indexed(self) -> int:
        """How many letters the columns cover."""
        return self._columns.indexed

    def append(self, connection: sqlite3.Connection, letters: Sequence[DeadLetter]) -> None:
        """More letters, in the order they were met."""
        rows, payloads, words = [], [], []
        first = first_id(self.snapshot)
        for letter in letters:
            examined = self._examiner.examine(letter)
            at = stamp(letter.at or examined.failure.at)
            group = self._group(examined, at)
            self.count += 1
            ident = first + self.count
            self._columns.add(connection, examined, group.code, at)
            rows.append((ident, *_row(examined, group.code, at)))
            payloads.append((ident, *_payload(examined)))
            payload = None if isinstance(letter.payload, Gone) else letter.payload
            words.append((self.count, clean(searched_text(examined.failure, payload))))
            self.bytes += body_size(letter.payload)
            self.twins |= letter.ref.nth > 0
        table = words_table(self.snapshot)
        connection.executemany(
            "INSERT INTO letter VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", rows
        )
        connection.executemany("INSERT INTO payload VALUES (?, ?, ?, ?, ?)", payloads)
        connection.executemany(f"INSERT INTO {table} (rowid, text) VALUES (?, ?)", words)
        self._write_groups(connection)

    def finish(self, connection: sqlite3.Connection) -> int:
        """Writes the open columns; returns how many letters are indexed."""
        return self._columns.finish(connection)

    def _group(self, examined: Examined, at: float | None) -> _Group:
        group = self._groups.get(examined.cause.id)
        if group is None:
            sample = examined.failure.message or examined.failure.exception
            group = _Group(len(self._groups), examined.cause, clean(sample[:REASON_MOST]))
            self._groups[examined.cause.id] = group
        group.count += 1
        group.changed = True
        if at is not None:
            group.first = at if group.first is None else min(group.first, at)
            group.last = at if group.last is None else max(group.last, at)
            ago = int((self._begun - at) // 3600)
            if 0 <= ago < HOURS:
                group.hours[HOURS - 1 - ago] += 1
        return group

    def _write_groups(self, connection: sqlite3.Connection) -> None:
        connection.executemany(
            "INSERT OR REPLACE INTO cause VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", list(self._changed())
        )

    def _changed(self) -> Iterator[tuple[Any, ...]]:
        for group in self._groups.values():
            if group.changed:
                group.changed = False
                cause = group.cause
                yield (
                    self.snapshot,
                    group.code,
                    cause.id,
                    clean(cause.title),
                    clean(cause.exception),
                    group.sample,
                    group.count,
                    group.first,
                    group.last,
                    msgspec.msgpack.encode(group.hours),
                )


def _row(examined: Examined, code: int, at: float | None) -> tuple[Any, ...]:
    letter, failure = examined.letter, examined.failure
    reason = failure.message or failure.exception
    return (
        put_text(letter.ref.key),
        letter.ref.nth,
        letter.ref.digest,
        code,
        at,
        clean(reason[:REASON_MOST]),
        clean_or_none(failure.origin),
        clean_or_none(failure.target),
        clean(failure.target_from),
        None if failure.attempts is None else min(failure.attempts, _MOST_ATTEMPTS),
        body_size(letter.payload),
        examined.trace,
        put_text(letter.address),
        examined.redriven,
        examined.bare,
    )


def _payload(examined: Examined) -> tuple[bytes, bytes, str | None, bytes]:
    payload = examined.letter.payload
    failure = encode_failure(examined.failure)
    if isinstance(payload, Gone):
        return encode_headers(()), failure, clean(payload.why), b""
    return encode_headers(payload.headers), failure, None, payload.body
