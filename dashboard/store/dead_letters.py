"""Snapshots of dead-letter sources in `dead.db`, once read: paged, searched, shown and frozen."""

import sqlite3
import threading
from collections import OrderedDict
from collections.abc import Collection, Iterator, Sequence

import numpy as np

from adapters.api import Clock
from dashboard.core.letters import (
    CauseGroup,
    Chosen,
    LetterDetail,
    LetterPage,
    LetterRow,
    Selection,
    SnapshotInfo,
    SourceKey,
)
from dashboard.core.query import QueryParser, read_field
from dashboard.core.query_tree import Everything
from dashboard.store.dead_codec import (
    INFO,
    ROW,
    causes_of,
    decode_failure,
    first_id,
    gone,
    read_group,
    read_info,
    read_payload,
    read_row,
)
from dashboard.store.dead_frozen import frozen, twins_of
from dashboard.store.dead_groups import groups_of
from dashboard.store.dead_index import ColumnReader, Extent
from dashboard.store.dead_order import in_order
from dashboard.store.dead_search import Numbers, Search
from dashboard.store.dead_values import Values
from dashboard.store.writer import Reader

SILENT_S = 120.0
"""A reading that wrote nothing for so long has lost its program."""
_ORDERS = 12
_FREEZE = 2_000
_MOST_GROUPS = 1_000

_Order = tuple[int, int, int, str, str, bool]


