"""A stream of orders and its dead letters, written by nats-py alone."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

import nats
from nats.aio.client import Client
from nats.js import JetStreamContext

EVERY_BYTE = bytes(range(256))
TRACE = "4bf92f3577b34da6a3ce929d0e0e4736"
ORIGIN = "ORDERS"
SOURCE = "ORDERS_DLQ"
TARGET = "orders.new"


@dataclass(frozen=True)
class Raw:
    """A message as the server holds it."""

    seq: int
    subject: str
    body: bytes
    headers: dict[str, str]


@asynccontextmanager
async def connected(url: str) -> AsyncIterator[tuple[Client, JetStreamContext]]:
    """A plain client."""
    client = await nats.connect(url)
    try:
        yield client, client.jetstream()
    finally:
        await client.close()


def body_of(number: int) -> bytes:
    """The body of dead letter `number`: JSON, with every byte value, empty, and JSON again."""
    return {1: EVERY_BYTE, 2: b""}.get(number % 10, b'{"order": %d, "total": null}' % number)


def headers_of(number: int) -> dict[str, str]:
    """Three of four died of a bad field, one of a timeout."""
    timeout = number % 4 == 0
    return {
        "tenant": f"t-{number % 3}",
        "X-Original-Subject": TARGET,
        "x-exception": "TimeoutError" if timeout else "ValidationError",
        "x-error": f"carrier took {number} ms" if timeout else f"field total of order {number} is null",
        "traceparent": f"00-{TRACE}-{number:016x}-01",
    }


async def seed(js: JetStreamContext, count: int) -> None:
    """Makes both streams and writes so many dead letters, sequences 1 to `count`."""
    await js.add_stream(name=ORIGIN, subjects=["orders.>"])
    await js.add_stream(name=SOURCE, subjects=["dlq.orders.>"])
    for number in range(1, count + 1):
        await js.publish("dlq.orders.new", body_of(number), headers=headers_of(number))


async def contents(js: JetStreamContext, stream: str) -> list[Raw]:
    """All messages of a stream, by sequence."""
    state = (await js.stream_info(stream)).state
    found: list[Raw] = []
    for seq in range(max(state.first_seq, 1), state.last_seq + 1):
        try:
            held = await js.get_msg(stream, seq)
        except nats.js.errors.NotFoundError:
            continue
        found.append(Raw(seq, held.subject or "", held.data or b"", dict(held.headers or {})))
    return found
