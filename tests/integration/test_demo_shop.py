"""The simulated shop against its real server, seen by a plain client."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path

import nats
import psutil
import pytest
from nats.js import JetStreamContext

from adapters.api import ConfigError, Disconnected
from dashboard.core.demo import DemoControl
from dashboard.demo.control import Shop
from dashboard.demo.topology import CHANNELS, MAX_DELIVER, ORDERS, PAYMENTS, PROGRAMS, SHIPPING
from tests.helpers.until import until

pytestmark = pytest.mark.slow

VISIBLE_S = 10.0


@pytest.fixture
async def shop() -> AsyncIterator[Shop]:
    async with Shop(seed=11) as open_shop:
        yield open_shop


@pytest.fixture
async def plain(shop: Shop) -> AsyncIterator[JetStreamContext]:
    async with AsyncExitStack() as stack:
        client = await nats.connect(shop.url)
        stack.push_async_callback(client.close)
        yield client.jetstream()


async def depth(plain: JetStreamContext, stream: str) -> int:
    return (await plain.stream_info(stream)).state.messages


async def test_that_a_calm_shop_moves_about_a_hundred_messages_a_second(shop: Shop) -> None:
    control: DemoControl = shop
    before = (await control.state()).published
    took = await until(lambda: grown(control, before + 300), within=VISIBLE_S)
    assert 40 < 300 / took < 140
    state = await control.state()
    assert state.scenario is None
    assert not state.fixed
    assert {worker.name for worker in state.workers} == set(PROGRAMS)
    assert all(worker.pid and psutil.pid_exists(worker.pid) for worker in state.workers)


async def grown(control: DemoControl, to: int) -> bool:
    return (await control.state()).published >= to


async def test_that_streams_are_bounded_files(plain: JetStreamContext) -> None:
    for channel in CHANNELS:
        for name in (channel.name, channel.dead_name):
            config = (await plain.stream_info(name)).config
            assert config.storage == "file"
            assert config.max_bytes is not None
            assert config.max_bytes > 0
            assert config.max_msgs is not None
            assert config.max_msgs > 0


async def test_that_poison_fills_the_dead_letter_queues_with_words_on_why(
    shop: Shop, plain: JetStreamContext
) -> None:
    await shop.scenario("poison")

    async def reasons_are_several() -> bool:
        return await depth(plain, ORDERS.dead_name) >= 25 and await depth(plain, PAYMENTS.dead_name) >= 1

    assert await until(reasons_are_several, within=VISIBLE_S) < VISIBLE_S
    names = set()
    for seq in range(1, 26):
        letter = await plain.get_msg(ORDERS.dead_name, seq)
        assert letter.headers is not None
        names.add(letter.headers["x-exception"])
        assert letter.headers["x-error"]
        assert letter.headers["x-original-subject"] == ORDERS.topic
        assert letter.headers["x-original-stream"] == ORDERS.name
        assert letter.headers["x-attempts"] == str(MAX_DELIVER)
        assert letter.headers["traceparent"].count("-") == 3
        assert letter.headers["shop-region"]
        assert not [name for name in letter.headers if name.startswith("Nats-")]
    assert names == {"ValidationError", "UnsupportedSchemaError"}
    oversize = await plain.get_msg(PAYMENTS.dead_name, 1)
    assert oversize.headers is not None
    assert oversize.headers["x-exception"] == "MessageTooLarge"
    assert "exceeds maximum" in oversize.headers["x-error"]


async def test_that_a_slow_consumer_shows_as_a_growing_backlog(shop: Shop, plain: JetStreamContext) -> None:
    await shop.scenario("slow-consumer")

    async def it_grows() -> bool:
        return ((await plain.consumer_info(SHIPPING.name, "label-printer")).num_pending or 0) > 40

    await until(it_grows, within=VISIBLE_S)
    await shop.calm()

    async def it_is_gone() -> bool:
        return await depth(plain, SHIPPING.name) < 10

    await until(it_is_gone, within=VISIBLE_S)


async def test_that_a_killed_consumer_leaves_its_queue_waiting_and_comes_back(
    shop: Shop, plain: JetStreamContext
) -> None:
    await shop.scenario("kill-consumer")
    (mailer,) = [worker for worker in (await shop.state()).workers if worker.name == "mailer"]
    assert mailer.pid is None

    async def it_grows() -> bool:
        return await depth(plain, "EMAIL") > 50

    await until(it_grows, within=VISIBLE_S)
    await shop.calm()

    async def it_is_gone() -> bool:
        return await depth(plain, "EMAIL") < 10

    await until(it_is_gone, within=VISIBLE_S)


async def test_that_a_burst_outruns_the_first_program_and_another_scenario_ends_it(
    shop: Shop, plain: JetStreamContext
) -> None:
    await shop.scenario("burst")

    async def it_grows() -> bool:
        return await depth(plain, ORDERS.name) > 200

    await until(it_grows, within=VISIBLE_S)
    await shop.scenario("kill-consumer")
    assert (await shop.state()).scenario == "kill-consumer"

    async def it_shrinks() -> bool:
        return await depth(plain, ORDERS.name) < 150

    await until(it_shrinks, within=VISIBLE_S)


async def redrive_one(plain: JetStreamContext, key: str) -> int:
    """By hand what a redrive does, without this project's code: publish again, then delete; gives the new place."""
    letter = await plain.get_msg(
        ORDERS.dead_name, seq=(await plain.stream_info(ORDERS.dead_name)).state.first_seq
    )
    assert letter.headers is not None
    assert letter.seq is not None
    headers = {**letter.headers, "redrive-run": key, "Nats-Msg-Id": key}
    ack = await plain.publish(letter.headers["x-original-subject"], letter.data or b"", headers=headers)
    assert await plain.delete_msg(ORDERS.dead_name, letter.seq)
    return ack.seq


