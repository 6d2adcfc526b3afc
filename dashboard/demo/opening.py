"""Opens the demo as the window and the storyline use it: a shop, and an engine of its own that watches it."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path

from adapters.api import Environment
from dashboard.core.connections import Connection
from dashboard.core.desk import Desk
from dashboard.demo.control import Shop
from dashboard.engine.workspace import Saved, Workspace

CONNECTION = "shop"
INTERVAL_S = 1.0
"""A broker beside the program is asked often, so that a verdict is earned within ten seconds."""

OpenDesk = Callable[[Path], AbstractAsyncContextManager[Desk]]
"""Opens an engine that watches, over a home folder."""


def shop_connection(shop: Shop) -> Connection:
    """The connection to the shop's broker: for development, and writable, since it is there to be tried."""
    return Connection(CONNECTION, "nats", shop.url, environment=Environment.DEVELOPMENT, read_only=False)


@asynccontextmanager
async def watching(open_desk: OpenDesk, shop: Shop) -> AsyncIterator[Desk]:
    """A desk that watches an open shop, over a home folder that goes with the shop; raises errors of `adapters.api`."""
    workspace = Workspace(shop.home / "workspace.toml")
    await asyncio.to_thread(workspace.put, Saved(shop_connection(shop), interval_s=INTERVAL_S))
    async with open_desk(shop.home) as desk:
        yield desk
