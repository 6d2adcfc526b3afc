from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.api import ConfigError, Death, Origin, TargetRef
from dashboard.core.conventions import Conventions, read_conventions, read_moment
from tests.helpers.letters import conventions, letter

Headers = dict[str, str | bytes]


@pytest.fixture(scope="module")
def known() -> Conventions:
    return conventions()


@pytest.mark.parametrize(
    ("headers", "convention", "exception", "message", "target"),
    [
        ({"x-exception": "E", "x-error": "bad", "x-original-subject": "a.b"}, "x-exception", "E", "bad", "a.b"),
        ({"X-Exception": "E", "X-Error": "bad"}, "x-exception", "E", "bad", None),
        ({"error-type": "E", "error-message": "m", "x-original-queue": "q"}, "error-type", "E", "m", "q"),
        (
            {
                "kafka_dlt-exception-fqcn": "org.springframework.kafka.listener.ListenerExecutionFailedException",
                "kafka_dlt-exception-cause-fqcn": "shop.BadOrder",
                "kafka_dlt-exception-message": "no total",
                "kafka_dlt-original-topic": "orders",
            },
            "Spring Kafka", "shop.BadOrder", "no total", "orders",
        ),
        (
            {"x-exception-message": "no total", "x-original-exchange": "shop", "x-original-routingKey": "orders"},
            "Spring Cloud Stream", "", "no total", "orders",
        ),
        (
            {
                "__connect.errors.exception.class.name": "org.apache.kafka.connect.errors.DataException",
                "__connect.errors.exception.message": "bad json",
                "__connect.errors.topic": "orders",
            },
            "Kafka Connect", "org.apache.kafka.connect.errors.DataException", "bad json", "orders",
        ),
        (
            {"__streams.errors.exception": "E", "__streams.errors.message": "m", "__streams.errors.topic": "t"},
            "Kafka Streams", "E", "m", "t",
        ),
        (
            {"__dlq.errors.message": "Offset rejected by client.", "__dlq.errors.topic": "t"},
            "Kafka share group", "", "Offset rejected by client.", "t",
        ),
        (
            {
                "dead-letter-exception-class-name": "E",
                "dead-letter-reason": "r",
                "dead-letter-topic": "t",
            },
            "SmallRye", "E", "r", "t",
        ),
        (
            {
                "NServiceBus.ExceptionInfo.ExceptionType": "System.Exception",
                "NServiceBus.ExceptionInfo.Message": "boom",
                "NServiceBus.FailedQ": "sales",
            },
            "NServiceBus", "System.Exception", "boom", "sales",
        ),
        (
            {"MT-Fault-ExceptionType": "System.Exception", "MT-Fault-Message": "boom"},
            "MassTransit", "System.Exception", "boom", None,
        ),
        ({"exception-type": "E", "exception-message": "m"}, "exception-type", "E", "m", None),
        (
            {"rbs2-error-details": "System.InvalidOperationException: late", "rbs2-source-queue": "q"},
            "Rebus", "System.InvalidOperationException", "late", "q",
        ),
        ({"reason_poisoned": "boom", "topic_poisoned": "t"}, "Watermill", "", "boom", "t"),
        ({"ce-knativeerrorcode": "500", "ce-knativeerrordata": "x"}, "Knative", "500", "x", None),
        (
            {"DeadLetterReason": "TTLExpiredException", "DeadLetterErrorDescription": "too old"},
            "Azure Service Bus", "TTLExpiredException", "too old", None,
        ),
        ({"x-error": "ValueError: no"}, "x-exception", "ValueError", "no", None),
        ({"x-first-death-reason": "rejected", "x-first-death-queue": "q"}, "RabbitMQ", "", "rejected", "q"),
    ],
)  # fmt: skip
def test_that_a_convention_is_read(
    known: Conventions, headers: Headers, convention: str, exception: str, message: str, target: str | None
) -> None:
    failure = known.failure(letter(headers=headers))
    assert (failure.convention, failure.exception, failure.message, failure.target) == (
        convention, exception, message, target,
    )  # fmt: skip


def test_that_the_last_death_and_the_first_origin_of_repeated_headers_count(known: Conventions) -> None:
    headers: list[tuple[str, str | bytes]] = [
        ("kafka_dlt-exception-message", "first"),
        ("kafka_dlt-original-topic", "orders"),
        ("kafka_dlt-exception-message", "second"),
        ("kafka_dlt-original-topic", "orders-retry"),
    ]
    failure = known.failure(letter(headers=headers))
    assert (failure.message, failure.target) == ("second", "orders")


