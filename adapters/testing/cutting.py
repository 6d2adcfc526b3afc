"""The connection breaks at every step of a redrive; then the run is resumed as the engine would."""

import itertools
from dataclasses import dataclass

from adapters.api import Adapter, DeadLetter, Marks, MessageRef, Order, SourceRef, Try
from adapters.testing.contract import CLOSE_S, Contract, bodies, payloads
from adapters.testing.gate import ScriptedGate
from adapters.testing.harness import Harness

COUNT = 5


@dataclass(frozen=True, slots=True)
class Cut:
    """A run that broke: what it was for, its gate, the targets' marks before, and whether it broke at all."""

    met: list[DeadLetter]
    gate: ScriptedGate
    since: Marks
    broke: bool
    raised: bool


class CutContract(Contract):
    """A redrive cut anywhere loses nothing, says what it knows, and its resumption doubles nothing it can tell apart."""

    async def test_that_a_cut_at_any_step_loses_nothing_and_tells_no_lie(self, harness: Harness) -> None:
        for step in itertools.count(1):
            cut = await self.cut(harness, step)
            lying, copies = await self.snapshot(harness)
            assert set(lying) | set(copies) == set(bodies(cut.met)), f"lost at step {step}"
            for outcome in cut.gate.outcomes:
                (body,) = bodies([it for it in cut.met if it.ref == outcome.ref])
                assert (body in lying) is (outcome.original == "left"), f"{outcome} at step {step}"
                assert body in copies, f"{outcome} without a copy at step {step}"
            for letter in cut.gate.copied:
                assert bodies([letter])[0] in copies, f"confirmed without a copy at step {step}"
            assert len(copies) == len(set(copies)), f"doubled at step {step}"
            if not cut.raised and not cut.gate.broken:
                assert len(cut.gate.outcomes) == len(cut.met), f"ended in silence at step {step}"
            if not cut.broke:
                assert not cut.raised
                return

    async def test_that_a_cut_run_resumes_without_a_double(self, harness: Harness) -> None:
        for step in itertools.count(1):
            cut = await self.cut(harness, step)
            await harness.let_leases_end()
            unknown = await self.resume(harness, cut)
            lying, copies = await self.snapshot(harness)
            assert set(lying) | set(copies) == set(bodies(cut.met)), f"lost at step {step}"
            assert len(copies) == len(set(copies)), f"doubled at step {step}"
            doubled = set(lying) & set(copies)
            assert doubled <= unknown, f"left behind at step {step}: {doubled - unknown}"
            assert set(lying) <= unknown, f"not resumed at step {step}: {set(lying) - unknown}"
            if not cut.broke:
                return

    async def test_that_a_cut_look_loses_nothing(self, harness: Harness) -> None:
        for step in itertools.count(1):
            await harness.reset()
            await harness.make_dead(payloads(COUNT))
            adapter = await harness.connect()
            source = await self.source(adapter, harness)
            await harness.arm(step)
            raised = await self._dies(harness, adapter, source)
            broke = await harness.disarm()
            await self._close(harness, adapter)
            assert bodies(await harness.read_all()) == [it.body for it in payloads(COUNT)]
            if not broke:
                assert not raised
                return

    async def cut(self, harness: Harness, step: int) -> Cut:
        """A redrive of everything that breaks at this step."""
        await harness.reset()
        await harness.make_dead(payloads(COUNT))
        adapter = await harness.connect()
        source = await self.source(adapter, harness)
        met, _ = await self.look(adapter, source)
        since = await adapter.marks([harness.target])
        gate = ScriptedGate(adapter, harness.target, prefix=2, run=harness.unique())
        await harness.arm(step)
        raised = False
        try:
            await self.redrive(adapter, harness, [it.ref for it in met], gate)
        except harness.deaths:
            raised = True
        broke = await harness.disarm()
        await self._close(harness, adapter)
        return Cut(met, gate, since, broke, raised)

    async def resume(self, harness: Harness, cut: Cut) -> set[bytes]:
        """One more pass over what was not reported; the bodies of which nothing can be told."""
        adapter = await harness.connect()
        source = await self.source(adapter, harness)
        reported = {it.ref for it in cut.gate.outcomes}
        open_ = [it.ref for it in cut.met if it.ref not in reported]
        copied = {it.ref for it in cut.gate.copied}
        orders = dict.fromkeys(open_, Order.SEND)
        orders.update(dict.fromkeys(copied & orders.keys(), Order.REMOVE))
        doubtful = [it for it in open_ if it in cut.gate.orders and it not in copied]
        tries = [Try(it, cut.gate.key(it), harness.target) for it in doubtful]
        for sighting in await adapter.settle(source, tries, cut.since):
            if sighting.copy == "found":
                orders[sighting.ref] = Order.REMOVE
            elif sighting.copy == "cannot_tell" and not sighting.again_safe:
                orders[sighting.ref] = Order.LEAVE
        gate = _Resumed(adapter, harness, cut.gate, orders)
        if open_:
            await self.redrive(adapter, harness, open_, gate)
        await adapter.close(CLOSE_S)
        left = {ref for ref, order in orders.items() if order is Order.LEAVE}
        return set(bodies([it for it in cut.met if it.ref in left]))

    async def _dies(self, harness: Harness, adapter: Adapter, source: SourceRef) -> bool:
        try:
            await self.look(adapter, source)
        except harness.deaths:
            return True
        return False

    async def _close(self, harness: Harness, adapter: Adapter) -> None:
        try:
            await adapter.close(CLOSE_S)
        except harness.deaths:
            # A killed program closes nothing.
            return


class _Resumed(ScriptedGate):
    """Sends under the keys of the run that broke."""

    def __init__(
        self, adapter: Adapter, harness: Harness, broken: ScriptedGate, orders: dict[MessageRef, Order]
    ) -> None:
        super().__init__(adapter, harness.target, order=lambda ref: orders[ref])
        self._broken = broken

    def key(self, ref: MessageRef) -> str:
        """The key of the first try."""
        return self._broken.key(ref)
