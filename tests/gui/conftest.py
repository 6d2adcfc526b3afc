"""The window on a made-up engine."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import Future
from dataclasses import dataclass
from typing import cast

import pytest
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


@dataclass
class Stage:
    """The parts of the window, as the application puts them together."""

    look: Look
    mail: Mailbox
    bridge: Bridge
    commands: Commands
    desk: FakeDesk
    bot: QtBot

    def window(self, width: int = 1440, height: int = 900) -> Window:
        outside = Outside(kinds=(NATS,), now=lambda: NOW)
        window = Window(self.look, self.bridge, self.commands, outside)
        self.bot.addWidget(window)
        window.resize(width, height)
        with self.bot.waitExposed(window):
            window.show()
        return window


@pytest.fixture
def mode() -> Mode:
    return "dark"


@pytest.fixture
def stage(qapp: QApplication, qtbot: QtBot, mode: Mode) -> Iterator[Stage]:
    fonts.load()
    look = Look(mode)
    look.apply(qapp)
    thread = EngineThread("engine of the test")
    thread.start()
    desk = FakeDesk()
    ready: Future[Desk] = Future()
    ready.set_result(cast(Desk, desk))
    mail = Mailbox()
    bridge = Bridge(mail)
    commands = Commands(thread, ready)
    bridge.start()
    yield Stage(look, mail, bridge, commands, desk, qtbot)
    bridge.stop()
    assert thread.stop()
