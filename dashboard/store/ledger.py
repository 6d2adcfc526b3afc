"""The ledger: each message of each run, written down before and after every act at a broker.

Within one run the parts of the tally add up to `frozen` at every commit, since an item's row and the tally change in
the same transaction. An item is `sending` on disk before it is published and `copied` on disk before its original is
removed, so that after a kill a copied item is removed and not sent again.
"""

import json
import sqlite3
from collections import Counter
from collections.abc import Iterable, Sequence
from concurrent.futures import Future

import msgspec

from adapters.api import Clock, Denied
from dashboard.core.runs import Pace, RunState
from dashboard.store.ledger_rows import (
    GONE,
    KEPT,
    MOVED,
    PLANNED,
    SENDING,
    UNKNOWN,
    WORDS,
    Copied,
    Finish,
    Item,
    Setup,
    encode_setup,
)
from dashboard.store.writer import Writer

Rows = dict[int, tuple[int, int, int]]


class Ledger:
    """Writes to the ledger; each call is one durable transaction, its future done once it is on disk."""

    def __init__(self, writer: Writer, clock: Clock) -> None:
        self._writer = writer
        self._clock = clock

    def _now(self) -> float:
        return self._clock.now().timestamp()

    def begin(
        self, setup: Setup, pace: Pace, *, owner: str, looked_at: float, since: str | None
    ) -> "Future[int]":
        """A new run in state frozen without items; the result is its number."""

        def work(connection: sqlite3.Connection) -> int:
            place = _place(connection, setup)
            number = connection.execute(
                "INSERT INTO run (id, kind, state, place, setup, pace, since, owner, looked_at, opened)"
                " VALUES (?, ?, 'freezing', ?, ?, ?, ?, ?, ?, ?)",
                (
                    setup.id,
                    setup.kind,
                    place,
                    encode_setup(setup),
                    _pace(pace),
                    since,
                    owner,
                    looked_at,
                    self._now(),
                ),
            ).lastrowid
            assert number is not None
            connection.execute("INSERT INTO tally (run) VALUES (?)", (number,))
            return number

        return self._writer.call(work)

    def freeze(self, number: int, items: Sequence[Item]) -> "Future[None]":
        """Adds items; raises `Denied` when one of them is in a live run already."""

        def work(connection: sqlite3.Connection) -> None:
            (place,) = connection.execute("SELECT place FROM run WHERE number = ?", (number,)).fetchone()
            rows = [(number, i.n, i.key, i.nth, i.twins, i.digest, i.target, i.size, place) for i in items]
            try:
                connection.executemany(
                    "INSERT INTO item (run, n, key, nth, twins, digest, target, size, live)"
                    " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
                    rows,
                )
            except sqlite3.IntegrityError as error:
                raise Denied(
                    "Some of these messages are in another run that is not over.",
                    hint="See: redrive runs ls; resume or cancel that run first.",
                ) from error
            connection.execute(
                "UPDATE tally SET frozen = frozen + :n, planned = planned + :n WHERE run = :run",
                {"n": len(rows), "run": number},
            )

        return self._writer.call(work)

    def drop(self, number: int) -> "Future[None]":
        """Removes a run that was never frozen whole."""

        def work(connection: sqlite3.Connection) -> None:
            for table, column in (("item", "run"), ("tally", "run"), ("run", "number")):
                connection.execute(f"DELETE FROM {table} WHERE {column} = ?", (number,))  # noqa: S608 - our own names

        return self._writer.call(work)

    def sending(self, number: int, ns: Sequence[int]) -> "Future[None]":
        """Planned → sending, before the broker is called; a resumed `sending` row counts one more send."""

        def work(connection: sqlite3.Connection) -> None:
            rows = _rows(connection, number, ns)
            now = self._now()
            connection.executemany(
                "UPDATE item SET state = 1, step = 0, sent = sent + 1, sent_at = ?, at = ? WHERE run = ? AND n = ?",
                [(now, now, number, n) for n in ns],
            )
            planned = sum(state == PLANNED for state, _, _ in rows.values())
            again = sum(sent == 1 for _, _, sent in rows.values())
            _add(connection, number, {"planned": -planned, "sending": planned, "twice": again})

        return self._writer.call(work)

    def copied(self, number: int, copies: Sequence[Copied]) -> "Future[None]":
        """The copies are safe; their originals may now be removed."""

        def work(connection: sqlite3.Connection) -> None:
            rows = _rows(connection, number, [copy.n for copy in copies])
            connection.executemany(
                "UPDATE item SET step = 1, copy = ?, sent = sent - ? WHERE run = ? AND n = ?",
                [(copy.copy, int(copy.duplicate), number, copy.n) for copy in copies],
            )
            fresh = sum(rows[copy.n][1] == 0 for copy in copies)
            undone = sum(copy.duplicate and rows[copy.n][2] == 2 for copy in copies)
            _add(connection, number, {"copied": fresh, "twice": -undone})

        return self._writer.call(work)

    def again(self, number: int, ns: Sequence[int]) -> "Future[None]":
        """Sending → planned: settling showed that no copy was made."""

        def work(connection: sqlite3.Connection) -> None:
            rows = _rows(connection, number, ns)
            connection.executemany(
                "UPDATE item SET state = 0, step = 0 WHERE run = ? AND n = ?", [(number, n) for n in ns]
            )
            back = Counter(state for state, _, _ in rows.values())
            copied = sum(step for state, step, _ in rows.values() if state == SENDING)
            moved = back[SENDING]
            _add(
                connection,
                number,
                {
                    "sending": -moved,
                    "copied": -copied,
                    "unknown": -back[UNKNOWN],
                    "planned": moved + back[UNKNOWN],
                },
            )

        return self._writer.call(work)

    def finish(self, number: int, ends: Sequence[Finish]) -> "Future[None]":
        """Fates. An item that is moved, kept or gone already keeps its fate."""

        def work(connection: sqlite3.Connection) -> None:
            rows = _rows(connection, number, [end.n for end in ends])
            now = self._now()
            delta: Counter[str] = Counter()
            writes = []
            for end in ends:
                state, step, _ = rows[end.n]
                if state in {MOVED, KEPT, GONE}:
                    continue
                _count(delta, state, step, end)
                live_on = end.state == UNKNOWN
                writes.append((end.state, end.original, end.copy, end.reason, now, live_on, number, end.n))
            connection.executemany(
                "UPDATE item SET state = ?, step = 0, original = ?, copy = coalesce(?, copy), reason = ?, at = ?,"
                " live = CASE WHEN ? THEN live END WHERE run = ? AND n = ?",
                writes,
            )
            _add(connection, number, delta)

        return self._writer.call(work)

    def finish_planned(self, number: int, end: Finish) -> "Future[int]":
        """All planned items end alike (`end.n` is not used); the result is how many."""

        def work(connection: sqlite3.Connection) -> int:
            count = connection.execute(
                "UPDATE item SET state = ?, original = ?, reason = ?, at = ?, live = NULL WHERE run = ? AND state = 0",
                (end.state, end.original, end.reason, self._now(), number),
            ).rowcount
            _add(connection, number, {"planned": -count, WORDS[end.state]: count})
            return count

        return self._writer.call(work)

    def returned(self, number: int, ns: Sequence[int]) -> "Future[int]":
        """Marks moved items as come back; the result is how many were not marked before."""

        def work(connection: sqlite3.Connection) -> int:
            cursor = connection.executemany(
                "UPDATE item SET returned = 1 WHERE run = ? AND n = ? AND returned = 0",
                [(number, n) for n in ns],
            )
            fresh = max(cursor.rowcount, 0)
            _add(connection, number, {"returned": fresh})
            return fresh

        return self._writer.call(work)

    def state(
        self, number: int, state: RunState, reason: str = "", *, seconds: float | None = None
    ) -> "Future[None]":
        """The run's state and why; a state that is over closes it."""

        def work(connection: sqlite3.Connection) -> None:
            closed = self._now() if state.over else None
            connection.execute(
                "UPDATE run SET state = ?, reason = ?, closed = ?, seconds = coalesce(?, seconds) WHERE number = ?",
                (state.value, reason, closed, seconds, number),
            )

        return self._writer.call(work)

    def note(
        self,
        number: int,
        *,
        marks: dict[str, str] | None = None,
        canary: str | None = None,
        archive: str | None = None,
        rest_confirmed: bool | None = None,
        since: str | None = None,
    ) -> "Future[None]":
        """Facts of a run found on its way; None leaves them."""

        def work(connection: sqlite3.Connection) -> None:
            connection.execute(
                "UPDATE run SET marks = coalesce(?, marks), canary = coalesce(?, canary),"
                " archive = coalesce(?, archive), rest_confirmed = coalesce(?, rest_confirmed),"
                " since = coalesce(?, since) WHERE number = ?",
                (
                    json.dumps(marks) if marks is not None else None,
                    canary,
                    archive,
                    rest_confirmed,
                    since,
                    number,
                ),
            )

        return self._writer.call(work)

    def lease(self, number: int, place: int, count: int, until: float | None) -> "Future[None]":
        """What this run holds away from others, written before the first receive; a count of 0 ends it."""

        def work(connection: sqlite3.Connection) -> None:
            connection.execute("DELETE FROM lease WHERE run = ? AND place = ?", (number, place))
            if count:
                connection.execute("INSERT INTO lease VALUES (?, ?, ?, ?)", (number, place, count, until))

        return self._writer.call(work)

    def wish(self, number: int, wish: str) -> "Future[None]":
        """What somebody wants of the runner, in whichever process: pause, cancel, or nothing."""
        return self._writer.call(
            lambda connection: _void(
                connection.execute("UPDATE run SET wish = ? WHERE number = ?", (wish, number))
            )
        )

    def pace(self, number: int, pace: Pace) -> "Future[None]":
        """A new pace, picked up by the runner within a second."""
        return self._writer.call(
            lambda connection: _void(
                connection.execute("UPDATE run SET pace = ? WHERE number = ?", (_pace(pace), number))
            )
        )


