"""Sentences of the Dead letters pages; all of them plain text from numbers that were told."""

import math
from collections.abc import Sequence
from datetime import datetime

from adapters.api import Measure
from dashboard.core.fleet import FleetRow
from dashboard.core.letters import CauseGroup, InboxRow, SnapshotInfo, SourceView
from dashboard.core.text import one_line
from dashboard.core.words import count, plural, share, spelled
from dashboard.ui.around import at_time


def number(value: int, one: str, many: str = "") -> str:
    """A count that begins a sentence: "Twelve causes", "2,000 causes"."""
    noun = one if value == 1 else many or f"{one}s"
    return f"{spelled(value).capitalize()} {noun}"


def inbox_headline(rows: Sequence[InboxRow]) -> tuple[str, str]:
    """What the inbox says first, and the line of why."""
    groups = [row.group for row in rows if row.group is not None]
    unread = [row for row in rows if row.group is None]
    sources = len({row.source for row in rows})
    why = (
        f"{number(len(unread), 'source')} of {count(sources)} not read" if unread else "All sources are read"
    )
    why = f"{why}; opening this page reads nothing that costs."
    if not groups:
        waiting = sum(row.waiting or 0 for row in unread)
        if waiting:
            return (
                f"{plural(waiting, 'dead letter')} {'waits' if waiting == 1 else 'wait'}, none read yet",
                why,
            )
        return "No dead letters", why
    total = sum(group.count for group in groups)
    largest = max(groups, key=lambda group: group.count)
    if len(groups) == 1:
        return f"One cause: {one_line(largest.title, 120)}", why
    return f"{number(len(groups), 'cause')}; one is {share(largest.count, total)} of all that was read", why


def source_headline(view: SourceView) -> str:
    """What one source says first."""
    snapshot, groups = view.snapshot, view.groups
    if snapshot is None:
        if view.waiting == 0:
            return "No dead letters"
        return f"{plural(view.waiting, 'dead letter')}, not read" if view.waiting else "Not read"
    if snapshot.reading:
        of = f" of {count(snapshot.expected)}" if snapshot.expected else ""
        return f"Reading {count(snapshot.count)}{of}"
    if not snapshot.count:
        return "No dead letters"
    if len(groups) == 1:
        return f"{plural(snapshot.count, 'dead letter')} of one cause"
    if groups:
        most = max(group.count for group in groups)
        return f"{count(most)} of {count(snapshot.count)} died of one cause, {len(groups) - 1} more"
    return plural(snapshot.count, "dead letter")


def reading_words(snapshot: SnapshotInfo | None, now: datetime) -> str:
    """When it was read, and how far."""
    if snapshot is None:
        return ""
    part = "" if snapshot.complete or snapshot.reading else ", in part"
    left = f", {plural(snapshot.looks_left, 'look')} left" if snapshot.looks_left is not None else ""
    return f"Read at {at_time(snapshot.read_at, now)}{part}{left}."


def arrived(snapshot: SnapshotInfo | None, row: FleetRow | None) -> tuple[str, str]:
    """What the source's count says since the reading: a label and a figure; empty where nothing can be said.

    A count that was taken before the reading says nothing of what came after it.
    """
    if (
        snapshot is None
        or snapshot.reading
        or not snapshot.complete
        or row is None
        or row.at <= snapshot.read_at
    ):
        return "", ""
    waiting = row.values.get(Measure.DEPTH, math.nan)
    more = 0 if math.isnan(waiting) else round(waiting) - snapshot.count
    if more == 0:
        return "", ""
    return (
        ("Arrived since the reading", count(more))
        if more > 0
        else ("Fewer than at the reading", count(-more))
    )


def hourly(group: CauseGroup) -> str:
    """How many died in the last hour; – where hours are not told."""
    if not group.hours:
        return "–"
    return f"{count(group.hours[-1])} / h" if group.hours[-1] else "0"


def inbox_spoken(row: InboxRow) -> str:
    """A row of the inbox as one sentence."""
    where = f"{row.source.source} on {row.source.connection}"
    if row.group is None:
        return f"{where}, not read, {count(row.waiting)} waiting. {row.price or row.why}".strip()
    return f"{row.group.title}, {where}, {plural(row.group.count, 'message')}, {hourly(row.group)}"
