from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from dashboard.core.fleet import FleetSnapshot
from dashboard.core.runs import JournalEntry
from dashboard.ui.dead_letters.source import SourcePage
from dashboard.ui.journal.page import JournalPage, run_of
from dashboard.ui.places import Place
from dashboard.ui.redrives.run import RunPage
from dashboard.ui.widgets.toast import Toast
from tests.gui.conftest import Stage
from tests.gui.dead_desk import DLQ, DeadDesk, run
from tests.gui.desk import NOW, FakeDesk, fleet


@pytest.fixture
def desk() -> FakeDesk:
    return DeadDesk()


def snapshot_of(*, read_only: bool) -> FleetSnapshot:
    whole = fleet()
    views = [
        replace(one, connection=replace(one.connection, read_only=read_only))
        if one.connection.name == DLQ.connection
        else one
        for one in whole.connections
    ]
    return replace(whole, connections=tuple(views))


def test_that_an_open_page_follows_a_connection_that_is_saved_anew(stage: Stage) -> None:
    window = stage.window()
    stage.mail.post("fleet", snapshot_of(read_only=True))
    stage.bot.waitUntil(lambda: stage.bridge.latest("fleet") is not None)
    window.go(Place("source", DLQ))
    page = window.page
    assert isinstance(page, SourcePage)
    stage.bot.waitUntil(lambda: "read-only" in page.redrive.toolTip())
    assert "Change…" in page.redrive.toolTip(), "it says where to change it"
    assert "read-only" in page.environment.accessibleName()
    stage.mail.post("fleet", snapshot_of(read_only=False))
    stage.bot.waitUntil(lambda: "may redrive" in page.environment.accessibleName())
    stage.bot.waitUntil(lambda: "read-only" not in page.redrive.toolTip())


def entry(what: str) -> JournalEntry:
    return JournalEntry(1, NOW, "you", "run done", what)


@pytest.mark.parametrize(
    ("what", "name"),
    [
        ("R-0148 orders/ORDERS.dead", "R-0148"),
        ("R-0148", "R-0148"),
        ("orders", ""),
        ("ERR-01482", ""),
        ("R-1", ""),
    ],
)
def test_that_only_a_whole_name_of_a_run_is_taken_for_one(what: str, name: str) -> None:
    assert run_of(entry(what)) == name


def test_that_enter_on_an_entry_opens_its_run(stage: Stage) -> None:
    assert isinstance(stage.desk, DeadDesk)
    stage.desk.views = [run()]
    stage.desk.entries = [entry("R-0148 orders/ORDERS.dead"), entry("orders")]
    window = stage.window()
    window.go(Place("journal"))
    page = window.page
    assert isinstance(page, JournalPage)
    stage.bot.waitUntil(lambda: page.model.record(1) is not None)
    page.table.setFocus()
    QTest.keyClick(page.table, Qt.Key.Key_End)
    QTest.keyClick(page.table, Qt.Key.Key_Return)
    toast = window.findChild(Toast)
    assert toast is not None
    assert toast.accessibleName() == "This entry is not about a run."
    QTest.keyClick(page.table, Qt.Key.Key_Home)
    QTest.keyClick(page.table, Qt.Key.Key_Return)
    stage.bot.waitUntil(lambda: isinstance(window.page, RunPage))
    assert isinstance(window.page, RunPage)
    stage.bot.waitUntil(lambda: isinstance(window.page, RunPage) and window.page.view is not None)
    assert window.page.view is not None
    assert window.page.view.name == "R-0148"
