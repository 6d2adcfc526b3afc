"""A chart's line out of history and ring: each moment once, gaps said."""

import numpy as np
import numpy.typing as npt

from adapters.api import Measure
from dashboard.core.fleet import ResourceKey, SeriesData

Floats = npt.NDArray[np.float64]
Line = tuple[Floats, Floats]
"""Unix seconds, ascending, and values of equal length."""

_GAP = 3.0


def merged(
    key: ResourceKey, measure: Measure, since: float, interval_s: float, old: Line | None, ring: Line | None
) -> SeriesData:
    """History up to where the ring begins, then the ring.

    A gap is where nothing was known for more than three intervals (the planned one, or the usual distance of the
    moments where that is longer), or where a reading failed; one NaN stands in each.
    """
    times, values = _joined(since, old, ring)
    known = ~np.isnan(values)
    moments = times[known]
    if len(moments) < 2:
        return SeriesData(key, measure, tuple(moments.tolist()), tuple(values[known].tolist()))
    steps = np.diff(moments)
    # A NaN between two known moments is a reading that failed, however soon the next came.
    failed = np.diff(np.flatnonzero(known)) > 1
    far = (steps > _GAP * max(interval_s, float(np.median(steps)))) | failed
    before = np.flatnonzero(far)
    middles = moments[before] + steps[before] / 2
    return SeriesData(
        key=key,
        measure=measure,
        times=tuple(np.insert(moments, before + 1, middles).tolist()),
        values=tuple(np.insert(values[known], before + 1, np.nan).tolist()),
        gaps=tuple(zip(moments[before].tolist(), moments[before + 1].tolist(), strict=True)),
    )


def _joined(since: float, old: Line | None, ring: Line | None) -> Line:
    empty = np.empty(0)
    old_times, old_values = old or (empty, empty)
    ring_times, ring_values = ring or (empty, empty)
    wanted = old_times >= since
    if len(ring_times):
        wanted &= old_times < ring_times[0]
    recent = ring_times >= since
    return (
        np.concatenate([old_times[wanted], ring_times[recent]]),
        np.concatenate([old_values[wanted], ring_values[recent]]),
    )
