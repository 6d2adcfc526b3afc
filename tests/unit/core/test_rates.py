"""Rates from counters."""

import math

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from dashboard.core.rates import FIRST, RESET, UNKNOWN, RateBook


def one(book: RateBook, total: float, at: float) -> tuple[float, str]:
    rates = book.update(["orders"], np.array([total]), at)
    return float(rates.values[0]), rates.why.get(0, "")


def test_that_the_first_reading_has_no_rate() -> None:
    value, why = one(RateBook(), 100, 10)
    assert math.isnan(value)
    assert why == FIRST


def test_that_a_rate_is_the_difference_over_the_time() -> None:
    book = RateBook()
    one(book, 100, 10)
    assert one(book, 150, 15) == (10.0, "")
    assert one(book, 150, 20) == (0.0, "")


def test_that_a_reset_is_unknown_once_and_then_counts_on() -> None:
    book = RateBook()
    one(book, 100, 10)
    value, why = one(book, 3, 15)
    assert math.isnan(value)
    assert why == RESET
    assert one(book, 13, 20) == (2.0, "")


def test_that_an_unknown_total_is_left_out() -> None:
    book = RateBook()
    one(book, 100, 10)
    value, why = one(book, math.nan, 15)
    assert math.isnan(value)
    assert why == UNKNOWN
    assert one(book, 120, 20) == (2.0, "")


def test_that_a_resource_that_comes_back_begins_anew() -> None:
    book = RateBook()
    one(book, 100, 10)
    book.forget_others([])
    assert math.isnan(one(book, 300, 20)[0])


def test_that_rows_keep_apart_when_their_order_changes() -> None:
    book = RateBook()
    book.update(["a", "b"], np.array([0.0, 1_000.0]), 0)
    rates = book.update(["b", "c", "a"], np.array([1_010.0, 5.0, 20.0]), 10)
    assert rates.values[[0, 2]].tolist() == [1.0, 2.0]
    assert rates.why == {1: FIRST}


@given(st.lists(st.tuples(st.floats(0, 1e12) | st.just(math.nan), st.floats(0, 60)), max_size=30))
def test_that_no_rate_is_ever_negative_and_each_unknown_has_a_reason(
    steps: list[tuple[float, float]],
) -> None:
    book = RateBook()
    at = 0.0
    for total, passed in steps:
        at += passed
        value, why = one(book, total, at)
        assert math.isnan(value) == bool(why)
        assert not value < 0
