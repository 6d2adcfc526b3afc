"""What a run would do, in counts and sentences, from the chosen messages and what the broker says; pure."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from adapters.api import ConfigError, Environment, Guarantee, LookEffect, Right, Route, Traits
from dashboard.core import words
from dashboard.core.connections import Connection
from dashboard.core.letters import Chosen, SnapshotInfo
from dashboard.core.runs import GUARANTEES, Caution, Draft, Plan, PlanTarget, RunKind

SHORT_S = 3600.0
"""A target that keeps messages for less may drop them before anybody is there to take them."""


@dataclass(slots=True)
class Totals:
    """The chosen messages added up."""

    count: int = 0
    already: int = 0
    bytes: int = 0
    biggest: int = 0
    by_target: Counter[str] = field(default_factory=Counter)
    told_by: dict[str, set[str]] = field(default_factory=dict)
    homeless: int = 0
    redriven: int = 0
    worn: int = 0
    twins: int = 0
    looked_at: int = 0
    bare: int = 0


def add_up(chosen: Iterable[Chosen], *, to: str | None, most: int) -> Totals:
    """One walk over the chosen messages; `to` overrides their own targets."""
    totals = Totals()
    for one in chosen:
        totals.count += 1
        totals.bytes += one.size
        totals.biggest = max(totals.biggest, one.size)
        totals.redriven += one.redriven > 0
        totals.worn += one.redriven >= most
        totals.twins += one.twins > 1
        totals.looked_at += one.bare is not None
        totals.bare += bool(one.bare)
        target = to if to is not None else one.target
        if target is None:
            totals.homeless += 1
        else:
            totals.by_target[target] += 1
            totals.told_by.setdefault(target, set()).add("you" if to is not None else one.target_from)
    return totals


@dataclass(frozen=True, slots=True)
class Facts:
    """What a plan is made of; `waiting` is the broker's count of the source now, `dead` whether it is a dead-letter source."""

    connection: Connection
    target_connection: Connection
    snapshot: SnapshotInfo
    traits: Traits
    totals: Totals
    routes: Sequence[Route]
    waiting: int | None
    dead: bool = True


def check_draft(draft: Draft, totals: Totals, restored_by: Sequence[str] = ()) -> None:
    """Raises `ConfigError` for a draft that cannot become a plan; `restored_by` names an archive's past restores."""
    if totals.count == 0:
        raise _nothing_chosen(draft, totals, restored_by)
    chosen = draft.selection
    if not draft.archive and (chosen.where or chosen.ids or chosen.excluded):
        raise ConfigError(
            "The broker's own purge takes the whole source.", hint="Choose all, or purge with an archive."
        )
    if draft.kind != "purge" and totals.homeless == totals.count:
        raise ConfigError(
            f"Where {words.plural(totals.count, 'message')} came from is not known.",
            hint="Name the target: --to TARGET",
        )


def _nothing_chosen(draft: Draft, totals: Totals, restored_by: Sequence[str]) -> ConfigError:
    archive = draft.selection.source.source
    if draft.kind == "restore" and restored_by:
        return ConfigError(f"All messages of {archive} were restored already ({', '.join(restored_by)}).")
    if draft.kind == "restore":
        return ConfigError(f"{archive} holds no message to restore.")
    if totals.already:
        taken = words.plural(totals.already, "chosen message")
        return ConfigError(
            f"A run has taken {taken} from the source since it was read.", hint="Read the source again."
        )
    return ConfigError(
        "Nothing is chosen: no message matches.", hint="Change the search, or read the source again."
    )


def build_plan(draft: Draft, facts: Facts) -> Plan:
    """The plan; raises `ConfigError` as `check_draft`."""
    totals = facts.totals
    check_draft(draft, totals)
    cautions = [*_rights(draft, facts), *_targets(draft, facts), *_set(draft, facts), *_canary(draft, facts)]
    kept, why = _kept_before(draft, facts)
    sent = totals.count - kept
    rate = draft.pace.rate
    guarantee = _guarantee(facts)
    others = None if facts.waiting is None else max(0, facts.waiting - totals.count)
    return Plan(
        draft=draft,
        source=draft.selection.source,
        read_at=facts.snapshot.read_at,
        frozen=totals.count,
        sent=sent,
        kept_before=kept,
        kept_why=why,
        targets=tuple(_target(route, totals) for route in facts.routes),
        guarantee=guarantee,
        guarantee_words=_guarantee_words(draft, guarantee),
        warnings=tuple(sorted(cautions, key=lambda caution: not caution.stop)),
        checks=_checks(draft, facts),
        side_effects=_side_effects(facts, others),
        others=others,
        bytes=totals.bytes,
        seconds=sent / rate + draft.pace.watch_s if rate else None,
        redriven_before=totals.redriven,
        typed=typed_word(draft.kind, facts.connection, facts.target_connection),
        headline=_headline(draft, facts, cautions),
    )


