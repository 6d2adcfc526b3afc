"""Following live messages."""

import asyncio
from collections.abc import Sequence

import pytest

from adapters.api import Adapter, DeadLetter, Outgoing
from adapters.testing.contract import CLOSE_S, Contract, payloads
from adapters.testing.harness import Harness

PATIENCE_S = 10.0


class TailContract(Contract):
    """A tail shows what arrives without taking it; where there is none it is refused."""

    async def test_that_a_tail_shows_arrivals_and_takes_none(
        self, adapter: Adapter, harness: Harness
    ) -> None:
        harness.declare("tail", "yes" if harness.follows else "no")
        arrived: asyncio.Queue[DeadLetter] = asyncio.Queue()

        async def sink(letters: Sequence[DeadLetter]) -> None:
            for letter in letters:
                arrived.put_nowait(letter)

        if not harness.follows:
            await self.refused(harness, lambda: adapter.tail(harness.target.name, sink))
            return
        (payload,) = payloads(1)
        following = asyncio.ensure_future(adapter.tail(harness.target.name, sink))
        other = await harness.connect()
        letter = await self._published(other, harness, arrived)
        following.cancel()
        with pytest.raises(asyncio.CancelledError):
            await following
        await other.close(CLOSE_S)
        self.assert_same([payload], [letter])
        self.assert_same([payload], [(await harness.copies())[0]])

    async def _published(
        self, other: Adapter, harness: Harness, arrived: "asyncio.Queue[DeadLetter]"
    ) -> DeadLetter:
        """Publishes until the tail, which starts in its own time, has shown one."""
        (payload,) = payloads(1)
        async with asyncio.timeout(PATIENCE_S):
            while True:
                await other.publish([Outgoing(harness.target, payload, f"{harness.unique()}/1")])
                try:
                    return await asyncio.wait_for(arrived.get(), 0.2)
                except TimeoutError:
                    continue