async def test_that_a_redriven_order_dies_again_and_says_whose_it_was_until_the_fix_is_out(
    shop: Shop, plain: JetStreamContext
) -> None:
    await shop.scenario("poison")

    async def some_died() -> bool:
        return await depth(plain, ORDERS.dead_name) >= 3

    await until(some_died, within=VISIBLE_S)
    await shop.calm()
    await redrive_one(plain, "run/1")

    async def it_came_back() -> bool:
        last = await plain.get_last_msg(ORDERS.dead_name, ORDERS.dead_topic)
        return (last.headers or {}).get("redrive-run") == "run/1"

    await until(it_came_back, within=VISIBLE_S)
    before = {worker.name: worker.pid for worker in (await shop.state()).workers}
    await shop.deploy_fix()
    state = await shop.state()
    assert state.fixed
    changed = {worker.name for worker in state.workers if worker.pid != before[worker.name]}
    assert changed == {"payment-capture", "packing", "label-printer", "mailer"}
    died = (await plain.stream_info(ORDERS.dead_name)).state.last_seq
    last = max([await redrive_one(plain, f"run/{number}") for number in range(2, 4)])

    async def orders_are_handled() -> bool:
        info = await plain.consumer_info(ORDERS.name, "payment-capture")
        return info.ack_floor is not None and info.ack_floor.stream_seq >= last

    await until(orders_are_handled, within=VISIBLE_S)
    assert (await plain.stream_info(ORDERS.dead_name)).state.last_seq == died


async def test_that_a_killed_consumer_comes_back_as_the_repaired_version(shop: Shop) -> None:
    await shop.scenario("kill-consumer")
    await shop.deploy_fix()
    await shop.calm()
    state = await shop.state()
    assert state.fixed
    assert all(worker.pid for worker in state.workers)
    await shop.roll_back()
    assert not (await shop.state()).fixed


async def test_that_an_unknown_scenario_changes_nothing(shop: Shop) -> None:
    with pytest.raises(ConfigError):
        await shop.scenario("nothing")
    assert (await shop.state()).scenario is None


@pytest.mark.allow_log("nats")
async def test_that_a_broker_that_is_gone_is_said_and_closing_still_works() -> None:
    async with Shop() as shop:
        folder = Path(shop.broker.folder)
        psutil.Process(shop.broker.pid).kill()
        with pytest.raises(Disconnected):
            await shop.state()
    assert not await asyncio.to_thread(folder.exists)
