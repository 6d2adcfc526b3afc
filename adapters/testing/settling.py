"""Telling after a cut what became of a send."""

from collections.abc import Sequence

from adapters.api import Adapter, DeadLetter, SourceRef, Try
from adapters.testing.contract import CLOSE_S, Contract, payloads
from adapters.testing.gate import ScriptedGate
from adapters.testing.harness import Harness


class SettleContract(Contract):
    """A sighting says what can be known without a look, and never that something is away which may be hidden."""

    async def tried(
        self, adapter: Adapter, harness: Harness, count: int
    ) -> tuple[SourceRef, list[DeadLetter], list[Try]]:
        """So many dead letters, and a try for each under a new key."""
        await harness.make_dead(payloads(count))
        source = await self.source(adapter, harness)
        met, _ = await self.look(adapter, source)
        run = harness.unique()
        return source, met, [Try(it.ref, f"{run}/{n}", harness.target) for n, it in enumerate(met, 1)]

    async def test_that_what_was_never_sent_is_there_without_a_copy(
        self, adapter: Adapter, harness: Harness
    ) -> None:
        traits = await self.traits(adapter, harness)
        route = await self.route(adapter, harness)
        since = await adapter.marks([harness.target])
        source, _, tries = await self.tried(adapter, harness, 3)
        sightings = await adapter.settle(source, tries, since)
        assert [it.ref for it in sightings] == [it.ref for it in tries]
        assert {it.original for it in sightings} == {"there" if traits.free else "cannot_tell"}
        assert {it.copy for it in sightings} == {"cannot_tell" if route.receipt == "none" else "none"}
        assert route.dedupe_s > 0 or not any(it.again_safe for it in sightings)

    async def test_that_what_was_sent_is_found_where_declared(
        self, adapter: Adapter, harness: Harness
    ) -> None:
        traits = await self.traits(adapter, harness)
        route = await self.route(adapter, harness)
        since = await adapter.marks([harness.target])
        source, met, _ = await self.tried(adapter, harness, 4)
        gate = ScriptedGate(adapter, harness.target, run=harness.unique())
        await self.redrive(adapter, harness, [it.ref for it in met[:2]], gate)
        tries = [Try(it.ref, gate.key(it.ref), harness.target) for it in met]
        sightings = await adapter.settle(source, tries, since)
        sent, unsent = sightings[:2], sightings[2:]
        assert {it.copy for it in sent} == {"cannot_tell" if route.receipt == "none" else "found"}
        assert {it.copy for it in unsent} == {"cannot_tell" if route.receipt == "none" else "none"}
        away = "marked" if traits.removal == "mark" else "away"
        assert {it.original for it in sent} == {away if traits.free else "cannot_tell"}
        assert {it.original for it in unsent} == {"there" if traits.free else "cannot_tell"}

    async def test_that_each_half_can_be_asked_for_alone(self, adapter: Adapter, harness: Harness) -> None:
        traits = await self.traits(adapter, harness)
        route = await self.route(adapter, harness)
        since = await adapter.marks([harness.target])
        source, _, tries = await self.tried(adapter, harness, 2)
        (original,) = await adapter.settle(source, [_asked(tries[0], "original")], since)
        (copy,) = await adapter.settle(source, [_asked(tries[1], "copy")], since)
        assert original.copy == "cannot_tell"
        assert original.original == ("there" if traits.free else "cannot_tell")
        assert copy.original == "cannot_tell"
        assert copy.copy == ("cannot_tell" if route.receipt == "none" else "none")

    async def test_that_settling_has_no_effect(self, adapter: Adapter, harness: Harness) -> None:
        since = await adapter.marks([harness.target])
        source, _, tries = await self.tried(adapter, harness, 3)
        before = await self.snapshot(harness), (await self.traits(adapter, harness)).looks_left
        await adapter.settle(source, tries, since)
        after = await self.snapshot(harness), (await self.traits(adapter, harness)).looks_left
        assert after == before
        assert not await adapter.settle(source, [], since)

    async def test_that_what_somebody_holds_is_never_away(self, adapter: Adapter, harness: Harness) -> None:
        traits = await self.traits(adapter, harness)
        source, _, tries = await self.tried(adapter, harness, 3)
        other = await harness.connect()
        await self.look(other, source, hold=True)
        sightings = await adapter.settle(source, tries, {})
        await other.release(source)
        await other.close(CLOSE_S)
        told: Sequence[str] = sorted({it.original for it in sightings})
        assert told == ["there"] if traits.free else told in (["hidden"], ["cannot_tell"])
        if traits.hides_s is not None:
            assert all(it.not_before is not None for it in sightings if it.original == "hidden")


def _asked(tried: Try, ask: str) -> Try:
    return Try(tried.ref, tried.key, tried.target, "original" if ask == "original" else "copy")
