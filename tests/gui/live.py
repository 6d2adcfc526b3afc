"""The window on the real engine and a real NATS server, put together as the application does."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar, cast

import shiboken6
from PySide6.QtWidgets import QApplication

from adapters.api import Environment
from dashboard.bridge.bridge import Bridge
from dashboard.bridge.commands import Commands
from dashboard.bridge.host import Host
from dashboard.core.connections import Connection
from dashboard.core.desk import Desk
from dashboard.engine.clock import SystemClock
from dashboard.engine.engine import Engine
from dashboard.engine.mailbox import Mailbox
from dashboard.engine.thread import EngineThread
from dashboard.store.home import Home
from dashboard.ui import fonts
from dashboard.ui.look import Look
from dashboard.ui.tokens import Mode
from dashboard.ui.window import Outside, Window
from tests.helpers.dead_orders import connected, contents, seed
from tests.helpers.nats_server import NatsServer

T = TypeVar("T")
NAME = "orders"


@dataclass
class Live:
    """A running window; `raw` asks the server by a plain client, behind the program's back."""

    window: Window
    engine: Engine
    thread: EngineThread
    server: NatsServer
    home: Path

    def ask(self, call: Callable[[Desk], object]) -> object:
        """What the engine answers; for arranging and checking, never used by the window."""
        return self.thread.submit(_call(call, self.engine)).result(20)

    def held(self, stream: str) -> list[bytes]:
        """The bodies of a stream."""

        async def read() -> list[bytes]:
            async with connected(self.server.url) as (_, js):
                return [message.body for message in await contents(js, stream)]

        return asyncio.run(read())


async def _call(call: Callable[[Desk], object], engine: Engine) -> object:
    answer = call(engine)
    if asyncio.iscoroutine(answer):
        return await answer
    return answer


@contextmanager
def live(
    application: QApplication,
    server: NatsServer,
    folder: Path,
    *,
    environment: Environment = Environment.DEVELOPMENT,
    count: int = 40,
    mode: Mode = "dark",
    read_only: bool = False,
) -> Iterator[Live]:
    """The window over a home folder of its own, connected to a seeded server."""

    async def fill() -> None:
        async with connected(server.url) as (_, js):
            await seed(js, count)

    asyncio.run(fill())
    fonts.load()
    look = Look(mode)
    look.apply(application)
    thread = EngineThread("engine of the test")
    thread.start()
    mail = Mailbox()
    home = Home(folder / "home", folder / "home")
    host = Host(thread, lambda: Engine.open(home, watch=True, mailbox=mail, environ={}))
    host.start()
    engine = host.ready.result(20)
    one = Connection(NAME, "nats", server.url, environment=environment, read_only=read_only)
    thread.submit(engine.save_connection(one, {})).result(20)
    bridge = Bridge(mail)
    commands = Commands(thread, cast("Future[Desk]", host.ready))
    window = Window(look, bridge, commands, Outside(engine.kinds(), SystemClock().now))
    bridge.start()
    window.resize(1440, 900)
    window.show()
    try:
        yield Live(window, engine, thread, server, folder / "home")
    finally:
        bridge.stop()
        window.hide()
        shiboken6.delete(window)
        thread.submit(host.close()).result(20)
        assert thread.stop()
