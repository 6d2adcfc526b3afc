"""What is known of sending to a subject: who captures it, who else gets it, how much fits, how long dying again takes."""

from collections.abc import Sequence

from adapters.api import Guarantee, Route, SourceRef, TargetRef
from adapters.nats.facts import ConsumerFacts, StreamFacts, covers_any
from adapters.nats.headers import MSG_ID
from adapters.nats.jetstream import JetStream
from adapters.nats.publishing import nobody, subject_trouble
from adapters.nats.rights import Account


async def routes(
    js: JetStream, account: Account, source: SourceRef | None, targets: Sequence[TargetRef], max_payload: int
) -> Sequence[Route]:
    """One route a target, in order; reads only."""
    origin = await js.same(source) if source is not None else None
    return [await _route(js, account, origin, target, max_payload) for target in targets]


async def _route(
    js: JetStream, account: Account, origin: StreamFacts | None, target: TargetRef, max_payload: int
) -> Route:
    if trouble := subject_trouble(target.name):
        return Route(target, exists=False, blocked=str(trouble))
    stream = await js.capturing(target.name)
    if stream is None:
        return Route(target, exists=False, blocked=str(nobody(target.name)))
    facts = await js.stream(stream)
    consumers, _ = await js.consumers([stream]) if facts.consumers else ([], [])
    return describe(account, origin, target, facts, consumers, max_payload)


def describe(
    account: Account,
    origin: StreamFacts | None,
    target: TargetRef,
    facts: StreamFacts,
    consumers: Sequence[ConsumerFacts],
    max_payload: int,
) -> Route:
    """The route to a subject that the stream `facts` captures; `origin` None lies on another connection."""
    readers = [it for it in consumers if not it.filters or covers_any(it.filters, target.name)]
    dying = [it.dies_s for it in readers if it.dies_s is not None]
    room = _room(origin, facts)
    return Route(
        target=target,
        exists=True,
        blocked=_blocked(account, origin, target, facts, readers, room),
        receipt="search",
        dedupe_s=facts.duplicate_s,
        fan_out=tuple(it.full_name for it in readers),
        retention_s=facts.max_age_s,
        room=room,
        max_bytes=min(facts.max_msg_size or max_payload, max_payload),
        backlog=max((it.backlog for it in readers), default=None),
        dies_again_s=max(dying, default=None),
        writes=(f"the header {MSG_ID} on each copy",),
        guarantee=Guarantee.COPY_ONLY
        if origin and (origin.deny_delete or origin.sealed)
        else Guarantee.AT_LEAST_ONCE,
        cautions=tuple(_cautions(target, facts, readers)),
    )


def _blocked(
    account: Account,
    origin: StreamFacts | None,
    target: TargetRef,
    facts: StreamFacts,
    readers: Sequence[ConsumerFacts],
    room: int | None,
) -> str:
    if origin is not None and facts.name == origin.name:
        return f"{target.name} lies in {origin.name} itself: each copy would come back at once."
    if origin is not None and facts.name in origin.feeds:
        return f"{origin.name} takes everything from {facts.name}: each copy would come back at once."
    if facts.sealed:
        return f"The stream {facts.name} is sealed and takes nothing any more."
    if facts.no_ack:
        return f"The stream {facts.name} confirms nothing (no_ack): no copy would be known to be safe."
    if room == 0:
        return f"The stream {facts.name} is full and refuses new messages."
    if facts.retention == "interest" and not readers:
        return f"The stream {facts.name} drops what no consumer wants, and none wants {target.name}."
    if account.permissions is not None and not account.permissions.may(target.name):
        return f"This account may not publish to {target.name}."
    return ""


def _room(origin: StreamFacts | None, facts: StreamFacts) -> int | None:
    """How many messages still fit where a full stream refuses new ones; bytes by the source's mean size."""
    if facts.discard != "new":
        return None
    rooms = []
    if facts.max_msgs is not None:
        rooms.append(facts.max_msgs - facts.messages)
    if facts.max_bytes is not None:
        mean = max(1, origin.bytes // origin.messages) if origin and origin.messages else 1
        rooms.append((facts.max_bytes - facts.bytes) // mean)
    return max(0, min(rooms)) if rooms else None


def _cautions(target: TargetRef, facts: StreamFacts, readers: Sequence[ConsumerFacts]) -> list[str]:
    cautions = []
    if not readers:
        cautions.append(
            f"No consumer reads {target.name}: nobody gets the copies, and no canary can come back."
        )
    if facts.discard == "old" and (facts.max_msgs is not None or facts.max_bytes is not None):
        full = f" ({facts.messages:,} of {facts.max_msgs:,} are there)" if facts.max_msgs is not None else ""
        cautions.append(f"{facts.name} drops its oldest messages when it is full{full}.")
    if facts.max_per_subject is not None:
        cautions.append(
            f"{facts.name} keeps {facts.max_per_subject:,} messages a subject and drops older ones."
        )
    if facts.retention != "limits":
        cautions.append(
            f"{facts.name} removes what is acknowledged: after a cut such copies cannot be found."
        )
    cautions += [
        f"{it.full_name} has no max_deliver: a message that fails again is tried for ever."
        for it in readers
        if it.max_deliver is None and it.acks
    ]
    return cautions
