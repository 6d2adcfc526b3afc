"""`redrive demo` with a window: broker and shop live on the engine's loop, the window has their levers."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from adapters.registry import Registry
from dashboard.app.composition import Opened, Recipe, run
from dashboard.demo.control import Shop
from dashboard.demo.main import DemoOptions
from dashboard.demo.opening import watching
from dashboard.demo.story import POISON
from dashboard.engine.engine import Engine
from dashboard.engine.mailbox import Mailbox
from dashboard.store.home import Home

CLOSE_S = 6.0
"""Broker and programs are ended too."""


def run_demo_window(options: DemoOptions) -> int:
    """Runs the demo's window until it is closed; nothing that was started is left."""
    registry = Registry()

    @asynccontextmanager
    async def opened(mailbox: Mailbox) -> AsyncIterator[Opened]:
        async with Shop() as shop:
            home = Home(shop.home, shop.home)

            @asynccontextmanager
            async def desk(_folder: object) -> AsyncIterator[Engine]:
                async with Engine.open(home, watch=True, registry=registry, mailbox=mailbox) as engine:
                    yield engine

            async with watching(desk, shop) as watched:
                await shop.scenario(options.scenario or POISON)
                yield Opened(watched, shop)

    kinds = [info for info in registry.infos() if info.listed]
    return run(Recipe(opened, kinds, for_s=options.for_s, close_s=CLOSE_S))
