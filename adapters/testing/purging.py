"""Removing everything up to a point, archived; and the broker's own purge, which archives nothing."""

from collections.abc import Sequence

from adapters.api import YES, Adapter, BulkJob, BulkState, DeadLetter, Fate, Mark, Right
from adapters.testing.contract import Contract, bodies, payloads, wanted
from adapters.testing.gate import ScriptedGate
from adapters.testing.harness import Harness


class PurgeContract(Contract):
    """What is purged was archived and counted; what arrives meanwhile, or lies beyond the mark, stays."""

    async def test_that_arrivals_during_a_purge_stay(self, adapter: Adapter, harness: Harness) -> None:
        await harness.make_dead(payloads(6))
        source = await self.source(adapter, harness)
        met, _ = await self.look(adapter, source)

        async def arrive(found: Sequence[DeadLetter]) -> None:
            await harness.make_dead(payloads(1, f"late {len(found)} {harness.unique()}"))

        gate = ScriptedGate(None, harness.target, prefix=2, before_keep=arrive)
        await adapter.take(source, wanted([it.ref for it in met]), gate)
        assert sorted(bodies(gate.copied)) == sorted(bodies(met))
        assert len(gate.outcomes) == len([it for it in gate.outcomes if it.fate is Fate.MOVED]) == 6
        left = bodies(await harness.read_all())
        assert len(left) == 3
        assert not set(left) & set(bodies(met))

    async def test_that_a_mark_bounds_a_purge(self, adapter: Adapter, harness: Harness) -> None:
        traits = await self.traits(adapter, harness)
        await harness.make_dead(payloads(4))
        source = await self.source(adapter, harness)
        first, look = await self.look(adapter, source)
        await harness.make_dead(payloads(2, "late"))
        met, _ = await self.look(adapter, source)
        gate = ScriptedGate(None, harness.target)
        if not traits.seekable:
            refs = [it.ref for it in met]
            await self.refused(harness, lambda: adapter.take(source, wanted(refs, Mark("1")), gate))
            return
        await adapter.take(source, wanted([it.ref for it in met], look.end), gate)
        assert {it.ref for it in gate.outcomes} == {it.ref for it in first}
        assert bodies(await harness.read_all()) == [it.body for it in payloads(2, "late")]

    async def test_that_the_brokers_purge_is_counted_or_refused(
        self, adapter: Adapter, harness: Harness
    ) -> None:
        traits = await self.traits(adapter, harness)
        await harness.make_dead(payloads(4))
        source = await self.source(adapter, harness)
        _, look = await self.look(adapter, source)
        await harness.make_dead(payloads(2, "late"))
        states: list[BulkState] = []

        async def sink(page: Sequence[BulkState]) -> None:
            states.extend(page)

        job = BulkJob(harness.unique(), "purge", source, upto=look.end)
        harness.declare("broker's purge", traits.grant(Right.BULK).verdict)
        if traits.grant(Right.BULK) != YES:
            await self.refused(harness, lambda: adapter.bulk(job, sink))
            return
        before = await harness.count()
        state = await adapter.bulk(job, sink)
        assert state.done
        assert state.count is None or state.count == before - await harness.count() == 4
        assert bodies(await harness.read_all()) == [it.body for it in payloads(2, "late")]
