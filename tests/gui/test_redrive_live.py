"""From the dead letters of a real server to a finished redrive, in the window."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from adapters.api import Environment
from dashboard.core.letters import SourceKey
from dashboard.core.runs import RunState
from dashboard.ui.dead_letters.inbox import InboxPage
from dashboard.ui.dead_letters.source import SourcePage
from dashboard.ui.places import Place
from dashboard.ui.redrives.plan import PlanPage
from dashboard.ui.redrives.run import RunPage
from dashboard.ui.redrives.runs import RunsPage
from tests.gui.live import NAME, Live, live
from tests.helpers.dead_orders import ORIGIN, SOURCE, body_of
from tests.helpers.nats_server import NatsServer
from tests.helpers.program import ROOT

COUNT = 40


@pytest.fixture
def shop(qapp: QApplication, tmp_path: Path) -> Iterator[Live]:
    with (
        NatsServer(tmp_path / "nats") as server,
        live(qapp, server, tmp_path, environment=Environment.PRODUCTION, count=COUNT) as running,
    ):
        yield running


def opened(shop: Live, qtbot: QtBot) -> SourcePage:
    shop.window.go(Place("source", SourceKey(NAME, SOURCE)))
    page = shop.window.page
    assert isinstance(page, SourcePage)
    qtbot.waitUntil(lambda: page.content.model.record(0) is not None, timeout=15_000)
    qtbot.waitUntil(page.redrive.isEnabled, timeout=15_000)
    return page


def test_that_the_inbox_names_the_causes_once_the_source_was_read(shop: Live, qtbot: QtBot) -> None:
    opened(shop, qtbot)
    shop.window.go(Place("dead"))
    page = shop.window.page
    assert isinstance(page, InboxPage)
    qtbot.waitUntil(lambda: page.headline.texts()[0].startswith("Two causes"), timeout=15_000)
    shown = [page.model.record(row) for row in range(page.model.rowCount())]
    counts = sorted(row.group.count for row in shown if row is not None and row.group is not None)
    assert counts == [COUNT // 4, COUNT - COUNT // 4]


def test_that_a_run_cut_off_by_kill_9_is_resumed_in_the_window(shop: Live, qtbot: QtBot) -> None:
    opened(shop, qtbot)
    command = [sys.executable, "-m", "dashboard", "run", NAME, SOURCE, "--rate", "10", "--confirm", NAME]
    environ = {**os.environ, "REDRIVE_HOME": str(shop.home)}
    with subprocess.Popen(
        command, cwd=ROOT, env=environ, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    ) as process:
        qtbot.waitUntil(lambda: len(shop.held(ORIGIN)) >= 5, timeout=30_000)
        process.kill()
    shop.window.go(Place("runs"))
    page = shop.window.page
    assert isinstance(page, RunsPage)
    qtbot.waitUntil(lambda: page.headline.texts()[0] == "1 run was cut off", timeout=15_000)
    assert len(shop.held(SOURCE)) > 0
    qtbot.waitUntil(page.resume.isVisible, timeout=5_000)
    QTest.mouseClick(page.resume, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: isinstance(shop.window.page, RunPage), timeout=15_000)
    run = shop.window.page
    assert isinstance(run, RunPage)
    qtbot.waitUntil(lambda: run.view is not None and run.view.state is RunState.DONE, timeout=30_000)
    assert run.view is not None
    assert run.view.tally.unknown == 0
    assert sorted(shop.held(ORIGIN)) == sorted(body_of(number) for number in range(1, COUNT + 1))
    assert shop.held(SOURCE) == []


def test_that_all_go_back_after_canary_and_typed_confirmations(shop: Live, qtbot: QtBot) -> None:
    page = opened(shop, qtbot)
    QTest.keyClick(page.content.table, Qt.Key.Key_R)
    plan = shop.window.page
    assert isinstance(plan, PlanPage)
    qtbot.waitUntil(lambda: plan.control.plan is not None, timeout=15_000)
    plan.pace.watch.selectAll()
    QTest.keyClicks(plan.pace.watch, "1")
    QTest.keyClick(plan.pace.watch, Qt.Key.Key_Return)
    confirm = plan.contract.confirm
    assert not confirm.button.isEnabled()
    QTest.keyClicks(confirm.field, NAME)
    qtbot.waitUntil(confirm.button.isEnabled, timeout=15_000)
    assert confirm.button.text() == "Send 5 canary messages"
    QTest.mouseClick(confirm.button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: isinstance(shop.window.page, RunPage), timeout=15_000)
    run = shop.window.page
    assert isinstance(run, RunPage)
    qtbot.waitUntil(run.decision.isVisible, timeout=30_000)
    assert len(shop.held(ORIGIN)) == 5
    QTest.keyClicks(run.decision.confirm.field, NAME)
    qtbot.waitUntil(run.decision.confirm.button.isEnabled, timeout=15_000)
    QTest.mouseClick(run.decision.confirm.button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: run.view is not None and run.view.state is RunState.DONE, timeout=30_000)
    qtbot.waitUntil(lambda: run.headline.texts()[0] == f"Done: {COUNT} sent", timeout=5_000)
    assert run.accounting.adds_up
    assert sorted(shop.held(ORIGIN)) == sorted(body_of(number) for number in range(1, COUNT + 1))
    assert shop.held(SOURCE) == []
