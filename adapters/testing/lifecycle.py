"""Opening and closing."""

import asyncio
import math
import time

import pytest

from adapters.api import Adapter, Disconnected, Effect, Scope
from adapters.testing.contract import CLOSE_S, Contract, bodies, payloads
from adapters.testing.harness import Harness


class LifecycleContract(Contract):
    """An adapter opens without touching anything, and closes completely, soon and more than once."""

    async def test_that_opening_touches_nothing(self, harness: Harness) -> None:
        await harness.reset()
        await harness.make_dead(payloads(3))
        before = await self.snapshot(harness)
        adapter = await harness.connect()
        await adapter.close(CLOSE_S)
        assert await self.snapshot(harness) == before

    async def test_that_an_open_adapter_names_its_server(self, harness: Harness) -> None:
        adapter = await harness.connect()
        await adapter.close(CLOSE_S)
        probe = await adapter.open()
        await adapter.close(CLOSE_S)
        assert probe.server
        assert math.isfinite(probe.rtt_s)

    async def test_that_closing_twice_is_closing_once(self, harness: Harness) -> None:
        adapter = await harness.connect()
        await adapter.close(CLOSE_S)
        assert not await adapter.close(CLOSE_S)

    async def test_that_closing_is_bounded_when_the_broker_is_away(self, harness: Harness) -> None:
        adapter = await harness.connect()
        await harness.sever()
        begun = time.monotonic()
        await adapter.close(CLOSE_S)
        assert time.monotonic() - begun < CLOSE_S + 1
        await harness.heal()

    async def test_that_closing_leaves_no_task(self, harness: Harness) -> None:
        before = asyncio.all_tasks()
        adapter = await harness.connect()
        await adapter.sweep(Scope())
        await adapter.close(CLOSE_S)
        # A task that was cancelled needs a turn of the loop to end.
        await asyncio.sleep(0)
        assert asyncio.all_tasks() <= before

    async def test_that_a_closed_adapter_does_nothing(self, harness: Harness) -> None:
        await harness.reset()
        await harness.make_dead(payloads(3))
        adapter = await harness.connect()
        source = await self.source(adapter, harness)
        await adapter.close(CLOSE_S)
        with pytest.raises(Disconnected) as raised:
            await self.look(adapter, source)
        assert raised.value.effect is Effect.NOT_DONE
        assert len(bodies(await harness.read_all())) == 3

    async def test_that_a_held_look_ends_with_the_connection_or_says_until_when(
        self, adapter: Adapter, harness: Harness
    ) -> None:
        await harness.make_dead(payloads(3))
        source = await self.source(adapter, harness)
        traits = await self.traits(adapter, harness)
        await self.look(adapter, source, hold=True)
        leases = await adapter.close(CLOSE_S)
        other = await harness.connect()
        met, _ = await self.look(other, source)
        await other.close(CLOSE_S)
        if traits.hides_s is None:
            assert not leases
            assert len(met) == 3
        else:
            assert sum(lease.count for lease in leases) == 3
            assert all(lease.until is not None for lease in leases)
            assert not met
            await harness.let_leases_end()
