from __future__ import annotations

import signal
import sys
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import cast

import pytest
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication

from dashboard.app.composition import Opened, Recipe, WindowProgram
from dashboard.bridge.guard import ExceptionHook, bad_pair, version
from dashboard.core.desk import Desk
from dashboard.engine.mailbox import Mailbox
from dashboard.store.errors import StoreError
from tests.gui.dead_desk import run
from tests.gui.desk import NATS, FakeDesk, fleet


class Engine:
    """Notes how it is opened and left."""

    def __init__(self, trouble: Exception | None = None) -> None:
        self.trouble = trouble
        self.left_in = ""
        self.hooked = False

    @asynccontextmanager
    async def open(self, mailbox: Mailbox) -> AsyncIterator[Opened]:
        if self.trouble is not None:
            raise self.trouble
        mailbox.post("fleet", fleet())
        yield Opened(cast(Desk, FakeDesk()))
        self.left_in = threading.current_thread().name


def test_that_the_engine_is_left_in_its_own_thread_before_the_program_ends(qapp: QApplication) -> None:
    engine = Engine()
    program = WindowProgram(qapp, Recipe(engine.open, (NATS,), for_s=0.3))
    assert program.run() == 0
    assert engine.left_in == "engine"


def test_that_an_engine_that_cannot_open_ends_the_program_with_its_error(qapp: QApplication) -> None:
    engine = Engine(StoreError("redrive.db is from a newer version."))
    program = WindowProgram(qapp, Recipe(engine.open, (NATS,)))
    with pytest.raises(StoreError, match="newer version"):
        program.run()


def test_that_a_program_that_ends_itself_is_not_held_up_by_a_run(qapp: QApplication) -> None:
    engine = Engine()
    program = WindowProgram(qapp, Recipe(engine.open, (NATS,)))

    def over() -> None:
        program.window.close()
        assert program.window.isVisible(), "a person is asked"
        program.quit()

    program.window._active = [run()]
    QTimer.singleShot(200, over)
    assert program.run() == 0
    assert engine.left_in == "engine"


@pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_that_a_signal_ends_the_window_in_order(qapp: QApplication, number: signal.Signals) -> None:
    engine = Engine()
    before = signal.getsignal(number)
    program = WindowProgram(qapp, Recipe(engine.open, (NATS,), for_s=20))
    QTimer.singleShot(200, lambda: signal.raise_signal(number))
    assert program.run() == 0
    assert engine.left_in == "engine"
    assert signal.getsignal(number) is before


@pytest.mark.allow_log("an error in the window")
def test_that_an_error_in_a_slot_is_logged_and_told(caplog: pytest.LogCaptureFixture) -> None:
    told: list[BaseException] = []
    hook = ExceptionHook(told.append)
    before = sys.excepthook
    hook.install()
    try:
        error = ValueError("in a slot")
        sys.excepthook(ValueError, error, None)
    finally:
        hook.remove()
    assert told == [error]
    assert "an error in the window" in caplog.text
    assert sys.excepthook is before


@pytest.mark.parametrize(
    ("python", "qt", "refused"),
    [
        ((3, 11, 7), (6, 9, 3), False),
        ((3, 11, 7), (6, 10, 0), True),
        ((3, 11, 7), (6, 12, 0), True),
        ((3, 12, 0), (6, 12, 0), False),
        ((3, 13, 0), (6, 11, 1), True),
        ((3, 13, 0), (6, 8, 2), True),
    ],
)
def test_that_a_pair_known_to_break_is_refused_in_one_line(
    python: tuple[int, ...], qt: tuple[int, ...], refused: bool
) -> None:
    said = bad_pair(python, qt)
    assert bool(said) is refused
    assert "\n" not in said
    assert not refused or "pip install" in said


@pytest.mark.parametrize(("text", "numbers"), [("6.9.3", (6, 9, 3)), ("6.10.0a1", (6, 10, 0)), ("", ())])
def test_that_versions_are_read_by_their_numbers(text: str, numbers: tuple[int, ...]) -> None:
    assert version(text) == numbers
