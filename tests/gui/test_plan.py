"""The plan: counts, warnings, the confirmation, and drafts that change."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel

from adapters.api import ConfigError, Denied, Environment
from dashboard.core.letters import Selection
from dashboard.core.runs import Caution, Draft, Pace, Rules
from dashboard.ui.places import Place
from dashboard.ui.redrives.drafts import Restore
from dashboard.ui.redrives.plan import PlanPage
from dashboard.ui.redrives.run import RunPage
from dashboard.ui.redrives.words import after_canary, counts, send_words
from tests.gui.conftest import Stage
from tests.gui.dead_desk import CAUTIONS, DLQ, DeadDesk
from tests.gui.desk import FakeDesk, fleet

DRAFT = Draft("redrive", Selection(DLQ, 1), pace=Pace(50.0, 5, 30.0))


@pytest.fixture
def desk() -> FakeDesk:
    return DeadDesk()


def planned(stage: Stage, what: Draft | Restore = DRAFT, height: int = 900) -> PlanPage:
    window = stage.window(height=height)
    stage.mail.post("fleet", fleet())
    stage.bot.waitUntil(lambda: stage.bridge.latest("fleet") is not None)
    window.go(Place("plan", what))
    page = window.page
    assert isinstance(page, PlanPage)
    stage.bot.waitUntil(lambda: page.control.plan is not None)
    return page


def figures(page: PlanPage) -> list[int]:
    assert page.control.plan is not None
    return [int(figure.replace(",", "")) for _, figure, _ in counts(page.control.plan)]


def test_that_the_counts_add_up_and_say_who_is_kept(stage: Stage) -> None:
    page = planned(stage)
    frozen, sent, kept = figures(page)
    assert frozen == sent + kept
    assert page.where.table.model().index(1, 3).data() == "kept here: no stream takes it"


def test_that_the_word_must_be_typed_exactly_and_enter_only_goes_to_the_button(
    stage: Stage, desk: DeadDesk
) -> None:
    page = planned(stage)
    confirm = page.contract.confirm
    stage.bot.waitUntil(confirm.field.hasFocus)
    QTest.keyClicks(confirm.field, "Orders")
    QTest.keyClick(confirm.field, Qt.Key.Key_Return)
    assert not confirm.button.isEnabled()
    confirm.field.clear()
    QTest.keyClicks(confirm.field, "orders")
    QTest.keyClick(confirm.field, Qt.Key.Key_Return)
    assert confirm.button.hasFocus()
    assert desk.asked("confirm") == []
    QTest.keyClick(confirm.button, Qt.Key.Key_Space)
    stage.bot.waitUntil(lambda: desk.asked("confirm") == [("confirm", DRAFT, "orders")])
    stage.bot.waitUntil(lambda: isinstance(stage.windows[0].page, RunPage))


def test_that_a_warning_out_of_sight_keeps_the_button_off(stage: Stage, desk: DeadDesk) -> None:
    desk.typed = None
    desk.cautions = CAUTIONS + tuple(Caution(f"Warning {n}", "words " * 40) for n in range(12))
    page = planned(stage)
    confirm = page.contract.confirm
    stage.bot.waitUntil(lambda: confirm.button.toolTip() == "Scroll through all warnings first.")
    bar = page.contract.rolling.verticalScrollBar()
    bar.setValue(bar.maximum())
    stage.bot.waitUntil(confirm.button.isEnabled)


def test_that_a_refused_plan_cannot_be_confirmed(stage: Stage, desk: DeadDesk) -> None:
    desk.typed = None
    desk.cautions = (Caution("Read-only", "orders is connected read-only.", stop=True, remedy="Unlock it."),)
    page = planned(stage)
    confirm = page.contract.confirm
    stage.bot.waitUntil(lambda: "red warning" in confirm.button.toolTip())
    assert not confirm.button.isEnabled()


def test_that_each_option_makes_a_new_draft_and_the_button_waits_for_its_plan(
    stage: Stage, desk: DeadDesk
) -> None:
    page = planned(stage)
    page.change.box.click()
    assert page.contract.confirm.button.toolTip() == "Counting again…"
    page.pace.canary.selectAll()
    QTest.keyClicks(page.pace.canary, "20")
    QTest.keyClick(page.pace.canary, Qt.Key.Key_Return)
    QTest.keyClicks(page.where.field, "orders.replay")
    page.pace.rate.field.selectAll()
    QTest.keyClicks(page.pace.rate.field, "7.5")
    QTest.keyClick(page.pace.rate.field, Qt.Key.Key_Return)
    wanted = replace(
        DRAFT, to="orders.replay", pace=Pace(7.5, 20, 30.0), rules=Rules(drop_failure_headers=True)
    )
    stage.bot.waitUntil(lambda: desk.asked("plan")[-1] == ("plan", wanted))
    stage.bot.waitUntil(lambda: page.contract.confirm.button.text() == "Send 20 canary messages")


def test_that_no_limit_is_an_empty_field(stage: Stage, desk: DeadDesk) -> None:
    page = planned(stage)
    page.pace.rate.field.selectAll()
    QTest.keyClick(page.pace.rate.field, Qt.Key.Key_Backspace)
    QTest.keyClick(page.pace.rate.field, Qt.Key.Key_Return)
    stage.bot.waitUntil(lambda: desk.asked("plan")[-1] == ("plan", replace(DRAFT, pace=Pace(None, 5, 30.0))))
    stage.bot.waitUntil(lambda: page.pace.rate.note.text().startswith("no limit"))


def test_that_a_number_out_of_bounds_is_not_taken(stage: Stage, desk: DeadDesk) -> None:
    page = planned(stage)
    page.pace.brake.setFocus()
    page.pace.brake.selectAll()
    QTest.keyClicks(page.pace.brake, "0")
    QTest.keyClick(page.pace.brake, Qt.Key.Key_Tab)
    assert page.pace.brake.text() == "20"
    assert len(desk.asked("plan")) == 1


def test_that_the_slider_steps_by_messages_and_by_tenths(stage: Stage) -> None:
    page = planned(stage)
    slider = page.pace.rate.slider
    slider.setFocus()
    QTest.keyClick(slider, Qt.Key.Key_Right)
    assert page.pace.rate.rate == 51
    QTest.keyClick(slider, Qt.Key.Key_PageDown)
    assert page.pace.rate.rate == 46
    QTest.keyClick(slider, Qt.Key.Key_Home)
    assert page.pace.rate.rate == 1
    QTest.keyClick(slider, Qt.Key.Key_Left)
    assert page.pace.rate.rate == 1


def test_that_a_plan_that_cannot_be_made_says_why_and_tries_again(stage: Stage, desk: DeadDesk) -> None:
    desk.plan_error = ConfigError("Nothing is chosen: no message matches.")
    window = stage.window()
    window.go(Place("plan", DRAFT))
    page = window.page
    assert isinstance(page, PlanPage)
    stage.bot.waitUntil(lambda: "Nothing is chosen" in page.state.accessibleName())


def test_that_a_refusal_of_the_engine_leaves_the_plan_open(stage: Stage, desk: DeadDesk) -> None:
    desk.typed = None

    async def refuse(*_: object, **__: object) -> object:
        raise Denied("Messages are in another live run.")

    desk.confirm = refuse  # type: ignore[method-assign,assignment]
    page = planned(stage)
    stage.bot.waitUntil(page.contract.confirm.button.isEnabled)
    QTest.mouseClick(page.contract.confirm.button, Qt.MouseButton.LeftButton)
    stage.bot.waitUntil(page.contract.confirm.button.isEnabled)
    assert stage.windows[0].page is page


def test_that_a_restore_asks_where_and_nothing_of_pace(stage: Stage, desk: DeadDesk) -> None:
    page = planned(stage, Restore("A-0030"))
    assert not page.pace.isVisible()
    assert page.contract.confirm.button.text() == "Put back 997 messages"
    QTest.keyClicks(page.where.field, "orders.again")
    stage.bot.waitUntil(lambda: desk.asked("restore")[-1] == ("restore", "A-0030", "orders.again", None))


def test_that_the_button_names_what_goes_first(stage: Stage) -> None:
    page = planned(stage)
    plan = page.control.plan
    assert plan is not None
    whole = replace(plan, draft=replace(DRAFT, pace=Pace(50.0)))
    assert send_words(whole, Environment.PRODUCTION) == "Send 997 messages"
    assert after_canary(whole, Environment.PRODUCTION) == ""
    purge = replace(whole, draft=Draft("purge", DRAFT.selection, archive=False))
    assert send_words(purge, Environment.PRODUCTION) == "Remove 997 messages"


def test_that_the_contract_says_what_follows_the_canary(stage: Stage) -> None:
    page = planned(stage)
    plan = page.control.plan
    assert plan is not None
    assert send_words(plan, Environment.PRODUCTION) == "Send 5 canary messages"
    asked = after_canary(plan, Environment.PRODUCTION)
    assert asked.endswith("Then it stops and asks you before the other 992.")
    assert send_words(plan, Environment.DEVELOPMENT) == "Send 5, then the other 992"
    assert "If none does, it sends the other 992 by itself." in after_canary(plan, Environment.DEVELOPMENT)
    assert asked in [label.text() for label in page.contract.findChildren(QLabel)]


def test_that_a_press_that_does_nothing_says_why(stage: Stage, desk: DeadDesk) -> None:
    desk.typed = None
    page = planned(stage)
    confirm = page.contract.confirm
    stage.bot.waitUntil(confirm.button.isEnabled)
    page.change.box.click()
    QTest.mouseClick(confirm.button, Qt.MouseButton.LeftButton)
    assert "Nothing was done: Counting again…" in said(page)
    stage.bot.waitUntil(confirm.button.isEnabled)
    assert "Nothing was done: the plan was made again. Look at it, then press once more." in said(page)
    assert desk.asked("confirm") == []
    QTest.mouseClick(confirm.button, Qt.MouseButton.LeftButton)
    stage.bot.waitUntil(lambda: len(desk.asked("confirm")) == 1)


def said(page: PlanPage) -> list[str]:
    return [label.text() for label in page.contract.confirm.findChildren(QLabel) if label.isVisible()]


def test_that_a_new_warning_is_looked_at_before_a_press_counts(stage: Stage, desk: DeadDesk) -> None:
    desk.typed = None
    page = planned(stage)
    confirm = page.contract.confirm
    stage.bot.waitUntil(confirm.button.isEnabled)
    desk.cautions = CAUTIONS
    page.change.box.click()
    stage.bot.waitUntil(lambda: confirm.button.toolTip() == "The plan has changed: look at its new warning.")
    stage.bot.waitUntil(confirm.button.isEnabled)


def test_that_a_count_that_moves_is_not_a_new_warning(stage: Stage, desk: DeadDesk) -> None:
    desk.typed, desk.cautions = None, CAUTIONS
    page = planned(stage)
    confirm = page.contract.confirm
    stage.bot.waitUntil(confirm.button.isEnabled)
    plan = page.control.plan
    assert plan is not None
    moved = Caution("The canary waits behind 186,901", CAUTIONS[0].text)
    page.contract.show_plan(replace(plan, warnings=(moved, CAUTIONS[1])), Environment.PRODUCTION)
    assert confirm.button.isEnabled()


def test_that_where_there_is_little_room_the_contract_comes_last(stage: Stage) -> None:
    page = planned(stage)
    page.window().resize(1024, 680)
    stage.bot.waitUntil(lambda: page.contract.y() > page.halves.rolling.y())


def test_that_in_one_column_the_warnings_must_be_scrolled_to(stage: Stage, desk: DeadDesk) -> None:
    desk.typed, desk.cautions = None, CAUTIONS
    window = stage.window(1024, 680)
    stage.mail.post("fleet", fleet())
    window.go(Place("plan", DRAFT))
    page = window.page
    assert isinstance(page, PlanPage)
    button = page.contract.confirm.button
    stage.bot.waitUntil(lambda: button.toolTip() == "Scroll through all warnings first.")
    bar = page.halves.verticalScrollBar()
    stage.bot.waitUntil(lambda: bar.maximum() > 0)
    bar.setValue(bar.maximum())
    stage.bot.waitUntil(button.isEnabled)


def test_that_without_a_word_to_type_a_key_from_habit_sends_nothing(stage: Stage, desk: DeadDesk) -> None:
    desk.typed = None
    page = planned(stage)
    stage.bot.waitUntil(page.contract.confirm.button.isEnabled)
    stage.bot.waitUntil(page.contract.rolling.hasFocus)
    for key in (Qt.Key.Key_Return, Qt.Key.Key_Space):
        QTest.keyClick(page.contract.rolling, key)
    assert desk.asked("confirm") == []
    QTest.keyClick(page.contract.rolling, Qt.Key.Key_F6)
    assert page.contract.confirm.button.hasFocus()


def test_that_a_draft_is_found_as_it_was_left(stage: Stage, desk: DeadDesk) -> None:
    page = planned(stage)
    QTest.keyClicks(page.where.field, "orders.replay")
    stage.bot.waitUntil(lambda: desk.asked("plan")[-1] == ("plan", replace(DRAFT, to="orders.replay")))
    stage.windows[0].go(Place("journal"))
    stage.windows[0].back()
    assert page.isVisible()
    assert page.where.field.text() == "orders.replay"
    QTest.mouseClick(page.discard, Qt.MouseButton.LeftButton)
    assert not page.isVisible()
    stage.windows[0].go(Place("plan", DRAFT))
    stage.bot.waitUntil(lambda: page.control.plan is not None)
    assert page.where.field.text() == ""


def test_that_f6_goes_on_from_the_pane_before_a_field_that_is_none(stage: Stage) -> None:
    page = planned(stage)
    stage.bot.waitUntil(page.contract.confirm.field.hasFocus)
    page.pace.watch.setFocus()
    QTest.keyClick(page.pace.watch, Qt.Key.Key_F6, Qt.KeyboardModifier.ShiftModifier)
    assert page.where.field.hasFocus()
