"""Cancelling a call: a cut that leaves nothing running."""

import asyncio
from collections.abc import Sequence

import pytest

from adapters.api import Adapter, DeadLetter, Scope
from adapters.testing.contract import CLOSE_S, Contract, bodies, payloads, wanted
from adapters.testing.gate import ScriptedGate
from adapters.testing.harness import Harness


class CancelContract(Contract):
    """Cancelling leaves no task, no lock and no message away; the adapter can still be closed."""

    async def test_that_a_cancelled_take_removes_nothing_unsafe(
        self, adapter: Adapter, harness: Harness
    ) -> None:
        await harness.make_dead(payloads(5))
        source = await self.source(adapter, harness)
        met, _ = await self.look(adapter, source)
        reached, tasks = asyncio.Event(), asyncio.all_tasks()

        async def wait_for_ever(_found: Sequence[DeadLetter]) -> None:
            reached.set()
            await asyncio.Event().wait()

        gate = ScriptedGate(adapter, harness.target, prefix=2, before_keep=wait_for_ever)
        await self._cancelled(adapter.take(source, wanted([it.ref for it in met]), gate), reached)
        assert asyncio.all_tasks() <= tasks
        assert not gate.outcomes
        await adapter.close(CLOSE_S)
        await self._all_there(harness)

    async def test_that_a_cancelled_look_loses_nothing(self, adapter: Adapter, harness: Harness) -> None:
        await harness.make_dead(payloads(5))
        source = await self.source(adapter, harness)
        reached, tasks = asyncio.Event(), asyncio.all_tasks()

        async def sink(_letters: Sequence[DeadLetter]) -> None:
            reached.set()
            await asyncio.Event().wait()

        look = adapter.browse(source, sink, start=None, limit=100, hold=False)
        await self._cancelled(look, reached)
        assert asyncio.all_tasks() <= tasks
        await adapter.close(CLOSE_S)
        await self._all_there(harness)

    async def test_that_an_adapter_works_after_a_cancelled_call(
        self, adapter: Adapter, harness: Harness
    ) -> None:
        sweeping = asyncio.ensure_future(adapter.sweep(Scope()))
        sweeping.cancel()
        with pytest.raises(asyncio.CancelledError):
            await sweeping
        sweep = await adapter.sweep(Scope())
        assert harness.source in sweep.names

    async def _cancelled(self, call: object, reached: asyncio.Event) -> None:
        assert asyncio.iscoroutine(call)
        task = asyncio.ensure_future(call)
        await reached.wait()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    async def _all_there(self, harness: Harness) -> None:
        """Nothing left, and after their time leases end."""
        await harness.let_leases_end()
        assert bodies(await harness.read_all()) == [it.body for it in payloads(5)]
        other = await harness.connect()
        met, _ = await self.look(other, await self.source(other, harness))
        await other.close(CLOSE_S)
        self.assert_all(payloads(5), met)
