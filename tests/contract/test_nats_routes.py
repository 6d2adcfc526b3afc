"""Routes on a real NATS server: read without effect, and true when tried."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from nats.js import JetStreamContext
from nats.js.api import ConsumerConfig, DiscardPolicy, RetentionPolicy, StreamConfig

from adapters.api import (
    Adapter,
    Copy,
    Guarantee,
    Outgoing,
    Payload,
    Refused,
    Replaced,
    Route,
    SourceRef,
    TargetRef,
)
from tests.helpers.nats_server import NatsServer, nats_server
from tests.helpers.nats_world import opened, plain


@pytest.fixture
def server(tmp_path: Path) -> Iterator[NatsServer]:
    with nats_server(tmp_path) as found:
        yield found


async def streams(js: JetStreamContext) -> None:
    await js.add_stream(StreamConfig(name="DEAD", subjects=["dead.>"]))
    await js.add_stream(StreamConfig(name="ORDERS", subjects=["orders.>"], max_age=3600, max_msg_size=2000))
    await js.add_stream(
        StreamConfig(
            name="FULL",
            subjects=["full"],
            max_msgs=2,
            discard=DiscardPolicy.NEW,
            retention=RetentionPolicy.LIMITS,
        )
    )
    await js.add_stream(StreamConfig(name="WORK", subjects=["work"], retention=RetentionPolicy.WORK_QUEUE))
    await js.add_consumer("ORDERS", ConsumerConfig(durable_name="billing", max_deliver=3, ack_wait=2))
    await js.add_consumer(
        "ORDERS", ConsumerConfig(durable_name="mail", filter_subject="orders.mail", max_deliver=2, ack_wait=1)
    )
    for number in range(4):
        await js.publish("dead.x", b"%d" % number)
    await js.publish("full", b"1")
    await js.publish("orders.new", b"1")


async def route(adapter: Adapter, *names: str) -> list[Route]:
    source = (await adapter.describe("DEAD")).source
    assert source is not None
    return list(await adapter.route(source, [TargetRef(name) for name in names]))


async def test_that_a_route_says_who_receives_it_and_how_long_dying_takes(server: NatsServer) -> None:
    async with plain(server.url) as (_, js), opened(server.url) as adapter:
        await streams(js)
        new, mail, work = await route(adapter, "orders.new", "orders.mail", "work")
    assert new.fan_out == ("ORDERS/billing",)
    assert mail.fan_out == ("ORDERS/billing", "ORDERS/mail")
    assert (new.dies_again_s, mail.dies_again_s) == (6, 6)
    assert (new.retention_s, new.max_bytes, new.dedupe_s, new.receipt) == (3600, 2000, 120, "search")
    assert (new.exists, new.coupled, new.blocked, new.guarantee) == (True, False, "", Guarantee.AT_LEAST_ONCE)
    assert new.backlog == 1
    assert work.fan_out == ()
    assert any("acknowledged" in it for it in work.cautions)


async def test_that_what_cannot_work_is_said_before(server: NatsServer) -> None:
    async with plain(server.url) as (_, js), opened(server.url) as adapter:
        await streams(js)
        found = await route(adapter, "nobody.here", "dead.again", "orders.*", "no subject", "full")
    nobody, loop, wildcard, nonsense, full = found
    assert (nobody.exists, loop.exists, wildcard.exists, nonsense.exists) == (False, True, False, False)
    assert all(it.blocked for it in (nobody, loop, wildcard, nonsense))
    assert (full.room, full.blocked) == (1, "")


async def test_that_a_routes_limits_are_the_servers(server: NatsServer) -> None:
    async with plain(server.url) as (_, js), opened(server.url) as adapter:
        await streams(js)
        (full, new) = await route(adapter, "full", "orders.new")
        assert full.room is not None
        assert new.max_bytes is not None
        fill = [Outgoing(full.target, Payload(b"x"), f"r/{it}") for it in range(full.room + 1)]
        results = await adapter.publish(fill)
        assert [type(it) for it in results] == [Copy] * full.room + [Refused]
        (now_full,) = await route(adapter, "full")
        assert "full" in now_full.blocked
        (too_large,) = await adapter.publish(
            [Outgoing(new.target, Payload(b"x" * (new.max_bytes + 1)), "r/9")]
        )
        assert isinstance(too_large, Refused)


async def test_that_a_route_from_a_source_made_anew_is_refused(server: NatsServer) -> None:
    async with plain(server.url) as (_, js), opened(server.url) as adapter:
        await streams(js)
        with pytest.raises(Replaced):
            await adapter.route(SourceRef("DEAD", "another time"), [TargetRef("orders.new")])
