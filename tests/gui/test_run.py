"""Runs: the list, the accounting, what waits for a person, and what can be asked of a run."""

from __future__ import annotations

import json
import random
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QPushButton

from dashboard.core.runs import Pace, RunKind, RunState, RunView, Tally
from dashboard.ui.export import ExportOverlay
from dashboard.ui.places import Place
from dashboard.ui.redrives.ledger import OUTCOMES
from dashboard.ui.redrives.notices import notices
from dashboard.ui.redrives.numbers import WAIT_MS
from dashboard.ui.redrives.run import RunPage
from dashboard.ui.redrives.runs import RunsPage
from dashboard.ui.redrives.words import asks, headline, parts, state_pill
from tests.gui.conftest import Stage
from tests.gui.dead_desk import DeadDesk, run
from tests.gui.desk import NOW, FakeDesk, fleet


@pytest.fixture
def desk() -> FakeDesk:
    return DeadDesk()


def shown(stage: Stage, desk: DeadDesk, view: RunView) -> RunPage:
    desk.views = [view]
    window = stage.window()
    stage.mail.post("fleet", fleet())
    window.go(Place("run", view.id))
    page = window.page
    assert isinstance(page, RunPage)
    stage.bot.waitUntil(lambda: page.view is not None)
    # By then the page has given the focus to its first pane.
    stage.bot.waitUntil(lambda: page.ledger.model.record(0) is not None)
    return page


def test_that_the_parts_add_up_for_every_tally() -> None:
    chance = random.Random(7)
    for _ in range(300):
        numbers = [chance.choice((0, 1, chance.randrange(10_000))) for _ in range(6)]
        planned, sending, moved, kept, gone, unknown = numbers
        tally = Tally(
            sum(numbers), planned, sending, sending // 2, moved, kept, gone, unknown,
            returned=moved // 3, left_behind=moved // 5,
        )  # fmt: skip
        for kind in ("redrive", "purge", "restore"):
            wanted: RunKind = kind
            assert sum(part.number for part in parts(wanted, tally)) == tally.frozen


def test_that_each_frame_shows_one_view(stage: Stage, desk: DeadDesk) -> None:
    page = shown(stage, desk, run())
    for moved in (400, 500, 600):
        tally = replace(page_tally(page), moved=moved, planned=1000 - 4 - 3 - 13 - moved)
        stage.mail.post(("run", "r148"), run(tally=tally))
        stage.bot.waitUntil(lambda moved=moved: f"{moved - 12:,}" in page.accounting.accessibleName())  # type: ignore[misc]
        assert page.accounting.adds_up
        assert page.ledger.tabs.tabText(OUTCOMES.index("sent")) == f"Sent {moved - 12}"


def page_tally(page: RunPage) -> Tally:
    assert page.view is not None
    return page.view.tally


def test_that_the_headline_says_how_far_it_is_and_when_it_ends() -> None:
    said = headline(run(), NOW)
    assert said == "38.0 % sent, 12 messages came back, done at about 09:58"
    assert headline(run(RunState.DONE, tally=Tally(1000, moved=1000)), NOW) == "Done: 1,000 sent"


def test_that_a_run_whose_all_is_sent_says_that_it_still_watches() -> None:
    view = run(
        RunState.WATCHING,
        tally=Tally(1000, moved=1000, returned=2),
        canary_done=True,
        reason="all is sent; watching 30 s whether the last ones come back",
    )
    assert headline(view, NOW) == "All sent, 2 messages came back; watching 30 s whether the last come back"
    assert state_pill(view)[0] == "Watching the last"
    assert [(one.lead, one.text) for one in notices(view)] == [
        ("All sent:", "watching 30 s whether the last ones come back")
    ]
    assert not asks(view)


def test_that_a_run_that_is_stopping_says_so_before_it_is_stopped() -> None:
    view = run(RunState.WATCHING, canary_done=True, reason="stopping: 12 of 20 sent came back")
    assert headline(view, NOW) == "Stopping: 38.0 % sent, 12 messages came back"
    assert state_pill(view)[0] == "Stopping"
    assert (notices(view)[0].lead, notices(view)[0].text) == ("Stopping:", "12 of 20 sent came back")


def test_that_a_stop_in_the_midst_is_not_called_the_canarys() -> None:
    view = run(RunState.STOPPED, canary_done=True, reason="the brake")
    assert headline(view, NOW) == "Stopped: 38.0 % sent, 12 messages came back"


