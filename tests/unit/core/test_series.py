"""Rings: what is kept, what is a gap, and what is given back."""

import math
from collections.abc import Mapping

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from adapters.api import Measure
from dashboard.core.series import SPARK, Reading, SeriesTable

DEPTH = Measure.DEPTH


def reading(at: float, **depths: float) -> Reading:
    return Reading(at, list(depths), {DEPTH: np.array(list(depths.values()), dtype=float)})


def filled(depths: Mapping[float, float], interval: float = 5) -> SeriesTable:
    table = SeriesTable(interval)
    for at, depth in depths.items():
        table.add(reading(at, orders=depth))
    return table


def known(table: SeriesTable, name: str = "orders") -> dict[float, float]:
    pairs = zip(table.times().tolist(), table.values(name, DEPTH).tolist(), strict=True)
    return {at: value for at, value in pairs if not math.isnan(value)}


def test_that_values_come_back_at_their_times() -> None:
    assert known(filled({0: 1, 5: 2, 10: 3})) == {0: 1, 5: 2, 10: 3}


def test_that_an_unknown_resource_or_measure_is_unknown_throughout() -> None:
    table = filled({0: 1, 5: 2})
    assert np.isnan(table.values("payments", DEPTH)).all()
    assert np.isnan(table.values("orders", Measure.LAG)).all()
    assert len(table.values("orders", Measure.LAG)) == 2


def test_that_late_readings_leave_a_gap_between() -> None:
    table = filled({0: 1, 5: 2, 21: 3})
    assert table.times().tolist() == [0, 5, 10, 21]
    assert math.isnan(table.values("orders", DEPTH)[2])


def test_that_a_reading_within_three_intervals_leaves_none() -> None:
    assert filled({0: 1, 15: 2}).times().tolist() == [0, 15]


def test_that_a_missed_reading_is_a_gap_and_zero_is_not() -> None:
    table = filled({0: 0})
    table.gap(5)
    table.add(reading(10, orders=0))
    assert known(table) == {0: 0, 10: 0}


def test_that_a_reading_out_of_order_is_left_out() -> None:
    table = filled({10: 1, 5: 2, 15: 3})
    table.gap(12)
    assert known(table) == {10: 1, 15: 3}


def test_that_only_the_window_is_kept() -> None:
    table = filled({float(5 * n): float(n) for n in range(2_000)})
    assert len(table.times()) == 181
    assert known(table) == {float(5 * n): float(n) for n in range(1_819, 2_000)}


def test_that_a_new_resource_has_no_past_and_one_that_left_has_no_present() -> None:
    table = SeriesTable(5)
    table.add(reading(0, a=1))
    table.add(reading(5, a=2, b=9))
    table.add(reading(10, b=10))
    assert known(table, "a") == {0: 1, 5: 2}
    assert known(table, "b") == {5: 9, 10: 10}


def test_that_a_row_used_again_has_nothing_of_the_one_before() -> None:
    table = SeriesTable(5)
    table.add(reading(0, a=1, b=2))
    table.keep_only(["b"])
    table.add(reading(5, b=3, c=4))
    assert known(table, "c") == {5: 4}
    assert known(table, "a") == {}
    assert table.names() == ["b", "c"]


def test_that_many_resources_get_a_row_each() -> None:
    table = SeriesTable(5)
    names = [f"queue {number}" for number in range(1_000)]
    for at in (0.0, 5.0):
        table.add(Reading(at, names, {DEPTH: np.arange(1_000, dtype=np.float64) + np.float64(at)}))
    assert table.matrix(names, DEPTH)[:, 1].tolist() == (np.arange(1_000) + 5.0).tolist()
    assert known(table, "queue 999") == {0: 999, 5: 1_004}


def test_that_a_measure_that_is_never_known_takes_no_ring() -> None:
    table = SeriesTable(5)
    table.add(Reading(0, ["a"], {Measure.LAG: np.array([math.nan])}))
    assert table._rings == {}


def test_that_a_sparkline_has_forty_steps_and_is_empty_where_nothing_was_read() -> None:
    table = filled({float(at): 7.0 for at in range(600, 905, 5)})
    spark = table.sparks(["orders", "payments"], 900)
    assert spark.shape == (2, SPARK)
    assert np.isnan(spark[1]).all()
    assert np.isnan(spark[0, : 600 * SPARK // 900 - 1]).all()
    assert (spark[0, 600 * SPARK // 900 :] == 7).all()
    later = table.sparks(["orders"], 1_200)
    assert np.isnan(later[0, -10:]).all()


@given(st.lists(st.tuples(st.floats(0.5, 40), st.none() | st.integers(0, 1_000_000)), max_size=400))
def test_that_what_is_known_is_what_was_read_in_the_window(steps: list[tuple[float, int | None]]) -> None:
    table = SeriesTable(5, window_s=100)
    at = 0.0
    told: dict[float, float] = {}
    for passed, depth in steps:
        at += passed
        if depth is None:
            table.gap(at)
        else:
            table.add(reading(at, orders=depth))
            told[at] = depth
    times = table.times()
    assert (np.diff(times) > 0).all()
    start = times[0] if len(times) else math.inf
    assert known(table) == {at: depth for at, depth in told.items() if at >= start}
