"""Moving messages where copy and removal are one act of the broker."""

from adapters.api import Adapter, Fate, Order, Route
from adapters.testing.contract import Contract, bodies, payloads, wanted
from adapters.testing.gate import ScriptedGate
from adapters.testing.harness import Harness


class MoveContract(Contract):
    """A coupled route moves without a step between copy and removal; without one `move` is refused."""

    async def coupled(self, adapter: Adapter, harness: Harness) -> Route | None:
        """The route where it is coupled; else the twin has been tested."""
        route = await self.route(adapter, harness)
        if route.coupled:
            return route
        await harness.make_dead(payloads(3))
        source = await self.source(adapter, harness)
        met, _ = await self.look(adapter, source)
        gate = ScriptedGate(adapter, harness.target)
        await self.refused(harness, lambda: adapter.move(source, wanted([it.ref for it in met]), gate))
        assert not gate.steps
        return None

    async def test_that_moved_messages_lie_in_the_target_alone(
        self, adapter: Adapter, harness: Harness
    ) -> None:
        if await self.coupled(adapter, harness) is None:
            return
        traits = await self.traits(adapter, harness)
        await harness.make_dead(payloads(7))
        source = await self.source(adapter, harness)
        met, _ = await self.look(adapter, source)
        gate = ScriptedGate(adapter, harness.target, prefix=2, run=harness.unique())
        look = await adapter.move(source, wanted([it.ref for it in met[1::2]]), gate)
        went = "marked" if traits.removal == "mark" else "removed"
        assert [(it.ref, it.fate, it.original) for it in gate.outcomes] == [
            (it.ref, Fate.MOVED, went) for it in met[1::2]
        ]
        assert all(it.copy is not None for it in gate.outcomes)
        assert not gate.copied
        assert look.complete
        assert await self.snapshot(harness) == (bodies(met[0::2]), bodies(met[1::2]))

    async def test_that_refused_and_left_messages_stay(self, adapter: Adapter, harness: Harness) -> None:
        if await self.coupled(adapter, harness) is None:
            return
        await harness.make_dead(payloads(3))
        source = await self.source(adapter, harness)
        met, _ = await self.look(adapter, source)
        gate = ScriptedGate(
            adapter,
            harness.target,
            refused=frozenset({met[0].ref.key}),
            order=lambda ref: Order.LEAVE if ref == met[1].ref else Order.SEND,
            run=harness.unique(),
        )
        await adapter.move(source, wanted([it.ref for it in met]), gate)
        assert [(it.fate, it.original) for it in gate.outcomes if it.ref == met[0].ref] == [
            (Fate.KEPT, "left")
        ]
        assert met[1].ref not in {it.ref for it in gate.outcomes}
        assert await self.snapshot(harness) == (bodies(met[:2]), bodies(met[2:]))

    async def test_that_a_closed_gate_ends_the_move(self, adapter: Adapter, harness: Harness) -> None:
        if await self.coupled(adapter, harness) is None:
            return
        await harness.make_dead(payloads(7))
        source = await self.source(adapter, harness)
        met, _ = await self.look(adapter, source)
        gate = ScriptedGate(adapter, harness.target, prefix=2, close_after=3, run=harness.unique())
        look = await adapter.move(source, wanted([it.ref for it in met]), gate)
        assert not look.complete
        assert [it.ref for it in gate.outcomes] == gate.admitted == [it.ref for it in met[:3]]
        assert await self.snapshot(harness) == (bodies(met[3:]), bodies(met[:3]))
