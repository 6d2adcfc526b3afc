"""A pass whose steps overlap: for brokers where publish and delete are round trips that need not wait for each other."""

import asyncio
from collections import deque
from collections.abc import Sequence

from adapters.api import DeadLetter, Gate, Look, Order, RedriveError, Wanted
from adapters.common.acting import Remove, keep_admitted, remove_kept
from adapters.common.seekable import Positions, walk

STEP = 250
"""Messages a step."""

WIDTH = 3
"""Steps under way: with one more that is admitted, at most a thousand messages are in doubt after a cut."""


async def take(
    positions: Positions, wanted: Wanted, gate: Gate, *, step: int = STEP, width: int = WIDTH
) -> Look:
    """As `seekable.take`, with several steps kept at the same time; removals and reports stay in the order met."""
    acting = _Overlap(positions.remove, gate, width)
    try:
        look = await walk(positions, wanted, gate, acting.push, batch=step)
        await acting.settled()
    except RedriveError:
        # What was kept is still removed and reported, as far as the broker answers.
        await acting.finished()
        raise
    finally:
        await acting.stop()
    return look


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
