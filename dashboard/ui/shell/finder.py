"""What the palette finds for a text: sources, connections, pages and acts; pure, so that it can be tested."""

import math
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import partial

from adapters.api import Environment, Measure
from dashboard.core.connections import Connection, ConnectionView
from dashboard.core.fleet import FleetRow, FleetSnapshot
from dashboard.core.text import one_line
from dashboard.core.words import count
from dashboard.ui.actions import Bound

MOST = 40
PLAIN_FROM = 4
"""Letters from which on a word is taken for more than the beginning of a name."""
FULLEST = 5
"""Dead-letter sources that are offered to be looked through."""
CHANGED = (
    " change connection read-only readonly writable write unlock lock environment address password rename"
)


@dataclass(frozen=True, slots=True)
class Hit:
    """One line of the palette. `reason` says why it cannot be chosen; such lines come last."""

    title: str
    detail: str
    icon: str
    key: str
    run: Callable[[], None]
    section: str
    environment: Environment | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Ways:
    """What choosing a hit does."""

    connect: Callable[[str], None]
    open_row: Callable[[FleetRow], None]
    open_connection: Callable[[str], None]
    change: Callable[[Connection], None]
    search_in: Callable[[FleetRow, str], None]
    act: Callable[[Bound], None]


def find(
    text: str,
    snapshot: FleetSnapshot | None,
    schemes: Iterable[str],
    bound: Sequence[Bound],
    ways: Ways,
) -> list[Hit]:
    """All hits: what an address is, sources and connections, acts, and where messages may be looked through for it.

    ">" narrows to acts, "@" to connections.
    """
    wanted = text.strip()
    kind = wanted[:1] if wanted[:1] in {">", "@"} else ""
    wanted = wanted[len(kind) :].strip()
    hits: list[Hit] = []
    if is_address(wanted, schemes):
        connect = partial(ways.connect, wanted)
        hits.append(Hit("Connect to this address…", "", "plug", "", connect, "Found"))
    if snapshot is not None and wanted and not kind:
        hits += source_hits(wanted, snapshot.rows, ways.open_row)
    if snapshot is not None and (kind == "@" or (wanted and not kind)):
        hits += connection_hits(wanted, snapshot.connections, ways)
    if kind != "@":
        hits += act_hits(wanted, bound, ways.act)
    if snapshot is not None and wanted and not kind:
        hits += message_hits(wanted, snapshot.rows, ways.search_in)
    return hits


def is_address(text: str, schemes: Iterable[str]) -> bool:
    """Whether the text is a URL of a known kind."""
    scheme, found, _ = text.strip().partition("://")
    return bool(found) and scheme.lower() in set(schemes)


def words_of(text: str) -> list[str]:
    """Parts that must all be found; an alert's brackets and signs part them."""
    return [word for word in re.split(r"[\s\[\](),;\"'=]+", text.lower()) if word]


def matches(text: str, candidate: str) -> bool:
    """Whether each word of the text is somewhere in the candidate."""
    low = candidate.lower()
    return all(word in low for word in words_of(text))


def named_in(text: str, name: str) -> bool:
    """Whether a pasted text (an alert, a log line) has this name as a whole word."""
    return re.search(rf"(?<![\w.-]){re.escape(name.lower())}(?![\w-])", text.lower()) is not None


def source_hits(text: str, rows: Iterable[FleetRow], go: Callable[[FleetRow], None]) -> list[Hit]:
    """Sources whose name is searched for, or stands in what was pasted."""
    found = []
    for row in rows:
        name = row.key.name
        if (
            not text
            or matches(text, f"{name} {row.key.connection}")
            or (" " in text and named_in(text, name))
        ):
            depth = row.values.get(Measure.DEPTH)
            detail = f"{row.resource.kind}, {count(depth)} waiting, {row.verdict.value.lower()}"
            hit = Hit(
                one_line(name, 120),
                detail,
                row.resource.icon,
                "",
                partial(go, row),
                "Sources",
                row.environment,
            )
            found.append(hit)
            if len(found) >= MOST:
                break
    return found


def connection_hits(text: str, views: Sequence[ConnectionView], ways: Ways) -> list[Hit]:
    """Connections by name, and the form of those whose change is asked for."""
    found = [
        Hit(
            one_line(view.connection.name, 120),
            f"{view.connection.kind}, {view.answer.value}",
            "server",
            "",
            partial(ways.open_connection, view.connection.name),
            "Connections",
            view.connection.environment,
        )
        for view in views
        if not text or matches(text, view.connection.name)
    ]
    changes = [
        Hit(
            f"Change {one_line(view.connection.name, 120)}…",
            "read-only" if view.connection.read_only else "may redrive and purge",
            "plug",
            "",
            partial(ways.change, view.connection),
            "Connections",
            view.connection.environment,
        )
        for view in views
        if asks_for_change(text, view.connection.name)
    ]
    return found + changes


def asks_for_change(text: str, name: str) -> bool:
    """Whether it speaks of a connection's rights or fields, and of no other connection; a few letters do not."""
    asked = [word for word in words_of(text) if len(word) >= PLAIN_FROM and f" {word}" in CHANGED]
    return bool(asked) and all(word in asked or word in name.lower() for word in words_of(text))


def message_hits(text: str, rows: Iterable[FleetRow], search: Callable[[FleetRow, str], None]) -> list[Hit]:
    """The fullest dead-letter sources, to be looked through for what a message holds: an order number, an id."""
    holders = [row for row in rows if row.resource.dead is not None and row.values.get(Measure.DEPTH) != 0]
    holders.sort(key=_depth, reverse=True)
    return [
        Hit(
            f"Search {one_line(row.key.name, 80)} for “{one_line(text, 60)}”",
            f"{count(row.values.get(Measure.DEPTH))} dead letters, {one_line(row.key.connection, 60)}",
            "search",
            "",
            partial(search, row, text),
            "Messages",
            row.environment,
        )
        for row in holders[:FULLEST]
    ]


def _depth(row: FleetRow) -> float:
    depth = row.values.get(Measure.DEPTH, math.nan)
    return 0.0 if math.isnan(depth) else depth


def act_hits(text: str, bound: Sequence[Bound], run: Callable[[Bound], None]) -> list[Hit]:
    """Acts that can be done from here; what is not allowed now comes last, with the reason."""
    hits = []
    for one in bound:
        spec = one.spec
        named = f"{spec.text} {spec.group} {spec.detail} {spec.words}"
        if spec.own or spec.id == "palette" or not matches(text, named):
            continue
        key = spec.keys[0] if spec.keys else ""
        reason = one.why_not()
        hits.append(Hit(spec.text, spec.detail, spec.icon, key, partial(run, one), "Do", None, reason))
    return sorted(hits, key=lambda hit: (bool(hit.reason), nearness(text, hit.title)))


def nearness(text: str, title: str) -> int:
    """How far a title is from what was typed: 0 the same, 1 begins with it, 2 a word begins with it, 3 elsewhere."""
    wanted, have = text.strip().lower(), title.lower().rstrip("…")
    if not wanted or wanted == have:
        return 0
    if have.startswith(wanted):
        return 1
    return 2 if f" {wanted}" in have else 3
