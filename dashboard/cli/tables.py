"""Tables and lines for people. Every cell is plain text made visible: rich reads no markup in it."""

import math
from collections.abc import Iterable, Sequence
from datetime import datetime

from rich import box
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from adapters.api import Measure
from dashboard.cli.fit import CELL, Column, FittedTable
from dashboard.core import words
from dashboard.core.connections import ConnectionView
from dashboard.core.fleet import FleetRow, FleetSnapshot
from dashboard.core.letters import CauseGroup, LetterRow
from dashboard.core.runs import ArchiveView, Plan, RunView
from dashboard.core.text import one_line

_NARROW = 60


def table(columns: Sequence[tuple[str, bool]], rows: Iterable[Sequence[str]]) -> Table:
    """A table of (heading, is a number) columns; without any heading there is no head."""
    headed = any(heading for heading, _ in columns)
    made = Table(box=box.SIMPLE_HEAD if headed else None, show_header=headed, show_edge=False, pad_edge=False)
    for heading, number in columns:
        made.add_column(heading, justify="right" if number else "left", no_wrap=number)
    for row in rows:
        made.add_row(*(cell(value) for value in row))
    return made


def cell(value: str, limit: int = CELL) -> Text:
    """Text that nothing in it can style, break or steer."""
    return Text(one_line(value, limit))


def fleet(snapshot: FleetSnapshot, connection: str) -> RenderableType:
    """All resources of a connection, under one sentence."""
    rows = [row for row in snapshot.rows if row.key.connection == connection]
    if not rows:
        return cell(headline(snapshot, connection))
    made = FittedTable(
        (
            Column("name", whole=True),
            Column("kind", goes=1),
            Column("depth", number=True),
            Column("in flight", number=True, goes=2),
            Column("in", number=True, goes=4),
            Column("out", number=True, goes=3),
            Column("oldest", number=True, goes=6),
            Column("consumers", number=True, goes=5),
            Column("verdict", goes=7, whole=True),
            Column("dead letters of", goes=8),
        ),
        (_fleet_row(row) for row in sorted(rows, key=lambda row: row.key.name)),
    )
    return Group(cell(headline(snapshot, connection)), made)


def headline(snapshot: FleetSnapshot, connection: str) -> str:
    """One sentence over the table."""
    rows = [row for row in snapshot.rows if row.key.connection == connection]
    if not rows:
        return f"{connection}: no resources."
    dead = sum(1 for row in rows if row.resource.dead is not None)
    text = f"{connection}: {words.plural(len(rows), 'resource')}, {dead} with dead letters"
    stale = sum(1 for row in rows if row.stale)
    return f"{text}, {stale} stale." if stale else f"{text}."


def _fleet_row(row: FleetRow) -> list[str]:
    dead = row.resource.dead
    return [
        row.key.name,
        row.resource.kind,
        _count(row, Measure.DEPTH),
        _count(row, Measure.IN_FLIGHT),
        _rate(row, Measure.IN_RATE),
        _rate(row, Measure.OUT_RATE),
        _age(row, Measure.OLDEST_AGE_S),
        _count(row, Measure.CONSUMERS),
        row.verdict.value,
        "" if dead is None else ", ".join(dead.of) or "(origin not told)",
    ]


def _value(row: FleetRow, measure: Measure) -> float:
    return row.values.get(measure, math.nan)


def _count(row: FleetRow, measure: Measure) -> str:
    return words.count(_value(row, measure), approximate=measure in row.approximate)


def _rate(row: FleetRow, measure: Measure) -> str:
    return words.rate(_value(row, measure), approximate=measure in row.approximate)


def _age(row: FleetRow, measure: Measure) -> str:
    value = _value(row, measure)
    # An empty queue has no oldest message: that is no lack of knowledge.
    if math.isnan(value) and _value(row, Measure.DEPTH) == 0:
        return words.NO_MEANING
    return words.duration(value)


def letters(rows: Iterable[LetterRow]) -> FittedTable:
    """Dead letters, one line each."""
    return FittedTable(
        (
            Column("id", whole=True),
            Column("at", goes=5, whole=True),
            Column("cause"),
            Column("origin", goes=4),
            Column("attempts", number=True, goes=3),
            Column("size", number=True, goes=2),
            Column("trace", goes=1, whole=True),
        ),
        (
            [
                row.ref.key,
                moment(row.at),
                one_line(row.title, _NARROW),
                row.origin or words.UNKNOWN,
                words.count(row.attempts),
                words.size(row.size),
                row.trace_id or "",
            ]
            for row in rows
        ),
    )


def groups(found: Iterable[CauseGroup]) -> FittedTable:
    """Causes, the largest first."""
    return FittedTable(
        (
            Column("count", number=True),
            Column("cause"),
            Column("exception", goes=3, whole=True),
            Column("first", goes=1, whole=True),
            Column("last", goes=2, whole=True),
            Column("id", whole=True),
        ),
        (
            [
                words.count(group.count),
                group.title,
                group.exception,
                moment(group.first_at),
                moment(group.last_at),
                group.cause,
            ]
            for group in sorted(found, key=lambda group: -group.count)
        ),
    )


