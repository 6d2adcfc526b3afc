"""What a source costs to look at and what a route to a target does: declared once, used by window, engine and tests."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Literal

from adapters.api.messages import TargetRef


class LookEffect(Enum):
    """What a look does to the messages it meets."""

    REDELIVERED = "redelivered"
    COUNTS = "counts"
    HIDES = "hides"
    LOCKS_GROUP = "locks_group"
    MAY_OVERFLOW = "may_overflow"
    REORDERS = "reorders"
    WRITES = "writes"


class Right(Enum):
    """What an account may be allowed to do."""

    WATCH = "watch"
    READ = "read"
    PUBLISH = "publish"
    REMOVE = "remove"
    BULK = "bulk"


@dataclass(frozen=True, slots=True)
class Grant:
    """Whether a right is held: `untried` where the broker tells only when it is used."""

    verdict: Literal["yes", "no", "untried"]
    why: str = ""
    remedy: str = ""


YES = Grant("yes")
UNTRIED = Grant("untried")

Identity = Literal["position", "id", "digest"]
Removal = Literal["each", "prefix", "mark", "entry", "none"]
Returns = Literal["seen", "by_depth", "no"]


@dataclass(frozen=True, slots=True)
class Traits:
    """How one dead-letter source behaves.

    identity: what `MessageRef.key` is. effects: what a look does. hides_s: how long a look hides what it met.
    hold_max_s, held_max: how long and how many a look may hold. looks_left: looks until messages are dropped.
    reach: how many a look can get at (None: all). ordered: a look meets them in the source's order.
    seekable: a look may start anywhere. complete: a look can meet everything. removal: how an original goes
    (each: one by one; prefix: only up to a point; mark: it stays and is marked; entry: only the pointer goes).
    returns: how a redriven message that died again is recognised. grants: this account's rights here.
    """

    identity: Identity = "position"
    effects: frozenset[LookEffect] = frozenset()
    hides_s: float | None = None
    hold_max_s: float | None = None
    held_max: int | None = None
    looks_left: int | None = None
    reach: int | None = None
    ordered: bool = True
    seekable: bool = True
    complete: bool = True
    removal: Removal = "each"
    returns: Returns = "seen"
    grants: Mapping[Right, Grant] = field(default_factory=dict)

    @property
    def free(self) -> bool:
        """Whether looking changes nothing at all."""
        return not self.effects

    def grant(self, right: Right) -> Grant:
        """The grant for `right`, untried where nothing was said."""
        return self.grants.get(right, UNTRIED)


class Guarantee(Enum):
    """What a redrive over a route promises; the words shown are the program's."""

    AT_LEAST_ONCE = "at_least_once"
    EXACTLY_ONCE = "exactly_once"
    COPY_ONLY = "copy_only"


@dataclass(frozen=True, slots=True)
class Route:
    """What is known of sending from one source to one target; asked once, shown in the plan.

    exists: None where it cannot be told. blocked: why nothing may be sent there (empty: it may). coupled: copy and
    removal are one act of the broker. receipt: how a copy is found again after a cut (exact; search: by reading the
    target; none). dedupe_s: how long a second publish with the same key makes no second copy. fan_out: who else
    receives it. retention_s: how long the target keeps it. room: messages that still fit (None: no limit known).
    max_bytes: largest message taken. backlog: messages waiting in front. dies_again_s: how long dying again takes
    at least once a consumer has it. writes: what else is written at the broker. cautions: sentences for the plan.
    """

    target: TargetRef
    exists: bool | None = None
    blocked: str = ""
    coupled: bool = False
    receipt: Literal["exact", "search", "none"] = "none"
    dedupe_s: float = 0.0
    fan_out: tuple[str, ...] = ()
    retention_s: float | None = None
    room: int | None = None
    max_bytes: int | None = None
    backlog: int | None = None
    dies_again_s: float | None = None
    writes: tuple[str, ...] = ()
    guarantee: Guarantee = Guarantee.AT_LEAST_ONCE
    cautions: tuple[str, ...] = ()
