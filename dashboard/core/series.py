"""The recent past of one connection's resources: a ring for each measure of each resource, gaps kept as gaps."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from adapters.api import Measure

Floats = npt.NDArray[np.float64]

WINDOW_S = 900.0
"""How far back a ring reaches when readings come at their interval: 15 minutes."""
SPARK = 40
_STALE_AFTER = 3.0
_FIRST_ROWS = 64


@dataclass(frozen=True, slots=True)
class Reading:
    """One sweep as columns of equal length with `names`: unix seconds, and values with NaN where unknown."""

    at: float
    names: Sequence[str]
    values: Mapping[Measure, Floats]


class SeriesTable:
    """Rings of all resources of a connection, which are read together and so share their times.

    A reading later than three intervals after the one before, and each `gap`, leaves a moment of NaN between, so that
    no line is drawn across it. Rings are cut to the window; memory is 8 bytes x measure x resource x `slots`.
    """

    def __init__(self, interval_s: float, window_s: float = WINDOW_S) -> None:
        self._interval = interval_s
        self._kept = max(math.ceil(window_s / interval_s) + 1, 16)
        # A quarter more than is kept: columns move to the front only each time that quarter is full.
        self._slots = self._kept + self._kept // 4
        self._times = np.empty(self._slots)
        self._end = 0
        self._rows: dict[str, int] = {}
        self._free: list[int] = []
        self._top = 0
        self._room = _FIRST_ROWS
        self._rings: dict[Measure, Floats] = {}

    @property
    def interval_s(self) -> float:
        """The seconds between readings as planned."""
        return self._interval

    def names(self) -> list[str]:
        """Resources that have a row."""
        return list(self._rows)

    def add(self, reading: Reading) -> None:
        """Appends one reading; a resource not in it gets NaN. A reading no later than the last is left out."""
        if self._end:
            last = float(self._times[self._end - 1])
            if reading.at <= last:
                return
            if reading.at - last > _STALE_AFTER * self._interval:
                self._moment(last + self._interval)
        column = self._moment(reading.at)
        rows = np.fromiter((self._row(name) for name in reading.names), np.intp, len(reading.names))
        for measure, values in reading.values.items():
            known = self._rings.get(measure)
            if known is None:
                if np.isnan(values).all():
                    continue  # A measure that this broker never tells takes no memory.
                known = self._rings[measure] = np.full((self._room, self._slots), np.nan)
            known[rows, column] = values

    def gap(self, at: float) -> None:
        """Takes down that nothing could be read at `at`."""
        if not self._end or at > self._times[self._end - 1]:
            self._moment(at)

    def keep_only(self, names: Sequence[str]) -> None:
        """Forgets all other resources; their rows are used again."""
        wanted = set(names)
        for name in [name for name in self._rows if name not in wanted]:
            row = self._rows.pop(name)
            for ring in self._rings.values():
                ring[row] = np.nan
            self._free.append(row)

    def times(self) -> Floats:
        """Unix seconds of all moments, oldest first."""
        return self._times[self._start() : self._end]

    def values(self, name: str, measure: Measure) -> Floats:
        """Values at `times()`; NaN throughout for what is not known."""
        row, ring = self._rows.get(name), self._rings.get(measure)
        if row is None or ring is None:
            return np.full(self._end - self._start(), np.nan)
        return ring[row, self._start() : self._end]

    def matrix(self, names: Sequence[str], measure: Measure, last: int | None = None) -> Floats:
        """One row a name, over the `last` moments or all."""
        start = self._start() if last is None else max(self._start(), self._end - last)
        ring = self._rings.get(measure)
        out = np.full((len(names), self._end - start), np.nan)
        if ring is not None:
            rows = np.fromiter((self._rows.get(name, -1) for name in names), np.intp, len(names))
            there = rows >= 0
            out[there] = ring[rows[there], start : self._end]
        return out

    def sparks(self, names: Sequence[str], now: float) -> Floats:
        """The depth at 40 even steps of the window that ends now, NaN where there was no reading near the step."""
        times = self.times()
        steps = now - WINDOW_S + (np.arange(1, SPARK + 1) * (WINDOW_S / SPARK))
        out = np.full((len(names), SPARK), np.nan)
        if not len(times):
            return out
        at = np.searchsorted(times, steps, side="right") - 1
        reach = max(WINDOW_S / SPARK, _STALE_AFTER * self._interval)
        near = (at >= 0) & (steps - times[np.maximum(at, 0)] <= reach)
        depth = self.matrix(names, Measure.DEPTH)
        out[:, near] = depth[:, at[near]]
        return out

    def _start(self) -> int:
        return max(0, self._end - self._kept)

    def _moment(self, at: float) -> int:
        if self._end == self._slots:
            self._to_front()
        column = self._end
        self._times[column] = at
        for ring in self._rings.values():
            ring[:, column] = np.nan
        self._end += 1
        return column

    def _to_front(self) -> None:
        start = self._start()
        kept = self._end - start
        self._times[:kept] = self._times[start : self._end].copy()
        for ring in self._rings.values():
            ring[:, :kept] = ring[:, start : self._end].copy()
            ring[:, kept:] = np.nan
        self._end = kept

    def _row(self, name: str) -> int:
        row = self._rows.get(name)
        if row is None:
            row = self._rows[name] = self._free.pop() if self._free else self._next_row()
        return row

    def _next_row(self) -> int:
        if self._top == self._room:
            more = self._room // 2
            for measure, ring in self._rings.items():
                self._rings[measure] = np.vstack([ring, np.full((more, self._slots), np.nan)])
            self._room += more
        self._top += 1
        return self._top - 1
