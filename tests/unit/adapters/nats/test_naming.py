"""Dead-letter streams by their names, and where letters came from."""

import pytest

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
    ("subject", "resource"),
    [
        ("dlq.orders.new", "ORDERS"),
        ("mails.dead.sent", "MAILS"),
        ("dlq.payments", "ORDERS"),
        ("dlq", "ORDERS"),
    ],
)
def test_that_names_tell_the_stream_and_never_the_target(subject: str, resource: str) -> None:
    origin = Origins((stream("ORDERS", "orders.>"), stream("MAILS", "mails.sent"))).of(subject)
    assert origin is not None
    assert (origin.resource, origin.target) == (resource, None)


def test_that_without_an_origin_nothing_is_claimed() -> None:
    assert Origins().of("dlq.orders") is None
