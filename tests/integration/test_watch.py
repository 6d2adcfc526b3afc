"""The way of a number on a real NATS server: truthful, stale when it is, back by itself, kept over a restart."""

import asyncio
import math
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from nats.js import JetStreamContext
from nats.js.api import ConsumerConfig

from adapters.api import Environment, Measure
from dashboard.core.connections import Answer, Connection
from dashboard.core.fleet import FleetRow, FleetSnapshot, Need, ResourceKey, Verdict
from tests.helpers.cut_proxy import cut_proxy
from tests.helpers.nats_server import NatsServer, nats_server
from tests.helpers.nats_world import plain
from tests.helpers.watching import fleet_until, watching

KEY = ResourceKey("shop", "ORDERS")
INTERVAL = 0.2


@pytest.fixture
def server(tmp_path: Path) -> Iterator[NatsServer]:
    with nats_server(tmp_path / "nats") as found:
        yield found


def shop(url: str, **options: str) -> Connection:
    return Connection("shop", "nats", url, options, environment=Environment.DEVELOPMENT, read_only=False)


def row(fleet: FleetSnapshot, name: str = "ORDERS") -> FleetRow:
    return next(found for found in fleet.rows if found.key.name == name)


def depth(fleet: FleetSnapshot, name: str = "ORDERS") -> float:
    return next((it.values[Measure.DEPTH] for it in fleet.rows if it.key.name == name), math.nan)


def answer(fleet: FleetSnapshot) -> Answer | None:
    return fleet.connections[0].answer if fleet.connections else None


async def seed(server: NatsServer, count: int) -> None:
    async with plain(server.url) as (_, js):
        await js.add_stream(name="ORDERS", subjects=["orders.>"])
        await js.add_stream(name="ORDERS_DLQ", subjects=["dlq.orders.>"])
        await js.add_consumer("ORDERS", ConsumerConfig(durable_name="billing", max_deliver=3, ack_wait=30))
        for number in range(count):
            await js.publish("orders.new", b"%d" % number)
        await js.publish("dlq.orders.new", b"dead")


@pytest.mark.parametrize("monitored", [False, True], ids=["by the API", "by monitoring"])
async def test_that_the_fleet_agrees_with_a_plain_client(
    tmp_path: Path, server: NatsServer, monitored: bool
) -> None:
    await seed(server, 10)
    options = {"monitoring": server.monitoring_url} if monitored else {}
    async with watching(tmp_path, interval_s=INTERVAL) as world, plain(server.url) as (_, js):
        news = world.mailbox.subscribe()
        world.watcher.start()
        await world.watcher.save_connection(shop(server.url, **options), {})
        await fleet_until(news, lambda fleet: depth(fleet) == 10)
        sub = await js.pull_subscribe("", "billing", stream="ORDERS")
        for message in (await sub.fetch(4, timeout=5))[:2]:
            await message.ack_sync()
        await js.publish("orders.new", b"one more")
        fleet = await fleet_until(
            news, lambda fleet: depth(fleet) == 11 and depth(fleet, "ORDERS/billing") == 9
        )
        consumer = await js.consumer_info("ORDERS", "billing")
        shown = row(fleet, "ORDERS/billing")
        assert shown.values[Measure.LAG] == consumer.num_pending
        assert shown.values[Measure.IN_FLIGHT] == consumer.num_ack_pending
        assert depth(fleet) == (await js.stream_info("ORDERS")).state.messages
        assert row(fleet).dead == (await js.stream_info("ORDERS_DLQ")).state.messages == 1
        assert shown.why[Measure.OLDEST_AGE_S]