def test_that_a_purge_and_a_restore_are_told_in_their_own_words(stage: Stage, desk: DeadDesk) -> None:
    tally = Tally(1000, planned=600, moved=400)
    page = shown(stage, desk, run(kind="purge", tally=tally, archive="A-0031", pace=Pace()))
    tabs = [page.ledger.tabs.tabText(place) for place in range(page.ledger.tabs.count())]
    assert "Archived and removed 400" in tabs
    assert "Not yet 600" in tabs
    assert page.ledger.model.index(0, 2).data() == "Archived and removed"
    assert "sent" not in page.headline.texts()[0]
    assert page.accounting.accessibleName().startswith("400 Archived and removed, ")
    assert next(part.name for part in parts("purge", tally, archived=False)) == "Removed"
    assert next(part.name for part in parts("restore", tally)) == "Put back"


def test_that_unknown_messages_wait_for_a_decision(stage: Stage, desk: DeadDesk) -> None:
    page = shown(stage, desk, run(RunState.PAUSED))
    for words, act in (
        ("Look again", "look"),
        ("Leave", "leave"),
        ("Send again (may arrive twice)", "again"),
    ):
        button = next(one for one in page.lines.findChildren(QPushButton) if one.text() == words)
        QTest.mouseClick(button, Qt.MouseButton.LeftButton)
        stage.bot.waitUntil(lambda act=act: ("decide", "r148", act) in desk.done)  # type: ignore[misc]


def test_that_a_run_at_work_offers_no_decision_on_unknown_ones() -> None:
    (notice,) = [one for one in notices(run()) if "unknown" in one.lead]
    assert notice.acts == ("unknown",)


def test_that_pause_and_rate_reach_the_run(stage: Stage, desk: DeadDesk) -> None:
    page = shown(stage, desk, run())
    QTest.mouseClick(page.pause, Qt.MouseButton.LeftButton)
    stage.bot.waitUntil(lambda: desk.asked("pause") == [("pause", "r148")])
    QTest.keyClick(page.ledger.table, Qt.Key.Key_Plus)
    QTest.keyClick(page.ledger.table, Qt.Key.Key_Plus)
    stage.bot.waitUntil(lambda: desk.asked("pace") == [("pace", "r148", Pace(52.0, 5, 30.0))])


def test_that_acts_keep_their_places_and_a_paused_run_is_resumed_by_name(
    stage: Stage, desk: DeadDesk
) -> None:
    page = shown(stage, desk, run())
    places = [
        act.mapTo(page, act.rect().topLeft()).x() for act in (page.export, page.pause, page.cancel.first)
    ]
    QTest.mouseDClick(page.pause, Qt.MouseButton.LeftButton)
    desk.views = [run(RunState.PAUSED)]
    stage.mail.post(("run", "r148"), desk.views[0])
    stage.bot.waitUntil(page.resume.isVisible)
    now = [act.mapTo(page, act.rect().topLeft()).x() for act in (page.export, page.resume, page.cancel.first)]
    assert now == places
    assert page.resume.toolTip() == "paused just now"
    QTest.mouseClick(page.resume, Qt.MouseButton.LeftButton)
    stage.bot.waitUntil(page.resume.isEnabled)
    assert desk.asked("resume") == []
    QTest.mouseClick(page.resume, Qt.MouseButton.LeftButton)
    stage.bot.waitUntil(lambda: desk.asked("resume") == [("resume", "r148", "")])
    desk.views = [run(RunState.DONE, tally=Tally(1000, moved=1000))]
    stage.mail.post(("run", "r148"), desk.views[0])
    stage.bot.waitUntil(page.resume.isHidden)
    assert page.export.mapTo(page, page.export.rect().topLeft()).x() == places[0]


def test_that_a_purge_that_is_done_offers_to_restore_what_it_removed(stage: Stage, desk: DeadDesk) -> None:
    done = run(RunState.DONE, kind="purge", tally=Tally(1000, moved=1000), archive="A-0030", pace=Pace())
    page = shown(stage, desk, done)
    QTest.mouseClick(page.restore, Qt.MouseButton.LeftButton)
    stage.bot.waitUntil(lambda: desk.asked("restore") == [("restore", "A-0030", None, None)])


def test_that_a_rate_being_typed_is_left_alone_and_taken_on_enter(stage: Stage, desk: DeadDesk) -> None:
    page = shown(stage, desk, run())
    field = page.going.rate.field
    stage.bot.waitUntil(page.ledger.table.hasFocus)
    field.setFocus()
    field.selectAll()
    page.going.show_run(run())
    assert field.selectedText() == "50"
    QTest.keyClick(field, Qt.Key.Key_2)
    page.going.show_run(run())
    QTest.qWait(2 * WAIT_MS)
    QTest.keyClick(field, Qt.Key.Key_0)
    assert field.text() == "20"
    assert desk.asked("pace") == []
    QTest.keyClick(field, Qt.Key.Key_Return)
    stage.bot.waitUntil(lambda: desk.asked("pace") == [("pace", "r148", Pace(20.0, 5, 30.0))])
    page.going.show_run(run())
    assert page.going.rate.rate == 20


