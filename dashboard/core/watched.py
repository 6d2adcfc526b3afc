"""What is known of one connection's resources: sweeps go in, rows of Watch come out."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

import numpy as np
import numpy.typing as npt

from adapters.api import Column, Environment, Measure, Resource, Sweep
from dashboard.core.fleet import FleetRow, Need, ResourceKey, Verdict
from dashboard.core.rates import RateBook, Rates
from dashboard.core.series import Reading, SeriesTable
from dashboard.core.verdicts import RECENT, Judgement, Pasts, judge, stale

Floats = npt.NDArray[np.float64]

STALE_AFTER = 3.0
"""Intervals after which a reading is old."""
SHOWN: tuple[Measure, ...] = tuple(
    measure for measure in Measure if measure not in {Measure.IN_TOTAL, Measure.OUT_TOTAL}
)
"""Counters are shown as rates."""
_RATES = {Measure.IN_RATE: Measure.IN_TOTAL, Measure.OUT_RATE: Measure.OUT_TOTAL}
_NOT_TOLD = "not told by the broker"
_NEEDY = frozenset({Verdict.GROWING, Verdict.STOPPED})
_NOTHING = frozenset[int]()


@dataclass(frozen=True, slots=True)
class _Latest:
    """The last sweep with rates: values by measure, and where they are unknown or approximate, by row."""

    at: datetime
    names: tuple[str, ...]
    values: Mapping[Measure, Floats]
    why: Mapping[Measure, Mapping[int, str]]
    approximate: Mapping[Measure, frozenset[int]]


class Watched:
    """One connection's resources with their recent past. Knows no clock: times come with what is told."""

    def __init__(self, connection: str, environment: Environment, interval_s: float) -> None:
        self._connection = connection
        self._environment = environment
        self._resources: dict[str, Resource] = {}
        self._books = {measure: RateBook() for measure in _RATES}
        self._latest: _Latest | None = None
        self.table = SeriesTable(interval_s)
        self.rows: tuple[FleetRow, ...] = ()

    @property
    def resources(self) -> Mapping[str, Resource]:
        """What discovery found, by name."""
        return self._resources

    def learn(self, resources: Sequence[Resource]) -> None:
        """Takes the result of a whole discovery; what is not in it is forgotten."""
        self._resources = {resource.name: resource for resource in resources}
        names = list(self._resources)
        self.table.keep_only(names)
        for book in self._books.values():
            book.forget_others(names)

    def strangers(self) -> bool:
        """Whether the last sweep named or missed a resource, so that discovery is due."""
        return self._latest is not None and set(self._latest.names) != set(self._resources)

    def take(self, sweep: Sweep, monotonic: float) -> Reading:
        """Adds a sweep read at `monotonic` seconds; returns it with rates in place of counters."""
        values = {
            measure: np.array(column.values, dtype=np.float64) for measure, column in sweep.columns.items()
        }
        why: dict[Measure, Mapping[int, str]] = {
            measure: _reasons(column) for measure, column in sweep.columns.items()
        }
        approximate = {measure: column.approximate for measure, column in sweep.columns.items()}
        for rate, total in _RATES.items():
            if total not in values:
                continue
            rates = self._books[rate].update(sweep.names, values[total], monotonic)
            told = values.get(rate, np.full(len(sweep.names), np.nan))
            counted = np.isnan(told)
            values[rate] = np.where(counted, rates.values, told)
            why[rate] = _rate_reasons(rates, sweep.columns[total])
            own = {row for row in approximate[total] if counted[row]}
            approximate[rate] = approximate.get(rate, _NOTHING) | own
        shown = {measure: values[measure] for measure in SHOWN if measure in values}
        reading = Reading(sweep.at.timestamp(), sweep.names, shown)
        self.table.add(reading)
        self._latest = _Latest(sweep.at, sweep.names, shown, why, approximate)
        self._build(sweep.at)
        return reading

    def miss(self, at: datetime) -> None:
        """Takes down that a reading was due at `at` and failed."""
        self.table.gap(at.timestamp())

    def age(self, now: datetime) -> bool:
        """Brings the ages of all rows up to now; whether any of them is stale."""
        rows = [self._aged(row, now) for row in self.rows]
        self.rows = tuple(rows)
        return any(row.stale for row in rows)

    def _aged(self, row: FleetRow, now: datetime) -> FleetRow:
        age = max((now - row.at).total_seconds(), 0.0)
        if age <= STALE_AFTER * self.table.interval_s:
            return row
        judgement = stale(age)
        need = row.need if row.need is Need.ATTENTION else Need.NOT_KNOWN
        return replace(
            row, age_s=age, stale=True, verdict=judgement.verdict, verdict_why=judgement.why, need=need
        )

    def _build(self, now: datetime) -> None:
        latest = self._latest
        if latest is None:
            return
        there = [row for row, name in enumerate(latest.names) if name in self._resources]
        names = [latest.names[row] for row in there]
        judgements = judge(self._pasts(latest, there, names))
        depth = self.table.matrix(names, Measure.DEPTH)
        changes = _changes(depth).tolist()
        samples = np.count_nonzero(~np.isnan(depth), axis=1).tolist()
        sparks = self.table.sparks(names, now.timestamp()).tolist()
        dead = self._dead(latest)
        columns = {measure: values.tolist() for measure, values in latest.values.items()}
        rows = []
        for place, (row, name) in enumerate(zip(there, names, strict=True)):
            known = {measure: column[row] for measure, column in columns.items()}
            values = {measure: known.get(measure, math.nan) for measure in SHOWN}
            why = {
                measure: latest.why.get(measure, {}).get(row, _NOT_TOLD)
                for measure, value in values.items()
                if math.isnan(value)
            }
            rows.append(
                FleetRow(
                    key=ResourceKey(self._connection, name),
                    resource=self._resources[name],
                    environment=self._environment,
                    values=values,
                    why=why,
                    approximate=frozenset(
                        measure for measure in SHOWN if row in latest.approximate.get(measure, _NOTHING)
                    ),
                    change=changes[place],
                    spark=tuple(sparks[place]),
                    samples=samples[place],
                    verdict=judgements[place].verdict,
                    verdict_why=judgements[place].why,
                    need=need_of(judgements[place]),
                    dead=dead.get(name),
                    at=latest.at,
                    age_s=0.0,
                    stale=False,
                )
            )
        self.rows = (*rows, *self._left_out(set(names)))

    def _left_out(self, read: set[str]) -> list[FleetRow]:
        """Rows of what was read before and is known still, but was not in this sweep: they age."""
        return [row for row in self.rows if row.key.name in self._resources and row.key.name not in read]

    def _pasts(self, latest: _Latest, there: Sequence[int], names: Sequence[str]) -> Pasts:
        depth_why = latest.why.get(Measure.DEPTH, {})
        kinds = [self._resources[name] for name in names]
        return Pasts(
            times=self.table.times()[-RECENT:],
            depth=self.table.matrix(names, Measure.DEPTH, RECENT),
            in_rate=self.table.matrix(names, Measure.IN_RATE, RECENT),
            out_rate=self.table.matrix(names, Measure.OUT_RATE, RECENT),
            dead=np.array([resource.dead is not None for resource in kinds], dtype=bool),
            keeps=np.array([resource.keeps for resource in kinds], dtype=bool),
            why=[depth_why.get(row, _NOT_TOLD) for row in there],
        )

    def _dead(self, latest: _Latest) -> dict[str, float]:
        """What lies in the dead-letter sources of each origin; NaN where one of them is unknown."""
        depths = dict(zip(latest.names, latest.values.get(Measure.DEPTH, ()), strict=False))
        dead: dict[str, float] = {}
        for name, resource in self._resources.items():
            if resource.dead is not None:
                for origin in resource.dead.of:
                    dead[origin] = dead.get(origin, 0.0) + float(depths.get(name, math.nan))
        return dead


def need_of(judgement: Judgement) -> Need:
    """The section of Watch that a verdict belongs to."""
    if judgement.verdict in _NEEDY:
        return Need.ATTENTION
    if judgement.verdict in {Verdict.NOT_KNOWN, Verdict.STALE}:
        return Need.NOT_KNOWN
    return Need.HEALTHY


def _changes(depth: Floats) -> Floats:
    """The last known value less the first known one, by row; NaN with fewer than two."""
    known = ~np.isnan(depth)
    out = np.full(len(depth), np.nan)
    if not depth.shape[1]:
        return out
    rows = np.flatnonzero(np.count_nonzero(known, axis=1) > 1)
    first = np.argmax(known[rows], axis=1)
    last = known.shape[1] - 1 - np.argmax(known[rows, ::-1], axis=1)
    out[rows] = depth[rows, last] - depth[rows, first]
    return out


def _reasons(column: Column) -> dict[int, str]:
    return {row: column.reason(row) for row, value in enumerate(column.values) if math.isnan(value)}


def _rate_reasons(rates: Rates, totals: Column) -> dict[int, str]:
    """The broker's own reason where it did not tell the counter."""
    return {row: totals.reason(row) or reason for row, reason in rates.why.items()}
