"""Taking messages: the pass in which the adapter finds and the gate decides."""

from collections.abc import Callable, Sequence
from dataclasses import replace

import pytest

from adapters.api import Adapter, DeadLetter, Fate, MessageRef, NotFound, Order, Replaced, SourceRef
from adapters.testing.contract import CLOSE_S, Contract, bodies, payloads, wanted
from adapters.testing.gate import ScriptedGate
from adapters.testing.harness import Harness


class TakeContract(Contract):
    """Nothing is touched that was not wanted, asked about and made safe; everything else is given back as it was."""

    async def met(self, adapter: Adapter, harness: Harness, count: int) -> tuple[SourceRef, list[DeadLetter]]:
        """So many dead letters, looked at; in the order of the source where looks have it."""
        await harness.make_dead(payloads(count))
        source = await self.source(adapter, harness)
        met, _ = await self.look(adapter, source)
        return source, sorted(met, key=lambda it: [p.body for p in payloads(count)].index(bodies([it])[0]))

    async def test_that_chosen_messages_are_copied_and_removed_and_others_stay(
        self, adapter: Adapter, harness: Harness
    ) -> None:
        traits = await self.traits(adapter, harness)
        source, met = await self.met(adapter, harness, 9)
        chosen, others = met[1::2], met[0::2]
        gate = ScriptedGate(adapter, harness.target, run=harness.unique())
        look = await adapter.take(source, wanted([it.ref for it in chosen]), gate)
        went = "marked" if traits.removal == "mark" else "removed"
        assert {it.ref for it in gate.outcomes} == {it.ref for it in chosen}
        assert {(it.fate, it.original) for it in gate.outcomes} == {(Fate.MOVED, went)}
        assert len(gate.outcomes) == len(chosen)
        assert bodies(await harness.read_all()) == bodies(others)
        assert sorted(bodies(await harness.copies())) == sorted(bodies(chosen))
        assert look.complete is traits.complete or traits.seekable

    async def test_that_messages_are_asked_about_once_in_the_order_met(
        self, adapter: Adapter, harness: Harness
    ) -> None:
        traits = await self.traits(adapter, harness)
        source, met = await self.met(adapter, harness, 7)
        refs = [it.ref for it in met]
        gate = ScriptedGate(adapter, harness.target, prefix=2, run=harness.unique())
        await adapter.take(source, wanted(refs), gate)
        assert sorted(gate.admitted, key=refs.index) == refs
        if traits.ordered:
            assert gate.admitted == refs

    async def test_that_nothing_is_removed_before_its_copy_is_safe(
        self, adapter: Adapter, harness: Harness
    ) -> None:
        source, met = await self.met(adapter, harness, 5)
        early: list[bytes] = []

        async def before_keep(found: Sequence[DeadLetter]) -> None:
            lying = bodies(await harness.read_all())
            early.extend(body for body in bodies(found) if body not in lying)

        gate = ScriptedGate(adapter, harness.target, prefix=2, run=harness.unique(), before_keep=before_keep)
        await adapter.take(source, wanted([it.ref for it in met]), gate)
        assert not early
        for ref in gate.admitted:
            steps = [it.what for it in gate.steps if it.ref == ref]
            assert steps == ["admit", "keep", "done"]

    async def test_that_left_messages_are_not_touched(self, adapter: Adapter, harness: Harness) -> None:
        source, met = await self.met(adapter, harness, 5)
        before = await self.snapshot(harness)
        gate = ScriptedGate(adapter, harness.target, order=lambda _: Order.LEAVE)
        await adapter.take(source, wanted([it.ref for it in met]), gate)
        assert len(gate.admitted) == 5
        assert not gate.outcomes
        assert await self.snapshot(harness) == before

    async def test_that_removal_alone_makes_no_copy(self, adapter: Adapter, harness: Harness) -> None:
        source, met = await self.met(adapter, harness, 5)
        gate = ScriptedGate(adapter, harness.target, order=lambda _: Order.REMOVE)
        await adapter.take(source, wanted([it.ref for it in met[:3]]), gate)
        assert [it.what for it in gate.steps].count("keep") == 0
        assert [it.fate for it in gate.outcomes] == [Fate.MOVED] * 3
        assert await self.snapshot(harness) == (bodies(met[3:]), [])

    async def test_that_what_is_not_kept_stays(self, adapter: Adapter, harness: Harness) -> None:
        source, met = await self.met(adapter, harness, 5)
        refused = met[2]
        gate = ScriptedGate(
            adapter, harness.target, refused=frozenset({refused.ref.key}), run=harness.unique()
        )
        await adapter.take(source, wanted([it.ref for it in met]), gate)
        assert refused.ref not in {it.ref for it in gate.outcomes}
        assert bodies(await harness.read_all()) == bodies([refused])
        assert len(await harness.copies()) == 4

    async def test_that_a_closed_gate_ends_the_pass_after_what_was_admitted(
        self, adapter: Adapter, harness: Harness
    ) -> None:
        source, met = await self.met(adapter, harness, 7)
        gate = ScriptedGate(adapter, harness.target, prefix=2, close_after=3, run=harness.unique())
        look = await adapter.take(source, wanted([it.ref for it in met]), gate)
        assert not look.complete
        assert len(gate.admitted) == 3
        assert [it.ref for it in gate.outcomes] == gate.admitted
        assert await harness.count() == 4
        other = await harness.connect()
        again, _ = await self.look(other, source)
        await other.close(CLOSE_S)
        marked = [it for it in again if it.handled is not None]
        assert len(again) - len(marked) == 4 or look.lease is not None

    async def test_that_a_gate_closed_before_ends_the_pass_at_once(
        self, adapter: Adapter, harness: Harness
    ) -> None:
        source, met = await self.met(adapter, harness, 3)
        gate = ScriptedGate(adapter, harness.target)
        gate.close()
        look = await adapter.take(source, wanted([it.ref for it in met]), gate)
        assert not look.complete
        assert not gate.steps
        assert await harness.count() == 3

    async def test_that_another_message_in_its_place_is_left(
        self, adapter: Adapter, harness: Harness
    ) -> None:
        traits = await self.traits(adapter, harness)
        source, met = await self.met(adapter, harness, 3)
        meant = replace(met[1].ref, digest=b"\x00" * 16)
        if traits.identity == "digest":
            meant = replace(meant, key=meant.digest.hex())
        gate = ScriptedGate(adapter, harness.target)
        await adapter.take(source, wanted([meant]), gate)
        assert not gate.admitted
        assert await harness.count() == 3
        if traits.identity == "digest":
            assert not gate.outcomes
        else:
            assert [(it.ref.key, it.fate, it.original, it.reason) for it in gate.outcomes] == [
                (meant.key, Fate.KEPT, "left", "replaced")
            ]

    async def test_that_what_has_gone_is_not_reported(self, adapter: Adapter, harness: Harness) -> None:
        traits = await self.traits(adapter, harness)
        source, met = await self.met(adapter, harness, 4)
        refs = [it.ref for it in met]
        first = ScriptedGate(adapter, harness.target, run=harness.unique())
        await adapter.take(source, wanted(refs[:2]), first)
        second = ScriptedGate(adapter, harness.target, run=harness.unique(), order=_leave(refs[:2]))
        look = await adapter.take(source, wanted(refs), second)
        assert {it.ref for it in second.outcomes} == set(refs[2:])
        assert look.complete is traits.complete
        if traits.removal != "mark":
            assert sorted(second.admitted, key=refs.index) == refs[2:]

    async def test_that_one_of_equal_messages_goes_and_the_others_stay(
        self, adapter: Adapter, harness: Harness
    ) -> None:
        await harness.make_dead(payloads(1) * 3)
        source = await self.source(adapter, harness)
        met, _ = await self.look(adapter, source)
        chosen = met[1].ref
        gate = ScriptedGate(adapter, harness.target, run=harness.unique(), order=_once())
        await adapter.take(source, wanted([chosen]), gate)
        assert len(gate.outcomes) == 1
        assert await harness.count() == 2
        assert len(await harness.copies()) == 1

    async def test_that_a_source_made_anew_is_not_touched(self, adapter: Adapter, harness: Harness) -> None:
        source, met = await self.met(adapter, harness, 3)
        await harness.remake()
        await harness.make_dead(payloads(3, "new"))
        gate = ScriptedGate(adapter, harness.target)
        if source.incarnation is None:
            await adapter.take(source, wanted([it.ref for it in met]), gate)
        else:
            with pytest.raises(Replaced):
                await adapter.take(source, wanted([it.ref for it in met]), gate)
        assert not gate.admitted
        assert await self.snapshot(harness) == ([it.body for it in payloads(3, "new")], [])

    async def test_that_a_source_that_is_not_there_is_not_found(
        self, adapter: Adapter, harness: Harness
    ) -> None:
        _, met = await self.met(adapter, harness, 1)
        gate = ScriptedGate(adapter, harness.target)
        with pytest.raises(NotFound):
            await adapter.take(SourceRef(harness.unique()), wanted([it.ref for it in met]), gate)
        assert not gate.steps


def _leave(refs: Sequence[MessageRef]) -> Callable[[MessageRef], Order]:
    return lambda ref: Order.LEAVE if ref in refs else Order.SEND


def _once() -> Callable[[MessageRef], Order]:
    orders = iter([Order.SEND])
    return lambda _: next(orders, Order.LEAVE)
