"""Looking at dead letters."""

from collections.abc import Sequence

import pytest

from adapters.api import Adapter, DeadLetter, Mark, NotFound, SourceRef
from adapters.testing.contract import CLOSE_S, ODD, Contract, bodies, payloads
from adapters.testing.harness import Harness


class LookContract(Contract):
    """A look shows what is there, byte for byte, twice the same, with the effects declared and no others."""

    async def test_that_a_look_is_byte_exact(self, adapter: Adapter, harness: Harness) -> None:
        await harness.make_dead(ODD)
        met, look = await self.look(adapter, await self.source(adapter, harness))
        assert look.met == len(ODD)
        self.assert_all(ODD, met)
        for letter in met:
            assert letter.at is None or letter.at.utcoffset() is not None

    async def test_that_a_look_removes_nothing(self, adapter: Adapter, harness: Harness) -> None:
        await harness.make_dead(payloads(6))
        before = await self.snapshot(harness)
        await self.look(adapter, await self.source(adapter, harness))
        assert await self.snapshot(harness) == before

    async def test_that_two_looks_give_the_same_refs(self, adapter: Adapter, harness: Harness) -> None:
        traits = await self.traits(adapter, harness)
        await harness.make_dead([*payloads(4), *payloads(2)])
        source = await self.source(adapter, harness)
        first, _ = await self.look(adapter, source)
        second, _ = await self.look(adapter, source)
        assert {it.ref for it in first} == {it.ref for it in second}
        assert len({it.ref for it in first}) == 6
        if traits.ordered:
            assert [it.ref for it in first] == [it.ref for it in second]
            assert bodies(first) == bodies(await harness.read_all())

    async def test_that_equal_bytes_have_equal_digests(self, adapter: Adapter, harness: Harness) -> None:
        traits = await self.traits(adapter, harness)
        await harness.make_dead(payloads(1) * 3)
        met, _ = await self.look(adapter, await self.source(adapter, harness))
        assert len({it.ref.digest for it in met}) == 1
        if traits.identity == "digest":
            assert sorted(it.ref.nth for it in met) == [0, 1, 2]
        else:
            assert len({it.ref.key for it in met}) == 3

    async def test_that_a_limit_bounds_a_look(self, adapter: Adapter, harness: Harness) -> None:
        await harness.make_dead(payloads(6))
        source = await self.source(adapter, harness)
        met, look = await self.look(adapter, source, limit=4)
        assert len(met) == look.met == 4
        assert not look.complete

    async def test_that_a_whole_look_is_complete_where_declared(
        self, adapter: Adapter, harness: Harness
    ) -> None:
        traits = await self.traits(adapter, harness)
        await harness.make_dead(payloads(6))
        _, look = await self.look(adapter, await self.source(adapter, harness))
        assert look.complete is traits.complete

    async def test_that_a_look_goes_on_where_the_last_one_ended(
        self, adapter: Adapter, harness: Harness
    ) -> None:
        traits = await self.traits(adapter, harness)
        await harness.make_dead(payloads(6))
        source = await self.source(adapter, harness)
        first, look = await self.look(adapter, source, limit=4)
        if not traits.seekable:
            assert look.end is None
            await self.refused(harness, lambda: self.look(adapter, source, start=Mark("1")))
            return
        second, rest = await self.look(adapter, source, start=look.end)
        assert bodies([*first, *second]) == [it.body for it in payloads(6)]
        assert rest.complete

    async def test_that_a_look_ends_after_what_was_there(self, adapter: Adapter, harness: Harness) -> None:
        await harness.make_dead(payloads(4))
        met: list[DeadLetter] = []

        async def sink(letters: Sequence[DeadLetter]) -> None:
            await harness.make_dead(payloads(len(letters), "late"))
            met.extend(letters)

        source = await self.source(adapter, harness)
        look = await adapter.browse(source, sink, start=None, limit=1000, hold=False)
        assert look.met == 4
        assert sorted(bodies(met)) == sorted(it.body for it in payloads(4))
        assert await harness.count() == 8

    async def test_that_holding_keeps_others_out_only_where_declared(
        self, adapter: Adapter, harness: Harness
    ) -> None:
        traits = await self.traits(adapter, harness)
        await harness.make_dead(payloads(4))
        source = await self.source(adapter, harness)
        _, look = await self.look(adapter, source, hold=True)
        other = await harness.connect()
        during, others = await self.look(other, source)
        await adapter.release(source)
        after, _ = await self.look(other, source)
        await other.close(CLOSE_S)
        assert len(after) == 4
        if traits.free:
            assert look.lease is None
            assert len(during) == 4
        else:
            assert look.lease is not None
            assert look.lease.count == 4
            assert (look.lease.until is None) is (traits.hides_s is None)
            assert not during
            assert not others.complete

    async def test_that_what_is_given_back_keeps_its_order(self, adapter: Adapter, harness: Harness) -> None:
        traits = await self.traits(adapter, harness)
        await harness.make_dead(payloads(6))
        source = await self.source(adapter, harness)
        await self.look(adapter, source, hold=True)
        assert await adapter.release(source) is None
        met, _ = await self.look(adapter, source)
        assert sorted(bodies(met)) == sorted(it.body for it in payloads(6))
        if traits.ordered:
            self.assert_same(payloads(6), met)

    async def test_that_looks_left_counts_down_where_looks_count(
        self, adapter: Adapter, harness: Harness
    ) -> None:
        await harness.make_dead(payloads(3))
        before = (await self.traits(adapter, harness)).looks_left
        _, look = await self.look(adapter, await self.source(adapter, harness))
        after = (await self.traits(adapter, harness)).looks_left
        assert look.looks_left == after
        assert after == (None if before is None else before - 1)
        assert await harness.count() == 3

    async def test_that_a_missing_source_is_not_found(self, adapter: Adapter, harness: Harness) -> None:
        with pytest.raises(NotFound):
            await self.look(adapter, SourceRef(harness.unique()))
