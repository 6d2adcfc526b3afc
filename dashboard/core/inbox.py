"""The inbox: causes over all dead-letter sources, and the sources that were not read."""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from adapters.api import Measure, Traits
from dashboard.core.connections import Connection
from dashboard.core.fleet import FleetRow, FleetSnapshot
from dashboard.core.letters import CauseGroup, InboxRow, SnapshotInfo, SourceKey
from dashboard.core.price import price, refusal


@dataclass(frozen=True, slots=True)
class Read:
    """A source's last snapshot and its causes."""

    info: SnapshotInfo
    groups: Sequence[CauseGroup]


def waiting_in(fleet: FleetSnapshot, key: SourceKey) -> int | None:
    """The broker's own count of a source at the last sweep; None where it is unknown."""
    for row in fleet.rows:
        if row.key.name == key.source and row.key.connection == key.connection:
            return _waiting(row)
    return None


def inbox_rows(fleet: FleetSnapshot, read: Mapping[SourceKey, Read]) -> tuple[InboxRow, ...]:
    """Causes with most messages first, then sources that were not read, fullest first; empty ones are left out."""
    causes: list[InboxRow] = []
    unread: list[InboxRow] = []
    connections = {view.connection.name: view.connection for view in fleet.connections}
    for row in fleet.rows:
        key = SourceKey(row.key.connection, row.key.name)
        connection = connections.get(key.connection)
        if connection is None or not (row.resource.dead or key in read):
            continue
        found = list(_rows(row, key, connection, read.get(key)))
        (causes if found and found[0].group else unread).extend(found)
    causes.sort(key=lambda one: -(one.group.count if one.group else 0))
    unread.sort(key=lambda one: -(one.waiting or 0))
    return (*causes, *unread)


def _rows(row: FleetRow, key: SourceKey, connection: Connection, read: Read | None) -> Iterator[InboxRow]:
    traits = row.resource.traits or Traits()
    why = refusal(connection, traits) if row.resource.source else "Its messages cannot be looked at."
    if read is None and not why:
        why = row.why.get(Measure.DEPTH, "")
    waiting = _waiting(row)
    groups: Sequence[CauseGroup | None] = read.groups if read else ()
    if not groups and waiting == 0:
        return
    for group in groups or (None,):
        yield InboxRow(
            source=key,
            group=group,
            waiting=waiting,
            price=price(traits),
            readable=row.resource.source is not None and not refusal(connection, traits),
            read_at=read.info.read_at if read else None,
            why=why,
        )


def _waiting(row: FleetRow) -> int | None:
    depth = row.values.get(Measure.DEPTH, math.nan)
    return None if math.isnan(depth) else int(depth)