def typed_word(kind: RunKind, connection: Connection, target: Connection) -> str | None:
    """What must be typed: the name of the connection that is written to, in production; for a purge in staging too."""
    asked = {Environment.PRODUCTION} if kind != "purge" else {Environment.PRODUCTION, Environment.STAGING}
    written = connection if kind == "purge" else target
    for one in (written, connection):
        if one.environment in asked:
            return one.typed
    return None


def _target(route: Route, totals: Totals) -> PlanTarget:
    name = route.target.name
    return PlanTarget(
        target=name,
        count=totals.by_target[name],
        said_by=", ".join(sorted(totals.told_by[name])),
        blocked=route.blocked,
        fan_out=route.fan_out,
        backlog=route.backlog,
        guarantee=route.guarantee,
        receipt=route.receipt,
    )


def _guarantee(facts: Facts) -> Guarantee:
    """What all routes promise; routes that differ have in common that nothing is lost."""
    promised = {route.guarantee for route in facts.routes}
    return promised.pop() if len(promised) == 1 else Guarantee.AT_LEAST_ONCE


def _guarantee_words(draft: Draft, guarantee: Guarantee) -> str:
    if not draft.archive:
        return "Purged by the broker itself, up to what was read. Nothing can be put back."
    if draft.kind == "purge":
        return "Archived first. Each copy is on disk before its original goes; it can be restored."
    return GUARANTEES[guarantee]


def _rights(draft: Draft, facts: Facts) -> Iterable[Caution]:
    source, target = facts.connection, facts.target_connection
    for connection in {source.name: source, target.name: target}.values():
        if connection.read_only:
            yield Caution(
                "Read-only",
                f"{connection.name} is connected read-only.",
                stop=True,
                remedy="Connect it with --write, or switch read-only off.",
            )
    traits = facts.traits
    if traits.removal == "none":
        remove = traits.grant(Right.REMOVE)
        yield Caution(
            "Originals cannot be removed",
            remove.why or "The source allows no removal: each message would be there twice.",
            stop=True,
            remedy=remove.remedy,
        )
        return
    taken = (Right.REMOVE, "remove from the source") if draft.archive else (Right.BULK, "purge the source")
    needed = [taken, (Right.READ, "read the source")]
    if draft.kind != "purge":
        needed.append((Right.PUBLISH, "publish to the target"))
    for right, phrase in needed:
        grant = traits.grant(right)
        if grant.verdict == "no":
            yield Caution(f"This account may not {phrase}", grant.why, stop=True, remedy=grant.remedy)


def _targets(draft: Draft, facts: Facts) -> Iterable[Caution]:
    all_blocked = bool(facts.routes) and all(route.blocked for route in facts.routes)
    for route in facts.routes:
        name, count = route.target.name, facts.totals.by_target[route.target.name]
        if route.blocked:
            yield Caution(f"Nothing can be sent to {name}", route.blocked, stop=all_blocked)
            continue
        if route.room is not None and route.room < count:
            yield Caution(
                f"{name} has room for {words.count(route.room)}", "The others are kept once it is full."
            )
        if route.max_bytes is not None and facts.totals.biggest > route.max_bytes:
            yield Caution(
                f"Some are too large for {name}",
                f"It takes at most {words.size(route.max_bytes)}; the largest body is"
                f" {words.size(facts.totals.biggest)}. Those are kept.",
            )
        if route.retention_s is not None and route.retention_s < SHORT_S:
            yield Caution(
                f"{name} keeps messages for {words.duration(route.retention_s)} only",
                "What nobody takes by then is dropped there, and its original is gone as well.",
            )
        if route.fan_out and draft.kind == "redrive" and len(route.fan_out) > 1:
            yield Caution(
                f"{len(route.fan_out)} consumers receive what goes to {name}",
                ", ".join(sorted(route.fan_out)[:20]),
            )
        if route.receipt == "none":
            yield Caution(
                f"A copy in {name} cannot be found again",
                "If the connection breaks, what is in flight then is unknown until somebody looks.",
            )
        for text in route.cautions:
            yield Caution(name, text)


