"""What a run freezes of a snapshot: the selected messages with their targets and sizes."""

import sqlite3
from collections.abc import Iterator

from adapters.api import MessageRef
from dashboard.core.letters import Chosen
from dashboard.store.dead_codec import first_id, get_text
from dashboard.store.dead_index import Extent
from dashboard.store.dead_search import Numbers
from dashboard.store.dead_values import Values


def twins_of(connection: sqlite3.Connection, extent: Extent) -> dict[str, int]:
    """How many messages share a key, for keys that several share."""
    first = first_id(extent.snapshot)
    rows = connection.execute(
        "SELECT key, count(*) FROM letter WHERE id BETWEEN ? AND ? GROUP BY key HAVING count(*) > 1",
        (first, first + extent.count),
    )
    return {get_text(key): count for key, count in rows}


def frozen(
    connection: sqlite3.Connection, snapshot: int, numbers: Numbers, twins: dict[str, int]
) -> Iterator[Chosen]:
    """The messages of these numbers, in the source's order."""
    columns = "key, nth, digest, target, size, redriven, bare, target_from"
    first = first_id(snapshot)
    for ident, key, nth, digest, target, size, redriven, bare, told in Values(connection, snapshot).select(
        columns, "letter", numbers
    ):
        name = get_text(key)
        yield Chosen(
            n=ident - first,
            ref=MessageRef(name, nth, digest),
            target=target,
            size=size,
            redriven=redriven,
            twins=twins.get(name, 1),
            bare=bool(bare),
            target_from=told,
        )
