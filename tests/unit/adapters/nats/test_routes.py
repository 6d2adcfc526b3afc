"""What a route says, from descriptions of streams and consumers."""

from collections.abc import Mapping
from typing import Any

import pytest

from adapters.api import Guarantee, Route, TargetRef
from adapters.nats.facts import consumer_facts, stream_facts
from adapters.nats.rights import Account, Permissions
from adapters.nats.routes import describe

TARGET = TargetRef("orders.new")


def route(
    target: Mapping[str, Any] | None = None,
    *consumers: Mapping[str, Any],
    state: Mapping[str, Any] | None = None,
    source: Mapping[str, Any] | None = None,
    account: Account | None = None,
) -> Route:
    config = {
        "name": "ORDERS",
        "subjects": ["orders.>"],
        "discard": "old",
        "retention": "limits",
        **(target or {}),
    }
    facts = stream_facts({"config": config, "state": {"messages": 10, "bytes": 1000, **(state or {})}})
    origin = stream_facts(
        {"config": {"name": "DEAD", **(source or {})}, "state": {"messages": 10, "bytes": 1000}}
    )
    found = [consumer_facts({"stream_name": "ORDERS", **it}) for it in consumers]
    return describe(account or Account(), origin, TARGET, facts, found, 1_000_000)


def consumer(name: str, **config: Any) -> dict[str, Any]:
    return {
        "name": name,
        "num_pending": 5,
        "num_ack_pending": 2,
        "config": {"ack_policy": "explicit", **config},
    }


def test_that_consumers_of_the_subject_receive_it() -> None:
    found = route(
        None,
        consumer("all", max_deliver=3, ack_wait=10**10),
        consumer("new", filter_subject="orders.new", max_deliver=2, ack_wait=10**9),
        consumer("old", filter_subjects=["orders.old"], max_deliver=9, ack_wait=10**12),
    )
    assert found.fan_out == ("ORDERS/all", "ORDERS/new")
    assert found.dies_again_s == 30
    assert found.backlog == 7
    assert not found.blocked
    assert found.guarantee is Guarantee.AT_LEAST_ONCE


def test_that_a_consumer_that_never_gives_up_is_a_caution() -> None:
    found = route(None, consumer("all"))
    assert found.dies_again_s is None
    assert any("for ever" in it for it in found.cautions)


@pytest.mark.parametrize(
    ("target", "room"),
    [
        ({"discard": "new", "max_msgs": 12}, 2),
        ({"discard": "new", "max_bytes": 1500}, 5),
        ({"discard": "new", "max_msgs": 100, "max_bytes": 1100}, 1),
        ({"discard": "old", "max_msgs": 12}, None),
        ({"discard": "new"}, None),
    ],
)
def test_that_room_is_counted_where_a_full_stream_refuses(target: dict[str, Any], room: int | None) -> None:
    assert route(target).room == room


@pytest.mark.parametrize(
    ("target", "word"),
    [
        ({"discard": "new", "max_msgs": 10}, "full"),
        ({"name": "DEAD"}, "itself"),
        ({"sealed": True}, "sealed"),
        ({"no_ack": True}, "no_ack"),
        ({"retention": "interest"}, "drops"),
    ],
)
def test_that_what_cannot_work_is_blocked(target: dict[str, Any], word: str) -> None:
    assert word in route(target).blocked


def test_that_a_target_that_feeds_the_source_is_blocked() -> None:
    assert "come back" in route(source={"sources": [{"name": "ORDERS"}]}).blocked


def test_that_a_right_that_lacks_is_blocked() -> None:
    account = Account("A", Permissions(None, ("orders.>",)))
    assert "may not publish" in route(account=account).blocked
    assert not route(account=Account("A", Permissions(("orders.*",), ()))).blocked


def test_that_the_smallest_limit_of_size_counts() -> None:
    assert route({"max_msg_size": 500}).max_bytes == 500
    assert route({"max_msg_size": 5_000_000}).max_bytes == 1_000_000


def test_that_a_source_that_keeps_its_messages_gives_copies_only() -> None:
    assert route(source={"deny_delete": True}).guarantee is Guarantee.COPY_ONLY


def test_that_limits_and_other_retentions_are_cautions() -> None:
    assert any("oldest" in it for it in route({"max_msgs": 10}).cautions)
    assert any("acknowledged" in it for it in route({"retention": "workqueue"}).cautions)
    assert any("a subject" in it for it in route({"max_msgs_per_subject": 1}).cautions)
