"""What Watch shows: one row a resource, with its measures, rates and verdict."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum

from adapters.api import Environment, Measure, Resource
from dashboard.core.connections import ConnectionView


class Verdict(Enum):
    """What the recent past of a resource means."""

    GROWING = "Growing"
    STEADY = "Steady"
    DRAINING = "Draining"
    STOPPED = "Stopped"
    EMPTY = "Empty"
    STALE = "Stale"
    NOT_KNOWN = "Not known"


class Need(Enum):
    """The section of Watch a row belongs to."""

    ATTENTION = "Needs attention"
    NOT_KNOWN = "Not known"
    HEALTHY = "Healthy"


@dataclass(frozen=True, slots=True)
class ResourceKey:
    """A resource of a connection."""

    connection: str
    name: str


@dataclass(frozen=True, slots=True)
class FleetRow:
    """One resource now.

    `values` holds each measure, NaN where unknown with its reason in `why`; IN_RATE and OUT_RATE are computed from
    counters. `change` is the depth's change over 15 minutes or since watching began. `spark` is the depth at 40 even
    steps of the last 15 minutes, NaN in gaps. `verdict_why` is the verdict in one sentence. `dead` is what lies in
    its dead-letter sources (None: it has none, NaN: unknown). `at` is the last reading; `age_s` its age, `stale` once
    that passes three intervals.
    """

    key: ResourceKey
    resource: Resource
    environment: Environment
    values: Mapping[Measure, float]
    why: Mapping[Measure, str]
    approximate: frozenset[Measure]
    change: float
    spark: tuple[float, ...]
    samples: int
    verdict: Verdict
    verdict_why: str
    need: Need
    dead: float | None
    at: datetime
    age_s: float
    stale: bool


@dataclass(frozen=True, slots=True)
class FleetSnapshot:
    """All connections and resources at one moment; `rows` in the order of need."""

    at: datetime
    connections: tuple[ConnectionView, ...] = ()
    rows: tuple[FleetRow, ...] = ()
    headline: str = ""
    detail: str = ""


@dataclass(frozen=True, slots=True)
class SeriesData:
    """One measure of one resource over time: unix seconds and values of equal length, NaN at gaps."""

    key: ResourceKey
    measure: Measure
    times: tuple[float, ...] = ()
    values: tuple[float, ...] = ()
    gaps: tuple[tuple[float, float], ...] = ()
    marks: tuple[tuple[float, str], ...] = field(default=())
