"""Rates from counters: difference over monotonic time, unknown over a reset, never negative."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]

FIRST = "one reading so far"
RESET = "the counter was reset"
UNKNOWN = "the counter is unknown"

_LEAST_S = 1e-6
"""Readings nearer to each other than this say nothing about a rate."""


@dataclass(frozen=True, slots=True)
class Rates:
    """Messages a second by row of the reading, NaN where unknown with its reason in `why`."""

    values: Floats
    why: dict[int, str]


class RateBook:
    """Remembers the last known total of each resource of one counter.

    A total below the last one means that the counter began anew: the rate of that reading is unknown, the next one
    counts from there. A reading in which the total is unknown is left out, so the rate after it is the mean over both.
    """

    def __init__(self) -> None:
        self._last: dict[str, tuple[float, float]] = {}

    def update(self, names: Sequence[str], totals: Floats, monotonic: float) -> Rates:
        """The rates since each one's last reading; `monotonic` is the time of this one in seconds."""
        count = len(names)
        before = np.full(count, np.nan)
        when = np.full(count, np.nan)
        for row, name in enumerate(names):
            if (last := self._last.get(name)) is not None:
                before[row], when[row] = last
        change = totals - before
        passed = monotonic - when
        fit = (change >= 0) & (passed >= _LEAST_S)
        values = np.full(count, np.nan)
        np.divide(change, passed, out=values, where=fit)
        why = {row: self._reason(totals, before, row) for row in np.flatnonzero(~fit).tolist()}
        for row in np.flatnonzero(~np.isnan(totals)).tolist():
            self._last[names[row]] = (float(totals[row]), monotonic)
        return Rates(values, why)

    def forget_others(self, names: Sequence[str]) -> None:
        """Keeps only these resources."""
        wanted = set(names)
        self._last = {name: last for name, last in self._last.items() if name in wanted}

    @staticmethod
    def _reason(totals: Floats, before: Floats, row: int) -> str:
        if np.isnan(totals[row]):
            return UNKNOWN
        if np.isnan(before[row]):
            return FIRST
        return RESET if totals[row] < before[row] else FIRST
