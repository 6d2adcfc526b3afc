"""The shop's streams and consumers on JetStream, made and counted by nats-py."""

from collections.abc import Mapping
from dataclasses import dataclass

from nats.errors import Error
from nats.js import JetStreamContext
from nats.js.api import (
    AckPolicy,
    ConsumerConfig,
    DiscardPolicy,
    RetentionPolicy,
    StorageType,
    StreamConfig,
)

from adapters.api import Disconnected
from dashboard.demo.topology import ACK_WAIT_S, CHANNELS, MAX_DELIVER, SERVICES, Channel

_HOUR_S = 3600.0
_ENDLESS = -1


@dataclass(frozen=True, slots=True)
class Counts:
    """What the broker counts: messages its queues ever took, dead letters ever and those there now by queue.

    `backlog` counts messages that some program has yet to handle.
    """

    published: int
    backlog: int
    died: int
    waiting: Mapping[str, int]

    @property
    def dead(self) -> int:
        """All dead letters that are there now."""
        return sum(self.waiting.values())


def stream_config(channel: Channel) -> StreamConfig:
    """A stage's stream: a message leaves once every consumer has acknowledged it, so its depth is what waits."""
    return StreamConfig(
        name=channel.name,
        subjects=[channel.topic],
        retention=RetentionPolicy.INTEREST,
        storage=StorageType.FILE,
        discard=DiscardPolicy.OLD,
        max_msgs=channel.max_messages,
        max_bytes=channel.max_bytes,
        max_msg_size=channel.max_message or _ENDLESS,
        max_age=24 * _HOUR_S,
        duplicate_window=120,
        allow_direct=True,
    )


def dead_config(channel: Channel) -> StreamConfig:
    """A stage's dead-letter stream: nothing leaves it by itself short of its bounds."""
    return StreamConfig(
        name=channel.dead_name,
        subjects=[channel.dead_topic],
        retention=RetentionPolicy.LIMITS,
        storage=StorageType.FILE,
        discard=DiscardPolicy.OLD,
        max_msgs=channel.max_messages,
        max_bytes=channel.max_bytes,
        allow_direct=True,
    )


async def make_streams(jetstream: JetStreamContext) -> None:
    """Makes what is not there; consumers first of all, since a stream kept by interest drops what nobody awaits."""
    for channel in CHANNELS:
        await jetstream.add_stream(stream_config(channel))
        await jetstream.add_stream(dead_config(channel))
    for service in SERVICES:
        config = ConsumerConfig(
            durable_name=service.name,
            ack_policy=AckPolicy.EXPLICIT,
            ack_wait=ACK_WAIT_S,
            max_deliver=MAX_DELIVER,
            max_ack_pending=1000,
        )
        await jetstream.add_consumer(service.reads.name, config)


async def count(jetstream: JetStreamContext) -> Counts:
    """Asks the broker for all counts; raises `Disconnected` when it does not answer."""
    try:
        alive = [(await jetstream.stream_info(channel.name)).state for channel in CHANNELS]
        dead = [(await jetstream.stream_info(channel.dead_name)).state for channel in CHANNELS]
    except (Error, OSError) as error:
        raise Disconnected("The demo's broker does not answer.") from error
    return Counts(
        published=sum(state.last_seq for state in alive),
        backlog=sum(state.messages for state in alive),
        died=sum(state.last_seq for state in dead),
        waiting={channel.dead_name: state.messages for channel, state in zip(CHANNELS, dead, strict=True)},
    )