def test_that_what_an_application_says_comes_before_its_broker(known: Conventions) -> None:
    headers: Headers = {"x-first-death-reason": "rejected", "x-exception": "E", "x-error": "why"}
    assert known.failure(letter(headers=headers, death=Death("rejected"))).message == "why"


def test_that_the_broker_s_word_stands_where_no_header_speaks(known: Conventions) -> None:
    failure = known.failure(letter(headers={"tenant": "acme"}, death=Death("delivery limit reached")))
    assert (failure.message, failure.convention) == ("delivery limit reached", "the broker")


def test_that_nothing_known_is_nothing_said(known: Conventions) -> None:
    failure = known.failure(letter())
    assert (failure.message, failure.exception, failure.convention, failure.target) == ("", "", "", None)


def test_that_a_payload_that_is_gone_still_has_the_broker_s_word(known: Conventions) -> None:
    assert known.failure(letter(body=None, death=Death("max deliveries"))).message == "max deliveries"


def test_that_the_user_s_own_pair_comes_first(known: Conventions) -> None:
    own = known.with_pair("Shop-Error", "Shop-Text")
    headers: Headers = {"shop-error": "Mine", "shop-text": "t", "x-exception": "E"}
    failure = own.failure(letter(headers=headers))
    assert (failure.exception, failure.message) == ("Mine", "t")
    assert known.with_pair("", "shop-text").failure(letter(headers=headers)).message == "t"


def test_that_a_header_names_the_target_before_the_broker_does(known: Conventions) -> None:
    told = Origin("orders", TargetRef("orders.new"))
    failure = known.failure(letter(headers={"x-original-subject": "a"}, origin=told, attempts=5))
    assert (failure.origin, failure.target, failure.target_from, failure.attempts) == (
        "orders", "a", "x-original-subject", 5,
    )  # fmt: skip
    failure = known.failure(letter(headers={}, origin=told))
    assert (failure.target, failure.target_from) == ("orders.new", "the broker")


def test_that_attempts_and_time_are_read_and_named(known: Conventions) -> None:
    headers: Headers = {"x-exception": "E", "x-attempts": "5", "x-failed-at": "2026-11-24T02:00:00Z"}
    failure = known.failure(letter(headers=headers))
    assert failure.attempts == 5
    assert failure.at == datetime(2026, 11, 24, 2, tzinfo=UTC)
    assert failure.header_names == ("x-exception", "x-attempts", "x-failed-at")


@pytest.mark.parametrize("value", ["", "five", "-1", "1" * 30, "²"])
def test_that_attempts_that_are_no_number_are_unknown(known: Conventions, value: str) -> None:
    assert known.failure(letter(headers={"x-attempts": value})).attempts is None


def test_that_bytes_that_are_no_utf8_are_read_with_replacement(known: Conventions) -> None:
    assert known.failure(letter(headers={"x-error": b"gr\xfcn"})).message == "gr\ufffdn"


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        (b"1764000000", 1764000000),
        (b"1764000000123", 1764000000.123),
        (b"1764000000.5", 1764000000.5),
        (b"2025-11-24T16:00:00Z", 1764000000),
        (b"2025-11-24T17:00:00+01:00", 1764000000),
        (b"2025-11-24 16:00:00:000000 Z", 1764000000),
        (b"1764000000000000000", 1764000000),
        ((1764000000123).to_bytes(8, "big"), 1764000000.123),
    ],
)
def test_that_times_of_many_forms_are_read(value: bytes, seconds: float) -> None:
    at = read_moment(value)
    assert at is not None
    assert at.timestamp() == pytest.approx(seconds, abs=0.001)


@pytest.mark.parametrize("value", [b"", b"soon", b"nan", b"inf", b"9999-99-99", b"\xff" * 7, b"1e400"])
def test_that_what_is_no_time_is_unknown(value: bytes) -> None:
    assert read_moment(value) is None


@given(st.binary(max_size=80))
def test_that_no_value_breaks_the_reading_of_times(value: bytes) -> None:
    at = read_moment(value)
    assert at is None or at.tzinfo is not None


@pytest.mark.parametrize(
    "text", ["", "convention = 1", "[[convention]]", "[[convention]]\nname='a'\nexceptions=['b']", "\x00"]
)
def test_that_conventions_that_cannot_be_read_are_said_so(text: str) -> None:
    with pytest.raises(ConfigError):
        read_conventions(text)
