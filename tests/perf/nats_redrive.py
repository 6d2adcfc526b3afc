"""Measures a redrive on NATS, with and without its ledger, against the plain loop: one run, one server."""

import argparse
import asyncio
import tempfile
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from time import perf_counter

from adapters.api import (
    Adapter,
    ConnectionSpec,
    Copy,
    DeadLetter,
    MessageRef,
    Order,
    Outcome,
    Outgoing,
    Payload,
    Refusal,
    Services,
    SourceRef,
    TargetRef,
    Wanted,
)
from adapters.nats.info import INFO
from dashboard.engine.clock import SystemClock
from dashboard.engine.collector import calm_collector
from dashboard.engine.sharing import share_often
from tests.helpers.bench import Program, connection, draft, look
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


async def by_run(server: NatsServer, count: int) -> tuple[float, float]:
    """Seconds of a whole run, as its JSON says (gate, ledger, digests, our headers), and with the freezing before."""
    await seed(server, count)

    def make() -> Adapter:
        return INFO.load()(ConnectionSpec("nats", server.url), Services(SystemClock()))

    looked = await look(make, "DEAD", SystemClock())
    with tempfile.TemporaryDirectory() as folder:
        program = Program(Path(folder), make, looked, connection(), SystemClock())
        plan = await program.planner.plan(draft(source="DEAD", to="orders.run"))
        began = perf_counter()
        view = await program.runs.confirm(plan, "", rest_too=True, literal_secret=False)
        view = await program.runs.wait(view.id)
        took = perf_counter() - began
        assert view.tally.moved == count, view
        program.end()
    return view.seconds, took


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
        times = [
            (await by_loop(server, count), await by_adapter(server, count), await by_run(server, count))
            for _ in range(rounds)
        ]
    loop, adapter = min(one[0] for one in times), min(one[1] for one in times)
    run, whole = min(one[2][0] for one in times), min(one[2][1] for one in times)
    print(f"NATS redrive of {count:,} messages of {len(BODY)} B, best of {rounds} rounds")
    print(f"  plain loop        {count / loop:8,.0f}/s")
    print(f"  adapter's pass    {count / adapter:8,.0f}/s   {loop / adapter:.2f} of the loop")
    print(f"  run with ledger   {count / run:8,.0f}/s   {loop / run:.2f} of the loop")
    print(f"  and its freezing  {count / whole:8,.0f}/s   {loop / whole:.2f} of the loop")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=20_000)
    parser.add_argument("--rounds", type=int, default=3)
    arguments = parser.parse_args()
    # As the program does; the plain loop has the same.
    calm_collector()
    share_often()
    asyncio.run(main(arguments.count, arguments.rounds))
