"""Measures the NATS adapter's redrive against the plain loop, in one run on one server."""

import argparse
import asyncio
import tempfile
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from time import perf_counter

from adapters.api import (
    Adapter,
    Copy,
    DeadLetter,
    MessageRef,
    Order,
    Outcome,
    Outgoing,
    Payload,
    Refusal,
    SourceRef,
    TargetRef,
    Wanted,
)
from tests.helpers.nats_server import NatsServer, nats_server
from tests.helpers.nats_world import opened, plain
from tests.perf.nats_raw import RawLoop

BODY = b"x" * 600


class PublishGate:
    """Sends everything; writes nothing down."""

    closed = False

    def __init__(self, adapter: Adapter, target: TargetRef) -> None:
        self._adapter = adapter
        self._target = target
        self._sent = 0
        self.moved = 0

    async def admit(self, met: Sequence[MessageRef]) -> Sequence[Order]:
        return [Order.SEND] * len(met)

    def outgoing(self, letter: DeadLetter) -> Outgoing | Refusal:
        assert isinstance(letter.payload, Payload)
        self._sent += 1
        return Outgoing(self._target, letter.payload, f"run/{self._sent}")

    async def keep(self, found: Sequence[DeadLetter]) -> Sequence[bool]:
        outs = [it for it in map(self.outgoing, found) if isinstance(it, Outgoing)]
        return [isinstance(it, Copy) for it in await self._adapter.publish(outs)]

    async def done(self, outcomes: Sequence[Outcome]) -> None:
        self.moved += sum(1 for it in outcomes if it.original == "removed")


async def seed(server: NatsServer, count: int) -> None:
    """A fresh pair of streams with so many dead letters."""
    async with plain(server.url) as (client, js):
        for info in await js.streams_info():
            await js.purge_stream(str(info.config.name))
        await js.add_stream(name="ORDERS", subjects=["orders.>"])
        await js.add_stream(name="DEAD", subjects=["dead"])
        for number in range(count - 1):
            await client.publish("dead", BODY, headers={"X-Error": "boom", "X-Number": str(number)})
            if number % 1000 == 0:
                await client.flush()
        await js.publish("dead", BODY, headers={"X-Error": "boom"}, timeout=30)


async def by_loop(server: NatsServer, count: int) -> float:
    """Seconds of the plain loop."""
    await seed(server, count)
    async with plain(server.url) as (client, js):
        first = (await js.stream_info("DEAD")).state.first_seq
        began = perf_counter()
        moved = await RawLoop(client, "DEAD", "orders.raw").run(range(first, first + count))
        assert moved == count
        return perf_counter() - began


async def by_adapter(server: NatsServer, count: int) -> float:
    """Seconds of the adapter's take with publish."""
    await seed(server, count)
    async with opened(server.url) as adapter:
        source, letters = await _look(adapter)
        gate = PublishGate(adapter, TargetRef("orders.redriven"))
        wanted = Wanted({it.ref.key: (it.ref,) for it in letters})
        began = perf_counter()
        await adapter.take(source, wanted, gate)
        assert gate.moved == count
        return perf_counter() - began


async def _look(adapter: Adapter) -> tuple[SourceRef, list[DeadLetter]]:
    source = (await adapter.describe("DEAD")).source
    assert source is not None
    letters: list[DeadLetter] = []

    async def sink(page: Sequence[DeadLetter]) -> None:
        letters.extend(replace(it, payload=Payload(b"")) for it in page)

    await adapter.browse(source, sink, start=None, limit=10**9, hold=False)
    return source, letters


async def main(count: int, rounds: int) -> None:
    """Best of some rounds; each does both, so that other work on the machine weighs on both."""
    with tempfile.TemporaryDirectory() as folder, nats_server(Path(folder)) as server:
        pairs = [(await by_loop(server, count), await by_adapter(server, count)) for _ in range(rounds)]
    raw, ours = (min(times) for times in zip(*pairs, strict=True))
    print(f"plain loop {count / raw:,.0f}/s  adapter {count / ours:,.0f}/s  ratio {raw / ours:.2f}")  # noqa: T201


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=20_000)
    parser.add_argument("--rounds", type=int, default=3)
    arguments = parser.parse_args()
    asyncio.run(main(arguments.count, arguments.rounds))
