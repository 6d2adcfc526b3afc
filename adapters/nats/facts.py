"""Streams and consumers as the JetStream API and the monitoring endpoint describe them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

_NANO = 1e9


@dataclass(frozen=True, slots=True)
class StreamFacts:
    """One stream: its configuration as far as it matters here, and its state at `at`.

    `feeds` are the streams that it mirrors or takes its messages from.
    """

    name: str
    created: str
    subjects: tuple[str, ...]
    retention: str
    discard: str
    max_msgs: int | None
    max_bytes: int | None
    max_msg_size: int | None
    max_per_subject: int | None
    max_age_s: float | None
    duplicate_s: float
    allow_direct: bool
    deny_delete: bool
    deny_purge: bool
    sealed: bool
    no_ack: bool
    feeds: tuple[str, ...]
    messages: int
    bytes: int
    first_seq: int
    last_seq: int
    first_at: datetime | None
    consumers: int
    at: datetime | None

    @property
    def kept(self) -> bool:
        """Whether what arrives stays until something removes it (no work queue, no interest)."""
        return self.retention == "limits"


@dataclass(frozen=True, slots=True)
class ConsumerFacts:
    """One consumer: its configuration as far as it matters here, and its state."""

    stream: str
    name: str
    filters: tuple[str, ...]
    max_deliver: int | None
    ack_wait_s: float
    backoff_s: tuple[float, ...]
    acks: bool
    pending: int
    ack_pending: int
    redelivered: int
    delivered_seq: int
    delivered_stream_seq: int
    push: bool
    bound: bool

    @property
    def full_name(self) -> str:
        """STREAM/CONSUMER."""
        return f"{self.stream}/{self.name}"

    @property
    def backlog(self) -> int:
        """Not yet delivered, and delivered but not acknowledged."""
        return self.pending + self.ack_pending

    @property
    def dies_s(self) -> float | None:
        """Shortest time in which a message that is never acknowledged is given up, None where it never is.

        Each delivery waits `ack_wait`, or where there is a backoff list the step of that delivery (the last one
        repeats): nats-server server/consumer.go.
        """
        if self.max_deliver is None or not self.acks:
            return None
        steps = self.backoff_s or (self.ack_wait_s,)
        return sum(steps[min(turn, len(steps) - 1)] for turn in range(self.max_deliver))


def stream_facts(info: Mapping[str, Any]) -> StreamFacts:
    """From a STREAM.INFO or STREAM.LIST entry, or a `stream_detail` of /jsz."""
    config, state = info.get("config") or {}, info.get("state") or {}
    return StreamFacts(
        name=str(config.get("name") or info.get("name", "")),
        created=str(info.get("created", "")),
        subjects=tuple(config.get("subjects") or ()),
        retention=str(config.get("retention", "limits")),
        discard=str(config.get("discard", "old")),
        max_msgs=_limit(config, "max_msgs"),
        max_bytes=_limit(config, "max_bytes"),
        max_msg_size=_limit(config, "max_msg_size"),
        max_per_subject=_limit(config, "max_msgs_per_subject"),
        max_age_s=config["max_age"] / _NANO if config.get("max_age") else None,
        duplicate_s=config.get("duplicate_window", 0) / _NANO,
        allow_direct=bool(config.get("allow_direct")),
        deny_delete=bool(config.get("deny_delete")),
        deny_purge=bool(config.get("deny_purge")),
        sealed=bool(config.get("sealed")),
        no_ack=bool(config.get("no_ack")),
        feeds=tuple(
            str(it.get("name", "")) for it in (config.get("mirror"), *(config.get("sources") or ())) if it
        ),
        messages=int(state.get("messages", 0)),
        bytes=int(state.get("bytes", 0)),
        first_seq=int(state.get("first_seq", 0)),
        last_seq=int(state.get("last_seq", 0)),
        first_at=moment(state.get("first_ts")),
        consumers=int(state.get("consumer_count", 0)),
        at=moment(info.get("ts")),
    )


def consumer_facts(info: Mapping[str, Any]) -> ConsumerFacts:
    """From a CONSUMER.INFO or CONSUMER.LIST entry, or a `consumer_detail` of /jsz."""
    config = info.get("config") or {}
    one = config.get("filter_subject")
    return ConsumerFacts(
        stream=str(info.get("stream_name", "")),
        name=str(info.get("name", "")),
        filters=tuple(config.get("filter_subjects") or ((one,) if one else ())),
        max_deliver=_limit(config, "max_deliver"),
        ack_wait_s=config.get("ack_wait", 0) / _NANO,
        backoff_s=tuple(step / _NANO for step in config.get("backoff") or ()),
        acks=config.get("ack_policy", "none") != "none",
        pending=int(info.get("num_pending", 0)),
        ack_pending=int(info.get("num_ack_pending", 0)),
        redelivered=int(info.get("num_redelivered", 0)),
        delivered_seq=int((info.get("delivered") or {}).get("consumer_seq", 0)),
        delivered_stream_seq=int((info.get("delivered") or {}).get("stream_seq", 0)),
        push=bool(config.get("deliver_subject")),
        bound=bool(info.get("push_bound")),
    )


def moment(text: object) -> datetime | None:
    """A time of the server, UTC; None where there is none (the year 1 stands for that)."""
    if not isinstance(text, str) or text.startswith("0001-"):
        return None
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return None


def covers(pattern: str, subject: str) -> bool:
    """Whether a subject lies under a pattern; `subject` may itself hold wildcards and must then lie under it whole."""
    wanted, given = pattern.split("."), subject.split(".")
    for index, part in enumerate(wanted):
        if part == ">":
            return len(given) > index
        if index >= len(given) or given[index] == ">":
            return False
        if part not in ("*", given[index]):
            return False
    return len(wanted) == len(given)


def covers_any(patterns: Sequence[str], subject: str) -> bool:
    """Whether one of the patterns covers the subject."""
    return any(covers(pattern, subject) for pattern in patterns)


def _limit(config: Mapping[str, Any], name: str) -> int | None:
    value = int(config.get(name) or -1)
    return value if value > 0 else None