async def test_that_a_killed_broker_is_told_and_the_numbers_come_back(
    tmp_path: Path, server: NatsServer
) -> None:
    await seed(server, 10)
    async with watching(tmp_path, interval_s=INTERVAL) as world:
        news = world.mailbox.subscribe()
        world.watcher.start()
        await world.watcher.save_connection(shop(server.url), {})
        await fleet_until(news, lambda fleet: depth(fleet) == 10 and row(fleet).samples >= 3)
        server.kill()
        down = await fleet_until(news, lambda fleet: answer(fleet) is Answer.DISCONNECTED)
        assert down.connections[0].trouble
        stale = await fleet_until(news, lambda fleet: row(fleet).stale)
        assert (row(stale).verdict, row(stale).need) == (Verdict.STALE, Need.NOT_KNOWN)
        assert depth(stale) == 10
        await asyncio.to_thread(server.start)
        back = await fleet_until(news, lambda fleet: answer(fleet) is Answer.ANSWERS and not row(fleet).stale)
        assert depth(back) == 10
        (series,) = await world.watcher.series(KEY, [Measure.DEPTH], 0)
        broke = down.connections[0].since.timestamp()
        began, ended = next((begin, end) for begin, end in series.gaps if begin <= broke <= end)
        inside = [value for at, value in zip(series.times, series.values, strict=True) if began < at < ended]
        assert inside
        assert all(math.isnan(value) for value in inside)
        assert {value for value in series.values if not math.isnan(value)} == {10}


async def test_that_a_frozen_network_makes_numbers_stale_and_not_zero(
    tmp_path: Path, server: NatsServer
) -> None:
    await seed(server, 10)
    async with cut_proxy(server.port) as proxy, watching(tmp_path, interval_s=INTERVAL) as world:
        news = world.mailbox.subscribe()
        world.watcher.start()
        await world.watcher.save_connection(shop(proxy.url), {})
        await fleet_until(news, lambda fleet: depth(fleet) == 10)
        proxy.freeze()
        fleet = await fleet_until(news, lambda fleet: row(fleet).stale)
        assert depth(fleet) == 10
        assert answer(fleet) in {Answer.STALE, Answer.DISCONNECTED}
        proxy.thaw()
        await fleet_until(news, lambda fleet: answer(fleet) is Answer.ANSWERS and not row(fleet).stale)


async def test_that_history_survives_a_restart_with_the_gap_between(
    tmp_path: Path, server: NatsServer
) -> None:
    await seed(server, 10)
    async with watching(tmp_path, interval_s=INTERVAL) as world:
        news = world.mailbox.subscribe()
        world.watcher.start()
        await world.watcher.save_connection(shop(server.url), {})
        await fleet_until(news, lambda fleet: depth(fleet) == 10 and row(fleet).samples >= 5)
    async with plain(server.url) as (_, js):
        for _ in range(5):
            await js.publish("orders.new", b"meanwhile")
    alone = time.time()
    await asyncio.sleep(4 * INTERVAL)  # Not a wait for something: the time that nobody watched.
    async with watching(tmp_path, interval_s=INTERVAL) as world:
        news = world.mailbox.subscribe()
        world.watcher.start()
        await fleet_until(news, lambda fleet: depth(fleet) == 15 and row(fleet).samples >= 3)
        (series,) = await world.watcher.series(KEY, [Measure.DEPTH], 0)
    known = [value for value in series.values if not math.isnan(value)]
    assert known[:5] == [10] * 5
    assert known[-3:] == [15] * 3
    assert [(begin, end) for begin, end in series.gaps if begin <= alone <= end]
    assert list(series.times) == sorted(series.times)


async def test_that_a_growing_queue_is_growing_and_one_with_no_consumer_stopped(
    tmp_path: Path, server: NatsServer
) -> None:
    await seed(server, 0)
    async with watching(tmp_path, interval_s=0.1) as world, plain(server.url) as (_, js):
        news = world.mailbox.subscribe()
        world.watcher.start()
        await world.watcher.save_connection(shop(server.url), {})
        feeding = asyncio.create_task(feed(js))
        try:
            fleet = await fleet_until(
                news,
                lambda fleet: (
                    {"ORDERS/billing", "ORDERS_DLQ"}
                    <= {it.key.name for it in fleet.rows if it.need is Need.ATTENTION}
                ),
            )
        finally:
            feeding.cancel()
        assert row(fleet, "ORDERS/billing").verdict is Verdict.STOPPED
        assert row(fleet, "ORDERS_DLQ").verdict is Verdict.GROWING
        assert row(fleet, "ORDERS").need is not Need.ATTENTION
        assert row(fleet, "ORDERS/billing").values[Measure.IN_RATE] > 0
        assert row(fleet, "ORDERS/billing").values[Measure.OUT_RATE] == 0
        assert fleet.headline.startswith("Two sources need attention")


async def feed(js: JetStreamContext) -> None:
    while True:
        await js.publish("orders.new", b"order")
        await js.publish("dlq.orders.new", b"dead")
        await asyncio.sleep(0.02)
