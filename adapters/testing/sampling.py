"""Watching: resources and measures, without an effect on any message."""

import asyncio
import math
from collections.abc import Sequence

import pytest

from adapters.api import Adapter, Measure, NotFound, Resource, Scope
from adapters.testing.contract import Contract, payloads
from adapters.testing.harness import Harness


class SamplingContract(Contract):
    """Watching never consumes or re-times a message; what is not known is NaN with a reason."""

    async def test_that_the_source_is_discovered_with_its_traits(
        self, adapter: Adapter, harness: Harness
    ) -> None:
        found: list[Resource] = []

        async def sink(page: Sequence[Resource]) -> None:
            found.extend(page)

        coverage = await adapter.discover(sink)
        assert coverage.complete or coverage.missed
        (source,) = [it for it in found if it.name == harness.source]
        assert source.source is not None
        assert source.traits is not None
        described = await adapter.describe(harness.source)
        assert (described.source, described.traits) == (source.source, source.traits)

    async def test_that_what_is_not_there_cannot_be_described(
        self, adapter: Adapter, harness: Harness
    ) -> None:
        with pytest.raises(NotFound):
            await adapter.describe(harness.unique())

    async def test_that_a_position_comes_with_the_incarnation_it_belongs_to(
        self, adapter: Adapter, harness: Harness
    ) -> None:
        traits = await self.traits(adapter, harness)
        source = await self.source(adapter, harness)
        assert traits.identity != "position" or source.incarnation

    async def test_that_depth_is_the_count_or_says_that_it_is_not(
        self, adapter: Adapter, harness: Harness
    ) -> None:
        await harness.make_dead(payloads(5))
        sweep = await adapter.sweep(Scope())
        row = sweep.names.index(harness.source)
        column = sweep.columns[Measure.DEPTH]
        assert column.values[row] == 5 or row in column.approximate or column.reason(row)

    async def test_that_what_is_not_known_has_a_reason(self, adapter: Adapter) -> None:
        sweep = await adapter.sweep(Scope())
        assert sweep.took_s >= 0
        assert sweep.at.utcoffset() is not None
        for column in sweep.columns.values():
            assert len(column.values) == len(sweep.names)
            for row, value in enumerate(column.values):
                assert bool(column.reason(row)) == math.isnan(value)

    async def test_that_a_scope_narrows_a_sweep(self, adapter: Adapter, harness: Harness) -> None:
        sweep = await adapter.sweep(Scope([harness.source]))
        assert sweep.names == (harness.source,)

    async def test_that_one_missing_name_does_not_end_a_sweep(
        self, adapter: Adapter, harness: Harness
    ) -> None:
        missing = harness.unique()
        sweep = await adapter.sweep(Scope([missing, harness.source]))
        assert harness.source in sweep.names
        assert missing not in sweep.names or math.isnan(
            sweep.columns[Measure.DEPTH].values[sweep.names.index(missing)]
        )

    async def test_that_watching_consumes_nothing(self, adapter: Adapter, harness: Harness) -> None:
        await harness.make_dead(payloads(5))
        before = await self.snapshot(harness)
        looks_left = (await self.traits(adapter, harness)).looks_left
        await asyncio.gather(*(adapter.sweep(Scope()) for _ in range(5)))
        await self.route(adapter, harness)
        await adapter.marks([harness.target])
        assert await self.snapshot(harness) == before
        assert (await self.traits(adapter, harness)).looks_left == looks_left

    async def test_that_a_route_to_nowhere_says_so(self, adapter: Adapter, harness: Harness) -> None:
        source = await self.source(adapter, harness)
        missing, there = await adapter.route(source, [harness.missing, harness.target])
        assert (missing.target, there.target) == (harness.missing, harness.target)
        assert missing.exists is not True
        assert there.exists is not False
        assert not there.blocked
