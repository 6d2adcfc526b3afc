"""`redrive`: the window over the user's own home folder."""

import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from PySide6.QtCore import QProcess

from adapters.registry import Registry
from dashboard.app.composition import Opened, Recipe, run
from dashboard.engine.engine import Engine
from dashboard.engine.mailbox import Mailbox
from dashboard.store.home import Home


def run_window(home: Home) -> int:
    """Runs the window until it is closed and gives the exit code.

    Raises `ConfigError` where Qt does not fit, `StoreError` where the home folder cannot be used.
    """
    registry = Registry()

    @asynccontextmanager
    async def opened(mailbox: Mailbox) -> AsyncIterator[Opened]:
        async with Engine.open(home, watch=True, registry=registry, mailbox=mailbox) as engine:
            yield Opened(engine)

    kinds = [info for info in registry.infos() if info.listed]
    return run(Recipe(opened, kinds, start_demo=start_demo))


def start_demo() -> None:
    """Starts the demo as a program of its own, which goes on when this one ends."""
    QProcess.startDetached(sys.executable, ["-m", "dashboard", "demo"])
