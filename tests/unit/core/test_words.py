"""Numbers in words."""

import math
from datetime import UTC, datetime, timedelta, timezone

import pytest

from dashboard.core import words


@pytest.mark.parametrize(
    ("value", "said"), [(0, "0"), (1234567, "1,234,567"), (None, "unknown"), (math.nan, "unknown")]
)
def test_that_a_count_is_never_0_for_unknown(value: float | None, said: str) -> None:
    assert words.count(value) == said


def test_that_an_approximate_count_says_so() -> None:
    assert words.count(5400, approximate=True) == "≈ 5,400"
    assert words.count(math.nan, approximate=True) == "unknown"


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (0, "0 s"),
        (0.42, "0.4 s"),
        (12, "12 s"),
        (250, "4 min 10 s"),
        (240, "4 min"),
        (3 * 3600 + 12 * 60 + 7, "3 h 12 min"),
        (2 * 86400 + 4 * 3600, "2 d 4 h"),
        (None, "unknown"),
        (math.nan, "unknown"),
        (9.97, "10 s"),
    ],
)
def test_that_a_duration_has_its_two_largest_units(seconds: float | None, said: str) -> None:
    assert words.duration(seconds) == said


@pytest.mark.parametrize(
    ("per_second", "said"),
    [(0, "0"), (0.05, "3 a minute"), (3.5, "3.5/s"), (1204.2, "1,204/s"), (math.nan, "unknown")],
)
def test_that_a_slow_rate_is_said_a_minute(per_second: float, said: str) -> None:
    assert words.rate(per_second) == said


@pytest.mark.parametrize(
    ("number", "said"), [(0, "0 B"), (600, "600 B"), (8 * 1024 * 1024, "8.0 MiB"), (None, "unknown")]
)
def test_that_bytes_have_a_unit(number: int | None, said: str) -> None:
    assert words.size(number) == said


def test_that_a_plural_follows_its_number() -> None:
    assert words.plural(1, "message") == "1 message"
    assert words.plural(2000, "message") == "2,000 messages"
    assert words.plural(0, "copy", "copies") == "0 copies"


def test_that_times_are_told_in_utc() -> None:
    there = datetime(2026, 1, 2, 3, 4, 5, tzinfo=timezone(timedelta(hours=2)))
    assert words.iso(there) == "2026-01-02T01:04:05Z"
    assert words.iso(datetime(2026, 1, 2, 1, 4, 5, 250000, tzinfo=UTC)) == "2026-01-02T01:04:05.250000Z"
    assert words.iso(None) is None


@pytest.mark.parametrize(
    ("part", "whole", "said"),
    [
        (0, 9, "0 %"),
        (0, 0, "0 %"),
        (9, 9, "100 %"),
        (59, 200, "29.5 %"),
        (1, 3_000, "0.03 %"),
        (999_999, 1_000_000, "99.99 %"),
    ],
)
def test_that_a_share_is_100_percent_only_when_it_is_all(part: int, whole: int, said: str) -> None:
    assert words.share(part, whole) == said
