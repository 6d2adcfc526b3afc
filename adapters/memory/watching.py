"""What the oracle's broker tells without being changed: resources, measures, routes, marks, sightings."""

import math
from array import array
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from adapters.api import (
    Column,
    CopyRef,
    DeadLetterLink,
    Grant,
    LookEffect,
    Mark,
    Marks,
    Measure,
    NotFound,
    Replaced,
    Resource,
    Right,
    Route,
    Scope,
    Sighting,
    SourceRef,
    Sweep,
    TargetRef,
    Traits,
    Try,
)
from adapters.common import seekable
from adapters.common.seekable import CopySight, sighting
from adapters.memory.model import MemoryBroker, Session
from adapters.memory.positions import MemoryPositions
from adapters.memory.store import Source, Target

_UNTOLD: Mapping[Measure, str] = {
    Measure.CONSUMERS: "nobody subscribes to a list in memory",
    Measure.OLDEST_AGE_S: "a queue that consumes does not tell the age of its head",
}


def source_named(broker: MemoryBroker, ref: SourceRef) -> Source:
    """The source meant; raises `NotFound`, or `Replaced` when it is another one of that name."""
    source = broker.sources.get(ref.name)
    if source is None:
        raise NotFound(f"There is no source named {ref.name!r}.")
    if ref.incarnation is not None and ref.incarnation != source.incarnation:
        raise Replaced(f"{ref.name} was made anew since it was looked at.", hint="Look again.")
    return source


def resources(broker: MemoryBroker) -> list[Resource]:
    """All sources, then all targets."""
    dead = [_dead(broker, source) for source in broker.sources.values()]
    return dead + [Resource(name, "target", limit=it.room) for name, it in broker.targets.items()]


def _dead(broker: MemoryBroker, source: Source) -> Resource:
    return Resource(
        source.name,
        "source",
        source=SourceRef(source.name, source.incarnation),
        traits=traits_of(broker, source),
        dead=DeadLetterLink(of=tuple(broker.targets), known_by="policy"),
        limit=source.max_length,
        at_limit="then drops the oldest" if source.max_length is not None else "",
    )


def traits_of(broker: MemoryBroker, source: Source) -> Traits:
    """The shape's traits with what this source and account add."""
    traits = source.shape.traits
    effects = traits.effects
    if effects and source.max_length is not None:
        effects |= {LookEffect.MAY_OVERFLOW}
    denied = {right: Grant("no", why="this account may not") for right in broker.denied}
    reach = traits.reach
    if reach is not None:
        reach *= max(1, len({it.group for it in source.messages.values()}))
    return replace(
        traits,
        effects=effects,
        reach=reach,
        looks_left=source.looks_left(),
        grants={**traits.grants, **denied},
    )


def sweep(session: Session, scope: Scope) -> Sweep:
    """Measures of all in scope; what this connection holds is counted as depth, as nobody else sees it."""
    broker = session.broker
    names = tuple(
        name for name in [*broker.sources, *broker.targets] if scope.names is None or name in scope.names
    )
    rows = [_measures(session, name) for name in names]
    columns = {measure: _column(measure, rows) for measure in Measure}
    missing = [name for name in scope.names or () if name not in names]
    troubles = tuple(f"There is nothing named {name!r}." for name in missing)
    return Sweep(broker.now(), 0.0, names, columns, troubles)


def _column(measure: Measure, rows: Sequence[Mapping[Measure, float]]) -> Column:
    values = array("d", [row.get(measure, math.nan) for row in rows])
    return Column(values, why={-1: _UNTOLD.get(measure, "not measured in memory")})