def test_that_leaving_the_rate_takes_it_and_only_where_it_was_edited(stage: Stage, desk: DeadDesk) -> None:
    page = shown(stage, desk, run())
    field = page.going.rate.field
    stage.bot.waitUntil(page.ledger.table.hasFocus)
    field.setFocus()
    page.going.show_run(run(pace=Pace(10.0, 5, 30.0)))
    page.ledger.table.setFocus()
    assert field.text() == "10"
    field.setFocus()
    field.selectAll()
    QTest.keyClicks(field, "30")
    page.ledger.table.setFocus()
    stage.bot.waitUntil(lambda: desk.asked("pace") == [("pace", "r148", Pace(30.0, 5, 30.0))])


def test_that_a_rate_out_of_bounds_is_refused_in_words(stage: Stage, desk: DeadDesk) -> None:
    page = shown(stage, desk, run())
    rate = page.going.rate
    stage.bot.waitUntil(page.ledger.table.hasFocus)
    rate.field.setFocus()
    rate.field.selectAll()
    QTest.keyClicks(rate.field, "520000")
    QTest.keyClick(rate.field, Qt.Key.Key_Return)
    assert rate.field.text() == "50"
    assert rate.refusal.isVisible()
    assert rate.refusal.text() == "Not taken: from 0.1 to 10,000, or empty for no limit."
    QTest.keyClicks(rate.field, "1")
    assert not rate.refusal.isVisible()
    QTest.keyClick(rate.field, Qt.Key.Key_Escape)
    assert rate.field.text() == "50"
    assert page.isVisible()
    page.ledger.table.setFocus()
    assert desk.asked("pace") == []


def test_that_cancelling_asks_in_place_and_escape_leaves_it(stage: Stage, desk: DeadDesk) -> None:
    page = shown(stage, desk, run())
    QTest.keyClick(page, Qt.Key.Key_Backspace, Qt.KeyboardModifier.ControlModifier)
    assert page.cancel.final.isVisible()
    assert (page.cancel.leave.text(), page.cancel.final.text()) == ("Keep it as it is", "Cancel the rest")
    assert page.cancel.accessibleName() == "Keep 600 messages here? 380 sent are not called back."
    QTest.keyClick(page.cancel.leave, Qt.Key.Key_Escape)
    assert page.cancel.isHidden()
    assert desk.asked("cancel") == []
    page.cancel.first.click()
    page.cancel.final.click()
    stage.bot.waitUntil(lambda: desk.asked("cancel") == [("cancel", "r148")])


def test_that_the_rest_is_sent_only_when_the_word_is_typed_again(stage: Stage, desk: DeadDesk) -> None:
    tally = Tally(1000, planned=995, moved=5)
    view = run(
        RunState.STOPPED, tally=tally, canary_done=True, reason="All 5 canary messages stayed for 30 s."
    )
    page = shown(stage, desk, view)
    assert page.headline.texts()[0] == "5 canary messages sent, none seen back; nothing else has been sent"
    confirm = page.decision.confirm
    stage.bot.waitUntil(page.ledger.table.hasFocus)
    assert confirm.button.text() == "Send 995 at 50 a second"
    assert not confirm.button.isEnabled()
    assert page.resume.isHidden()
    QTest.keyClicks(confirm.field, "orders")
    QTest.mouseClick(confirm.button, Qt.MouseButton.LeftButton)
    stage.bot.waitUntil(lambda: desk.asked("resume") == [("resume", "r148", "orders")])


def test_that_keys_from_habit_send_nothing_from_a_stopped_run(stage: Stage, desk: DeadDesk) -> None:
    tally = Tally(1000, planned=995, moved=5, returned=1)
    page = shown(stage, desk, run(RunState.STOPPED, tally=tally, canary_done=True, typed=None))
    stage.bot.waitUntil(page.ledger.table.hasFocus)
    for _ in range(2):
        QTest.keyClick(page.window().focusWidget(), Qt.Key.Key_Return)
    page.decision.confirm.button.setFocus()
    stage.windows[0].go(Place("runs"))
    stage.windows[0].go(Place("run", "r148"))
    stage.bot.waitUntil(page.ledger.table.hasFocus)
    assert desk.asked("resume") == []


