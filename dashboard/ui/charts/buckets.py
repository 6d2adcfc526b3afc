"""Lines thinned to what the screen can show: least and greatest value of each bucket of time, gaps kept."""

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]

BUCKETS = 600


def thin(
    times: Floats, values: Floats, start: float, end: float, buckets: int = BUCKETS
) -> tuple[Floats, Floats]:
    """Points within [start, end] in the order of time, at most two a bucket, with a NaN wherever a NaN was.

    Pollers are irregular, so buckets are of equal time, not of equal count.
    """
    inside = (times >= start) & (times <= end)
    times, values = times[inside], values[inside]
    if len(times) <= 2 * buckets or end <= start:
        return times, values
    slot = np.minimum(((times - start) / (end - start) * buckets).astype(np.int64), buckets - 1)
    known = ~np.isnan(values)
    edges = np.flatnonzero(np.diff(slot)) + 1
    starts = np.concatenate(([0], edges))
    low = np.minimum.reduceat(np.where(known, values, np.inf), starts)
    high = np.maximum.reduceat(np.where(known, values, -np.inf), starts)
    holed = np.add.reduceat(~known, starts) > 0
    first, last = times[starts], times[np.concatenate((edges, [len(times)])) - 1]
    empty = ~np.isfinite(low)
    low[empty] = high[empty] = np.nan
    # A gap inside a bucket must still part the line: its second point becomes the gap.
    high[holed] = np.nan
    out_times = np.column_stack((first, last)).ravel()
    out_values = np.column_stack((low, high)).ravel()
    return out_times, out_values
