"""Reads what a sweep needs: the monitoring endpoint where one is configured, the JetStream API otherwise."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field

from adapters.api import BrokerError, Clock, ConnectError, NotFound, ProtocolError, RedriveError, Scope, Sweep
from adapters.nats.facts import ConsumerFacts, StreamFacts, consumer_facts, stream_facts
from adapters.nats.jetstream import JetStream, sound_name
from adapters.nats.monitoring import Monitoring
from adapters.nats.sweep import build

FEW = 200
"""Up to so many names are asked for one by one; above, listing everything is fewer calls."""

_ABSENT = "it is not there"


@dataclass(slots=True)
class _Reading:
    streams: list[StreamFacts] = field(default_factory=list)
    consumers: list[ConsumerFacts] = field(default_factory=list)
    troubles: list[str] = field(default_factory=list)
    absent: dict[str, str] = field(default_factory=dict)
    parents: list[StreamFacts] = field(default_factory=list)


async def sweep(js: JetStream, monitoring: Monitoring | None, clock: Clock, scope: Scope) -> Sweep:
    """One reading of all resources in scope. Raises `Disconnected`, `Denied`, `FeatureMissing`."""
    began = clock.monotonic()
    at = clock.now()
    if scope.names is not None and len(scope.names) <= FEW:
        reading = await _named(js, scope.names)
    else:
        reading = await _all(js, monitoring)
        if scope.names is not None:
            reading = _within(reading, scope.names)
    # Ten thousand rows take a tenth of a second, which the loop does not have.
    return await asyncio.to_thread(
        build,
        reading.streams,
        reading.consumers,
        at=at,
        took_s=clock.monotonic() - began,
        troubles=reading.troubles,
        absent=reading.absent,
        parents=reading.parents,
    )


def _within(reading: _Reading, names: Sequence[str]) -> _Reading:
    wanted = set(names)
    there = {facts.name for facts in reading.streams} | {facts.full_name for facts in reading.consumers}
    return _Reading(
        [facts for facts in reading.streams if facts.name in wanted],
        [facts for facts in reading.consumers if facts.full_name in wanted],
        reading.troubles,
        {name: _ABSENT for name in names if name not in there},
        reading.streams,
    )


async def _all(js: JetStream, monitoring: Monitoring | None) -> _Reading:
    troubles: list[str] = []
    if monitoring is not None:
        try:
            fleet = await monitoring.read()
        except (ConnectError, ProtocolError) as error:
            troubles.append(str(error))
        else:
            fleet.streams.sort(key=lambda facts: facts.name)
            return _Reading(fleet.streams, fleet.consumers, fleet.troubles)
    streams, missed = await js.streams()
    consumers, silent = await js.consumers([facts.name for facts in streams if facts.consumers])
    return _Reading(streams, consumers, [*troubles, *missed, *silent])


async def _named(js: JetStream, names: Sequence[str]) -> _Reading:
    reading = _Reading()
    valid = [name for name in dict.fromkeys(names) if _sound(name)]
    reading.absent |= {name: _ABSENT for name in names if not _sound(name)}
    parents = sorted({name.partition("/")[0] for name in valid if "/" in name} - set(valid))
    answers = await js.calls(
        [(_call(name), None) for name in (*valid, *parents)], doing="Reading what is watched"
    )
    for name, answer in zip(valid, answers, strict=False):
        if isinstance(answer, BrokerError):
            reading.absent[name] = _ABSENT if isinstance(answer, NotFound) else answer.message
        elif isinstance(answer, RedriveError):
            raise answer
        elif "/" in name:
            reading.consumers.append(consumer_facts(answer))
        else:
            reading.streams.append(stream_facts(answer))
    reading.parents = [stream_facts(it) for it in answers[len(valid) :] if not isinstance(it, RedriveError)]
    return reading


def _sound(name: str) -> bool:
    stream, slash, consumer = name.partition("/")
    return sound_name(stream) and (not slash or sound_name(consumer))


def _call(name: str) -> str:
    stream, slash, consumer = name.partition("/")
    return f"CONSUMER.INFO.{stream}.{consumer}" if slash else f"STREAM.INFO.{stream}"