def _set(draft: Draft, facts: Facts) -> Iterable[Caution]:
    totals = facts.totals
    if totals.already:
        yield Caution(
            f"{words.plural(totals.already, 'message')} taken by a run since the reading",
            "They are left out.",
        )
    if not facts.dead and draft.kind != "restore":
        yield Caution(
            f"{facts.snapshot.source.source} is not known to hold dead letters",
            "Nothing in its name or its setting says so: its messages may be live ones.",
        )
    if totals.homeless and draft.kind != "purge":
        yield Caution(f"{words.plural(totals.homeless, 'message')} without a known origin", "They are kept.")
    if totals.redriven and draft.kind == "redrive":
        yield Caution(
            f"{words.plural(totals.redriven, 'message')} redriven before",
            "They came back at least once; sending them again may not help.",
        )
    if totals.twins:
        yield Caution(
            f"{words.plural(totals.twins, 'message')} with an identical twin",
            "After a crash the original of a twin is left rather than removed by mistake.",
        )
    if not facts.snapshot.complete and draft.kind == "restore":
        yield Caution("The archive is damaged", "Only what can still be read is put back.")
    elif not facts.snapshot.complete:
        yield Caution("The source was not read whole", "Only what was read can be chosen.")
    if not draft.archive:
        yield Caution("Not archived", "What is removed cannot be restored.")


def _canary(draft: Draft, facts: Facts) -> Iterable[Caution]:
    if draft.kind != "redrive":
        return
    if blind(facts.totals) and facts.traits.returns == "seen":
        yield Caution(
            "Returns cannot be recognised",
            "These dead letters carry no header but those of their failure: the failing side seems to drop"
            " redrive-run. The canary stops to ask.",
            remedy="Let the failing side pass the message's headers on.",
        )
    elif facts.traits.returns != "seen":
        yield Caution("Returns cannot be seen", "Look at the target after the canary; it stops to ask.")
    dies = max((route.dies_again_s or 0 for route in facts.routes), default=0)
    if draft.pace.canary and draft.pace.watch_s < dies:
        yield Caution(
            "The canary's watch is short",
            f"Dying again takes up to {words.duration(dies)}; it watches {words.duration(draft.pace.watch_s)}.",
        )
    for route in facts.routes:
        if draft.pace.canary and route.backlog:
            yield Caution(
                f"The canary waits behind {words.count(route.backlog)}",
                f"So many messages wait in {route.target.name}.",
            )


def blind(totals: Totals) -> bool:
    """Whether the failing side seems to drop headers: what was looked at carries failure headers and nothing else."""
    return totals.looked_at > 0 and totals.bare == totals.looked_at


def _kept_before(draft: Draft, facts: Facts) -> tuple[int, str]:
    if draft.kind == "purge":
        return 0, ""
    blocked = sum(facts.totals.by_target[route.target.name] for route in facts.routes if route.blocked)
    worn = facts.totals.worn if draft.kind == "redrive" else 0
    parts = [
        (facts.totals.homeless, "origin not known"),
        (blocked, "target cannot take them"),
        (worn, f"redriven {draft.rules.most} times or more"),
    ]
    kept = min(facts.totals.count, sum(count for count, _ in parts))
    return kept, "; ".join(f"{words.count(count)} {why}" for count, why in parts if count)


def _checks(draft: Draft, facts: Facts) -> tuple[str, ...]:
    checks = []
    if facts.traits.grant(Right.REMOVE).verdict == "yes":
        checks.append("You may remove from the source")
    if draft.kind != "purge" and facts.routes and not any(route.blocked for route in facts.routes):
        checks.append("Each target is there" if len(facts.routes) > 1 else "The target is there")
    if facts.traits.free:
        checks.append("Looking changes nothing at the source")
    return tuple(checks)


def _side_effects(facts: Facts, others: int | None) -> tuple[str, ...]:
    effects = [text for route in facts.routes for text in route.writes]
    told = {
        LookEffect.COUNTS: "each uses one delivery attempt",
        LookEffect.REDELIVERED: "each is marked redelivered",
        LookEffect.HIDES: "nobody else sees them meanwhile",
        LookEffect.REORDERS: "their order changes",
    }
    said = [phrase for effect, phrase in told.items() if effect in facts.traits.effects]
    if said:
        count = "The others" if others is None else f"{words.count(others)} others"
        effects.append(f"{count} are taken and put back: {', '.join(said)}.")
    return tuple(effects)


def _headline(draft: Draft, facts: Facts, cautions: Sequence[Caution]) -> str:
    count = words.plural(facts.totals.count, "message")
    if any(caution.stop for caution in cautions):
        return "This cannot be done as it stands."
    if not draft.archive:
        return f"{count} would be removed by the broker; they cannot be put back"
    if draft.kind == "purge":
        return f"{count} would be archived, then removed; they can be put back"
    if draft.kind == "restore":
        return f"{count} would be put back"
    said = words.plural(len(cautions), "warning") if cautions else "No warnings"
    return f"Nothing has been sent. {said[0].upper()}{said[1:]}."
