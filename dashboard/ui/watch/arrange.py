"""The rows of Watch: sections in the order of need, one row for a connection that does not answer, and places kept."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from adapters.api import Measure
from dashboard.core.connections import Answer, ConnectionView
from dashboard.core.fleet import FleetRow, FleetSnapshot, Need, ResourceKey
from dashboard.core.words import count

HOLD_S = 10.0


@dataclass(frozen=True, slots=True)
class Section:
    """The heading of a section."""

    title: str
    detail: str


@dataclass(frozen=True, slots=True)
class Silent:
    """A connection that does not answer, in one row with the count of its sources."""

    view: ConnectionView


Line = Section | FleetRow | Silent
LineKey = tuple[str, str]
"""A plain tuple: thousands of them are compared for each snapshot."""


def key_of(line: Line) -> LineKey:
    """What names a line from one snapshot to the next."""
    if isinstance(line, FleetRow):
        return line_key(line.key)
    return (line.view.connection.name, "\0") if isinstance(line, Silent) else ("\0", line.title)


def line_key(key: ResourceKey) -> LineKey:
    """The name of a source's line."""
    return key.connection, key.name


def arrange(snapshot: FleetSnapshot, only: str = "", words: Sequence[str] = ()) -> list[Line]:
    """The lines for a snapshot; `only` narrows to a connection, `words` to names that hold all of them.

    Sources of a connection that does not answer are one line, but those that needed attention keep their own.
    """
    silent = {
        view.connection.name: view
        for view in snapshot.connections
        if view.answer in {Answer.DISCONNECTED, Answer.STALE} and only in {"", view.connection.name}
    }
    sections: dict[Need, list[Line]] = {need: [] for need in Need}
    for row in snapshot.rows:
        if only and row.key.connection != only:
            continue
        if words and not all(word in f"{row.key.name} {row.key.connection}".lower() for word in words):
            continue
        if row.key.connection in silent and row.need is not Need.ATTENTION and not words:
            continue
        sections[row.need].append(row)
    if not words:
        sections[Need.NOT_KNOWN] += [Silent(view) for view in silent.values()]
    lines: list[Line] = []
    for need, members in sections.items():
        if members:
            lines += [Section(need.value, _detail(need, members)), *members]
    return lines


def _detail(need: Need, members: Sequence[Line]) -> str:
    if need is Need.ATTENTION:
        return count(len(members))
    if need is Need.HEALTHY:
        return count(len(members))
    sources = sum(line.view.sources if isinstance(line, Silent) else 1 for line in members)
    whole = sum(isinstance(line, Silent) for line in members)
    if not whole:
        return count(sources)
    those = "one connection" if whole == 1 else f"{whole} connections"
    return f"{count(sources)} sources, with all of {those}"


def dead_letters_of(row: FleetRow, rows: Iterable[FleetRow]) -> ResourceKey | None:
    """Where the dead letters of a source lie: itself when it holds them, else the fullest source that names it."""
    if row.resource.dead is not None:
        return row.key
    names = {row.key.name, row.resource.parent}
    holders = [
        other
        for other in rows
        if other.key.connection == row.key.connection
        and other.resource.dead is not None
        and names & set(other.resource.dead.of)
    ]
    return max(holders, key=_depth).key if holders else None


def _depth(row: FleetRow) -> float:
    depth = row.values.get(Measure.DEPTH, math.nan)
    return -1.0 if math.isnan(depth) else depth


class Places:
    """Holds the order of lines for ten seconds, so that rows do not jump; a change of section moves at once."""

    def __init__(self) -> None:
        self._order: list[LineKey] = []
        self._sections: dict[LineKey, str] = {}
        self._since = 0.0

    def settle(self, lines: Sequence[Line], now: float, *, hold: bool = False) -> list[Line]:
        """The lines in the order to show. `now` in seconds that never go back; `hold` keeps the order in any case."""
        by_key = {key_of(line): line for line in lines}
        sections = _sections(lines, by_key)
        if sections == self._sections and (hold or now - self._since < HOLD_S):
            return [by_key[key] for key in self._order]
        self._order, self._sections, self._since = list(by_key), sections, now
        return list(lines)


def _sections(lines: Iterable[Line], keys: Iterable[LineKey]) -> dict[LineKey, str]:
    found: dict[LineKey, str] = {}
    section = ""
    for line, key in zip(lines, keys, strict=True):
        if isinstance(line, Section):
            section = line.title
        found[key] = section
    return found
