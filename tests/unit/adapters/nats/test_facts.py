"""Streams and consumers as the server describes them, and subjects under patterns."""

import pytest

from adapters.nats.facts import consumer_facts, covers, moment, stream_facts


@pytest.mark.parametrize(
    ("pattern", "subject", "expected"),
    [
        ("a.b", "a.b", True),
        ("a.b", "a.c", False),
        ("a.*", "a.b", True),
        ("a.*", "a.b.c", False),
        ("a.>", "a.b.c", True),
        ("a.>", "a", False),
        (">", "a", True),
        ("*.b", "a.b", True),
        ("a.*", "a.*", True),
        ("a.*", "a.>", False),
        ("a.>", "a.>", True),
        ("a.b", "a.*", False),
        ("a", "", False),
    ],
)
def test_that_a_subject_lies_under_a_pattern(pattern: str, subject: str, expected: bool) -> None:
    assert covers(pattern, subject) is expected


@pytest.mark.parametrize(
    ("config", "seconds"),
    [
        ({"ack_policy": "explicit", "max_deliver": 3, "ack_wait": 30_000_000_000}, 90),
        ({"ack_policy": "explicit", "max_deliver": 4, "backoff": [1_000_000_000, 5_000_000_000]}, 16),
        ({"ack_policy": "explicit", "max_deliver": -1, "ack_wait": 1}, None),
        ({"ack_policy": "none", "max_deliver": 3, "ack_wait": 1}, None),
        ({}, None),
    ],
)
def test_that_dying_takes_all_its_deliveries(config: dict[str, object], seconds: float | None) -> None:
    assert consumer_facts({"config": config}).dies_s == seconds


def test_that_limits_of_no_limit_are_none() -> None:
    facts = stream_facts({"config": {"name": "S", "max_msgs": -1, "max_bytes": 0, "max_msg_size": 5}})
    assert (facts.max_msgs, facts.max_bytes, facts.max_msg_size, facts.max_age_s) == (None, None, 5, None)


def test_that_streams_that_feed_it_are_known() -> None:
    facts = stream_facts({"config": {"name": "S", "sources": [{"name": "A"}, {"name": "B"}]}})
    assert facts.feeds == ("A", "B")
    assert stream_facts({"config": {"name": "S", "mirror": {"name": "M"}}}).feeds == ("M",)


@pytest.mark.parametrize("info", [{}, {"config": None, "state": None}, {"config": {}, "state": {}}])
def test_that_an_empty_description_is_read(info: dict[str, object]) -> None:
    assert stream_facts(info).messages == 0
    assert consumer_facts(info).backlog == 0


@pytest.mark.parametrize("text", [None, "", "0001-01-01T00:00:00Z", "yesterday", 5])
def test_that_no_time_is_none(text: object) -> None:
    assert moment(text) is None


def test_that_nanoseconds_are_read() -> None:
    found = moment("2026-11-24T21:55:50.929040087Z")
    assert found is not None
    assert found.isoformat() == "2026-11-24T21:55:50.929040+00:00"
