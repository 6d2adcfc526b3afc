"""What a run freezes of a snapshot: refs, targets and sizes of the selected messages."""

import sqlite3
from dataclasses import dataclass

from adapters.api import MessageRef
from dashboard.store.dead_codec import first_id, get_text
from dashboard.store.dead_index import Extent
from dashboard.store.dead_search import Numbers
from dashboard.store.dead_values import Values


@dataclass(frozen=True, slots=True)
class FrozenLetter:
    """What a run must know of one selected message. `twins`: how many messages of the snapshot share its key."""

    n: int
    ref: MessageRef
    target: str | None
    target_from: str
    origin: str | None
    size: int
    redriven: int
    gone: bool
    twins: int = 1


def twins_of(connection: sqlite3.Connection, extent: Extent) -> dict[str, int]:
    """How many messages share a key, for keys that several share."""
    first = first_id(extent.snapshot)
    rows = connection.execute(
        "SELECT key, count(*) FROM letter WHERE id BETWEEN ? AND ? GROUP BY key HAVING count(*) > 1",
        (first, first + extent.count),
    )
    return {get_text(key): count for key, count in rows}


def frozen_letters(
    connection: sqlite3.Connection, snapshot: int, numbers: Numbers, twins: dict[str, int]
) -> list[FrozenLetter]:
    """The messages of these numbers, in the source's order."""
    values = Values(connection, snapshot)
    gone = {row[0] for row in values.select("gone", "payload", numbers) if row[1] is not None}
    columns = "key, nth, digest, target, target_from, origin, size, redriven"
    first = first_id(snapshot)
    return [
        FrozenLetter(
            n=ident - first,
            ref=MessageRef(get_text(key), nth, digest),
            target=target,
            target_from=told,
            origin=origin,
            size=size,
            redriven=redriven,
            gone=ident in gone,
            twins=twins.get(get_text(key), 1),
        )
        for ident, key, nth, digest, target, told, origin, size, redriven in values.select(
            columns, "letter", numbers
        )
    ]
