"""What discovery and a sweep give: resources, and columns of measures in which unknown is NaN with a reason."""

import math
from array import array
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum

from adapters.api.messages import SourceRef
from adapters.api.traits import Grant, Right, Traits


class Measure(Enum):
    """What can be measured of a resource; `*_total` are counters that only grow until they reset.

    Units: messages, messages a second, seconds (`*_s`), consumers.
    """

    DEPTH = "depth"
    IN_FLIGHT = "in_flight"
    IN_TOTAL = "in_total"
    OUT_TOTAL = "out_total"
    IN_RATE = "in_rate"
    OUT_RATE = "out_rate"
    REDELIVERED = "redelivered"
    LAG = "lag"
    LAG_S = "lag_s"
    OLDEST_AGE_S = "oldest_age_s"
    CONSUMERS = "consumers"


@dataclass(frozen=True, slots=True)
class DeadLetterLink:
    """That a resource holds dead letters: of whom, and how that is known ("name", "policy", "named by you")."""

    of: tuple[str, ...] = ()
    known_by: str = ""


@dataclass(frozen=True, slots=True)
class Resource:
    """A queue, stream, consumer or endpoint.

    `kind` is the broker's word ("stream", "consumer"). `source` and `traits` are set where its messages can be looked
    at as dead letters; `dead` only where it is one by policy or by name. `limit` is its bound in messages and
    `at_limit` says what happens there ("then drops the oldest"). `parent` groups (a consumer's stream). `keeps`: what
    arrives stays by design (a log), so that growth and no removals mean nothing there.
    """

    name: str
    kind: str
    parent: str | None = None
    source: SourceRef | None = None
    traits: Traits | None = None
    dead: DeadLetterLink | None = None
    limit: int | None = None
    at_limit: str = ""
    icon: str = "layers"
    keeps: bool = False


@dataclass(frozen=True, slots=True)
class Column:
    """One measure over all resources of a sweep: `values[i]` belongs to `Sweep.names[i]`, NaN is unknown.

    `why` gives a reason for unknown values by row, -1 for all rows that have none of their own; `approximate` holds
    the rows whose value the broker calls approximate.
    """

    values: "array[float]"
    why: Mapping[int, str] = field(default_factory=dict)
    approximate: frozenset[int] = frozenset()

    def reason(self, row: int) -> str:
        """Why row `row` is unknown; empty when it is known."""
        if not math.isnan(self.values[row]):
            return ""
        return self.why.get(row) or self.why.get(-1) or "not told by the broker"


@dataclass(frozen=True, slots=True)
class Sweep:
    """One reading of all resources in scope, taken at `at` (UTC); `took_s` is its length."""

    at: datetime
    took_s: float
    names: tuple[str, ...]
    columns: Mapping[Measure, Column]
    troubles: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Scope:
    """Which resources a sweep reads: all when `names` is None."""

    names: Sequence[str] | None = None


@dataclass(frozen=True, slots=True)
class Coverage:
    """How much of a discovery was seen; `missed` says what was not and why."""

    complete: bool
    missed: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Probe:
    """What opening told: server, version, round trip in seconds and the rights of this account."""

    server: str
    version: str
    rtt_s: float
    grants: Mapping[Right, Grant] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
