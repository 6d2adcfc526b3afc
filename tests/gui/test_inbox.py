"""The inbox: causes over all sources, what is not read and its price."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from adapters.api import ConnectError
from dashboard.ui.dead_letters.inbox import InboxPage
from dashboard.ui.dead_letters.inbox_table import HOURS, MESSAGES, arrange
from dashboard.ui.dead_letters.source import SourcePage
from dashboard.ui.places import Place
from dashboard.ui.tables.listed import Section
from dashboard.ui.tables.table import SECTION
from tests.gui.conftest import Stage
from tests.gui.dead_desk import BILLING, DLQ, PRICE, DeadDesk, group
from tests.gui.desk import FakeDesk, fleet


@pytest.fixture
def desk() -> FakeDesk:
    return DeadDesk()


def inbox(stage: Stage) -> InboxPage:
    window = stage.window()
    stage.mail.post("fleet", fleet())
    window.go(Place("dead"))
    page = window.page
    assert isinstance(page, InboxPage)
    stage.bot.waitUntil(lambda: page.headline.texts()[0] != "Dead letters")
    return page


def test_that_causes_and_what_is_not_read_stand_in_their_sections(stage: Stage) -> None:
    page = inbox(stage)
    assert page.headline.texts()[0] == "Two causes; one is 66.7 % of all that was read"
    sections = [page.model.index(row, 0).data(SECTION) for row in page.model.section_rows]
    assert sections == [("Without owner", "2, largest first"), ("Not read", "1 source")]


def test_that_the_price_of_an_unread_source_is_said_and_nothing_is_read(stage: Stage, desk: DeadDesk) -> None:
    page = inbox(stage)
    row = page.model.row_of((BILLING, None))
    assert PRICE in str(page.model.index(row, HOURS).data(Qt.ItemDataRole.AccessibleTextRole))
    assert page.table.columnSpan(row, HOURS) == 4
    assert desk.asked("read") == []


def test_that_enter_opens_the_source_of_the_line(stage: Stage) -> None:
    page = inbox(stage)
    page.table.setFocus()
    QTest.keyClick(page.table, Qt.Key.Key_Return)
    opened = page.bench.shell.page  # type: ignore[attr-defined]
    assert isinstance(opened, SourcePage)
    assert opened.control.key == DLQ


def test_that_the_filter_says_when_nothing_matches_and_clears(stage: Stage) -> None:
    page = inbox(stage)
    page.field.setText("gateway")
    assert page.model.rowCount() == 2
    page.field.setText("no such words")
    assert page.state.isVisible()
    assert page.state.accessibleName().startswith("No match in 3 lines")
    page.field.clear()
    assert page.table.isVisible()


def test_that_by_source_each_source_is_a_section(stage: Stage, desk: DeadDesk) -> None:
    lines = arrange(desk.inbox_rows, (), by_source=True)
    assert [line.title for line in lines if isinstance(line, Section)] == ["ORDERS.dead", "Not read"]


def test_that_no_dead_letters_is_not_shown_as_nothing_matching(stage: Stage, desk: DeadDesk) -> None:
    desk.inbox_rows = []
    page = _empty(stage)
    assert page.state.accessibleName().startswith("No dead letters")


def _empty(stage: Stage) -> InboxPage:
    window = stage.window()
    window.go(Place("dead"))
    page = window.page
    assert isinstance(page, InboxPage)
    stage.bot.waitUntil(lambda: page.headline.texts()[0] == "No dead letters")
    return page


def test_that_a_failing_inbox_says_why_and_tries_again(stage: Stage, desk: DeadDesk) -> None:
    async def broken() -> object:
        raise ConnectError("nothing answers")

    desk.inbox, whole = broken, desk.inbox  # type: ignore[method-assign,assignment]
    window = stage.window()
    window.go(Place("dead"))
    page = window.page
    assert isinstance(page, InboxPage)
    stage.bot.waitUntil(lambda: "nothing answers" in page.state.accessibleName())
    desk.inbox = whole  # type: ignore[method-assign]
    page.count_again()
    stage.bot.waitUntil(page.table.isVisible)


def test_that_the_inbox_goes_on_asking_while_it_is_open_and_keeps_its_row(
    stage: Stage, desk: DeadDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("dashboard.ui.dead_letters.inbox.AGAIN_MS", 50)
    page = inbox(stage)
    page.table.select_row(page.model.row_of((DLQ, "cause1")))
    desk.inbox_rows = [replace(desk.inbox_rows[0], group=group(0, 700)), *desk.inbox_rows[1:]]
    stage.bot.waitUntil(lambda: page.model.index(1, MESSAGES).data() == "700")
    chosen = page.model.record(page.table.currentIndex().row())
    assert chosen is not None
    assert chosen.group is not None
    assert chosen.group.cause == "cause1"
