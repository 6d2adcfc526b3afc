"""Dead letters of a real NATS server, from the wire to rows, causes, details and searches."""

import asyncio
import json
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import pytest

from adapters.api import Adapter, ConnectionSpec, Header, NotFound, Payload, Services
from adapters.nats.adapter import NatsAdapter, make
from dashboard.core.connections import Connection
from dashboard.core.decode import decode_body
from dashboard.core.fleet import FleetSnapshot
from dashboard.core.letters import Selection, SourceKey
from dashboard.core.text import one_line
from dashboard.engine.mailbox import Mailbox
from dashboard.engine.reading import Reading, ReadingParts
from tests.helpers.nats_server import NatsServer, nats_server
from tests.helpers.nats_world import plain
from tests.helpers.snapshots import NOW, DeadFile

DLQ = SourceKey("shop", "ORDERS_DLQ")
EIGHT_MIB = 8 << 20


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[NatsServer]:
    with nats_server(tmp_path_factory.mktemp("nats"), config="max_payload: 16MB\n") as running:
        yield running


@pytest.fixture
async def reading(server: NatsServer, tmp_path: Path) -> AsyncIterator[tuple[Reading, DeadFile]]:
    dead = DeadFile(tmp_path)

    async def connect(_name: str) -> Adapter:
        adapter = make(ConnectionSpec("nats", server.url), Services(dead.clock))
        await adapter.open()
        return adapter

    parts = ReadingParts(
        recorder=dead.recorder,
        store=dead.store,
        clock=dead.clock,
        mailbox=Mailbox(),
        connect=connect,
        find=lambda name: Connection(name, "nats", server.url, read_only=True),
        fleet=lambda: FleetSnapshot(NOW),
    )
    one = Reading(parts)
    yield one, dead
    await one.close()
    await asyncio.to_thread(dead.close)


async def make_stream(server: NatsServer, **options: Any) -> None:
    async with plain(server.url) as (_, js):
        for info in await js.streams_info():
            await js.delete_stream(info.config.name or "")
        await js.add_stream(name="ORDERS_DLQ", subjects=["dlq.>"], **options)


async def publish(server: NatsServer, letters: list[tuple[bytes, dict[str, str]]]) -> None:
    async with plain(server.url) as (client, js):
        for number, (body, headers) in enumerate(letters, 1):
            # The stream stores in order, so that the ack of one says that those before it are stored.
            if number % 500 == 0 or number == len(letters):
                await js.publish("dlq.orders", body, headers=headers or None, timeout=20)
            else:
                await client.publish("dlq.orders", body, headers=headers or None)


async def publish_raw(server: NatsServer, headers: bytes, body: bytes) -> None:
    """A message whose headers no client library would write."""
    reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
    await reader.readline()
    block = b"NATS/1.0\r\n" + headers + b"\r\n"
    frame = b"HPUB dlq.raw %d %d\r\n" % (len(block), len(block) + len(body))
    writer.write(b'CONNECT {"verbose":false,"headers":true}\r\n' + frame + block + body + b"\r\nPING\r\n")
    await writer.drain()
    assert b"PONG" in await reader.readuntil(b"PONG")
    writer.close()
    await writer.wait_closed()


