"""What a plain client reads of the shop's streams, to be compared with what the window shows."""

import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field

from nats.js import JetStreamContext
from nats.js.errors import NotFoundError

from dashboard.demo.topology import CHANNELS, SERVICES

Values = Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Letter:
    """A dead letter as a plain client reads it: `at` is unix seconds, `reason` the first word of its error."""

    attempts: int
    size: int
    at: float
    exception: str
    reason: str
    returned: bool


@dataclass(frozen=True, slots=True)
class Reading:
    """One reading at `at` (unix seconds).

    `resources`: by name of stream or STREAM/CONSUMER its depth, in_flight, consumers, dead (in its dead-letter
    stream), taken (messages ever), age_s of the oldest. `letters`: by dead-letter stream and sequence.
    """

    at: float
    resources: Mapping[str, Values]
    letters: Mapping[str, Mapping[int, Letter]] = field(default_factory=dict)

    def quiet_since(self, before: "Reading") -> bool:
        """Whether nothing was taken, handled or dead-lettered in between."""
        names = ("depth", "in_flight", "taken")
        return all(
            values.get(name) == before.resources.get(resource, {}).get(name)
            for resource, values in self.resources.items()
            for name in names
        )


async def read_plain(jetstream: JetStreamContext) -> Reading:
    """Reads all streams, consumers and dead letters; raises the driver's errors."""
    resources: dict[str, Values] = {}
    letters: dict[str, Mapping[int, Letter]] = {}
    for channel in CHANNELS:
        waiting = (await jetstream.stream_info(channel.dead_name)).state.messages
        for name in (channel.name, channel.dead_name):
            resources[name] = await _stream(jetstream, name, waiting if name == channel.name else None)
        letters[channel.dead_name] = await _letters(jetstream, channel.dead_name)
    for service in SERVICES:
        info = await jetstream.consumer_info(service.reads.name, service.name)
        pending, in_flight = info.num_pending or 0, info.num_ack_pending or 0
        resources[f"{service.reads.name}/{service.name}"] = {
            "depth": pending + in_flight,
            "in_flight": in_flight,
            "taken": info.delivered.stream_seq if info.delivered else 0,
        }
    return Reading(time.time(), resources, letters)


async def _stream(jetstream: JetStreamContext, name: str, dead: int | None) -> Values:
    state = (await jetstream.stream_info(name)).state
    values: dict[str, float] = {
        "depth": state.messages,
        "consumers": state.consumer_count,
        "taken": state.last_seq,
    }
    if dead is not None:
        values["dead"] = dead
    if state.messages:
        with suppress(NotFoundError):  # It may have been handled since.
            first = await jetstream.get_msg(name, state.first_seq)
            if first.time is not None:
                values["age_s"] = time.time() - first.time.timestamp()
    return values


async def _letters(jetstream: JetStreamContext, name: str) -> Mapping[int, Letter]:
    state = (await jetstream.stream_info(name)).state
    letters: dict[int, Letter] = {}
    # A stream that never held anything has its first message at 0, which no request may name.
    for seq in range(max(state.first_seq, 1), state.last_seq + 1):
        with suppress(NotFoundError):
            message = await jetstream.get_msg(name, seq)
            headers = message.headers or {}
            letters[seq] = Letter(
                attempts=int(headers.get("x-attempts", "0")),
                size=len(message.data or b""),
                at=message.time.timestamp() if message.time else 0.0,
                exception=headers.get("x-exception", ""),
                reason=headers.get("x-error", "").split(" ")[0],
                returned="redrive-run" in headers,
            )
    return letters
