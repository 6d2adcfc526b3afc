"""Streams and consumers as resources, with dead-letter links and traits."""

from collections.abc import Mapping

from adapters.api import (
    Coverage,
    DeadLetterLink,
    Grant,
    Resource,
    Right,
    Sink,
    SourceRef,
    Traits,
)
from adapters.nats.facts import ConsumerFacts, StreamFacts, consumer_facts
from adapters.nats.jetstream import JetStream, check_name
from adapters.nats.naming import Names, Origins, link
from adapters.nats.rights import Account, stream_grants, try_grants

PAGE = 256


async def discover(js: JetStream, account: Account, sink: Sink[Resource]) -> Coverage:
    """All streams, each followed by its consumers, in pages of streams."""
    streams, missed = await js.streams()
    names = Names(facts.name for facts in streams)
    for at in range(0, len(streams), PAGE):
        page = streams[at : at + PAGE]
        consumers, troubles = await js.consumers([facts.name for facts in page if facts.consumers])
        missed += troubles
        by_stream: dict[str, list[ConsumerFacts]] = {}
        for consumer in consumers:
            by_stream.setdefault(consumer.stream, []).append(consumer)
        found: list[Resource] = []
        for facts in page:
            grants = stream_grants(js.prefix, account, facts)
            found.append(stream_resource(facts, grants, link(facts, names)))
            found += [consumer_resource(it) for it in by_stream.get(facts.name, ())]
        await sink(found)
    return Coverage(not missed, tuple(missed))


async def describe(js: JetStream, account: Account, name: str) -> Resource:
    """One stream or consumer by name; what this account may do is tried as far as that has no effect."""
    stream, slash, consumer = name.partition("/")
    if slash:
        check_name(stream)
        check_name(consumer)
        info = await js.call(f"CONSUMER.INFO.{stream}.{consumer}", doing=f"Reading consumer {name}")
        return consumer_resource(consumer_facts(info))
    facts = await js.stream(stream)
    grants = await try_grants(js, stream, stream_grants(js.prefix, account, facts))
    return stream_resource(facts, grants, link(facts, Names(await js.names())))


async def origins(js: JetStream, facts: StreamFacts) -> Origins:
    """Where the letters of a source came from; nothing where its name says nothing."""
    found = link(facts, Names(await js.names()))
    return Origins(tuple([await js.stream(name) for name in found.of])) if found else Origins()


def stream_resource(
    facts: StreamFacts, grants: Mapping[Right, Grant], dead: DeadLetterLink | None
) -> Resource:
    """A stream: any can be looked at as a source of dead letters."""
    limit, words = _limit(facts)
    return Resource(
        name=facts.name,
        kind="stream",
        source=SourceRef(facts.name, facts.created),
        traits=stream_traits(facts, grants),
        dead=dead,
        limit=limit,
        at_limit=words,
        icon="stream",
        keeps=facts.kept and dead is None,
    )


def consumer_resource(facts: ConsumerFacts) -> Resource:
    """A consumer; its messages are its stream's."""
    return Resource(name=facts.full_name, kind="consumer", parent=facts.stream, icon="consumer")


def stream_traits(facts: StreamFacts, grants: Mapping[Right, Grant]) -> Traits:
    """Positions, looking is free, each message can go by itself unless the stream forbids it."""
    removable = not (facts.deny_delete or facts.sealed)
    return Traits(removal="each" if removable else "none", grants=grants)


def _limit(facts: StreamFacts) -> tuple[int | None, str]:
    if facts.max_msgs is None:
        return None, ""
    return facts.max_msgs, "then refuses new ones" if facts.discard == "new" else "then drops the oldest"
