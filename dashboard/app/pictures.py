"""The demo's story with pictures: the window, drawn offscreen, looks on while the story is told."""

import os
import signal
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

from adapters.api import RedriveError
from adapters.registry import Registry
from dashboard.app.camera import Camera
from dashboard.app.composition import Opened, Recipe, WindowProgram, application
from dashboard.app.demo import CLOSE_S
from dashboard.bridge.errands import Errands
from dashboard.core.desk import Desk
from dashboard.demo.album import Album
from dashboard.demo.control import Shop
from dashboard.demo.main import DemoOptions, Say, tell_over
from dashboard.demo.opening import watching
from dashboard.demo.report import DemoReport
from dashboard.engine.engine import Engine
from dashboard.engine.headless import Interrupted
from dashboard.engine.mailbox import Mailbox
from dashboard.store.home import Home
from dashboard.ui.window import SIZE


class PicturedStory:
    """One telling; `run` returns its report once everything has ended."""

    def __init__(self, options: DemoOptions, folder: Path, say: Say) -> None:
        # Set before Qt starts: pictures need no display, and are the same with one.
        os.environ["QT_QPA_PLATFORM"] = "offscreen"
        self._options = options
        self._folder = folder
        self._say = say
        self._shop = Shop()
        self._report: DemoReport | None = None
        self._error: RedriveError | None = None
        registry = Registry()
        self._registry = registry
        kinds = [info for info in registry.infos() if info.listed]
        app = application()
        self._program = WindowProgram(app, Recipe(self._opened, kinds, close_s=CLOSE_S))
        window = self._program.window
        # The screen that is not there is smaller than a person's.
        window.resize(SIZE)
        self._errands = Errands(window)
        self._camera = Camera(app, window, self._program.look)

    def run(self) -> DemoReport:
        """Tells the story; raises errors of `adapters.api`, and `Interrupted` where it was cut short."""
        window = self._program.window
        self._program.commands.ask(window, self._tell, self._told, self._failed)
        self._program.run()
        if self._error is not None:
            raise self._error
        if self._report is None:
            raise Interrupted(signal.SIGINT)
        return self._report

    @asynccontextmanager
    async def _opened(self, mailbox: Mailbox) -> AsyncIterator[Opened]:
        async with self._shop as shop:
            self._say(shop.url)
            home = Home(shop.home, shop.home)
            opening = Engine.open(home, watch=True, registry=self._registry, mailbox=mailbox)
            async with watching(lambda _: opening, shop) as desk:
                yield Opened(desk, shop)

    async def _tell(self, desk: Desk) -> DemoReport:
        album = Album(
            self._shop, self._folder, lambda view: self._errands.ask(lambda f: self._camera.take(view, f))
        )
        return await tell_over(self._options, self._shop, desk, self._say, album.photograph)

    def _told(self, report: DemoReport) -> None:
        self._report = report
        self._program.quit()

    def _failed(self, error: RedriveError) -> None:
        self._error = error
        self._program.quit()


def tell_with_pictures(options: DemoOptions, folder: Path, say: Callable[[str], None]) -> DemoReport:
    """Tells the story and writes pictures into `folder`; nothing of the demo is left afterwards."""
    return PicturedStory(options, folder, say).run()
