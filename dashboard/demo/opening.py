"""Opens the demo as the window and the storyline use it: a shop, and an engine of its own that watches it."""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path

from adapters.api import Environment
from dashboard.core.connections import Connection
from dashboard.core.desk import Desk
from dashboard.demo.control import Shop

CONNECTION = "shop"

OpenDesk = Callable[[Path], AbstractAsyncContextManager[Desk]]
"""Opens an engine that watches, over a home folder."""


def shop_connection(shop: Shop) -> Connection:
    """The connection to the shop's broker: for development, and writable, since it is there to be tried."""
    return Connection(CONNECTION, "nats", shop.url, environment=Environment.DEVELOPMENT, read_only=False)


@asynccontextmanager
async def watching(open_desk: OpenDesk, shop: Shop) -> AsyncIterator[Desk]:
    """A desk that watches an open shop, over a home folder that goes with the shop; raises errors of `adapters.api`."""
    async with open_desk(shop.home) as desk:
        await desk.save_connection(shop_connection(shop), {})
        yield desk