def _void(_: object) -> None:
    return None


def _pace(pace: Pace) -> bytes:
    return msgspec.json.encode(pace)


def _place(connection: sqlite3.Connection, setup: Setup) -> int:
    # Two names of one broker must not hide a message from each other, so the URL counts, not the name.
    key = (setup.connection.url, setup.source, setup.incarnation or "")
    connection.execute("INSERT OR IGNORE INTO place (connection, source, incarnation) VALUES (?, ?, ?)", key)
    row = connection.execute(
        "SELECT id FROM place WHERE connection = ? AND source = ? AND incarnation = ?", key
    ).fetchone()
    return int(row[0])


def _rows(connection: sqlite3.Connection, number: int, ns: Iterable[int]) -> Rows:
    found = connection.execute(
        "SELECT n, state, step, sent FROM item WHERE run = ? AND n IN (SELECT value FROM json_each(?))",
        (number, json.dumps(list(ns))),
    )
    return {n: (state, step, sent) for n, state, step, sent in found}


def _count(delta: "Counter[str]", state: int, step: int, end: Finish) -> None:
    delta[WORDS[state]] -= 1
    if state == SENDING and step:
        delta["copied"] -= 1
    delta[WORDS[end.state]] += 1
    if end.state == MOVED and end.original in {"left", "unknown"}:
        delta["left_behind"] += 1


def _add(connection: sqlite3.Connection, number: int, delta: "dict[str, int] | Counter[str]") -> None:
    changed = {name: value for name, value in delta.items() if value}
    if not changed:
        return
    sets = ", ".join(f"{name} = {name} + ?" for name in changed)
    connection.execute(f"UPDATE tally SET {sets} WHERE run = ?", (*changed.values(), number))  # noqa: S608 - our own names
