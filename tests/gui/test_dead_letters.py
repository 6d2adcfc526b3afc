"""Inside one source: states, search, ticks, readings, and the way to a plan."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QPushButton

from adapters.api import ConnectError
from dashboard.core.letters import Selection
from dashboard.core.query import QueryError
from dashboard.core.runs import Draft
from dashboard.ui.dead_letters.cause_table import CHOSEN
from dashboard.ui.dead_letters.letters_table import SIZE, TICK
from dashboard.ui.dead_letters.source import SourcePage
from dashboard.ui.dead_letters.terms import quoted, split
from dashboard.ui.export import ExportOverlay
from dashboard.ui.places import CauseOf, Place
from dashboard.ui.redrives.plan import PlanPage
from tests.gui.conftest import Stage
from tests.gui.dead_desk import DLQ, PRICE, DeadDesk, snapshot, view
from tests.gui.desk import FakeDesk, fleet

CAUSE = 'cause:"Currency is not ISO 4217"'


@pytest.fixture
def desk() -> FakeDesk:
    return DeadDesk()


def begin(stage: Stage) -> SourcePage:
    window = stage.window()
    stage.mail.post("fleet", fleet())
    stage.bot.waitUntil(lambda: stage.bridge.latest("fleet") is not None)
    window.go(Place("source", DLQ))
    page = window.page
    assert isinstance(page, SourcePage)
    return page


def opened(stage: Stage) -> SourcePage:
    page = begin(stage)
    stage.bot.waitUntil(lambda: page.content.model.record(0) is not None)
    return page


def press(page: SourcePage, words: str) -> None:
    button = next(one for one in page.state.findChildren(QPushButton) if one.text() == words)
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)


def test_that_all_that_was_read_is_selected_at_first(stage: Stage) -> None:
    page = opened(stage)
    assert page.foot.number.text() == "1,000 selected"
    assert page.foot.words.text() == "all 1,000 that were read"
    assert page.headline.texts()[0] == "600 of 1,000 died of one cause, 2 more"


def test_that_the_focus_is_on_the_messages_once_they_are_there(stage: Stage) -> None:
    page = opened(stage)
    stage.bot.waitUntil(page.content.table.hasFocus)


def test_that_an_unread_source_is_read_only_when_asked(stage: Stage, desk: DeadDesk) -> None:
    desk.shown = view(None, 480, PRICE)
    page = begin(stage)
    stage.bot.waitUntil(lambda: "480 dead letters, not read" in page.state.accessibleName())
    assert PRICE in page.state.accessibleName()
    stage.bot.waitUntil(page.state.hasFocus)
    QTest.keyClick(page.state, Qt.Key.Key_Return)
    assert desk.asked("read") == []
    press(page, "Read the first 200")
    stage.bot.waitUntil(lambda: desk.asked("read") == [("read", DLQ, 200)])
    stage.bot.waitUntil(lambda: page.content.model.record(0) is not None)


def test_that_a_reading_shows_how_far_it_is_and_stops(stage: Stage, desk: DeadDesk) -> None:
    desk.shown = view(snapshot(300, complete=False, reading=True, expected=1000))
    desk.total = 300
    page = opened(stage)
    assert page.headline.texts()[0] == "Reading 300 of 1,000"
    assert page.progress.isVisible()
    assert page.redrive.toolTip() == "the reading is under way"
    QTest.mouseClick(page.progress.stop, Qt.MouseButton.LeftButton)
    stage.bot.waitUntil(lambda: desk.asked("stop") == [("stop", DLQ)])


def test_that_reading_again_names_its_price_first(stage: Stage, desk: DeadDesk) -> None:
    desk.shown = view(snapshot(1000), price=PRICE)
    page = opened(stage)
    QTest.mouseClick(page.again.first, Qt.MouseButton.LeftButton)
    assert page.again.final.isVisible()
    assert PRICE in page.again.accessibleName()
    assert page.again.leave.hasFocus()
    QTest.keyClick(page.again.leave, Qt.Key.Key_Escape)
    assert page.again.isHidden()
    assert desk.asked("read") == []
    QTest.mouseClick(page.again.first, Qt.MouseButton.LeftButton)
    QTest.mouseClick(page.again.final, Qt.MouseButton.LeftButton)
    stage.bot.waitUntil(lambda: len(desk.asked("read")) == 1)


def test_that_an_empty_source_says_so(stage: Stage, desk: DeadDesk) -> None:
    desk.shown = view(snapshot(0), 0)
    page = begin(stage)
    stage.bot.waitUntil(lambda: "ORDERS.dead is empty" in page.state.accessibleName())


def test_that_a_source_that_fails_says_why_and_opens_when_tried_again(stage: Stage, desk: DeadDesk) -> None:
    desk.shown = ConnectError("orders:4222 cannot be reached.")
    page = begin(stage)
    stage.bot.waitUntil(lambda: "cannot be reached" in page.state.accessibleName())
    desk.shown = view(snapshot(1000))
    press(page, "Try again")
    stage.bot.waitUntil(lambda: page.content.model.record(0) is not None)


def test_that_a_cause_filters_and_filters_no_more(stage: Stage) -> None:
    page = opened(stage)
    content = page.content
    content.causes.setFocus()
    QTest.keyClick(content.causes, Qt.Key.Key_Return)
    assert content.search.query() == CAUSE
    stage.bot.waitUntil(lambda: content.model.rowCount() == 600)
    assert content.matching.text() == "600 of 1,000 match"
    assert page.foot.words.text() == "all 600 matching"
    QTest.keyClick(content.causes, Qt.Key.Key_Return)
    assert content.search.query() == CAUSE
    QTest.keyClick(content.causes, Qt.Key.Key_Space)
    stage.bot.waitUntil(lambda: content.model.rowCount() == 1000)


def test_that_a_cause_opened_from_the_inbox_is_shown_and_selected_alone(stage: Stage) -> None:
    page = opened(stage)
    QTest.keyClicks(page.content.search.field, "left over")
    group = page.content.causes_model.record(0)
    assert group is not None
    assert page.control.key is not None
    page.enter(CauseOf(page.control.key, group.cause))
    stage.bot.waitUntil(lambda: page.content.model.rowCount() == 600)
    assert page.content.search.query() == quoted("cause", group.cause)
    assert page.foot.words.text() == "all 600 matching"


def test_that_nothing_matching_is_not_shown_as_empty(stage: Stage) -> None:
    page = opened(stage)
    QTest.keyClicks(page.content.search.field, "nothing")
    stage.bot.waitUntil(page.content.none.isVisible)
    assert page.content.none.accessibleName() == "No match in 1,000 messages. nothing"
    assert not page.redrive.isEnabled()
    clear = page.content.none.findChildren(QPushButton)[0]
    QTest.mouseClick(clear, Qt.MouseButton.LeftButton)
    stage.bot.waitUntil(lambda: page.content.model.rowCount() == 1000)


def test_that_a_query_that_cannot_be_read_is_said_in_the_search(stage: Stage, desk: DeadDesk) -> None:
    page = opened(stage)
    desk.page_error = QueryError("A value is missing after attempts:>.", 10)
    QTest.keyClicks(page.content.search.field, "attempts:>")
    stage.bot.waitUntil(page.content.search.wrong.isVisible)
    assert "A value is missing" in page.content.search.wrong.text()


def test_that_enter_makes_a_chip_and_backspace_edits_it(stage: Stage) -> None:
    page = opened(stage)
    search = page.content.search
    QTest.keyClick(page, Qt.Key.Key_Slash)
    assert search.field.hasFocus()
    QTest.keyClicks(search.field, "tenant:acme")
    QTest.keyClick(search.field, Qt.Key.Key_Return)
    assert search.field.text() == ""
    assert search.has("tenant:acme")
    QTest.keyClick(search.field, Qt.Key.Key_Backspace)
    assert search.field.text() == "tenant:acme"
    assert not search.has("tenant:acme")


def test_that_unticked_messages_are_left_out_of_the_plan(stage: Stage, desk: DeadDesk) -> None:
    page = opened(stage)
    table = page.content.table
    table.setFocus()
    QTest.keyClick(table, Qt.Key.Key_Space)
    table.clicked.emit(page.content.model.index(4, TICK))
    assert page.foot.number.text() == "998 selected"
    assert page.foot.words.text() == "all 1,000 that were read, less 2 you unticked"
    QTest.keyClick(table, Qt.Key.Key_R)
    plan = page.bench.shell.page  # type: ignore[attr-defined]
    assert isinstance(plan, PlanPage)
    draft = plan.control.draft
    assert isinstance(draft, Draft)
    assert draft.selection == Selection(DLQ, 1, "", frozenset({1, 5}))
    assert draft.pace.canary == 5


def test_that_single_messages_are_chosen_from_none_by_their_keys(stage: Stage) -> None:
    page = opened(stage)
    page.foot.box.click()
    assert page.foot.number.text() == "0 selected"
    assert page.redrive.toolTip() == "nothing is selected"
    page.content.table.clicked.emit(page.content.model.index(2, TICK))
    assert page.chosen.selection(DLQ, 1) == Selection(DLQ, 1, ids=frozenset({"m00003"}))
    QTest.keyClick(page.content.table, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    assert page.foot.number.text() == "1,000 selected"


def test_that_a_changed_search_clears_the_ticks_and_undo_brings_them_back(stage: Stage) -> None:
    page = opened(stage)
    page.content.table.clicked.emit(page.content.model.index(0, TICK))
    page.content.search.show_query(CAUSE)
    stage.bot.waitUntil(lambda: page.foot.number.text() == "600 selected")
    toast = next(one for one in page.window().findChildren(QPushButton) if one.text() == "Undo")
    QTest.mouseClick(toast, Qt.MouseButton.LeftButton)
    stage.bot.waitUntil(lambda: page.foot.number.text() == "999 selected")


def test_that_a_newer_reading_waits_while_something_is_unticked(stage: Stage) -> None:
    page = opened(stage)
    page.content.table.clicked.emit(page.content.model.index(0, TICK))
    stage.mail.post(("source", DLQ), view(snapshot(1200, 2)))
    stage.bot.waitUntil(page.newer.isVisible)
    assert page.control.snapshot is not None
    assert page.control.snapshot.id == 1
    QTest.mouseClick(page.newer, Qt.MouseButton.LeftButton)
    assert page.control.snapshot.id == 2
    assert page.foot.number.text() == "1,200 selected"


def test_that_a_newer_reading_is_shown_while_nothing_depends_on_the_old_one(stage: Stage) -> None:
    page = opened(stage)
    stage.mail.post(("source", DLQ), view(snapshot(1200, 2)))
    stage.bot.waitUntil(lambda: page.control.snapshot is not None and page.control.snapshot.id == 2)


def test_that_a_click_on_a_column_orders_by_its_field(stage: Stage, desk: DeadDesk) -> None:
    page = opened(stage)
    header = page.content.table.horizontalHeader()
    for expected in ((SIZE, "size", False), (SIZE, "size", True), (SIZE, "", False)):
        header.sectionClicked.emit(expected[0])
        stage.bot.waitUntil(lambda: page.content.model.record(0) is not None)
        assert desk.asked("page")[-1][2:4] == expected[1:]


def test_that_a_click_into_the_filter_column_filters_by_the_cause(stage: Stage) -> None:
    page = opened(stage)
    page.content.causes.clicked.emit(page.content.causes_model.index(1, CHOSEN))
    assert page.content.search.query() == 'cause:"Card gateway timed out"'


@pytest.mark.parametrize(
    ("query", "shown"),
    [
        ("tenant:acme size:>10", [("tenant", "acme"), ("size", ">10")]),
        ('-cause:"a b" word', [("not cause", "a b"), ("", "word")]),
        ("a:1 OR b:2", [("", "a:1 OR b:2")]),
        ("(a:1)", [("", "(a:1)")]),
        ('open "quote', [("", 'open "quote')]),
        ("  ", []),
    ],
)
def test_that_a_query_is_cut_where_its_terms_end(query: str, shown: list[tuple[str, str]]) -> None:
    assert [(term.field, term.value) for term in split(query)] == shown


def test_that_a_quoted_value_is_shown_as_it_was() -> None:
    (term,) = split(quoted("cause", 'say "so" \\ now'))
    assert term.value == 'say "so" \\ now'


def test_that_the_last_rows_of_a_reading_are_there_when_it_has_ended(stage: Stage, desk: DeadDesk) -> None:
    desk.shown = view(snapshot(300, complete=False, reading=True, expected=1000))
    desk.total = 300
    page = opened(stage)
    desk.total = 1000
    stage.mail.post(("source", DLQ), view(snapshot(1000)))
    stage.bot.waitUntil(lambda: page.content.model.rowCount() == 1000)
    assert page.foot.number.text() == "1,000 selected"
    assert page.progress.isHidden()


@pytest.mark.parametrize(
    ("failed", "words"),
    [
        (
            "The server does not answer.",
            "The reading ended early after 300: The server does not answer.",
        ),
        ("", "300 of 1,000 read, not all: only these can be searched and chosen."),
    ],
)
def test_that_a_reading_of_a_part_says_so_and_can_be_made_whole(
    stage: Stage, desk: DeadDesk, failed: str, words: str
) -> None:
    desk.shown = view(snapshot(300, complete=False, failed=failed), price=PRICE)
    desk.total = 300
    page = opened(stage)
    assert page.progress.words.text() == words
    QTest.mouseClick(page.progress.again, Qt.MouseButton.LeftButton)
    assert PRICE in page.again.accessibleName()
    QTest.mouseClick(page.again.final, Qt.MouseButton.LeftButton)
    stage.bot.waitUntil(lambda: desk.asked("read") == [("read", DLQ, None)])


def test_that_what_is_chosen_is_exported_whole(stage: Stage, desk: DeadDesk, tmp_path: Path) -> None:
    desk.total = 250
    desk.shown = view(snapshot(250))
    page = opened(stage)
    page.content.table.clicked.emit(page.content.model.index(0, TICK))
    QTest.keyClick(page.content.table, Qt.Key.Key_E, Qt.KeyboardModifier.ControlModifier)
    overlay = page.window().findChild(ExportOverlay)
    assert isinstance(overlay, ExportOverlay)
    assert overlay.accessibleName() == "Export 249 dead letters"
    file = tmp_path / "letters.jsonl"
    overlay.field.setText(str(file))
    overlay.write.click()
    stage.bot.waitUntil(lambda: file.exists() and len(file.read_text().splitlines()) == 249)
    first = json.loads(file.read_text().splitlines()[0])
    assert first["id"] == "m00002"
    assert first["headers"][2] == {"name": "tenant", "value_base64": "YWMbbWX/"}
    assert json.loads(first["body"])["order_id"] == "ord_8F2"
