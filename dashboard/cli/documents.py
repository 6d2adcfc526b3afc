"""The JSON documents of the command line. Their keys are a contract: `"schema": 1`."""

import math
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from adapters.api import Measure
from dashboard.core import letter_documents
from dashboard.core.connections import Connection, ConnectionView, TestResult
from dashboard.core.fleet import FleetRow
from dashboard.core.letters import CauseGroup, LetterRow, SnapshotInfo
from dashboard.core.runs import ArchiveView, Plan, RunView
from dashboard.core.words import iso

SCHEMA = letter_documents.SCHEMA
Document = letter_documents.Document

MEASURES: Sequence[Measure] = (
    Measure.DEPTH,
    Measure.IN_FLIGHT,
    Measure.IN_RATE,
    Measure.OUT_RATE,
    Measure.REDELIVERED,
    Measure.LAG,
    Measure.LAG_S,
    Measure.OLDEST_AGE_S,
    Measure.CONSUMERS,
)
"""The measures of `ls` and `watch`, in this order."""

_WHOLE = frozenset({Measure.DEPTH, Measure.IN_FLIGHT, Measure.REDELIVERED, Measure.LAG, Measure.CONSUMERS})


def fleet(connection: str, at: datetime, took_s: float, rows: Iterable[FleetRow]) -> Document:
    """One sweep of one connection."""
    return {
        "schema": SCHEMA,
        "at": iso(at),
        "took_ms": round(took_s * 1000, 1),
        "connection": connection,
        "resources": [resource(row) for row in rows],
    }


def resource(row: FleetRow) -> Document:
    """One resource; an unknown measure is null and has its reason in `unknown`."""
    measures: dict[str, float | int | None] = {}
    unknown: dict[str, str] = {}
    for measure in MEASURES:
        value = row.values.get(measure, math.nan)
        if math.isfinite(value):
            measures[measure.value] = int(value) if measure in _WHOLE else round(value, 6)
        else:
            measures[measure.value] = None
            unknown[measure.value] = row.why.get(measure) or "not told by the broker"
    return {
        "name": row.key.name,
        "kind": row.resource.kind,
        "dead_letters_of": list(row.resource.dead.of) if row.resource.dead is not None else None,
        "measures": measures,
        "unknown": unknown,
        "approximate": [measure.value for measure in MEASURES if measure in row.approximate],
    }


def letters(snapshot: SnapshotInfo, total: int, rows: Iterable[LetterRow]) -> Document:
    """Dead letters of a source: `count` is all that match."""
    return {
        "schema": SCHEMA,
        "source": snapshot.source.source,
        "read_at": iso(snapshot.read_at),
        "count": total,
        "items": [letter_documents.letter_row(row) for row in rows],
    }


def groups(source: str, found: Sequence[CauseGroup]) -> Document:
    """Dead letters by cause; `count` is that of all groups together."""
    return {
        "schema": SCHEMA,
        "source": source,
        "count": sum(group.count for group in found),
        "groups": [
            {
                "cause": group.cause,
                "title": group.title,
                "count": group.count,
                "first_at": iso(group.first_at),
                "last_at": iso(group.last_at),
            }
            for group in found
        ],
    }


def plan(value: Plan) -> Document:
    """What `--dry-run` gives."""
    return {
        "schema": SCHEMA,
        "plan": {
            "frozen": value.frozen,
            "targets": [
                {"target": target.target, "count": target.count, "blocked": target.blocked or None}
                for target in value.targets
            ],
            "guarantee": value.guarantee_words,
            "warnings": [warning.sentences for warning in value.warnings],
            "side_effects": list(value.side_effects),
        },
    }


def run(view: RunView) -> Document:
    """A run now; planned + sending + moved + kept + gone + unknown = frozen."""
    return {"schema": SCHEMA, **_run(view)}


def _run(view: RunView) -> Document:
    tally = view.tally
    return {
        "run": view.name,
        "state": view.state.value,
        "frozen": tally.frozen,
        "planned": tally.planned,
        "sending": tally.sending,
        "moved": tally.moved,
        "kept": tally.kept,
        "gone": tally.gone,
        "unknown": tally.unknown,
        "returned": tally.returned,
        "left_behind": tally.left_behind,
        "seconds": round(view.seconds, 3),
    }


def runs(views: Iterable[RunView]) -> Document:
    """All runs, newest first."""
    return {
        "schema": SCHEMA,
        "runs": [
            {
                **_run(view),
                "kind": view.kind,
                "connection": view.source.connection,
                "source": view.source.source,
                "targets": list(view.targets),
                "opened": iso(view.opened),
                "closed": iso(view.closed),
                "reason": view.reason,
            }
            for view in views
        ],
    }


def purge(view: RunView) -> Document:
    """The end of a purge: what is `moved` in the ledger is in the archive."""
    tally = view.tally
    return {
        "schema": SCHEMA,
        "run": view.name,
        "frozen": tally.frozen,
        "archived": tally.moved if view.archive is not None else 0,
        "removed": tally.moved - tally.left_behind,
        "kept": tally.kept,
        "gone": tally.gone,
        "unknown": tally.unknown,
        "archive": view.archive,
    }


def restore(view: RunView) -> Document:
    """The end of a restore."""
    tally = view.tally
    return {"schema": SCHEMA, "restored": tally.moved, "kept": tally.kept, "unknown": tally.unknown}


def archives(views: Iterable[ArchiveView]) -> Document:
    """All archives, newest first."""
    return {"schema": SCHEMA, "archives": [archive(view) for view in views]}


def archive(view: ArchiveView) -> Document:
    """One archive; `whole` is null where nobody looked."""
    return {
        "name": view.name,
        "from": view.origin,
        "held": view.held,
        "restored": view.restored,
        "made": iso(view.made),
        "whole": view.whole,
    }


def connection(value: Connection) -> Document:
    """A connection without its secrets."""
    return {
        "name": value.name,
        "kind": value.kind,
        "url": value.url,
        "options": dict(value.options),
        "environment": value.environment.value,
        "read_only": value.read_only,
        "saved": value.saved,
    }


def connections(views: Iterable[ConnectionView]) -> Document:
    """All connections."""
    return {"schema": SCHEMA, "connections": [connection(view.connection) for view in views]}


def tested(name: str, result: TestResult) -> Document:
    """The end of a connection's test."""
    return {
        "schema": SCHEMA,
        "connection": name,
        "ok": result.ok,
        "headline": result.headline,
        "seconds": round(result.took_s, 3),
        "findings": findings([(f.title, f.good, f.verdict, f.text, f.remedy) for f in result.findings]),
    }


def findings(rows: Iterable[tuple[str, bool | None, str, str, str]]) -> list[Mapping[str, object]]:
    """Findings of a test or of `doctor`; `good` is null where nothing can be said."""
    keys = ("title", "good", "verdict", "text", "remedy")
    return [dict(zip(keys, row, strict=True)) for row in rows]
