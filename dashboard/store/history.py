"""Measures of the last day: a small row a minute, joined into blocks of ten minutes and 64 series.

After kill -9 at most the last minute is missing. Several programs may write the same connection: their readings lie
side by side and are put in order when read.
"""

import logging
import sqlite3
from collections.abc import Iterable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from adapters.api import Measure
from dashboard.core.series import Reading
from dashboard.store.blocks import Block, DamagedBlock, decode, decode_one, encode
from dashboard.store.writer import Reader, Writer

Floats = npt.NDArray[np.float64]

_log = logging.getLogger(__name__)

GROUP = 64
MINUTE_S = 60.0
BLOCK_S = 600.0
KEPT_S = 86_400.0
_DECIMALS = 3
"""Rates and seconds are kept to a thousandth."""


@dataclass(frozen=True, slots=True)
class _Part:
    measure: str
    start: float
    block: Block


class History:
    """`add` is cheap and belongs to one thread; what it gathers is written each minute by the writer's thread.

    Values older than `kept_s` are removed as blocks are made.
    """

    def __init__(self, writer: Writer, reader: Reader, *, kept_s: float = KEPT_S) -> None:
        self._writer = writer
        self._reader = reader
        self._kept_s = kept_s
        self._gathered: dict[str, list[Reading]] = {}
        self._failed = False

    def add(self, connection: str, reading: Reading) -> None:
        """Takes one reading; a minute that is full is written."""
        gathered = self._gathered.setdefault(connection, [])
        if gathered and gathered[-1].at >= reading.at:
            return
        if gathered and _turn(gathered[0].at, MINUTE_S) != _turn(reading.at, MINUTE_S):
            self._gathered[connection] = [reading]
            self._write(connection, gathered, reading.at).add_done_callback(self._written)
        else:
            gathered.append(reading)

    def flush(self) -> "Future[None]":
        """Writes what was gathered; done when it is on disk."""
        gathered, self._gathered = self._gathered, {}

        def work(database: sqlite3.Connection) -> None:
            for connection, readings in gathered.items():
                if readings:
                    _add_tails(database, connection, readings)

        return self._writer.call(work)

    def forget(self, connection: str) -> "Future[None]":
        """Removes all that was kept of a connection."""
        self._gathered.pop(connection, None)

        def work(database: sqlite3.Connection) -> None:
            groups = "SELECT DISTINCT id / ? FROM series WHERE connection = ?"
            database.execute(f"DELETE FROM block WHERE grp IN ({groups})", (GROUP, connection))
            database.execute("DELETE FROM tail WHERE connection = ?", (connection,))
            database.execute("DELETE FROM series WHERE connection = ?", (connection,))

        return self._writer.call(work)

    def read(self, connection: str, resource: str, measure: Measure, since: float) -> tuple[Floats, Floats]:
        """Unix seconds and values of one series from `since` on, ascending. Blocks; raises `StoreError`."""
        with self._reader.connect() as database:
            database.execute("BEGIN")
            try:
                parts = _lines(database, connection, resource, measure, since)
            finally:
                database.execute("COMMIT")
        if not parts:
            return np.empty(0), np.empty(0)
        times = np.concatenate([times for times, _ in parts])
        values = np.concatenate([values for _, values in parts])
        order = np.argsort(times, kind="stable")
        order = order[times[order] >= since]
        return times[order], values[order]

    def _write(self, connection: str, readings: Sequence[Reading], now: float) -> "Future[None]":
        boundary = _turn(now, BLOCK_S) * BLOCK_S
        oldest = now - self._kept_s

        def work(database: sqlite3.Connection) -> None:
            _add_tails(database, connection, readings)
            if _seal(database, connection, boundary):
                _drop(database, oldest)

        return self._writer.call(work)

    def _written(self, future: "Future[None]") -> None:
        error = future.exception()
        if error is not None and not self._failed:
            _log.error("the history cannot be written: %s", error)
        self._failed = error is not None


