"""A chart's line: history and ring joined, gaps said."""

import math

import numpy as np

from adapters.api import Measure
from dashboard.core.fleet import ResourceKey, SeriesData
from dashboard.core.past import Line, merged

KEY = ResourceKey("shop", "orders")
NAN = math.nan


def line(*pairs: tuple[float, float]) -> Line:
    table = np.array(pairs, dtype=np.float64)
    return table[:, 0], table[:, 1]


def past(old: Line | None, ring: Line | None, since: float = 0) -> SeriesData:
    return merged(KEY, Measure.DEPTH, since, 5, old, ring)


def test_that_the_ring_goes_on_where_history_ends_and_no_moment_is_there_twice() -> None:
    found = past(line((0, 1), (5, 2), (10, 3), (15, 4)), line((10, 3), (15, 4), (20, 5)))
    assert list(found.times) == [0, 5, 10, 15, 20]
    assert list(found.values) == [1, 2, 3, 4, 5]
    assert list(found.gaps) == []


def test_that_only_what_is_asked_for_comes() -> None:
    assert past(line((0, 1), (5, 2)), line((10, 3), (15, 4)), since=5).times == (5, 10, 15)


def test_that_time_without_readings_is_one_gap() -> None:
    found = past(line((0, 1), (5, 1), (10, 1)), line((100, 2), (105, 2)))
    assert list(found.gaps) == [
        (10, 100),
    ]
    assert list(found.times) == [0, 5, 10, 55, 100, 105]
    assert math.isnan(found.values[3])


def test_that_failed_readings_are_a_gap_and_zero_is_a_value() -> None:
    found = past(None, line((0, 0), (5, NAN), (10, NAN), (15, 0)))
    assert list(found.gaps) == [
        (0, 15),
    ]
    assert found.values[0] == found.values[2] == 0
    assert math.isnan(found.values[1])


def test_that_a_slower_past_is_no_gap() -> None:
    assert past(line(*((30.0 * n, 1.0) for n in range(10))), None).gaps == ()


def test_that_nothing_known_is_nothing_drawn() -> None:
    assert past(None, None).times == ()
    assert past(None, line((0, NAN), (5, NAN))).times == ()
    assert past(None, line((0, NAN), (5, 7))).values == (7,)
