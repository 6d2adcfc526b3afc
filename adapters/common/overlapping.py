"""A pass whose steps overlap: for brokers where publish and delete are round trips that need not wait for each other."""

import asyncio
from collections import deque
from collections.abc import Iterator, Sequence

from adapters.api import DeadLetter, Gate, Look, Mark, Order, RedriveError, Wanted
from adapters.common.acting import Remove, RemoveResult, keep_admitted, remove_kept
from adapters.common.seekable import Page, Positions, chunks, walk

Letters = Sequence[DeadLetter | None]

STEP = 250
"""Messages a step."""

WIDTH = 3
"""Steps under way: with one more that is admitted, at most a thousand messages are in doubt after a cut."""


async def take(
    positions: Positions, wanted: Wanted, gate: Gate, *, step: int = STEP, width: int = WIDTH
) -> Look:
    """As `seekable.take`, with several steps kept at the same time; removals and reports stay in the order met."""
    acting = _Overlap(positions.remove, gate, width)
    ahead = _Ahead(positions, chunks(positions, wanted, step))
    try:
        look = await walk(ahead, wanted, gate, acting.push, batch=step, again=positions.get)
        await acting.settled()
    except RedriveError:
        # What was kept is still removed and reported, as far as the broker answers.
        await acting.finished()
        raise
    finally:
        await ahead.stop()
        await acting.stop()
    return look


class _Ahead:
    """Positions of which the next step is got while the gate considers the last."""

    def __init__(self, positions: Positions, steps: Iterator[list[str]]) -> None:
        self._positions = positions
        self._steps = steps
        self._next: tuple[list[str], asyncio.Task[Letters]] | None = None
        self._follow()

    def _follow(self) -> None:
        keys = next(self._steps, None)
        self._next = (keys, asyncio.create_task(self._get(keys))) if keys else None

    async def _get(self, keys: Sequence[str]) -> Letters:
        return await self._positions.get(keys)

    async def get(self, keys: Sequence[str]) -> Letters:
        """What was got ahead; the step after it is under way on return."""
        assert self._next is not None
        expected, task = self._next
        assert expected == list(keys)
        letters = await task
        self._follow()
        return letters

    async def end(self) -> Mark:
        """As of the positions."""
        return await self._positions.end()

    async def read(self, after: Mark | None, end: Mark, limit: int) -> Page:
        """As of the positions."""
        return await self._positions.read(after, end, limit)

    def within(self, key: str, mark: Mark) -> bool:
        """As of the positions."""
        return self._positions.within(key, mark)

    async def remove(self, letters: Sequence[DeadLetter]) -> Sequence[RemoveResult]:
        """As of the positions."""
        return await self._positions.remove(letters)

    async def stop(self) -> None:
        """Leaves nothing running."""
        if self._next is None:
            return
        _, task = self._next
        task.cancel()
        await asyncio.wait({task})
        if not task.cancelled():
            task.exception()


class _Overlap:
    """Steps under way, oldest first."""

    def __init__(self, remove: Remove, gate: Gate, width: int) -> None:
        self._remove = remove
        self._gate = gate
        self._width = width
        self._steps: deque[asyncio.Task[None]] = deque()

    async def push(self, letters: Sequence[DeadLetter], orders: Sequence[Order]) -> None:
        """Starts a step once there is room; raises what an older one raised."""
        while len(self._steps) >= self._width:
            await self._oldest()
        before = self._steps[-1] if self._steps else None
        self._steps.append(asyncio.create_task(self._act(letters, orders, before)))

    async def _act(
        self, letters: Sequence[DeadLetter], orders: Sequence[Order], before: "asyncio.Task[None] | None"
    ) -> None:
        going = await keep_admitted(self._gate, letters, orders)
        if before is not None:
            await asyncio.wait({before})
        await remove_kept(self._remove, self._gate, going)

    async def _oldest(self) -> None:
        await asyncio.wait({self._steps[0]})
        self._steps.popleft().result()

    async def settled(self) -> None:
        """Waits for all; raises what one raised."""
        while self._steps:
            await self._oldest()

    async def finished(self) -> None:
        """Waits for all, whatever became of them."""
        if self._steps:
            await asyncio.wait(self._steps)

    async def stop(self) -> None:
        """Leaves nothing running."""
        for task in self._steps:
            task.cancel()
        await self.finished()
        for task in self._steps:
            if not task.cancelled():
                task.exception()