def _turn(at: float, length: float) -> int:
    return int(at // length)


def _add_tails(database: sqlite3.Connection, connection: str, readings: Sequence[Reading]) -> None:
    names = list(dict.fromkeys(name for reading in readings for name in reading.names))
    places = {name: place for place, name in enumerate(names)}
    ids = _series_ids(database, connection, names)
    times = np.array([reading.at for reading in readings])
    for measure in dict.fromkeys(measure for reading in readings for measure in reading.values):
        values = np.full((len(names), len(readings)), np.nan)
        for column, reading in enumerate(readings):
            if measure in reading.values:
                rows = [places[name] for name in reading.names]
                values[rows, column] = np.round(reading.values[measure], _DECIMALS)
        known = ~np.isnan(values).all(axis=1)
        if known.any():
            data = encode(Block(ids[known], times, values[known]))
            row = (connection, measure.value, float(times[0]), float(times[-1]), data)
            database.execute(
                "INSERT INTO tail (connection, measure, start, stop, data) VALUES (?, ?, ?, ?, ?)", row
            )


def _series_ids(database: sqlite3.Connection, connection: str, names: Sequence[str]) -> npt.NDArray[np.int64]:
    """The series' numbers; new ones get a free place in a group of their connection."""
    rows = database.execute("SELECT resource, id FROM series WHERE connection = ?", (connection,))
    known: dict[str, int] = dict(rows)
    new = [name for name in names if name not in known]
    if new:
        numbers = _free_numbers(database, set(known.values()), len(new))
        known.update(zip(new, numbers, strict=True))
        database.executemany(
            "INSERT INTO series (connection, resource, id) VALUES (?, ?, ?)",
            [(connection, name, known[name]) for name in new],
        )
    return np.array([known[name] for name in names], dtype=np.int64)


def _free_numbers(database: sqlite3.Connection, used: set[int], count: int) -> list[int]:
    own = sorted({number // GROUP for number in used})
    free = [
        number for group in own for number in range(group * GROUP, (group + 1) * GROUP) if number not in used
    ]
    last = database.execute("SELECT MAX(id) FROM series").fetchone()[0]
    fresh = 0 if last is None else (last // GROUP + 1) * GROUP
    return [*free[:count], *range(fresh, fresh + count - min(len(free), count))]


def _seal(database: sqlite3.Connection, connection: str, boundary: float) -> bool:
    """Makes blocks of all tails that began before `boundary`; whether there were any."""
    rows = database.execute(
        "SELECT id, measure, start, data FROM tail WHERE connection = ? AND start < ? ORDER BY start",
        (connection, boundary),
    ).fetchall()
    parts: dict[tuple[str, int], list[_Part]] = {}
    for _, measure, start, data in rows:
        try:
            part = _Part(measure, start, decode(data))
        except DamagedBlock as error:
            _log.error("a minute of the history of %s is damaged: %s", connection, error)
            continue
        parts.setdefault((measure, _turn(start, BLOCK_S)), []).append(part)
    for (measure, _), minutes in parts.items():
        _insert_blocks(database, measure, _joined([part.block for part in minutes]))
    database.executemany("DELETE FROM tail WHERE id = ?", [(row[0],) for row in rows])
    return bool(rows)


def _joined(blocks: Sequence[Block]) -> Block:
    ids = np.unique(np.concatenate([block.ids for block in blocks]))
    times = np.concatenate([block.times for block in blocks])
    values = np.full((len(ids), len(times)), np.nan)
    column = 0
    for block in blocks:
        values[np.searchsorted(ids, block.ids), column : column + len(block.times)] = block.values
        column += len(block.times)
    order = np.argsort(times, kind="stable")
    return Block(ids, times[order], values[:, order])


def _insert_blocks(database: sqlite3.Connection, measure: str, block: Block) -> None:
    groups = block.ids // GROUP
    for group in np.unique(groups).tolist():
        rows = groups == group
        data = encode(Block(block.ids[rows], block.times, block.values[rows]))
        database.execute(
            "INSERT INTO block (grp, measure, start, stop, data) VALUES (?, ?, ?, ?, ?)",
            (group, measure, float(block.times[0]), float(block.times[-1]), data),
        )


def _drop(database: sqlite3.Connection, oldest: float) -> None:
    """Removes what is older, and the names of groups that have nothing left."""
    gone = database.execute("DELETE FROM block WHERE stop < ?", (oldest,)).rowcount
    database.execute("DELETE FROM tail WHERE stop < ?", (oldest,))
    if gone:
        database.execute(
            "DELETE FROM series WHERE id / ? NOT IN (SELECT grp FROM block)"
            " AND connection NOT IN (SELECT connection FROM tail)",
            (GROUP,),
        )


def _lines(
    database: sqlite3.Connection, connection: str, resource: str, measure: Measure, since: float
) -> list[tuple[Floats, Floats]]:
    found = database.execute(
        "SELECT id FROM series WHERE connection = ? AND resource = ?", (connection, resource)
    ).fetchone()
    if found is None:
        return []
    number = int(found[0])
    blocks = database.execute(
        "SELECT data FROM block WHERE grp = ? AND measure = ? AND stop >= ? ORDER BY stop",
        (number // GROUP, measure.value, since),
    )
    tails = database.execute(
        "SELECT data FROM tail WHERE connection = ? AND measure = ? AND stop >= ? ORDER BY start",
        (connection, measure.value, since),
    )
    return list(_decoded((*blocks, *tails), number))


def _decoded(rows: Iterable[Sequence[bytes]], number: int) -> Iterable[tuple[Floats, Floats]]:
    for (data,) in rows:
        try:
            line = decode_one(data, number)
        except DamagedBlock as error:
            _log.error("a block of the history is damaged: %s", error)
            continue
        if line is not None:
            yield line
