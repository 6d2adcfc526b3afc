"""The ledger: each message of each run, written down before and after every act at a broker.

Within one run the parts of the tally add up to `frozen` at every commit, since an item's row and the tally change in
the same transaction. An item is `sending` on disk before it is published and `copied` on disk before its original is
removed, so that after a kill a copied item is removed and not sent again.
"""

import json
import sqlite3
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import Future

import msgspec

from adapters.api import Clock, Denied
from dashboard.core.runs import Pace, RunState
from dashboard.store.ledger_rows import (
    MOVED,
    SENDING,
    WORDS,
    Copied,
    Finish,
    Item,
    Setup,
    encode_setup,
)
from dashboard.store.writer import Writer

# Sets of items go to SQLite as one JSON value: a statement a row would let go of the interpreter lock each time.
# Materialized, since the planner would else walk the items and search the JSON for each.
_CHOSEN = "run = :run AND n IN (SELECT value FROM json_each(:set))"
_COPIES = (
    "WITH j (n, copy, twice) AS MATERIALIZED"
    " (SELECT value ->> 0, value ->> 1, value ->> 2 FROM json_each(:set))"
)
_ENDS = (
    "WITH j (n, state, original, copy, reason) AS MATERIALIZED"
    " (SELECT value ->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4 FROM json_each(:set))"
)


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
                other = _holder(connection, number, place, items)
                raise Denied(
                    f"Some of these messages are in another run that is not over: {other}.",
                    hint=f"Resume it (redrive runs resume {other}) or cancel it first.",
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
                connection.execute(f"DELETE FROM {table} WHERE {column} = ?", (number,))

        return self._writer.call(work)

    def sending(self, number: int, ns: Sequence[int]) -> "Future[None]":
        """Planned → sending, before the broker is called; a resumed `sending` row counts one more send."""
        now, chosen = self._now(), json.dumps(list(ns))

        def work(connection: sqlite3.Connection) -> None:
            planned, again = connection.execute(
                f"SELECT total(state = 0), total(sent = 1) FROM item WHERE {_CHOSEN}",
                {"run": number, "set": chosen},
            ).fetchone()
            connection.execute(
                f"UPDATE item SET state = 1, step = 0, sent = sent + 1, sent_at = :now, at = :now WHERE {_CHOSEN}",
                {"run": number, "set": chosen, "now": now},
            )
            _add(connection, number, {"planned": -planned, "sending": planned, "twice": again})

        return self._writer.call(work)

    def copied(self, number: int, copies: Sequence[Copied]) -> "Future[None]":
        """The copies are safe; their originals may now be removed."""
        given = json.dumps([(it.n, it.copy, it.duplicate) for it in copies])

        def work(connection: sqlite3.Connection) -> None:
            fresh, undone = connection.execute(
                f"{_COPIES} SELECT total(i.step = 0), total(j.twice AND i.sent = 2)"
                " FROM j CROSS JOIN item i ON i.run = :run AND i.n = j.n",
                {"run": number, "set": given},
            ).fetchone()
            connection.execute(
                f"{_COPIES} UPDATE item SET step = 1, copy = j.copy, sent = sent - j.twice"
                " FROM j WHERE item.run = :run AND item.n = j.n",
                {"run": number, "set": given},
            )
            _add(connection, number, {"copied": fresh, "twice": -undone})

        return self._writer.call(work)

    def again(self, number: int, ns: Sequence[int]) -> "Future[None]":
        """Sending or unknown → planned: settling showed that no copy was made, or a person wants it sent again."""
        chosen = json.dumps(list(ns))

        def work(connection: sqlite3.Connection) -> None:
            sending, copied, unknown = connection.execute(
                "SELECT total(state = 1), total(state = 1 AND step), total(state = 5)"
                f" FROM item WHERE {_CHOSEN}",
                {"run": number, "set": chosen},
            ).fetchone()
            connection.execute(
                f"UPDATE item SET state = 0, step = 0 WHERE {_CHOSEN} AND state IN (1, 5)",
                {"run": number, "set": chosen},
            )
            delta = {
                "sending": -sending,
                "copied": -copied,
                "unknown": -unknown,
                "planned": sending + unknown,
            }
            _add(connection, number, delta)

        return self._writer.call(work)

    def reopen(self, number: int, ns: Sequence[int]) -> "Future[None]":
        """Unknown → sending, so that settling looks at them again."""
        chosen = json.dumps(list(ns))

        def work(connection: sqlite3.Connection) -> None:
            count = connection.execute(
                f"UPDATE item SET state = 1, step = 0 WHERE {_CHOSEN} AND state = 5",
                {"run": number, "set": chosen},
            ).rowcount
            _add(connection, number, {"unknown": -count, "sending": count})

        return self._writer.call(work)

    def leave(self, number: int, ns: Sequence[int]) -> "Future[None]":
        """Unknown items that a person decided to leave: they stay unknown, and free for another run."""
        chosen = json.dumps(list(ns))

        def work(connection: sqlite3.Connection) -> None:
            connection.execute(
                f"UPDATE item SET live = NULL, reason = reason || '; left by a person' WHERE {_CHOSEN} AND state = 5",
                {"run": number, "set": chosen},
            )

        return self._writer.call(work)

    def finish(self, number: int, ends: Sequence[Finish]) -> "Future[None]":
        """Fates. An item that is moved, kept or gone already keeps its fate."""
        now = self._now()
        given = json.dumps([(end.n, end.state, end.original, end.copy, end.reason) for end in ends])

        def work(connection: sqlite3.Connection) -> None:
            counted = connection.execute(
                f"{_ENDS} SELECT i.state, i.step, j.state, coalesce(j.original, '') IN ('left', 'unknown'), count(*)"
                " FROM j CROSS JOIN item i ON i.run = :run AND i.n = j.n"
                " WHERE i.state NOT IN (2, 3, 4) GROUP BY 1, 2, 3, 4",
                {"run": number, "set": given},
            ).fetchall()
            connection.execute(
                f"{_ENDS} UPDATE item SET state = j.state, step = 0, original = j.original,"
                " copy = coalesce(j.copy, item.copy), reason = j.reason, at = :now,"
                " live = CASE WHEN j.state = 5 THEN live END"
                " FROM j WHERE item.run = :run AND item.n = j.n AND item.state NOT IN (2, 3, 4)",
                {"run": number, "set": given, "now": now},
            )
            delta: Counter[str] = Counter()
            for state, step, end, behind, count in counted:
                _count(delta, (state, step), (end, bool(behind)), count)
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


def _holder(connection: sqlite3.Connection, number: int, place: int, items: Sequence[Item]) -> str:
    """The other run that holds the first of these messages that is held."""
    for item in items:
        row = connection.execute(
            "SELECT run FROM item WHERE live = ? AND key = ? AND nth = ? AND run <> ?",
            (place, item.key, item.nth, number),
        ).fetchone()
        if row is not None:
            return f"R-{row[0]:04d}"
    return "one that is over by now"


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


def _count(delta: "Counter[str]", before: tuple[int, int], after: tuple[int, bool], count: int) -> None:
    state, step = before
    end, behind = after
    delta[WORDS[state]] -= count
    delta[WORDS[end]] += count
    if state == SENDING and step:
        delta["copied"] -= count
    if end == MOVED and behind:
        delta["left_behind"] += count


def _add(connection: sqlite3.Connection, number: int, delta: "dict[str, float] | Counter[str]") -> None:
    changed = {name: int(value) for name, value in delta.items() if value}
    if not changed:
        return
    sets = ", ".join(f"{name} = {name} + ?" for name in changed)
    connection.execute(f"UPDATE tally SET {sets} WHERE run = ?", (*changed.values(), number))
