"""Waits for something that another process brings about."""

import asyncio
import time
from collections.abc import Awaitable, Callable


async def until(true: Callable[[], Awaitable[bool]], *, within: float) -> float:
    """Asks again until `true`, and gives the seconds it took; fails the test after `within` seconds."""
    start = time.monotonic()
    while not await true():
        if time.monotonic() - start > within:
            raise AssertionError(f"did not become true within {within} s: {true.__doc__ or true.__name__}")
        await asyncio.sleep(0.05)
    return time.monotonic() - start
