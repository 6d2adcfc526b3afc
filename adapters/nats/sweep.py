"""Measures of streams and consumers as columns.

Counters come from sequences. A stream's in is its last sequence, its out what is no longer there (last sequence less
messages): acknowledged, deleted, expired or dropped. A consumer that sees the whole stream has the stream's last
sequence as its in. Where a consumer filters, the server tells no number of matching messages ever; its in is deliveries
made plus what waits, which counts a redelivery as one more in and one more out, so such rows are approximate.
Each counter comes from one answer of the server, never from a stream's less a consumer's: those are read at two
moments, and their difference would go back and forth.
"""

import math
from array import array
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from adapters.api import Column, Measure, Sweep
from adapters.nats.facts import ConsumerFacts, StreamFacts

_STREAM_NOT = {
    Measure.IN_FLIGHT: "a stream hands nothing out itself, its consumers do",
    Measure.REDELIVERED: "a stream hands nothing out itself, its consumers do",
    Measure.LAG: "lag belongs to consumers",
    Measure.LAG_S: "lag belongs to consumers",
}
_CONSUMER_NOT = {
    Measure.LAG_S: "NATS does not tell when a consumer's next message arrived",
    Measure.OLDEST_AGE_S: "NATS does not tell when a consumer's oldest message arrived",
}
_MEASURES = (
    Measure.DEPTH,
    Measure.IN_FLIGHT,
    Measure.IN_TOTAL,
    Measure.OUT_TOTAL,
    Measure.REDELIVERED,
    Measure.LAG,
    Measure.LAG_S,
    Measure.OLDEST_AGE_S,
    Measure.CONSUMERS,
)
_PULL = "NATS does not tell how many clients pull from a consumer"
_NO_STREAM = "the stream of this consumer was not read"


@dataclass(slots=True)
class _Builder:
    names: list[str] = field(default_factory=list)
    values: dict[Measure, "array[float]"] = field(
        default_factory=lambda: {it: array("d") for it in _MEASURES}
    )
    why: dict[Measure, dict[int, str]] = field(default_factory=lambda: {it: {} for it in _MEASURES})
    approximate: dict[Measure, set[int]] = field(default_factory=lambda: {it: set() for it in _MEASURES})

    def row(self, name: str, known: Mapping[Measure, float], unknown: Mapping[Measure, str]) -> int:
        row = len(self.names)
        self.names.append(name)
        for measure in _MEASURES:
            self.values[measure].append(known.get(measure, math.nan))
            if measure in unknown and measure not in known:
                self.why[measure][row] = unknown[measure]
        return row


def build(
    streams: Sequence[StreamFacts],
    consumers: Sequence[ConsumerFacts],
    *,
    at: datetime,
    took_s: float,
    troubles: Sequence[str] = (),
    absent: Mapping[str, str] | None = None,
    parents: Sequence[StreamFacts] = (),
) -> Sweep:
    """One sweep; `absent` names resources of the scope that are not there, with the reason.

    `parents` are streams without a row of their own, so that a consumer's counters are the same in every scope.
    """
    table = _Builder()
    by_name = {facts.name: facts for facts in (*parents, *streams)}
    of_stream: dict[str, list[ConsumerFacts]] = {}
    for consumer in consumers:
        of_stream.setdefault(consumer.stream, []).append(consumer)
    for stream in streams:
        table.row(stream.name, *_stream_row(stream, at))
        for consumer in of_stream.pop(stream.name, ()):
            _add_consumer(table, consumer, by_name[stream.name])
    for rest in of_stream.values():
        for consumer in rest:
            _add_consumer(table, consumer, by_name.get(consumer.stream))
    for name, why in (absent or {}).items():
        table.row(name, {}, dict.fromkeys(_MEASURES, why))
    columns = {
        measure: Column(table.values[measure], table.why[measure], frozenset(table.approximate[measure]))
        for measure in _MEASURES
    }
    return Sweep(at, took_s, tuple(table.names), columns, tuple(troubles))


def _stream_row(facts: StreamFacts, at: datetime) -> tuple[dict[Measure, float], dict[Measure, str]]:
    known: dict[Measure, float] = {
        Measure.DEPTH: facts.messages,
        Measure.IN_TOTAL: facts.last_seq,
        Measure.OUT_TOTAL: facts.last_seq - facts.messages,
        Measure.CONSUMERS: facts.consumers,
    }
    unknown = dict(_STREAM_NOT)
    if facts.messages and facts.first_at is not None:
        # The server's own time where it tells it: two clocks would make an age of their difference.
        known[Measure.OLDEST_AGE_S] = max(0.0, ((facts.at or at) - facts.first_at).total_seconds())
    else:
        unknown[Measure.OLDEST_AGE_S] = "nothing is there" if not facts.messages else "not told by the broker"
    return known, unknown


def _add_consumer(table: _Builder, facts: ConsumerFacts, stream: StreamFacts | None) -> None:
    known: dict[Measure, float] = {
        Measure.DEPTH: facts.backlog,
        Measure.IN_FLIGHT: facts.ack_pending,
        Measure.REDELIVERED: facts.redelivered,
        Measure.LAG: facts.pending,
    }
    unknown = {**_CONSUMER_NOT, Measure.CONSUMERS: _PULL}
    if facts.push:
        known[Measure.CONSUMERS] = int(facts.bound)
    exact = _sees_all(facts, stream)
    if exact and stream is not None:
        known[Measure.IN_TOTAL] = stream.last_seq
        known[Measure.OUT_TOTAL] = facts.delivered_stream_seq - facts.ack_pending
    elif facts.filters or stream is not None:
        known[Measure.IN_TOTAL] = facts.delivered_seq + facts.pending
        known[Measure.OUT_TOTAL] = facts.delivered_seq - facts.ack_pending
    else:
        unknown |= {Measure.IN_TOTAL: _NO_STREAM, Measure.OUT_TOTAL: _NO_STREAM}
    row = table.row(facts.full_name, known, unknown)
    if not exact:
        table.approximate[Measure.IN_TOTAL].add(row)
        table.approximate[Measure.OUT_TOTAL].add(row)


def _sees_all(facts: ConsumerFacts, stream: StreamFacts | None) -> bool:
    if not facts.filters:
        return True
    return stream is not None and bool(stream.subjects) and set(stream.subjects) <= set(facts.filters)
