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
async def open_demo(open_desk: OpenDesk, scenario: str | None = None) -> AsyncIterator[tuple[Shop, Desk]]:
    """A running shop and a desk that watches it, over a home folder that goes with the shop.

    Raises errors of `adapters.api`; all that was started has ended when the block is left.
    """
    async with Shop() as shop:
        if scenario is not None:
            await shop.scenario(scenario)
        async with open_desk(shop.home) as desk:
            await desk.save_connection(shop_connection(shop), {})
            yield shop, desk
