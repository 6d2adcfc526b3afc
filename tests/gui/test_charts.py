from __future__ import annotations

import math
from datetime import UTC

import numpy as np
import pytest

from adapters.api import Measure
from dashboard.core.fleet import ResourceKey, SeriesData
from dashboard.ui.charts.buckets import thin
from dashboard.ui.charts.items import spread
from dashboard.ui.charts.scale import short, time_ticks, top_of, window_edge

KEY = ResourceKey("orders", "ORDERS")


def test_that_a_thinned_line_keeps_its_peaks() -> None:
    times = np.arange(100_000, dtype=np.float64)
    values = np.zeros(100_000)
    values[54_321] = 9.0
    thin_times, thin_values = thin(times, values, 0, 100_000)
    assert len(thin_times) <= 1200
    assert np.nanmax(thin_values) == 9.0
    assert (np.diff(thin_times) >= 0).all()


def test_that_a_thinned_line_keeps_its_gaps() -> None:
    times = np.arange(10_000, dtype=np.float64)
    values = np.ones(10_000)
    values[5000] = math.nan
    _, thin_values = thin(times, values, 0, 10_000)
    assert np.isnan(thin_values).any()


def test_that_a_short_line_is_drawn_as_it_is() -> None:
    times = np.array([1.0, 2.0, 3.0])
    values = np.array([1.0, math.nan, 3.0])
    thin_times, thin_values = thin(times, values, 0, 10)
    assert thin_times.tolist() == [1, 2, 3]
    assert np.isnan(thin_values[1])


def test_that_nothing_in_the_window_draws_nothing() -> None:
    times, values = thin(np.array([]), np.array([]), 0, 10)
    assert len(times) == len(values) == 0


@pytest.mark.parametrize(
    ("greatest", "unit", "expected"),
    [
        (0, "", 1.0),
        (math.nan, "", 1.0),
        (184_212, "", 200_000),
        (412, "", 500),
        (0.4, "", 0.5),
        (447, "s", 600),
    ],
)
def test_that_an_axis_ends_at_a_round_number(greatest: float, unit: str, expected: float) -> None:
    assert top_of(greatest, unit) == pytest.approx(expected)


@pytest.mark.parametrize(
    ("value", "unit", "expected"),
    [
        (0, "", "0"),
        (150_000, "", "150 k"),
        (1_500_000, "", "1.5 M"),
        (250, "", "250"),
        (0.5, "", "0.5"),
        (300, "s", "5 min"),
    ],
)
def test_that_labels_of_axes_are_short(value: float, unit: str, expected: str) -> None:
    assert short(value, unit) == expected


def test_that_times_are_round() -> None:
    start = 1_795_000_020.0
    ticks = time_ticks(start, start + 3600, UTC)
    assert all(at % 900 == 0 for at, _ in ticks)
    assert 3 <= len(ticks) <= 6


def test_that_the_window_holds_its_edge() -> None:
    assert window_edge(1000.0, 900) == window_edge(1010.0, 900)
    assert window_edge(1000.0, 900) >= 1000.0


def test_that_words_at_line_ends_do_not_overlap() -> None:
    placed = spread([(50.0, "a", ""), (52.0, "b", ""), (99.0, "c", ""), (99.0, "d", "")], 100.0)
    places = [y for y, _, _ in placed]
    assert min(np.diff(places)) >= 13
    assert max(places) <= 93


def test_that_series_data_may_be_empty() -> None:
    assert SeriesData(KEY, Measure.DEPTH).times == ()