def _measures(session: Session, name: str) -> dict[Measure, float]:
    broker = session.broker
    now = broker.now()
    target = broker.targets.get(name)
    if target is not None:
        depth = len(target.messages)
        return {
            Measure.DEPTH: depth + broker.faults.lie,
            Measure.IN_TOTAL: target.taken_in,
            Measure.OUT_TOTAL: target.taken_in - depth,
        }
    source = broker.sources[name]
    away = sum(it.away(now) for it in source.messages.values())
    own = source.held_by(session, now)
    told: dict[Measure, float] = {
        Measure.DEPTH: len(source.messages) - away + own + broker.faults.lie,
        Measure.IN_FLIGHT: away,
        Measure.IN_TOTAL: source.taken_in,
        Measure.OUT_TOTAL: source.taken_out,
    }
    if source.shape.looking == "free":
        oldest = next(iter(source.messages.values()), None)
        told[Measure.OLDEST_AGE_S] = (now - oldest.at).total_seconds() if oldest is not None else 0.0
    return told


def route(broker: MemoryBroker, source: Source | None, target: TargetRef) -> Route:
    """What sending there does; from another connection it is never coupled."""
    known = broker.targets.get(target.name)
    shape = source.shape if source is not None else next(iter(broker.sources.values())).shape
    if known is None:
        return Route(target, exists=False, blocked=f"There is no target named {target.name!r}.")
    return Route(
        target,
        exists=True,
        blocked="This account may not publish." if Right.PUBLISH in broker.denied else "",
        coupled=shape.coupled and source is not None,
        receipt=shape.receipt,
        dedupe_s=shape.dedupe_s,
        fan_out=known.fan_out,
        retention_s=known.retention_s,
        room=known.room - len(known.messages) if known.room is not None else None,
        max_bytes=known.max_bytes,
        backlog=len(known.messages),
        dies_again_s=known.dies_again_s,
        writes=("a mark on each original",) if shape.traits.removal == "mark" else (),
        guarantee=shape.guarantee,
    )


def marks(broker: MemoryBroker, targets: Iterable[TargetRef]) -> Marks:
    """Where each known target ends, as far as one of the broker's sources can search it."""
    if all(source.shape.receipt == "none" for source in broker.sources.values()):
        return {}
    known = [broker.targets[it.name] for it in targets if it.name in broker.targets]
    return {it.name: Mark(str(it.last)) for it in known}


async def settle(session: Session, source: Source, tries: Sequence[Try], since: Marks) -> Sequence[Sighting]:
    """One sighting a try. What consumes can only say that somebody holds something, or nothing."""
    broker = session.broker
    session.check()

    async def find(searched: Sequence[Try], after: Marks) -> Sequence[CopySight]:
        return [
            _copy(broker, source, broker.targets.get(it.target.name) if it.target else None, it.key, after)
            for it in searched
        ]

    if source.shape.looking == "free":
        return await seekable.settle(MemoryPositions(session, source), find, tries, since)
    now = broker.now()
    away = [it for it in source.messages.values() if it.away(now) and it.holder is not session]
    ends = [it.until for it in away if it.until is not None]
    found = await find(tries, since)
    return [
        sighting(it, "hidden", copy, max(ends, default=None))
        if away and it.ask != "copy"
        else sighting(it, "cannot_tell", copy)
        for it, copy in zip(tries, found, strict=True)
    ]


def _copy(broker: MemoryBroker, source: Source, target: Target | None, key: str, since: Marks) -> CopySight:
    """What the broker can tell of a copy published under `key`."""
    shape = source.shape
    if target is None:
        return CopySight("cannot_tell")
    first = target.first_by_key.get(key)
    age_s = (broker.now() - first.at).total_seconds() if first is not None else 0.0
    again_safe = age_s < shape.dedupe_s
    after = since.get(target.name)
    copy = first if shape.receipt == "exact" else target.find(key, after)
    if shape.receipt == "none":
        return CopySight("cannot_tell", again_safe)
    if copy is not None:
        return CopySight("found", again_safe, CopyRef(TargetRef(target.name), str(copy.seq)))
    if shape.receipt == "exact" or target.seen_all_since(after):
        return CopySight("none", again_safe)
    return CopySight("cannot_tell", again_safe)
