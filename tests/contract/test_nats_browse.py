"""Browsing a real stream: bytes exact, nothing consumed, gaps skipped."""

import random
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
from nats.aio.client import Client
from nats.js import JetStreamContext
from nats.js.api import StreamConfig

from adapters.api import (
    Adapter,
    DeadLetter,
    Header,
    Look,
    Mark,
    NotFound,
    Payload,
    Replaced,
    SourceRef,
)
from tests.helpers.nats_server import NatsServer, nats_server
from tests.helpers.nats_world import opened, plain


@pytest.fixture
def server(tmp_path: Path) -> Iterator[NatsServer]:
    with nats_server(tmp_path, config="max_payload: 8500000\nmax_pending: 67108864\n") as found:
        yield found


async def look(
    adapter: Adapter, name: str, *, start: Mark | None = None, limit: int = 10**6
) -> tuple[list[DeadLetter], Look]:
    source = (await adapter.describe(name)).source
    assert source is not None
    found: list[DeadLetter] = []

    async def sink(page: Sequence[DeadLetter]) -> None:
        found.extend(page)

    return found, await adapter.browse(source, sink, start=start, limit=limit, hold=False)


async def stream(js: JetStreamContext, name: str, *, direct: bool) -> None:
    await js.add_stream(StreamConfig(name=name, subjects=[f"{name}.>"], allow_direct=direct))


async def fill(client: Client, js: JetStreamContext, count: int) -> None:
    """Numbered bodies; the last one is confirmed, so all are stored."""
    for number in range(count - 1):
        await client.publish("S.a", b"%d" % number)
    await js.publish("S.a", b"%d" % (count - 1), timeout=20)


async def send_raw(client: Client, subject: str, block: bytes, body: bytes) -> None:
    """Publishes a header block as it is, which the driver's dict of strings cannot say."""
    frame = b"HPUB %b %d %d\r\n%b%b\r\n" % (subject.encode(), len(block), len(block) + len(body), block, body)
    await client._send_command(frame)
    await client.flush()


BLOCKS = (
    b"NATS/1.0\r\nA: 1\r\nB: 2\r\nA: 3\r\n\r\n",
    b"NATS/1.0\r\nTight:value\r\nSpaced:   value  \r\nEmpty:\r\nEmpty2: \r\n\r\n",
    b"NATS/1.0\r\nbytes: \xff\xfe\x00\x80\r\nna\xffme: x\r\n\r\n",
    b"NATS/1.0\r\nesc: \x1b[31mred\x1b[0m\r\nbidi: \xe2\x80\xae\r\ntab: a\tb\r\n\r\n",
    b"NATS/1.0\r\nNats-Sequence: 77\r\nNats-Subject: mine\r\nNats-Num-Pending: 5\r\n\r\n",
    b"NATS/1.0\r\nno colon here\r\nX: a: b: c\r\n\r\n",
    b"NATS/1.0 503\r\nX: 1\r\n\r\n",
    b"NATS/1.0\r\n\r\n",
)
BODIES = (b"", bytes(range(256)), b"\xff\xfe broken", b"x" * 8_000_000, "ünïcödé".encode())


@pytest.mark.parametrize("direct", [False, True])
async def test_that_bytes_are_as_stored(server: NatsServer, direct: bool) -> None:
    async with plain(server.url) as (client, js), opened(server.url) as adapter:
        await stream(js, "S", direct=direct)
        for block in BLOCKS:
            await send_raw(client, "S.h", block, b"body")
        for body in BODIES:
            await js.publish("S.b", body)
        letters, done = await look(adapter, "S")
        raw = [await js.get_msg("S", number) for number in range(1, 6)]
    assert done.complete
    assert [it.ref.key for it in letters] == [str(number) for number in range(1, len(BLOCKS + BODIES) + 1)]
    payloads = [it.payload for it in letters]
    assert all(isinstance(it, Payload) for it in payloads)
    got = [it for it in payloads if isinstance(it, Payload)]
    assert got[0].headers == (Header("A", b"1"), Header("B", b"2"), Header("A", b"3"))
    assert got[1].headers[0] == Header("Tight", b"value", "tight")
    assert got[1].headers[1] == Header("Spaced", b"  value  ")
    assert got[2].headers[0].value == b"\xff\xfe\x00\x80"
    assert [it.name for it in got[4].headers] == ["Nats-Sequence", "Nats-Subject", "Nats-Num-Pending"]
    assert [it.body for it in got[len(BLOCKS) :]] == list(BODIES)
    assert all(it.address in {"S.h", "S.b"} for it in letters)
    assert all(it.at is not None for it in letters)
    assert len(raw) == 5


async def test_that_both_ways_of_reading_give_the_same_refs(server: NatsServer) -> None:
    async with plain(server.url) as (client, js), opened(server.url) as adapter:
        await stream(js, "S", direct=True)
        for block in BLOCKS:
            await send_raw(client, "S.h", block, b"body")
        await js.publish("S.plain", b"no headers")
        by_direct, _ = await look(adapter, "S")
        await js.update_stream(StreamConfig(name="S", subjects=["S.>"], allow_direct=False))
        by_get, _ = await look(adapter, "S")
    assert by_direct == by_get


