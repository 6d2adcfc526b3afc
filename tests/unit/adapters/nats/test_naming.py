"""Dead-letter streams by their names, and where letters came from."""

import pytest

from adapters.api import TargetRef
from adapters.nats.facts import StreamFacts, stream_facts
from adapters.nats.naming import Names, Origins, link


def stream(name: str, *subjects: str) -> StreamFacts:
    return stream_facts({"config": {"name": name, "subjects": list(subjects)}})


@pytest.mark.parametrize(
    "name",
    [
        "ORDERS_DLQ",
        "orders-dlq",
        "Orders-DLT",
        "DLQ_ORDERS",
        "orders_dead",
        "ORDERS-DEAD-LETTERS",
        "dead-letters-orders",
    ],
)
def test_that_a_name_tells_the_origin(name: str) -> None:
    found = link(stream(name, "x"), Names(["ORDERS", "PAYMENTS", name]))
    assert found is not None
    assert found.of == ("ORDERS",)
    assert found.known_by == "name"


@pytest.mark.parametrize(
    ("name", "subject"),
    [("DLQ", "x"), ("dead-letters", "x"), ("FAILED", "orders.dead.>"), ("X", "dlq.>"), ("Y", "a.dlq")],
)
def test_that_a_dead_letter_stream_may_have_no_known_origin(name: str, subject: str) -> None:
    found = link(stream(name, subject), Names(["ORDERS", name]))
    assert found is not None
    assert found.of == ()


@pytest.mark.parametrize(
    ("name", "subject"),
    [("ORDERS", "orders.>"), ("DEADLINES", "deadlines.>"), ("UNDEAD", "undead"), ("dlqx", "dlqx.a")],
)
def test_that_other_streams_hold_no_dead_letters(name: str, subject: str) -> None:
    assert link(stream(name, subject), Names([name])) is None


@pytest.mark.parametrize(
    ("subject", "target"),
    [
        ("dlq.orders.new", "orders.new"),
        ("orders.dead.new", "orders.new"),
        ("orders.new", "orders.new"),
        ("dlq.payments", None),
        ("dlq", None),
    ],
)
def test_that_a_subject_tells_the_target_only_where_the_origin_captures_it(
    subject: str, target: str | None
) -> None:
    origin = Origins((stream("ORDERS", "orders.>"),)).of(subject)
    assert origin is not None
    assert origin.resource == "ORDERS"
    assert origin.target == (TargetRef(target) if target else None)


def test_that_the_only_subject_of_the_origin_is_the_target() -> None:
    origin = Origins((stream("ORDERS", "orders"),)).of("dlq.anything")
    assert origin is not None
    assert origin.target == TargetRef("orders")


def test_that_without_an_origin_nothing_is_claimed() -> None:
    assert Origins().of("dlq.orders") is None