def test_that_a_run_that_stops_while_it_is_looked_at_puts_no_sending_button_under_the_keys(
    stage: Stage, desk: DeadDesk
) -> None:
    page = shown(stage, desk, run(typed=None))
    stage.bot.waitUntil(page.ledger.table.hasFocus)
    for widget in (page.going.rate.slider, page.pause):
        widget.setFocus()
        desk.views = [run(RunState.STOPPED, typed=None, reason="the brake")]
        stage.mail.post(("run", "r148"), desk.views[0])
        stage.bot.waitUntil(page.decision.isVisible)
        stage.bot.waitUntil(page.ledger.table.hasFocus)
        desk.views = [run(typed=None)]
        stage.mail.post(("run", "r148"), desk.views[0])
        stage.bot.waitUntil(page.going.isVisible)


def test_that_what_came_back_is_said_before_going_on(stage: Stage, desk: DeadDesk) -> None:
    tally = Tally(1000, planned=995, moved=5, returned=1)
    view = run(RunState.STOPPED, tally=tally, canary_done=True, reason="1 of 5 canary messages came back.")
    page = shown(stage, desk, view)
    assert page.headline.texts()[0] == "1 of 5 canary messages came back; nothing else has been sent"
    assert [one.mark for one in notices(view)] == ["danger"]


def test_that_the_ledger_shows_an_outcome_at_a_time(stage: Stage, desk: DeadDesk) -> None:
    page = shown(stage, desk, run())
    page.ledger.table.setFocus()
    QTest.keyClick(page.ledger.table, Qt.Key.Key_B)
    stage.bot.waitUntil(lambda: page.ledger.model.rowCount() == 12)
    stage.bot.waitUntil(lambda: page.ledger.model.record(0) is not None)
    assert page.ledger.model.index(0, 2).data() == "Came back"
    assert page.ledger.model.index(0, 6).data() == "came back: died again in ORDERS.dead"
    QTest.keyClick(page.ledger.table, Qt.Key.Key_U)
    stage.bot.waitUntil(lambda: page.ledger.model.rowCount() == 13)


def test_that_enter_on_a_row_shows_all_of_it_in_place(stage: Stage, desk: DeadDesk) -> None:
    page = shown(stage, desk, run())
    page.ledger.show_outcome("returned")
    stage.bot.waitUntil(
        lambda: page.ledger.model.rowCount() == 12 and page.ledger.model.record(0) is not None
    )
    page.ledger.table.setFocus()
    page.ledger.table.select_row(0)
    QTest.keyClick(page.ledger.table, Qt.Key.Key_Return)
    assert page.ledger.detail.isVisible()
    said = page.ledger.detail.text()
    assert said.startswith("1. m00001; Came back; copy s1; at ")
    assert said.endswith("came back: died again in ORDERS.dead")
    QTest.keyClick(page.ledger.table, Qt.Key.Key_Down)
    assert page.ledger.detail.text().startswith("2. m00002; ")
    QTest.keyClick(page.ledger.table, Qt.Key.Key_Return)
    assert not page.ledger.detail.isVisible()


def test_that_the_report_goes_to_a_new_file_and_never_over_another(
    stage: Stage, desk: DeadDesk, tmp_path: Path
) -> None:
    page = shown(stage, desk, run())
    page.export.click()
    overlay = page.window().findChild(ExportOverlay)
    assert isinstance(overlay, ExportOverlay)
    file = tmp_path / "report.jsonl"
    file.write_text("mine")
    overlay.field.setText(str(file))
    overlay.write.click()
    stage.bot.waitUntil(lambda: "is there already" in overlay.said.text())
    assert file.read_text() == "mine"
    file.unlink()
    overlay.write.click()
    stage.bot.waitUntil(file.exists)
    stage.bot.waitUntil(lambda: len(file.read_text().splitlines()) == 1000)
    assert json.loads(file.read_text().splitlines()[0])["id"] == "m00001"
    assert file.stat().st_mode & 0o777 == 0o600


def test_that_a_cut_run_stands_on_top_and_is_resumed_from_the_list(stage: Stage, desk: DeadDesk) -> None:
    done = run(RunState.DONE, id="r147", number=147, tally=Tally(5, moved=5))
    desk.views = [done, run(RunState.CUT, reason="the program that worked on it ended")]
    window = stage.window()
    window.go(Place("runs"))
    page = window.page
    assert isinstance(page, RunsPage)
    stage.bot.waitUntil(lambda: page.headline.texts()[0] == "1 run was cut off")
    assert page.resume.text() == "Resume R-0148"
    QTest.mouseClick(page.resume, Qt.MouseButton.LeftButton)
    stage.bot.waitUntil(lambda: desk.asked("resume") == [("resume", "r148", "")])


def test_that_a_held_run_says_why_and_that_it_goes_on_by_itself(stage: Stage, desk: DeadDesk) -> None:
    page = shown(stage, desk, run(RunState.HELD, reason="The server does not answer."))
    assert next(one.lead for one in notices(page.view or run())) == "Held:"
    assert page.pause.isVisible()
    assert not page.decision.isVisible()