@pytest.mark.parametrize("direct", [False, True])
async def test_that_bodies_of_any_bytes_and_size_come_back_exactly(
    server: NatsServer, reading: tuple[Reading, DeadFile], *, direct: bool
) -> None:
    one, _ = reading
    await make_stream(server, allow_direct=direct)
    bodies = [
        b"",
        bytes(range(256)),
        *(bytes([value]) for value in range(256)),
        b"\xff\x00" * (EIGHT_MIB // 2),
    ]
    await publish(server, [(body, {"x-error": f"poison {n}"}) for n, body in enumerate(bodies)])
    info = await one.read(DLQ)
    assert (info.count, info.complete, info.failed, info.expected) == (len(bodies), True, "", len(bodies))
    for n, body in enumerate(bodies, 1):
        detail = await one.letter(info.id, n)
        assert isinstance(detail.payload, Payload)
        assert detail.payload.body == body
        assert detail.row.ref.key == str(n)
        assert decode_body(detail.payload).form in {"empty", "hex", "text", "json"}
    view = await one.source(DLQ)
    assert [(group.title, group.count) for group in view.groups] == [("Poison …", len(bodies))]


async def test_that_hostile_headers_come_back_exactly_and_are_shown_safely(
    server: NatsServer, reading: tuple[Reading, DeadFile]
) -> None:
    one, _ = reading
    await make_stream(server)
    await publish_raw(
        server,
        b"x-exception: Evil\x1b]0;owned\x07Error\r\nx-error: gr\xfcn \x1b[2J\xe2\x80\xaetxt\r\nTenant: a\r\ntenant: b\r\n",
        b"{}",
    )
    info = await one.read(DLQ)
    detail = await one.letter(info.id, 1)
    assert isinstance(detail.payload, Payload)
    assert Header("x-error", b"gr\xfcn \x1b[2J\xe2\x80\xaetxt") in detail.payload.headers
    assert [header.value for header in detail.payload.headers if header.name.lower() == "tenant"] == [
        b"a",
        b"b",
    ]
    for text in (detail.row.title, detail.row.reason, detail.failure.exception, detail.failure.message):
        shown = one_line(text)
        assert "\x1b" not in shown
        assert "\u202e" not in shown
    assert "\x1b" not in detail.row.title
    for query in ("header.tenant:b", "header.TENANT:a", "gr*"):
        assert (await one.page(info.id, query, offset=0, limit=5)).total == 1


async def test_that_causes_searches_and_the_frozen_set_agree_with_what_was_published(
    server: NatsServer, reading: tuple[Reading, DeadFile]
) -> None:
    one, dead = reading
    await make_stream(server)
    letters = []
    for n in range(3_000):
        exception = "ValidationError" if n % 3 else "GatewayTimeout"
        body = {"order": {"id": f"ord_{n}", "total": n, "currency": None if n % 5 == 0 else "EUR"}}
        headers = {
            "x-exception": exception,
            "x-error": f"order ord_{n} failed after {n} ms",
            "x-original-subject": "orders.new",
            "tenant": "acme" if n % 2 else "nordlys",
        }
        letters.append((json.dumps(body).encode(), headers))
    await publish(server, letters)
    info = await one.read(DLQ)
    view = await one.source(DLQ)
    assert [(group.exception, group.count) for group in view.groups] == [
        ("ValidationError", 2_000),
        ("GatewayTimeout", 1_000),
    ]
    for query, expected in (
        ("cause:GatewayTimeout", [n for n in range(3_000) if n % 3 == 0]),
        ("body.order.currency:null header.tenant:acme", [n for n in range(3_000) if n % 5 == 0 and n % 2]),
        ("body.order.total:2990.. -cause:ValidationError", [n for n in range(2_990, 3_000) if n % 3 == 0]),
        ("ord_77", [77]),
        ("target:orders.new id:5", [4]),
    ):
        page = await one.page(info.id, query, offset=0, limit=5_000)
        assert [row.n - 1 for row in page.rows] == expected
    chosen = list(dead.store.chosen(Selection(DLQ, info.id, "cause:GatewayTimeout", frozenset({1}))))
    assert [one.ref.key for one in chosen] == [str(n + 1) for n in range(3, 3_000, 3)]
    assert {one.target for one in chosen} == {"orders.new"}


async def test_that_a_stream_deleted_in_mid_scan_keeps_what_was_read(
    server: NatsServer, reading: tuple[Reading, DeadFile], monkeypatch: pytest.MonkeyPatch
) -> None:
    one, _ = reading
    await make_stream(server)
    await publish(server, [(b"x" * 600, {"x-error": "boom"}) for _ in range(5_000)])
    original = NatsAdapter.browse

    async def browse(self: NatsAdapter, source: Any, sink: Any, **options: Any) -> Any:
        deleted = False

        async def deleting(letters: Any) -> None:
            nonlocal deleted
            await sink(letters)
            if not deleted:
                deleted = True
                async with plain(server.url) as (_, js):
                    await js.delete_stream("ORDERS_DLQ")

        return await original(self, source, deleting, **options)

    monkeypatch.setattr(NatsAdapter, "browse", browse)
    info = await one.read(DLQ)
    assert 0 < info.count < 5_000
    assert not info.complete
    assert "ORDERS_DLQ" in info.failed
    assert (await one.page(info.id, "boom", offset=0, limit=1)).total == info.count
    with pytest.raises(NotFound):
        await one.read(DLQ)


async def test_that_an_empty_stream_is_an_empty_reading(
    server: NatsServer, reading: tuple[Reading, DeadFile]
) -> None:
    one, _ = reading
    await make_stream(server)
    info = await one.read(DLQ)
    assert (info.count, info.complete) == (0, True)
    assert (await one.source(DLQ)).groups == ()
