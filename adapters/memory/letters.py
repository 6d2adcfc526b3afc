"""How the oracle's adapter names and reads a stored message."""

from adapters.api import DeadLetter, Death, MessageRef, Payload, message_digest
from adapters.memory.store import Source, Stored, Target


def letter(source: Source, stored: Stored, nth: int = 0) -> DeadLetter:
    """The dead letter as this source tells it; `nth` numbers twins where only bytes tell messages apart."""
    payload = source.payload(stored)
    read = payload if isinstance(payload, Payload) else Payload(b"")
    digest = message_digest(read.body, stored.address, read.headers)
    identity = source.shape.traits.identity
    key = {"position": str(stored.seq), "id": stored.id, "digest": digest.hex()}[identity]
    return DeadLetter(
        MessageRef(key, nth, digest),
        payload,
        address=stored.address,
        at=stored.at,
        origin=stored.origin,
        death=Death(reason="rejected"),
        attempts=stored.deliveries if source.limit is not None else None,
        handled=stored.handled,
    )


def copied(target: Target, stored: Stored) -> DeadLetter:
    """A live message of a target, told in the same words."""
    digest = message_digest(stored.payload.body, stored.address, stored.payload.headers)
    return DeadLetter(
        MessageRef(str(stored.seq), 0, digest), stored.payload, address=target.name, at=stored.at
    )
