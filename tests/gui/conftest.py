"""The window on a made-up engine."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import Future
from dataclasses import dataclass, field
from typing import cast

import pytest
import shiboken6
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from dashboard.bridge.bridge import Bridge
from dashboard.bridge.commands import Commands
from dashboard.core.desk import Desk
from dashboard.engine.mailbox import Mailbox
from dashboard.engine.thread import EngineThread
from dashboard.ui import fonts
from dashboard.ui.look import Look
from dashboard.ui.tokens import Mode
from dashboard.ui.window import Outside, Window
from tests.gui.desk import NATS, NOW, FakeDesk

PATIENCE_MS = 30_000


@dataclass
class Stage:
    """The parts of the window, as the application puts them together."""

    look: Look
    mail: Mailbox
    bridge: Bridge
    commands: Commands
    desk: FakeDesk
    bot: QtBot
    windows: list[Window] = field(default_factory=list)

    def window(self, width: int = 1440, height: int = 900) -> Window:
        outside = Outside(kinds=(NATS,), now=lambda: NOW)
        window = Window(self.look, self.bridge, self.commands, outside)
        self.windows.append(window)
        window.resize(width, height)
        with self.bot.waitExposed(window):
            window.show()
        return window


class PatientBot(QtBot):
    """Waits longer than a busy machine takes: what never comes still fails."""

    def waitUntil(self, callback: Callable[[], bool | None], *, timeout: int = PATIENCE_MS) -> None:
        super().waitUntil(callback, timeout=timeout)


@pytest.fixture
def qtbot(qapp: QApplication, request: pytest.FixtureRequest) -> QtBot:
    return PatientBot(request)


@pytest.fixture
def mode() -> Mode:
    return "dark"


@pytest.fixture
def desk() -> FakeDesk:
    return FakeDesk()


@pytest.fixture
def stage(qapp: QApplication, qtbot: QtBot, mode: Mode, desk: FakeDesk) -> Iterator[Stage]:
    fonts.load()
    look = Look(mode)
    look.apply(qapp)
    thread = EngineThread("engine of the test")
    thread.start()
    ready: Future[Desk] = Future()
    ready.set_result(cast(Desk, desk))
    mail = Mailbox()
    bridge = Bridge(mail)
    commands = Commands(thread, ready)
    bridge.start()
    stage = Stage(look, mail, bridge, commands, desk, qtbot)
    yield stage
    bridge.stop()
    # Before the engine ends: a page that is still there would ask it.
    for window in stage.windows:
        window.hide()
        shiboken6.delete(window)
    assert thread.stop()
