"""Tasks that go on beside others and have no end of their own."""

import asyncio
from contextlib import suppress


async def ended(task: "asyncio.Task[None]") -> None:
    """Cancels a task and returns when it has ended; raises what it failed with."""
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task