def moment(at: datetime | None) -> str:
    """A time in UTC to the second."""
    return words.UNKNOWN if at is None else words.iso(at.replace(microsecond=0))


def connections(views: Iterable[ConnectionView]) -> FittedTable:
    """Saved connections, one line each."""
    return FittedTable(
        (
            Column("name", whole=True),
            Column("kind", goes=1),
            Column("address"),
            Column("environment", whole=True),
            Column("rights", goes=2),
        ),
        (
            [
                view.connection.name,
                view.connection.kind,
                view.connection.url,
                view.connection.environment.value,
                "read-only" if view.connection.read_only else "read and write",
            ]
            for view in views
        ),
    )


def runs(views: Iterable[RunView]) -> FittedTable:
    """Runs, newest first."""
    numbers = {"frozen": 0, "planned": 3, "moved": 0, "kept": 6, "gone": 2, "unknown": 7}
    return FittedTable(
        (
            Column("run", whole=True),
            Column("kind", goes=4),
            Column("state", whole=True),
            Column("source", whole=True),
            *(Column(name, number=True, goes=goes) for name, goes in numbers.items()),
            Column("opened", goes=1, whole=True),
            Column("why", goes=5),
        ),
        (
            [
                view.name,
                view.kind,
                view.state.value,
                f"{view.source.connection}/{view.source.source}",
                *(words.count(getattr(view.tally, name)) for name in numbers),
                moment(view.opened),
                view.reason,
            ]
            for view in views
        ),
    )


def archives(views: Iterable[ArchiveView]) -> FittedTable:
    """Archives, newest first."""
    state = {True: "whole", False: "damaged", None: words.UNKNOWN}
    return FittedTable(
        (
            Column("archive", whole=True),
            Column("from", whole=True),
            Column("held", number=True),
            Column("restored", number=True),
            Column("made", goes=1, whole=True),
            Column("state", whole=True),
        ),
        (
            [
                view.name,
                view.origin,
                words.count(view.held),
                words.count(view.restored),
                moment(view.made),
                state[view.whole],
            ]
            for view in views
        ),
    )


def plan(value: Plan) -> RenderableType:
    """A plan: its sentence, where messages go, what is guaranteed, and what to know before."""
    parts: list[RenderableType] = [cell(value.headline or plan_headline(value))]
    if value.targets:
        parts.append(
            FittedTable(
                (
                    Column("target", whole=True),
                    Column("messages", number=True),
                    Column("told by", goes=2),
                    Column("waiting there", number=True, goes=1),
                    Column(""),
                ),
                (
                    [
                        target.target,
                        words.count(target.count),
                        target.said_by,
                        words.count(target.backlog),
                        target.blocked or ", ".join(f"also received by {name}" for name in target.fan_out),
                    ]
                    for target in value.targets
                ),
            )
        )
    lines = [value.guarantee_words]
    if value.kept_before:
        lines.append(f"{words.plural(value.kept_before, 'message')} will be kept: {value.kept_why}")
    if value.seconds is not None:
        lines.append(f"Takes about {words.duration(value.seconds)}.")
    lines += [f"Refused: {w.sentences} {w.remedy}" for w in value.warnings if w.stop]
    lines += [f"Caution: {w.sentences} {w.remedy}" for w in value.warnings if not w.stop]
    lines += [f"Side effect: {effect}" for effect in value.side_effects]
    parts += [cell(line.strip(), 1000) for line in lines if line]
    return Group(*parts)


def plan_headline(value: Plan) -> str:
    """What would be done, in one sentence."""
    act = {"redrive": "Redrive", "purge": "Purge", "restore": "Restore"}[value.draft.kind]
    return f"{act} {words.plural(value.frozen, 'message')} of {value.source.source}."


def run_line(view: RunView) -> str:
    """Where a run is, in one line that adds up."""
    tally = view.tally
    parts = [
        (tally.planned, "planned"),
        (tally.sending, "sending"),
        (tally.moved, "moved"),
        (tally.kept, "kept"),
        (tally.gone, "gone"),
        (tally.unknown, "unknown"),
    ]
    done = {"redrive": "moved", "purge": "archived and removed", "restore": "put back"}[view.kind]
    said = " + ".join(
        f"{words.count(number)} {done if name == 'moved' else name}"
        for number, name in parts
        if number or name == "moved"
    )
    extra = [
        f"{words.count(number)} {name}"
        for number, name in (
            (tally.returned, "came back"),
            (tally.left_behind, "left behind"),
            (tally.twice, "sent twice"),
        )
        if number
    ]
    text = f"{view.name} {view.state.value}: {words.count(tally.frozen)} frozen = {said}"
    if extra:
        text += f" ({', '.join(extra)})"
    if view.archive and view.kind == "purge":
        text += f", archive {view.archive}"
    if view.sent_rate and view.state.active:
        text += f", {words.rate(view.sent_rate)}"
    return f"{text}. {view.reason}".rstrip() if view.reason else f"{text}."
