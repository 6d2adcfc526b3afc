"""The two halves of a pass: the adapter finds, the engine's gate decides."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from typing import Literal, Protocol

from adapters.api.errors import RedriveError
from adapters.api.messages import Copy, CopyRef, DeadLetter, Mark, MessageRef, Outgoing, SourceRef, TargetRef


class Order(Enum):
    """The gate's word on one met message."""

    SEND = "send"
    REMOVE = "remove"
    LEAVE = "leave"


class Fate(Enum):
    """What became of the copy."""

    MOVED = "moved"
    KEPT = "kept"
    GONE = "gone"
    UNKNOWN = "unknown"


Original = Literal["removed", "marked", "left", "unknown"]


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a message is not sent: it stays where it is."""

    reason: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """The end of one message in a pass. A message ordered REMOVE that went has fate MOVED."""

    ref: MessageRef
    fate: Fate
    original: Original
    copy: CopyRef | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Lease:
    """Messages that a look holds away from others; `until` None ends with our connection. UTC wall clock."""

    source: SourceRef
    count: int
    until: datetime | None


@dataclass(frozen=True, slots=True)
class Look:
    """The end of one pass: how many were met, whether that was all, up to where, and what is still held."""

    met: int
    complete: bool
    end: Mark | None = None
    lease: Lease | None = None
    looks_left: int | None = None


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which messages a pass is for: refs by key, in the source's order, up to the mark `upto`.

    A seeker need not pass the others. `refs` may hold hundreds of thousands.
    """

    refs: Mapping[str, Sequence[MessageRef]]
    upto: Mark | None = None

    def __contains__(self, key: object) -> bool:
        return key in self.refs

    def __len__(self) -> int:
        return sum(len(refs) for refs in self.refs.values())


class Gate(Protocol):
    """The engine's half of a pass.

    `admit` answers for a prefix of `met`, at least one (the adapter asks again with the rest); an empty answer means
    closed. On its return `sending` is on disk; rate, hold and pause wait inside it, so it is never awaited inside a
    transaction or lock. `outgoing` is pure. `keep` returns True for each message whose copy is safe *and* whose
    `copied` is on disk. Calls may overlap: an adapter may ask for the next while `keep` is under way.
    """

    @property
    def closed(self) -> bool:
        """Finish what is admitted, then return."""
        ...

    async def admit(self, met: Sequence[MessageRef]) -> Sequence[Order]:
        """Orders for a prefix of `met`; empty when closed."""
        ...

    def outgoing(self, letter: DeadLetter) -> Outgoing | Refusal:
        """What to send for the bytes just met; for coupled moves only."""
        ...

    async def keep(self, found: Sequence[DeadLetter]) -> Sequence[bool]:
        """Make the copies safe; `take` only."""
        ...

    async def done(self, outcomes: Sequence[Outcome]) -> None:
        """Take down how messages ended."""
        ...


@dataclass(frozen=True, slots=True)
class Try:
    """A send whose end is not known: the original's ref, the key it was sent under, and its target.

    `ask` says which half this adapter is asked for; the other half may be another connection's. `sent_at` is when its
    last publish began (UTC), for targets that drop a second one within a time.
    """

    ref: MessageRef
    key: str
    target: TargetRef | None
    ask: Literal["both", "original", "copy"] = "both"
    sent_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Sighting:
    """What can be told of a try without a look's effect. Never `away` for what may be hidden.

    `again_safe`: sending the same key again makes no second copy. `not_before`: when to ask again.
    """

    ref: MessageRef
    original: Literal["there", "away", "hidden", "marked", "cannot_tell"]
    copy: Literal["found", "none", "cannot_tell"]
    again_safe: bool = False
    not_before: datetime | None = None
    copy_ref: CopyRef | None = None


Marks = Mapping[str, Mark]
"""For each target name its mark before the first publish of a run."""


PublishResult = Copy | RedriveError
"""One result a message: the confirmed copy, or the error with its `effect`."""


@dataclass(frozen=True, slots=True)
class BulkJob:
    """A whole-source act by the broker itself; the same key again re-attaches."""

    key: str
    act: Literal["purge", "move"]
    source: SourceRef
    target: TargetRef | None = None
    upto: Mark | None = None


@dataclass(frozen=True, slots=True)
class BulkState:
    """How far the broker says it is; counts are the broker's."""

    done: bool
    count: int | None
    words: str = ""