async def test_that_looking_changes_nothing(server: NatsServer) -> None:
    async with plain(server.url) as (client, js), opened(server.url) as adapter:
        await stream(js, "S", direct=False)
        await fill(client, js, 1200)
        before = server.monitored("jsz?streams=1&acc=$G")["account_details"][0]["stream_detail"][0]["state"]
        first, look_one = await look(adapter, "S")
        second, look_two = await look(adapter, "S")
        after = server.monitored("jsz?streams=1&acc=$G")["account_details"][0]["stream_detail"][0]["state"]
    assert before == after
    assert first == second
    assert look_one == look_two
    assert [it.payload.body for it in first if isinstance(it.payload, Payload)] == [
        b"%d" % number for number in range(1200)
    ]


@pytest.mark.parametrize("direct", [False, True])
async def test_that_a_look_starts_at_a_mark_and_ends_at_its_limit(server: NatsServer, direct: bool) -> None:
    async with plain(server.url) as (client, js), opened(server.url) as adapter:
        await stream(js, "S", direct=direct)
        await fill(client, js, 30)
        first, one = await look(adapter, "S", limit=7)
        rest, two = await look(adapter, "S", start=one.end)
        _, empty = await look(adapter, "S", start=two.end)
    assert (one.met, one.complete) == (7, False)
    assert (two.met, two.complete) == (23, True)
    assert (empty.met, empty.complete) == (0, True)
    assert [it.ref.key for it in first + rest] == [str(number) for number in range(1, 31)]


@pytest.mark.parametrize("direct", [False, True])
@pytest.mark.parametrize("kept", [0.9, 0.5, 0.02])
async def test_that_deleted_messages_are_skipped(server: NatsServer, direct: bool, kept: float) -> None:
    chance = random.Random(7)
    async with plain(server.url) as (client, js), opened(server.url) as adapter:
        await stream(js, "S", direct=direct)
        await fill(client, js, 1500)
        left = {1, 1500} | {number for number in range(1, 1501) if chance.random() < kept}
        for number in sorted(set(range(1, 1501)) - left):
            await js.delete_msg("S", number)
        letters, done = await look(adapter, "S")
    assert [int(it.ref.key) for it in letters] == sorted(left)
    assert done.complete


async def test_that_a_huge_gap_costs_few_calls(server: NatsServer) -> None:
    async with plain(server.url) as (client, js), opened(server.url) as adapter:
        await js.add_stream(StreamConfig(name="S", subjects=["S.>"], first_seq=1))
        await client.publish("S.a", b"first")
        await client.flush()
        for _ in range(100_000):
            await client.publish("S.b", b"")
        await js.publish("S.b", b"", timeout=20)
        await js.purge_stream("S", subject="S.b")
        await js.publish("S.a", b"last")
        before = server.monitored("jsz")["api"]["total"]
        letters, _ = await look(adapter, "S")
        calls = server.monitored("jsz")["api"]["total"] - before
    assert [it.ref.key for it in letters] == ["1", "100003"]
    assert calls < 40


async def test_that_a_pass_ends_after_what_was_there_when_it_began(server: NatsServer) -> None:
    async with plain(server.url) as (client, js), opened(server.url) as adapter:
        await stream(js, "S", direct=False)
        await fill(client, js, 600)
        source = (await adapter.describe("S")).source
        assert source is not None
        met = 0

        async def sink(page: Sequence[DeadLetter]) -> None:
            nonlocal met
            met += len(page)
            for _ in page:
                await client.publish("S.a", b"new")
            await client.flush()

        done = await adapter.browse(source, sink, start=None, limit=10**6, hold=False)
    assert (met, done.met, done.complete) == (600, 600, True)


async def test_that_a_stream_made_anew_is_not_read_under_old_positions(server: NatsServer) -> None:
    async with plain(server.url) as (_, js), opened(server.url) as adapter:
        await stream(js, "S", direct=False)
        old = (await adapter.describe("S")).source
        assert old is not None
        await js.delete_stream("S")

        async def sink(page: Sequence[DeadLetter]) -> None:
            raise AssertionError(page)

        with pytest.raises(NotFound):
            await adapter.browse(old, sink, start=None, limit=10, hold=False)
        await stream(js, "S", direct=False)
        await js.publish("S.a", b"another")
        with pytest.raises(Replaced):
            await adapter.browse(old, sink, start=None, limit=10, hold=False)
        with pytest.raises(NotFound):
            await adapter.browse(SourceRef("a.b >"), sink, start=None, limit=10, hold=False)


async def test_that_a_dead_letter_knows_where_it_came_from(server: NatsServer) -> None:
    async with plain(server.url) as (_, js), opened(server.url) as adapter:
        await js.add_stream(name="ORDERS", subjects=["orders.>"])
        await js.add_stream(name="ORDERS_DLQ", subjects=["dlq.>"])
        await js.publish("dlq.orders.new", b"1")
        await js.publish("dlq.other", b"2")
        letters, _ = await look(adapter, "ORDERS_DLQ")
    first, second = (it.origin for it in letters)
    assert first is not None
    assert (first.resource, first.target) == ("ORDERS", None)
    assert second is not None
    assert (second.resource, second.target) == ("ORDERS", None)


async def test_that_large_bodies_by_the_hundred_do_not_make_the_server_cut_us_off(server: NatsServer) -> None:
    async with plain(server.url) as (_, js), opened(server.url) as adapter:
        await stream(js, "S", direct=False)
        for number in range(30):
            await js.publish("S.a", b"%d" % (number % 10) * 4_000_000)
        letters, _ = await look(adapter, "S")
    assert len(letters) == 30
