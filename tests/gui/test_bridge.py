from __future__ import annotations

import threading
from collections.abc import Awaitable
from concurrent.futures import Future
from typing import cast

import pytest
from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from adapters.api import ConnectError, ProtocolError, RedriveError
from dashboard.bridge.bridge import Bridge
from dashboard.bridge.commands import Commands
from dashboard.bridge.ticker import Ticker
from dashboard.core.desk import Desk
from dashboard.engine.mailbox import Mailbox
from tests.gui.conftest import Stage


def test_that_news_posted_in_any_thread_is_told_in_the_thread_of_the_window(stage: Stage) -> None:
    told: list[tuple[object, str]] = []
    owner = QObject()
    stage.bridge.subscribe(owner, "runs", lambda value: told.append((value, threading.current_thread().name)))
    poster = threading.Thread(target=lambda: stage.mail.post("runs", 1))
    poster.start()
    stage.bot.waitUntil(lambda: bool(told))
    poster.join()
    assert told == [(1, threading.main_thread().name)]


def test_that_many_posts_of_one_key_become_few_news_and_the_last_wins(stage: Stage) -> None:
    told: list[object] = []
    owner = QObject()
    stage.bridge.subscribe(owner, "runs", told.append)
    for number in range(5000):
        stage.mail.post("runs", number)
    stage.bot.waitUntil(lambda: bool(told) and told[-1] == 4999)
    assert len(told) < 10


def test_that_a_late_subscriber_is_told_the_latest(stage: Stage) -> None:
    stage.mail.post("runs", 7)
    stage.bot.waitUntil(lambda: stage.bridge.latest("runs") == 7)
    told: list[object] = []
    stage.bridge.subscribe(QObject(stage.bridge), "runs", told.append)
    assert told == [7]


def test_that_nothing_is_told_to_an_owner_that_is_gone(stage: Stage) -> None:
    told: list[object] = []
    owner = QWidget()
    stage.bridge.subscribe(owner, "runs", told.append)
    with stage.bot.waitSignal(owner.destroyed):
        owner.deleteLater()
    stage.mail.post("runs", 1)
    stage.bot.waitUntil(lambda: stage.bridge.latest("runs") == 1)
    assert told == []


def test_that_a_stopped_bridge_brings_nothing(qtbot: QtBot) -> None:
    mail = Mailbox()
    bridge = Bridge(mail)
    bridge.start()
    bridge.stop()
    mail.post("runs", 1)
    with qtbot.assertNotEmitted(bridge.news, wait=120):
        pass


def ask(
    stage: Stage, owner: QObject, answer: object = None, error: BaseException | None = None
) -> list[object]:
    came: list[object] = []

    async def call(_: Desk) -> object:
        if error is not None:
            raise error
        return (answer, threading.current_thread().name)

    stage.commands.ask(owner, call, came.append, came.append)
    return came


def test_that_a_question_runs_in_the_engine_and_its_answer_here(stage: Stage) -> None:
    owner = QObject()
    came = ask(stage, owner, 42)
    stage.bot.waitUntil(lambda: bool(came))
    assert came == [(42, "engine of the test")]


def test_that_an_error_of_the_port_is_told_as_it_is(stage: Stage) -> None:
    owner = QObject()
    error = ConnectError("no route")
    came = ask(stage, owner, error=error)
    stage.bot.waitUntil(lambda: bool(came))
    assert came == [error]


@pytest.mark.allow_log("an unexpected error in the engine")
def test_that_another_error_is_logged_and_told_without_its_text(stage: Stage) -> None:
    owner = QObject()
    came = ask(stage, owner, error=ValueError("secret"))
    stage.bot.waitUntil(lambda: bool(came))
    assert isinstance(came[0], ProtocolError)
    assert "secret" not in str(came[0])


def test_that_a_cancelled_question_is_never_answered(stage: Stage) -> None:
    owner = QObject()
    came: list[object] = []
    begun = threading.Event()

    async def call(_: Desk) -> None:
        begun.set()
        await forever()

    handle = stage.commands.ask(owner, call, came.append, came.append)
    assert begun.wait(10)
    handle.cancel()
    after = ask(stage, owner, 1)
    stage.bot.waitUntil(lambda: bool(after))
    assert came == []


def forever() -> Awaitable[None]:
    import asyncio

    return asyncio.Event().wait()  # type: ignore[return-value]


def test_that_an_answer_for_a_widget_that_is_gone_is_dropped(stage: Stage) -> None:
    owner = QWidget()
    other = QObject()
    came = ask(stage, owner, 1)
    with stage.bot.waitSignal(owner.destroyed):
        owner.deleteLater()
    after = ask(stage, other, 2)
    stage.bot.waitUntil(lambda: bool(after))
    assert came in ([], [(1, "engine of the test")])


def test_that_a_question_waits_for_the_engine_to_open(stage: Stage) -> None:
    desk: Future[Desk] = Future()
    thread = stage.commands._thread
    commands = Commands(thread, desk)
    owner = QObject()
    came: list[object] = []
    refused: list[RedriveError] = []

    async def call(given: Desk) -> Desk:
        return given

    commands.ask(owner, call, came.append, refused.append).cancel()
    commands.ask(owner, call, came.append, refused.append)
    desk.set_result(cast(Desk, stage.desk))
    stage.bot.waitUntil(lambda: bool(came))
    assert came == [stage.desk]
    assert refused == []


def test_that_only_what_is_marked_and_visible_is_drawn(qtbot: QtBot) -> None:
    ticker = Ticker()
    widget = QWidget()
    qtbot.addWidget(widget)
    drawn: list[int] = []
    ticker.register(widget, lambda: drawn.append(1))
    ticker.mark(widget)
    qtbot.waitUntil(lambda: not ticker._timer.isActive())
    assert drawn == []
    with qtbot.waitExposed(widget):
        widget.show()
    qtbot.waitUntil(lambda: drawn == [1])
    ticker.pause(True)
    ticker.mark(widget)
    qtbot.waitUntil(lambda: not ticker._timer.isActive())
    assert drawn == [1]
    ticker.pause(False)
    qtbot.waitUntil(lambda: drawn == [1, 1])