class SnapshotStore:
    """Reads snapshots. Thread-safe; every call blocks and belongs in a thread of its own."""

    def __init__(self, reader: Reader, clock: Clock, parser: QueryParser) -> None:
        self._reader = reader
        self._clock = clock
        self._parser = parser
        self._columns = ColumnReader()
        self._orders: OrderedDict[_Order, Numbers] = OrderedDict()
        self._lock = threading.Lock()
        self._searching = threading.Lock()

    def _now(self) -> float:
        return self._clock.now().timestamp()

    def info(self, snapshot: int) -> SnapshotInfo:
        """One snapshot; raises `NotFound` where it is no more."""
        with self._reader.connect() as connection:
            row = connection.execute(
                f"SELECT {INFO} FROM snapshot WHERE id = ? AND NOT dropped",
                (snapshot,),
            ).fetchone()
            if row is None:
                raise gone()
            return read_info(row, alive=self._now() - row[4] < SILENT_S)

    def last(self, key: SourceKey, *, finished: bool = False) -> SnapshotInfo | None:
        """The newest snapshot of a source, None where there is none; `finished` leaves out one being read."""
        with self._reader.connect() as connection:
            row = connection.execute(
                f"SELECT {INFO} FROM snapshot WHERE connection = ? AND source = ? AND NOT dropped"
                " AND reading <= ? ORDER BY id DESC LIMIT 1",
                (key.connection, key.source, not finished),
            ).fetchone()
            return None if row is None else read_info(row, alive=self._now() - row[4] < SILENT_S)

    def latest(self) -> Sequence[SnapshotInfo]:
        """The newest snapshot of every source."""
        with self._reader.connect() as connection:
            rows = connection.execute(
                f"SELECT {INFO} FROM snapshot WHERE id IN (SELECT max(id) FROM snapshot WHERE NOT dropped"
                " GROUP BY connection, source) ORDER BY id DESC"
            ).fetchall()
            return [read_info(row, alive=self._now() - row[4] < SILENT_S) for row in rows]

    def groups(self, snapshot: int, where: str = "") -> tuple[CauseGroup, ...]:
        """The causes of what matches, most letters first; at most 1,000. Raises `QueryError` and `NotFound`."""
        with self._reader.connect() as connection:
            extent = self._extent(connection, snapshot)
            numbers = self._numbers(connection, extent, where, "", descending=False)
            if numbers is not None:
                with self._searching:
                    return groups_of(connection, extent, self._columns, numbers, _MOST_GROUPS)
            rows = connection.execute(
                "SELECT cause, title, exception, sample, count, first_at, last_at, hours FROM cause"
                " WHERE snapshot = ? ORDER BY count DESC, code LIMIT ?",
                (snapshot, _MOST_GROUPS),
            )
            return tuple(read_group(row) for row in rows)

    def page(
        self, snapshot: int, where: str, *, order: str = "", descending: bool = False, offset: int, limit: int
    ) -> LetterPage:
        """Rows that match, from `offset` of their order; raises `QueryError` and `NotFound`."""
        with self._reader.connect() as connection:
            extent = self._extent(connection, snapshot)
            numbers = self._numbers(connection, extent, where, order, descending=descending)
            if numbers is None:
                total = extent.count
                chosen = np.arange(offset, min(offset + limit, total)) + 1
            else:
                total = len(numbers)
                chosen = numbers[offset : offset + limit]
            return LetterPage(total, offset, self._rows(connection, snapshot, chosen))

    def find(self, snapshot: int, keys: Collection[str]) -> tuple[LetterRow, ...]:
        """Rows whose message has one of these keys, in the source's order."""
        with self._reader.connect() as connection:
            self._extent(connection, snapshot)
            numbers = Values(connection, snapshot).with_keys(keys)
            return self._rows(connection, snapshot, np.asarray(numbers, dtype=np.int64))

    def letter(self, snapshot: int, n: int) -> LetterDetail:
        """One letter whole; raises `NotFound`."""
        with self._reader.connect() as connection:
            self._extent(connection, snapshot)
            rows = self._rows(connection, snapshot, np.asarray([n], dtype=np.int64))
            found = connection.execute(
                "SELECT headers, gone, body, failure FROM payload WHERE id = ?", (first_id(snapshot) + n,)
            ).fetchone()
            if not rows or found is None:
                raise gone()
            return LetterDetail(rows[0], read_payload(*found[:3]), decode_failure(found[3]))

    def chosen(self, selection: Selection) -> Iterator[Chosen]:
        """The selected messages in the source's order, read in pieces; raises `QueryError` and `NotFound`."""
        with self._reader.connect() as connection:
            extent = self._extent(connection, selection.snapshot)
            numbers = self._selected(connection, extent, selection)
            twins = twins_of(connection, extent) if extent.twins else {}
        for begin in range(0, len(numbers), _FREEZE):
            with self._reader.connect() as connection:
                self._extent(connection, selection.snapshot)
                piece = list(frozen(connection, selection.snapshot, numbers[begin : begin + _FREEZE], twins))
            yield from piece

    def _selected(self, connection: sqlite3.Connection, extent: Extent, selection: Selection) -> Numbers:
        numbers = self._numbers(connection, extent, selection.where, "", descending=False)
        chosen = np.arange(extent.count, dtype=np.int64) + 1 if numbers is None else numbers
        if selection.ids:
            found = Values(connection, extent.snapshot).with_keys(selection.ids)
            chosen = chosen[np.isin(chosen, found)]
        if selection.excluded:
            chosen = chosen[~np.isin(chosen, list(selection.excluded))]
        return chosen

    def _extent(self, connection: sqlite3.Connection, snapshot: int) -> Extent:
        row = connection.execute(
            "SELECT count, indexed, paths_full, twins FROM snapshot WHERE id = ? AND NOT dropped",
            (snapshot,),
        ).fetchone()
        if row is None:
            raise gone()
        count, indexed, full, twins = row
        return Extent(snapshot, count, indexed, paths_full=bool(full), twins=bool(twins))

    def _numbers(
        self, connection: sqlite3.Connection, extent: Extent, where: str, order: str, *, descending: bool
    ) -> Numbers | None:
        """The row-order snapshot for a query; None for all in the source's order."""
        with self._lock:
            node = self._parser.parse(where)
            field = read_field(order) if order else None
            if isinstance(node, Everything) and field is None and not descending:
                return None
            key = (extent.snapshot, extent.count, extent.indexed, where.strip(), order, descending)
            if key in self._orders:
                self._orders.move_to_end(key)
                return self._orders[key]
        with self._searching:
            numbers = Search(connection, extent, self._columns).find(node)
            if field is not None:
                numbers = in_order(connection, extent, self._columns, numbers, field, descending=descending)
            elif descending:
                numbers = numbers[::-1]
        numbers = numbers.astype(np.int32)
        with self._lock:
            self._orders[key] = numbers
            while len(self._orders) > _ORDERS:
                self._orders.popitem(last=False)
        return numbers

    @staticmethod
    def _rows(connection: sqlite3.Connection, snapshot: int, numbers: Numbers) -> tuple[LetterRow, ...]:
        causes = causes_of(connection, snapshot)
        columns = ROW.split(", ", 1)[1]
        found = {
            row[0]: read_row(row, causes)
            for row in Values(connection, snapshot).select(columns, "letter", np.sort(numbers))
        }
        first = first_id(snapshot)
        return tuple(found[first + int(n)] for n in numbers if first + int(n) in found)
