"""Purge and archives."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from adapters.api import ConfigError
from dashboard.core.letters import Selection
from dashboard.core.runs import Draft
from dashboard.ui.dead_letters.source import SourcePage
from dashboard.ui.places import Place
from dashboard.ui.purge.archives import ArchivesPage
from dashboard.ui.purge.page import PurgePage
from dashboard.ui.redrives.drafts import Restore
from dashboard.ui.redrives.plan import PlanPage
from tests.gui.conftest import Stage
from tests.gui.dead_desk import DLQ, DeadDesk
from tests.gui.desk import FakeDesk, fleet

DRAFT = Draft("purge", Selection(DLQ, 1, excluded=frozenset({1})))


@pytest.fixture
def desk() -> FakeDesk:
    return DeadDesk()


def planned(stage: Stage) -> PurgePage:
    window = stage.window()
    stage.mail.post("fleet", fleet())
    stage.bot.waitUntil(lambda: stage.bridge.latest("fleet") is not None)
    window.go(Place("purge", DRAFT))
    page = window.page
    assert isinstance(page, PurgePage)
    stage.bot.waitUntil(lambda: page.control.plan is not None and page.samples.rowCount() > 0)
    return page


def test_that_a_purge_is_typed_and_its_last_button_is_red_and_never_pressed_by_enter(
    stage: Stage, desk: DeadDesk
) -> None:
    page = planned(stage)
    confirm = page.contract.confirm
    assert confirm.button.property("tone") == "danger-final"
    assert confirm.button.text() == "Archive and remove 1,000 messages"
    assert not confirm.button.isDefault()
    stage.bot.waitUntil(confirm.field.hasFocus)
    QTest.keyClicks(confirm.field, "orders")
    QTest.keyClick(confirm.field, Qt.Key.Key_Return)
    assert desk.asked("confirm") == []
    QTest.mouseClick(confirm.button, Qt.MouseButton.LeftButton)
    stage.bot.waitUntil(lambda: desk.asked("confirm") == [("confirm", DRAFT, "orders")])


def test_that_the_look_leaves_out_what_was_unticked(stage: Stage) -> None:
    page = planned(stage)
    record = page.samples.record(0)
    assert record is not None
    assert record.n == 2
    assert page.look_words.text() == "6 of 1,000"


def test_that_going_back_to_a_purge_finds_it_as_it_was(stage: Stage) -> None:
    page = planned(stage)
    page.archive.box.click()
    stage.bot.waitUntil(lambda: page.control.plan is not None and not page.control.plan.draft.archive)
    window = stage.windows[0]
    window.go(Place("watch"))
    window.back()
    assert window.page is page
    assert not page.archive.box.isChecked()
    assert page.control.draft is not None
    assert not page.control.draft.archive


def test_that_a_choice_that_cannot_be_planned_leaves_the_steps_open(stage: Stage, desk: DeadDesk) -> None:
    page = planned(stage)
    desk.plan_error = ConfigError("The broker's own purge takes the whole source.")
    page.archive.box.click()
    stage.bot.waitUntil(lambda: "whole source" in page.contract.confirm.button.toolTip())
    assert page.archive.isVisible()
    desk.plan_error = None
    page.archive.box.click()
    QTest.keyClicks(page.contract.confirm.field, "orders")
    stage.bot.waitUntil(page.contract.confirm.button.isEnabled)


def test_that_the_key_opens_the_plan_of_a_purge_and_removes_nothing(stage: Stage, desk: DeadDesk) -> None:
    window = stage.window()
    window.go(Place("source", DLQ))
    page = window.page
    assert isinstance(page, SourcePage)
    stage.bot.waitUntil(page.purge.isEnabled)
    stage.bot.waitUntil(lambda: page.content.model.record(0) is not None)
    QTest.keyClick(page.content.table, Qt.Key.Key_Delete, Qt.KeyboardModifier.ControlModifier)
    assert isinstance(window.page, PurgePage)
    assert desk.asked("confirm") == []


def test_that_archives_are_restored_through_a_plan(stage: Stage, desk: DeadDesk) -> None:
    window = stage.window()
    window.go(Place("archives"))
    page = window.page
    assert isinstance(page, ArchivesPage)
    stage.bot.waitUntil(lambda: page.headline.texts()[0] == "2,024 messages in 2 archives can be put back")
    assert page.table.listed.index(1, 6).data() == "damaged: cannot be read to its end"
    stage.bot.waitUntil(page.table.hasFocus)
    QTest.keyClick(page.table, Qt.Key.Key_Return)
    plan = window.page
    assert isinstance(plan, PlanPage)
    assert plan.control.restore == Restore("A-0030")


def test_that_without_archives_it_says_so(stage: Stage, desk: DeadDesk) -> None:
    desk.shelves = []
    window = stage.window()
    window.go(Place("archives"))
    page = window.page
    assert isinstance(page, ArchivesPage)
    stage.bot.waitUntil(lambda: page.state.accessibleName().startswith("No archives"))
    assert not page.restore.isEnabled()


@pytest.mark.parametrize("back", [False, True])
def test_that_f6_goes_round_a_purge_that_asks_for_no_word(stage: Stage, desk: DeadDesk, back: bool) -> None:
    desk.typed = None
    page = planned(stage)
    page.contract.rolling.setFocus()
    key = Qt.KeyboardModifier.ShiftModifier if back else Qt.KeyboardModifier.NoModifier
    QTest.keyClick(page.contract.rolling, Qt.Key.Key_F6, key)
    assert not page.contract.rolling.hasFocus()
