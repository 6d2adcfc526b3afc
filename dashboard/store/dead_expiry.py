"""Removes snapshots that are old or replaced, a piece at a time, so that no reader or writer waits long."""

import sqlite3

from dashboard.store.dead_codec import SPAN, first_id
from dashboard.store.dead_search import words_table

KEPT_S = 7 * 86_400.0
"""How long a snapshot is kept."""
KEPT_EACH = 3
"""How many snapshots of one source are kept: someone may be looking at the one before the last."""
_PIECE = 5_000


def to_drop(connection: sqlite3.Connection, now: float) -> int | None:
    """One snapshot to remove: forgotten, older than a week, or followed by three of its source."""
    row = connection.execute(
        "SELECT id FROM snapshot AS s WHERE dropped OR read_at < ? OR (SELECT count(*) FROM snapshot AS later"
        " WHERE later.connection = s.connection AND later.source = s.source AND later.id > s.id"
        " AND NOT later.dropped) >= ? LIMIT 1",
        (now - KEPT_S, KEPT_EACH),
    ).fetchone()
    return None if row is None else int(row[0])


def drop(connection: sqlite3.Connection, snapshot: int | None) -> bool:
    """Removes a piece of it; False once nothing is left to do."""
    if snapshot is None:
        return False
    connection.execute("UPDATE snapshot SET dropped = 1 WHERE id = ?", (snapshot,))
    first = first_id(snapshot)
    for table in ("payload", "letter"):
        gone = connection.execute(
            f"DELETE FROM {table} WHERE id IN (SELECT id FROM {table} WHERE id BETWEEN ? AND ? LIMIT ?)",
            (first, first + SPAN - 1, _PIECE),
        ).rowcount
        if gone:
            return True
    connection.execute(f"DROP TABLE IF EXISTS {words_table(snapshot)}")
    for table in ("segment", "dictionary", "cause"):
        connection.execute(f"DELETE FROM {table} WHERE snapshot = ?", (snapshot,))
    connection.execute("DELETE FROM snapshot WHERE id = ?", (snapshot,))
    return True
