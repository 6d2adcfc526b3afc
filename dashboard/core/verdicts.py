"""What the recent past of a resource means: one verdict and one sentence, from its rings alone.

A trend is a least-squares line over the last readings. It is clear when its rise over the window is at least 3
messages, 2 % of the mean depth, twice the scatter around the line, and three standard errors of the rise itself
(scatter x sqrt(12 / n), the error of a fitted slope over n evenly spaced readings). The last 20 readings speak where
their trend is clear and makes up a quarter of the range seen in the last 60; else the last 60 do.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from dashboard.core import words
from dashboard.core.fleet import Verdict

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]

NEEDED = 10
"""Readings before anything is said of a trend; rates are judged over as many."""
SHORT = 20
RECENT = 60
"""Readings that a verdict looks at."""
_LEAST_RISE = 3.0
_LEAST_SHARE = 0.02
_LEAST_OF_RANGE = 0.25


@dataclass(frozen=True, slots=True)
class Pasts:
    """The last readings of resources that are read together, one row each; NaN where unknown.

    `times` are unix seconds by column. `in_rate` and `out_rate` are messages a second. `dead` says which hold dead
    letters, which nothing is meant to consume, `keeps` which are logs. `why` is why a row's present depth is unknown.
    """

    times: Floats
    depth: Floats
    in_rate: Floats
    out_rate: Floats
    dead: Bools
    keeps: Bools
    why: Sequence[str] = field(default=())


@dataclass(frozen=True, slots=True)
class Judgement:
    """The verdict, why in one sentence, and the trend in messages a second (NaN without one)."""

    verdict: Verdict
    why: str
    slope: float = math.nan


@dataclass(frozen=True, slots=True)
class _Row:
    now: float
    samples: int
    arriving: float
    leaving: float
    quiet: bool
    dead: bool
    keeps: bool
    trend: int
    slope: float
    rise: float
    span: float
    low: float
    high: float
    why: str


@dataclass(frozen=True, slots=True)
class _Trends:
    slope: Floats
    rise: Floats
    span: Floats
    clear: Bools


def judge(pasts: Pasts) -> list[Judgement]:
    """One judgement a row."""
    count = len(pasts.depth)
    if pasts.depth.shape[1] == 0:
        return [Judgement(Verdict.NOT_KNOWN, "Not read yet.")] * count
    recent = pasts.depth[:, -RECENT:]
    low, high = _lowest(recent), -_lowest(-recent)
    trend = _trend(pasts.times[-RECENT:], recent, low, high)
    columns: tuple[npt.NDArray[Any], ...] = (
        recent[:, -1],
        np.count_nonzero(~np.isnan(pasts.depth), axis=1),
        _mean(pasts.in_rate[:, -NEEDED:]),
        _mean(pasts.out_rate[:, -NEEDED:]),
        (np.nan_to_num(recent[:, -2:]) == 0).all(axis=1),
        pasts.dead,
        pasts.keeps,
        np.where(trend.clear, np.sign(trend.rise), 0).astype(int),
        trend.slope,
        trend.rise,
        trend.span,
        low,
        high,
    )
    why = pasts.why or [""] * count
    rows = zip(*[column.tolist() for column in columns], why, strict=True)
    return [_one(_Row(*row)) for row in rows]


def stale(age_s: float) -> Judgement:
    """The verdict on what was not read for more than three intervals."""
    return Judgement(Verdict.STALE, f"Last read {words.duration(age_s)} ago.")


def _one(row: _Row) -> Judgement:
    if math.isnan(row.now):
        reason = row.why or "its depth is unknown"
        return Judgement(Verdict.NOT_KNOWN, f"{reason[:1].upper()}{reason[1:].rstrip('.')}.")
    if row.now == 0 and row.quiet and not row.arriving > 0:
        return Judgement(Verdict.EMPTY, "Nothing waits.", 0.0)
    if row.samples < NEEDED:
        return Judgement(Verdict.NOT_KNOWN, f"{words.plural(row.samples, 'sample')}.")
    if row.keeps and not row.dead:
        came = words.rate(row.arriving) if row.arriving > 0 else "nothing"
        return Judgement(Verdict.STEADY, f"A log that keeps what arrives, {came} in.", row.slope)
    if not row.dead and row.arriving > 0 and row.leaving == 0 and row.now > 0 and row.slope > 0:
        text = f"{words.rate(row.arriving)} in, nothing out."
        return Judgement(Verdict.STOPPED, text, row.slope)
    if row.trend > 0:
        # The fitted line's slope, so said to be about: its rise is not a count of messages.
        text = f"Up by {words.rate(row.slope, approximate=True)} for {words.duration(row.span)}."
        return Judgement(Verdict.GROWING, text, row.slope)
    if row.trend < 0 and row.now > 0:
        text = f"Empty in about {words.duration(row.now / -row.slope)} at this pace."
        return Judgement(Verdict.DRAINING, text, row.slope)
    if row.now == 0 and not row.arriving > 0:
        return Judgement(Verdict.EMPTY, "Nothing waits.", row.slope)
    return Judgement(Verdict.STEADY, _steadily(row), row.slope)


def _steadily(row: _Row) -> str:
    for_how_long = words.duration(row.span)
    if row.high == 0:
        return f"{words.rate(row.arriving)} pass through, nothing waits."
    if row.low == row.high:
        return f"{words.count(row.now)} for {for_how_long}."
    return f"Between {words.count(row.low)} and {words.count(row.high)} for {for_how_long}."


def _lowest(values: Floats) -> Floats:
    """The least of each row; NaN where nothing is known."""
    filled = np.where(np.isnan(values), np.inf, values).min(axis=1)
    return np.where(np.isinf(filled), np.nan, filled)


def _mean(values: Floats) -> Floats:
    known = ~np.isnan(values)
    number = known.sum(axis=1)
    total = np.where(known, values, 0.0).sum(axis=1)
    means = np.full(len(values), np.nan)
    np.divide(total, number, out=means, where=number > 0)
    return means


def _trend(times: Floats, depth: Floats, low: Floats, high: Floats) -> _Trends:
    """The short trend where it is clear and large enough, else the long one."""
    long, short = _line(times, depth), _line(times[-SHORT:], depth[:, -SHORT:])
    use = short.clear & (np.abs(short.rise) >= _LEAST_OF_RANGE * np.nan_to_num(high - low))
    # A long trend that the last readings contradict is over.
    agrees = ~short.clear | (np.sign(short.rise) == np.sign(long.rise))
    return _Trends(
        slope=np.where(use, short.slope, long.slope),
        rise=np.where(use, short.rise, long.rise),
        span=np.where(use, short.span, long.span),
        clear=use | (long.clear & agrees),
    )


def _line(times: Floats, depth: Floats) -> _Trends:
    known = ~np.isnan(depth)
    number = np.maximum(known.sum(axis=1), 1)
    values = np.where(known, depth, 0.0)
    level = values.sum(axis=1) / number
    # Seconds since the first column: squares of unix seconds would eat the precision.
    since = np.where(known, times - times[0], 0.0)
    moments = np.where(known, since - (since.sum(axis=1) / number)[:, None], 0.0)
    off = np.where(known, values - level[:, None], 0.0)
    spread = (moments * moments).sum(axis=1)
    slope = np.divide((moments * off).sum(axis=1), spread, out=np.zeros(len(depth)), where=spread > 0)
    scatter = np.sqrt(((off - slope[:, None] * moments) ** 2).sum(axis=1) / number)
    span = np.where(spread > 0, moments.max(axis=1) - moments.min(axis=1), 0.0)
    rise = slope * span
    needed = np.maximum.reduce(
        [
            np.full(len(depth), _LEAST_RISE),
            _LEAST_SHARE * level,
            2 * scatter,
            3 * scatter * np.sqrt(12 / number),
        ]
    )
    return _Trends(slope, rise, span, np.abs(rise) >= needed)
