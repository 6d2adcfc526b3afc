"""Reads the ledger: runs, tallies, pages of items; short transactions by read-only connections."""

import json
from datetime import UTC, datetime
from typing import Any

import msgspec

from adapters.api import ConfigError, NotFound, SourceRef
from dashboard.core.runs import LedgerPage, LedgerRow, Pace, RunState, Tally
from dashboard.store.ledger_rows import WORDS, Item, RunRow, decode_setup
from dashboard.store.writer import Reader

_RUN = (
    "SELECT r.number, r.setup, r.state, r.reason, r.pace, r.marks, r.since, r.wish, r.canary, r.rest_confirmed,"
    " r.archive, r.owner, r.opened, r.closed, r.seconds, r.place,"
    " t.frozen, t.planned, t.sending, t.copied, t.moved, t.kept, t.gone, t.unknown, t.returned, t.left_behind, t.twice"
    " FROM run r JOIN tally t ON t.run = r.number"
)
_ITEM = "SELECT n, key, nth, twins, digest, target, size, state, step, copy, sent, sent_at FROM item"

_PAGE = "FROM item WHERE run = :number AND (:state IS NULL OR state = :state) AND returned BETWEEN :least AND :most"


class LedgerReader:
    """What the ledger holds now; any thread."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader

    def runs(self) -> list[RunRow]:
        """All frozen runs, newest first."""
        with self._reader.connect() as connection:
            found = connection.execute(
                f"{_RUN} WHERE r.state <> 'freezing' ORDER BY r.number DESC"
            ).fetchall()
        return [_run(row) for row in found]

    def freezing(self) -> list[tuple[int, str]]:
        """Number and id of each run that is being frozen, or was when its program was killed."""
        with self._reader.connect() as connection:
            return connection.execute("SELECT number, id FROM run WHERE state = 'freezing'").fetchall()

    def run(self, name: str) -> RunRow:
        """By id, R-number or number; raises `NotFound`, or `ConfigError` for what names no run."""
        number = name.upper().removeprefix("R-")
        with self._reader.connect() as connection:
            if number.isascii() and number.isdigit() and len(number) < 16:
                row = connection.execute(
                    f"{_RUN} WHERE r.number = ? AND r.state <> 'freezing'", (int(number),)
                ).fetchone()
            elif name.isascii() and name.isalnum():
                row = connection.execute(f"{_RUN} WHERE r.id = ?", (name,)).fetchone()
            else:
                raise ConfigError(f"{name!r} names no run.", hint="A run is named R-0148, or by its id.")
        if row is None:
            raise NotFound(f"There is no run {name}.", hint="See: redrive runs ls")
        return _run(row)

    def leased_until(self, place: int) -> float | None:
        """Until when anything of a source is held away by a run of ours that may have died; None when nothing is."""
        with self._reader.connect() as connection:
            (until,) = connection.execute("SELECT max(until) FROM lease WHERE place = ?", (place,)).fetchone()
        return float(until) if until is not None else None

    def moved_since(self, connection: str, source: SourceRef, at: float) -> set[tuple[str, int]]:
        """Messages (key, nth) of a source that runs of this home have moved or removed since `at`, unix seconds."""
        with self._reader.connect() as database:
            found = database.execute(
                "SELECT i.key, i.nth FROM place p JOIN run r ON r.place = p.id JOIN item i ON i.run = r.number"
                " WHERE p.connection = ? AND p.source = ? AND p.incarnation = ? AND i.state = 2 AND i.at >= ?"
                " AND (r.closed IS NULL OR r.closed >= ?)",
                (connection, source.name, source.incarnation or "", at, at),
            ).fetchall()
        return set(found)

    def items(self, number: int, *states: int) -> list[Item]:
        """Items in these states, in order."""
        with self._reader.connect() as connection:
            found = connection.execute(
                f"{_ITEM} WHERE run = ? AND state IN (SELECT value FROM json_each(?)) ORDER BY n",
                (number, json.dumps(states)),
            ).fetchall()
        return [_item(row) for row in found]

    def page(self, number: int, outcome: str, *, offset: int, limit: int) -> LedgerPage:
        """Rows of an outcome ("" for all; "returned" for those that came back, "sent" for the other moved ones), in order."""
        if outcome not in {"", "returned", "sent", *WORDS}:
            raise ConfigError(f"There is no outcome {outcome!r}.", hint=f"Outcomes are {', '.join(WORDS)}.")
        where = {
            "number": number,
            "state": WORDS.index("moved" if outcome == "sent" else outcome)
            if outcome not in {"", "returned"}
            else None,
            "least": int(outcome == "returned"),
            "most": int(outcome != "sent"),
            "limit": limit,
            "offset": offset,
        }
        with self._reader.connect() as connection:
            (total,) = connection.execute(f"SELECT count(*) {_PAGE}", where).fetchone()
            found = connection.execute(
                "SELECT n, key, state, original, copy, reason, sent, at, returned"
                f" {_PAGE} ORDER BY n LIMIT :limit OFFSET :offset",
                where,
            ).fetchall()
        return LedgerPage(total, offset, tuple(_row(row) for row in found))


def _run(row: tuple[Any, ...]) -> RunRow:
    (number, setup, state, reason, pace, marks, since, wish, canary, confirmed, archive, owner, *rest) = row
    opened, closed, seconds, place, *parts = rest
    return RunRow(
        number=number,
        setup=decode_setup(setup),
        state=RunState(state),
        reason=reason,
        pace=msgspec.json.decode((pace), type=Pace),
        marks=json.loads(marks),
        since=since,
        wish=wish,
        canary=canary,
        rest_confirmed=bool(confirmed),
        archive=archive,
        owner=owner,
        opened=opened,
        closed=closed,
        seconds=seconds,
        place=place,
        tally=Tally(*(part for part in parts)),
    )


def _item(row: tuple[Any, ...]) -> Item:
    n, key, nth, twins, digest, target, size, state, step, copy, sent, sent_at = row
    return Item(
        n=n,
        key=key,
        nth=nth,
        twins=twins,
        digest=digest,
        target=target,
        size=size,
        state=state,
        copied=bool(step),
        copy=copy,
        sent=sent,
        sent_at=sent_at,
    )


def _row(row: tuple[Any, ...]) -> LedgerRow:
    n, key, state, original, copy, reason, sent, at, returned = row
    return LedgerRow(
        n=n,
        key=key,
        outcome=WORDS[state],
        original=original,
        copy=copy,
        reason=reason,
        sent=sent,
        at=None if at is None else datetime.fromtimestamp(at, UTC),
        returned=bool(returned),
    )
