"""The one place where a fate is inferred: what a row of the ledger becomes after a cut, and at the end of its passes."""

from dataclasses import dataclass
from datetime import datetime
from enum import Enum

from adapters.api import Original, Sighting


class Becomes(Enum):
    """What settling makes of a row. COPIED stays in flight: its original is removed by the next pass, not re-sent."""

    PLANNED = "planned"
    COPIED = "copied"
    MOVED = "moved"
    KEPT = "kept"
    GONE = "gone"
    UNKNOWN = "unknown"
    WAIT = "wait"


@dataclass(frozen=True, slots=True)
class Settled:
    """A row's new state; `original` for MOVED, `not_before` for WAIT."""

    becomes: Becomes
    original: Original | None = None
    not_before: datetime | None = None
    reason: str = ""


def settle(*, copied: bool, sighting: Sighting) -> Settled:
    """What a `sending` row becomes; `copied` says that its copy is known to be safe.

    The table stands in docs/architecture.md. Nothing is sent again unless no copy was made, or sending again makes
    no second one; what may be hidden is asked again later.
    """
    if sighting.original == "hidden":
        return Settled(Becomes.WAIT, not_before=sighting.not_before)
    if copied or sighting.copy == "found":
        return _copied(sighting)
    if sighting.original == "marked":
        return _marked(sighting)
    if sighting.copy == "none":
        if sighting.original == "away":
            return Settled(Becomes.GONE, reason="no copy was made, and the original had left")
        return Settled(Becomes.PLANNED)
    if sighting.again_safe and sighting.original == "there":
        return Settled(Becomes.PLANNED)
    return Settled(Becomes.UNKNOWN, reason="sent, and the connection ended before it was confirmed")


def _copied(sighting: Sighting) -> Settled:
    if sighting.original == "away":
        return Settled(Becomes.MOVED, original="removed")
    if sighting.original == "marked":
        return Settled(Becomes.MOVED, original="marked")
    return Settled(Becomes.COPIED)


def _marked(sighting: Sighting) -> Settled:
    # A mark and its copy are one act of the broker, so a mark without a copy contradicts itself.
    if sighting.copy == "none":
        return Settled(Becomes.UNKNOWN, reason="marked as sent, but no copy is in the target")
    return Settled(Becomes.MOVED, original="marked")


def close_planned(*, complete: bool) -> Settled:
    """A planned row that the last pass did not meet."""
    if complete:
        return Settled(Becomes.GONE, reason="no longer in the source")
    return Settled(Becomes.KEPT, original="left", reason="not met")


def close_sending() -> Settled:
    """A row that was sent, not confirmed, and could not be settled before the run came to its end."""
    return Settled(Becomes.UNKNOWN, reason="sent, and it was not confirmed")


def close_copied(*, complete: bool, twins: int) -> Settled:
    """A copied row whose original the last pass did not remove.

    Where the key was seen more than once, removing "it" could remove a byte-identical other message: it is left.
    """
    if twins > 1:
        return Settled(
            Becomes.MOVED,
            original="unknown",
            reason="one of several identical messages; the original was left",
        )
    if complete:
        return Settled(Becomes.MOVED, original="removed")
    return Settled(Becomes.MOVED, original="unknown", reason="the original was not met again")
