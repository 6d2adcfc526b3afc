"""Values that name and carry a message: references, payload, dead letter, what is sent and its copy."""

import hashlib
import struct
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class SourceRef:
    """A dead-letter source; `incarnation` changes when the broker's object is made anew."""

    name: str
    incarnation: str | None = None


@dataclass(frozen=True, slots=True)
class TargetRef:
    """Where a message goes: the adapter's own word for it (NATS: a subject; RabbitMQ: exchange and key)."""

    name: str


@dataclass(frozen=True, slots=True)
class Mark:
    """A point in a source up to which something holds; only its adapter understands `value`."""

    value: str


@dataclass(frozen=True, slots=True)
class MessageRef:
    """One message of one look.

    `key` is its position, broker id or digest in hex. `nth` numbers twins (equal keys) of one look from 0.
    `digest` is `message_digest` of what was read: nothing is touched whose digest differs.
    """

    key: str
    nth: int
    digest: bytes


@dataclass(frozen=True, slots=True)
class Header:
    """One header, byte-exact.

    `name` is UTF-8 with surrogateescape. `type` is the adapter's own tag where a broker types its values
    (empty: plain bytes), so that the adapter can send the same again.
    """

    name: str
    value: bytes
    type: str = ""


@dataclass(frozen=True, slots=True)
class Payload:
    """Body and headers as the broker holds them; headers in their order, repeated names kept."""

    body: bytes
    headers: tuple[Header, ...] = ()


@dataclass(frozen=True, slots=True)
class Gone:
    """The source holds only a pointer, and what it points to is gone."""

    why: str


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a dead letter came from, as far as the broker tells.

    `target` is where a redrive sends it by default; None where only the resource is known.
    """

    resource: str
    target: TargetRef | None = None
    position: str | None = None


@dataclass(frozen=True, slots=True)
class Death:
    """The broker's own word on why a message died; application headers are read elsewhere."""

    reason: str | None = None
    at: datetime | None = None
    by: str | None = None


@dataclass(frozen=True, slots=True)
class Handled:
    """A mark left by an earlier run where originals cannot be removed."""

    run: str
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """One failed message.

    `address` is the broker's name for where it lies in the source (NATS: its subject); `at` is when it arrived
    there, in UTC.
    """

    ref: MessageRef
    payload: Payload | Gone
    address: str = ""
    at: datetime | None = None
    origin: Origin | None = None
    death: Death = Death()
    attempts: int | None = None
    handled: Handled | None = None


@dataclass(frozen=True, slots=True)
class Outgoing:
    """What `publish` sends. `key` is RUN/ITEM: unique, and deduplicated where the broker can."""

    target: TargetRef
    payload: Payload
    key: str


@dataclass(frozen=True, slots=True)
class CopyRef:
    """The confirmed copy: its target and, where the broker tells, its position there."""

    target: TargetRef
    key: str | None = None


@dataclass(frozen=True, slots=True)
class Copy:
    """A confirmed publish. `duplicate`: the broker already held a copy under the same key."""

    ref: CopyRef
    duplicate: bool = False


RUN_HEADER = "redrive-run"
COUNT_HEADER = "redrive-count"
FIRST_FAILED_HEADER = "redrive-first-failed"
OWN_HEADERS = frozenset({RUN_HEADER, COUNT_HEADER, FIRST_FAILED_HEADER})


def message_digest(body: bytes, address: str, headers: Iterable[Header]) -> bytes:
    """SHA-256, first 16 bytes, over number and lengths of all parts, then body, address and headers.

    Adapters leave out what a mere delivery changes (redelivered flags, delivery counts).
    """
    parts = [body, address.encode("utf-8", "surrogateescape")]
    for header in headers:
        parts += (header.name.encode("utf-8", "surrogateescape"), header.value, header.type.encode())
    # One joined input: a call to the hash for each of the short parts costs more than the hashing.
    lengths = struct.pack(f">{len(parts) + 1}Q", len(parts), *map(len, parts))
    return hashlib.sha256(b"".join((lengths, *parts))).digest()[:16]
